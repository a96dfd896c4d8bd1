import fc from 'fast-check';
import {expect, test} from 'vitest';
import {order} from '../../src/plan/order.js';

test('parents come before their children, the rest keeps its order', () => {
  const parents: Record<string, string> = {comments: 'issues', issues: 'repos'};
  expect(order(['comments', 'users', 'issues', 'repos'], (name) => parents[name])).toEqual({
    order: ['repos', 'issues', 'comments', 'users'],
  });
});

test('a cycle is named', () => {
  const parents: Record<string, string> = {a: 'b', b: 'c', c: 'a'};
  expect(order(['a', 'b', 'c'], (name) => parents[name])).toEqual({cycle: ['a', 'b', 'c', 'a']});
});

test('every name comes once, after its parent', () => {
  const forest = fc
    .integer({min: 1, max: 30})
    .chain((size) => fc.array(fc.nat(size), {minLength: size, maxLength: size}));
  fc.assert(
    fc.property(forest, fc.infiniteStream(fc.nat()), (links, shuffle) => {
      // A parent has a smaller number, so there is no cycle.
      const parentOf = (name: string) => {
        const own = Number(name);
        const link = links[own] ?? 0;
        return link < own ? String(link) : undefined;
      };
      const names = links.map((_, index) => String(index)).sort(() => ((shuffle.next().value ?? 0) % 2 === 0 ? 1 : -1));
      const result = order(names, parentOf);
      if (!('order' in result)) throw new Error('no cycle was built');
      expect([...result.order].sort()).toEqual([...names].sort());
      for (const [index, name] of result.order.entries()) {
        const parent = parentOf(name);
        if (parent !== undefined) expect(result.order.indexOf(parent)).toBeLessThan(index);
      }
    }),
  );
});
