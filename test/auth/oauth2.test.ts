import {describe, expect, test} from 'vitest';
import {printExact} from '../../src/json/exact.js';
import {get, running} from '../http/setup.js';
import {failing, gate, type Handler, json, type Recorded, startApi} from '../support/api-server.js';
import {FakeClock} from '../support/fake-clock.js';
import {signed} from './signed.js';

const form = (request: Recorded | undefined): Record<string, string> =>
  Object.fromEntries(new URLSearchParams(request?.body));

/** Hands out tok-1, tok-2, … and takes only the newest. */
function tokens(more: (count: number) => Record<string, unknown> = () => ({expires_in: 3600})): {
  readonly routes: Record<string, Handler>;
  readonly issued: () => number;
  revoke(): void;
} {
  let count = 0;
  let valid = '';
  return {
    issued: () => count,
    revoke: () => {
      valid = '';
    },
    routes: {
      '/token': () => {
        count += 1;
        valid = `Bearer tok-${count}`;
        return json({access_token: `tok-${count}`, token_type: 'bearer', ...more(count)});
      },
      '/items': (request) =>
        request.headers.authorization === valid ? json([{id: 1}]) : {status: 401, body: 'expired'},
    },
  };
}

/** The same, with every token answer waiting for `held`. */
function heldTokens(...more: Parameters<typeof tokens>) {
  const held = gate();
  const issuing = tokens(...more);
  const token = issuing.routes['/token'] ?? (() => ({}));
  const waiting: Handler = async (request, index) => {
    await held.opened;
    return token(request, index);
  };
  return {...issuing, held, routes: {...issuing.routes, '/token': waiting}};
}

const client = (base: string, more = {}) => ({
  type: 'oauth2_client_credentials',
  access_token_url: `${base}/token`,
  client_id: 'app',
  client_secret: 'c1ient-s3cret',
  ...more,
});

