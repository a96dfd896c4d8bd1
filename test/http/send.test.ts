import {getEventListeners} from 'node:events';
import {describe, expect, test} from 'vitest';
import {failing, gate, json, startApi} from '../support/api-server.js';
import {FakeClock} from '../support/fake-clock.js';
import {get, running, sending} from './setup.js';

const rows = json([{id: 1}, {id: 2}]);

describe('a good answer', () => {
  test('becomes a page with what the request was', async () => {
    await using api = await startApi({'/items': json('{"data":[{"id":9007199254740993}]}')});
    const {send, stats, attempts} = sending({base: api.url, selector: 'data'});
    const request = get(`${api.url}/items`, {query: [['page', '2']]});
    const answer = await send(request, {signal: running()});
    expect(answer).toMatchObject({
      status: 200,
      verdict: 'page',
      rows: 1,
      refusal: undefined,
      retryable: false,
      request,
    });
    expect(answer.batch.bytes.toString()).toContain('9007199254740993');
    expect(answer.url.href).toBe(`${api.url}/items?page=2`);
    expect(stats).toEqual({requests: 1, retries: 0, waitedMs: 0, bytes: 34, pages: 0});
    expect(attempts).toMatchObject([{stream: 'items', purpose: 'data', status: 200, retry: 0, wait: undefined}]);
    expect(attempts[0]?.body?.toString()).toBe('{"data":[{"id":9007199254740993}]}');
  });

  test('sentAt is the earlier of our clock and the Date of the answer', async () => {
    const clock = new FakeClock({now: Date.UTC(2026, 0, 1)});
    await using api = await startApi((request) => ({
      ...rows,
      headers: {
        'content-type': 'application/json',
        date: request.path === '/past' ? 'Wed, 31 Dec 2025 23:00:00 GMT' : 'Thu, 01 Jan 2026 09:00:00 GMT',
      },
    }));
    const {send} = sending({base: api.url, clock});
    expect((await send(get(`${api.url}/past`), {signal: running()})).sentAt).toBe(Date.UTC(2025, 11, 31, 23));
    expect((await send(get(`${api.url}/future`), {signal: running()})).sentAt).toBe(Date.UTC(2026, 0, 1));
  });

  test('204 and an empty 200 are empty pages', async () => {
    await using api = await startApi({'/none': {status: 204}, '/empty': {status: 200}});
    const {send} = sending({base: api.url});
    for (const path of ['/none', '/empty']) {
      expect(await send(get(api.url + path), {signal: running()})).toMatchObject({verdict: 'page', rows: 0});
    }
  });
});

