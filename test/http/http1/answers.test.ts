import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {openDirect} from '../../../src/http/open-direct.js';
import {rawServer} from '../../hostile/raw-server.js';
import {ask, askNode, failure, inPieces, outcome} from './asking.js';

const letter = fc.constantFrom(...'abcXYZ019-_');
const token = fc.string({unit: letter, minLength: 1, maxLength: 8}).map((text) => `x-${text}`);
const blanks = fc.string({unit: fc.constantFrom(' ', '\t'), maxLength: 2});
const value = fc
  .string({unit: fc.constantFrom(...'abc ,;="/é\xa0'), maxLength: 20})
  .map((text) => text.replaceAll(/^[ \t]+|[ \t]+$/g, ''));
const bytes = (most: number) => fc.uint8Array({maxLength: most}).map((array) => Buffer.from(array));

/** A body as it is framed, and as it is. */
const framed = fc.oneof(
  bytes(300).map((body) => ({headers: [`Content-Length: ${body.length}`], raw: body, body})),
  bytes(300).map((body) => ({headers: ['Connection: close'], raw: body, body, closes: true})),
  fc
    .record({
      chunks: fc.array(
        bytes(80).filter((chunk) => chunk.length > 0),
        {maxLength: 5},
      ),
      extension: fc.constantFrom('', ';a=b', ' ; q="x\\"y"'),
      trailers: fc.array(token, {maxLength: 2}),
      zeros: fc.integer({min: 1, max: 4}),
    })
    .map(({chunks, extension, trailers, zeros}) => ({
      headers: ['Transfer-Encoding: chunked'],
      raw: Buffer.concat([
        ...chunks.map((chunk) =>
          Buffer.concat([Buffer.from(`${chunk.length.toString(16)}${extension}\r\n`), chunk, Buffer.from('\r\n')]),
        ),
        Buffer.from(`${'0'.repeat(zeros)}\r\n${trailers.map((name) => `${name}: 1\r\n`).join('')}\r\n`),
      ]),
      body: Buffer.concat(chunks),
    })),
);

const answers = fc.record({
  before: fc.array(
    fc.constantFrom('\r\n', 'HTTP/1.1 100 Continue\r\n\r\n', 'HTTP/1.1 103 Early Hints\r\nlink: <a>\r\n\r\n'),
    {
      maxLength: 2,
    },
  ),
  status: fc.constantFrom(200, 201, 404, 429, 500),
  headers: fc.uniqueArray(fc.tuple(token, blanks, value, blanks), {
    selector: ([name]) => name.toLowerCase(),
    maxLength: 4,
  }),
  framing: framed,
});

/** Cut at these places, taken as shares of the whole. */
function cut(whole: Buffer, shares: readonly number[]): Buffer[] {
  const places = [...new Set(shares.map((share) => Math.floor(share * whole.length)))].sort((a, b) => a - b);
  return [...places, whole.length].map((end, index) => whole.subarray(places[index - 1] ?? 0, end));
}

test('any answer is read as it was written, wherever it is cut', {timeout: 20_000}, async () => {
  let pieces: readonly Buffer[] = [];
  let closes = false;
  await using api = await rawServer(async (socket) => {
    const isLast = closes;
    await inPieces(socket, pieces);
    if (isLast) socket.end();
  });
  const open = openDirect();
  await fc.assert(
    fc.asyncProperty(
      answers,
      fc.array(fc.double({min: 0, max: 1, noNaN: true}), {maxLength: 6}),
      fc.constantFrom(0, 7, 1000),
      async ({before, status, headers, framing}, shares, room) => {
        const lines = headers.map(([name, left, text, right]) => `${name}:${left}${text}${right}`);
        const head = `${before.join('')}HTTP/1.1 ${status} So\r\n${[...lines, ...framing.headers, '', ''].join('\r\n')}`;
        pieces = cut(Buffer.concat([Buffer.from(head, 'latin1'), framing.raw]), shares);
        closes = 'closes' in framing;
        const heard = await ask(open, api.url, {room}).answer;
        expect(heard.status).toBe(status);
        expect(heard.body.equals(framing.body)).toBe(true);
        for (const [name, , text] of headers) expect(heard.headers[name.toLowerCase()]).toBe(text);
      },
    ),
    {numRuns: 150},
  );
});

