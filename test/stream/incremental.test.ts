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

describe('start and state', () => {
  test('T20: without a value the parameter is left out; then the state is asked for', async () => {
    const server = serverOf(() => [{id: 1, updated: at('09:00')}]);
    const first = await readOne(planAt(server), server);
    expect(server.requests).toEqual(['rows']);
    expect(first.states.at(-1)).toMatchObject({v: 1, cursor: {updated: at('09:00')}});
    await readOne(planAt(server), server, {state: first.states.at(-1)});
    expect(server.requests.at(-1)).toBe(`rows?since=${at('09:00')}`);
  });

  test('a bare state of another connector is taken as the cursor; a foreign one is refused', async () => {
    const server = serverOf(() => []);
    await readOne(planAt(server), server, {state: {updated: at('08:00')}});
    expect(server.requests).toEqual([`rows?since=${at('08:00')}`]);
    await expect(readOne(planAt(server), server, {state: {created: 'x'}})).rejects.toThrow(/Reset the stream/);
    await expect(readOne(planAt(server), server, {state: {v: 2}})).rejects.toThrow(/newer version/);
    await expect(readOne(planAt(server), server, {state: {v: 1, cursor: {updated: 'soon'}}})).resolves.toBeDefined();
    const timed = planAt(server, {initial: '2026-01-01'});
    await expect(readOne(timed, server, {state: {v: 1, cursor: {updated: 'soon'}}})).rejects.toThrow(/not a time/);
  });

  test('another cursor_path is read from the beginning, with a warning', async () => {
    const server = serverOf(() => []);
    const log = listLog();
    await readOne(planAt(server), server, {state: {v: 1, cursor: {created: at('08:00')}}}, log);
    expect(server.requests).toEqual(['rows']);
    expect(log.lines.join()).toContain('warn rows: the saved cursor of created is not used');
  });

  test('a state in the future yields nothing, a state and a warning', async () => {
    const server = serverOf(() => [{id: 1, updated: at('09:00')}]);
    const log = listLog();
    const state = {v: 1, cursor: {updated: '2027-01-01T00:00:00Z'}};
    const {records, states} = await readOne(planAt(server), server, {state}, log);
    expect(records).toEqual([]);
    expect(states.at(-1)).toEqual(state);
    expect(log.lines.join()).toContain('in the future');
  });

  test('a switch from full_refresh to incremental goes on from what was read', async () => {
    const server = serverOf(() => [{id: 1, updated: at('09:00')}]);
    const {states} = await readOne(planAt(server), server, {mode: 'full_refresh', syncId: 3});
    expect(states[0]).not.toHaveProperty('cursor');
    expect(states.at(-1)).toMatchObject({cursor: {updated: at('09:00')}, done: {sync_id: 3}});
    const next = await readOne(planAt(server), server, {state: states.at(-1)});
    expect(next.records).toEqual([]);
  });

  test('a fixed end that was reached is not asked for again', async () => {
    const server = serverOf(() => [{id: 1, updated: at('09:00')}]);
    const options = {initial: at('08:00'), end: at('10:00'), step: 'PT1H'};
    const {states, records} = await readOne(planAt(server, options), server);
    expect(ids(records)).toEqual([1]);
    expect(states.at(-1)).toEqual({v: 1, cursor: {updated: at('10:00')}, initial: at('08:00')});
    const asked = server.requests.length;
    await readOne(planAt(server, options), server, {state: states.at(-1)});
    expect(server.requests).toHaveLength(asked);
  });
});