describe('retries', () => {
  test.each([408, 425, 429, 500, 502, 503, 504])('%i is repeated after 2, 4 and 8 s, POST like GET', async (status) => {
    await using api = await startApi(failing(3, {status}, rows));
    const {send, clock, stats, attempts} = sending({base: api.url});
    const request = get(`${api.url}/items`, {method: 'POST', body: {kind: 'json', value: {a: 1}}});
    expect(await send(request, {signal: running()})).toMatchObject({verdict: 'page', rows: 2});
    expect(clock.sleeps).toEqual([2000, 4000, 8000]);
    expect(api.requests.map(({body}) => body)).toEqual(Array(4).fill('{"a":1}'));
    expect(stats).toMatchObject({requests: 4, retries: 3, waitedMs: 14_000});
    expect(attempts.map(({retry, wait}) => [retry, wait])).toEqual([
      [0, 2000],
      [1, 4000],
      [2, 8000],
      [3, undefined],
    ]);
  });

  test('used up: a transient error that names resource, request and answer', async () => {
    await using api = await startApi(() => ({status: 503, body: 'down for maintenance'}));
    const {refusal} = sending({base: api.url});
    expect(await refusal(get(`${api.url}/items`))).toBe(
      `transient_error: items: GET ${api.url}/items answered 503: down for maintenance. Given up after 4 tries: try again later`,
    );
  });

  test.each([
    ['reset', {reset: true}, /ECONNRESET|hang up/],
    ['cut short', {body: '[{"id":1}]', cutAfter: 4}, /connection ended after 4 of 10 bytes/],
    [
      'no JSON',
      {body: '<html>Log in</html>', headers: {'content-type': 'text/html'}},
      /answered 200 with text\/html: <html>Log in/,
    ],
    [
      'half a gzip stream',
      {body: Buffer.from('1f8b08000000000000038b8e05', 'hex'), headers: {'content-encoding': 'gzip'}},
      /gzip body of 13 bytes is damaged/,
    ],
  ])('%s: repeated, then transient', async (_name, reply, message) => {
    await using api = await startApi(failing(3, reply, rows));
    const good = sending({base: api.url});
    expect(await good.send(get(`${api.url}/items`), {signal: running()})).toMatchObject({rows: 2});
    expect(good.clock.sleeps).toEqual([2000, 4000, 8000]);
    await using broken = await startApi(() => reply);
    const text = await sending({base: broken.url}).refusal(get(`${broken.url}/items`));
    expect(text).toMatch(message);
    expect(text).toMatch(/^transient_error: items: GET .*4 tries/);
  });

  test('nobody listens: transient, naming the address', async () => {
    const api = await startApi(() => rows);
    await api.close();
    expect(await sending({base: api.url}).refusal(get(`${api.url}/items`))).toMatch(
      /^transient_error: items: GET .* failed: .*ECONNREFUSED/,
    );
  });

  test('status_codes are repeated first, then judged as without them', async () => {
    await using api = await startApi(() => ({status: 404, body: 'gone'}));
    const {send, clock} = sending({
      base: api.url,
      retry: {statusCodes: [404], maxRetries: 1},
      actions: [{status: '404', action: 'ignore'}],
    });
    expect(await send(get(`${api.url}/items`), {signal: running()})).toMatchObject({
      verdict: 'ignore',
      retryable: true,
    });
    expect(clock.sleeps).toEqual([2000]);
  });

  test.each([
    [[], 'refused'],
    [[{status: '404', action: 'stop'}], 'stop'],
  ] as const)('status_codes come before refusals and other actions: %j', async (actions, verdict) => {
    await using api = await startApi(() => ({status: 404}));
    const {send, clock} = sending({base: api.url, retry: {statusCodes: [404], maxRetries: 1}, actions});
    expect(await send(get(`${api.url}/items`), {signal: running(), resumed: true})).toMatchObject({
      verdict: verdict === 'stop' ? 'refused' : verdict,
    });
    expect(await send(get(`${api.url}/items`), {signal: running()})).toMatchObject({verdict});
    expect(clock.sleeps).toEqual([2000, 2000]);
  });

  test('501 and 505 are refused at once', async () => {
    await using api = await startApi({'/a': {status: 501}, '/b': {status: 505}});
    const {send, clock} = sending({base: api.url});
    for (const path of ['/a', '/b']) {
      expect(await send(get(api.url + path), {signal: running()})).toMatchObject({
        verdict: 'refused',
        retryable: false,
      });
    }
    expect(clock.sleeps).toEqual([]);
  });

  test('aborting during a wait ends with the reason', async () => {
    await using api = await startApi(() => ({status: 503}));
    const clock = new FakeClock({auto: false});
    const {send} = sending({base: api.url, clock});
    const controller = new AbortController();
    const sent = send(get(`${api.url}/items`), {signal: controller.signal});
    await expect.poll(() => clock.sleeps).toEqual([2000]);
    controller.abort(new Error('stopped'));
    await expect(sent).rejects.toThrow('stopped');
  });

  test('aborting during the answer ends with the reason', async () => {
    const held = gate();
    await using api = await startApi(async () => {
      await held.opened;
      return rows;
    });
    const controller = new AbortController();
    const sent = sending({base: api.url}).send(get(`${api.url}/items`), {signal: controller.signal});
    await expect.poll(() => api.inFlight).toBe(1);
    controller.abort(new Error('stopped'));
    await expect(sent).rejects.toThrow('stopped');
    held.open();
  });
});

