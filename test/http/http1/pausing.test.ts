import {once} from 'node:events';
import type {Socket} from 'node:net';
import {describe, expect, test} from 'vitest';
import {openDirect} from '../../../src/http/open-direct.js';
import {type Asked, ask, type Handed, handed, settled} from './asking.js';

const head = (length: number): string => `HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n`;

/** An answer of three bytes whose first has come. */
async function begun(server: Handed, timeout = 0): Promise<[Asked, Socket]> {
  const asked = ask(openDirect(), server.url, {timeout});
  const socket = await server.next();
  const came = new Promise<void>((resolve) => {
    asked.taken.onData = resolve;
  });
  socket.write(`${head(3)}a`);
  await came;
  return [asked, socket];
}

describe('while it is paused', () => {
  test('nothing more comes, and nothing is lost', async () => {
    await using server = await handed();
    const [asked, socket] = await begun(server);
    asked.pause();
    socket.write('bc');
    await settled();
    expect(asked.taken.text).toBe('a');
    asked.resume();
    expect(await asked.over).toMatchObject({failure: '', text: 'abc'});
  });

  test('an end of the connection waits, with what came before it', async () => {
    await using server = await handed();
    const [asked, socket] = await begun(server);
    asked.pause();
    socket.end('bc');
    await settled();
    expect([asked.taken.text, asked.taken.isOver]).toEqual(['a', false]);
    asked.resume();
    expect(await asked.over).toMatchObject({failure: '', text: 'abc'});
  });

  test('a cut waits', async () => {
    await using server = await handed();
    const [asked, socket] = await begun(server);
    asked.pause();
    socket.end('b');
    await settled();
    expect([asked.taken.text, asked.taken.isOver]).toEqual(['a', false]);
    asked.resume();
    expect(await asked.over).toMatchObject({failure: 'ECONNRESET: socket hang up', text: 'ab'});
  });

  test('a reset waits', async () => {
    await using server = await handed();
    const [asked, socket] = await begun(server);
    asked.pause();
    socket.resetAndDestroy();
    await settled();
    expect(asked.taken.isOver).toBe(false);
    asked.resume();
    expect((await asked.over).failure).toMatch(/^ECONNRESET: /);
  });

  test('an abort ends it', async () => {
    await using server = await handed();
    const [asked, socket] = await begun(server);
    asked.pause();
    asked.abort();
    asked.resume();
    socket.write('bc');
    await once(socket, 'close');
    expect([asked.taken.text, asked.taken.isOver]).toEqual(['a', false]);
  });

  test('no time is counted of the silence that follows', async () => {
    await using server = await handed();
    const [asked, socket] = await begun(server, 60);
    asked.pause();
    await expect.poll(() => asked.taken.silences, {interval: 1}).toBeGreaterThan(0);
    const before = performance.now();
    // Two thirds of the next silence are over.
    while (performance.now() < before + 40) await settled();
    asked.resume();
    const {silences} = asked.taken;
    const resumed = performance.now();
    await expect.poll(() => asked.taken.silences, {interval: 1}).toBeGreaterThan(silences);
    expect(performance.now() - resumed).toBeGreaterThan(55);
    socket.write('bc');
    expect(await asked.over).toMatchObject({failure: '', text: 'abc'});
  });
});

test('a large body comes whole though it is paused with each piece', async () => {
  await using server = await handed();
  const body = Buffer.alloc(3_000_000, 'abcdefg');
  const asked = ask(openDirect(), server.url);
  let paused = 0;
  asked.taken.onData = () => {
    asked.pause();
    paused += 1;
    setImmediate(() => asked.resume());
  };
  const socket = await server.next();
  socket.write(head(body.length));
  socket.write(body);
  const {failure, body: read} = await asked.over;
  expect([failure, read.equals(body)]).toEqual(['', true]);
  expect(paused).toBeGreaterThan(10);
});

test('paused within its last piece it ends all the same, and the connection goes on reading', async () => {
  await using server = await handed();
  const open = openDirect();
  const first = ask(open, server.url);
  first.taken.onData = () => first.pause();
  const socket = await server.next();
  socket.write(`${head(1)}a`);
  expect(await first.over).toMatchObject({failure: '', text: 'a'});
  const second = ask(open, server.url);
  // Neither of these is about the second request.
  first.pause();
  first.abort();
  await once(socket, 'data');
  socket.write(`${head(1)}b`);
  expect(await second.over).toMatchObject({failure: '', text: 'b'});
});

describe('an abort', () => {
  test('within the head of an answer is followed by nothing', async () => {
    await using server = await handed();
    const asked = ask(openDirect(), server.url);
    asked.taken.onHead = () => asked.abort();
    const socket = await server.next();
    socket.write(`${head(1)}a`);
    await once(socket, 'close');
    expect(asked.taken).toMatchObject({status: 200, text: '', isOver: false});
  });

  test.each([
    ['a length', `${head(2)}ab`],
    ['chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n0\r\n\r\n'],
    ['no length', 'HTTP/1.1 200 OK\r\n\r\nab'],
  ])('within a body of %s is followed by nothing', async (_, answer) => {
    await using server = await handed();
    const asked = ask(openDirect(), server.url);
    asked.taken.onData = () => asked.abort();
    const socket = await server.next();
    socket.write(answer);
    await once(socket, 'close');
    await settled();
    expect(asked.taken).toMatchObject({pieces: 1, isOver: false});
  });

  test('before there is a connection', async () => {
    await using server = await handed();
    const asked = ask(openDirect(), server.url);
    asked.abort();
    await settled();
    expect(asked.taken.isOver).toBe(false);
  });

  test('while a name is looked up', async () => {
    let found: (() => void) | undefined;
    const open = openDirect((_name, _options, callback) => {
      found = () => callback(null, [{address: '127.0.0.1', family: 4}]);
    });
    await using server = await handed();
    const asked = ask(open, `http://a.example:${server.port}`);
    await settled();
    asked.abort();
    found?.();
    await settled();
    expect([asked.taken.isOver, server.connections]).toEqual([false, 0]);
  });
});

describe('silence', () => {
  test('while a name is looked up is told, again and again', async () => {
    const asked = ask(
      openDirect(() => undefined),
      'http://a.example',
      {timeout: 10},
    );
    await expect.poll(() => asked.taken.silences, {interval: 1}).toBeGreaterThan(1);
    asked.abort();
  });

  test('of a used connection counts anew with each request', async () => {
    await using server = await handed();
    const open = openDirect();
    const first = ask(open, server.url, {timeout: 1_000});
    const socket = await server.next();
    socket.write(`${head(1)}a`);
    await first.over;
    const second = ask(open, server.url, {timeout: 20});
    await expect.poll(() => second.taken.silences, {interval: 1}).toBeGreaterThan(0);
    socket.write(`${head(1)}b`);
    expect(await second.over).toMatchObject({failure: '', text: 'b'});
  });
});
