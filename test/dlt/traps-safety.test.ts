import {describe, expect, test} from 'vitest';
import {type Handler, json} from '../support/api-server.js';
import {runSource} from '../support/run-source.js';
import {attempt, errorsOf, problemsOf, run, serve, source} from './run.js';

/** T23 to T37: retries, credentials, security, and what a configuration says. */

type Keys = {readonly [key: string]: unknown};

async function readOne(handler: Handler, endpoint: object, client: Keys = {}, resource: object = {}) {
  await using api = await serve(handler);
  return await attempt(api, source(api, [{name: 'r', ...resource, endpoint}], client));
}

const example = (endpoint: object, client: Keys = {}) =>
  source({url: 'https://api.example.com'}, [{name: 'r', endpoint}], client);

describe('T23 which answers are tried again, and when', () => {
  const fine = json([{id: 1}]);

  test.each([408, 425])('%i is', async (status) => {
    const {requests} = await readOne((_, index) => (index === 0 ? {status} : fine), {});
    expect(requests).toHaveLength(2);
  });

  const start = Date.UTC(2026, 0, 1) / 1_000;
  test.each([
    [{'retry-after': '2.5'}, 2_500],
    [{'x-ratelimit-reset': '30'}, 30_000],
    [{'x-ratelimit-reset': String(start + 45)}, 45_000],
    [{'ratelimit-reset': '7'}, 7_000],
    [{'x-ratelimit-reset': String((start + 45) * 1_000)}, 45_000],
  ])('429 with %j waits %i ms and uses up no retry', async (headers, wait) => {
    const {sleeps, values} = await readOne((_, index) => (index < 5 ? {status: 429, headers} : fine), {});
    expect(sleeps[0]).toBe(wait);
    expect(values('id')).toEqual([1]);
  });

  test('a wait longer than allowed fails at once', async () => {
    const {sleeps, errors, messages} = await readOne(() => ({status: 429, headers: {'retry-after': '7200'}}), {});
    expect(sleeps).toEqual([]);
    expect(errors).toContain('max_wait');
    expect(messages.errors()[0]?.failure_type).toBe('transient_error');
  });
});

describe('T24 OAuth tokens', () => {
  const world =
    (lifetime: number, given: {tokens: number; refuse?: number}): Handler =>
    (request, index) => {
      if (request.path === '/token') {
        given.tokens += 1;
        return json({access_token: `token-${given.tokens}`, expires_in: lifetime});
      }
      if (index === given.refuse || request.headers.authorization === 'Bearer expired-one')
        return json({}, {status: 401});
      return json([{auth: request.headers.authorization}]);
    };
  const auth = (url: string, more: object = {}) => ({
    type: 'oauth2_client_credentials',
    access_token_url: `${url}/token`,
    client_id: 'an-id',
    client_secret: 'a-secret',
    ...more,
  });

  test('one token for all resources; a 401 in the middle renews it once', async () => {
    const given = {tokens: 0, refuse: 2};
    await using api = await serve(world(3_600, given));
    const {records} = await run(api, source(api, ['a', 'b', 'c'], {auth: auth(api.url)}));
    expect(records()).toHaveLength(3);
    expect(given.tokens).toBe(2);
  });

  test('a given access_token is used until it fails', async () => {
    const given = {tokens: 0};
    await using api = await serve(world(3_600, given));
    const used = await run(api, source(api, ['a'], {auth: auth(api.url, {access_token: 'given-one'})}));
    expect([used.values('auth'), given.tokens]).toEqual([['Bearer given-one'], 0]);
    const renewed = await run(api, source(api, ['a'], {auth: auth(api.url, {access_token: 'expired-one'})}));
    expect([renewed.values('auth'), given.tokens]).toEqual([['Bearer token-1'], 1]);
  });

  test('an answer without a token is an error, not "Bearer None"', async () => {
    await using api = await serve(({path}) => json(path === '/token' ? {token: 'x'} : [{id: 1}]));
    const {errors, requests} = await attempt(api, source(api, ['a'], {auth: auth(api.url)}));
    expect(errors).toContain('access_token');
    expect(requests.map(({path}) => path)).not.toContain('/a');
  });

  test.each(['3600', null])('expires_in %j is fine', async (expires_in) => {
    await using api = await serve(({path}) =>
      json(path === '/token' ? {access_token: 'tok-en', expires_in} : [{id: 1}]),
    );
    expect((await run(api, source(api, ['a'], {auth: auth(api.url)}))).records()).toEqual([{id: 1}]);
  });
});