test('byte by byte', async () => {
  const written =
    'HTTP/1.1 200 OK\r\nA: 1\r\n B\r\nTransfer-Encoding: chunked\r\n\r\n3;x\r\nabc\r\nA\r\n0123456789\r\n0\r\nT: 1\r\n\r\n';
  await using api = await rawServer((socket) => void inPieces(socket, [...written]));
  const heard = await ask(openDirect(), api.url).answer;
  expect(heard).toMatchObject({status: 200, headers: {a: '1 B'}});
  expect(heard.body.toString()).toBe('abc0123456789');
});

const ok = 'HTTP/1.1 200 OK\r\n';

/** Answers of bytes, after which the server closes. */
const same: Readonly<Record<string, string>> = {
  'a length': `${ok}Content-Length: 3\r\n\r\nabc`,
  'no length: until the close': `${ok}A: b\r\n\r\nabc`,
  'HTTP/1.0': 'HTTP/1.0 200 OK\r\n\r\nabc',
  'HTTP/1.0 with a length': 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nab',
  'no reason': 'HTTP/1.1 200\r\nContent-Length: 1\r\n\r\na',
  'an empty reason': 'HTTP/1.1 200 \r\nContent-Length: 1\r\n\r\na',
  chunks: `${ok}Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n`,
  'Chunked in another case': `${ok}Transfer-Encoding: Chunked\r\n\r\n1\r\nc\r\n0\r\n\r\n`,
  'chunked twice': `${ok}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n`,
  'upper case sizes': `${ok}Transfer-Encoding: chunked\r\n\r\nA\r\n0123456789\r\n0\r\n\r\n`,
  '204 with a length': 'HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\n',
  '304': 'HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n\r\n',
  '100 before it': `HTTP/1.1 100 Continue\r\n\r\n${ok}Content-Length: 1\r\n\r\na`,
  'repeated headers': `${ok}X: 1\r\nx: 2\r\nLink: <a>\r\nLink: <b>\r\nContent-Length: 0\r\n\r\n`,
  'repeated headers of which one counts': `${ok}ETag: 1\r\nETag: 2\r\nRetry-After: 3\r\nRetry-After: 4\r\nContent-Length: 0\r\n\r\n`,
  'repeated cookies': `${ok}Set-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 0\r\n\r\n`,
  'bytes of Latin-1 and UTF-8': `${ok}X: caf\xe9 \xc3\xa0\r\nContent-Length: 0\r\n\r\n`,
  'an empty value': `${ok}X:\r\nContent-Length: 0\r\n\r\n`,
  'names of objects': `${ok}constructor: 1\r\ntoString: 2\r\nContent-Length: 0\r\n\r\n`,
  'a coding that is none': `${ok}Transfer-Encoding: binary\r\n\r\nabc`,
  'a body longer than its length': `${ok}Content-Length: 3\r\n\r\nabcd`,
  'a body where there is none': `${ok}Content-Length: 0\r\n\r\nabcd`,
  'a body cut short': `${ok}Content-Length: 4\r\n\r\nabc`,
  'chunks cut within one': `${ok}Transfer-Encoding: chunked\r\n\r\n5\r\nabc`,
  'chunks without their end': `${ok}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n`,
  'chunks without the last blank line': `${ok}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n`,
  'a head cut short': `${ok}Content-Length: 1\r\n`,
  nothing: '',
  'no HTTP': 'SSH-2.0-OpenSSH_9\r\n',
  'what calls itself 2.0': 'HTTP/2.0 200 OK\r\nContent-Length: 1\r\n\r\na',
  'another HTTP': 'HTTP/1.2 200 OK\r\n\r\n',
  'HTTP of three digits': 'HTTP/1.10 200 OK\r\n\r\n',
  'HTTP/0.9': '[{"id":1}]',
  'a status of letters': 'HTTP/1.1 abc OK\r\n\r\n',
  'a length of letters': `${ok}Content-Length: 1x\r\n\r\na`,
  'a negative length': `${ok}Content-Length: -1\r\n\r\na`,
  'a length with a sign': `${ok}Content-Length: +1\r\n\r\na`,
  'lengths that differ': `${ok}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`,
  'an endless length': `${ok}Content-Length: 99999999999999999999999999\r\n\r\na`,
  'no colon': `${ok}Oops\r\nContent-Length: 1\r\n\r\na`,
  'a blank before the colon': `${ok}Content-Length : 1\r\n\r\na`,
  'a blank in a name': `${ok}X y: 1\r\nContent-Length: 1\r\n\r\na`,
  'a name that is empty': `${ok}: 1\r\nContent-Length: 1\r\n\r\na`,
  'a size that is none': `${ok}Transfer-Encoding: chunked\r\n\r\nx\r\nabc\r\n0\r\n\r\n`,
  'an empty size': `${ok}Transfer-Encoding: chunked\r\n\r\n\r\nabc\r\n0\r\n\r\n`,
  'a size with a sign': `${ok}Transfer-Encoding: chunked\r\n\r\n+1\r\na\r\n0\r\n\r\n`,
  'a size with 0x': `${ok}Transfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n`,
  'an endless size': `${ok}Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\na\r\n0\r\n\r\n`,
  'a chunk longer than it says': `${ok}Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n`,
  'a carriage return alone after a size': `${ok}Transfer-Encoding: chunked\r\n\r\n1\rXa\r\n0\r\n\r\n`,
  'a head that is too large': `${ok}X: ${'a'.repeat(70_000)}\r\n\r\n`,
  'an upgrade': 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n',
};

