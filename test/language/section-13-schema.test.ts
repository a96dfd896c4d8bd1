import {describe, expect, test} from 'vitest';
import {attempt, errorsOf, type Resource, serve, source} from '../dlt/run.js';
import {type Handler, json} from '../support/api-server.js';
import {runSource} from '../support/run-source.js';

type Own = {readonly [key: string]: unknown};

/** The one stream of a catalog, what was requested and said for it. */
async function discover(answer: Handler | unknown, resource: Resource, more: Own = {}) {
  await using api = await serve((request, index) =>
    typeof answer === 'function' ? answer(request, index) : json(answer),
  );
  const {code, messages} = await runSource(['discover', '--config', source(api, [resource], {}, more)]);
  const [catalog] = messages.all.flatMap((message) => (message.type === 'CATALOG' ? [message.catalog] : []));
  const [stream] = catalog?.streams ?? [];
  const properties: Record<string, unknown> = Object(stream?.json_schema)['properties'] ?? {};
  return {
    code,
    requests: api.requests.length,
    warnings: messages.logs('WARN').join('\n'),
    errors: messages.errors().map(({failure_type, message}) => `${failure_type}: ${message}`),
    properties,
    names: Object.keys(properties),
    key: stream?.source_defined_primary_key,
    cursor: stream?.default_cursor_field,
  };
}

const of = (type: string) => ({type: ['null', type]});

describe('declared', () => {
  test('schema needs no request; key and cursor are in it all the same', async () => {
    const endpoint = {incremental: {cursor_path: 'at.u', initial_value: 0}};
    const schema = {type: 'object', properties: {id: {type: 'integer'}}};
    const {requests, names, key, cursor} = await discover([], {name: 'r', schema, primary_key: 'k', endpoint});
    expect([requests, names, key, cursor]).toEqual([0, ['id', 'k', 'at'], [['k']], ['at', 'u']]);
  });

  test('columns stand beside what is inferred, also those that no record has', async () => {
    const columns = {id: {data_type: 'text'}, more: {data_type: 'timestamp'}};
    const {requests, properties} = await discover([{id: 'x', a: 1}], {name: 'r', columns});
    expect(requests).toBe(1);
    expect(properties).toMatchObject({id: of('string'), a: of('integer'), more: {format: 'date-time'}});
  });

  test('schemaless: one object column, no request, no key; records are in it', async () => {
    const resource = {name: 'r', schema: 'schemaless', primary_key: 'id'};
    const {requests, names, key, warnings} = await discover([], resource);
    expect([requests, names, key]).toEqual([0, ['data'], undefined]);
    expect(warnings).toContain('a schemaless stream publishes no primary key');
    await using api = await serve(() => json([{id: 1, data: {b: 0}}]));
    expect((await attempt(api, source(api, [resource]))).records()).toEqual([{data: {id: 1, data: {b: 0}}}]);
  });

  test.each<[Own, string]>([
    [{schema: {type: 'array', items: {}}}, 'resources[0].schema.type must be object: the schema describes one record'],
    [{schema: {properties: ['id']}}, 'resources[0].schema.properties must be an object'],
    [{schema: 'schemales'}, 'resources[0].schema must be schemaless; did you mean schemaless?'],
    [{columns: {a: {data_type: 'strin'}}}, 'resources[0].columns.a.data_type must be one of text, double'],
    [{columns: {a: 'text'}}, 'resources[0].columns.a must be an object, is a string'],
    [{columns: {a: {nullable: 'x'}}}, 'resources[0].columns.a.nullable must be true or false'],
    [{primary_key: 5}, 'resources[0].primary_key must be a string or a list, is a number'],
    [{primary_key: ''}, 'resources[0].primary_key must not be empty'],
    [{primary_key: [[]]}, 'resources[0].primary_key[0] must not be empty'],
  ])('%j is an error', (own, expected) => {
    expect(errorsOf(source({url: 'https://a.example'}, [{name: 'r', ...own}]))).toEqual([
      expect.stringContaining(expected),
    ]);
  });

  test.each<[Own, string]>([
    [{sample_pages: 0}, 'discover.sample_pages must be at least 1'],
    [{sample_pages: 1.5}, 'discover.sample_pages must be an integer'],
    [{sample_records: '5'}, 'discover.sample_records must be an integer, is a string'],
    [{sample: 1}, 'discover.sample unknown key (there are sample_pages, sample_records)'],
  ])('discover: %j is an error', (own, expected) => {
    expect(errorsOf(source({url: 'https://a.example'}, ['r'], {}, {discover: own}))).toEqual([expected]);
  });
});

