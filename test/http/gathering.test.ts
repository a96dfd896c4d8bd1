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
