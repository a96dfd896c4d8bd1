import {describe, expect, test} from 'vitest';
import {attempt, errorsOf, problemsOf, run, serve, source} from '../dlt/run.js';
import {type Handler, json, type Recorded} from '../support/api-server.js';

const rows = json({data: [{id: 1}]});
const resource = {name: 'rows', endpoint: {data_selector: 'data'}};

/** The first data request of a source with this auth. */
async function sent(auth: unknown, more: {endpoint?: object; secrets?: unknown} = {}): Promise<Recorded | undefined> {
  await using api = await serve(() => rows);
  const {secrets = {token: 'sec-token', api_key: 'sec-key', password: 'sec-pass'}} = more;
  const {requests} = await run(
    api,
    source(api, [{name: 'rows', endpoint: {...resource.endpoint, ...more.endpoint}}], {auth}, {secrets}),
  );
  return requests[0];
}

const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;

describe('types', () => {
  test.each<[unknown, string | undefined]>([
    [{token: 'abc'}, 'Bearer abc'],
    [{type: 'bearer', token: 'abc'}, 'Bearer abc'],
    ['bearer', 'Bearer sec-token'],
    [{type: 'bearer'}, 'Bearer sec-token'],
    [{token: null}, 'Bearer sec-token'],
    [{type: 'api_key', api_key: 'k'}, 'k'],
    ['api_key', 'sec-key'],
    [{type: 'api_key', api_key: 'k', prefix: 'Token'}, 'Token k'],
    [{type: 'api_key', api_key: 'k', prefix: 'Token '}, 'Token k'],
    [{type: 'api_key', api_key: 'k', prefix: ''}, 'k'],
    [{type: 'http_basic', username: 'u', password: 'p'}, basic('u:p')],
    [{type: 'http_basic', username: '', password: 'p'}, basic(':p')],
    [{type: 'http_basic', username: 'u', password: ''}, basic('u:')],
    [{type: 'http_basic', username: 'ü'}, basic('ü:sec-pass')],
    ['none', undefined],
    [null, undefined],
    [[], undefined],
    [[{type: 'api_key', api_key: 'q', name: 'k', location: 'query'}, {token: 'abc'}], 'Bearer abc'],
  ])('%j', async (auth, authorization) => {
    expect((await sent(auth))?.headers.authorization).toBe(authorization);
  });

  test.each(['query', 'param'])('a key in the %s', async (location) => {
    const request = await sent(
      {type: 'api_key', api_key: 'a b&', name: 'k', location},
      {endpoint: {params: {x: 1, k: 'own'}}},
    );
    expect(request?.target).toBe('/rows?x=1&k=a%20b%26');
  });

  test('a key in a cookie beside others, with a prefix', async () => {
    const request = await sent(
      {type: 'api_key', api_key: 'v', name: 'sid', location: 'cookie'},
      {endpoint: {headers: {Cookie: 'a=1'}}},
    );
    expect(request?.headers.cookie).toBe('a=1; sid=v');
  });

  test.each([
    [{method: 'POST', json: {a: 1}}, '{"a":1,"k":"v"}'],
    [{method: 'POST', data: {a: 1}}, 'a=1&k=v'],
    [{method: 'POST'}, '{"k":"v"}'],
  ])('a key in the body of %j', async (endpoint, body) => {
    expect((await sent({type: 'api_key', api_key: 'v', name: 'k', location: 'body'}, {endpoint}))?.body).toBe(body);
  });

  test.each([
    [null, undefined],
    ['none', undefined],
    [{token: 'own'}, 'Bearer own'],
    ['bearer', 'Bearer sec-token'],
  ])("endpoint.auth %j replaces the client's", async (auth, expected) => {
    expect(
      (await sent({type: 'http_basic', username: 'u', password: 'p'}, {endpoint: {auth}}))?.headers.authorization,
    ).toBe(expected);
  });

  test.each([
    ['bearer', 'token'],
    ['api_key', 'api_key'],
    [{type: 'http_basic', username: 'u'}, 'password'],
    [{type: 'oauth2_client_credentials', client_id: 'i', token_url: 'https://a.example/t'}, 'client_secret'],
    [
      {type: 'oauth2_refresh_token', client_id: 'i', client_secret: 's', token_url: 'https://a.example/t'},
      'refresh_token',
    ],
  ])('%j without its secret is an error that names it', (auth, key) => {
    const errors = errorsOf({client: {base_url: 'https://a.example', auth}, resources: ['a'], secrets: {other: 'x'}});
    expect(errors).toEqual([
      expect.stringMatching(new RegExp(`^client\\.auth\\.${key} is missing: put ${key} into secrets`)),
    ]);
  });

  test('a written one wins over secrets', async () => {
    expect((await sent({token: 'mine'}))?.headers.authorization).toBe('Bearer mine');
  });
});