describe('inferred', () => {
  test('all nullable, in depth, integers widened when seen so, dates by every value, null-only as text, mixed as union', async () => {
    const rows = [
      {
        i: 1,
        f: 1,
        d: '2026-01-01',
        t: '2026-01-01T00:00:00Z',
        s: '2026-01-01',
        n: null,
        m: 1,
        b: false,
        o: {a: [{x: 1}]},
        e: '',
      },
      {i: 0, f: 2.5, d: '2026-01-02', t: null, s: 'later', n: null, m: 'x', b: null, o: {a: [], c: 1}, e: ''},
    ];
    const {properties} = await discover(rows, 'r');
    expect(properties).toMatchObject({
      i: of('integer'),
      f: of('number'),
      d: {...of('string'), format: 'date'},
      t: {...of('string'), format: 'date-time', airbyte_type: 'timestamp_with_timezone'},
      s: of('string'),
      n: of('string'),
      m: {oneOf: [{type: 'null'}, {type: 'string'}, {type: 'integer'}]},
      b: of('boolean'),
      o: {
        ...of('object'),
        properties: {a: {...of('array'), items: {properties: {x: of('integer')}}}, c: of('integer')},
      },
      e: of('string'),
    });
    expect(properties['s']).not.toHaveProperty('format');
  });

  test('from two pages and 1000 records, or as many as discover says', async () => {
    const pages: Handler = ({query}) => {
      const page = Number(query.get('page') ?? 1);
      return json({data: [{[`f${page}`]: 1}, {[`g${page}`]: 1}], next: `?page=${page + 1}`});
    };
    const resource = {name: 'r', endpoint: {paginator: 'json_link'}};
    expect((await discover(pages, resource)).names).toEqual(['f1', 'g1', 'f2', 'g2']);
    expect((await discover(pages, resource, {discover: {sample_pages: 3}})).names).toHaveLength(6);
    expect((await discover(pages, resource, {discover: {sample_records: 3}})).names).toEqual(['f1', 'g1', 'f2']);
    expect((await discover(pages, resource, {discover: null})).names).toHaveLength(4);
  });
});

