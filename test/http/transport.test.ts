import {brotliCompressSync, deflateRawSync, deflateSync, gzipSync} from 'node:zlib';
import {afterEach, describe, expect, test} from 'vitest';
import type {BodyShare} from '../../src/http/body-budget.js';
import {TransportError} from '../../src/http/transport-error.js';
import {rawServer} from '../hostile/raw-server.js';
import {type Api, failing, gate, json, type Reply, startApi} from '../support/api-server.js';
import {FakeClock} from '../support/fake-clock.js';
import {get, running, sending} from './setup.js';

const rows = '[{"id":1},{"id":2}]';

/** Two bodies of 700 bytes, the slow one going on when `held` opens. */
function slowAndQuick() {
  const held = gate();
  async function* slow(): AsyncGenerator<string> {
    yield `[${' '.repeat(700)}`;
    await held.opened;
    yield ']';
  }
  return {held, routes: {'/slow': () => ({body: slow()}), '/quick': json(`[${' '.repeat(700)}]`)}};
}

describe('content coding', () => {
  test.each([
    ['gzip', gzipSync(rows)],
    ['GZIP', gzipSync(rows)],
    ['x-gzip', gzipSync(rows)],
    ['deflate', deflateSync(rows)],
    ['deflate', deflateRawSync(rows)],
    ['br', brotliCompressSync(rows)],
    ['gzip, br', brotliCompressSync(gzipSync(rows))],
    ['identity', Buffer.from(rows)],
    ['utf-8', Buffer.from(rows)],
  ])('%s', async (coding, body) => {
    await using api = await startApi(() => json('', {headers: {'content-encoding': coding}}));
    await using coded = await startApi(() => ({headers: {'content-encoding': coding}, body}));
    expect(await sending({base: coded.url}).send(get(coded.url), {signal: running()})).toMatchObject({
      rows: 2,
      bytes: 19,
    });
    expect(await sending({base: api.url}).send(get(api.url), {signal: running()})).toMatchObject({rows: 0});
  });

  test.each([
    ['gzip', gzipSync(rows).subarray(0, 20)],
    ['gzip', Buffer.from(rows)],
    ['br', brotliCompressSync(rows).subarray(0, 10)],
  ])('damaged %s is a cut body', async (coding, body) => {
    await using api = await startApi(() => ({headers: {'content-encoding': coding}, body}));
    expect(await sending({base: api.url}).refusal(get(api.url))).toMatch(/^transient_error: .*damaged or cut short/);
  });
});

test('a body longer than its Content-Length is no whole one', async () => {
  await using api = await rawServer(
    'HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nContent-Length: 9\r\n\r\nid\r\n1\r\n\xc3\xa9\r\n2\r\n',
  );
  expect(await sending({base: api.url, retry: {maxRetries: 1}}).refusal(get(api.url))).toMatch(
    /^transient_error: .*the body is longer than the 9 bytes of its Content-Length/,
  );
  expect(api.requests.length).toBe(2);
});

describe('connections', () => {
  test('are kept, also after an error answer', async () => {
    await using api = await startApi((_request, index) => (index === 3 ? {status: 404, body: 'no'} : json(rows)));
    const {send} = sending({base: api.url});
    for (let index = 0; index < 10; index += 1) await send(get(api.url), {signal: running()});
    expect(api.connections).toBe(1);
  });

  test('one that the server closed while idle costs no retry', async () => {
    await using api = await startApi((_request, index) => (index === 1 ? {reset: true} : json(rows)));
    const {send, clock, stats} = sending({base: api.url});
    await send(get(api.url), {signal: running()});
    expect(await send(get(api.url, {method: 'POST'}), {signal: running()})).toMatchObject({rows: 2});
    expect(clock.sleeps).toEqual([]);
    expect(stats.requests).toBe(2);
  });
});

describe('limits of time', () => {
  async function* never(first: string): AsyncGenerator<string> {
    yield first;
    await new Promise(() => undefined);
  }

  test('silence before the answer and within it is a timeout, and repeated', async () => {
    const held = gate();
    const silent = async (): Promise<Reply> => {
      await held.opened;
      return json(rows);
    };
    for (const [slow, text] of [
      [silent, /no answer for 0\.05 s/],
      [(): Reply => ({body: never('[{"id":')}), /the answer stopped for 0\.05 s/],
    ] as const) {
      await using api = await startApi(slow);
      const {refusal, clock} = sending({base: api.url, timeout: 50});
      expect(await refusal(get(api.url))).toMatch(text);
      expect(clock.sleeps).toEqual([2000, 4000, 8000]);
    }
    held.open();
  });

  test('total_timeout ends an answer that goes on and on', async () => {
    const clock = new FakeClock({auto: false});
    await using api = await startApi(() => ({body: never('[{"id":')}));
    const {refusal} = sending({base: api.url, clock, totalTimeout: 90_000, retry: {maxRetries: 0}});
    const refused = refusal(get(api.url));
    await expect.poll(() => api.inFlight).toBe(1);
    clock.advance(90_000);
    expect(await refused).toMatch(/^transient_error: items: .*no whole answer within 90 s/);
  });

  test('what a body waits for others does not count', async () => {
    const clock = new FakeClock({auto: false});
    const {held, routes} = slowAndQuick();
    await using api = await startApi(routes);
    const {wire} = sending({base: api.url, clock, maxBytes: 1000});
    const ask = (path: string, totalTimeout: number) =>
      wire.transport(
        {method: 'GET', url: new URL(api.url + path), headers: {}, body: undefined},
        {signal: running(), timeout: 0, totalTimeout, maxBytes: 1000, share: watched(wire.bodies.open())},
      );
    let waits = 0;
    let taken = 0;
    const watched = (share: BodyShare): BodyShare => ({
      ...share,
      take: (size) => {
        taken += size;
        return share.take(size);
      },
      grow: (size, signal) => {
        waits += 1;
        return share.grow(size, signal);
      },
    });
    const first = ask('/slow', 1_000_000);
    await expect.poll(() => taken).toBeGreaterThanOrEqual(701);
    const second = ask('/quick', 10_000);
    await expect.poll(() => waits).toBe(1);
    clock.advance(10_000);
    clock.advance(9_000);
    expect(clock.alarms).toBe(2);
    held.open();
    expect((await first).body).toHaveLength(702);
    expect(clock.alarms).toBe(1);
    void second;
  });

  test('total_timeout leaves no timer behind', async () => {
    await using api = await startApi(() => json(rows));
    const {send, clock} = sending({base: api.url});
    await send(get(api.url), {signal: running()});
    expect(clock.alarms).toBe(0);
  });
});

