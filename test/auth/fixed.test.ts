import {describe, expect, test} from 'vitest';
import {authKinds} from '../../src/auth/table.js';
import {get, running} from '../http/setup.js';
import {json, startApi} from '../support/api-server.js';
import {authContext} from './context.js';
import {signed} from './signed.js';

describe('what is sent', () => {
  test.each([
    [{type: 'bearer', token: 't0ken'}, {authorization: 'Bearer t0ken'}, ''],
    [{type: 'api_key', api_key: 'k3y1'}, {authorization: 'k3y1'}, ''],
    [{type: 'api_key', api_key: 'k3y1', prefix: 'Token'}, {authorization: 'Token k3y1'}, ''],
    [{type: 'api_key', api_key: 'k3y1', prefix: 'Token '}, {authorization: 'Token k3y1'}, ''],
    [{type: 'api_key', api_key: 'k3y1', name: 'X-Key'}, {'x-key': 'k3y1'}, ''],
    [{type: 'api_key', api_key: 'k&y=', name: 'key', location: 'query'}, {}, '?key=k%26y%3D'],
    [{type: 'api_key', api_key: 'k3y1', name: 'key', location: 'param'}, {}, '?key=k3y1'],
    [{type: 'api_key', api_key: 'k3y1', name: 'sid', location: 'cookie'}, {cookie: 'sid=k3y1'}, ''],
    [
      {type: 'http_basic', username: 'me', password: 'pä:ss'},
      {authorization: `Basic ${Buffer.from('me:pä:ss').toString('base64')}`},
      '',
    ],
    [{type: 'http_basic', username: 'key', password: ''}, {authorization: 'Basic a2V5Og=='}, ''],
    [{type: 'http_basic', username: '', password: 'pw'}, {authorization: 'Basic OnB3'}, ''],
  ])('%j', async (block, headers, query) => {
    await using api = await startApi(() => json([]));
    const {send, attempts} = signed(api.url, [block]);
    const answer = await send(get(`${api.url}/x`), {signal: running()});
    expect(api.requests[0]?.headers).toMatchObject(headers);
    expect(api.requests[0]?.target).toBe(`/x${query}`);
    expect(JSON.stringify([answer.request, answer.url.href, attempts])).not.toMatch(/k3y1|t0ken|k%26|pä/);
  });

  test('into JSON and form bodies', async () => {
    await using api = await startApi(() => json([]));
    const {send} = signed(api.url, [{type: 'api_key', api_key: 'k3y1', name: 'auth.key', location: 'body'}]);
    await send(get(api.url, {method: 'POST', body: {kind: 'json', value: {a: 1}}}), {signal: running()});
    await send(get(api.url, {method: 'POST', body: {kind: 'form', pairs: [['a', '1']]}}), {signal: running()});
    expect(api.requests.map(({body}) => body)).toEqual(['{"a":1,"auth":{"key":"k3y1"}}', 'a=1&auth.key=k3y1']);
  });

  test('a key that a link carries is not added again, one of the request is replaced', async () => {
    await using api = await startApi(() => json([]));
    const {send} = signed(api.url, [{type: 'api_key', api_key: 'k3y1', name: 'api key', location: 'query'}]);
    await send(get(`${api.url}/x?page=2&api%20key=k3y1`), {signal: running()});
    await send(
      get(`${api.url}/x`, {
        query: [
          ['api key', 'old'],
          ['a', '1'],
        ],
      }),
      {signal: running()},
    );
    expect(api.requests.map(({target}) => target)).toEqual(['/x?page=2&api%20key=k3y1', '/x?a=1&api%20key=k3y1']);
  });

  test('a cookie joins those of the request, a list applies all', async () => {
    await using api = await startApi(() => json([]));
    const {send} = signed(api.url, [
      {type: 'api_key', api_key: 'k3y1', name: 'sid', location: 'cookie'},
      {type: 'api_key', api_key: 'k3y2', name: 'app', location: 'cookie'},
      {type: 'bearer', token: 't0ken'},
    ]);
    await send(get(api.url, {headers: {cookie: 'lang=en'}}), {signal: running()});
    expect(api.requests[0]?.headers).toMatchObject({
      cookie: 'lang=en; sid=k3y1; app=k3y2',
      authorization: 'Bearer t0ken',
    });
  });

  test('an empty list is none', async () => {
    await using api = await startApi(() => json([]));
    await signed(api.url, []).send(get(api.url), {signal: running()});
    expect(api.requests[0]?.headers.authorization).toBeUndefined();
  });
});

test('a link to another host gets nothing, with an error before anything is sent', async () => {
  await using other = await startApi(() => json([]));
  await using api = await startApi(() => json([]));
  const {refusal} = signed(api.url, [{type: 'bearer', token: 't0ken'}]);
  expect(await refusal(get(`${other.url}/next`))).toMatch(/^config_error: items: the host 127.0.0.1:\d+ is not one/);
  expect(other.requests).toEqual([]);
});

test('every secret is masked, the Basic pair too', async () => {
  await using api = await startApi((request) => ({status: 401, body: JSON.stringify(request.headers)}));
  for (const block of [
    {type: 'bearer', token: 's3cret-token'},
    {type: 'api_key', api_key: 's3cret-key', name: 'x-key'},
    {type: 'http_basic', username: 'user', password: 's3cret-word'},
  ]) {
    const text = await signed(api.url, [block]).refusal(get(api.url));
    expect(text).toMatch(/answered 401: .*\*{4}/);
    expect(text).not.toMatch(/s3cret/);
    expect(text).not.toContain(Buffer.from('user:s3cret-word').toString('base64'));
  }
});

test('a secret with a line break is refused without showing it', async () => {
  await using api = await startApi(() => json([]));
  const text = await signed(api.url, [{type: 'bearer', token: 'abcdef\r\nx-evil: 1'}]).refusal(get(api.url));
  expect(text).toMatch(/^config_error: items: the value of the header authorization holds the character U\+000D/);
  expect(text).not.toMatch(/abcdef|evil/);
  expect(api.requests).toEqual([]);
});

test.each([
  [{type: 'bearer'}, 'client.auth.token is missing: put token into secrets'],
  [{type: 'bearer', token: ''}, 'client.auth.token is missing'],
  [{type: 'api_key', api_key: null}, 'client.auth.api_key is missing'],
  [{type: 'http_basic', username: 'me'}, 'client.auth.password is missing'],
  [{type: 'oauth2_refresh_token', token_url: 'https://a.com', client_id: 'x'}, 'client.auth.refresh_token is missing'],
])('%j says what is missing', (block, message) => {
  const kind = authKinds.find(({type}) => type === block.type);
  expect(() => kind?.create(block, authContext())).toThrow(message);
});

test('every key of every type has a description, every secret is marked', () => {
  for (const {type, schema} of authKinds) {
    for (const [key, value] of Object.entries(schema.shape)) {
      const meta = 'meta' in value && typeof value.meta === 'function' ? value.meta() : undefined;
      expect([type, key, typeof meta?.description]).toEqual([type, key, 'string']);
      if (/^(token|api_key|password|client_secret|refresh_token|access_token)$/.test(key)) {
        expect([type, key, meta?.secret]).toEqual([type, key, true]);
      }
    }
  }
});