describe('session_token', () => {
  const login = (data: Handler) =>
    serve((request, index) =>
      request.path === '/base/login' ? json({session: {id: `sid-${index}`}}) : data(request, index),
    );

  test.each<[object, (request: Recorded | undefined) => unknown, unknown]>([
    [{}, (request) => request?.headers.authorization, 'sid-0'],
    [{prefix: 'Token'}, (request) => request?.headers.authorization, 'Token sid-0'],
    [{name: 'X-S'}, (request) => request?.headers['x-s'], 'sid-0'],
    [{name: 's', location: 'cookie'}, (request) => request?.headers.cookie, 's=sid-0'],
    [{name: 's', location: 'query'}, (request) => request?.query.get('s'), 'sid-0'],
  ])('%j', async (keys, look, expected) => {
    await using api = await login(() => rows);
    const auth = {
      type: 'session_token',
      login: {path: 'login', json: {user: 'u', pass: '{secrets.p}'}},
      token_path: 'session.id',
      ...keys,
    };
    const {requests} = await run(
      api,
      source({url: `${api.url}/base`}, [resource], {auth}, {secrets: {p: 'pass-word'}}),
    );
    expect(requests[0]?.method).toBe('POST');
    expect(requests[0]?.body).toBe('{"user":"u","pass":"pass-word"}');
    expect(look(requests[1])).toBe(expected);
  });

  test('refresh_on other statuses, lifetime', async () => {
    await using api = await login(({headers}) => (headers.authorization === 'sid-0' ? {status: 403} : rows));
    const auth = {
      type: 'session_token',
      login: {path: 'login', data: {u: 1}},
      token_path: 'session.id',
      refresh_on: [403],
    };
    const {calls, requests} = await run(api, source({url: `${api.url}/base`}, [resource], {auth}));
    expect(calls).toEqual(['POST /base/login', '/base/rows', 'POST /base/login', '/base/rows']);
    expect(requests[0]?.body).toBe('u=1');
  });
});

describe('links and positions', () => {
  test('a credential that a link carries is not added again, one that it lacks is, and no position keeps it', async () => {
    await using api = await serve(({query}) => {
      const page = Number(query.get('page') ?? 1);
      if (page === 1) return json({data: [{id: 1}], next: `/rows?page=2&key=${query.get('key')}`});
      return page === 2 ? json({data: [{id: 2}], next: '/rows?page=3'}) : {status: 400};
    });
    const auth = {type: 'api_key', api_key: 'k-PLANTED', name: 'key', location: 'query'};
    const {calls, messages} = await attempt(
      api,
      source(api, [{name: 'rows', endpoint: {...resource.endpoint, paginator: 'json_link'}}], {auth}),
    );
    expect(calls).toEqual(['/rows?key=k-PLANTED', '/rows?page=2&key=k-PLANTED', '/rows?page=3&key=k-PLANTED']);
    expect(messages.text).not.toContain('PLANTED');
    expect(messages.states('rows').length).toBeGreaterThan(0);
  });
});

test('a literal secret is no error, and one warning says where it belongs', () => {
  const config = {client: {base_url: 'https://a.example', auth: {token: 'literal-token'}}, resources: ['a']};
  expect(errorsOf(config)).toEqual([]);
  expect(problemsOf(config, 'warning').join()).not.toContain('literal-token');
});