describe('bodies', () => {
  test('chunks without a length, byte by byte, are one body', async () => {
    async function* drip(): AsyncGenerator<string> {
      for (const byte of rows) yield byte;
    }
    await using api = await startApi(() => ({body: drip()}));
    expect(await sending({base: api.url}).send(get(api.url), {signal: running()})).toMatchObject({rows: 2});
  });

  test('a chunked body without its end is cut, even where its text is whole', async () => {
    const {createServer} = await import('node:net');
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n[]\r\n', () => socket.destroy());
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const base = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
    expect(await sending({base}).refusal(get(base))).toMatch(/^transient_error: .*connection ended after 2 bytes/);
    server.close();
  });

  test('a second body waits for room and goes on when the first is done', async () => {
    const {held, routes} = slowAndQuick();
    await using api = await startApi(routes);
    const {send} = sending({base: api.url, maxBytes: 1000});
    const attemptsBegun = ({requests}: Api): number => requests.length;
    const done: string[] = [];
    const first = send(get(`${api.url}/slow`), {signal: running()}).then(() => done.push('slow'));
    await expect.poll(() => attemptsBegun(api)).toBe(1);
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    const second = send(get(`${api.url}/quick`), {signal: running()}).then(() => done.push('quick'));
    await expect.poll(() => attemptsBegun(api)).toBe(2);
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(done).toEqual([]);
    held.open();
    await Promise.all([first, second]);
    expect(done).toContain('slow');
    expect(done).toContain('quick');
  });
});

describe('proxies from the environment', () => {
  const before = {...process.env};
  afterEach(() => {
    process.env = {...before};
  });

  test('are used', async () => {
    await using proxy = await startApi(() => json(rows));
    process.env['http_proxy'] = `http://user:pass@127.0.0.1:${proxy.port}`;
    process.env['no_proxy'] = '';
    const base = 'http://api.example.invalid';
    expect(await sending({base, direct: false}).send(get(`${base}/items?a=1`), {signal: running()})).toMatchObject({
      rows: 2,
    });
    expect(proxy.requests[0]?.target).toBe('http://api.example.invalid/items?a=1');
  });

  const silent = (): void => undefined;

  const upgrade = 'HTTP/1.1 101 X\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n';

  test.each([
    ['promises another protocol', 'http', upgrade, /the connection ended without an answer/],
    ['promises another protocol', 'https', upgrade, /the connection ended without an answer/],
    ['wants a password', 'https', 'HTTP/1.1 407 X\r\ncontent-length: 0\r\n\r\n', /answered 407 .* A proxy refuses the/],
    ['speaks no HTTP', 'https', 'no proxy\r\n\r\n', /no valid HTTP: .* \(a proxy is named in the environment/],
    ['hangs up', 'https', '', /no answer for 60 s/],
    ['is silent', 'https', silent, /no answer for 60 s/],
    ['has much to say', 'http', `HTTP/1.1 200 X\r\nx: ${'a'.repeat(70_000)}\r\n\r\n`, /answer is larger than 65536/],
  ])('one that %s ends the request by %s', async (_, scheme, answer, message) => {
    await using proxy = await rawServer(typeof answer === 'string' ? answer : silent);
    process.env[`${scheme}_proxy`] = `http://user:pa55@127.0.0.1:${proxy.port}`;
    process.env['no_proxy'] = '';
    const base = `${scheme}://api.example.invalid`;
    const clock = new FakeClock();
    const {refusal} = sending({base, direct: false, clock, timeout: 60_000, retry: {maxRetries: 0}});
    const said = refusal(get(`${base}/items`));
    if (message.source.includes('60 s')) {
      await expect.poll(() => proxy.requests.length, {timeout: 30_000}).toBe(1);
      clock.advance(60_000);
    }
    expect(await said).toMatch(message);
    expect(await said).not.toContain('pa55');
  });

  test('that nobody answers for are told', async () => {
    const gone = await startApi({});
    await gone.close();
    process.env['http_proxy'] = gone.url;
    process.env['no_proxy'] = '';
    const base = 'http://api.example.invalid';
    expect(await sending({base, direct: false}).refusal(get(base))).toMatch(
      /^transient_error: .*ECONNREFUSED 127\.0\.0\.1:\d+ \(a proxy is named in the environment: HTTP_PROXY/,
    );
  });
});

test('errors carry nothing of the client library', async () => {
  await using api = await startApi(failing(1, {reset: true}, json(rows)));
  const {wire} = sending({base: api.url});
  const request = {method: 'GET', url: new URL(api.url), headers: {authorization: 'Bearer s3cret'}, body: undefined};
  const share = {take: () => true, grow: () => Promise.resolve(), close: () => undefined};
  const options = {signal: running(), timeout: 1000, totalTimeout: 1000, maxBytes: 100, share};
  const error = await wire.transport(request, options).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(TransportError);
  expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('s3cret');
});