describe('T25 credentials stay with their host', () => {
  test('a next link to another host is an error that names it; nothing is sent there', async () => {
    await using evil = await serve(() => json([{id: 2}]));
    const handler: Handler = () => json({data: [{id: 1}], next: `${evil.url}/steal`});
    const {errors, code} = await readOne(handler, {paginator: 'json_link'}, {auth: {token: 's3cr3t-token'}});
    expect([code, evil.requests]).toEqual([1, []]);
    expect(errors).toContain(`127.0.0.1:${evil.port}`);
    expect(errors).toContain('allowed_hosts');
  });

  test('an allowed host gets them', async () => {
    await using other = await serve(() => json({data: [{id: 2}]}));
    const handler: Handler = () => json({data: [{id: 1}], next: `${other.url}/more`});
    const client = {auth: {token: 's3cr3t-token'}, allowed_hosts: [`127.0.0.1:${other.port}`]};
    expect((await readOne(handler, {paginator: 'json_link'}, client)).values('id')).toEqual([1, 2]);
    expect(other.requests[0]?.headers.authorization).toBe('Bearer s3cr3t-token');
  });

  test('a parent’s URL to another host is an error', async () => {
    await using evil = await serve(() => json([{id: 2}]));
    await using api = await serve(() => json([{url: `${evil.url}/x`}]));
    const resources = ['p', {name: 'c', endpoint: {path: '{resources.p.url}', data_selector: '$'}}];
    const {code} = await attempt(api, source(api, resources, {auth: {token: 's3cr3t-token'}}), {streams: ['c']});
    expect([code, evil.requests]).toEqual([1, []]);
  });

  test('a key that the link carries already is not added again', async () => {
    const handler: Handler = ({query}) =>
      json({data: [{id: 1}], ...(query.has('page') ? {} : {next: '/r?page=2&key=s3cr3t-k'})});
    const auth = {type: 'api_key', name: 'key', api_key: 's3cr3t-k', location: 'query'};
    const {requests, messages} = await readOne(handler, {paginator: 'json_link'}, {auth});
    expect(requests.map(({query}) => query.getAll('key'))).toEqual([['s3cr3t-k'], ['s3cr3t-k']]);
    expect(messages.text).not.toContain('s3cr3t-k');
  });
});

describe('T26 parent values in the path', () => {
  const read = async (value: unknown, path = 'x/{resources.p.id}/y') => {
    await using api = await serve(() => json([{id: 1}]));
    const resources = [
      {name: 'p', records: [{id: value}]},
      {name: 'c', endpoint: {path, data_selector: '$'}},
    ];
    return await attempt(api, source(api, resources), {streams: ['c']});
  };

  test.each([
    ['a/b', '/x/a%2Fb/y'],
    ['a?b=c', '/x/a%3Fb%3Dc/y'],
    ['a#b', '/x/a%23b/y'],
    ['a b', '/x/a%20b/y'],
    ['%2e%2e', '/x/%252e%252e/y'],
    ['a\\b', '/x/a%5Cb/y'],
    ['..a', '/x/..a/y'],
  ])('%j is one segment', async (value, target) => {
    expect((await read(value)).calls).toEqual([target]);
  });

  test.each(['.', '..', ''])('%j is an error that names the row', async (value) => {
    const {code, errors, calls} = await read(value);
    expect([code, calls]).toEqual([1, []]);
    expect(errors).toMatch(/resources\.p\.id/);
  });
});

