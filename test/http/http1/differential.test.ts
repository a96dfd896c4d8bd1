import {Agent, request as httpRequest} from 'node:http';
import {Duplex} from 'node:stream';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {answerHeaders} from '../../../src/http/answer-headers.js';
import {openDirect} from '../../../src/http/open-direct.js';
import {rawServer} from '../../hostile/raw-server.js';
import {strictAnswer} from './answers.js';
import {ask, fed, type Taken} from './asking.js';

/** What a client made of an answer; undefined: an error. */
type Read =
  | {readonly status: number | undefined; readonly headers: [string, string][]; readonly text: string}
  | undefined;

/** Node's client reads an answer: from a server, or from bytes that lie in memory. */
function byNode(from: {readonly port: number} | {readonly bytes: Buffer}): Promise<Read> {
  return new Promise((resolve) => {
    const failed = (): void => resolve(undefined);
    const options =
      'port' in from
        ? {agent: new Agent(), host: '127.0.0.1', port: from.port}
        : {createConnection: () => holding(from.bytes)};
    const asked = httpRequest(options, (message) => {
      let text = '';
      message.setEncoding('latin1').on('data', (piece: string) => {
        text += piece;
      });
      message.on('error', failed);
      message.on('end', () => {
        const headers = [...answerHeaders(message.headers)];
        resolve(message.complete ? {status: message.statusCode, headers, text} : undefined);
      });
    });
    asked.on('error', failed);
    asked.on('close', failed);
    asked.end();
  });
}

/** A connection that brings these bytes once something was written, and ends. */
const holding = (bytes: Buffer): Duplex =>
  new Duplex({
    read: () => undefined,
    write(_chunk, _encoding, done) {
      done();
      this.push(bytes);
      setImmediate(() => this.push(null));
    },
  });

const readOf = ({failure, status, headers, text}: Taken): Read =>
  failure === '' ? {status, headers, text} : undefined;

const ok = 'HTTP/1.1 200 OK\r\n';
const two = 'Content-Length: 2\r\n';
const chunked = 'Transfer-Encoding: chunked\r\n';
const rows = '\r\n2\r\n[]\r\n0\r\n\r\n';

