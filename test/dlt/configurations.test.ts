import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {Api} from '../support/api-server.js';
import {json} from '../support/api-server.js';
import {startMockApi} from './mock-api.js';
import {errorsOf, problemsOf, type Resource, run, serve, source} from './run.js';

let api: Api & AsyncDisposable;

beforeAll(async () => {
  api = await startMockApi();
});

afterAll(() => api.close());

const client = {base_url: 'https://api.example.com'};
const post = {name: 'posts', endpoint: {path: 'posts'}};

describe('configurations that dlt accepts', () => {
  const resolve = {type: 'resolve', resource: 'issues', field: 'id'};

  test.each([
    ['names only', {client, resources: ['posts', 'users']}],
    ['an endpoint as text', {client, resources: [{name: 'posts', endpoint: 'posts'}]}],
    ['an endpoint without a path', {client, resources: [{name: 'posts', endpoint: {}}]}],
    ['resolve', {client, resources: ['issues', {name: 'c', endpoint: {path: 'issues/{id}/c', params: {id: resolve}}}]}],
    ['references', {client, resources: ['issues', {name: 'c', endpoint: 'issues/{resources.issues.id}/c'}]}],
    ['json_link', {client: {...client, paginator: 'json_link'}, resources: [post]}],
    ['bearer', {client: {...client, auth: {type: 'bearer', token: 'test_token'}}, resources: [post]}],
    ['bearer without a type', {client: {...client, auth: {token: 'test_token'}}, resources: [post]}],
    [
      'header_link and basic',
      {
        client: {...client, paginator: 'header_link', auth: {type: 'http_basic', username: 'u', password: 'p'}},
        resources: [post],
      },
    ],
    [
      'incremental as a param',
      {
        client,
        resources: [
          {
            name: 'posts',
            endpoint: {
              params: {
                limit: 100,
                since: {type: 'incremental', cursor_path: 'updated_at', initial_value: '2024-01-25T11:21:28Z'},
              },
            },
          },
        ],
      },
    ],
    [
      'incremental of the endpoint',
      {
        client,
        resources: [
          {
            name: 'posts',
            endpoint: {
              incremental: {
                start_param: 'since',
                end_param: 'until',
                cursor_path: 'updated_at',
                initial_value: '2024-01-25T11:21:28Z',
              },
            },
          },
        ],
      },
    ],
    [
      'client headers',
      {client: {...client, headers: {'X-Test-Header': 'test42', 'X-Plain': '{plain}'}}, resources: [post]},
    ],
    [
      'static path params',
      {client, resources: [{name: 'r', endpoint: {path: '{org}/{repo}/issues', params: {org: 'o', repo: 'r'}}}]},
    ],
    [
      'auth of an endpoint',
      {client, resources: [{name: 'r', endpoint: {path: 'r', auth: {type: 'bearer', token: 't0k3n-'}}}]},
    ],
    [
      'null for what is optional',
      {client: {...client, headers: null, auth: null, paginator: null}, resource_defaults: null, resources: [post]},
    ],
    [
      'null resource keys',
      {client, resources: [{name: 'r', primary_key: null, columns: null, endpoint: {params: null, json: null}}]},
    ],
    [
      'hints of a destination',
      {
        client,
        resources: [
          {
            ...post,
            write_disposition: {disposition: 'merge', strategy: 'scd2'},
            merge_key: 'id',
            max_table_nesting: 2,
            table_name: 't',
            schema_contract: {tables: 'evolve'},
            parallelized: true,
            nested_hints: {},
            references: [],
            table_format: 'delta',
            file_format: 'parquet',
            columns: {id: {data_type: 'bigint', unique: true}},
          },
        ],
      },
    ],
  ] as [string, object][])('%s', (_, config) => {
    expect(errorsOf(config)).toEqual([]);
  });

  test('hints without a meaning here are one notice', () => {
    const config = {
      client,
      resources: [
        {...post, merge_key: 'id', max_table_nesting: 2},
        {name: 'b', table_name: 'x'},
      ],
    };
    expect(problemsOf(config, 'info').join('\n')).toMatch(
      /merge_key[\s\S]*max_table_nesting|max_table_nesting[\s\S]*merge_key/,
    );
    expect(problemsOf(config, 'error')).toEqual([]);
  });

  test('a configuration is not changed', () => {
    const config = {
      client: {...client, auth: {token: 'tok-en'}},
      resource_defaults: {primary_key: 'id', endpoint: {params: {a: 1}}},
      resources: ['a', {name: 'b', endpoint: {params: {b: 2}}}],
    };
    const before = structuredClone(config);
    expect(errorsOf(config)).toEqual([]);
    expect(config).toEqual(before);
  });
});

