import {Ajv} from 'ajv';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {inferProperties} from '../../src/schema/infer.js';
import {nothingObserved, observe} from '../../src/schema/observe.js';
import {spellingOf} from '../../src/schema/spelling.js';
import {batchOf} from '../airbyte/collect.js';

function properties(...records: string[]): Record<string, unknown> {
  const observed = nothingObserved();
  observe(observed, batchOf(records));
  return JSON.parse(JSON.stringify(inferProperties(observed)));
}

const typeOf = (...values: string[]): unknown => properties(...values.map((value) => `{"x":${value}}`))['x'];
const time = {type: ['null', 'string'], format: 'date-time'};

describe('types', () => {
  test.each<[string[], object]>([
    [['1', '-0', '9223372036854775807'], {type: ['null', 'integer']}],
    [['1', '1.0'], {type: ['null', 'number']}],
    [['1e3'], {type: ['null', 'number']}],
    [['9223372036854775808'], {type: ['null', 'number']}],
    [['-9223372036854775809'], {type: ['null', 'number']}],
    [['true', 'false', 'null'], {type: ['null', 'boolean']}],
    [['null'], {type: ['null', 'string']}],
    [['"478"', '"a"'], {type: ['null', 'string']}],
    [['"2026-01-31"'], {type: ['null', 'string'], format: 'date'}],
    [['"2026-01-31"', '""'], {type: ['null', 'string']}],
    [['"2026-01-31"', '"2026-01-31T00:00:00Z"'], {type: ['null', 'string']}],
    [
      ['"2026-01-31T09:30:00Z"', '"2026-01-31T09:30:00.123456+02:00"'],
      {...time, airbyte_type: 'timestamp_with_timezone'},
    ],
    [['"2026-01-31T09:30:00"'], {...time, airbyte_type: 'timestamp_without_timezone'}],
    [['"2026-01-31T09:30:00"', '"2026-01-31T09:30:00Z"'], {type: ['null', 'string']}],
    [['[]'], {type: ['null', 'array'], items: {}}],
    [['[1, null]', '[2.5]'], {type: ['null', 'array'], items: {type: ['null', 'number']}}],
    [['{}'], {type: ['null', 'object'], additionalProperties: true}],
    [
      ['{"a":1}', '{"b":"\\u0041"}'],
      {
        type: ['null', 'object'],
        properties: {a: {type: ['null', 'integer']}, b: {type: ['null', 'string']}},
        additionalProperties: true,
      },
    ],
    [['1', '"a"'], {oneOf: [{type: 'null'}, {type: 'string'}, {type: 'integer'}]}],
    [
      ['{"a":1}', '[]'],
      {
        oneOf: [
          {type: 'null'},
          {type: 'object', properties: {a: {type: ['null', 'integer']}}, additionalProperties: true},
          {type: 'array', items: {}},
        ],
      },
    ],
  ])('%j', (values, schema) => {
    expect(typeOf(...values)).toEqual(schema);
  });

  test('any names: __proto__, constructor, the empty one, escaped ones', () => {
    const seen = properties('{"__proto__":1,"constructor":"a","":true,"\\u0061":2,"é":3}');
    expect(Object.keys(seen).sort()).toEqual(['', '__proto__', 'a', 'constructor', 'é'].sort());
  });

  test('an object with hundreds of names is a map, not a list of columns', () => {
    const names = (from: number) => Array.from({length: 150}, (_, id) => `"${from + id}":1`).join();
    expect(typeOf(`{${names(0)}}`, `{${names(100)}}`)).toEqual({type: ['null', 'object'], additionalProperties: true});
  });

  test('100,000 levels are neither an overflow nor a schema of that depth', () => {
    const deep = '{"a":'.repeat(50_000) + '['.repeat(50_000) + ']'.repeat(50_000) + '}'.repeat(50_000);
    expect(JSON.stringify(typeOf(deep)).length).toBeLessThan(5_000);
  });

  test('columns from parents are fields too', () => {
    const observed = nothingObserved();
    observe(observed, batchOf(['{"id":1}', '{"id":2}']), Buffer.from(',"_parents_id":"x"'));
    expect(inferProperties(observed)).toEqual({
      id: {type: ['null', 'integer']},
      _parents_id: {type: ['null', 'string']},
    });
  });

  test('every value that was seen is valid against what was inferred', () => {
    const ajv = new Ajv({ownProperties: true, strict: false, validateFormats: false});
    fc.assert(
      fc.property(
        fc.array(fc.dictionary(fc.string(), fc.jsonValue({maxDepth: 3})), {minLength: 1, maxLength: 8}),
        (records) => {
          const schema = {type: 'object', properties: properties(...records.map((record) => JSON.stringify(record)))};
          const validate = ajv.compile(schema);
          for (const record of records) {
            expect(validate(JSON.parse(JSON.stringify(record))), JSON.stringify(validate.errors)).toBe(true);
          }
        },
      ),
      {numRuns: 60},
    );
  });
});

describe('spellings', () => {
  test.each([
    ['2024-02-29', 'dates'],
    ['2023-02-29', 'texts'],
    ['0000-00-00', 'texts'],
    ['2026-13-01', 'texts'],
    ['2026-1-1', 'texts'],
    ['2026-01-31T23:59:59+0000', 'zonedTimes'],
    ['2026-01-31T24:00:00Z', 'texts'],
    ['2026-01-31T09:30Z', 'texts'],
    ['2026-01-31 09:30:00', 'texts'],
    ['2026-01-31T09:30:00.1234567890Z', 'texts'],
    ['2026-01-31T09:30:00', 'localTimes'],
    ['20260131', 'texts'],
  ])('%s: %s', (text, spelling) => {
    expect(spellingOf(text)).toBe(spelling);
  });
});