const same = {
  'a length': `${ok}${two}\r\n[]`,
  'a length of zeros before it': `${ok}Content-Length: 002\r\n\r\n[]`,
  'no length': `${ok}\r\n[]`,
  'a length above the body': `${ok}Content-Length: 3\r\n\r\n[]`,
  'two lengths that differ': `${ok}${two}Content-Length: 3\r\n\r\n[]`,
  'a list of one length': `${ok}Content-Length: 2, 2\r\n\r\n[]`,
  'a length with a sign': `${ok}Content-Length: +2\r\n\r\n[]`,
  'a length behind a vertical tab': `${ok}Content-Length: \x0b2\r\n\r\n[]`,
  'a length before a blank of Latin-1': `${ok}Content-Length: 2\xa0\r\n\r\n[]`,
  'an empty length': `${ok}Content-Length: \r\n\r\n[]`,
  'a length beyond all numbers': `${ok}Content-Length: ${'9'.repeat(30)}\r\n\r\n[]`,
  chunks: `${ok}${chunked}${rows}`,
  'chunks, twice told': `${ok}${chunked}${chunked}${rows}`,
  'chunks of no coding': `${ok}Transfer-Encoding: identity, chunked\r\n${rows}`,
  'chunks behind a vertical tab': `${ok}Transfer-Encoding: \x0bchunked\r\n${rows}`,
  'chunks of HTTP/1.0': `HTTP/1.0 200 OK\r\n${chunked}${rows}`,
  'no transfer coding': `${ok}Transfer-Encoding: identity\r\n\r\n[]`,
  extensions: `${ok}${chunked}\r\n2;a="b;c"\r\n[]\r\n0;x\r\n\r\n`,
  'a return in an extension': `${ok}${chunked}\r\n2;a\rb\r\n[]\r\n0\r\n\r\n`,
  trailers: `${ok}${chunked}\r\n2\r\n[]\r\n0\r\nX: y\r\n\r\n`,
  'a return too many behind chunks': `${ok}${chunked}\r\n2\r\n[]\r\n0\r\n\r\r\n`,
  'chunks without the last': `${ok}${chunked}\r\n2\r\n[]\r\n`,
  'a coding that is none': `${ok}Transfer-Encoding: binary\r\n\r\n[]`,
  'a length below the body': `${ok}Content-Length: 1\r\n\r\n[]`,
  'a body behind a length of 0': `${ok}Content-Length: 0\r\n\r\n[]`,
  'a blank line behind a body': `${ok}${two}\r\n[]\r\n`,
  'an answer behind it that nobody asked for': `${ok}${two}\r\n[]HTTP/1.1 408 R\r\n\r\n`,
  'what calls itself HTTP/2.0': `HTTP/2.0 200 OK\r\n${two}\r\n[]`,
  'HTTP/1.10': `HTTP/1.10 200 OK\r\n${two}\r\n[]`,
  'HTTP/1.2': `HTTP/1.2 200 OK\r\n${two}\r\n[]`,
  'a status of four digits': `HTTP/1.1 2000 OK\r\n${two}\r\n[]`,
  'a status without a blank': `HTTP/1.1 200OK\r\n${two}\r\n[]`,
  'two blanks before the status': `HTTP/1.1  200 OK\r\n${two}\r\n[]`,
  'no reason': `HTTP/1.1 200\r\n${two}\r\n[]`,
  'a reason of any bytes': `HTTP/1.1 200 a\x01b\xff\0\r\n${two}\r\n[]`,
  'a return in the reason': `HTTP/1.1 200 a\rb\r\n${two}\r\n[]`,
  'status 000': `HTTP/1.1 000 No\r\n${two}\r\n[]`,
  'empty lines before it': `\r\n\r\n${ok}${two}\r\n[]`,
  'a blank before the first name': `${ok} X: a\r\n${two}\r\n[]`,
  'a blank behind a name': `${ok}Content-Length : 2\r\n\r\n[]`,
  'a line without a colon': `${ok}foo\r\n${two}\r\n[]`,
  'no name': `${ok}: a\r\n${two}\r\n[]`,
  'a return in a value': `${ok}X: a\rb\r\n${two}\r\n[]`,
  'NUL in a value': `${ok}X: a\0b\r\n${two}\r\n[]`,
  'a return too many behind the head': `${ok}${two}\r\r\n[]`,
  'UTF-8 in a value, its last byte 0xa0': `${ok}X: voil\xc3\xa0\r\n${two}\r\n[]`,
  'a value of nothing': `${ok}X:\r\nX: \r\n${two}\r\n[]`,
  'names that objects have': `${ok}toString: a\r\nconstructor: b\r\n${two}\r\n[]`,
  'the same header twice': `${ok}Link: <a>\r\nSet-Cookie: a=1\r\nlink: <b>\r\nset-cookie: b=2\r\n${two}\r\n[]`,
  'a header twice of which the first counts': `${ok}ETag: a\r\nEtag: b\r\nRetry-After: 1\r\nretry-after: 2\r\n${two}\r\n[]`,
  '100, 102 and 103 before it': `HTTP/1.1 100 C\r\n\r\nHTTP/1.1 102 P\r\nX: y\r\n\r\nHTTP/1.1 103 E\r\n\r\n${ok}${two}\r\n[]`,
  '304 with a length': `HTTP/1.1 304 N\r\n${two}\r\n`,
  '204': 'HTTP/1.1 204 N\r\nX: y\r\n\r\n',
  'HTTP/1.0': 'HTTP/1.0 200 OK\r\n\r\n[]',
  'half a head': `${ok}X: `,
  nothing: '',
  'no HTTP': 'SSH-2.0-OpenSSH_9.6\r\n',
  '100 alone': 'HTTP/1.1 100 C\r\n\r\n',
} as const;