describe("as Node's client reads it", () => {
  test.each(Object.entries(same))('%s', async (_, written) => {
    await using api = await rawServer(Buffer.from(written, 'latin1'));
    const [ours, node] = await Promise.all([outcome(ask(openDirect(), api.url).answer), outcome(askNode(api.url))]);
    expect(ours).toEqual(node);
  });
});

describe("otherwise than Node's client", () => {
  test.each([
    ['line feeds alone', `HTTP/1.1 200 OK\nContent-Length: 1\n\na`, 'a'],
    ['line feeds alone, chunked', `HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n1\na\n0\n\n`, 'a'],
    ['a length beside chunks', `${ok}Content-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n`, 'a'],
    ['a control character in a value', `${ok}X: a\x01b\r\nContent-Length: 1\r\n\r\na`, 'a'],
    ['the same length twice', `${ok}Content-Length: 1\r\nContent-Length: 1\r\n\r\na`, 'a'],
    ['a folded line', `${ok}X: a\r\n\tb\r\nContent-Length: 1\r\n\r\na`, 'a'],
  ])('is read: %s', async (_, written, body) => {
    await using api = await rawServer(Buffer.from(written, 'latin1'));
    expect(await outcome(askNode(api.url))).toBe('failed');
    expect((await ask(openDirect(), api.url).answer).body.toString()).toBe(body);
  });

  test('a blank line behind a body is no matter, nor is an answer that nobody asked for', async () => {
    for (const behind of ['\r\n', '\n', 'HTTP/1.1 408 Request Timeout\r\n\r\n', 'HT']) {
      await using api = await rawServer(`${ok}Content-Length: 3\r\n\r\nabc${behind}`);
      expect((await ask(openDirect(), api.url).answer).body.toString()).toBe('abc');
    }
  });

  test('is an error, and not a body until the close: a coding that is unknown', async () => {
    await using api = await rawServer(`${ok}Transfer-Encoding: gzip\r\n\r\nabc`);
    expect(await failure(ask(openDirect(), api.url))).toBe('HPE_INVALID: Unknown Transfer-Encoding gzip');
  });
});

test('an answer to HEAD has no body, whatever its length', async () => {
  await using api = await rawServer((socket) => socket.write(`${ok}Content-Length: 1000\r\n\r\n`));
  const open = openDirect();
  for (let time = 0; time < 3; time++) {
    expect(await ask(open, api.url, {method: 'HEAD'}).answer).toMatchObject({status: 200, body: Buffer.alloc(0)});
  }
  expect(api.connections).toBe(1);
});
