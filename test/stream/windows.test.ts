import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {CursorType} from '../../src/stream/cursor-type.js';
import {MissingValues} from '../../src/stream/missing-values.js';
import type {Frame} from '../../src/stream/range.js';
import {rangeOf} from '../../src/stream/range.js';
import {windowsOf} from '../../src/stream/windows.js';
import {ids, listLog, readOne} from './reading.js';
import {type CursorOptions, planOf, Server} from './simulated.js';

const server = new Server(() => '{}');

function frameOf(options: Partial<CursorOptions>, now: number): Frame {
  const {cursor} = planOf({name: 'rows', server, path: 'rows', cursor: {path: 'updated', ...options}});
  if (cursor === undefined) throw new Error('no cursor');
  const type = new CursorType(cursor, 'rows', now, cursor.initial);
  return {plan: cursor, type, missing: new MissingValues(cursor, () => type.settled), stream: 'rows', now};
}

const steps = ['PT1H', 'PT7M', 'P1D', 'P1W', 'P1M', 'P30D', 'P1Y', 'P1MT5H'];

describe('windows', () => {
  test('tile the range: half open, contiguous, in order, on one grid where it is split', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...steps),
        fc.integer({min: 0, max: 200_000_000}),
        fc.integer({min: 1, max: 100_000_000}),
        fc.boolean(),
        (step, from, length, grid) => {
          const initial = new Date(1_600_000_000_000 + from * 1000).toISOString().replace('.000Z', 'Z');
          const now = 1_600_000_000_000 + (from + length) * 1000;
          const frame = frameOf({initial, step}, now);
          let at = initial;
          let count = 0;
          for (const window of windowsOf(frame, rangeOf(frame, undefined), grid)) {
            expect(window.start?.json).toBe(at);
            at = String(window.until?.json);
            expect(at > String(window.start?.json)).toBe(true);
            expect(window.closing).toBe(window.last);
            count++;
            if (count > 200) return;
          }
          expect(at).toBe(new Date(now).toISOString().replace('.000Z', 'Z'));
        },
      ),
      {numRuns: 60},
    );
  });

  test('cells are the same from whatever start', () => {
    const cells = (initial: string) => {
      const frame = frameOf({initial, step: 'P1M'}, Date.UTC(2026, 5, 15));
      return [...windowsOf(frame, rangeOf(frame, undefined), true)].map(({cell}) => cell);
    };
    expect(cells('2026-04-30')).toEqual([
      '2026-04-01T00:00:00.000Z',
      '2026-05-01T00:00:00.000Z',
      '2026-06-01T00:00:00.000Z',
    ]);
    expect(cells('2026-05-09')).toEqual(cells('2026-04-30').slice(1));
  });

  test('numbers', () => {
    const frame = frameOf({initial: 3, end: 12, step: 4}, 0);
    const bounds = [...windowsOf(frame, rangeOf(frame, undefined), false)].map(({start, until}) => [
      start?.json,
      until?.json,
    ]);
    expect(bounds).toEqual([
      [3, 7],
      [7, 11],
      [11, 12],
    ]);
  });

  test('boundaries lie on what is sent: a step below it makes no progress', () => {
    const frame = frameOf({initial: '2026-01-01', step: 'PT6H'}, Date.UTC(2026, 0, 3));
    expect(() => [...windowsOf(frame, rangeOf(frame, undefined), false)]).toThrow(/makes no progress/);
    const sent = frameOf({initial: '2026-01-01', step: 'PT6H', convert: 'epoch_seconds'}, Date.UTC(2026, 0, 2));
    expect([...windowsOf(sent, rangeOf(sent, undefined), false)]).toHaveLength(4);
  });

  test('the hour that a clock repeats is no boundary', () => {
    const convert = {to: '%Y-%m-%d %H:%M', tz: 'Europe/Berlin'};
    const frame = frameOf({initial: '2025-10-25T22:00:00Z', step: 'PT1H', convert}, Date.UTC(2025, 9, 26, 4));
    const format = frame.plan.convert;
    const sent = [...windowsOf(frame, rangeOf(frame, undefined), false)].map(
      ({until}) => until && format?.print(until),
    );
    expect(sent).toEqual(['2025-10-26 01:00', '2025-10-26 03:00', '2025-10-26 04:00', '2025-10-26 05:00']);
  });

  test('a number needs an end, and words say so', async () => {
    const plan = planOf({name: 'rows', server, path: 'rows', cursor: {path: 'n', initial: 5, step: 10}});
    await expect(readOne(plan, server)).rejects.toThrow(/needs end_value/);
    const timed = planOf({name: 'rows', server, path: 'rows', cursor: {path: 'n', initial: 5, end: 9, step: 'P1D'}});
    await expect(readOne(timed, server)).rejects.toThrow(/unknown unit/);
  });
});

describe('window_limit', () => {
  const rows = Array.from({length: 40}, (_, index) => ({
    id: index,
    updated: new Date(Date.UTC(2026, 0, 10) + index * 60_000).toISOString(),
  }));
  const search = () =>
    new Server((_, query) => {
      const found = rows.filter(({updated}) => updated >= (query['since'] ?? '') && updated < (query['until'] ?? ''));
      const start = Number(query['after'] ?? 0);
      // As searches do, it refuses what lies behind the tenth row.
      if (start >= 10) return 400;
      const next = start + 5 < found.length ? start + 5 : null;
      return JSON.stringify({total: found.length, data: found.slice(start, start + 5), next});
    });
  const planAt = (at: Server, limit: number, width = 1) =>
    planOf({
      name: 'rows',
      server: at,
      path: 'rows',
      width,
      params: {since: '{start}', until: '{end}'},
      paginator: {type: 'cursor', cursor_path: 'next', cursor_param: 'after', total_items_path: 'total'},
      cursor: {path: 'updated', initial: '2026-01-01T00:00:00Z', step: 'P7D', windowLimit: limit},
    });

  test.each([1, 3])('a window of more items is halved before anything is emitted (width %i)', async (width) => {
    const at = search();
    const {records} = await readOne(planAt(at, 10, width), at);
    expect(ids(records)).toEqual(rows.map(({id}) => id));
  });

  test('where it cannot be halved it is an error with the numbers', async () => {
    const at = new Server(() => '{"total": 11, "data": [{"id": 1}]}');
    await expect(readOne(planAt(at, 10), at)).rejects.toThrow(/11 items lie between .*window_limit 10/);
  });

  test('where the answers name no total it is said, once, unless nothing came', async () => {
    const text = 'window_limit 10 cannot be kept: the answers name no total of items';
    const logOf = async (body: string): Promise<string> => {
      const log = listLog();
      const at = new Server(() => body);
      await readOne(planAt(at, 10), at, {}, log);
      expect(at.requests.length).toBeGreaterThan(1);
      return log.lines.join('\n');
    };
    expect((await logOf('{"data": [{"id": 1, "updated": "2026-01-10T00:00:00Z"}]}')).split(text)).toHaveLength(2);
    expect(await logOf('{"total": 1, "data": [{"id": 1, "updated": "2026-01-10T00:00:00Z"}]}')).not.toContain(text);
    expect(await logOf('{"data": []}')).not.toContain(text);
  });
});