describe('T27 secrets are not printed', () => {
  const key = 'k3y/ä+s3cr3t';
  const spellings = [key, encodeURIComponent(key), new URLSearchParams({k: key}).toString().slice(2), btoa('k3y/s')];

  test.each([
    [
      'an error with response_actions',
      () => json({}, {status: 400}),
      {response_actions: [{status_code: 404, action: 'ignore'}]},
    ],
    ['a body that repeats it', () => json({error: `bad key ${key}`}, {status: 401}), {}],
    [
      'a broken total',
      () => json({data: [{id: 1}], total: key}),
      {paginator: {type: 'offset', limit: 5, total_path: 'total'}},
    ],
    ['a miss of the selector', () => json({items: [{a: key}]}), {data_selector: 'data'}],
  ])('%s', async (_, handler, endpoint) => {
    await using api = await serve(handler as Handler);
    const auth = {type: 'api_key', name: 'custom', api_key: '{secrets.k}', location: 'query'};
    const config = source(
      api,
      [{name: 'r', endpoint}],
      {auth, headers: {'X-Other': '{secrets.k2}'}},
      {secrets: {k: key, k2: 'an0ther-s3cr3t'}},
    );
    const catalog = {
      streams: [{stream: {name: 'r', json_schema: {}}, sync_mode: 'full_refresh', destination_sync_mode: 'append'}],
    };
    for (const debug of [[], ['--debug']]) {
      const {messages, stdout, stderr} = await runSource(['read', '--config', config, '--catalog', catalog, ...debug]);
      const said = messages.lines.filter((line) => !line.startsWith('{"type":"RECORD"')).join('\n') + stderr;
      expect(stdout).not.toBe('');
      for (const spelling of [...spellings, 'an0ther-s3cr3t']) expect(said).not.toContain(spelling);
    }
    expect(api.requests[0]?.query.get('custom')).toBe(key);
  });
});

test('T28 api_key in a cookie works', async () => {
  const auth = {type: 'api_key', name: 'sid', api_key: 'c00kie', location: 'cookie'};
  const {requests} = await readOne(() => json([{id: 1}]), {}, {auth});
  expect(requests[0]?.headers.cookie).toBe('sid=c00kie');
});

test('T29 auto detects, inherit takes the client’s', async () => {
  const handler: Handler = ({query}) =>
    json({
      data: query.has('offset') && query.get('offset') !== '0' ? [] : [{id: 1}],
      ...(query.has('page') || query.has('offset') ? {} : {next: '/r?page=2'}),
    });
  const client = {paginator: {type: 'offset', limit: 1}};
  expect((await readOne(handler, {paginator: 'auto'}, client)).calls).toEqual(['/r', '/r?page=2']);
  expect((await readOne(handler, {paginator: 'inherit'}, client)).calls[0]).toBe('/r?offset=0&limit=1');
});

test('T30 actions that do nothing are errors, status codes may be text', async () => {
  const of = (entry: object) => errorsOf(example({response_actions: [entry]})).join('\n');
  expect(of({status_code: 404, action: 'retri'})).toMatch(/response_actions\[0\]\.action/);
  expect(of({action: 'ignore'})).toMatch(/response_actions\[0\]/);
  const endpoint = {response_actions: [{status_code: '404', action: 'ignore'}]};
  expect(await readOne(() => ({status: 404}), endpoint)).toMatchObject({code: 0});
});

test('T31 headers of resource_defaults merge', async () => {
  await using api = await serve(() => json([{id: 1}]));
  const defaults = {endpoint: {headers: {'X-A': '1', 'X-B': '1'}}};
  const config = source(api, [{name: 'r', endpoint: {headers: {'X-B': '2'}}}], {}, {resource_defaults: defaults});
  expect((await run(api, config)).requests[0]?.headers).toMatchObject({'x-a': '1', 'x-b': '2'});
});

test('T32 GraphQL and JSON text as pasted; the error of a placeholder names its place', async () => {
  const query = 'query($first: Int) { posts(first: $first, where: {a: {b: 1}}) { id ... on X { y } } }';
  const {requests} = await readOne(() => json([{id: 1}]), {
    method: 'POST',
    json: {query},
    params: {f: '{"a": {"b": []}}'},
  });
  expect(JSON.parse(requests[0]?.body ?? '')).toEqual({query});
  expect(requests[0]?.query.get('f')).toBe('{"a": {"b": []}}');
  const wrong = {method: 'POST', json: {query, a: [{b: '{resources.none.id}'}]}};
  expect(errorsOf(example(wrong))).toEqual([
    expect.stringMatching(/^resources\[0\]\.endpoint\.json\.a\[0\]\.b .*none/),
  ]);
});

