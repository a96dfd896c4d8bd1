import {describe, expect, test} from 'vitest';
import {ids, listLog, readOne} from './reading.js';
import {type CursorOptions, planOf, Server} from './simulated.js';

type Row = Readonly<Record<string, unknown>>;

const at = (clock: string): string => `2026-01-10T${clock}:00Z`;

function serverOf(rows: () => readonly Row[], size = 100): Server {
  return new Server((_, query) => {
    const start = Number(query['after'] ?? 0);
    const all = rows();
    const next = start + size < all.length ? start + size : null;
    return JSON.stringify({data: all.slice(start, start + size), next});
  });
}

const planAt = (
  server: Server,
  cursor: Partial<CursorOptions> = {},
  params: Record<string, string> = {since: '{start}'},
) =>
  planOf({
    name: 'rows',
    server,
    path: 'rows',
    params,
    paginator: {type: 'cursor', cursor_path: 'next', cursor_param: 'after'},
    cursor: {path: 'updated', ...cursor},
  });

describe('lag', () => {
  test.each([
    ['a number is days for dates', '2024-03-01', 2, '2024-02-28'],
    ['T21: eight digits are a date', '20240102', 1, '20240101'],
    ['T21: a duration over eight digits', '20240102', 'P1D', '20240101'],
    ['a number is seconds for times', '2024-01-01T00:00:10Z', 5, '2024-01-01T00:00:05Z'],
    ['the spelling stays', '2024-01-01 00:00:10.500+02:00', 'PT1H', '2023-12-31 23:00:10.500+02:00'],
    ['itself for numbers', 100, 7, '93'],
    ['itself for exact numbers', {number: '9007199254740993'}, 2, '9007199254740991'],
  ])('%s', async (_, cursor, lag, expected) => {
    const server = serverOf(() => []);
    const digits = typeof cursor === 'string' && /^\d{8}$/.test(cursor) ? {initial: '20000101'} : {};
    await readOne(planAt(server, {lag, ...digits}), server, {state: {v: 1, cursor: {updated: cursor}}});
    expect(server.requests).toEqual([`rows?since=${expected}`]);
  });

  test('not below initial_value', async () => {
    const server = serverOf(() => []);
    const state = {v: 1, cursor: {updated: '2024-01-01T00:00:10Z'}};
    await readOne(planAt(server, {lag: 'P1D', initial: '2024-01-01T00:00:00Z'}), server, {state});
    expect(server.requests).toEqual(['rows?since=2024-01-01T00:00:00Z']);
  });

  test('a duration over numbers of unknown unit is an error', async () => {
    const server = serverOf(() => []);
    await expect(readOne(planAt(server, {lag: 'PT1H', initial: 5}), server)).rejects.toThrow(
      /cursor_format epoch_seconds/,
    );
    await readOne(planAt(server, {lag: 'PT1H', formats: ['epoch_seconds'], initial: 0}), server, {
      state: {v: 1, cursor: {updated: 1704067200}},
    });
    expect(server.requests.at(-1)).toBe('rows?since=1704063600');
  });
});

describe('order', () => {
  const rows = [1, 2, 3, 4, 5, 6].map((id) => ({id, updated: at(`0${id}:00`)}));

  test('T7: desc ends at a strictly older row, not at one that was seen', async () => {
    const server = serverOf(() => rows.toReversed(), 2);
    const state = {v: 1, cursor: {updated: at('04:00')}};
    const {records, reasons} = await readOne(planAt(server, {order: 'desc'}, {}), server, {state});
    expect(ids(records)).toEqual([6, 5, 4]);
    expect([...reasons.keys()].join()).toContain('older than the start');
    // Page 2 holds 4 (equal) and 3 (older): the third page may be on its way, the rest is never asked for.
    expect(server.requests.filter((url) => url.includes('after=4'))).toHaveLength(1);
  });

  test('T7: a pinned row breaks the order, so the walk goes on', async () => {
    const pinned = {id: 99, updated: at('00:10')};
    const server = serverOf(() => [pinned, ...rows.toReversed()], 2);
    const log = listLog();
    const state = {v: 1, cursor: {updated: at('02:00')}};
    const {records} = await readOne(planAt(server, {order: 'desc'}, {}), server, {state}, log);
    expect(ids(records)).toEqual([6, 5, 4, 3, 2]);
    expect(log.lines.join()).toContain('row_order: desc');
  });

  test('asc: the cursor moves below the last value of the page', async () => {
    const server = serverOf(() => rows, 2);
    const {states} = await readOne(planAt(server, {order: 'asc'}), server);
    const cursors = states.map((state) => (state['cursor'] as {updated: string} | undefined)?.updated);
    expect(cursors).toEqual([undefined, at('01:00'), at('03:00'), at('06:00')]);
  });

  test('asc: after a violation the cursor is back where the slice began', async () => {
    const server = serverOf(() => [rows[0], rows[3], rows[4], rows[1], rows[5], rows[2]].map((row) => row ?? {}), 2);
    const state = {v: 1, cursor: {updated: at('00:30')}};
    const {states} = await readOne(planAt(server, {order: 'asc'}), server, {state});
    const cursors = states.map((saved) => (saved['cursor'] as {updated: string} | undefined)?.updated);
    expect(cursors).toEqual([at('00:30'), at('01:00'), at('00:30'), at('06:00')]);
  });
});

test('T6: a server that gives less than was asked for loses no row', async () => {
  const all = Array.from({length: 25}, (_, index) => ({id: index + 1}));
  const server = new Server((_, query) => {
    const offset = Number(query['offset'] ?? 0);
    return JSON.stringify({data: all.slice(offset, offset + Math.min(10, Number(query['limit'])))});
  });
  const plan = planOf({name: 'rows', server, path: 'rows', paginator: {type: 'offset', limit: 100}});
  expect(ids((await readOne(plan, server, {mode: 'full_refresh'})).records)).toHaveLength(25);
});