describe('waits that the server names', () => {
  test('replace ours, use up no retry, are announced and pause the host', async () => {
    await using api = await startApi(failing(5, {status: 429, headers: {'retry-after': '30'}}, rows));
    const {send, clock} = sending({base: api.url, retry: {maxRetries: 0}});
    const start = clock.now();
    const waits: number[] = [];
    const options = {signal: running(), onWait: (until: number) => waits.push(until - start)};
    expect(await send(get(`${api.url}/items`), options)).toMatchObject({rows: 2});
    expect(waits).toEqual([30_000, 60_000, 90_000, 120_000, 150_000]);
    expect(clock.sleeps.filter((ms) => ms > 0)).toEqual(Array(5).fill(30_000));
  });

  test('another stream waits for the same host, and says so', async () => {
    await using api = await startApi({
      '/limited': failing(1, {status: 429, headers: {'retry-after': '60'}}, rows),
      '/other': rows,
    });
    const clock = new FakeClock({auto: false});
    const {send} = sending({base: api.url, clock});
    const first = send(get(`${api.url}/limited`), {signal: running()});
    await expect.poll(() => clock.sleeps.length).toBe(1);
    const waits: number[] = [];
    const second = send(get(`${api.url}/other`), {
      signal: running(),
      onWait: (until) => waits.push(until - clock.now()),
    });
    await expect.poll(() => waits).toEqual([60_000]);
    expect(api.requests).toHaveLength(1);
    clock.advance(60_000);
    await Promise.all([first, second]);
    expect(api.requests).toHaveLength(3);
  });

  test('above max_wait in sum: transient at once, naming the time', async () => {
    await using api = await startApi(() => ({status: 429, headers: {'retry-after': '40'}}));
    const {refusal, clock} = sending({base: api.url, maxWait: 100_000});
    const text = await refusal(get(`${api.url}/items`));
    expect(text).toMatch(
      /^transient_error: .*429.* wait until 2026-01-01T00:02:0\d\.\d{3}Z, longer than rate_limit.max_wait/,
    );
    expect(clock.sleeps.filter((ms) => ms > 0)).toEqual([40_000, 40_000]);
  });

  test('named waits that are too short again and again grow to a minute', async () => {
    await using api = await startApi(failing(12, {status: 429, headers: {'retry-after': '0'}}, rows));
    const {send, clock} = sending({base: api.url, retry: {maxRetries: 0}});
    expect(await send(get(`${api.url}/items`), {signal: running()})).toMatchObject({rows: 2});
    expect(clock.sleeps.filter((ms) => ms > 0)).toEqual(
      [1, 1, 1, 1, 1, 2, 4, 8, 16, 32, 60, 60].map((seconds) => seconds * 1000),
    );
  });

  test('403 with a used-up quota is a rate limit, without it a refusal', async () => {
    await using api = await startApi({
      '/limited': failing(1, {status: 403, headers: {'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '45'}}, rows),
      '/forbidden': {status: 403, headers: {'x-ratelimit-remaining': '10', 'x-ratelimit-reset': '45'}},
    });
    const {send, clock} = sending({base: api.url});
    expect(await send(get(`${api.url}/limited`), {signal: running()})).toMatchObject({rows: 2});
    expect(clock.sleeps.filter((ms) => ms > 0)).toEqual([45_000]);
    expect(await send(get(`${api.url}/forbidden`), {signal: running()})).toMatchObject({verdict: 'refused'});
  });
});

test('many requests on one signal leave no listener and cause no warning', async () => {
  await using api = await startApi(() => rows);
  const warnings: string[] = [];
  const onWarning = (warning: Error): void => {
    warnings.push(warning.message);
  };
  process.on('warning', onWarning);
  const {signal} = new AbortController();
  const {send} = sending({base: api.url});
  await Promise.all(Array.from({length: 40}, () => send(get(`${api.url}/items`), {signal})));
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', onWarning);
  expect(warnings).toEqual([]);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
  expect(api.maxInFlight).toBeLessThanOrEqual(4);
});
