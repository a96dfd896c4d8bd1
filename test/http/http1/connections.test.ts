import type {Socket} from 'node:net';
import {describe, expect, test} from 'vitest';
import {openDirect} from '../../../src/http/open-direct.js';
import {page, rawServer} from '../../hostile/raw-server.js';
import {ask, failure, inPieces, turn, withResolvers} from './asking.js';

const ok = 'HTTP/1.1 200 OK\r\n';
const a = `${ok}Content-Length: 1\r\n\r\na`;

/** Two answers like `first`, then how many connections they took. */
async function connectionsOf(first: string, headers: Record<string, string> = {}): Promise<number> {
  await using api = await rawServer((socket, index) => socket.write(index === 0 ? first : a));
  const open = openDirect();
  await ask(open, api.url, {headers}).answer;
  await turn();
  expect((await ask(open, api.url).answer).body.toString()).toBe('a');
  return api.connections;
}

describe('used again', () => {
  test.each([
    ['after a body of known length', a],
    ['after chunks', `${ok}Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n`],
    ['after no body', 'HTTP/1.1 204 No Content\r\n\r\n'],
    ['of HTTP/1.0, where it says so', 'HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 1\r\n\r\na'],
    ['with a hint that it is kept for long', `${ok}Keep-Alive: timeout=30, max=100\r\nContent-Length: 1\r\n\r\na`],
  ])('%s', async (_, first) => expect(await connectionsOf(first)).toBe(1));

  test.each([
    ['asked to close', `${ok}Connection: close\r\nContent-Length: 1\r\n\r\na`],
    ['asked to close among others', `${ok}Connection: x, Close\r\nContent-Length: 1\r\n\r\na`],
    ['of HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na'],
    ['kept no longer than a second', `${ok}Keep-Alive: timeout=1\r\nContent-Length: 1\r\n\r\na`],
    ['with bytes behind the answer', `${a}HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad`],
    ['with bytes behind a large answer', `${ok}Content-Length: 200000\r\n\r\n${'x'.repeat(200_000)}${ok}`],
    ['with bytes behind chunks', `${ok}Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\nx`],
    ['with a length beside chunks', `${ok}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n`],
    ['with a body behind 204', 'HTTP/1.1 204 No Content\r\nContent-Length: 1\r\n\r\na'],
  ])('not where it was %s', async (_, first) => expect(await connectionsOf(first)).toBe(2));

  test('not where the configuration asks to close', async () => {
    expect(await connectionsOf(a, {connection: 'close'})).toBe(2);
  });

  test('not after bytes that nobody asked for', async () => {
    const first = withResolvers<Socket>();
    await using api = await rawServer((socket) => {
      first.resolve(socket);
      socket.write(a);
    });
    const open = openDirect();
    await ask(open, api.url).answer;
    await inPieces(await first.promise, [`${ok}Content-Length: 3\r\n\r\nbad`]);
    expect((await ask(open, api.url).answer).body.toString()).toBe('a');
    expect(api.connections).toBe(2);
  });

  test('not once the server has closed it', async () => {
    const first = withResolvers<Socket>();
    await using api = await rawServer((socket) => {
      first.resolve(socket);
      socket.write(a);
    });
    const open = openDirect();
    await ask(open, api.url).answer;
    (await first.promise).end();
    await turn();
    await turn();
    expect((await ask(open, api.url).answer).body.toString()).toBe('a');
    expect(api.connections).toBe(2);
  });

  test('as many as there are requests at once, the one used last first', async () => {
    const sockets: Socket[] = [];
    await using api = await rawServer((socket) => void sockets.push(socket));
    const open = openDirect();
    const asked = [ask(open, api.url), ask(open, api.url)];
    await expect.poll(() => sockets.length).toBe(2);
    sockets[1]?.write(a);
    await asked[1]?.answer;
    sockets[0]?.write(a);
    await asked[0]?.answer;
    const third = ask(open, api.url);
    await expect.poll(() => sockets.length).toBe(3);
    expect(sockets[2]).toBe(sockets[0]);
    sockets[2]?.write(a);
    await third.answer;
    expect(api.connections).toBe(2);
  });

  test('the next request may be sent within the end of the last', async () => {
    await using api = await rawServer((socket) => socket.write(a));
    const open = openDirect();
    const bodies: string[] = [];
    for (let time = 0; time < 20; time++) bodies.push((await ask(open, api.url).answer).body.toString());
    expect(bodies.join('')).toBe('a'.repeat(20));
    expect(api.connections).toBe(1);
  });
});

