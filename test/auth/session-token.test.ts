import {expect, test} from 'vitest';
import {sessionToken} from '../../src/auth/session-token.js';
import {get, running} from '../http/setup.js';
import {json, startApi} from '../support/api-server.js';
import {FakeClock} from '../support/fake-clock.js';
import {authContext} from './context.js';
import {signed} from './signed.js';

const block = {
  type: 'session_token',
  login: {path: '/auth/login', json: {user: 'me', password: 'pa55word'}, headers: {'X-App': 1}},
  token_path: 'data.session.token',
  name: 'X-Session',
  prefix: 'Session',
};

const loggedIn = (count: number) => json({data: {session: {token: `session-${count}`}}});

test('logs in once, below base_url, and sends the token where it belongs', async () => {
  await using api = await startApi({
    '/v1/auth/login': (_request, index) => loggedIn(index),
    '/v1/items': json([{id: 1}]),
  });
  const {send, secrets, tokenAttempts} = signed(`${api.url}/v1`, [block], {concurrency: 1});
  await Promise.all([1, 2].map(() => send(get(`${api.url}/v1/items`), {signal: running()})));
  expect(api.requests.map(({method, path}) => `${method} ${path}`)).toEqual([
    'POST /v1/auth/login',
    'GET /v1/items',
    'GET /v1/items',
  ]);
  expect(api.requests[0]).toMatchObject({body: '{"user":"me","password":"pa55word"}', headers: {'x-app': '1'}});
  expect(api.requests[1]?.headers['x-session']).toBe('Session session-0');
  expect(secrets.has('session-0')).toBe(true);
  expect(tokenAttempts).toMatchObject([{purpose: 'login', status: 200}]);
});

test('logs in again on refresh_on and at the end of its lifetime', async () => {
  let valid = 'Session session-0';
  await using api = await startApi({
    '/auth/login': (_request, index) => {
      valid = `Session session-${index}`;
      return loggedIn(index);
    },
    '/items': ({headers}) => (headers['x-session'] === valid ? json([{id: 1}]) : {status: 440}),
  });
  const clock = new FakeClock();
  const {send} = signed(api.url, [{...block, refresh_on: [440], lifetime: 'PT30M'}], {clock});
  const logins = async (): Promise<number> => {
    expect(await send(get(`${api.url}/items`), {signal: running()})).toMatchObject({rows: 1});
    return api.requests.filter(({path}) => path === '/auth/login').length;
  };
  expect(await logins()).toBe(1);
  valid = '';
  expect(await logins()).toBe(2);
  clock.time += 29 * 60_000 - 1;
  expect(await logins()).toBe(2);
  clock.time += 1;
  expect(await logins()).toBe(3);
});

test.each([
  [{login: {path: 'in', method: 'get'}}, 'GET', '', undefined],
  [{login: {path: 'in', data: {a: 1, b: 'x y'}}}, 'POST', 'a=1&b=x+y', 'application/x-www-form-urlencoded'],
  [{login: {path: 'in', data: '<login/>', headers: {'Content-Type': 'text/xml'}}}, 'POST', '<login/>', 'text/xml'],
])('%j', async (more, method, body, type) => {
  await using api = await startApi({'/in': json({t: 12345678901234567890n.toString()}), '/items': json([])});
  await signed(api.url, [{...block, token_path: 't', ...more}]).send(get(`${api.url}/items`), {signal: running()});
  expect(api.requests[0]).toMatchObject({method, body});
  expect(api.requests[0]?.headers['content-type']).toBe(type);
});

test('a token that is a number is sent by its digits', async () => {
  await using api = await startApi({
    '/auth/login': json('{"data":{"session":{"token":12345678901234567890}}}'),
    '/items': json([]),
  });
  await signed(api.url, [{...block, prefix: null}]).send(get(`${api.url}/items`), {signal: running()});
  expect(api.requests[1]?.headers['x-session']).toBe('12345678901234567890');
});

test('no token there: names the keys, not the values', async () => {
  for (const body of [
    '{"token":"t0ken-here"}',
    '{"data":{"session":{"token":""}}}',
    '{"data":{"session":{"token":{}}}}',
  ]) {
    await using api = await startApi({'/auth/login': json(body)});
    const text = await signed(api.url, [block]).refusal(get(`${api.url}/items`));
    expect(text).toMatch(
      /^config_error: items: client.auth: the login was answered without a token at data.session.token \(keys: (token|data)\)/,
    );
    expect(text).not.toContain('t0ken');
  }
});

test('a refused login is for the user, and does not show the password', async () => {
  await using api = await startApi({'/auth/login': (request) => ({status: 403, body: `no: ${request.body}`})});
  const {secrets, refusal} = signed(api.url, [block]);
  secrets.add('pa55word');
  const text = await refusal(get(`${api.url}/items`));
  expect(text).toMatch(/^config_error: items: client.auth: POST .*answered 403: no: .*\*\*\*\*/);
  expect(text).not.toContain('pa55word');
});

test('both bodies, bad paths and lifetimes are refused', async () => {
  expect(() => sessionToken.create({...block, token_path: 'a['}, authContext())).toThrow(/client.auth.token_path/);
  for (const lifetime of ['half an hour', 'P', 'PT', -1, 0]) {
    expect(sessionToken.schema.safeParse({...block, lifetime}).success).toBe(false);
  }
  const both = sessionToken.create({...block, login: {path: 'in', json: {}, data: 'x'}}, authContext());
  await expect(both.apply(get('https://a.com'), running())).rejects.toThrow(/both json and data/);
});
