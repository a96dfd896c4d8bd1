import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {hazardsOf} from '../../src/airbyte/hazards.js';
import {pathOf} from '../../src/json/path.js';
import {batchOf, testOutput} from './collect.js';

const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
const found = (text: string) => hazardsOf(Buffer.from(text), 0, Buffer.byteLength(text));

describe('hazardsOf', () => {
  test('counts nesting outside of strings only', () => {
    expect(found('{"a":[{"b":"[[[["}]}').depth).toBe(3);
    expect(found('"\\"[[["').depth).toBe(0);
  });

  test.each([
    ['"\\ud83d\\ude00"', false],
    ['"\\uD83D\\uDE00"', false],
    ['"\\ud83d"', true],
    ['"\\ude00\\ud83d"', true],
    ['"\\ud83dx\\ude00"', true],
    ['"\\\\ud83d"', false],
    ['"\\ud7ff\\ue000"', false],
    ['"\\ud83d\\ud83d\\ude00"', true],
  ])('%s has a lone surrogate: %s', (text, lone) => {
    expect(found(text).loneSurrogate).toBe(lone);
  });

  test('agrees with JavaScript about lone surrogates and infinite numbers', () => {
    const piece = fc.constantFrom('\\ud83d', '\\ude00', '\\u0041', '\\\\', '\\"', 'u', 'd8');
    fc.assert(
      fc.property(fc.array(piece, {maxLength: 8}), (parts) => {
        const text = `"${parts.join('')}"`;
        const value: unknown = JSON.parse(text);
        expect(found(text).loneSurrogate).toBe(typeof value === 'string' && !value.isWellFormed());
      }),
    );
    for (const number of ['1e308', '1e309', '-1E+400', '1e-400', '1'.repeat(308), '9'.repeat(310), '0.1e310']) {
      expect(found(`[${number}]`).hugeNumber, number).toBe(!Number.isFinite(Number(number)));
    }
  });
});

describe('what no host can read', () => {
  test('the field around nesting beyond 900 levels or a number beyond 1,000 characters is nulled and named', async () => {
    const {stream, messages} = testOutput();
    const number = '1'.repeat(1_001);
    await stream().records(
      batchOf([
        '{"id":1}',
        `{"id":2,"deep":${nested(900)},"n":${number},"ok":[1]}`,
        `{"id":3,"deep":${nested(180)},"n":${'1'.repeat(300)}}`,
      ]),
      Buffer.from(',"_p":7'),
    );
    const seen = await messages();
    const change = {change: 'NULLED', reason: 'SOURCE_SERIALIZATION_ERROR'};
    expect(seen.records().map(({id}) => id)).toEqual([1, 2, 3]);
    expect(seen.records()[1]).toEqual({id: 2, deep: null, n: null, ok: [1], _p: 7});
    expect(seen.recordMessages()[1]?.record.meta).toEqual({
      changes: [
        {field: 'deep', ...change},
        {field: 'n', ...change},
      ],
    });
    expect(seen.recordMessages()[2]?.record).not.toHaveProperty('meta');
    expect(seen.text).toContain(nested(180));
  });

  test('100,000 levels are no stack overflow', async () => {
    const {stream, messages} = testOutput();
    await stream().records(batchOf([`{"id":1,"deep":${nested(100_000)}}`]), undefined);
    expect((await messages()).records()).toEqual([{id: 1, deep: null}]);
  });

  test('in a schemaless record the inner field is nulled, not everything', async () => {
    const {stream, messages} = testOutput();
    await stream({schemaless: true}).records(batchOf([`{"id":1,"deep":${nested(950)}}`]), undefined);
    const seen = await messages();
    expect(seen.records()).toEqual([{data: {id: 1, deep: null}}]);
    expect(seen.recordMessages()[0]?.record.meta?.changes[0]?.field).toBe('data.deep');
  });
});