describe('filter', () => {
  test('T9: instants are compared, not texts', async () => {
    const server = serverOf(() => [
      {id: 1, updated: '2024-01-01T05:00:00+05:00'},
      {id: 2, updated: '2024-01-01T04:30:00Z'},
      {id: 3, updated: '2023-12-31'},
      {id: 4, updated: '2024-01-01'},
      {id: 5, updated: '2023-12-31T23:59:59.999999999Z'},
    ]);
    const {records, states} = await readOne(planAt(server, {initial: '2024-01-01T00:00:00Z'}), server);
    expect(ids(records)).toEqual([1, 2, 4]);
    expect(states.at(-1)).toMatchObject({cursor: {updated: '2024-01-01T04:30:00Z'}});
  });

  test('T8: a row that was changed within the tick of the cursor comes, an unchanged one does not', async () => {
    let rows = [
      {id: 1, updated: at('09:00'), name: 'a'},
      {id: 2, updated: at('09:00'), name: 'b'},
    ];
    const server = serverOf(() => rows);
    const {states} = await readOne(planAt(server), server);
    rows = [
      {id: 1, updated: at('09:00'), name: 'changed'},
      {id: 2, updated: at('09:00'), name: 'b'},
    ];
    const next = await readOne(planAt(server), server, {state: states.at(-1)});
    expect(next.records).toEqual(['{"id":1,"updated":"2026-01-10T09:00:00Z","name":"changed"}']);
    const off = await readOne(planAt(server, {boundaryKey: 'off'}), server, {state: states.at(-1)});
    expect(ids(off.records)).toEqual([1, 2]);
  });

  test('equal rows are dropped as often as they were seen', async () => {
    let rows = [{updated: at('09:00')}, {updated: at('09:00')}];
    const server = serverOf(() => rows);
    const {states} = await readOne(planAt(server), server);
    rows = [...rows, {updated: at('09:00')}];
    expect((await readOne(planAt(server), server, {state: states.at(-1)})).records).toHaveLength(1);
  });

  test('range_start open and range_end closed', async () => {
    const server = serverOf(() =>
      [8, 9, 10].map((hour) => ({id: hour, updated: at(`${String(hour).padStart(2, '0')}:00`)})),
    );
    const options = {initial: at('08:00'), end: at('10:00')};
    expect(ids((await readOne(planAt(server, options), server)).records)).toEqual([8, 9]);
    const open = {...options, rangeStart: 'open', rangeEnd: 'closed'} as const;
    expect(ids((await readOne(planAt(server, open), server)).records)).toEqual([9, 10]);
  });

  test.each([
    ['include', [1, 2, 3, 4]],
    ['exclude', [1]],
  ] as const)('records without a readable value: %s', async (missing, expected) => {
    const server = serverOf(() => [
      {id: 1, updated: at('09:00')},
      {id: 2},
      {id: 3, updated: null},
      {id: 4, updated: '0000-00-00 00:00:00'},
    ]);
    expect(ids((await readOne(planAt(server, {missing, initial: at('08:00')}), server)).records)).toEqual(expected);
  });

  test('on_cursor_value_missing: raise names the record', async () => {
    const server = serverOf(() => [{id: 77}, {id: 2, updated: at('09:00')}]);
    await expect(readOne(planAt(server, {missing: 'raise'}), server)).rejects.toThrow(/"id":77/);
  });

  test('a first page whose values cannot be read in the type of the start is an error', async () => {
    const server = serverOf(() => [{id: 1, updated: '30/01/2026 09:00'}]);
    await expect(readOne(planAt(server, {initial: '2026-01-01'}), server)).rejects.toThrow(/cursor_format/);
    const formats = ['%d/%m/%Y %H:%M'];
    const {states} = await readOne(planAt(server, {initial: '2025-01-01', formats}), server);
    expect(states.at(-1)).toMatchObject({cursor: {updated: '30/01/2026 09:00'}});
  });
});

