import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {compilePath, formatSegments, PathSyntaxError, pathOf} from '../../src/json/path.js';

describe('singular paths', () => {
  test.each<[string | readonly string[], readonly (string | number)[]]>([
    ['$', []],
    ['', []],
    ['  ', []],
    ['[]', []],
    [[], []],
    ['data', ['data']],
    ['$.data', ['data']],
    ['data.items', ['data', 'items']],
    ['$.data.items', ['data', 'items']],
    [' data . items ', ['data', 'items']],
    ['created-at', ['created-at']],
    ['a.created-at.b_c', ['a', 'created-at', 'b_c']],
    ['1abc', ['1abc']],
    ['2024.01', ['2024', '01']],
    ['my items.x', ['my items', 'x']],
    ['dc:title', ['dc:title']],
    ['a/b', ['a/b']],
    ['größe', ['größe']],
    ['$id', ['$id']],
    ['$ref.x', ['$ref', 'x']],
    ['a.$id', ['a', '$id']],
    ['$.$id', ['$id']],
    ['@odata.nextLink', ['@odata.nextLink']],
    ['$.@odata.nextLink', ['@odata.nextLink']],
    ['value[0].@odata.id', ['value', 0, '@odata.id']],
    ['@graph[0].name', ['@graph', 0, 'name']],
    ["['@odata.nextLink']", ['@odata.nextLink']],
    ['["@odata.nextLink"]', ['@odata.nextLink']],
    ["$['@odata.nextLink']", ['@odata.nextLink']],
    ["'a.b'", ['a.b']],
    ['"a.b"', ['a.b']],
    ["'a.b'.c", ['a.b', 'c']],
    ["x.'a.b'", ['x', 'a.b']],
    ["''", ['']],
    ["['']", ['']],
    ["['it\\'s']", ["it's"]],
    ['["\\u00e9\\n\\\\"]', ['é\n\\']],
    ["x['a']['b']", ['x', 'a', 'b']],
    ["x.['a']", ['x', 'a']],
    ['items[0]', ['items', 0]],
    ['items.[0]', ['items', 0]],
    ['items[-1].id', ['items', -1, 'id']],
    ['[-1]', [-1]],
    ['$[0][1]', [0, 1]],
    ['$ [0] .a', [0, 'a']],
    ['[id]', ['id']],
    ['a[b-c]', ['a', 'b-c']],
    ['null.true', ['null', 'true']],
    ['__proto__.constructor', ['__proto__', 'constructor']],
    [
      ['data', 'a.b', '0', ''],
      ['data', 'a.b', '0', ''],
    ],
  ])('%j', (source, segments) => {
    const path = compilePath(source);
    expect(path.segments).toEqual(segments);
    expect(path.stem).toEqual(segments);
  });

  test('find gives the path as it is in the document, or nothing', () => {
    const value: unknown = JSON.parse('{"items":[{"id":1},{"id":null}],"__proto__":{"a":0}}');
    expect(compilePath('items[-1].id').find(value)).toEqual([['items', 1, 'id']]);
    expect(compilePath('items[0]').find(value)).toEqual([['items', 0]]);
    expect(compilePath('$').find(value)).toEqual([[]]);
    expect(compilePath('__proto__.a').find(value)).toEqual([['__proto__', 'a']]);
    for (const missing of [
      'items[2]',
      'items[-3]',
      'items.id',
      'items.length',
      'toString',
      'items[0][0]',
      'items[0].id.x',
      "['0']",
    ]) {
      expect(compilePath(missing).find(value)).toEqual([]);
    }
  });
});

describe('formatSegments', () => {
  test.each<[readonly (string | number)[], string]>([
    [[], '$'],
    [['data', 'items'], 'data.items'],
    [['items', -1, 'id'], 'items[-1].id'],
    [[0], '[0]'],
    [['@odata.nextLink'], "['@odata.nextLink']"],
    [['a b', "it's", 'q"', '\\\n'], "['a b']['it\\'s']['q\"']['\\\\\\n']"],
    [['a-b', '1', ''], "a-b['1']['']"],
  ])('%j is %s', (segments, text) => {
    expect(formatSegments(segments)).toBe(text);
    expect(pathOf(segments)).toMatchObject({text, segments, stem: segments});
  });

  test('is read back as the same segments', () => {
    const segments = fc.array(
      fc.oneof(fc.string({unit: 'binary'}), fc.constantFrom('$', '@', '*', "'", '\ud800'), fc.integer()),
    );
    fc.assert(
      fc.property(segments, (list) => {
        expect(compilePath(formatSegments(list)).segments).toEqual(list);
      }),
      {numRuns: 1000},
    );
  });

  test('an index beyond what a number holds is refused', () => {
    expect(() => compilePath('a[9007199254740993]')).toThrow('9007199254740993 is no index');
    expect(() => compilePath('a[-0]')).toThrow('-0 is no index');
  });
});

describe('what is not understood', () => {
  test.each([
    ['items.`len`', 'functions in backticks'],
    ['$.`this`', 'functions in backticks'],
    ['$.a + $.b', 'arithmetic'],
    ['$.price * 2', 'arithmetic'],
    ['a - b', 'arithmetic'],
    ['items[/name]', 'sorting'],
    ['items[\\name]', 'sorting'],
    ['a|b', 'unions of paths'],
    ['items[]', 'write [*]'],
    ['.items', 'leave out the dot'],
    ['a.', 'it ends where a name must stand (character 3)'],
    ['a..', 'it ends where a name must stand'],
    ['a[0', 'it ends where ] must stand'],
    ['a[0}', 'where ] must stand'],
    ["a['b", "the quote ' has no end"],
    ["a['b\\d']", 'a backslash in quotes is written \\\\'],
    ["a'b'", '"\'" is not understood'],
    ['a]', '"]" is not understood'],
    ['a(b)', '"(" is not understood'],
    ['a.**', 'write .. for any number of levels'],
    ['a[?@.x =~ "y"]', "write search(@.name, 'pattern')"],
    ['a[?]', '"]" is not understood in a filter'],
    ['a[?@.x == ]', '"]" is not understood in a filter'],
    ['a[?1]', 'nothing is compared here'],
    ['a[?@.x ==', 'it ends inside a filter'],
    ['a[?(@.x]', 'where ) must stand'],
    ['a[?@..id==33]', 'only a path to one value can be compared'],
    ['a[?@.* == 1]', 'only a path to one value can be compared'],
    ['a[?foo(@.x) == 1]', 'foo() with this argument is not understood'],
    ['a[?match(@.a, @.b)]', 'the pattern must be a text in quotes'],
    ["a[?search(@.a, '^(a+)+$')]", 'can take for ever'],
    [`a[?${'('.repeat(10_000)}@.x${')'.repeat(10_000)}]`, 'inside each other'],
    [`a${'[?@'.repeat(10_000)}${']'.repeat(10_000)}`, 'inside each other'],
    [`a[?${'length('.repeat(10_000)}`, 'inside each other'],
  ])('%.60s: %s', (source, reason) => {
    expect(() => compilePath(source)).toThrow(PathSyntaxError);
    expect(() => compilePath(source)).toThrow(reason);
  });

  test('the message names the path', () => {
    expect(() => compilePath('items.`len`')).toThrow(/^path "items\.`len`": .*\(character 7\)$/);
  });
});
