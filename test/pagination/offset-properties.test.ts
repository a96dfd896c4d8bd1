import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {ids, offsetServer, paginatorOf, read} from './answers.js';

const server = fc.record({
  count: fc.nat(60),
  cap: fc.option(fc.integer({min: 1, max: 12}), {nil: undefined}),
  total: fc.constantFrom('absent', 'right', 'text', 'null', 'negative', 'float', 'large', 'zero', 'first'),
  flag: fc.constantFrom('absent', 'right', 'text', 'number', 'inverse'),
  past: fc.constantFrom('empty', 416),
});

const totalOf = (kind: string, count: number, from: number): object => {
  const totals: Record<string, unknown> = {
    right: count,
    text: String(count),
    null: null,
    negative: -5,
    float: count + 0.5,
    large: count + 1000,
    zero: 0,
  };
  if (kind === 'first') return from === 0 ? {total: count} : {};
  return kind === 'absent' ? {} : {total: totals[kind]};
};

const flagOf = (kind: string, more: boolean): object => {
  const flags: Record<string, object> = {
    right: {more},
    text: {more: more ? 'Yes' : 'n'},
    number: {more: more ? 1 : 0},
    inverse: {last: !more},
  };
  return flags[kind] ?? {};
};

describe('properties', () => {
  test('every row once and in order, from the start and from every position', async () => {
    await fc.assert(
      fc.asyncProperty(
        server,
        fc.integer({min: 1, max: 12}),
        fc.boolean(),
        fc.nat(5),
        async (kind, limit, written, stopAt) => {
          const api = offsetServer(kind.count, {
            ...(kind.cap !== undefined && {cap: kind.cap}),
            ...(kind.past === 416 && {past: {status: 416}}),
            extra: (from, to) => ({...totalOf(kind.total, kind.count, from), ...flagOf(kind.flag, to < kind.count)}),
          });
          const paginator = paginatorOf({
            type: 'offset',
            limit,
            ...(written && {total_path: 'total'}),
            ...(kind.flag === 'inverse' ? {last_page_path: 'last'} : kind.flag !== 'absent' && {has_more_path: 'more'}),
          });
          const api2 = kind.count === 0 ? offsetServer(0) : api;
          const whole = await read(paginator, api2);
          expect(whole.error).toBeUndefined();
          expect(whole.ids).toEqual(ids(kind.count));
          const first = await read(paginator, api2, {pages: stopAt + 1});
          const position = first.after.at(-1);
          if (position === null || position === undefined) return;
          const kept = JSON.parse(JSON.stringify(position));
          const rest = await read(paginator, api2, {from: kept});
          if (rest.end?.outcome === 'restart') {
            // Behind the last row the server refuses the position: the slice begins again (contract).
            expect(kind.past).toBe(416);
            expect(first.ids).toEqual(ids(kind.count));
            return;
          }
          expect([...first.ids, ...rest.ids]).toEqual(ids(kind.count));
          expect(rest.end?.reason).toBe(whole.end?.reason);
        },
      ),
      {numRuns: 150},
    );
  });
});
