import fc from 'fast-check';
import {expect, test} from 'vitest';
import {HashSet} from '../../src/stream/hash-set.js';

test('holds what a Set holds, in ascending order, also where many hashes name one slot', () => {
  const hashes = fc.oneof(
    fc.bigInt({min: 0n, max: 2n ** 64n - 1n}),
    fc.bigInt({min: 0n, max: 5n}).map((high) => high << 32n),
  );
  fc.assert(
    fc.property(fc.array(hashes, {maxLength: 3000, size: 'max'}), fc.array(hashes), (added, others) => {
      const set = new HashSet();
      const model = new Set<bigint>();
      for (const hash of added) {
        expect(set.add(hash)).toBe(!model.has(hash));
        model.add(hash);
      }
      expect(set.size).toBe(model.size);
      expect([...set.sorted()]).toEqual([...model].sort((a, b) => (a < b ? -1 : 1)));
      for (const hash of others) expect(set.has(hash)).toBe(model.has(hash));
    }),
    {numRuns: 30},
  );
});
