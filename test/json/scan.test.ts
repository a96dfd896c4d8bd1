import {describe, expect, test} from 'vitest';
import {compileScan} from '../../src/json/scan.js';
import {accepts, scan, texts} from './scanning.js';

describe('records', () => {
  test.each([
    ['{"data":[{"a":1},{}]}', 'array', 2],
    ['{"data":{"a":1}}', 'object', 1],
    ['{"data":null}', 'null', 0],
    ['{"data":false}', 'false', 0],
    ['{"data":true}', 'true', 0],
    ['{"data":""}', 'string', 0],
    ['{"data":-1}', 'number', 0],
    ['{"date":[]}', 'missing', 0],
    ['[]', 'missing', 0],
  ])('%s', (text, found, count) => {
    const result = scan(text, {records: ['data'], fields: [['a']]});
    expect(result).toMatchObject({found, count});
    expect(result.foundStart === -1 && result.foundEnd === -1).toBe(found === 'missing');
    expect(result.spans).toHaveLength(2 * count);
    expect(result.fields[0]).toHaveLength(2 * count);
  });

  test('the span of what was found, of the root, and of every element', () => {
    const result = scan(' {"n":1,"data":[ {"a": 1} ,null,2,"x",[{}]] } ', {records: ['data']});
    expect(result.bytes.toString('utf8', result.start, result.end)).toBe(
      '{"n":1,"data":[ {"a": 1} ,null,2,"x",[{}]] }',
    );
    expect(result.bytes.toString('utf8', result.foundStart, result.foundEnd)).toBe('[ {"a": 1} ,null,2,"x",[{}]]');
    expect(texts(result, result.spans)).toEqual(['{"a": 1}', 'null', '2', '"x"', '[{}]']);
    expect(result).toMatchObject({allObjects: false, anyEmptyObject: false});
  });

  test.each([
    ['[{"a":1}]', true, false],
    ['[]', true, false],
    ['[{"a":{}}]', true, false],
    ['[{"a":1},{ \n\t }]', true, true],
    ['[{"a":1},{}]', true, true],
    ['[[]]', false, false],
    ['{ }', true, true],
  ])('%s: all objects %s, any empty %s', (text, allObjects, anyEmptyObject) => {
    expect(scan(text, {records: []})).toMatchObject({allObjects, anyEmptyObject});
    expect(scan(text, {records: [], fields: [['b', 'c']]})).toMatchObject({allObjects, anyEmptyObject});
  });

  test.each([
    ['[]', 0],
    ['[1,null]', 0],
    ['[{}]', 1],
    ['[{"a":[{"b":1}]},{}]', 3],
    ['{"a":1}', 1],
    ['{"a":[[]]}', 3],
  ])('depth of %s is %i, whatever is wanted and wherever it stands', (text, depth) => {
    for (const fields of [[], [['a']], [['a', 0, 'b']]]) {
      expect(scan(text, {records: [], fields})).toMatchObject({depth});
      const wrapped = `{"deep":[[[[[[1]]]]]],"data":{"of":${text}},"deeper":[[[[[[[[]]]]]]]]}`;
      expect(scan(wrapped, {records: ['data', 'of'], fields})).toMatchObject({depth});
    }
  });

  test('more records than expected, then fewer', () => {
    const scanner = compileScan({records: [], fields: [['id'], ['none']], facts: [[40, 'id']]});
    for (const count of [100, 3, 1000, 0]) {
      const bytes = Buffer.from(JSON.stringify(Array.from({length: count}, (_, id) => ({id}))));
      const result = scanner(bytes, 0, bytes.length);
      expect(texts({bytes}, result.fields[0])).toEqual(Array.from({length: count}, (_, id) => String(id)));
      expect(texts({bytes}, result.fields[1])).toEqual(Array.from({length: count}, () => undefined));
      expect(texts({bytes}, result.facts)).toEqual([count > 40 ? '40' : undefined]);
    }
  });

  test('a page keeps its spans while the next one is scanned', () => {
    const scanner = compileScan({records: [], fields: [['id']], facts: [[0]]});
    const first = Buffer.from('[{"id":1},{"id":22}]');
    const page = scanner(first, 0, first.length);
    const second = Buffer.from('[{"x":1, "id":333},{}]');
    scanner(second, 0, second.length);
    expect(texts({bytes: first}, page.spans)).toEqual(['{"id":1}', '{"id":22}']);
    expect(texts({bytes: first}, page.fields[0])).toEqual(['1', '22']);
    expect(texts({bytes: first}, page.facts)).toEqual(['{"id":1}']);
  });
});