/** The request, its page size apart, shows which paginator took part. */
const kinds: Record<string, (target: string) => boolean> = {
  offset: (target) => target.includes('offset='),
  page_number: (target) => target.includes('page='),
  none: (target) => !target.includes('='),
};

const offset = {type: 'offset', limit: 2};
const pages = {type: 'page_number', base_page: 1};

async function firstRequest(
  resource: Resource,
  more: {client?: object; defaults?: object} = {},
  parents: Resource[] = [],
) {
  await using own = await serve(({path}) => json(path === '/p' ? [{id: 'k'}] : []));
  const config = source(
    own,
    [...parents, resource],
    {...more.client},
    more.defaults === undefined ? {} : {resource_defaults: more.defaults},
  );
  const name = typeof resource === 'string' ? resource : String(resource['name']);
  const {calls} = await run(own, config, {streams: [name]});
  return calls.find((call) => call !== '/p') ?? '';
}

describe('which paginator applies', () => {
  const endpoint = (paginator: unknown) => ({name: 'r', endpoint: {path: 'r', paginator}});
  const defaults = (paginator: unknown) => ({endpoint: {paginator}});

  test.each([
    ['none anywhere', {name: 'r'}, {}, 'none'],
    ['the client’s', {name: 'r'}, {client: {paginator: offset}}, 'offset'],
    ['the defaults’', {name: 'r'}, {defaults: defaults(offset)}, 'offset'],
    ['the endpoint’s', endpoint(offset), {}, 'offset'],
    ['defaults over client', {name: 'r'}, {client: {paginator: pages}, defaults: defaults(offset)}, 'offset'],
    ['endpoint over client', endpoint(offset), {client: {paginator: pages}}, 'offset'],
    ['endpoint over defaults', endpoint(offset), {defaults: defaults(pages)}, 'offset'],
    ['endpoint over both', endpoint(offset), {client: {paginator: pages}, defaults: defaults(pages)}, 'offset'],
    ['single_page over both', endpoint('single_page'), {client: {paginator: pages}, defaults: defaults(pages)}, 'none'],
    ['null cancels the defaults', endpoint(null), {client: {paginator: offset}, defaults: defaults(pages)}, 'offset'],
    ['auto detects (dlt: the client’s)', endpoint('auto'), {client: {paginator: offset}}, 'none'],
    ['inherit takes the next level', endpoint('inherit'), {client: {paginator: offset}}, 'offset'],
    [
      'inherit over defaults',
      endpoint('inherit'),
      {client: {paginator: offset}, defaults: defaults(pages)},
      'page_number',
    ],
  ] as const)('%s', async (_, resource, more, kind) => {
    expect(kinds[kind]?.(await firstRequest(resource, more))).toBe(true);
  });

  const one = (paginator?: unknown) => ({
    name: 'r',
    endpoint: {path: 'r/{resources.p.id}', ...(paginator === undefined ? {} : {paginator})},
  });
  test.each([
    ['one page by itself', one(), {}, 'none'],
    ['one page over the client’s', one(), {client: {paginator: offset}}, 'none'],
    ['the defaults’ over one page', one(), {defaults: defaults(offset)}, 'offset'],
    ['the endpoint’s over one page', one(offset), {}, 'offset'],
    ['null: one page', one(null), {client: {paginator: pages}, defaults: defaults(pages)}, 'none'],
    ['inherit: the client’s', one('inherit'), {client: {paginator: offset}}, 'none'],
    ['the endpoint’s over all', one(offset), {client: {paginator: pages}, defaults: defaults(pages)}, 'offset'],
  ] as const)('of one entity, %s', async (_, resource, more, kind) => {
    expect(
      kinds[kind]?.(await firstRequest(resource, more, [{name: 'p', endpoint: {path: 'p', paginator: 'single_page'}}])),
    ).toBe(true);
  });
});

