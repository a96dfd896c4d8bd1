import {describe, expect, test} from 'vitest';
import type {JsonObject} from '../../src/json/exact.js';
import type {StreamPlan} from '../../src/stream/stream-plan.js';
import type {StreamRequest} from '../../src/stream/sync.js';
import {collect, open, requestOfStream} from './reading.js';
import {type CursorOptions, planOf, Server} from './simulated.js';

/**
 * A destination that keeps rows only up to the last checkpoint. The first run is killed after every possible event; the
 * server changes; the second run starts from the last state. Every row version that the server had when the second run
 * began must have arrived in one of the two.
 */

interface Row {
  readonly id: number;
  readonly parent: number;
  readonly updated: string;
}

const time = (minutes: number): string =>
  new Date(Date.UTC(2026, 0, 1) + minutes * 60_000).toISOString().replace('.000Z', 'Z');

interface Case {
  readonly name: string;
  readonly paginator: Readonly<Record<string, unknown>>;
  readonly cursor?: CursorOptions;
  readonly mode: StreamRequest['mode'];
  readonly order?: 'asc' | 'desc';
  readonly child?: boolean;
  readonly width?: number;
  /** The server itself filters by since and until. */
  readonly filters?: boolean;
}

const offset = {type: 'offset', limit: 2};
const pageNumber = {type: 'page_number', base_page: 1, limit: 2, limit_param: 'limit', total_path: null};
const token = {type: 'cursor', cursor_path: 'next', cursor_param: 'after'};
const link = {type: 'json_link', next_url_path: 'link'};
const updated = {path: 'updated', initial: '2026-01-01T00:00:00Z'};

const cases: readonly Case[] = [
  {name: 'full refresh by offset', paginator: offset, mode: 'full_refresh'},
  {name: 'full refresh by page', paginator: pageNumber, mode: 'full_refresh'},
  {name: 'full refresh by token', paginator: token, mode: 'full_refresh'},
  {name: 'full refresh by link', paginator: link, mode: 'full_refresh'},
  {name: 'full refresh, one page', paginator: {type: 'single_page'}, mode: 'full_refresh'},
  {
    name: 'full refresh of an ordered stream',
    paginator: token,
    cursor: {...updated, order: 'asc'},
    mode: 'full_refresh',
    order: 'asc',
  },
  {
    name: 'full refresh in windows',
    paginator: token,
    cursor: {...updated, step: 'PT3M', end: 'now'},
    mode: 'full_refresh',
    filters: true,
  },
  {name: 'children in full', paginator: token, mode: 'full_refresh', child: true},
  {name: 'children in full, three at once', paginator: token, mode: 'full_refresh', child: true, width: 3},
  {name: 'incremental, no order', paginator: token, cursor: updated, mode: 'incremental'},
  {name: 'incremental, filtered', paginator: token, cursor: updated, mode: 'incremental', filters: true},
  {name: 'incremental by offset', paginator: offset, cursor: updated, mode: 'incremental', filters: true},
  {
    name: 'incremental, ascending',
    paginator: token,
    cursor: {...updated, order: 'asc'},
    mode: 'incremental',
    order: 'asc',
    filters: true,
  },
  {
    name: 'incremental, ascending, by link',
    paginator: link,
    cursor: {...updated, order: 'asc'},
    mode: 'incremental',
    order: 'asc',
    filters: true,
  },
  {
    name: 'incremental, ascending, one page',
    paginator: {type: 'single_page'},
    cursor: {...updated, order: 'asc'},
    mode: 'incremental',
    order: 'asc',
    filters: true,
  },
  {
    name: 'incremental, descending',
    paginator: token,
    cursor: {...updated, order: 'desc'},
    mode: 'incremental',
    order: 'desc',
  },
  {
    name: 'incremental, order declared but not kept',
    paginator: token,
    cursor: {...updated, order: 'asc'},
    mode: 'incremental',
  },
  {
    name: 'incremental with lag',
    paginator: token,
    cursor: {...updated, lag: 'PT2M'},
    mode: 'incremental',
    filters: true,
  },
  {name: 'windows', paginator: token, cursor: {...updated, step: 'PT3M'}, mode: 'incremental', filters: true},
  {
    name: 'windows, two at once',
    paginator: offset,
    cursor: {...updated, step: 'PT3M'},
    mode: 'incremental',
    filters: true,
    width: 2,
  },
  {
    name: 'windows with lag',
    paginator: offset,
    cursor: {...updated, step: 'PT4M', lag: 60},
    mode: 'incremental',
    filters: true,
  },
  {
    name: 'windows in order',
    paginator: token,
    cursor: {...updated, step: 'PT4M', order: 'asc'},
    mode: 'incremental',
    order: 'asc',
    filters: true,
  },
  {
    name: 'children with a cursor each',
    paginator: token,
    cursor: updated,
    mode: 'incremental',
    child: true,
    filters: true,
  },
  {
    name: 'children with a cursor each, ascending',
    paginator: token,
    cursor: {...updated, order: 'asc'},
    mode: 'incremental',
    order: 'asc',
    child: true,
    filters: true,
  },
  {
    name: 'children in windows',
    paginator: offset,
    cursor: {...updated, step: 'PT4M'},
    mode: 'incremental',
    child: true,
    filters: true,
    width: 2,
  },
];

