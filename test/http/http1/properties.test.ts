import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {Chunks} from '../../../src/http/http1/chunked.js';
import {openDirect} from '../../../src/http/open-direct.js';
import {rawServer} from '../../hostile/raw-server.js';
import {anyAnswer, chunkedBody, cuts, inPieces, type Written} from './answers.js';
import {ask, fed} from './asking.js';

const read = ({status, headers, body}: Written): object => ({failure: '', status, headers, text: body});

describe('any valid answer', () => {
  test('is read as it is, in whatever pieces it comes', () => {
    fc.assert(
      fc.property(anyAnswer, cuts, (written, sizes) => {
        const connection = fed();
        for (const piece of inPieces(written.bytes, sizes)) connection.feed(piece);
        if (written.untilClose) connection.end();
        expect(connection.taken).toMatchObject(read(written));
        expect(connection.taken.isOver).toBe(true);
        expect([connection.idle, connection.isGone]).toEqual(written.untilClose ? [0, true] : [1, false]);
      }),
      {numRuns: 150},
    );
  });

  test('over a real connection', async () => {
    let next: {written: Written; sizes: readonly number[]} | undefined;
    await using server = await rawServer((socket) => {
      if (next === undefined) return;
      const {written, sizes} = next;
      socket.setNoDelay(true);
      const pieces = inPieces(written.bytes, sizes);
      const write = (): void => {
        const {value, done} = pieces.next();
        if (done !== true) socket.write(value, () => setImmediate(write));
        else if (written.untilClose) socket.end();
      };
      write();
    });
    const open = openDirect();
    await fc.assert(
      fc.asyncProperty(anyAnswer, fc.array(fc.integer({min: 1, max: 60}), {maxLength: 6}), async (written, sizes) => {
        next = {written, sizes};
        expect(await ask(open, server.url).over).toMatchObject(read(written));
      }),
      {numRuns: 40},
    );
  });

  test('with bytes behind it is read the same, and the connection is given up', () => {
    fc.assert(
      fc.property(anyAnswer, cuts, fc.constantFrom('\n', 'HTTP/1.1 200 OK\r\n\r\n'), (written, sizes, more) => {
        fc.pre(!written.untilClose);
        const connection = fed();
        for (const piece of inPieces(Buffer.concat([written.bytes, Buffer.from(more)]), sizes)) connection.feed(piece);
        expect(connection.taken).toMatchObject(read(written));
        expect(connection.isGone).toBe(true);
      }),
      {numRuns: 100},
    );
  });

  test('cut at any place is none', () => {
    fc.assert(
      fc.property(anyAnswer, (written) => {
        fc.pre(!written.untilClose);
        for (let size = 0; size < written.bytes.length; size += 1) {
          const connection = fed();
          connection.feed(written.bytes.subarray(0, size));
          connection.end();
          expect(connection.taken.failure).toMatch(/^(ECONNRESET: socket hang up|HPE_INVALID: .*)$/);
          expect(written.body.startsWith(connection.taken.text)).toBe(true);
          expect(connection.idle).toBe(0);
        }
      }),
      {numRuns: 8},
    );
  });

  test('to HEAD has no body, whatever its headers say of one', () => {
    fc.assert(
      fc.property(anyAnswer, cuts, (written, sizes) => {
        const connection = fed('HEAD');
        for (const piece of inPieces(written.bytes.subarray(0, written.bodyAt), sizes)) connection.feed(piece);
        expect(connection.taken).toMatchObject({...read(written), text: '', length: undefined});
        expect(connection.idle).toBe(1);
      }),
      {numRuns: 50},
    );
  });
});

describe('chunks', () => {
  const take = (pieces: Iterable<Buffer>): {chunks: Chunks; text: string; left: number} => {
    const chunks = new Chunks();
    let text = '';
    let left = 0;
    for (const piece of pieces) {
      const taken = chunks.take(piece, 0, piece.length, (bytes, from, to) => {
        text += bytes.toString('latin1', from, to);
      });
      left += piece.length - taken;
    }
    return {chunks, text, left};
  };

  test('are what was put into them, and end where they end', () => {
    fc.assert(
      fc.property(chunkedBody, cuts, fc.nat(20), ({body, text}, sizes, more) => {
        const {
          chunks,
          text: read,
          left,
        } = take(inPieces(Buffer.from(`${text}${'0\r\n'.repeat(more)}`, 'latin1'), sizes));
        expect([chunks.isDone, chunks.isBroken, read, left]).toEqual([true, false, body, more * 3]);
      }),
      {numRuns: 150},
    );
  });

  test('any bytes are chunks, the beginning of chunks or broken: nothing is thrown, no byte made up', () => {
    const piece = fc.constantFrom(
      '0',
      '1',
      'a',
      'F',
      ';',
      ' ',
      '\r',
      '\n',
      '\r\n',
      'x',
      '\0',
      '0\r\n\r\n',
      '2\r\nab\r\n',
    );
    fc.assert(
      fc.property(fc.array(piece, {maxLength: 30}), cuts, (parts, sizes) => {
        const bytes = Buffer.from(parts.join(''), 'latin1');
        const inOne = take([bytes]);
        const cut = take(inPieces(bytes, sizes));
        expect([cut.text, cut.chunks.isDone, cut.chunks.isBroken]).toEqual([
          inOne.text,
          inOne.chunks.isDone,
          inOne.chunks.isBroken,
        ]);
        expect(inOne.chunks.isDone && inOne.chunks.isBroken).toBe(false);
      }),
      {numRuns: 500},
    );
  });

  test.each([
    ['no size', '\r\n'],
    ['a blank before the size', ' 2\r\n'],
    ['a sign', '+2\r\n'],
    ['0x', '0x2\r\n'],
    ['a size beyond all numbers', `${'f'.repeat(14)}\r\n`],
    ['a size of many zeros', '0'.repeat(17_000)],
    ['an extension without end', `2;${'x'.repeat(17_000)}`],
    ['a return within an extension', '2;a\rb\r\n'],
    ['a return without a line feed behind the size', '2\rab'],
    ['more than was announced', '2\r\nabc\r\n'],
    ['two returns behind the data', '2\r\nab\r\r\n'],
    ['a return within a trailer', '0\r\nx: a\rb\r\n\r\n'],
    ['two returns as the last line', '0\r\n\r\r\n'],
    ['trailers without end', `0\r\n${'x: y\r\n'.repeat(12_000)}`],
  ])('%s: broken', (_, text) => {
    const {chunks} = take([Buffer.from(text)]);
    expect([chunks.isBroken, chunks.isDone]).toEqual([true, false]);
  });

  test('a size of fourteen digits is a number still', () => {
    const {chunks} = take([Buffer.from(`0${'f'.repeat(13)}\r\n`)]);
    expect([chunks.isBroken, chunks.isDone]).toEqual([false, false]);
  });
});