describe('resource_defaults', () => {
  const sent = async (resource: Resource, defaults: object) => {
    await using own = await serve((_, index) => json(index === 0 ? [{id: 1}] : []));
    const {requests} = await run(own, source(own, [resource], {}, {resource_defaults: defaults}));
    return requests[0];
  };

  test.each([
    ['merged', {params: {a: 1, b: 1}}, {params: {b: 2, c: 2}}, {a: '1', b: '2', c: '2'}],
    ['only in the defaults', {params: {a: 1}}, {}, {a: '1'}],
    ['only in the resource', {}, {params: {a: 1}}, {a: '1'}],
    ['null drops one', {params: {a: 1, b: 1}}, {params: {a: null}}, {b: '1'}],
    ['none', {}, {}, {}],
  ])('params %s', async (_, endpoint, own, expected) => {
    const request = await sent({name: 'r', endpoint: {path: 'r', paginator: 'single_page', ...own}}, {endpoint});
    expect(Object.fromEntries(request?.query ?? [])).toEqual(expected);
  });

  test('a resource as a name has them too', async () => {
    expect((await sent('r', {endpoint: {params: {a: 1}}}))?.target).toBe('/r?a=1');
  });

  test('json one level deep', async () => {
    const request = await sent(
      {name: 'r', endpoint: {json: {b: {y: 2}}}},
      {endpoint: {method: 'POST', json: {a: 1, b: {x: 1}}}},
    );
    expect(request?.body).toBe('{"a":1,"b":{"y":2}}');
  });

  test('headers', async () => {
    const request = await sent(
      {name: 'r', endpoint: {headers: {'X-B': 'own', 'X-C': null}}},
      {endpoint: {headers: {'X-A': 'default', 'x-b': 'default', 'X-C': 'default'}}},
    );
    expect(request?.headers).toMatchObject({'x-a': 'default', 'x-b': 'own'});
    expect(request?.headers['x-c']).toBeUndefined();
  });

  test('paginator, incremental and data_selector as wholes', async () => {
    const own = {
      paginator: {type: 'offset', limit: 3},
      incremental: {cursor_path: 'id', initial_value: 2, start_param: 'from'},
      data_selector: '$',
    };
    const request = await sent(
      {name: 'r', endpoint: own},
      {
        endpoint: {
          paginator: {...pages, limit: 9, limit_param: 'size'},
          incremental: {cursor_path: 'x', end_param: 'to', end_value: 9},
          data_selector: 'nothing',
        },
      },
    );
    expect(Object.fromEntries(request?.query ?? [])).toEqual({offset: '0', limit: '3', from: '2'});
  });

  test('the key and columns of the catalog', async () => {
    await using own = await serve(() => json([]));
    const defaults = {primary_key: 'id', columns: {id: {data_type: 'bigint'}, at: {data_type: 'timestamp'}}};
    const resources = [
      'a',
      {
        name: 'b',
        primary_key: ['x', 'y'],
        columns: {at: {data_type: 'date'}, x: {data_type: 'text'}, y: {data_type: 'text'}},
      },
      {name: 'c', primary_key: null, columns: null},
    ];
    const {runSource} = await import('../support/run-source.js');
    const config = source(own, resources, {}, {resource_defaults: defaults});
    const {messages} = await runSource(['discover', '--config', config]);
    const streams = messages.all.flatMap((message) => (message.type === 'CATALOG' ? message.catalog.streams : []));
    const byName = Object.fromEntries(streams.map((stream) => [stream.name, stream]));
    expect(byName['a']?.source_defined_primary_key).toEqual([['id']]);
    expect(byName['b']?.source_defined_primary_key).toEqual([['x'], ['y']]);
    expect(byName['c']?.source_defined_primary_key ?? []).toEqual([]);
    expect(byName['a']?.json_schema).toMatchObject({properties: {at: {format: 'date-time'}}});
    expect(byName['b']?.json_schema).toMatchObject({properties: {id: {}, at: {format: 'date'}}});
  });
});

describe('what a resource does not have to say', () => {
  test('selected: false and write_disposition: skip are not offered, but read for children', async () => {
    const parents = [
      {name: 'posts', selected: false},
      {name: 'hidden', write_disposition: 'skip', endpoint: 'posts'},
    ];
    const child = {name: 'd', endpoint: 'posts/{resources.posts.id}', processing_steps: [{filter: 'r.id < 2'}]};
    const {records} = await run(api, source(api, [...parents, child]));
    expect(
      records()
        .map(({id}) => id)
        .toSorted(),
    ).toEqual([0, 1]);
  });
});