function serve(rows: () => readonly Row[], of: Case): Server {
  return new Server((path, query) => {
    if (path === 'parents') return JSON.stringify({data: [{id: 1}, {id: 2}, {id: 3}]});
    const parent = Number(path.split('/')[1] ?? 0);
    const since = query['since'] ?? '';
    const until = query['until'] ?? '~';
    let all = rows().filter((row) => parent === 0 || row.parent === parent);
    if (of.filters === true) all = all.filter((row) => row.updated >= since && row.updated < until);
    if (of.order !== undefined) {
      all = all.toSorted(
        (a, b) => (a.updated < b.updated ? -1 : a.updated > b.updated ? 1 : 0) * (of.order === 'asc' ? 1 : -1),
      );
    }
    const page = Number(query['page'] ?? 1);
    // Tokens and links point behind a row: what is inserted before them does not shift them.
    const behind = query['after'] === undefined ? -1 : all.findIndex((row) => row.id === Number(query['after']));
    const start =
      of.paginator['type'] === 'offset'
        ? Number(query['offset'])
        : of.paginator['type'] === 'page_number'
          ? 2 * (page - 1)
          : behind + 1;
    const size = of.paginator['type'] === 'single_page' ? all.length : 2;
    const data = all.slice(start, start + size);
    const last = data.at(-1);
    const more = last !== undefined && start + size < all.length;
    const after = more ? String(last.id) : null;
    const params = new URLSearchParams({...query, ...(after !== null && {after})});
    return JSON.stringify({data, next: after, link: after === null ? null : `https://api.test/${path}?${params}`});
  });
}

function plansOf(of: Case, server: Server): readonly StreamPlan[] {
  const width = of.width ?? 1;
  const params = of.filters === true ? {since: '{start}', until: '{end}'} : {};
  const rest = {name: 'rows', server, paginator: of.paginator, params, width, ...(of.cursor && {cursor: of.cursor})};
  if (of.child !== true) return [planOf({...rest, path: 'rows'})];
  const parent = planOf({name: 'parents', server, path: 'parents'});
  return [parent, planOf({...rest, path: 'rows/{0}', parent, included: {_parent_id: 'id'}})];
}

const initial: readonly Row[] = Array.from({length: 9}, (_, index) => ({
  id: index + 1,
  parent: (index % 3) + 1,
  // Not in order of id, with equal values.
  updated: time([4, 2, 7, 7, 1, 9, 3, 4, 11][index] ?? 0),
}));

const version = (row: {id: number; updated: string}): string => `${row.id}@${row.updated}`;
const versions = (records: readonly string[]): string[] => records.map((record) => version(JSON.parse(record)));

describe.each(cases)('$name', (of) => {
  const request = {mode: of.mode, syncId: of.mode === 'full_refresh' ? 7 : undefined};

  async function run(server: Server, state: JsonObject | undefined, events?: number) {
    const plans = plansOf(of, server);
    const sync = open(plans, [requestOfStream('rows', {...request, state})], server);
    return collect(sync.read('rows'), events);
  }

  test('a read gives every row once, and its states differ where rows lie between', async () => {
    const server = serve(() => initial, of);
    server.clock.time = Date.parse(time(30));
    const {records, states, error} = await run(server, undefined);
    expect(error).toBeUndefined();
    const got = versions(records);
    expect([...new Set(got)].toSorted()).toEqual(initial.map(version).toSorted());
    if (of.cursor?.lag === undefined) expect(got).toHaveLength(initial.length);
    const texts = states.map((state) =>
      JSON.stringify({...state, resume: undefined, done: undefined, r: {...(state['resume'] as object), at: 0}}),
    );
    for (let i = 1; i < texts.length; i++) expect(texts[i]).not.toBe(texts[i - 1]);
  });

  test.each([
    ['from its position', true],
    ['from its cursors alone, as after a day', false],
  ])('killed after any event and resumed %s, nothing is lost', async (_, positions) => {
    if (of.mode === 'full_refresh' && !positions) return;
    for (let events = 1; events < 60; events++) {
      let rows = [...initial];
      const server = serve(() => rows, of);
      server.clock.time = Date.parse(time(30));
      const first = await run(server, undefined, events);
      expect(first.error).toBeUndefined();
      const kept = first.records.slice(0, first.covered);
      // Meanwhile one row changes, one comes at a value that was there before the kill.
      server.clock.time = Date.parse(time(40));
      if (of.mode === 'incremental') {
        rows = rows.map((row) => (row.id === 5 ? {...row, updated: time(35)} : row));
        rows.push({id: 20, parent: 2, updated: time(36)});
      }
      let state = first.states.at(-1);
      if (!positions && state !== undefined) {
        const {resume: __, ...cursors} = state;
        state = cursors;
      }
      const second = await run(server, state);
      expect(second.error).toBeUndefined();
      kept.push(...second.records);
      state = second.states.at(-1);
      const third = await run(server, of.mode === 'incremental' ? state : undefined);
      kept.push(...(of.mode === 'incremental' ? third.records : []));
      const got = new Set(versions(kept));
      for (const row of rows)
        expect([events, version(row), got.has(version(row))]).toEqual([events, version(row), true]);
      if (first.reasons.size > 0) return;
    }
    throw new Error('the read never ended');
  });

  test('a read after a whole read brings what changed, and nothing twice', async () => {
    if (of.mode !== 'incremental' || of.cursor?.lag !== undefined) return;
    let rows = [...initial];
    const server = serve(() => rows, of);
    server.clock.time = Date.parse(time(30));
    const {states} = await run(server, undefined);
    server.clock.time = Date.parse(time(60));
    rows = rows.map((row) => (row.id === 3 ? {...row, updated: time(50)} : row));
    rows.push({id: 21, parent: 3, updated: time(51)});
    const second = await run(server, states.at(-1));
    expect(second.error).toBeUndefined();
    expect(versions(second.records).toSorted()).toEqual([`21@${time(51)}`, `3@${time(50)}`]);
    const third = await run(server, second.states.at(-1));
    expect(third.records).toEqual([]);
  });
});
