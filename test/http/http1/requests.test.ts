import {once} from 'node:events';
import {createServer, type Socket} from 'node:net';
import {networkInterfaces} from 'node:os';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {asksToClose, requestHead, serverName} from '../../../src/http/http1/request-text.js';
import {openDirect} from '../../../src/http/open-direct.js';
import type {WireRequest} from '../../../src/http/wire.js';
import {rawServer} from '../../hostile/raw-server.js';
import {startApi} from '../../support/api-server.js';
import {listening} from '../../support/listening.js';
import {get, sending} from '../setup.js';
import {ask, handed, settled} from './asking.js';

const request = (headers: Readonly<Record<string, string>>, more: Partial<WireRequest> = {}): WireRequest => ({
  method: 'GET',
  url: new URL('http://a.example:81/b?c=d#e'),
  headers,
  body: undefined,
  ...more,
});

describe('the head of a request', () => {
  test('is this', () => {
    expect(requestHead(request({Accept: '*/*', 'X-Name': 'gr\xfc\xdfe\t!'}))).toBe(
      'GET /b?c=d HTTP/1.1\r\nAccept: */*\r\nX-Name: gr\xfc\xdfe\t!\r\nHost: a.example:81\r\nConnection: keep-alive\r\n\r\n',
    );
  });

  test('has one of headers that differ in case, and its framing is not that of the configuration', () => {
    const headers = {'x-a': '1', 'X-A': '2', host: 'b', 'Content-Length': '9', 'transfer-Encoding': 'chunked'};
    expect(requestHead(request(headers))).toBe(
      'GET /b?c=d HTTP/1.1\r\nX-A: 2\r\nhost: b\r\nConnection: keep-alive\r\n\r\n',
    );
    expect(requestHead(request(headers, {method: 'DELETE', body: Buffer.from('abc')}))).toMatch(
      /^DELETE .*\r\nX-A: 2\r\nhost: b\r\nContent-Length: 3\r\nConnection: keep-alive\r\n\r\n$/,
    );
  });

  // U+010A and U+010D are a line feed and a return once Latin-1 has cut them.
  test.each(['a\r\nb: c', 'a\nb', 'a\rb', 'a\0b', 'a\u010d\u010ab: c', '\u{1f600}', 'a\x1fb'])(
    'holds no line break: %j',
    (value) => {
      expect(() => requestHead(request({'x-a': value}))).toThrow('a line break in the header "x-a"');
      expect(() => requestHead(request({[value]: 'x'}))).toThrow('a line break in the header');
    },
  );

  test('is as many lines as it has headers, whatever their values and the URL', () => {
    const characters = [
      'a',
      'b',
      ' ',
      '\t',
      '\xff',
      '\r',
      '\n',
      '\0',
      '\u010a',
      '\u010d',
      '\u{1f600}',
      '%',
      '?',
      '#',
      '/',
    ];
    const text = fc.string({unit: fc.constantFrom(...characters), maxLength: 4});
    fc.assert(
      fc.property(text, text, (value, path) => {
        const url = new URL('http://a.example/');
        url.pathname = path;
        url.search = path;
        let head = '';
        try {
          head = requestHead(request({'x-a': value}, {url}));
        } catch {
          return;
        }
        const written = Buffer.from(head, 'latin1').toString('latin1');
        expect(written).toBe(head);
        expect(written.split(/\r\n|\r|\n/)).toHaveLength(6);
        expect(written).toMatch(/^GET \/\S* HTTP\/1\.1\r\n/);
      }),
    );
  });

  test.each([
    ['Connection', 'close', true],
    ['connection', 'x, Close', true],
    ['Connection', 'keep-alive', false],
    ['X-Connection', 'close', false],
  ])('%s: %s asks for an end: %s', (name, value, expected) => {
    expect(asksToClose(requestHead(request({[name]: value})))).toBe(expected);
  });

  test('that cannot be written costs no connection', async () => {
    await using server = await rawServer((socket) => void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'));
    const open = openDirect();
    await ask(open, server.url).over;
    expect(() => ask(open, server.url, {headers: {'x-a': 'a\nb'}})).toThrow('a line break');
    await ask(open, server.url).over;
    expect(server.connections).toBe(1);
  });
});

test.each([
  ['https://a.example:1', {}, 'a.example'],
  ['https://127.0.0.1:1', {}, ''],
  ['https://[::1]:1', {}, ''],
  ['https://a.example', {Host: 'b.example:2'}, 'b.example'],
  ['https://a.example', {host: 'b.example', HOST: 'c.example'}, 'c.example'],
  ['https://a.example', {host: '[::1]:2'}, ''],
])('the name that a certificate is asked for: %s %j', (url, headers, name) => {
  expect(serverName(request(headers, {url: new URL(url)}))).toBe(name);
});

describe('an answer that comes before the whole request is written', () => {
  const body = Buffer.alloc(20_000_000, 'a');

  test('is taken, and the connection is not used again', async () => {
    await using server = await handed();
    const open = openDirect();
    const asked = ask(open, server.url, {method: 'POST', body});
    const socket = await server.next();
    socket.pause();
    socket.write('HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig');
    expect(await asked.over).toMatchObject({failure: '', status: 413, text: 'big'});
    socket.resume();
    await once(socket, 'close');
    const second = ask(open, server.url);
    (await server.next()).write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    expect((await second.over).failure).toBe('');
  });

  test('an abort ends the writing', async () => {
    await using server = await handed();
    const asked = ask(openDirect(), server.url, {method: 'POST', body});
    const socket = await server.next();
    asked.abort();
    await once(socket, 'close');
    expect(asked.taken.isOver).toBe(false);
  });

  test('a server that goes while it is written is an error that says so', async () => {
    await using server = await handed();
    const asked = ask(openDirect(), server.url, {method: 'POST', body});
    (await server.next()).resetAndDestroy();
    expect((await asked.over).failure).toMatch(/^(ECONNRESET|EPIPE): /);
  });
});

describe('an odd server', () => {
  const answer = 'HTTP/1.1 200 OK\r\nX-A: b\r\nContent-Length: 2\r\n\r\n[]';

  test('writes byte by byte', async () => {
    await using server = await rawServer((socket) => {
      socket.setNoDelay(true);
      let at = 0;
      const write = (): void => {
        if (at < answer.length) socket.write(answer.charAt(at++), () => setImmediate(write));
      };
      write();
    });
    expect(await ask(openDirect(), server.url).over).toMatchObject({failure: '', text: '[]'});
  });

  test.each([
    [65_536, ''],
    [65_537, 'HPE_HEADER_OVERFLOW: Header overflow'],
  ])('has a head of %i bytes', async (size, failure) => {
    const head = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A: \r\n\r\n';
    const bytes = `${head.slice(0, -4)}${'a'.repeat(size - head.length)}\r\n\r\n[]`;
    await using server = await rawServer((socket) => void socket.write(bytes));
    expect((await ask(openDirect(), server.url).over).failure).toBe(failure);
  });

  test('writes chunks that are none', async () => {
    const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\nzz\r\n';
    await using server = await rawServer((socket) => void socket.write(chunked));
    const {refusal} = sending({base: server.url, retry: {maxRetries: 0}});
    expect(await refusal(get(server.url))).toMatch(/ended after 2 bytes of the body: what follows is no valid chunk/);
  });

  test('closes its half after the answer, and reads on', async () => {
    const server = createServer({allowHalfOpen: true}, (socket) => void socket.once('data', () => socket.end(answer)));
    const at = await listening(server);
    const open = openDirect();
    for (let turn = 0; turn < 2; turn += 1) {
      expect(await ask(open, at.url).over).toMatchObject({failure: '', text: '[]'});
      await settled();
    }
    await at.close();
    expect(at.connections).toBe(2);
  });

  test('closes its half instead of an answer', async () => {
    const server = createServer(
      {allowHalfOpen: true},
      (socket: Socket) => void socket.once('data', () => socket.end()),
    );
    const at = await listening(server);
    expect((await ask(openDirect(), at.url).over).failure).toBe('ECONNRESET: socket hang up');
    await at.close();
  });

  test('answers as soon as it is connected', async () => {
    const server = createServer((socket) => void socket.write(answer));
    const at = await listening(server);
    expect(await ask(openDirect(), at.url).over).toMatchObject({failure: '', text: '[]'});
    await at.close();
  });

  test('has many blanks in a header: that takes no time', async () => {
    const blanks = ' \t'.repeat(30_000);
    await using server = await rawServer(`HTTP/1.1 200 OK\r\nX-A: a${blanks}b\r\n\r\n[]`);
    const before = performance.now();
    expect((await ask(openDirect(), server.url).over).headers).toEqual([['x-a', `a${blanks}b`]]);
    expect(performance.now() - before).toBeLessThan(500);
  });
});

const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({address}) => address === '::1'));

