import {createServer as createPlainServer, type LookupFunction} from 'node:net';
import tls, {createServer, type TLSSocket} from 'node:tls';
import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest';
import {openDirect} from '../../../src/http/open-direct.js';
import {page} from '../../hostile/raw-server.js';
import {certificate, privateKey} from '../../hosts/certificate.js';
import {listening} from '../../support/listening.js';
import {ask, failure, turn, withResolvers} from './asking.js';

// The certificate is for localhost, 127.0.0.1 and *.example.com.

const names: LookupFunction = (_name, _options, done) => done(null, [{address: '127.0.0.1', family: 4}]);

/** A server that answers each request over TLS, with what came and over which sockets. */
async function secureServer(answer: (socket: TLSSocket) => void) {
  const sockets: TLSSocket[] = [];
  const resumed: boolean[] = [];
  let text = '';
  const server = createServer({cert: certificate, key: privateKey}, (socket) => {
    sockets.push(socket);
    resumed.push(socket.isSessionReused());
    socket.on('error', () => undefined);
    socket.on('data', (bytes: Buffer) => {
      text += bytes.toString('latin1');
      if (bytes.includes('\r\n\r\n')) answer(socket);
    });
  });
  const at = await listening(server);
  return {
    port: at.port,
    url: `https://localhost:${at.port}`,
    sockets,
    resumed,
    /** Everything that was read. */
    read: () => text,
    connections: () => at.connections,
    [Symbol.asyncDispose]: at.close,
  };
}

const body = Buffer.from('{"id":1}');

describe('a certificate that is trusted', () => {
  const make = tls.createSecureContext;
  beforeEach(() => {
    vi.spyOn(tls, 'createSecureContext').mockImplementation((options) => make({...options, ca: certificate}));
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  test('one connection, over which HTTP/1.1 is agreed on, for one request after the other', async () => {
    await using api = await secureServer((socket) => socket.write(page({id: 1})));
    const open = openDirect(names);
    const url = `https://api.example.com:${api.port}/a?b=c`;
    for (let time = 0; time < 5; time++) expect((await ask(open, url).answer).body).toEqual(body);
    expect(api.connections()).toBe(1);
    expect(api.read()).toMatch(/^GET \/a\?b=c HTTP\/1\.1\r\nHost: api\.example\.com:\d+\r\n/i);
    const [socket] = api.sockets;
    expect(socket).toMatchObject({servername: 'api.example.com'});
  });

  test('a session is resumed by the next connection', async () => {
    await using api = await secureServer((socket) => socket.end(page({id: 1}, ['connection: close'])));
    const open = openDirect(names);
    for (let time = 0; time < 3; time++) await ask(open, api.url).answer;
    expect(api.resumed).toEqual([false, true, true]);
  });

  test('a large body, with pauses', async () => {
    await using api = await secureServer((socket) => socket.write(page({text: 'x'.repeat(3_000_000)})));
    for (const room of [0, 40_000]) {
      let pieces = 0;
      const asked = ask(openDirect(names), api.url, {
        room,
        onData: () => {
          pieces++;
          if (pieces % 5 !== 0) return;
          asked.call.pause();
          setImmediate(() => asked.call.resume());
        },
      });
      expect((await asked.answer).body.length).toBe(3_000_011);
      expect(pieces).toBeGreaterThan(5);
    }
  });

  test('a large request', async () => {
    await using api = await secureServer((socket) => socket.write(page({id: 1})));
    const sent = Buffer.alloc(2_000_000, 'y');
    await ask(openDirect(names), api.url, {method: 'POST', body: sent}).answer;
    await expect.poll(() => api.read().length).toBeGreaterThan(2_000_000);
    expect(api.read().slice(-2_000_000)).toBe(sent.toString());
  });

  test('for another name: refused, and nothing of the request is sent', async () => {
    await using api = await secureServer((socket) => socket.write(page({id: 1})));
    const said = await failure(ask(openDirect(names), `https://example.org:${api.port}`));
    expect(said).toMatch(/^ERR_TLS_CERT_ALTNAME_INVALID: .*does not match certificate's altnames/);
    await turn();
    expect(api.read()).toBe('');
  });

  test('the name is that of the Host header, as with Node', async () => {
    await using api = await secureServer((socket) => socket.write(page({id: 1})));
    const heard = await ask(openDirect(names), `https://example.org:${api.port}`, {headers: {host: 'a.example.com'}})
      .answer;
    expect(heard.body).toEqual(body);
  });

  test('an address', async () => {
    await using api = await secureServer((socket) => socket.write(page({id: 1})));
    expect((await ask(openDirect(), `https://127.0.0.1:${api.port}`).answer).body).toEqual(body);
  });

  test('a body cut short', async () => {
    await using api = await secureServer((socket) => {
      socket.write(page({id: 1}).subarray(0, -3), () => socket.destroy());
    });
    expect(await failure(ask(openDirect(), api.url))).toBe('ECONNRESET: socket hang up');
  });
});

test('a certificate that nobody trusts: refused, and nothing of the request is sent', async () => {
  await using api = await secureServer((socket) => socket.write(page({id: 1})));
  const said = await failure(ask(openDirect(), api.url, {headers: {authorization: 'secret'}}));
  expect(said).toMatch(/^DEPTH_ZERO_SELF_SIGNED_CERT: /);
  await turn();
  expect(api.read()).toBe('');
});

test('no TLS at this port', async () => {
  const port = await listening(
    createPlainServer((socket) => void socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))),
  );
  expect(await failure(ask(openDirect(), `https://127.0.0.1:${port.port}`))).toMatch(/wrong version number/);
  await port.close();
});

test('within the handshake: silence, an abort, an end', async () => {
  const hello = withResolvers<void>();
  const closed = withResolvers<void>();
  const mute = await listening(
    createPlainServer((socket) => {
      socket.once('data', () => hello.resolve());
      socket.once('close', () => closed.resolve());
    }),
  );
  const silent = withResolvers<void>();
  const asked = ask(openDirect(), `https://127.0.0.1:${mute.port}`, {timeout: 20, onSilence: () => silent.resolve()});
  await hello.promise;
  await silent.promise;
  asked.call.abort();
  await closed.promise;
  await mute.close();

  const rude = await listening(createPlainServer((socket) => void socket.once('data', () => socket.destroy())));
  expect(await failure(ask(openDirect(), `https://127.0.0.1:${rude.port}`))).toMatch(/^ECONNRESET: /);
  await rude.close();
});
