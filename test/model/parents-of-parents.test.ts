import {describe, test} from 'vitest';
import {holds} from './check.js';

describe('children', () => {
  test('nothing is lost below parents of parents', {timeout: 120_000}, () => holds(120, 20_260_112, {levels: 3}));

  test('nothing is lost where only changed parents are visited', {timeout: 120_000}, () =>
    holds(150, 20_260_113, {levels: 2, mode: 'incremental', parentIncremental: true}),
  );
});
