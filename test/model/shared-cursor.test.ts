import {describe, expect, test, vi} from 'vitest';
import {holds} from './check.js';

// One cursor for all parents from the third on, none for cursors that are no times from the fourth on.
vi.mock('../../src/stream/partitions.js', async (original) => ({
  ...(await original<object>()),
  mostPartitions: 2,
  mostUntimed: 3,
  mostKnown: 6,
}));

describe('more parents than a state has cursors for', () => {
  test('the caps are low here', async () => {
    expect((await import('../../src/stream/partitions.js')).mostPartitions).toBe(2);
  });

  test('nothing is lost', {timeout: 120_000}, () =>
    holds(180, 20_260_114, {levels: 2, mode: 'incremental', parentIncremental: false}),
  );
});
