import {describe, expect, test} from 'vitest';
import {attempt, errorsOf, problemsOf, type Resource, serve, source} from '../dlt/run.js';
import {json, type Recorded} from '../support/api-server.js';

/** The first request of a resource under these defaults, and how many records came. */
async function first(defaults: unknown, resource: Resource, client: object = {}): Promise<Recorded & {rows: number}> {
  await using api = await serve(() => json([{id: 1}]));
  const done = await attempt(api, source(api, [resource], {...client}, {resource_defaults: defaults}));
  const [request] = done.requests;
  if (request === undefined) throw new Error(done.errors);
  return {...request, rows: done.records().length};
}

const endpoint = (own: unknown) => ({name: 'r', endpoint: own});

describe('the resource wins', () => {
  test.each<[string, unknown, Resource, string]>([
    [
      'params merge one level, falsy values and null too',
      {endpoint: {params: {a: 1, b: 2, c: 3, d: 4}}},
      endpoint({params: {a: 0, b: '', c: false, d: null}}),
      '/r?a=0&b=&c=false',
    ],
    [
      'an object under params is replaced as a whole',
      {endpoint: {params: {c: {type: 'incremental', cursor_path: 'id', initial_value: 3}}}},
      endpoint({params: {c: 7}}),
      '/r?c=7',
    ],
    ['params: null', {endpoint: {params: {a: 1}}}, endpoint({params: null}), '/r'],
    ['endpoint: null', {endpoint: {params: {a: 1}}}, endpoint(null), '/r'],
    ['a resource that is a name', {endpoint: {params: {a: 1}}}, 'r', '/r?a=1'],
    ['an endpoint that is a path', {endpoint: {params: {a: 1}}}, endpoint('q'), '/q?a=1'],
    ['no defaults', null, 'r', '/r'],
  ])('%s', async (_, defaults, resource, target) => {
    expect(await first(defaults, resource)).toMatchObject({target, method: 'GET'});
  });

  test.each<[string, unknown, unknown, string]>([
    ['merges one level', {a: {x: 1, z: 2}, b: 2}, {a: {y: 1}}, '{"a":{"y":1},"b":2}'],
    ['keeps nulls', {a: 1, b: 2}, {a: null}, '{"a":null,"b":2}'],
    ['a list is taken whole', {a: 1}, [1], '[1]'],
    ['null is none', {a: 1}, null, ''],
  ])('json %s', async (_, defaults, own, body) => {
    const request = await first({endpoint: {method: 'POST', json: defaults}}, endpoint({json: own}));
    expect([request.method, request.body]).toEqual(['POST', body]);
  });

  test('headers merge whatever their case, null removes, and so over those of the client', async () => {
    const defaults = {endpoint: {headers: {'X-A': 'a', 'X-B': 'b'}}};
    const {headers} = await first(defaults, endpoint({headers: {'x-b': null, 'x-c': 'c'}}), {
      headers: {'x-a': 'client', 'x-d': 'd', 'X-C': 'client'},
    });
    expect([headers['x-a'], headers['x-b'], headers['x-c'], headers['x-d']]).toEqual(['a', undefined, 'c', 'd']);
  });

  test('null overrides steps, selector, actions and auth; [] overrides actions; selected: true wins over false', async () => {
    expect((await first({processing_steps: [{filter: 'false'}]}, {name: 'r', processing_steps: null})).rows).toBe(1);
    expect((await first({selected: false}, {name: 'r', selected: true})).rows).toBe(1);
    expect((await first({endpoint: {data_selector: 'no'}}, endpoint({data_selector: null}))).rows).toBe(1);
    const raise = {endpoint: {response_actions: [{status_code: 200, action: 'raise'}]}};
    for (const response_actions of [null, []]) expect((await first(raise, endpoint({response_actions}))).rows).toBe(1);
    const auth = {endpoint: {auth: {token: 'of-defaults'}}};
    const client = {auth: {token: 'of-client'}};
    expect((await first(auth, 'r', client)).headers.authorization).toBe('Bearer of-defaults');
    expect((await first(auth, endpoint({auth: null}), client)).headers.authorization).toBeUndefined();
  });

  test('columns merge deep by name', () => {
    const config = (own: object) =>
      errorsOf(
        source(
          {url: 'https://a.example'},
          [{name: 'r', columns: own}],
          {},
          {
            resource_defaults: {columns: {a: {data_type: 'text', nullable: false}}},
          },
        ),
      );
    expect(config({a: {nullable: true}, b: {data_type: 'bigint'}})).toEqual([]);
    expect(config({a: {data_type: 'txt'}})).toEqual([expect.stringContaining('resources[0].columns.a.data_type')]);
  });
});

test('errors of the defaults stand there, once for all resources', () => {
  const problems = (resource_defaults: object) => {
    const config = source({url: 'https://a.example'}, ['a', 'b'], {}, {resource_defaults});
    return [errorsOf(config), problemsOf(config, 'warning')];
  };
  expect(problems({endpoint: {parms: {}}})).toEqual([
    ['resource_defaults.endpoint.parms unknown key; did you mean params?'],
    [],
  ]);
  expect(problems({records: [{a: 1}]})[0]).toEqual([expect.stringContaining('resource_defaults.records unknown key')]);
  expect(problems({endpoint: {path: 'x'}})).toEqual([
    [],
    [expect.stringMatching(/^resource_defaults\.endpoint\.path is not read: every resource has its own path/)],
  ]);
});
