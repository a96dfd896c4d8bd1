import {once} from 'node:events';
import type {Socket} from 'node:net';
import {describe, expect, test, vi} from 'vitest';
import type {Open} from '../../../src/http/open.js';
import {openDirect} from '../../../src/http/open-direct.js';
import {page, rawServer} from '../../hostile/raw-server.js';
import {get, sending} from '../setup.js';
import {type Asked, ask, type Handed, handed} from './asking.js';

const rows = 'Content-Length: 2\r\n\r\n[]';

/** Connections that two requests take, one after the other. */
async function connectionsFor(answer: string, headers: Readonly<Record<string, string>> = {}): Promise<number> {
  await using server = await rawServer((socket) => void socket.write(answer));
  const open = openDirect();
  for (let turn = 0; turn < 2; turn += 1) {
    const {failure, text} = await ask(open, server.url, {headers}).over;
    expect([failure, text]).toEqual(['', answer.includes('[]') ? '[]' : '']);
  }
  expect(server.requests).toHaveLength(2);
  return server.connections;
}

describe.concurrent('a connection is used again after', () => {
  test.each([
    ['HTTP/1.1', `HTTP/1.1 200 OK\r\n${rows}`],
    ['an error', `HTTP/1.1 500 OK\r\n${rows}`],
    ['chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n\r\n'],
    ['no body', 'HTTP/1.1 204 OK\r\n\r\n'],
    ['304, whose length is that of another answer', 'HTTP/1.1 304 OK\r\nContent-Length: 99\r\n\r\n'],
    ['an empty body', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'],
    ['HTTP/1.0 with keep-alive', `HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\n${rows}`],
    ['a time that is long enough', `HTTP/1.1 200 OK\r\nKeep-Alive: max=9, timeout=60\r\n${rows}`],
    ['another option', `HTTP/1.1 200 OK\r\nConnection: upgrade\r\n${rows}`],
  ])('%s', async (_, answer) => {
    expect(await connectionsFor(answer)).toBe(1);
  });
});

describe.concurrent('a connection is not used again after', () => {
  test.each([
    ['Connection: close', `HTTP/1.1 200 OK\r\nConnection: close\r\n${rows}`],
    [
      'close in another case, in a list',
      `HTTP/1.1 200 OK\r\nconnection: Keep-Alive\r\nconnection: x, CLOSE\r\n${rows}`,
    ],
    ['HTTP/1.0', `HTTP/1.0 200 OK\r\n${rows}`],
    ['HTTP/1.0 with both', `HTTP/1.0 200 OK\r\nConnection: keep-alive, close\r\n${rows}`],
    ['a second that is over too soon', `HTTP/1.1 200 OK\r\nKeep-Alive: Timeout=1\r\n${rows}`],
    [
      'a length beside chunks',
      'HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n\r\n',
    ],
    ['chunks, twice told', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n2\r\n[]\r\n0\r\n\r\n'],
    [
      'chunks of HTTP/1.0',
      'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n\r\n',
    ],
    ['a length beside no coding', `HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n${rows}`],
    ['204 that announces a body', 'HTTP/1.1 204 OK\r\nContent-Length: 2\r\n\r\n'],
    ['bytes behind an answer', `HTTP/1.1 200 OK\r\n${rows}HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n6`],
    ['blanks behind an answer', `HTTP/1.1 200 OK\r\n${rows}\r\n`],
    ['bytes behind no body', 'HTTP/1.1 304 OK\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n6'],
  ])('%s', async (_, answer) => {
    expect(await connectionsFor(answer)).toBe(2);
  });

  test('a request that said so', async () => {
    expect(await connectionsFor(`HTTP/1.1 200 OK\r\n${rows}`, {Connection: 'close'})).toBe(2);
  });
});

const ok = `HTTP/1.1 200 OK\r\n${rows}`;

test('the time that a server keeps an idle connection begins with the end of the answer', async () => {
  await using server = await handed();
  const open = openDirect();
  const first = ask(open, server.url);
  first.taken.onData = () => {
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 5_000);
  };
  const socket = await server.next();
  socket.write('HTTP/1.1 200 OK\r\nKeep-Alive: timeout=2\r\nContent-Length: 2\r\n\r\n[]');
  await first.over;
  const second = ask(open, server.url);
  await once(socket, 'data');
  socket.write(ok);
  expect((await second.over).text).toBe('[]');
  vi.restoreAllMocks();
});

describe('an idle connection', () => {
  /** One that has brought an answer, as the server has it. */
  async function idle(server: Handed, open: Open, timeout = 0): Promise<Socket> {
    const first = ask(open, server.url, {timeout});
    const socket = await server.next();
    socket.write(ok);
    expect((await first.over).failure).toBe('');
    return socket;
  }

  test.each([
    ['of an answer', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n6'],
    ['of an empty line', '\r\n'],
  ])('ends with bytes that nobody asked for: %s', async (_, more) => {
    await using server = await handed();
    const open = openDirect();
    const socket = await idle(server, open);
    socket.write(more);
    await once(socket, 'close');
    const second = ask(open, server.url);
    (await server.next()).write(ok);
    expect((await second.over).text).toBe('[]');
    expect(server.connections).toBe(2);
  });

  test('that the server has closed is not used again', async () => {
    await using server = await handed();
    const open = openDirect();
    const socket = await idle(server, open);
    socket.end();
    await once(socket, 'close');
    const second = ask(open, server.url);
    (await server.next()).write(ok);
    expect((await second.over).failure).toBe('');
  });

  test('that the server closes as it is used brings a failure that may be repeated', async () => {
    await using server = await handed();
    const open = openDirect();
    const socket = await idle(server, open);
    const second = ask(open, server.url);
    socket.destroy();
    expect((await second.over).error).toMatchObject({stale: true});
  });

  test('whose server says something, and closes it: that may not be repeated', async () => {
    await using server = await handed();
    const open = openDirect();
    const socket = await idle(server, open);
    const second = ask(open, server.url);
    await once(socket, 'data');
    socket.end('HTTP/1.1 100 Continue\r\n\r\n');
    expect((await second.over).error).toMatchObject({stale: false, code: 'ECONNRESET'});
  });

  test('ends after as long a silence as a request may have', async () => {
    await using server = await handed();
    const socket = await idle(server, openDirect(), 30);
    await once(socket, 'close');
  });
});

test('of several idle connections that are gone one is tried, and then a new one', async () => {
  const old = new Set<Socket>();
  const waiting: (() => void)[] = [];
  await using server = await rawServer((socket, index) => {
    if (old.has(socket)) {
      socket.destroy();
      return;
    }
    if (index < 3) old.add(socket);
    waiting.push(() => socket.write(page([{id: 1}])));
    if (waiting.length < 3 && index < 3) return;
    for (const answer of waiting.splice(0)) answer();
  });
  const {send, stats} = sending({base: server.url, retry: {maxRetries: 0}});
  const signal = new AbortController().signal;
  await Promise.all([1, 2, 3].map(() => send(get(server.url), {signal})));
  expect((await send(get(server.url), {signal})).rows).toBe(1);
  expect([server.requests.length, server.connections, stats.retries]).toEqual([5, 4, 0]);
});

test('a first connection that is closed without an answer brings no failure that may be repeated', async () => {
  await using server = await handed();
  const asked = ask(openDirect(), server.url);
  (await server.next()).destroy();
  expect((await asked.over).error).toMatchObject({stale: false, code: 'ECONNRESET'});
});

test('of several idle connections the one used last is used next', async () => {
  await using server = await handed();
  const open = openDirect();
  const sockets: Socket[] = [];
  const all: Asked[] = [];
  for (let turn = 0; turn < 3; turn += 1) {
    all.push(ask(open, server.url));
    sockets.push(await server.next());
  }
  for (const turn of [0, 2, 1]) {
    sockets[turn]?.write(ok);
    await all[turn]?.over;
  }
  for (let turn = 0; turn < 3; turn += 1) {
    const asked = ask(open, server.url);
    sockets[1]?.once('data', () => sockets[1]?.write(ok));
    expect((await asked.over).failure).toBe('');
  }
  expect(server.connections).toBe(3);
});

test('connections of one host are not those of another', async () => {
  await using one = await rawServer((socket) => void socket.write(page(1)));
  await using other = await rawServer((socket) => void socket.write(page(2)));
  const open = openDirect();
  const texts: string[] = [];
  for (const {url} of [one, other, one, other]) texts.push((await ask(open, url).over).text);
  expect([texts, one.connections, other.connections]).toEqual([['1', '2', '1', '2'], 1, 1]);
});
