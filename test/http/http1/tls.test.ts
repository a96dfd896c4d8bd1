import {once} from 'node:events';
import {createServer as createHttpServer} from 'node:http';
import {createServer as createHttpsServer} from 'node:https';
import {createServer as createTcpServer} from 'node:net';
import tls, {createServer as createTlsServer, type TLSSocket} from 'node:tls';
import {afterAll, beforeAll, describe, expect, test, vi} from 'vitest';
import {openDirect} from '../../../src/http/open-direct.js';
import {certificate, privateKey} from '../../hosts/certificate.js';
import {type Listening, listening} from '../../support/listening.js';
import {get, sending} from '../setup.js';
import {ask, settled} from './asking.js';

// The certificate is for localhost and 127.0.0.1, and no authority has signed it: only these tests trust it.

const identity = {cert: certificate, key: privateKey};
let trusting: {mockRestore(): void} | undefined;

function trust(): void {
  const create = tls.createSecureContext;
  trusting = vi
    .spyOn(tls, 'createSecureContext')
    .mockImplementation((options) => create({ca: certificate, ...options}));
}

beforeAll(trust);
afterAll(() => trusting?.mockRestore());

const secure = ({port}: Listening, host = '127.0.0.1'): string => `https://${host}:${port}/`;

/** A server of HTTPS that has something to say, and what came of it. */
async function api(answer: string | Buffer = '[]') {
  const requests: string[] = [];
  const sessions: boolean[] = [];
  const server = createHttpsServer(identity, (request, response) => {
    requests.push(`${request.method} ${request.headers.host}`);
    sessions.push((request.socket as TLSSocket).isSessionReused());
    response.setHeader('connection', request.headers.connection ?? '');
    response.end(answer);
  });
  const at = await listening(server);
  return {...at, server, requests, sessions, [Symbol.asyncDispose]: at.close};
}

/** A server that takes connections and does this with them. */
async function taking(socketDoes: Parameters<typeof createTcpServer>[1]) {
  const at = await listening(createTcpServer(socketDoes));
  return {...at, [Symbol.asyncDispose]: at.close};
}

/** A server of TLS that does this with a connection. */
async function speaking(speak: (socket: TLSSocket) => void) {
  const at = await listening(createTlsServer(identity, speak));
  return {...at, [Symbol.asyncDispose]: at.close};
}