describe('an end', () => {
  test('of a connection that was used before is marked, for it may be no fault of the request', async () => {
    await using api = await rawServer((socket, index) => (index === 0 ? socket.write(a) : socket.destroy()));
    const open = openDirect();
    await ask(open, api.url).answer;
    await expect(ask(open, api.url).answer).rejects.toMatchObject({code: 'ECONNRESET', stale: true});
    await expect(ask(open, api.url).answer).rejects.toMatchObject({code: 'ECONNRESET', stale: false});
  });

  test('is not marked once anything of an answer came', async () => {
    await using api = await rawServer((socket, index) =>
      index === 0 ? socket.write(a) : socket.write('HTTP/1.1 2', () => socket.destroy()),
    );
    const open = openDirect();
    await ask(open, api.url).answer;
    await expect(ask(open, api.url).answer).rejects.toMatchObject({stale: false});
  });

  test('before a large request is written is the answer that came first', async () => {
    const body = Buffer.alloc(8_000_000, 'x');
    await using api = await rawServer((socket, index) => {
      if (index === 0) socket.write('HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n');
    });
    const open = openDirect();
    const early = ask(open, api.url, {method: 'POST', body});
    expect((await early.answer).status).toBe(413);
    // What is still to be written of the request may not be read as the next one.
    const next = ask(open, api.url);
    await expect.poll(() => api.connections).toBe(2);
    next.call.abort();
  });
});

describe('a pause', () => {
  const large = page({text: 'x'.repeat(3_000_000)});

  test.each([0, 50_000])('holds the answer back, and loses nothing (pieces of %d in place)', async (room) => {
    await using api = await rawServer((socket) => socket.write(large));
    let seen = 0;
    const asked = ask(openDirect(), api.url, {
      room,
      onData: () => {
        if (seen === 0) asked.call.pause();
        seen++;
      },
    });
    await expect.poll(() => seen).toBeGreaterThan(0);
    const before = asked.received();
    for (let time = 0; time < 20; time++) await turn();
    // What had been read already may still come.
    expect(asked.received() - before).toBeLessThanOrEqual(65_536);
    asked.call.resume();
    expect((await asked.answer).body.length).toBe(3_000_011);
  });

  test('keeps an end back until it goes on', async () => {
    await using api = await rawServer((socket) => {
      socket.write(large.subarray(0, 2_000_000), () => socket.end());
    });
    let ended = false;
    const asked = ask(openDirect(), api.url, {onHead: () => asked.call.pause()});
    asked.answer.catch(() => {
      ended = true;
    });
    await expect.poll(() => api.requests.length).toBe(1);
    for (let time = 0; time < 20; time++) await turn();
    expect(ended).toBe(false);
    asked.call.resume();
    expect(await failure(asked)).toBe('ECONNRESET: socket hang up');
    expect(asked.received()).toBeGreaterThan(1_900_000);
  });
});

describe('an abort', () => {
  test('before the connection is there, before the head, within it and within the body', async () => {
    for (const written of ['', 'HTTP/1.1 2', `${ok}Content-Length: 9\r\n\r\nabc`]) {
      const closed = withResolvers<void>();
      await using api = await rawServer((socket) => {
        socket.once('close', () => closed.resolve());
        if (written !== '') socket.write(written);
      });
      const open = openDirect();
      const asked = ask(open, api.url);
      await expect.poll(() => api.requests.length).toBe(1);
      await turn();
      asked.call.abort();
      await closed.promise;
      const [none] = await Promise.race([asked.answer.then(() => ['answered']), turn().then(() => ['nothing'])]);
      expect(none).toBe('nothing');
    }
    await using api = await rawServer(a);
    ask(openDirect(), api.url).call.abort();
    for (let time = 0; time < 5; time++) await turn();
    expect(api.requests).toEqual([]);
  });

  test('afterwards does nothing to who uses the connection next', async () => {
    await using api = await rawServer((socket, index) => index === 0 && socket.write(a));
    const open = openDirect();
    const first = ask(open, api.url);
    await first.answer;
    const second = ask(open, api.url);
    first.call.abort();
    first.call.pause();
    await expect.poll(() => api.requests.length).toBe(2);
    expect(api.connections).toBe(1);
    second.call.abort();
  });
});

describe('silence', () => {
  test('before the head and within the body is told, and goes on', async () => {
    for (const written of ['', `${ok}Content-Length: 9\r\n\r\nabc`]) {
      await using api = await rawServer((socket) => written !== '' && socket.write(written));
      const {promise, resolve} = withResolvers<void>();
      const asked = ask(openDirect(), api.url, {
        timeout: 20,
        onSilence: () => {
          if (asked.silences() === 2) resolve();
        },
      });
      await promise;
      asked.call.abort();
    }
  });

  test('of an idle connection is no matter', async () => {
    await using api = await rawServer((socket) => socket.write(a));
    const open = openDirect();
    const first = ask(open, api.url, {timeout: 20});
    await first.answer;
    await expect.poll(() => api.connections).toBe(1);
    expect((await ask(open, api.url, {timeout: 20}).answer).status).toBe(200);
    expect(first.silences()).toBe(0);
  });
});

test('a request is one: what would begin a line of its own is refused before anything is sent', async () => {
  await using api = await rawServer(a);
  for (const headers of [{'x-a': 'b\r\nx-c: d'}, {'x-a': 'b\nx-c: d'}, {'x-a\r\nx-c': 'd'}, {'x-a': 'b\u010ax-c: d'}]) {
    expect(() => ask(openDirect(), api.url, {headers})).toThrow();
  }
  expect(api.connections).toBe(0);
});