describe('client credentials', () => {
  test('one form for all who wait, then the token for every request', async () => {
    const {routes, issued} = tokens();
    await using api = await startApi(routes);
    const {send, tokenAttempts, secrets} = signed(api.url, [client(api.url)], {concurrency: 1});
    const all = await Promise.all([1, 2, 3, 4].map(() => send(get(`${api.url}/items`), {signal: running()})));
    expect(all.map(({rows}) => rows)).toEqual([1, 1, 1, 1]);
    expect(issued()).toBe(1);
    expect(api.requests[0]).toMatchObject({
      method: 'POST',
      headers: {'content-type': 'application/x-www-form-urlencoded'},
    });
    expect(form(api.requests[0])).toEqual({
      client_id: 'app',
      client_secret: 'c1ient-s3cret',
      grant_type: 'client_credentials',
    });
    expect(tokenAttempts).toMatchObject([{purpose: 'token', stream: 'client.auth', status: 200, body: undefined}]);
    expect(JSON.stringify(tokenAttempts)).not.toContain('c1ient-s3cret');
    expect(secrets.has('tok-1')).toBe(true);
    expect(secrets.has('c1ient-s3cret')).toBe(true);
  });

  test.each([
    [{client_auth: 'basic', scopes: ['a', 'b']}, {grant_type: 'client_credentials', scope: 'a b'}, true],
    [
      {grant_type: 'account_credentials', client_auth: 'basic', access_token_request_data: {account_id: 7}},
      {grant_type: 'account_credentials', account_id: '7'},
      true,
    ],
    [
      {access_token_request_data: {client_id: 'other', grant_type: 'x', flag: true}},
      {client_id: 'other', client_secret: 'c1ient-s3cret', grant_type: 'x', flag: 'true'},
      false,
    ],
    [
      {scopes: 'read write'},
      {client_id: 'app', client_secret: 'c1ient-s3cret', grant_type: 'client_credentials', scope: 'read write'},
      false,
    ],
  ])('%j', async (more, expected, basic) => {
    await using api = await startApi(tokens().routes);
    const {access_token_url: url, ...rest} = client(api.url, more);
    await signed(api.url, [{...rest, token_url: url}]).send(get(`${api.url}/items`), {signal: running()});
    expect(form(api.requests[0])).toEqual(expected);
    const pair = Buffer.from('app:c1ient-s3cret').toString('base64');
    expect(api.requests[0]?.headers.authorization).toBe(basic ? `Basic ${pair}` : undefined);
  });

  test.each([
    [3600, 3_539_999, 3_540_000],
    ['3600', 3_539_999, 3_540_000],
    [60, 29_999, 30_000],
    [null, 3_539_999, 3_540_000],
    [undefined, 3_539_999, 3_540_000],
  ])('expires_in %j: renewed a minute early, at most half its life', async (expires, before, after) => {
    const {routes, issued} = tokens(() => ({expires_in: expires}));
    await using api = await startApi(routes);
    const clock = new FakeClock();
    const start = clock.now();
    const {send} = signed(api.url, [client(api.url)], {clock});
    const at = async (ms: number): Promise<number> => {
      clock.time = start + ms;
      await send(get(`${api.url}/items`), {signal: running()});
      return issued();
    };
    expect(await at(0)).toBe(1);
    expect(await at(before)).toBe(1);
    expect(await at(after)).toBe(2);
  });

  test('a token that expires at once is fetched for every request', async () => {
    const {routes, issued} = tokens(() => ({expires_in: 0}));
    await using api = await startApi(routes);
    const {send} = signed(api.url, [client(api.url)]);
    for (let index = 0; index < 3; index += 1) await send(get(`${api.url}/items`), {signal: running()});
    expect(issued()).toBe(3);
  });

  test('401: renewed once for all, and repeated without a wait', async () => {
    const {routes, issued, revoke} = tokens();
    await using api = await startApi(routes);
    const {send, clock, attempts} = signed(api.url, [client(api.url)]);
    await send(get(`${api.url}/items`), {signal: running()});
    revoke();
    const all = await Promise.all([1, 2, 3].map(() => send(get(`${api.url}/items`), {signal: running()})));
    expect(all.map(({verdict}) => verdict)).toEqual(['page', 'page', 'page']);
    expect(issued()).toBe(2);
    expect(clock.sleeps).toEqual([]);
    expect(attempts.filter(({status}) => status === 401).every(({wait}) => wait === 0)).toBe(true);
  });

  test('401 again: refused, after one renewal', async () => {
    const {issued, routes} = tokens();
    await using api = await startApi({...routes, '/items': {status: 401, body: 'no'}});
    const {send} = signed(api.url, [client(api.url)]);
    expect(await send(get(`${api.url}/items`), {signal: running()})).toMatchObject({status: 401, verdict: 'refused'});
    expect(issued()).toBe(2);
  });

  test('401: renewed before response_actions are looked at', async () => {
    const {routes, issued, revoke} = tokens();
    await using api = await startApi(routes);
    const {send} = signed(api.url, [client(api.url)], {setting: {actions: [{status: '401', action: 'ignore'}]}});
    await send(get(`${api.url}/items`), {signal: running()});
    revoke();
    expect(await send(get(`${api.url}/items`), {signal: running()})).toMatchObject({verdict: 'page', rows: 1});
    expect(issued()).toBe(2);
  });

  test('a given access_token is used until it is refused', async () => {
    const {routes, issued} = tokens();
    let given = true;
    const items: Handler = (request, index) => {
      const accepted = request.headers.authorization === 'Bearer given-token' ? given : true;
      return accepted ? json([{index}]) : {status: 401};
    };
    await using api = await startApi({...routes, '/items': items});
    const {send, clock} = signed(api.url, [client(api.url, {access_token: 'given-token'})]);
    await send(get(`${api.url}/items`), {signal: running()});
    clock.time += 1e9;
    await send(get(`${api.url}/items`), {signal: running()});
    expect(issued()).toBe(0);
    given = false;
    await send(get(`${api.url}/items`), {signal: running()});
    expect(api.requests.at(-1)?.headers.authorization).toBe('Bearer tok-1');
  });

  test('{auth.x} are the exact values of the answer', async () => {
    await using api = await startApi({
      '/token': json('{"access_token":"tok-1","instance_url":"https://x.com","big":12345678901234567890}'),
    });
    const {authenticator} = signed(api.url, [{type: 'api_key', api_key: 'k3y1'}, client(api.url)]);
    const values = await authenticator.values?.(running());
    expect(printExact(values ?? null)).toContain('"big":12345678901234567890');
    expect(api.requests).toHaveLength(1);
  });
});

