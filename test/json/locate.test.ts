import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {locate, locateAll} from '../../src/json/locate.js';
import {type JsonText, jsonText, textOf} from '../../src/json/text.js';
import {documents, lookUp} from './documents.js';

const segments = fc.array(
  fc.oneof(fc.constantFrom('a', 'b', 'data', 'id', '__proto__', ''), fc.integer({min: -4, max: 4})),
  {maxLength: 4},
);

function parsed(text: JsonText | undefined): {readonly value: unknown} | undefined {
  return text === undefined ? undefined : {value: JSON.parse(textOf(text))};
}

test('locate and locateAll find what JavaScript finds, negative indexes included', () => {
  fc.assert(
    fc.property(documents, fc.array(segments, {maxLength: 6}), (document, paths) => {
      const root: unknown = JSON.parse(document);
      const expected = paths.map((path) => lookUp(root, path));
      const bytes = Buffer.from(`7${document}8`);
      const text = {bytes, start: 1, end: bytes.length - 1};
      expect(paths.map((path) => parsed(locate(text, path)))).toEqual(expected);
      expect(locateAll(text, paths).map(parsed)).toEqual(expected);
    }),
    {numRuns: 2000},
  );
});

describe('text stays text', () => {
  const page = jsonText('{"items":[{"id":9007199254740993},{"id":1.10, "id" : 1e400 }],"n":-0}');

  test.each([
    [['items', 0, 'id'], '9007199254740993'],
    [['items', -1, 'id'], '1e400'],
    [['n'], '-0'],
    [['items', 2, 'id'], undefined],
    [['items', -3], undefined],
    [['items', 'id'], undefined],
    [['n', -1], undefined],
    [[], '{"items":[{"id":9007199254740993},{"id":1.10, "id" : 1e400 }],"n":-0}'],
  ])('%j', (path, expected) => {
    const found = locate(page, path);
    expect(found === undefined ? undefined : textOf(found)).toBe(expected);
  });
});

test('100,000 levels and a path that long', () => {
  const levels = 100_000;
  const deep = jsonText(`${'{"a":['.repeat(levels / 2)}7${']}'.repeat(levels / 2)}`);
  const path = Array.from({length: levels}, (_, n) => (n % 2 === 0 ? 'a' : 0));
  const found = locate(deep, path);
  expect(found === undefined ? undefined : textOf(found)).toBe('7');
});

test('20,000 names of one object in one pass, the same path twice', () => {
  const names = Array.from({length: 20_000}, (_, n) => `key ${n}`);
  const text = jsonText(JSON.stringify(Object.fromEntries(names.map((name, n) => [name, n]))));
  const paths = [...names.map((name) => [name]), ['key 7']];
  expect(locateAll(text, paths).map((found) => found && Number(textOf(found)))).toEqual([...names.keys(), 7]);
  const escaped = jsonText(textOf(text).replaceAll('key', '\\u006bey'));
  expect(locateAll(escaped, paths).map((found) => found && Number(textOf(found)))).toEqual([...names.keys(), 7]);
});

test('the same key again and again, with many paths below it, costs what it holds', () => {
  const many = Array.from({length: 20_000}, (_, n) => ['data', `k${n}`]);
  const last = `"data":{${many.map(([, name], n) => `"${name}":${n}`).join(',')}}`;
  const text = jsonText(`{"data":{"k1":-1,"k2":-2},${'"data":{"k7":7},'.repeat(20_000)}${last},"data":{"k9":9}}`);
  const found = locateAll(text, many);
  expect(found.flatMap((value) => (value === undefined ? [] : [textOf(value)]))).toEqual(['9']);
  expect(found[9]).toBeDefined();
});
