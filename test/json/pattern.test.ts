import {describe, expect, test} from 'vitest';
import {compilePattern} from '../../src/json/pattern.js';

function pattern(source: string, whole = false): RegExp {
  return compilePattern(source, whole, (reason) => {
    throw new Error(reason);
  });
}

describe('patterns', () => {
  test.each([
    ['a.c', 'xabcx', true],
    ['a.c', 'a\nc', false],
    ['a.c', 'a\u2028c', true],
    ['a\\.c', 'abc', false],
    ['[.]', 'a', false],
    ['[a]\\.', 'a.', true],
    ['[a]\\.', 'ab', false],
    ['a{2,3}', 'xaa', true],
    ['(?:ab)+c', 'ababc', true],
    ['(ab)?c', 'c', true],
    ['\\p{Lu}', 'É', true],
    ['^\\d{4}-\\d{2}-\\d{2}T.*Z$', '2024-01-01T00:00:00Z', true],
    ['(a|b)c', 'bc', true],
    ['(a|b)?c', 'c', true],
    ['😀+', 'x😀😀', true],
  ])('search %j in %j: %s', (source, text, matches) => {
    expect(pattern(source).test(text)).toBe(matches);
  });

  test('match is about the whole text, alternatives included', () => {
    expect(pattern('a|b', true).test('b')).toBe(true);
    expect(pattern('a|b', true).test('ax')).toBe(false);
    expect(pattern('a|b', true).test('xb')).toBe(false);
  });

  test.each([
    ['^(a+)+$', 'for ever'],
    ['(a*)*', 'for ever'],
    ['(a|a)*b', 'for ever'],
    ['((a)b?){20}', 'for ever'],
    ['(?:x(?:a+))+', 'for ever'],
    ['((a|b))+', 'for ever'],
    ['(a?){2,}', 'for ever'],
    ['a{5000}', 'more than 10 repetitions or one of more than 1000'],
    ['a*a*a*a*a*a*a*a*a*a*a*b', 'more than 10 repetitions'],
    ['(a)\\1', 'references to groups'],
    ['a(?=b)', 'looking ahead'],
    ['(?<n>a)', 'looking ahead'],
    ['(?<!a)b', 'looking ahead'],
    ['[a', 'no regular expression'],
    ['a)', 'no regular expression'],
    ['*a', 'no regular expression'],
    ['a**', 'no regular expression'],
    ['\\q', 'no regular expression'],
  ])('refuses %j: %s', (source, reason) => {
    expect(() => pattern(source)).toThrow(reason);
  });

  test.each(['(ab+)', '(\\d+)-(\\d+)', 'a+b+', '(a|b)c{2}'])('takes %j', (source) => {
    expect(pattern(source)).toBeInstanceOf(RegExp);
  });
});
