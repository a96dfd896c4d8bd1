import {describe, expect, test} from 'vitest';
import {compileExpression, inTime} from '../../src/steps/cel.js';
import {hasNestedQuantifier} from '../../src/steps/cel-analysis.js';
import {withinTime} from '../../src/steps/within-time.js';
import {run} from './steps.js';

describe('what would hang is refused or broken off', () => {
  test.each(['(a+)+$', '^(a*)*b', '(a|b*)+', '([a-z]+)*', '(?:a+){2,}', '((a+)b?)+', '(a{1,}){1,}'])(
    'matches: %s repeats a repeating group',
    (pattern) => {
      expect(hasNestedQuantifier(pattern)).toBe(true);
      expect(() => run([{filter: `r.s.matches(r"${pattern}")`}], ['{"s":"a"}'])).toThrow(/repeats a group/);
    },
  );

  test.each(['^a+b+$', '(abc)+', '\\(a+\\)+', '[a+]+', '^\\d{4}-\\d{2}(-\\d{2})?$', '(a|b)+c*', '(a{2})+'])(
    'matches: %s is fine',
    (pattern) => {
      expect(hasNestedQuantifier(pattern)).toBe(false);
    },
  );

  test('matches needs a literal, valid pattern', () => {
    expect(() => run([{filter: 'r.s.matches(r.p)'}], [])).toThrow(/between quotes/);
    expect(() => run([{filter: 'r.s.matches("(")'}], [])).toThrow(/matches\(\)/);
    expect(run([{filter: 'r.s.matches("^a.c$")'}], ['{"s":"abc"}', '{"s":"x"}']).records).toEqual(['{"s":"abc"}']);
  });

  test('three loops inside each other are refused, two are fine, a chain is not nested', () => {
    const nested = 'r.l.map(a, r.l.map(b, r.l.map(c, c))).size() > 0';
    expect(() => run([{filter: nested}], [])).toThrow(/at most 2/);
    const list = '{"l":[1,2,3]}';
    expect(run([{filter: 'r.l.exists(a, r.l.exists(b, a + b == 6))'}], [list]).records).toEqual([list]);
    expect(run([{filter: 'r.l.map(a, a).map(a, a).filter(a, a > 1).size() == 2'}], [list]).records).toEqual([list]);
  });

  test('cel.bind inside cel.bind, which can double a list each time, is limited', () => {
    const bound = (depth: number): string => (depth === 0 ? 'a.size() > 0' : `cel.bind(a, a + a, ${bound(depth - 1)})`);
    expect(() => run([{filter: `cel.bind(a, r.l, ${bound(20)})`}], [])).toThrow(/cel\.bind/);
  });

  test('an expression is limited in size', () => {
    expect(() => run([{filter: Array(10_000).fill('r.a').join(' + ')}], [])).toThrow(/limit|exceed/i);
    expect(() => run([{filter: `${'('.repeat(500)}true${')'.repeat(500)}`}], [])).toThrow();
  });

  test('work without an end is broken off', () => {
    const forever = (): void => {
      for (;;);
    };
    expect(() => withinTime(forever, 20)).toThrow('broken off after 20 ms');
    expect(() => withinTime(() => /^(a+)+$/.test(`${'a'.repeat(50)}b`), 20)).toThrow('broken off');
    expect(() => inTime('resources[0]', 'r.x', forever, 20)).toThrow(
      'resources[0]: "r.x" took longer than 0.02 s and was broken off',
    );
  });

  test('work that ends gives its result and its own errors', () => {
    expect(withinTime(() => 0, 1_000)).toBe(0);
    expect(withinTime(() => undefined, 1_000)).toBeUndefined();
    const mine = new Error('mine');
    expect(() =>
      withinTime(() => {
        throw mine;
      }, 1_000),
    ).toThrow(mine);
  });
});

describe('compileExpression', () => {
  const variables = ['response', 'headers', 'record_count', 'first', 'last'];

  test('evaluates over parsed JSON; integers go in as integers', () => {
    const evaluate = compileExpression('record_count % 2 == 0 && response.page >= response.pages', variables);
    expect(evaluate({response: {page: 3, pages: 3}, headers: {}, record_count: 4})).toBe(true);
    expect(evaluate({response: {page: 2, pages: 3}, headers: {}, record_count: 4})).toBe(false);
  });

  test('a missing key and an absent variable give undefined', () => {
    const evaluate = compileExpression('last.id < 10', variables);
    expect(evaluate({last: {}})).toBeUndefined();
    expect(evaluate({})).toBeUndefined();
    expect(evaluate({last: {id: 9}})).toBe(true);
  });

  test('names what it reads, so that reading the records can be refused', () => {
    const {reads} = compileExpression(
      'size(response.data.items) == 0 || has(response.end) && first["a b"] == 1',
      variables,
    );
    expect(reads).toEqual([
      ['response', 'data', 'items'],
      ['response', 'end'],
      ['first', 'a b'],
    ]);
  });

  test('errors name the place', () => {
    expect(() => compileExpression('nope == 1', variables, 'resources[1].endpoint.paginator.stop_when')).toThrow(
      /^resources\[1\]\.endpoint\.paginator\.stop_when: .*nope/,
    );
  });
});
