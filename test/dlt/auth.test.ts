import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {Api} from '../support/api-server.js';
import {json} from '../support/api-server.js';
import {posts, startMockApi} from './mock-api.js';
import {attempt, run, serve, source} from './run.js';

let api: Api & AsyncDisposable;

beforeAll(async () => {
  api = await startMockApi();
});

afterAll(() => api.close());

const guarded = (path: string, auth: unknown) =>
  source(api, [{name: 'rows', endpoint: {path: `protected/posts/${path}`}}], {auth});

const oauth = (more: object = {}) => ({
  type: 'oauth2_client_credentials',
  access_token_url: `${api.url}/oauth/token`,
  client_id: 'test-client-id',
  client_secret: 'test-client-secret',
  ...more,
});

describe('credentials that the mock API accepts', () => {
  test.each([
    ['basic-auth', {type: 'http_basic', username: 'user', password: 'password'}],
    ['bearer-token', {type: 'bearer', token: 'test-token'}],
    ['bearer-token', {token: 'test-token'}],
    ['api-key', {type: 'api_key', name: 'x-api-key', api_key: 'test-api-key'}],
    ['api-key', {type: 'api_key', name: 'x-api-key', api_key: 'test-api-key', location: 'header'}],
  ])('%s %j', async (path, auth) => {
    expect((await run(api, guarded(path, auth))).records()).toEqual(posts);
  });

  test.each([
    ['basic-auth', {type: 'http_basic', username: 'user', password: 'wrong-password'}],
    ['bearer-token', {type: 'bearer', token: 'wrong-token'}],
    ['api-key', {type: 'api_key', name: 'x-api-key', api_key: 'wrong-key'}],
  ])('%s refuses %j: an error with the status, without the secret', async (path, auth) => {
    const {errors, code, requests} = await attempt(api, guarded(path, auth));
    expect(code).toBe(1);
    expect(errors).toMatch(/401.*Unauthorized/s);
    expect(errors).not.toMatch(/wrong-(?:password|token|key)/);
    expect(requests).toHaveLength(1);
  });

  test('a 401 in plain text fails the read and is quoted', async () => {
    const config = guarded('bearer-token-plain-text-error', {token: 'not-the-token'});
    expect((await attempt(api, config)).errors).toMatch(/401.*Unauthorized/s);
  });

  test('the secret may be given beside the configuration', async () => {
    const config = {...guarded('bearer-token', 'bearer'), secrets: {token: 'test-token'}};
    expect((await run(api, config)).records()).toEqual(posts);
  });

  test("endpoint auth replaces the client's; null is none", async () => {
    await using own = await serve(() => json([{id: 1}]));
    const resources = [
      {name: 'a', endpoint: {auth: {type: 'http_basic', username: 'U', password: 'P'}}},
      {name: 'b', endpoint: {}},
      {name: 'c', endpoint: {auth: null}},
    ];
    const {requests} = await run(own, source(own, resources, {auth: {token: 'client-token'}}));
    const sent = Object.fromEntries(requests.map(({path, headers}) => [path, headers.authorization]));
    expect(sent).toEqual({'/a': 'Basic VTpQ', '/b': 'Bearer client-token', '/c': undefined});
  });
});

describe('oauth2_client_credentials', () => {
  test('one token for all resources and pages', async () => {
    const resources = ['a', 'b'].map((name) => ({name, endpoint: {path: 'protected/posts/bearer-token'}}));
    const {records, requests} = await run(api, source(api, resources, {auth: oauth()}));
    expect(records('a')).toEqual(posts);
    expect(records('b')).toEqual(posts);
    const tokens = requests.filter(({path}) => path === '/oauth/token');
    expect(tokens.map(({body}) => Object.fromEntries(new URLSearchParams(body)))).toEqual([
      {grant_type: 'client_credentials', client_id: 'test-client-id', client_secret: 'test-client-secret'},
    ]);
  });

  test.each([{client_id: 'wrong-id'}, {client_secret: 'wrong-secret'}])('%j: 401 from the token URL', async (wrong) => {
    const {code, errors, requests} = await attempt(api, guarded('bearer-token', oauth(wrong)));
    expect(code).toBe(1);
    expect(errors).toContain('401');
    expect(errors).not.toContain('wrong-secret');
    expect(requests.every(({path}) => path === '/oauth/token')).toBe(true);
  });

  test('a token that expires at once is fetched again', async () => {
    const auth = oauth({access_token_url: `${api.url}/oauth/token-expires-now`});
    const {records, requests} = await run(api, guarded('bearer-token', auth));
    expect(records()).toEqual(posts);
    expect(requests.filter(({path}) => path.startsWith('/oauth')).length).toBeGreaterThan(1);
  });

  test('a token request of its own kind', async () => {
    const auth = oauth({
      access_token_url: `${api.url}/custom-oauth/token`,
      client_id: 'test-account-id',
      client_auth: 'basic',
      access_token_request_data: {grant_type: 'account_credentials', account_id: 'test-account-id'},
    });
    expect((await run(api, guarded('bearer-token', auth))).records()).toEqual(posts);
  });
});