describe('what the cursor may promise', () => {
  test('a time never passes the moment at which the slice was asked for; rows beyond come again only if they changed', async () => {
    const clock = '2026-01-31T00:00:00Z';
    let rows = [
      {id: 1, updated: '2026-01-30T00:00:00Z'},
      {id: 2, updated: '2026-01-31T00:00:05Z'},
    ];
    const server = serverOf(() => rows);
    const first = await readOne(planAt(server), server);
    expect(ids(first.records)).toEqual([1, 2]);
    expect(first.states.at(-1)).toMatchObject({cursor: {updated: clock}});
    rows = [...rows, {id: 3, updated: '2026-01-31T00:00:03Z'}];
    server.clock.time += 60_000;
    const second = await readOne(planAt(server), server, {state: first.states.at(-1)});
    expect(ids(second.records)).toEqual([3]);
    expect(second.states.at(-1)).toMatchObject({cursor: {updated: '2026-01-31T00:00:05Z'}});
  });

  test('the bound is the server clock where it is behind', async () => {
    const server = new Server(() => ({
      body: JSON.stringify({data: [{id: 1, updated: '2026-01-30T23:59:58Z'}]}),
      sentAt: Date.UTC(2026, 0, 30, 23, 59, 50),
    }));
    const {states} = await readOne(planAt(server), server);
    expect(states.at(-1)).toMatchObject({cursor: {updated: '2026-01-30T23:59:50Z'}});
  });

  test('epoch numbers are times: by the first page, or by a start that is one', async () => {
    const seconds = Date.UTC(2026, 0, 31) / 1000;
    const server = serverOf(() => [
      {id: 1, updated: seconds - 5},
      {id: 2, updated: seconds + 9},
    ]);
    expect((await readOne(planAt(server, {initial: 0}), server)).states.at(-1)).toMatchObject({
      cursor: {updated: seconds},
    });
    const {states} = await readOne(planAt(server, {initial: '2024-01-01T00:00:00Z'}), server);
    expect(states.at(-1)).toMatchObject({cursor: {updated: seconds}});
    // The server was asked with text, and goes on being asked with text.
    await readOne(planAt(server, {initial: '2024-01-01T00:00:00Z'}), server, {state: states.at(-1)});
    expect(server.requests.at(-1)).toBe('rows?since=2026-01-31T00:00:00Z');
  });

  test('exact numbers keep every digit, also through a host that writes the state anew', async () => {
    const server = new Server(
      () => '{"data": [{"id": 1, "updated": 1502348923749823749}, {"id": 2, "updated": 1502348923749823748}]}',
    );
    const log = listLog();
    const {states} = await readOne(planAt(server, {initial: 5}), server, {}, log);
    expect(states.at(-1)).toMatchObject({cursor: {updated: {number: '1502348923749823749'}}});
    await readOne(planAt(server, {initial: 5}), server, {state: states.at(-1)});
    expect(server.requests.at(-1)).toBe('rows?since=1502348923749823749');
    expect(log.lines.join()).toContain('row_order: asc');
  });

  test('it never goes back', async () => {
    const server = serverOf(() => [{id: 1, updated: at('08:00')}]);
    const state = {v: 1, cursor: {updated: at('09:00')}};
    const {records, states} = await readOne(planAt(server, {lag: 'PT2H'}), server, {state});
    expect(ids(records)).toEqual([1]);
    expect(states.at(-1)).toEqual(state);
    expect(server.requests).toEqual([`rows?since=${at('07:00')}`]);
  });

  test('T10: an ignored failure leaves the cursor and no position', async () => {
    const rows = [1, 2, 3].map((id) => ({id, updated: at(`0${id}:00`)}));
    const good = serverOf(() => rows, 1);
    const server = new Server((path, query) =>
      query['after'] === '1' ? {body: '{}', status: 500, ignored: 'retryable'} : good.handle(path, query),
    );
    const state = {v: 1, cursor: {updated: at('00:30')}};
    const log = listLog();
    const result = await readOne(planAt(server), server, {state}, log);
    expect(ids(result.records)).toEqual([1]);
    expect(result.states.at(-1)).toEqual(state);
    expect(log.lines.join()).toContain('its cursor stays');
    const full = await readOne(planAt(server), server, {mode: 'full_refresh', syncId: 1});
    expect(full.states.at(-1)).not.toHaveProperty('done');
  });

  test('min: the smallest value, and the start is an upper bound', async () => {
    const server = serverOf(() => [5, 9, 3].map((id) => ({id, updated: id})));
    const {records, states} = await readOne(planAt(server, {func: 'min', initial: 6}), server);
    expect(ids(records)).toEqual([5, 3]);
    expect(states.at(-1)).toMatchObject({cursor: {updated: 3}});
  });
});