describe('what some hosts drop', () => {
  const doubtful = [
    '{"id":1,"a":"\\ud800"}',
    `{"id":2,"a":${nested(195)}}`,
    '{"id":3,"a":1e400}',
    '{"id":4,"a":"\\udc00"}',
  ];

  test('goes out unchanged, counted in one warning per stream that names the first', async () => {
    const {stream, messages, text} = testOutput();
    const out = stream({key: [pathOf(['id'])]});
    const batch = batchOf(doubtful);
    const keys = Int32Array.from(
      doubtful.flatMap((_, i) => [(batch.spans[2 * i] ?? 0) + 6, (batch.spans[2 * i] ?? 0) + 7]),
    );
    await out.records({...batch, fields: [keys]}, undefined);
    await out.records({...batch, fields: [keys]}, undefined);
    await out.status('COMPLETE');
    const seen = await messages();
    for (const record of doubtful) expect(text()).toContain(`"data":${record}`);
    expect(seen.logs('WARN')).toHaveLength(1);
    expect(seen.logs('WARN')[0]).toMatch(
      /lone surrogates in 4 records, first \(id=1\); nesting beyond 190 levels in 2 records, first \(id=2\); numbers .*id=3/,
    );
    expect(text()).not.toContain('"meta"');
  });

  test('is nulled too with unportable: replace, keys included', async () => {
    const {stream, messages} = testOutput();
    await stream({replaceUnportable: true}).records(batchOf([...doubtful, '{"\\ud800":5}']), undefined);
    const seen = await messages();
    expect(seen.records()).toEqual([
      {id: 1, a: null},
      {id: 2, a: null},
      {id: 3, a: null},
      {id: 4, a: null},
      {'\ufffd': 5},
    ]);
    expect(seen.logs('WARN')).toEqual([]);
    expect(seen.recordMessages()[0]?.record.meta?.changes).toHaveLength(1);
  });

  test('the scan says that there is nothing: nothing is looked at', async () => {
    const {stream, messages} = testOutput();
    const out = stream({replaceUnportable: true});
    await out.records(batchOf(['{"a":"\\ud800"}'], {depth: 1, longNumber: false, loneSurrogate: false}), undefined);
    expect((await messages()).text).toContain('"data":{"a":"\\ud800"}');
  });
});

describe('lines over 10 MiB', () => {
  const limit = 10 * 1024 * 1024;
  const nulled = (field: string) => ({field, change: 'NULLED', reason: 'SOURCE_RECORD_SIZE_LIMITATION'});

  test('lose their largest fields until they fit', async () => {
    const {stream, messages} = testOutput();
    const megabytes = (count: number) => 'x'.repeat(count * 1024 * 1024);
    await stream().records(
      batchOf([
        '{"id":1}',
        `{"id":2,"a":"${megabytes(4)}","b":"${megabytes(9)}","c":"${megabytes(7)}","d":"kept"}`,
        '{"id":3}',
      ]),
      Buffer.from(',"_p":7'),
    );
    const seen = await messages();
    expect(seen.records().map(({id}) => id)).toEqual([1, 2, 3]);
    expect(seen.records()[1]).toMatchObject({b: null, c: null, d: 'kept', _p: 7});
    expect(seen.recordMessages()[1]?.record.meta?.changes).toEqual([nulled('b'), nulled('c')]);
    for (const line of seen.lines) expect(Buffer.byteLength(line) + 1).toBeLessThanOrEqual(limit);
  });

  test('a line of exactly the limit stays, one byte more does not', async () => {
    const {stream, messages, text} = testOutput();
    await stream().records(batchOf(['{"a":""}']), undefined);
    await messages();
    const room = limit - Buffer.byteLength(text());
    await stream().records(batchOf([`{"a":"${'x'.repeat(room)}"}`]), undefined);
    await stream().records(batchOf([`{"a":"${'x'.repeat(room + 1)}"}`]), undefined);
    const seen = await messages();
    expect(seen.records().map(({a}) => (typeof a === 'string' ? a.length : a))).toEqual([0, room, null]);
    expect(Buffer.byteLength(seen.lines[1] ?? '') + 1).toBe(limit);
  });

  test('a record of nothing but small fields is an error, not a silent loss', async () => {
    const {stream} = testOutput();
    const fields = Array.from({length: 300_000}, (_, index) => `"field_number_${index}_of_many":"0123456789"`);
    await expect(stream().records(batchOf([`{${fields.join(',')}}`]), undefined)).rejects.toThrow(/300000 fields/);
  });
});
