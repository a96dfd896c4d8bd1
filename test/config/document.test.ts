import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {openText, openValue} from '../../src/config/open-document.js';
import {ExactNumber} from '../../src/json/exact.js';

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('values', () => {
  test('integers are exact, and numbers that a double holds stay numbers', () => {
    const {value} = openText(
      'a: 9007199254740993\nb: 1.10\nc: 0.1000000000000000055511151231257827\nd: 1e400\ne: -0\nf: 007',
    );
    expect(value).toEqual({
      a: new ExactNumber('9007199254740993'),
      b: 1.1,
      c: new ExactNumber('0.1000000000000000055511151231257827'),
      d: new ExactNumber('1e400'),
      e: 0,
      f: 7,
    });
  });

  test('objects have no prototype: __proto__ is a key like any other', () => {
    const {value} = openText('{"__proto__": {"polluted": true}, "constructor": 1}');
    expect(Object.getPrototypeOf(value)).toBeNull();
    expect(Object.keys(Object(value))).toEqual(['__proto__', 'constructor']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test('an unquoted placeholder is the placeholder', () => {
    const text =
      'token: {secrets.x}\nbody: {window.start|epoch_ms}\nother: {a}\nquoted: {"secrets.x": null}\nlist: [{vars.a}]';
    expect(plain(openText(text).value)).toEqual({
      token: '{secrets.x}',
      body: '{window.start|epoch_ms}',
      other: {a: null},
      quoted: {'secrets.x': null},
      list: ['{vars.a}'],
    });
    expect(openValue({token: {'secrets.x': null}}).value).toEqual({token: '{secrets.x}'});
  });

  test('dates, yes and no are texts; a BOM, CRLF and tabs in JSON are read', () => {
    expect(plain(openText('\uFEFFa: 2024-01-01\r\nb: yes\r\nc: ~\r\n').value)).toEqual({
      a: '2024-01-01',
      b: 'yes',
      c: null,
    });
    expect(plain(openText('{\n\t"a": [\n\t\t1\n\t],\n\t"s": "\\ud83d\\ude00\\/"\n}').value)).toEqual({
      a: [1],
      s: '😀/',
    });
  });

  test('anchors and merge keys', () => {
    const text = 'base: &b {a: 1, b: 2}\nx: *b\ny: {<<: *b, b: 3}\nz:\n  <<: [*b, {c: 4}]\n';
    expect(plain(openText(text).value)).toMatchObject({x: {a: 1, b: 2}, y: {a: 1, b: 3}, z: {a: 1, b: 2, c: 4}});
  });

  test('any JSON reads as itself', () => {
    fc.assert(
      fc.property(fc.jsonValue({maxDepth: 4}), (json) => {
        const text = JSON.stringify(json);
        const read = openText(text);
        expect(read.problems).toEqual([]);
        expect(plain(read.value)).toEqual(JSON.parse(text));
      }),
      {numRuns: 200},
    );
  });
});

describe('what cannot be read is a located problem', () => {
  const first = (text: string) => openText(text).problems[0];

  test.each([
    ['a: 1\nb:\n  a: 2\n  a: 3\n', 'b.a', {line: 4, column: 3}, 'duplicate key; it stands at 3:3 already'],
    ['{"a": 1, "a": 2}', 'a', {line: 1, column: 10}, 'duplicate key'],
    ['a: 1\n---\nb: 2\n', '', {line: 2, column: 1}, 'several YAML documents'],
    ['path: {vars.org}/repos\n', '', {line: 1, column: 17}, 'must be quoted'],
    ['a: b: c\n', '', {line: 1, column: 4}, 'quote'],
    ['a: !foo 1\n', 'a', {line: 1, column: 9}, 'tag'],
    ['a: *x\n', 'a', {line: 1, column: 4}, 'anchor'],
    ['a: &a [*a]\n', 'a', undefined, 'within the value'],
    ['a: .inf\n', 'a', {line: 1, column: 4}, 'no JSON value'],
    ['? [a]\n: 1\n', '', undefined, 'key that is no text'],
  ])('%j', (text, path, position, message) => {
    const problem = first(text);
    expect(problem?.message).toContain(message);
    expect(problem?.path.join('.')).toContain(path);
    if (position !== undefined) expect(problem?.position).toEqual(position);
    expect(openText(text).value).toBeUndefined();
  });

  test('alias bombs and deep nesting end quickly', () => {
    let bomb = 'a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n';
    for (let level = 1; level < 12; level++)
      bomb += `a${level}: &a${level} [${Array(10)
        .fill(`*a${level - 1}`)
        .join(', ')}]\n`;
    expect(first(bomb)?.message).toContain('aliases stand for more than');
    expect(first('['.repeat(20_000))?.message).toBeDefined();
    expect(first(`${'['.repeat(300)}${']'.repeat(300)}`)?.message).toContain('nested');
    let deep: unknown = 1;
    for (let level = 0; level < 5000; level++) deep = [deep];
    expect(openValue(deep).problems[0]?.message).toContain('nested');
  });

  test('values that are no JSON', () => {
    expect(openValue({a: [Number.NaN], b: () => 1, c: undefined}).problems.map((problem) => problem.path)).toEqual([
      ['a', 0],
      ['b'],
    ]);
  });
});

describe('places', () => {
  const text = 'client:\n  base_url: x\nresources:\n- name: a\n  endpoint: {path: p, params: {q: 1}}\n- b\n';
  const document = openText(text);

  test.each([
    [['client', 'base_url'], 2, 3],
    [['resources', 0], 4, 3],
    [['resources', 0, 'endpoint', 'params', 'q'], 5, 32],
    [['resources', 1], 6, 3],
    [['resources', 0, 'endpoint', 'missing', 'deeper'], 5, 3],
    [[], 1, 1],
  ])('%j', (path, line, column) => {
    expect(document.locate(path)).toEqual({line, column});
  });

  test('through aliases and merge keys', () => {
    const merged = openText('b: &b\n  x: 1\nc:\n  <<: *b\n');
    expect(merged.locate(['c', 'x'])).toEqual({line: 2, column: 3});
  });

  test('a value has none', () => {
    expect(openValue({a: 1}).locate(['a'])).toBeUndefined();
  });
});

describe('replacing one scalar', () => {
  const text = '# head\na: old # why\nb:\n  - {c: "x", d: y}\n  - |\n    block\n    text\n  - &n z\nlast: 1\n';

  test.each([
    [['a'], 'a: old #', 'a: "new\\n\\"" #'],
    [['b', 0, 'c'], '"x"', '"new\\n\\""'],
    [['b', 0, 'd'], 'd: y', 'd: "new\\n\\""'],
  ])('%j', (path, before, after) => {
    expect(openText(text).replace(path, 'new\n"')).toBe(text.replace(before, after));
  });

  test.each([[['a']], [['b', 0, 'd']], [['b', 1]], [['b', 2]], [['last']]])('%j changes nothing else', (path) => {
    const edited = openText(text).replace(path, 'new ünicode {x}');
    const expected = structuredClone(plain(openText(text).value));
    let at = Object(expected);
    for (const segment of path.slice(0, -1)) at = at[segment];
    at[path.at(-1) ?? ''] = 'new ünicode {x}';
    expect(plain(openText(edited ?? '').value)).toEqual(expected);
    expect(edited).toContain('# why');
  });

  test('what is no scalar is not replaced', () => {
    expect(openText(text).replace(['b'], 'x')).toBeUndefined();
    expect(openText(text).replace(['nothing'], 'x')).toBeUndefined();
  });
});
