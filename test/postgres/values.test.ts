import fc from 'fast-check';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {apply, catalog, record, state, status} from '../destinations/support.js';
import {type Server, startServer} from './server.js';

describe('PostgreSQL', () => {
  let server: Server;
  let schemas = 0;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.stop());

  /** A run for each list of records, into a schema of its own. */
  async function store(properties: Record<string, unknown>, ...runs: readonly (readonly string[])[]): Promise<string> {
    const schema = `s${schemas++}`;
    for (const records of runs) {
      const lines = records.map((data) => record(data));
      await apply(server.url(schema), catalog({properties}), [...lines, state({v: 1}), status('COMPLETE')]);
    }
    return schema;
  }

  const typesOf = async (schema: string, table = 'rows') =>
    Object.fromEntries(
      await server.query(
        `SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
          WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
        [`${schema}."${table}"`],
      ),
    ) as Record<string, string>;

  test('integers of any size, and fractions, keep every digit', async () => {
    const schema = await store(
      {a: {type: 'integer'}, b: {type: ['null', 'integer']}, c: {type: 'number'}, d: {}, e: {type: 'number'}},
      [
        '{"a":9007199254740993,"b":12345678901234567890,"c":1.10,"d":1,"e":1e400}',
        '{"a":-9223372036854775807,"b":1,"c":-0.12345678901234567890123,"d":9007199254740993,"e":0.5}',
      ],
      ['{"a":-9223372036854775808,"d":2.5,"e":1e5000}'],
    );
    expect(await typesOf(schema)).toMatchObject({a: 'numeric', b: 'numeric', c: 'numeric', d: 'numeric', e: 'text'});
    expect(await server.query(`SELECT a, b, c, d, length(e) FROM ${schema}.rows`)).toEqual([
      ['9007199254740993', '12345678901234567890', '1.10', '1', '401'],
      ['-9223372036854775807', '1', '-0.12345678901234567890123', '9007199254740993', '3'],
      ['-9223372036854775808', null, null, '2.5', '6'],
    ]);
  });

  test('any JSON number of a column is stored as the same number', async () => {
    const number = fc.oneof(
      fc.bigInt({min: -(10n ** 45n), max: 10n ** 45n}).map(String),
      fc.double({noNaN: true, noDefaultInfinity: true}).map((value) => JSON.stringify(value)),
      fc.tuple(fc.nat(), fc.stringMatching(/^[0-9]{1,25}$/)).map(([whole, digits]) => `${whole}.${digits}`),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(number, {minLength: 1, maxLength: 8}), async (numbers) => {
        const schema = await store(
          {n: {type: 'number'}},
          numbers.map((text) => `{"n":${text}}`),
        );
        const same = await server.query(
          `SELECT n::numeric = sent::numeric FROM (SELECT n, row_number() OVER () AS k FROM ${schema}.rows) AS stored
             JOIN unnest($1::text[]) WITH ORDINALITY AS given (sent, k) USING (k)`,
          [numbers],
        );
        expect(same).toEqual(numbers.map(() => ['t']));
      }),
      {numRuns: 15},
    );
  }, 60_000);

  test('nested values stay as received, of duplicate keys the last counts', async () => {
    const schema = await store({nested: {type: 'object', properties: {}}}, [
      '{"nested":{"price": 1.10,\t"id":12345678901234567890, "id":2},"twice":1,"twice":"last"}',
    ]);
    expect(await server.query(`SELECT nested, twice FROM ${schema}.rows`)).toEqual([
      ['{"price": 1.10,\t"id":12345678901234567890, "id":2}', 'last'],
    ]);
  });

  test('a column of several kinds is JSON, earlier values too', async () => {
    const schema = await store(
      {a: {type: 'string'}, when: {type: 'string', format: 'date-time'}, n: {}, empty: {type: 'integer'}},
      ['{"a":"say \\"hi\\"","when":"2026-01-01T00:00:00+02:00","n":1.50,"empty":null}'],
      ['{"a":7,"when":{"at":1},"n":true,"empty":"text"}', '{"a":[true],"when":null,"n":null}'],
    );
    expect(await typesOf(schema)).toMatchObject({a: 'json', when: 'json', n: 'json', empty: 'text'});
    expect(await server.query(`SELECT a, a #>> '{}', "when", n, empty FROM ${schema}.rows`)).toEqual([
      ['"say \\"hi\\""', 'say "hi"', '"2025-12-31T22:00:00Z"', '1.50', null],
      ['7', '7', '{"at":1}', 'true', 'text'],
      ['[true]', '[true]', null, null, null],
    ]);
  });

  test('times: timestamptz, timestamp and date while every value is one, else text', async () => {
    const schema = await store(
      {
        at: {type: 'string', format: 'date-time'},
        local: {type: 'string', format: 'date-time', airbyte_type: 'timestamp_without_timezone'},
        day: {type: 'string', format: 'date'},
        nano: {type: 'string', format: 'date-time'},
        zero: {type: 'string', format: 'date'},
        undeclared: {type: 'string'},
      },
      [
        '{"at":"2026-01-01T00:00:00.123456+02:00","local":"2026-01-01T10:00:00","day":"2024-02-29",' +
          '"nano":"2026-01-01T00:00:00Z","zero":"2026-01-01","undeclared":"2026-01-01T00:00:00Z"}',
        '{"nano":"2026-01-01T00:00:00.1234567Z","zero":"0000-00-00"}',
      ],
    );
    expect(await typesOf(schema)).toMatchObject({
      at: 'timestamp with time zone',
      local: 'timestamp without time zone',
      day: 'date',
      nano: 'text',
      zero: 'text',
      undeclared: 'text',
    });
    expect(await server.query(`SELECT at, local, day, nano, zero, undeclared FROM ${schema}.rows`)).toEqual([
      [
        ...['2025-12-31 22:00:00.123456+00', '2026-01-01 10:00:00', '2024-02-29'],
        ...['2026-01-01T00:00:00Z', '2026-01-01', '2026-01-01T00:00:00Z'],
      ],
      [null, null, null, '2026-01-01T00:00:00.1234567Z', '0000-00-00', null],
    ]);
  });

  test('strings with escapes and what COPY gives a meaning', async () => {
    const texts = ['tab\t line\n\r us\u001f quote" slash\\ \\N \\. / é 😀 \u2028 \b\f', '', '\\N', '\\.', '\\', 'null'];
    const escaped = '"\\u0041\\/\\u00e9\\ud83d\\ude00\\u005c\\u0009\\u000a"';
    const schema = await store({s: {type: 'string'}}, [...texts.map((s) => JSON.stringify({s})), `{"s":${escaped}}`]);
    const stored = (await server.query(`SELECT s FROM ${schema}.rows`)).map(([s]) => s);
    expect(stored).toEqual([...texts, 'A/é😀\\\t\n']);
  });

  test('any text comes back', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({unit: 'binary', maxLength: 40}), {minLength: 1, maxLength: 20}),
        async (texts) => {
          const clean = texts.map((text) => text.toWellFormed().replaceAll('\u0000', ''));
          const schema = await store(
            {s: {type: 'string'}},
            clean.map((s) => JSON.stringify({s, o: [s]})),
          );
          const rows = await server.query(`SELECT s, o ->> 0 FROM ${schema}.rows`);
          expect(rows).toEqual(clean.map((s) => [s, s]));
        },
      ),
      {numRuns: 15},
    );
  }, 60_000);

  test('what PostgreSQL has not: NUL and half surrogates are U+FFFD, and kept as they came in _other_fields', async () => {
    const schema = await store({}, [
      '{"id":1,"s":"a\\u0000b","o":{"k":["\\ud83d"],"n":1.10},"p\\u0000q":"\\udc00 \\\\u0000"}',
      '{"id":2,"s":"fine \\\\u0000","o":{"k":"\\ud83d\\ude00"}}',
    ]);
    const rows = await server.query(`SELECT s, o, o #>> '{k,0}', "p_q", _other_fields FROM ${schema}.rows ORDER BY id`);
    expect(rows).toEqual([
      [
        'a\ufffdb',
        '{"k":["\\ufffd"],"n":1.10}',
        '\ufffd',
        '\ufffd \\u0000',
        '{"s":"a\\u0000b","o":{"k":["\\ud83d"],"n":1.10},"p\\u0000q":"\\udc00 \\\\u0000"}',
      ],
      ['fine \\u0000', '{"k":"\\ud83d\\ude00"}', null, null, null],
    ]);
  });

  test('names: reserved words, quotes, case, system columns, empty; the same ones in the next run', async () => {
    const line =
      '{"at":1,"select":2,"a\\"b":3,"ID":4,"id":5,"__proto__":6,"xmin":7,"":8,"_airbyte_extracted_at":9,"p\\u0000q":10}';
    const schema = await store({}, [line], [line]);
    expect(Object.keys(await typesOf(schema))).toEqual([
      ...['_airbyte_extracted_at', '_airbyte_generation_id', 'at', 'select', 'a"b', 'ID', 'id', '__proto__', 'xmin_2'],
      ...['_', '_airbyte_extracted_at_2', 'p_q'],
    ]);
    const columns = 'at, "select", "a""b", "ID", id, __proto__, xmin_2, _, _airbyte_extracted_at_2, p_q';
    const row = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10'];
    expect(await server.query(`SELECT ${columns} FROM ${schema}.rows`)).toEqual([row, row]);
  });

  test('names of more than 63 bytes are cut and told apart, the same in every run', async () => {
    const long = 'é'.repeat(60);
    const schema = `s${schemas++}`;
    const streams = [`${long}1`, `${long}2`];
    const names = async () => {
      const lines = streams.flatMap((name) => [
        record(`{"${long}a":1,"${long}b":2}`, name),
        state({v: 1}, name),
        status('COMPLETE', name),
      ]);
      const of = {mode: 'append_dedup', key: [[`${long}a`]]};
      await apply(server.url(schema), catalog(...streams.map((name) => ({...of, name}))), lines);
      return server.query(
        `SELECT table_name, string_agg(column_name, ' ' ORDER BY column_name) FROM information_schema.columns
          WHERE table_schema = $1 AND table_name LIKE 'é%' GROUP BY 1 ORDER BY 1`,
        [schema],
      );
    };
    const found = await names();
    expect(new Set(found.map(([table]) => table)).size).toBe(2);
    for (const name of found.flatMap(([table, columns]) => [table, ...(columns ?? '').split(' ')])) {
      expect(Buffer.byteLength(name ?? '')).toBeLessThanOrEqual(63);
    }
    expect(await names()).toEqual(found);
  });

  test('fields beyond the 400th column go into one column; the widest row fits a page', async () => {
    const wide = (row: number) =>
      `{"id":${row},${Array.from({length: 600}, (_, k) => `"k${k}":"${'x'.repeat(30 + k)}"`).join(',')}}`;
    const schema = await store({}, [wide(1), wide(2)]);
    expect(Object.keys(await typesOf(schema))).toHaveLength(400 + 3);
    expect(
      await server.query(`SELECT id, length(_other_fields ->> 'k599'), length(k398) FROM ${schema}.rows ORDER BY id`),
    ).toEqual([
      ['1', '629', '428'],
      ['2', '629', '428'],
    ]);
  });

  test('records larger than any buffer, and a thousand levels deep', async () => {
    const deep = `${'['.repeat(1_000)}${']'.repeat(1_000)}`;
    const schema = await store({}, [
      '{"id":1,"s":"x"}',
      `{"id":2,"s":"${'é'.repeat(9_000_000)}"}`,
      `{"id":3,"s":"y","deep":${deep}}`,
    ]);
    expect(await server.query(`SELECT id, length(s), length(deep::text) FROM ${schema}.rows ORDER BY id`)).toEqual([
      ['1', '1', null],
      ['2', '9000000', null],
      ['3', '1', '2000'],
    ]);
  }, 60_000);

  test('a column that somebody dropped comes back, one that somebody added stays', async () => {
    const schema = await store({}, ['{"id":1,"v":"a"}']);
    await server.query(`ALTER TABLE ${schema}.rows DROP COLUMN v, ADD COLUMN mine text DEFAULT 'x'`);
    await apply(server.url(schema), catalog({}), [
      record('{"id":2,"v":"b","mine":"theirs"}'),
      state({v: 2}),
      status('COMPLETE'),
    ]);
    expect(await server.query(`SELECT id, v, mine, mine_2 FROM ${schema}.rows ORDER BY id`)).toEqual([
      ['1', null, 'x', null],
      ['2', 'b', 'x', 'theirs'],
    ]);
  });

  test('emitted at any time', async () => {
    const schema = `s${schemas++}`;
    const at = (ms: number) => `{"type":"RECORD","record":{"stream":"rows","emitted_at":${ms},"data":{"id":${ms}}}}`;
    const lines = [1767225600123, 0, -1e300, 1e300].map(at);
    await apply(server.url(schema), catalog({}), [...lines, state({v: 1}), status('COMPLETE')]);
    const rows = await server.query(`SELECT _airbyte_extracted_at FROM ${schema}.rows`);
    expect(rows.flat().slice(0, 2)).toEqual(['2026-01-01 00:00:00.123+00', '1970-01-01 00:00:00+00']);
  });
});