describe('an address', () => {
  test.skipIf(!hasIpv6)('of IPv6 may stand in the URL', async () => {
    const server = createServer((socket) => {
      socket.on('data', (bytes) => socket.end(`HTTP/1.1 200 OK\r\n\r\n${/Host: (.*)/.exec(bytes.toString())?.[1]}`));
    });
    server.listen(0, '::1');
    await once(server, 'listening');
    const address = server.address();
    const host = `[::1]:${typeof address === 'object' ? address?.port : ''}`;
    const {failure, text} = await ask(openDirect(), `http://${host}`).over;
    server.close();
    expect([failure, text]).toEqual(['', host]);
  });

  test('that refuses is followed by the next of the name', async () => {
    await using api = await startApi(() => ({body: '[]'}));
    const found = [
      {address: '::1', family: 6},
      {address: '127.0.0.1', family: 4},
    ];
    const open = openDirect((_name, _options, callback) => callback(null, found));
    expect(await ask(open, `http://a.example:${api.port}`).over).toMatchObject({failure: '', text: '[]'});
    expect(api.requests[0]?.headers.host).toBe(`a.example:${api.port}`);
  });

  test('is an error where all of them refuse, or there is none', async () => {
    const api = await startApi({});
    await api.close();
    const found = ['127.0.0.1', '127.0.0.2'].map((address) => ({address, family: 4}));
    const refusing = openDirect((_name, _options, callback) => callback(null, found));
    const {failure} = await ask(refusing, `http://a.example:${api.port}`).over;
    expect(failure).toMatch(
      /^ECONNREFUSED: connect ECONNREFUSED 127\.0\.0\.1:\d+, connect ECONNREFUSED 127\.0\.0\.2:\d+$/,
    );
    const missing = Object.assign(new Error('getaddrinfo ENOTFOUND a.example'), {code: 'ENOTFOUND'});
    const unknown = openDirect((_name, _options, callback) => callback(missing, []));
    expect((await ask(unknown, 'http://a.example').over).failure).toBe('ENOTFOUND: getaddrinfo ENOTFOUND a.example');
  });
});
