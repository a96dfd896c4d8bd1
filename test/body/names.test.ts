import {describe, expect, test} from 'vitest';
import {findNamed, flagNames, matchesName, pageNumberNames, sameName, totalItemNames} from '../../src/body/names.js';

describe('names', () => {
  test('are known in camelCase and other cases', () => {
    for (const key of ['has_more', 'hasMore', 'HasMore', 'has-more', 'HAS_MORE'])
      expect(matchesName(key, flagNames)).toBe(true);
    for (const key of ['more_items', 'has', 'hasMores', '']) expect(matchesName(key, flagNames)).toBe(false);
    expect(matchesName('currentPage', pageNumberNames)).toBe(true);
  });

  test('are the same but for case, _, - and a final s', () => {
    expect(sameName('Order_Items', 'orderItem')).toBe(true);
    expect(sameName('order-items', 'ORDERITEMS')).toBe(true);
    expect(sameName('orders', 'order_items')).toBe(false);
  });

  test('are found at most three keys deep, the shallower first, never inside lists', () => {
    const value = {
      a: {b: {total: 3, c: {total: 4}}},
      meta: {total: 2},
      list: [{total: 9}],
      total: 0,
    };
    expect(findNamed(value, totalItemNames)).toEqual([
      {path: ['total'], value: 0},
      {path: ['meta', 'total'], value: 2},
      {path: ['a', 'b', 'total'], value: 3},
    ]);
  });

  test('are not found inside the records', () => {
    const value = {data: {k: {total: 1}}, meta: {totalCount: 2}};
    expect(findNamed(value, totalItemNames, ['data'])).toEqual([{path: ['meta', 'totalCount'], value: 2}]);
    expect(findNamed({total: 1}, totalItemNames, [])).toEqual([]);
    expect(findNamed(null, totalItemNames)).toEqual([]);
    expect(findNamed([{total: 1}], totalItemNames)).toEqual([]);
  });
});
