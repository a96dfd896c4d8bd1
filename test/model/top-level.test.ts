import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {holds} from './check.js';
import {kinds} from './kinds.js';
import {anyScenario, paginators, sensible} from './scenario.js';

/*
 * A simulated API whose rows are inserted, updated and deleted between and during runs, with failures at any request and the
 * process gone after any line, against a destination that counts rows once a STATE behind them was printed. After the API has
 * gone quiet and one more run, the destination equals the API (architecture, principle 5; contract, State).
 */
describe('a stream without parents', () => {
  test('nothing is lost, whatever happens', {timeout: 120_000}, () => holds(700, 20_260_110, {levels: 1}));

  // Where the soak finds most: ends and windows that the clock moves.
  test('nothing is lost up to an end that is now', {timeout: 120_000}, () =>
    holds(400, 20_260_116, {levels: 1, now: true}),
  );
});

test('the scenarios reach every combination of two features', () => {
  const features = fc
    .sample(anyScenario, {numRuns: 4000, seed: 1})
    .map(sensible)
    .map((s) => ({
      paginator: s.paginator,
      kind: s.kind,
      mode: s.mode,
      order: s.order === 'none' ? 'none' : `${s.order}, ${s.kept ? 'kept' : 'not kept'}`,
      windows: s.step > 0 ? (s.windowLimit ? 'limited' : 'plain') : 'none',
      lag: s.lag > 0,
      levels: s.levels,
      parents: s.parentIncremental ? 'changed' : 'all',
      split: s.shards > 1,
      width: s.width,
    }));
  const seen = (a: keyof (typeof features)[number], b: keyof (typeof features)[number]): number =>
    new Set(features.map((feature) => `${feature[a]} ${feature[b]}`)).size;
  const count = {
    paginator: paginators.length,
    kind: Object.keys(kinds).length + 1,
    mode: 3,
    levels: 3,
    split: 2,
    width: 3,
  };
  const pairs = [
    ['paginator', 'kind'],
    ['paginator', 'mode'],
    ['paginator', 'levels'],
    ['paginator', 'split'],
    ['paginator', 'width'],
    ['mode', 'levels'],
    ['mode', 'split'],
    ['levels', 'split'],
  ] as const;
  for (const [a, b] of pairs) expect([a, b, seen(a, b)]).toEqual([a, b, count[a] * count[b]]);
  // Not every kind can be cut into windows or has an order that means something.
  expect(seen('paginator', 'windows')).toBe(paginators.length * 3);
  expect(seen('kind', 'windows')).toBeGreaterThan(30);
  expect(seen('paginator', 'order')).toBeGreaterThan(60);
  expect(seen('windows', 'order')).toBeGreaterThan(10);
  expect(seen('parents', 'windows')).toBe(6);
});