describe('duplicate keys: the last one counts', () => {
  test.each([
    ['{"id":1,"id":2}', '2'],
    ['{"id":1,"\\u0069d":2}', '2'],
    ['{"\\u0069\\u0064":1,"id":2}', '2'],
    ['{"id":1,"id":null}', 'null'],
  ])('%s', (text, id) => {
    const result = scan(text, {records: [], fields: [['id']], facts: [['id']]});
    expect(texts(result, result.fields[0])).toEqual([id]);
    expect(texts(result, result.facts)).toEqual([id]);
  });

  test('nothing below an earlier one stays', () => {
    const text = '{"data":[{"u":{"id":1}},{"u":{"id":2},"u":{}}],"data":[{"u":{"id":3},"u":7},{"u":{"id":4}}]}';
    const result = scan(text, {records: ['data'], fields: [['u', 'id']], facts: [['data', 0, 'u', 'id']]});
    expect(texts(result, result.spans)).toEqual(['{"u":{"id":3},"u":7}', '{"u":{"id":4}}']);
    expect(texts(result, result.fields[0])).toEqual([undefined, '4']);
    expect(texts(result, result.facts)).toEqual([undefined]);
  });

  test('records replaced by nothing are missing', () => {
    const plan = {records: ['a', 'data'], fields: [['id']], facts: []};
    expect(scan('{"a":{"data":[{"id":1},{}]},"a":{}}', plan)).toMatchObject({
      found: 'missing',
      foundStart: -1,
      foundEnd: -1,
      count: 0,
      anyEmptyObject: false,
      depth: 0,
    });
    expect(scan('{"a":{"data":[{"id":1}],"data":3}}', plan)).toMatchObject({
      found: 'number',
      count: 0,
      allObjects: true,
    });
  });
});

test('the records again and again cost what they hold', () => {
  const text = `{"data":[${'{"id":1},'.repeat(50_000)}{}],${'"data":1,'.repeat(50_000)}"data":[{"x":1},{"id":2},{}]}`;
  const result = scan(text, {records: ['data'], fields: [['id']]});
  expect(texts(result, result.fields[0])).toEqual([undefined, '2', undefined]);
});

test('names that look special are names', () => {
  const text = '{"__proto__":{"constructor":1},"":2,"toString":3,"é😀":4,"q\\"":5,"\\ud800":6,"\ufffd":7}';
  const facts = [
    ['__proto__', 'constructor'],
    [''],
    ['toString'],
    ['é😀'],
    ['q"'],
    ['\ud800'],
    ['\ufffd'],
    ['valueOf'],
  ];
  const result = scan(text, {facts});
  expect(texts(result, result.facts)).toEqual(['1', '2', '3', '4', '5', '6', '7', undefined]);
});

test('raw line breaks between tokens become spaces, escaped ones in strings stay', () => {
  const text = '\r\n[\n{"a\\n\u2028":\r\n"\\r\u2029\u0085"\n,"b":[\n]\n}\n,\n{\n}]\n';
  for (const fields of [[], [['b', 0]]]) {
    expect(scan(text, {records: [], fields}).bytes.toString()).toBe(text.replaceAll(/[\r\n]/g, ' '));
  }
});

describe('notes', () => {
  test.each([
    ['[1.5e10]', false],
    ['[1e308]', true],
    ['[1e-400]', true],
    [`[${'9'.repeat(300)}]`, false],
    [`[${'9'.repeat(301)}]`, true],
    [`[${'9'.repeat(299)}e99]`, true],
    ['["1e999"]', false],
  ])('long number in %s: %s', (text, longNumber) => {
    expect(scan(text).longNumber).toBe(longNumber);
  });

  test.each([
    ['"\\ud83d\\ude00"', false],
    ['"\\uD83D\\uDE00"', false],
    ['"😀"', false],
    ['"\\ud83d"', true],
    ['"\\ude00"', true],
    ['"\\ud83d\\u0041"', true],
    ['"\\ud83d\\ud83d\\ude00"', true],
    ['"\\ude00\\ud83d"', true],
    ['"\\\\ud83d"', false],
    ['{"\\ud83d":1}', true],
  ])('lone surrogate in %s: %s', (text, loneSurrogate) => {
    expect(scan(text).loneSurrogate).toBe(loneSurrogate);
    expect(scan(text, {records: [], fields: [['a']]}).loneSurrogate).toBe(loneSurrogate);
  });
});

describe('100,000 levels', () => {
  const levels = 100_000;
  const arrays = '['.repeat(levels) + ']'.repeat(levels);
  const objects = `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

  test('accepted when closed, refused when not', () => {
    expect(accepts(arrays)).toBe(true);
    expect(accepts(objects)).toBe(true);
    expect(accepts('['.repeat(levels))).toBe(false);
    expect(accepts('{"a":'.repeat(levels))).toBe(false);
    expect(accepts(`${arrays}]`)).toBe(false);
  });

  test('a record and a field that deep, and a path that long', () => {
    const result = scan(`{"data":[{"id":7,"x":${arrays}}]}`, {records: ['data'], fields: [['id'], ['x']]});
    expect(texts(result, result.fields[0])).toEqual(['7']);
    expect(texts(result, result.fields[1])).toEqual([arrays]);
    expect(result.depth).toBe(levels + 1);
    const long = scan(objects, {facts: [Array.from({length: levels}, () => 'a')]});
    expect(texts(long, long.facts)).toEqual(['1']);
  });
});