describe('token requests that fail', () => {
  test('outages are repeated, refusals asked once in a run', async () => {
    const {routes} = tokens();
    const token = routes['/token'] ?? (() => ({}));
    await using api = await startApi({...routes, '/token': failing(2, {status: 502}, token)});
    const good = signed(api.url, [client(api.url)]);
    expect(await good.send(get(`${api.url}/items`), {signal: running()})).toMatchObject({rows: 1});
    expect(good.clock.sleeps).toEqual([2000, 4000]);
    await using closed = await startApi({'/token': {status: 400}});
    const {refusal} = signed(closed.url, [client(closed.url)]);
    const first = await refusal(get(`${closed.url}/items`));
    expect(await refusal(get(`${closed.url}/other`))).toBe(first);
    expect(closed.requests).toHaveLength(1);
  });

  test('a token url redirecting elsewhere does not get the secret', async () => {
    await using other = await startApi(() => json({access_token: 'x'}));
    await using api = await startApi({'/token': {status: 307, headers: {location: `${other.url}/token`}}});
    expect(await signed(api.url, [client(api.url)]).refusal(get(`${api.url}/items`))).toMatch(
      /redirects elsewhere: the host/,
    );
    expect(other.requests).toEqual([]);
  });

  test('the token host is allowed for the token only', async () => {
    await using sso = await startApi(tokens().routes);
    await using api = await startApi({'/items': json([{id: 1}])});
    const {send, refusal} = signed(api.url, [client(sso.url)]);
    expect(await send(get(`${api.url}/items`), {signal: running()})).toMatchObject({rows: 1});
    expect(await refusal(get(`${sso.url}/items`))).toMatch(/is not one of the configuration/);
  });
});

describe('refresh token', () => {
  const block = (base: string) => ({...client(base), type: 'oauth2_refresh_token', refresh_token: 'refresh-0'});

  test('a rotated one is stored before the new token is used, and used next', async () => {
    const {routes, revoke} = tokens((count) => ({refresh_token: `refresh-${count}`, expires_in: 3600}));
    await using api = await startApi(routes);
    const stored = gate();
    const rotations: unknown[] = [];
    const {send, secrets} = signed(api.url, [block(api.url)], {
      rotated: async (path, value) => {
        rotations.push([path, value]);
        await stored.opened;
      },
    });
    const sent = send(get(`${api.url}/items`), {signal: running()});
    await expect.poll(() => rotations).toEqual([[['refresh_token'], 'refresh-1']]);
    expect(api.requests).toHaveLength(1);
    stored.open();
    await sent;
    revoke();
    await send(get(`${api.url}/items`), {signal: running()});
    const grants = api.requests.filter(({path}) => path === '/token').map(form);
    expect(grants.map(({grant_type: grant, refresh_token: token}) => [grant, token])).toEqual([
      ['refresh_token', 'refresh-0'],
      ['refresh_token', 'refresh-1'],
    ]);
    expect(['refresh-0', 'refresh-1', 'refresh-2', 'tok-1'].every((value) => secrets.has(value))).toBe(true);
  });

  test('a renewal that everybody left is not asked for a second time beside it', async () => {
    const {held, routes, issued} = heldTokens((count) => ({refresh_token: `refresh-${count}`}));
    await using api = await startApi(routes);
    const rotations: unknown[] = [];
    const {send} = signed(api.url, [block(api.url)], {
      rotated: async (_path, value) => {
        rotations.push(value);
      },
    });
    const controller = new AbortController();
    const left = send(get(`${api.url}/items`), {signal: controller.signal});
    await expect.poll(() => api.requests.length).toBe(1);
    controller.abort(new Error('left'));
    await expect(left).rejects.toThrow('left');
    const later = send(get(`${api.url}/items`), {signal: running()});
    held.open();
    expect(await later).toMatchObject({rows: 1});
    expect([issued(), rotations]).toEqual([1, ['refresh-1']]);
  });

  test('one that stays is not stored', async () => {
    await using api = await startApi(tokens(() => ({refresh_token: 'refresh-0'})).routes);
    const {send} = signed(api.url, [block(api.url)]);
    expect(await send(get(`${api.url}/items`), {signal: running()})).toMatchObject({rows: 1});
  });
});

test('whoever aborts leaves the others their token', async () => {
  const {held, routes, issued} = heldTokens();
  await using api = await startApi(routes);
  const {send} = signed(api.url, [client(api.url)]);
  const controller = new AbortController();
  const first = send(get(`${api.url}/items`), {signal: controller.signal});
  const second = send(get(`${api.url}/items`), {signal: running()});
  await expect.poll(() => api.requests.length).toBe(1);
  controller.abort(new Error('stopped'));
  await expect(first).rejects.toThrow('stopped');
  held.open();
  expect(await second).toMatchObject({rows: 1});
  expect(issued()).toBe(1);
});