/** What each reads of it: ours, and Node's client, of which another version may read something else. */
const different: Readonly<Record<string, readonly [string, ...(string | undefined)[]]>> = {
  'a line feed alone ends a line': [`HTTP/1.1 200 OK\nX: a\nContent-Length: 2\n\n[]`, '[]', undefined],
  'and that of a chunk': [`${ok}${chunked}\r\n2;a\n[]\n0\n\n`, '[]', undefined],
  'a length beside chunks counts nothing': [`${ok}Content-Length: 5\r\n${chunked}${rows}`, '[]', undefined],
  'and beside no coding it counts': [`${ok}Transfer-Encoding: identity\r\n${two}\r\n[]`, '[]', undefined],
  'control characters in a value are kept': [`${ok}X: a\x01b\x7f\r\n${two}\r\n[]`, '[]', undefined],
  'the same length twice is one': [`${ok}${two}${two}\r\n[]`, '[]', undefined],
  'blanks behind a length are none of it': [`${ok}Content-Length: 2 \t\r\n\r\n[]`, '[]', undefined, '[]'],
  'a folded line is joined': [`${ok}${two}X: a\r\n b\r\n\tc\r\n\r\n[]`, '[]', undefined],
  'blanks behind the size of a chunk are none of it': [`${ok}${chunked}\r\n2 \r\n[]\r\n0\r\n\r\n`, '[]', undefined],
  'a tab behind a coding is none of it': [`${ok}Transfer-Encoding: chunked\t\r\n${rows}`, '[]', rows.slice(2)],
  'trailers are not looked at': [`${ok}${chunked}\r\n2\r\n[]\r\n0\r\nnocolon\r\n\r\n`, '[]', undefined],
  'what another coding hides in chunks is not taken for text': [
    `${ok}Transfer-Encoding: gzip, chunked\r\n${rows}`,
    undefined,
    '[]',
  ],
  'nor what is in chunks by no means': [
    `${ok}Transfer-Encoding: chunked, identity\r\n\r\n2\r\n[]`,
    undefined,
    '2\r\n[]',
  ],
  'a coding without a name is none': [`${ok}Transfer-Encoding: \r\n\r\n[]`, '[]', '[]', undefined],
  'and HTTP/0.9 has no head': [`HTTP/0.9 200 OK\r\n${two}\r\n[]`, undefined, '[]'],
};

const open = openDirect();

async function both(text: string): Promise<[Read, Read]> {
  await using server = await rawServer(Buffer.from(text, 'latin1'));
  const ours = readOf(await ask(open, server.url).over);
  return [ours, await byNode({port: server.port})];
}

describe.concurrent('the same as by Node', () => {
  test.each(Object.entries(same))('%s', async (_, text) => {
    const [ours, nodes] = await both(text);
    expect(ours).toEqual(nodes);
  });
});

describe.concurrent('other than by Node', () => {
  test.each(Object.entries(different))('%s', async (_, [text, our, ...node]) => {
    const [ours, nodes] = await both(text);
    expect(ours?.text).toBe(our);
    expect(node).toContain(nodes?.text);
  });
});

test('a folded line and control characters come as they are', async () => {
  const text = `${ok}${two}X: a\r\n\t b\x01\r\n\r\n[]`;
  await using server = await rawServer(text);
  expect((await ask(open, server.url).over).headers).toContainEqual(['x', 'a b\x01']);
});

test('what both read of a damaged answer is the same', async () => {
  const damage = fc.tuple(
    fc.double({min: 0, max: 1, noNaN: true}),
    fc.constantFrom(0, 1, 4),
    fc.constantFrom(
      '',
      '\r',
      '\n',
      '\r\n',
      ' ',
      ':',
      '\0',
      '0',
      '1',
      ',',
      ';',
      '\x0b',
      '\xa0',
      '\r\n ',
      'Content-Length: 1\r\n',
      'Transfer-Encoding: chunked\r\n',
    ),
  );
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(strictAnswer, fc.array(damage, {minLength: 1, maxLength: 2}), async (written, damages) => {
      let text = written.bytes.toString('latin1');
      for (const [place, size, put] of damages) {
        const at = Math.floor(place * text.length);
        text = text.slice(0, at) + put + text.slice(at + size);
      }
      const bytes = Buffer.from(text, 'latin1');
      const connection = fed();
      connection.feed(bytes);
      connection.end();
      const ours = readOf(connection.taken);
      const nodes = await byNode({bytes});
      if (ours === undefined || nodes === undefined) return;
      compared += 1;
      expect(ours).toEqual(nodes);
    }),
    {numRuns: 400},
  );
  expect(compared).toBeGreaterThan(5);
});
