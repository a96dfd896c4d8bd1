import {describe, test} from 'vitest';
import {holds} from './check.js';

describe('children', () => {
  test('nothing is lost below parents that come, change and go', {timeout: 120_000}, () =>
    holds(450, 20_260_111, {levels: 2}),
  );
});
