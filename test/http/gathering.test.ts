import fc from 'fast-check';
import {expect, test} from 'vitest';
import {Gathering} from '../../src/http/gathering.js';

test('the chunks are the body, whatever length was announced', () => {
  const mega = 1024 * 1024;
  fc.assert(
    fc.property(
      fc.array(fc.integer({min: 0, max: mega}), {maxLength: 6}),
      fc.constantFrom(0, 1, mega, 5 * mega),
      (lengths, announced) => {
        const chunks = lengths.map((length, index) => Buffer.alloc(length, index + 1));
        const body = new Gathering(announced);
        for (const chunk of chunks) body.add(Buffer.concat([Buffer.from('x'), chunk]), 1, chunk.length + 1);
        const whole = Buffer.concat(chunks);
        expect(body.length).toBe(whole.length);
        expect(body.take().equals(whole)).toBe(true);
      },
    ),
    {numRuns: 30},
  );
});

test('pieces that are put into their place, and others, are the body', () => {
  const mega = 1024 * 1024;
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({min: 1, max: 300_000}), fc.boolean()), {maxLength: 12}),
      fc.constantFrom(0, 30_000, mega, 20 * mega),
      (pieces, announced) => {
        const body = new Gathering(announced);
        const whole: Buffer[] = [];
        let inPlace = 0;
        for (const [index, [wanted, placed]] of pieces.entries()) {
          const room = placed ? body.room(wanted) : undefined;
          const piece = Buffer.alloc(room?.length ?? wanted, index + 1);
          whole.push(piece);
          if (room === undefined) {
            body.add(piece, 0, piece.length);
            continue;
          }
          expect(room.length).toBeLessThanOrEqual(wanted);
          piece.copy(room);
          body.filled(piece.length);
          inPlace++;
        }
        expect(body.take().equals(Buffer.concat(whole))).toBe(true);
        fc.pre(inPlace > 0);
      },
    ),
    {numRuns: 60},
  );
});
