import {describe, expect, test} from 'vitest';
import {ExactNumber} from '../../src/json/exact.js';
import {api, read} from './read.js';

describe('canonical', () => {
  test('shorthands and defaults', () => {
    const {config, errors} = read(`${api}resources: [posts, {name: a, endpoint: x/y}, {name: b}]\n`);
    expect(errors).toEqual([]);
    expect(config?.client).toMatchObject({
      base_url: 'https://api.example.com',
      retry: {max_retries: 3, backoff_factor: 2, status_codes: [], max_delay: 300_000},
      rate_limit: {max_wait: 3_600_000},
      concurrency: 4,
      timeout: 60_000,
      allowed_hosts: [],
      max_response_bytes: 268_435_456,
      max_pages: 100_000,
      unportable: 'keep',
      auth: [],
      variables: {},
    });
    expect(config?.client).not.toHaveProperty('paginator');
    expect(config?.discover).toEqual({sample_pages: 2, sample_records: 1000});
    expect(config?.resources.map(({name, endpoint, place}) => [name, endpoint?.path, place])).toEqual([
      ['posts', 'posts', ['resources', 0]],
      ['a', 'x/y', ['resources', 1]],
      ['b', 'b', ['resources', 2]],
    ]);
    expect(config?.resources[0]).toMatchObject({
      primary_key: [],
      selected: true,
      on_missing: 'skip',
      parent_incremental: false,
      endpoint: {method: 'GET', params: {}, headers: {}, response_actions: []},
    });
  });

  test('resource_defaults: the resource wins, one level of params, json and headers, columns deep', () => {
    const {config, errors} = read(`${api}
resource_defaults:
  primary_key: id
  columns: {a: {data_type: text, nullable: false}, b: {data_type: bigint}}
  endpoint:
    path: never
    params: {limit: 100, deep: [1]}
    json: {a: {x: 1}, b: 2}
    headers: {X-A: "1", X-B: "2"}
    paginator: {type: offset, limit: 10}
    incremental: {cursor_path: updated}
resources:
- name: plain
- name: own
  primary_key: null
  columns: [{name: a, data_type: json}]
  endpoint:
    params: {limit: 5}
    json: {a: {y: 2}}
    headers: {X-B: null}
    paginator: null
    incremental: null
- {name: kept, endpoint: {paginator: inherit}}
- {name: auto, endpoint: {paginator: auto}}
`);
    expect(errors).toEqual([]);
    const [plain, own, kept, auto] = config?.resources ?? [];
    expect(plain).toMatchObject({
      primary_key: [['id']],
      key_is_default: true,
      endpoint: {path: 'plain', params: {limit: 100, deep: [1]}},
    });
    expect(plain?.endpoint?.paginator).toMatchObject({type: 'offset', options: {limit: 10}});
    expect(own).toMatchObject({
      primary_key: [],
      key_is_default: false,
      columns: {a: {data_type: 'json', nullable: false}, b: {data_type: 'bigint'}},
      endpoint: {params: {limit: 5, deep: [1]}, json: {a: {y: 2}, b: 2}, headers: {'X-A': '1', 'X-B': null}},
    });
    expect(own?.endpoint).not.toHaveProperty('paginator');
    expect(own?.endpoint).not.toHaveProperty('incremental');
    expect(kept?.endpoint?.paginator?.type).toBe('offset');
    expect(auto?.endpoint?.paginator?.type).toBe('auto');
  });

  test('retry is merged key by key, durations are ms and sizes bytes', () => {
    const {config} = read(`
client: {base_url: "https://a.example", retry: {max_retries: 5, max_delay: PT2M}, timeout: 1.5, max_response_bytes: 10MB}
resources: [{name: a, endpoint: {retry: {backoff_factor: 1, status_codes: [409]}, rate_limit: {requests: 10, per: minute}}}]
`);
    expect(config?.client).toMatchObject({timeout: 1500, max_response_bytes: 10_485_760});
    expect(config?.resources[0]?.endpoint).toMatchObject({
      retry: {max_retries: 5, backoff_factor: 1, status_codes: [409], max_delay: 120_000},
      rate_limit: {requests: 10, per: 'minute', max_wait: 3_600_000},
    });
  });

  test('an incremental param is endpoint.incremental, two are an error', () => {
    const {config} = read(
      `${api}resources: [{name: a, endpoint: {params: {q: 1, since: {type: incremental, cursor_path: u, initial_value: 0}}}}]`,
    );
    expect(config?.resources[0]?.endpoint).toMatchObject({
      params: {q: 1},
      incremental: {
        cursor_path: 'u',
        initial_value: 0,
        start_param: 'since',
        place: ['resources', 0, 'endpoint', 'params', 'since'],
      },
    });
    const {errors} = read(
      `${api}resources: [{name: a, endpoint: {params: {since: {type: incremental, cursor_path: u}}, incremental: {cursor_path: u}}}]`,
    );
    expect(errors).toEqual([expect.stringContaining('is a second incremental declaration beside params.since')]);
  });

  test('keys: literal names, compound, nested, columns', () => {
    const key = (written: string, more = '') =>
      read(`${api}resources: [{name: a, primary_key: ${written}${more}}]`).config?.resources[0]?.primary_key;
    expect(key('a.b')).toEqual([['a.b']]);
    expect(key('[a, b]')).toEqual([['a'], ['b']]);
    expect(key('[[a, b], c]')).toEqual([['a', 'b'], ['c']]);
    expect(key('a', ', columns: {b: {primary_key: true}, a: {primary_key: true}}')).toEqual([['a'], ['b']]);
  });

  test('exact integers reach the request', () => {
    const {config} = read(`${api}resources: [{name: a, endpoint: {params: {since_id: 9007199254740993}}}]`);
    expect(config?.resources[0]?.endpoint?.params['since_id']).toEqual(new ExactNumber('9007199254740993'));
  });

  test('static parents, steps and what dlt alone reads', () => {
    const {config, infos, errors} = read(`${api}
resource_defaults: {write_disposition: merge, primary_key: id}
resources:
- {name: seeds, records: [{id: 1}], selected: false}
- {name: a, write_disposition: {disposition: skip}, merge_key: x, columns: {c: {dedup_sort: desc, data_type: text}}, processing_steps: [{filter: "true", map: {remove: [x]}}]}
`);
    expect(errors).toEqual([]);
    expect(config?.resources[0]).toMatchObject({records: [{id: 1}], selected: false});
    expect(config?.resources[0]).not.toHaveProperty('endpoint');
    expect(config?.resources[1]).toMatchObject({selected: false, columns: {c: {data_type: 'text'}}});
    expect(config?.resources[1]?.processing_steps.map(({name, place}) => [name, place])).toEqual([
      ['filter', ['resources', 1, 'processing_steps', 0, 'filter']],
      ['map', ['resources', 1, 'processing_steps', 0, 'map']],
    ]);
    expect(infos).toEqual([
      'not read here, they mean something to dlt only: merge_key, columns.*.dedup_sort, write_disposition',
    ]);
  });
});