test('T33 booleans, nulls, numbers in URLs and headers', async () => {
  const endpoint = {params: {a: true, b: null, c: 1.0, d: 10}, headers: {'X-N': 5, 'X-B': false, 'X-Null': null}};
  const {requests} = await readOne(() => json([{id: 1}]), endpoint);
  expect(requests[0]?.target).toBe('/r?a=true&c=1&d=10');
  expect(requests[0]?.headers).toMatchObject({'x-n': '5', 'x-b': 'false'});
  expect(requests[0]?.headers['x-null']).toBeUndefined();
});

test('T34 methods in any case, PUT and PATCH, a list as the body', async () => {
  for (const [method, sent] of [
    ['get', 'GET'],
    ['Put', 'PUT'],
    ['PATCH', 'PATCH'],
    ['post', 'POST'],
  ] as const) {
    const body = sent === 'GET' ? {} : {json: [{a: 1}, 2]};
    const {requests} = await readOne(() => json([{id: 1}]), {method, ...body});
    expect([requests[0]?.method, requests[0]?.body]).toEqual([sent, sent === 'GET' ? '' : '[{"a":1},2]']);
  }
});

test('T35 a wrong member of a union is one short line at its place', () => {
  const endpoint = {
    path: 'x',
    params: {token: 'p4ram-s3cr3t'},
    headers: {'X-Key': 'h3ader-s3cr3t'},
    paginator: {type: 'offset', limit: 'ten'},
    json: {a: 'x'.repeat(5_000)},
  };
  const lines = errorsOf(example(endpoint));
  expect(lines).toEqual([expect.stringMatching(/^resources\[0\]\.endpoint\.paginator\.limit [^\n]{1,150}$/)]);
});

describe('T36 numbers keep their digits', () => {
  const big = '9007199254740993';

  test('in records, cursors, requests and state', async () => {
    await using api = await serve(({query}) =>
      json(query.get('since') === null ? `[{"id": ${big}, "n": 1.10, "e": 1e400}, {"id": 9007199254740992}]` : '[]'),
    );
    const config = source(api, [{name: 'r', endpoint: {incremental: {cursor_path: 'id', start_param: 'since'}}}]);
    const first = await run(api, config);
    expect(first.messages.lines.find((line) => line.includes('"type":"RECORD"'))).toContain(
      `{"id": ${big}, "n": 1.10, "e": 1e400}`,
    );
    const second = await run(api, config, {after: first});
    expect(second.requests[0]?.query.get('since')).toBe(big);
  });

  test('from parent to child', async () => {
    await using api = await serve(({path}) => json(path === '/p' ? `[{"id": ${big}}]` : '[{"x": 1}]'));
    const child = {name: 'c', include_from_parent: ['id'], endpoint: 'c/{resources.p.id}/x'};
    const {calls, messages} = await run(api, source(api, ['p', child]), {streams: ['c']});
    expect(calls).toContain(`/c/${big}/x`);
    expect(messages.text).toContain(`"_p_id":${big}`);
  });

  test('NaN and Infinity are null, with a warning', async () => {
    const {records, warnings} = await readOne(() => json('[{"id": 1, "a": NaN, "b": -Infinity}]'), {});
    expect(records()).toEqual([{id: 1, a: null, b: null}]);
    expect(warnings).toContain('NaN');
  });
});

test('T37 what was found on the first page is logged in a form to paste', async () => {
  const handler: Handler = ({query}) =>
    json({
      meta: {},
      stuff: [{id: Number(query.get('page') ?? 1)}],
      ...(query.has('page') ? {} : {links: {next: '/r?page=2'}}),
    });
  const {notices, values} = await readOne(handler, {});
  expect(values('id')).toEqual([1, 2]);
  expect(notices).toMatch(/data_selector: "?stuff/);
  expect(notices).toMatch(/paginator: \{.*json_link.*links\.next/);
  const pasted = {data_selector: 'stuff', paginator: {type: 'json_link', next_url_path: 'links.next'}};
  expect(problemsOf(example(pasted), 'error')).toEqual([]);
  expect((await readOne(handler, pasted)).values('id')).toEqual([1, 2]);
});