describe('an answer over TLS', () => {
  test('is read, and its connection used again', async () => {
    await using server = await api();
    let connections = 0;
    server.server.on('secureConnection', () => {
      connections += 1;
    });
    const open = openDirect();
    for (let turn = 0; turn < 3; turn += 1) {
      expect(await ask(open, secure(server)).over).toMatchObject({failure: '', status: 200, text: '[]'});
    }
    expect([connections, server.requests]).toEqual([1, Array(3).fill(`GET 127.0.0.1:${server.port}`)]);
  });

  test('the next connection resumes the session of the one before', async () => {
    await using server = await api();
    const open = openDirect();
    for (let turn = 0; turn < 2; turn += 1) {
      expect((await ask(open, secure(server), {headers: {connection: 'close'}}).over).failure).toBe('');
    }
    expect(server.sessions).toEqual([false, true]);
  });

  test('large, paused with each piece, comes whole', async () => {
    const body = Buffer.alloc(2_000_000, 'abcdefg');
    await using server = await api(body);
    const asked = ask(openDirect(), secure(server));
    asked.taken.onData = () => {
      asked.pause();
      setImmediate(() => asked.resume());
    };
    const {failure, body: read} = await asked.over;
    expect([failure, read.equals(body)]).toEqual(['', true]);
  });

  test('a large body of a request arrives whole', async () => {
    const body = Buffer.alloc(2_000_000, 'abcdefg');
    await using server = await speaking((socket) => {
      let size = 0;
      socket.on('data', (bytes) => {
        size += bytes.length;
        if (size > body.length) socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na`);
      });
    });
    expect(await ask(openDirect(), secure(server), {method: 'POST', body}).over).toMatchObject({
      failure: '',
      text: 'a',
    });
  });

  test('that ends with its connection ends well, also paused', async () => {
    await using server = await speaking((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\n\r\nabc'));
    });
    const asked = ask(openDirect(), secure(server));
    asked.taken.onData = () => {
      asked.pause();
      setImmediate(() => asked.resume());
    };
    expect(await asked.over).toMatchObject({failure: '', text: 'abc'});
  });

  test('that is cut is none', async () => {
    await using server = await speaking((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc'));
    });
    expect(await ask(openDirect(), secure(server)).over).toMatchObject({
      failure: 'ECONNRESET: socket hang up',
      text: 'abc',
    });
  });

  test('comes from the next address where the first refuses', async () => {
    await using server = await api();
    const addresses = [
      {address: '::1', family: 6},
      {address: '127.0.0.1', family: 4},
    ];
    const open = openDirect((_name, _options, callback) => callback(null, addresses));
    expect(await ask(open, secure(server, 'localhost')).over).toMatchObject({failure: '', text: '[]'});
    expect(server.requests).toEqual([`GET localhost:${server.port}`]);
  });
});

test('an answer that lay behind another is not that of the next request, though it comes in a record of its own', async () => {
  const head = 'HTTP/1.1 200 OK\r\nContent-Length: 16342\r\n\r\n';
  // As much as a record holds.
  const first = head.padEnd(16_384, 'a');
  await using server = await speaking((socket) => {
    socket.once('data', () => socket.write(`${first}HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n6`));
  });
  const open = openDirect();
  expect((await ask(open, secure(server)).over).failure).toBe('');
  const second = await ask(open, secure(server)).over;
  expect(second).toMatchObject({text: '', failure: 'HPE_INVALID: Bytes that nobody asked for'});
  expect((await ask(open, secure(server)).over).text).toHaveLength(16_342);
});

describe('before a certificate is checked nothing of a request is written', () => {
  test('nobody has signed it', async () => {
    trusting?.mockRestore();
    let read = 0;
    await using server = await speaking((socket) => {
      socket.on('data', (bytes) => {
        read += bytes.length;
      });
    });
    const {failure} = await ask(openDirect(), secure(server)).over;
    const said = await sending({base: secure(server), retry: {maxRetries: 0}}).refusal(get(secure(server)));
    await settled();
    trust();
    expect(failure).toMatch(/^DEPTH_ZERO_SELF_SIGNED_CERT: self-signed certificate/);
    expect(said).toMatch(/self-signed certificate.*NODE_EXTRA_CA_CERTS names the file of a further authority/);
    expect(read).toBe(0);
  });

  test.each([
    ['by the address', '127.0.0.1', {host: 'other.test'}],
    ['by the Host header', 'localhost', {Host: 'other.test:1'}],
  ])('it is for another name: %s', async (_, host, headers) => {
    await using server = await api();
    const {failure} = await ask(openDirect(), secure(server, host), {headers}).over;
    expect(failure).toMatch(/^ERR_TLS_CERT_ALTNAME_INVALID: .*other\.test\. is not in the cert's altnames/);
    expect(server.requests).toEqual([]);
  });

  test('a connection that was made for one name is none for another', async () => {
    await using server = await api();
    const open = openDirect();
    expect((await ask(open, secure(server)).over).failure).toBe('');
    const other = await ask(open, secure(server), {headers: {host: 'other.test'}}).over;
    expect(other.failure).toMatch(/^ERR_TLS_CERT_ALTNAME_INVALID/);
    expect(server.requests).toHaveLength(1);
  });
});

describe('instead of a handshake', () => {
  test('plain HTTP is said in words', async () => {
    const plain = createHttpServer((_, response) => void response.end('[]'));
    const at = await listening(plain);
    const said = await sending({base: secure(at), retry: {maxRetries: 0}}).refusal(get(secure(at)));
    await at.close();
    expect(said).toMatch(/no TLS is spoken at this port: is it http:\/\/ rather than https:\/\/\?/);
  });

  test('and TLS where plain HTTP was expected is an error', async () => {
    await using server = await api();
    const {failure} = await ask(openDirect(), `http://127.0.0.1:${server.port}`).over;
    expect(failure).toMatch(/^(ECONNRESET|HPE_INVALID): /);
  });

  test.each([
    ['an end', (socket: {end(): void}) => socket.end()],
    ['a reset', (socket: {destroy(): void}) => socket.destroy()],
  ])('%s', async (_, leave) => {
    await using server = await taking((socket) => void socket.once('data', () => leave(socket)));
    const {error} = await ask(openDirect(), secure(server)).over;
    expect(error).toMatchObject({code: 'ECONNRESET', stale: false});
  });

  test('silence is told, and an abort ends it', async () => {
    let closed: Promise<unknown> | undefined;
    await using server = await taking((socket) => {
      socket.resume();
      closed = once(socket, 'close');
    });
    const asked = ask(openDirect(), secure(server), {timeout: 20});
    await expect.poll(() => asked.taken.silences, {interval: 1}).toBeGreaterThan(1);
    asked.abort();
    await closed;
    expect(asked.taken.isOver).toBe(false);
  });

  test('silence is a timeout of the request', async () => {
    await using server = await taking((socket) => void socket.resume());
    const said = await sending({base: secure(server), timeout: 20, retry: {maxRetries: 0}}).refusal(
      get(secure(server)),
    );
    expect(said).toMatch(/^transient_error: .*no answer for 0\.02 s/);
  });
});
