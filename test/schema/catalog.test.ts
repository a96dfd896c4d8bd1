import {expect, describe as group, test} from 'vitest';
import {compilePath} from '../../src/json/path.js';
import {describe, needsSample} from '../../src/schema/catalog.js';
import {columnSchema, columnTypes} from '../../src/schema/columns.js';
import {nothingObserved, observe} from '../../src/schema/observe.js';
import type {SchemaPlan} from '../../src/schema/schema-plan.js';
import {batchOf} from '../airbyte/collect.js';

const plan = (given: Partial<SchemaPlan> = {}): SchemaPlan => ({
  columns: {},
  schemaless: false,
  samplePages: 2,
  sampleRecords: 1_000,
  keyIsDefault: false,
  key: [],
  ...given,
});
const path = (...names: string[]) => compilePath(names);
const sampled = (...records: string[]) => {
  const observed = nothingObserved();
  observe(observed, batchOf(records));
  return observed;
};
const propertiesOf = (given: ReturnType<typeof describe>): unknown =>
  JSON.parse(JSON.stringify(given.entry.json_schema))['properties'];

group('describe', () => {
  test('a stream with key and cursor', () => {
    const described = describe(
      'a',
      plan({key: [path('id')], cursor: path('updated_at')}),
      sampled('{"id":1,"updated_at":null}'),
    );
    expect(described.warnings).toEqual([]);
    expect(described.entry).toEqual({
      name: 'a',
      json_schema: {
        $schema: 'http://json-schema.org/draft-07/schema#',
        type: 'object',
        additionalProperties: true,
        properties: {id: {type: ['null', 'integer']}, updated_at: {type: ['null', 'string']}},
      },
      supported_sync_modes: ['full_refresh', 'incremental'],
      source_defined_cursor: true,
      is_resumable: true,
      default_cursor_field: ['updated_at'],
      source_defined_primary_key: [['id']],
    });
  });

  test('key and cursor stand in the schema although no record was seen, nested ones too', () => {
    const described = describe(
      'a',
      plan({key: [path('id'), path('meta', 'no')], cursor: path('meta', 'at')}),
      undefined,
    );
    const text = {type: ['null', 'string']};
    expect(propertiesOf(described)).toEqual({
      id: text,
      meta: {type: ['null', 'object'], additionalProperties: true, properties: {no: text, at: text}},
    });
    expect(described.entry.source_defined_primary_key).toEqual([['id'], ['meta', 'no']]);
  });

  test('without anything known there is one property, and a warning', () => {
    const described = describe('a', plan(), sampled());
    expect(propertiesOf(described)).toEqual({data: {type: ['null', 'object'], additionalProperties: true}});
    expect(described.warnings[0]).toMatch(/no record was there/);
    expect(described.entry.supported_sync_modes).toEqual(['full_refresh']);
  });

  test('a default key that no record has is not published; one declared for the stream is', () => {
    const records = sampled('{"uuid":"a"}');
    const byDefault = describe('a', plan({key: [path('id')], keyIsDefault: true}), records);
    expect(byDefault.entry).not.toHaveProperty('source_defined_primary_key');
    expect(propertiesOf(byDefault)).toEqual({uuid: {type: ['null', 'string']}});
    expect(byDefault.warnings[0]).toMatch(/no sampled record has id/);
    const declared = describe('a', plan({key: [path('id')]}), records);
    expect(declared.entry.source_defined_primary_key).toEqual([['id']]);
    expect(declared.warnings[0]).toMatch(/no sampled record has the primary key field id/);
    const empty = describe('a', plan({key: [path('id')], keyIsDefault: true}), sampled());
    expect(empty.entry.source_defined_primary_key).toEqual([['id']]);
  });

  test('a key that is an object or list, or no list of names, is not published', () => {
    const described = describe('a', plan({key: [path('id')]}), sampled('{"id":{"no":1}}'));
    expect(described.entry).not.toHaveProperty('source_defined_primary_key');
    expect(described.warnings[0]).toMatch(/is an object or a list/);
    const indexed = describe('a', plan({key: [compilePath('ids[0]')]}), sampled('{"ids":[1]}'));
    expect(indexed.entry).not.toHaveProperty('source_defined_primary_key');
  });

  test('columns win over what was inferred; one without a type only sees that the field is there', () => {
    const columns = {price: {type: ['null', 'number']}, note: {}, id: {}};
    const described = describe('a', plan({columns}), sampled('{"id":1,"price":"12.50"}'));
    expect(propertiesOf(described)).toEqual({
      id: {type: ['null', 'integer']},
      price: {type: ['null', 'number']},
      note: {type: ['null', 'string']},
    });
    expect(described.warnings).toEqual([expect.stringMatching(/column price: no value has the declared type/)]);
  });

  test('columns stand beside a declared schema and win over it', () => {
    const declared = {type: 'object', properties: {a: {type: 'string'}, b: {type: 'string'}}};
    const columns = {a: {type: ['null', 'integer']}, c: {type: ['null', 'number']}, b: {}};
    expect(propertiesOf(describe('a', plan({declared, columns, key: [path('c')]}), undefined))).toMatchObject({
      a: {type: ['null', 'integer']},
      b: {type: 'string'},
      c: {type: ['null', 'number']},
    });
  });

  test('a declared schema needs no sample and is brought into the subset hosts read', () => {
    const declared = {
      $schema: 'http://json-schema.org/draft-07/schema#',
      type: 'object',
      required: ['id'],
      additionalProperties: false,
      definitions: {
        address: {
          type: 'object',
          required: ['city'],
          additionalProperties: false,
          properties: {city: {type: 'string'}},
        },
        node: {type: 'object', properties: {next: {$ref: '#/definitions/node'}}},
      },
      properties: {
        id: {type: 'integer'},
        required: {type: 'boolean'},
        address: {$ref: '#/definitions/address'},
        node: {$ref: '#/definitions/node'},
        both: {allOf: [{properties: {a: {type: 'string'}}}, {properties: {b: {not: {}, type: 'string'}}}]},
        list: {type: 'array', items: {$ref: '#/definitions/address'}},
        gone: {$ref: 'https://example.com/schema.json'},
      },
    };
    const address = {type: 'object', additionalProperties: true, properties: {city: {type: 'string'}}};
    expect(needsSample(plan({declared}))).toBe(false);
    expect(propertiesOf(describe('a', plan({declared}), undefined))).toEqual({
      id: {type: 'integer'},
      required: {type: 'boolean'},
      address,
      node: {type: 'object', properties: {next: {type: ['null', 'object']}}},
      both: {properties: {a: {type: 'string'}, b: {type: 'string'}}},
      list: {type: 'array', items: address},
      gone: {type: ['null', 'object']},
    });
  });

  test('a schemaless stream has the column data, its cursor inside, and no key', () => {
    const described = describe('a', plan({schemaless: true, key: [path('id')], cursor: path('at')}), undefined);
    expect(needsSample(plan({schemaless: true}))).toBe(false);
    expect(propertiesOf(described)).toEqual({
      data: {type: ['null', 'object'], additionalProperties: true, properties: {at: {type: ['null', 'string']}}},
    });
    expect(described.entry.default_cursor_field).toEqual(['data', 'at']);
    expect(described.entry).not.toHaveProperty('source_defined_primary_key');
    expect(propertiesOf(describe('a', plan({schemaless: true}), undefined))).toEqual({
      data: {type: ['null', 'object'], additionalProperties: true},
    });
  });

  test('fields named like members of Object are fields', () => {
    const described = describe(
      'a',
      plan({key: [path('constructor')], cursor: path('__proto__')}),
      sampled('{"toString":1}'),
    );
    expect(Object.keys(Object(propertiesOf(described))).sort()).toEqual(['__proto__', 'constructor', 'toString']);
  });
});

group('columnSchema', () => {
  test('knows every data type of dlt', () => {
    for (const data_type of columnTypes) expect(columnSchema({data_type}), data_type).toBeDefined();
    expect(columnSchema({data_type: 'timestamp'})).toMatchObject({airbyte_type: 'timestamp_with_timezone'});
    expect(columnSchema({data_type: 'timestamp', timezone: false})).toMatchObject({
      airbyte_type: 'timestamp_without_timezone',
    });
    expect(columnSchema({})).toEqual({});
    expect(columnSchema({data_type: 'varchar'})).toBeUndefined();
  });
});
