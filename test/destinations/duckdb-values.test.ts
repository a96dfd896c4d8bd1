import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {apply, catalog, folder, query, record, state, status} from './support.js';

const file = () => join(folder(), 'x.duckdb');

async function store(properties: Record<string, unknown>, ...records: readonly string[]): Promise<string> {
  const into = file();
  await apply(into, catalog({properties}), [
    status('STARTED'),
    ...records.map((data) => record(data)),
    state({v: 1}),
    status('COMPLETE'),
  ]);
  return into;
}

const columnsOf = async (into: string) =>
  Object.fromEntries((await query(into, 'DESCRIBE rows')).map(([name, type]) => [String(name), type]));

describe('values keep every digit', () => {
  test('integers: BIGINT, then HUGEINT, then text', async () => {
    const into = await store(
      {a: {type: 'integer'}, b: {type: ['null', 'integer']}, c: {type: 'integer'}},
      '{"a":9007199254740993,"b":12345678901234567890,"c":1}',
      '{"a":-9223372036854775807,"b":9223372036854775808,"c":1234567890123456789012345678901234567890}',
    );
    const types = await columnsOf(into);
    expect([types['a'], types['b'], types['c']]).toEqual(['BIGINT', 'HUGEINT', 'VARCHAR']);
    expect(await query(into, 'SELECT a::VARCHAR, b::VARCHAR, c FROM rows ORDER BY rowid')).toEqual([
      ['9007199254740993', '12345678901234567890', '1'],
      ['-9223372036854775807', '9223372036854775808', '1234567890123456789012345678901234567890'],
    ]);
  });

  test('fractions: DOUBLE while nothing is lost, else the text', async () => {
    const into = await store(
      {price: {type: 'number'}, exact: {type: 'number'}, large: {type: 'number'}, id: {type: 'number'}},
      '{"price":1.10,"exact":0.5,"large":1,"id":1.5}',
      '{"price":-0.30000000000000004,"exact":0.12345678901234567891,"large":1e400,"id":9007199254740993}',
    );
    const types = await columnsOf(into);
    expect([types['price'], types['exact'], types['large'], types['id']]).toEqual([
      'DOUBLE',
      'VARCHAR',
      'VARCHAR',
      'VARCHAR',
    ]);
    expect(await query(into, 'SELECT price, exact, large, id FROM rows ORDER BY rowid')).toEqual([
      [1.1, '0.5', '1', '1.5'],
      [-0.30000000000000004, '0.12345678901234567891', '1e400', '9007199254740993'],
    ]);
  });

  test('an integer column that meets a fraction becomes DOUBLE, with an integer beyond 2^53 text', async () => {
    const into = file();
    const of = catalog({properties: {a: {type: 'integer'}, b: {type: 'integer'}}});
    await apply(into, of, [record('{"a":1,"b":9007199254740993}'), state({v: 1}), status('COMPLETE')]);
    await apply(into, of, [record('{"a":2.5,"b":2.5}'), state({v: 2}), status('COMPLETE')]);
    expect(await query(into, 'SELECT a, b FROM rows ORDER BY rowid')).toEqual([
      [1, '9007199254740993'],
      [2.5, '2.5'],
    ]);
  });

  test('nested values stay as received, of duplicate keys the last counts', async () => {
    const into = await store(
      {nested: {type: 'object', properties: {}}},
      '{"nested":{"price": 1.10, "id":12345678901234567890, "id":2},"twice":1,"twice":"last"}',
    );
    expect(await query(into, 'SELECT nested::VARCHAR, twice FROM rows')).toEqual([
      ['{"price": 1.10, "id":12345678901234567890, "id":2}', 'last'],
    ]);
  });

  test('a column of several kinds is JSON, earlier values too', async () => {
    const into = file();
    const of = catalog({properties: {a: {type: 'string'}, when: {type: 'string', format: 'date-time'}}});
    await apply(into, of, [
      record('{"a":"say \\"hi\\"","when":"2026-01-01T00:00:00+02:00"}'),
      state({v: 1}),
      record('{"a":7,"when":{"at":1}}'),
      record('{"a":[true],"when":null}'),
      state({v: 2}),
      status('COMPLETE'),
    ]);
    expect(await query(into, `SELECT a::VARCHAR, a ->> '$', "when"::VARCHAR FROM rows ORDER BY rowid`)).toEqual([
      ['"say \\"hi\\""', 'say "hi"', '"2025-12-31T22:00:00Z"'],
      ['7', '7', '{"at":1}'],
      ['[true]', '[true]', null],
    ]);
  });

  test('times: TIMESTAMPTZ, TIMESTAMP and DATE while every value is one, else text', async () => {
    const properties = {
      at: {type: 'string', format: 'date-time'},
      local: {type: 'string', format: 'date-time', airbyte_type: 'timestamp_without_timezone'},
      day: {type: 'string', format: 'date'},
      nano: {type: 'string', format: 'date-time'},
      zero: {type: 'string', format: 'date'},
    };
    const into = await store(
      properties,
      '{"at":"2026-01-01T00:00:00.123456+02:00","local":"2026-01-01T10:00:00","day":"2024-02-29","nano":"2026-01-01T00:00:00Z","zero":"2026-01-01"}',
      '{"at":null,"local":null,"day":null,"nano":"2026-01-01T00:00:00.1234567Z","zero":"0000-00-00"}',
    );
    const types = await columnsOf(into);
    expect(['at', 'local', 'day', 'nano', 'zero'].map((name) => types[name])).toEqual([
      'TIMESTAMP WITH TIME ZONE',
      'TIMESTAMP',
      'DATE',
      'VARCHAR',
      'VARCHAR',
    ]);
    expect(
      await query(
        into,
        'SELECT at::VARCHAR, local::VARCHAR, day::VARCHAR, nano, zero FROM rows ORDER BY rowid'.replaceAll(
          /\bat\b/g,
          '"at"',
        ),
      ),
    ).toEqual([
      ['2025-12-31 22:00:00.123456+00', '2026-01-01 10:00:00', '2024-02-29', '2026-01-01T00:00:00Z', '2026-01-01'],
      [null, null, null, '2026-01-01T00:00:00.1234567Z', '0000-00-00'],
    ]);
  });

  test('strings with escapes, separators, quotes, NUL and half surrogates', async () => {
    const into = await store(
      {s: {type: 'string'}},
      '{"s":"tab\\t line\\n nul\\u0000 us\\u001f quote\\" slash\\\\ é \\ud83d\\ude00 \u2028"}',
      '{"s":""}',
      '{"s":"half \\ud83d end \\\\ud83d","o":{"s":"\\udc00"}}',
    );
    expect(await query(into, 'SELECT s, o::VARCHAR FROM rows ORDER BY rowid')).toEqual([
      ['tab\t line\n nul\u0000 us\u001f quote" slash\\ é 😀 \u2028', null],
      ['', null],
      ['half \ufffd end \\ud83d', '{"s":"\\ufffd"}'],
    ]);
  });
});