describe('primary_key', () => {
  const row = {'a.b': 1, a: {b: 2}, c: 3};

  test.each<[unknown, unknown]>([
    ['a.b', [['a.b']]],
    [
      ['c', 'a.b'],
      [['c'], ['a.b']],
    ],
    [[['a', 'b']], [['a', 'b']]],
    [
      ['c', ['a', 'b'], 'c'],
      [['c'], ['a', 'b']],
    ],
    [null, undefined],
    [[], undefined],
  ])('%j over that of resource_defaults', async (primary_key, key) => {
    const found = await discover([row], {name: 'r', primary_key}, {resource_defaults: {primary_key: 'id'}});
    expect([found.key, found.warnings]).toEqual([key, '']);
  });

  test('columns add to it, once each; false does not', async () => {
    const columns = {c: {primary_key: true}, 'a.b': {primary_key: true}, a: {primary_key: false}};
    expect((await discover([row], {name: 'r', primary_key: ['c'], columns})).key).toEqual([['c'], ['a.b']]);
    expect((await discover([row], {name: 'r', primary_key: null, columns})).key).toEqual([['c'], ['a.b']]);
  });

  test('one of resource_defaults that no sampled record has is not published; an own one is', async () => {
    const defaults = {resource_defaults: {primary_key: 'id'}};
    const none = await discover([{x: 1}], 'r', defaults);
    expect(none).toMatchObject({key: undefined, names: ['x']});
    expect(none.warnings).toMatch(
      /no sampled record has id, the primary key from resource_defaults: it is not published/,
    );
    expect((await discover([{x: 1}, {id: 2}], 'r', defaults)).key).toEqual([['id']]);
    const own = await discover([{x: 1}], {name: 'r', primary_key: 'id'});
    expect(own).toMatchObject({key: [['id']], names: ['x', 'id'], warnings: expect.stringContaining('key field id')});
  });

  test.each<[string, Resource, Own, unknown[], string | undefined]>([
    [
      'own',
      {name: 'r', primary_key: 'id'},
      {},
      [{id: 0}, {x: 1}, {id: null}, {id: ''}],
      '2 of 4 records looked at without the primary key field id',
    ],
    [
      'own, one record',
      {name: 'r', primary_key: [['o', 'k']]},
      {},
      [{o: {j: 1}}],
      'the record looked at without the primary key field o.k',
    ],
    ['of defaults, some', 'r', {resource_defaults: {primary_key: 'id'}}, [{id: 1}, {x: 1}], '1 of 2 records'],
    ['of defaults, all', 'r', {resource_defaults: {primary_key: 'id'}}, [{x: 1}], undefined],
    ['all have it', {name: 'r', primary_key: 'id'}, {}, [{id: 0}, {id: false}], undefined],
    ['schemaless', {name: 'r', primary_key: 'id', schema: 'schemaless'}, {}, [{x: 1}], undefined],
  ])('records without it are emitted, with a warning: %s', async (_, resource, more, rows, warning) => {
    await using api = await serve(() => json(rows));
    const done = await attempt(api, source(api, [resource], {}, more), {streams: ['r']});
    expect([done.code, done.records().length]).toEqual([0, rows.length]);
    if (warning === undefined) expect(done.warnings).toBe('');
    else expect(done.warnings).toMatch(`r: ${warning}`);
  });

  test('a column from the parent may be part of it', async () => {
    await using api = await serve(({path}) => json(path === '/p' ? [{id: 1}] : [{n: 1}]));
    const child = {
      name: 'c',
      primary_key: ['n', '_p_id'],
      include_from_parent: ['id'],
      endpoint: 'c/{resources.p.id}/z',
    };
    const done = await attempt(api, source(api, ['p', child]), {streams: ['c']});
    expect([done.code, done.warnings]).toEqual([0, '']);
  });
});

describe('what discover cannot read', () => {
  const declared = {name: 'r', primary_key: 'id', columns: {a: {data_type: 'bigint'}}};
  const endpoint = {retry: {max_retries: 0}, incremental: {cursor_path: 'u', initial_value: 0}};

  test.each([401, 403, 404, 410])('%i: declared columns, key and cursor stay, with a warning', async (status) => {
    const found = await discover(() => json({}, {status}), {...declared, endpoint});
    expect(found).toMatchObject({code: 0, names: ['a', 'id', 'u'], key: [['id']], cursor: ['u']});
    expect(found.warnings).toMatch(
      new RegExp(
        `^r: only its declared columns, key and cursor are known, since it was refused: GET http:\\S+/r answered ${status}`,
      ),
    );
  });

  test.each([
    [400, 'config_error'],
    [500, 'transient_error'],
    [429, 'transient_error'],
  ])('%i fails discover', async (status, type) => {
    const found = await discover(() => json({}, {status}), {...declared, endpoint});
    expect(found).toMatchObject({code: 1, names: [], errors: [expect.stringContaining(`${type}: r: GET`)]});
  });

  test('no record at all: one property, and a warning that says what to declare', async () => {
    expect(await discover([], 'r')).toMatchObject({
      code: 0,
      names: ['data'],
      warnings: expect.stringContaining('no record was there to infer fields from: declare columns or a schema'),
    });
  });
});

test('a read ends with a warning naming the fields that the configured schema lacks', async () => {
  await using api = await serve(() => json([{id: 1, new: 2, '': 3}]));
  const json_schema = {type: 'object', properties: {id: {type: 'integer'}}};
  const stream = {stream: {name: 'r', json_schema}, sync_mode: 'full_refresh', destination_sync_mode: 'append'};
  const args = ['read', '--config', source(api, ['r']), '--catalog', {streams: [stream]}];
  const {messages} = await runSource(args);
  expect(messages.logs('WARN')).toEqual([
    expect.stringMatching(
      /^r: the configured schema lacks new, : the platform drops these fields, sync keeps them\. Refresh/,
    ),
  ]);
});
