import {expect, test} from 'vitest';
import {counted, grouped} from '../src/counted.js';

test('one is one, and thousands stand apart', () => {
  expect([0, 1, 2, 1000, 9999, 16_017].map((value) => counted(value, 'row'))).toEqual([
    '0 rows',
    '1 row',
    '2 rows',
    '1000 rows',
    '9999 rows',
    '16 017 rows',
  ]);
  expect(counted(3, 'retry', 'retries')).toBe('3 retries');
  expect([999, 1234, 1_234_567].map(grouped)).toEqual(['999', '1 234', '1 234 567']);
});