describe('names', () => {
  test('reserved words, quotes, case, prototypes, rowid, empty', async () => {
    const into = await store(
      {},
      '{"at":1,"select":2,"a\\"b":3,"ID":4,"id":5,"__proto__":6,"rowid":7,"":8,"_airbyte_extracted_at":9,"p\\u0000q":10}',
    );
    const types = Object.keys(await columnsOf(into)).filter((name) => name !== 'shown');
    expect(types).toEqual([
      '_airbyte_extracted_at',
      '_airbyte_generation_id',
      'at',
      'select',
      'a"b',
      'ID',
      'id_2',
      '__proto__',
      'rowid_2',
      '_',
      '_airbyte_extracted_at_2',
      'p_q',
    ]);
    expect(
      await query(
        into,
        `SELECT "at", "select", "a""b", "ID", id_2, "__proto__", rowid_2, "_", _airbyte_extracted_at_2, p_q FROM rows`,
      ),
    ).toEqual([['1', '2', '3', '4', '5', '6', '7', '8', '9', '10']]);
  });

  test('the second run finds the columns of the first', async () => {
    const into = file();
    const lines = [record('{"ID":1,"id":2,"p\\u0000q":3}'), state({v: 1}), status('COMPLETE')];
    await apply(into, catalog({}), lines);
    await apply(into, catalog({}), lines);
    expect(await query(into, 'SELECT "ID", id_2, p_q FROM rows')).toEqual([
      ['1', '2', '3'],
      ['1', '2', '3'],
    ]);
  });

  test('streams whose names differ in case only, and names that need quotes', async () => {
    const into = file();
    await apply(into, catalog({name: 'Orders'}, {name: 'orders'}, {name: 'my "own" stream'}), [
      record('{"a":1}', 'Orders'),
      record('{"a":2}', 'orders'),
      record('{"a":3}', 'my "own" stream'),
      ...['Orders', 'orders', 'my "own" stream'].flatMap((name) => [state({v: 1}, name), status('COMPLETE', name)]),
    ]);
    expect(
      await query(
        into,
        'SELECT (SELECT a FROM "Orders"), (SELECT a FROM orders_2), (SELECT a FROM "my ""own"" stream")',
      ),
    ).toEqual([['1', '2', '3']]);
  });

  test('fields beyond a thousand go into one column', async () => {
    const into = await store(
      {},
      ...Array.from(
        {length: 3},
        (_, row) => `{"id":${row},${Array.from({length: 600}, (_, k) => `"k${row}_${k}":${k}`).join(',')}}`,
      ),
    );
    const [[count]] = (await query(
      into,
      `SELECT count(*) FROM information_schema.columns WHERE table_name = 'rows'`,
    )) as [[string]];
    expect(Number(count)).toBe(1000 + 3);
    expect(await query(into, `SELECT id, json_extract_string(_other_fields, '/k2_599') FROM rows ORDER BY id`)).toEqual(
      [
        ['0', null],
        ['1', null],
        ['2', '599'],
      ],
    );
  });

  test('a field whose values are all null gets no column until one is not', async () => {
    const into = await store({}, '{"id":1,"note":null}', '{"id":2,"note":null}', '{"id":3,"late":"x"}');
    expect(await query(into, 'SELECT * EXCLUDE (_airbyte_extracted_at) FROM rows ORDER BY id')).toEqual([
      ['0', '1', null],
      ['0', '2', null],
      ['0', '3', 'x'],
    ]);
  });
});

test('records larger than any buffer, and a thousand levels deep', async () => {
  const long = 'é'.repeat(9_000_000);
  const deep = `${'['.repeat(1_000)}${']'.repeat(1_000)}`;
  const into = await store({}, '{"id":1,"s":"x"}', `{"id":2,"s":"${long}"}`, `{"id":3,"s":"y","deep":${deep}}`);
  expect(await query(into, 'SELECT id, length(s), length(deep) FROM rows ORDER BY id')).toEqual([
    ['1', '1', null],
    ['2', '9000000', null],
    ['3', '1', '2000'],
  ]);
});
