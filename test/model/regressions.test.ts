import {describe, expect, test} from 'vitest';
import {type Json, type JsonObject, parseExact, printExact} from '../../src/json/exact.js';
import {fromState, objectOf, toStateValue} from '../../src/stream/state-values.js';
import {collect, ids, open, readOne, requestOfStream} from '../stream/reading.js';
import {planOf, Server} from '../stream/simulated.js';
import {FakeClock} from '../support/fake-clock.js';

/* What the model has found, each as the smallest case that shows it. */

const at = (seconds: number): string =>
  new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString().replace('.000Z', 'Z');
const moment = (seconds: number): number => Date.parse(at(seconds));
const stateOf = (text: string): JsonObject => objectOf(parseExact(text)) ?? {};

describe('numbers in states', () => {
  test('that a host spells anew are read as they were', () => {
    const spelled: [string, Json][] = [
      ['41.0', 41],
      ['1.7672256E12', 1_767_225_600_000],
      ['-5.0e0', -5],
      ['1.50', 1.5],
    ];
    for (const [text, value] of spelled) expect(fromState(parseExact(text))).toBe(value);
    expect(printExact(fromState(parseExact('9007199254740993')))).toBe('9007199254740993');
  });

  test('that no double holds survive in positions and keys, at any depth', () => {
    for (const text of [
      '9007199254740993',
      '{"a":[1.10,{"b":1e400}]}',
      '{"number":"7"}',
      '{"number":{"number":1}}',
      '[null,""]',
    ]) {
      const value = parseExact(text);
      const kept: unknown = JSON.parse(printExact(toStateValue(value)));
      expect(printExact(fromState(parseExact(JSON.stringify(kept))))).toBe(text);
    }
  });

  test('an offset of 2.0 goes on at 2, a token beyond doubles with its own digits', async () => {
    const server = new Server((_, {offset}) => JSON.stringify({data: offset === '2' ? [{id: 1}] : []}));
    const numbered = planOf({
      name: 'rows',
      server,
      path: 'rows',
      paginator: {type: 'offset', limit: 1, total_path: null},
    });
    const resume = (position: string): JsonObject =>
      stateOf(
        `{"v":1,"resume":{"mode":"full_refresh","request":"f-rows","at":${server.clock.now()}.0,"position":${position}}}`,
      );
    await readOne(numbered, server, {mode: 'full_refresh', state: resume('{"offset":2.0,"pages":2.0,"rows":2.0}')});
    expect(server.requests.slice(0, 2).map((url) => /offset=\d/.exec(url)?.[0])).toEqual(['offset=2', 'offset=3']);
    const tokens = planOf({
      name: 'rows',
      server,
      path: 'rows',
      paginator: {type: 'cursor', cursor_path: 'next', cursor_param: 'after'},
    });
    await readOne(tokens, server, {mode: 'full_refresh', state: resume('{"cursor":{"number":"9007199254740993"}}')});
    expect(server.requests.at(-1)).toBe('rows?after=9007199254740993');
  });
});

test('a walk that began without a start goes on without one, though its cursor has moved', async () => {
  const rows = Array.from({length: 6}, (_, index) => ({id: index, updated: at(index)}));
  const server = new Server((_, {since = '', offset = '0'}) => {
    const data = rows.filter(({updated}) => updated >= since);
    return JSON.stringify({data: data.slice(Number(offset), Number(offset) + 1)});
  });
  const plan = () =>
    planOf({
      name: 'rows',
      server,
      path: 'rows',
      params: {since: '{start}'},
      paginator: {type: 'offset', limit: 1, total_path: null},
      cursor: {path: 'updated', order: 'asc'},
    });
  for (let events = 1; ; events++) {
    const first = await collect(open([plan()], [requestOfStream('rows')], server).read('rows'), events);
    const second = await readOne(plan(), server, {state: first.states.at(-1)});
    const got = new Set(ids([...first.records.slice(0, first.covered), ...second.records]));
    expect([events, got.size]).toEqual([events, rows.length]);
    if (first.reasons.size > 0) return;
  }
});

describe('a window whose end has not come yet', () => {
  test('a fixed end in the future: its rows are read when they are there', async () => {
    const rows = [{id: 1, updated: at(5)}];
    const server = new Server(
      (_, {since = '', until = '~'}) =>
        JSON.stringify({data: rows.filter(({updated}) => updated >= since && updated < until)}),
      new FakeClock({now: moment(15)}),
    );
    const cursor = {path: 'updated', initial: at(0), end: at(40), step: 'PT10S'};
    const plan = () => planOf({name: 'rows', server, path: 'rows', params: {since: '{start}', until: '{end}'}, cursor});
    const first = await readOne(plan(), server);
    // The window from 10 to 20 was read at 15, the last one ends at 40.
    expect(first.states.at(-1)?.['cursor']).toEqual({updated: at(10)});
    rows.push({id: 2, updated: at(17)}, {id: 3, updated: at(31)});
    server.clock.time = moment(35);
    expect(ids((await readOne(plan(), server, {state: first.states.at(-1)})).records)).toEqual([2, 3]);
  });

  test("our clock is ahead of the API's, which says so in its Date", async () => {
    const rows = [{id: 1, updated: at(5)}];
    const server = new Server(
      (_, {since = '', until = '~'}) => ({
        body: JSON.stringify({data: rows.filter(({updated}) => updated >= since && updated < until)}),
        sentAt: moment(8),
      }),
      new FakeClock({now: moment(25)}),
    );
    const cursor = {path: 'updated', initial: at(0), step: 'PT10S'};
    const plan = () => planOf({name: 'rows', server, path: 'rows', params: {since: '{start}', until: '{end}'}, cursor});
    const first = await readOne(plan(), server);
    expect(first.states.at(-1)?.['cursor']).toEqual({updated: at(5)});
    rows.push({id: 2, updated: at(9)});
    expect(ids((await readOne(plan(), server, {state: first.states.at(-1)})).records)).toEqual([2]);
  });
});

test('an interrupted window of a shard goes on there, also where its lag reaches into the window before', async () => {
  const rows = Array.from({length: 24}, (_, index) => ({id: index, updated: at(index)}));
  const server = new Server(
    (_, {since = '', until = '~', offset = '0'}) =>
      JSON.stringify({
        data: rows.filter(({updated}) => updated >= since && updated < until).slice(Number(offset), Number(offset) + 2),
      }),
    new FakeClock({now: moment(40)}),
  );
  const cursor = {path: 'updated', initial: at(0), step: 'PT10S', lag: 3};
  const paginator = {type: 'offset', limit: 2, total_path: null};
  const params = {since: '{start}', until: '{end}'};
  const got = new Set<number>();
  for (const index of [0, 1]) {
    for (let events = 1; events < 60; events++) {
      const plan = () => planOf({name: 'rows', server, path: 'rows', params, cursor, paginator, shard: {index, of: 2}});
      const first = await collect(open([plan()], [requestOfStream('rows')], server).read('rows'), events);
      const second = await readOne(plan(), server, {state: first.states.at(-1)});
      const all = new Set(ids([...first.records.slice(0, first.covered), ...second.records]));
      const mine = new Set(ids((await readOne(plan(), server)).records));
      expect([index, events, [...all].sort((a, b) => a - b)]).toEqual([index, events, [...mine].sort((a, b) => a - b)]);
      for (const id of mine) got.add(id);
      if (first.reasons.size > 0) break;
    }
  }
  expect(got.size).toBe(rows.length);
});

test('windows that round down to the same moment have one cell, wherever in it a shard begins', async () => {
  const rows = [{id: 1, updated: at(5)}];
  const server = new Server((_, {since = '', until = '~'}) =>
    JSON.stringify({data: rows.filter(({updated}) => updated.slice(0, 16) >= since.slice(0, 16) && updated < until)}),
  );
  // Windows of nine seconds, asked for by the minute.
  const cursor = {path: 'updated', initial: at(0), step: 'PT9S', convert: '%Y-%m-%dT%H:%M'};
  const plan = (index: number) =>
    planOf({
      name: 'rows',
      server,
      path: 'rows',
      params: {since: '{start}', until: '{end}'},
      cursor,
      shard: {index, of: 2},
    });
  server.clock.time = moment(9);
  const first = [await readOne(plan(0), server), await readOne(plan(1), server)];
  rows.push({id: 2, updated: at(20)}, {id: 3, updated: at(90)});
  server.clock.time = moment(200);
  const second = [
    await readOne(plan(0), server, {state: first[0]?.states.at(-1)}),
    await readOne(plan(1), server, {state: first[1]?.states.at(-1)}),
  ];
  expect([...first, ...second].flatMap(({records}) => ids(records)).sort()).toEqual([1, 2, 3]);
});

describe('an end that is spelled coarser than it is meant', () => {
  /** Rows by the day, asked for by the second. */
  const days = (clock: FakeClock): Server =>
    new Server((_, {until = '', offset = '0'}) => {
      const all = [
        {id: 1, updated: '2026-01-11'},
        {id: 2, updated: '2026-01-12'},
        {id: 3, updated: '2026-01-12'},
      ].filter(({updated}) => until === '' || Date.parse(updated) < Number(until) * 1000);
      return JSON.stringify({data: all.slice(Number(offset), Number(offset) + 1)});
    }, clock);
  const cursor = {path: 'updated', initial: '2026-01-10', end: 'now', convert: 'epoch_seconds'};
  const paginator = {type: 'offset', limit: 1, total_path: null};

  test.each([
    ['an interrupted walk asks for the same end', {until: '{end}'}, {}],
    ['an interrupted walk filters by the same end', {}, {}],
    ['an interrupted window too', {until: '{end}'}, {step: 'P2D'}],
  ] as const)('%s', async (_, params: Record<string, string>, more) => {
    for (const mode of ['incremental', 'full_refresh'] as const) {
      const server = days(new FakeClock({now: Date.UTC(2026, 0, 12, 15, 30)}));
      const plan = () => planOf({name: 'rows', server, path: 'rows', params, paginator, cursor: {...cursor, ...more}});
      for (let events = 1; ; events++) {
        const first = await collect(open([plan()], [requestOfStream('rows', {mode})], server).read('rows'), events);
        const asked = server.requests.length;
        const second = await readOne(plan(), server, {mode, state: first.states.at(-1)});
        const got = new Set(ids([...first.records.slice(0, first.covered), ...second.records]));
        expect([mode, events, [...got].sort()]).toEqual([mode, events, [1, 2, 3]]);
        const untils = server.requests.slice(asked).map((url) => /until=(\d+)/.exec(url)?.[1]);
        if (params['until'] !== undefined) expect(untils.at(-1)).toBe(String(Date.UTC(2026, 0, 12, 15, 30) / 1000));
        if (first.reasons.size > 0) break;
      }
    }
  });
});

test("a delay counts from the API's moment where our clock is ahead of it", async () => {
  const rows = [{id: 1, updated: at(12)}];
  const server = new Server(
    (_, {since = '', until = '~'}) => ({
      body: JSON.stringify({data: rows.filter(({updated}) => updated >= since && updated < until)}),
      // Some rows can be seen four seconds after their date only; our clock is five seconds ahead.
      sentAt: moment(13),
    }),
    new FakeClock({now: moment(18)}),
  );
  for (const step of ['PT2S', undefined]) {
    rows.splice(1);
    server.clock.time = moment(18);
    const cursor = {path: 'updated', initial: at(0), delay: 'PT4S', end: 'now', ...(step !== undefined && {step})};
    const plan = () => planOf({name: 'rows', server, path: 'rows', params: {since: '{start}', until: '{end}'}, cursor});
    const first = await readOne(plan(), server);
    rows.push({id: 2, updated: at(11)});
    server.clock.time = moment(60);
    const second = await readOne(plan(), server, {state: first.states.at(-1)});
    expect([step, new Set(ids([...first.records, ...second.records]))]).toEqual([step, new Set([1, 2])]);
  }
});

test.each([
  ['a start', {initial: moment(0) / 1000}],
  ['no start', {}],
])('epoch numbers are times too where an interrupted walk has no more rows (%s)', async (_, start) => {
  const row = (id: number, seconds: number): object => ({id, updated: moment(seconds) / 1000});
  let rows = [row(1, 10), row(2, 20)];
  const server = new Server(
    (_, {offset = '0'}) => JSON.stringify({data: rows.slice(Number(offset), Number(offset) + 1)}),
    new FakeClock({now: moment(30)}),
  );
  const paginator = {type: 'offset', limit: 1, total_path: null};
  const plan = () => planOf({name: 'rows', server, path: 'rows', paginator, cursor: {path: 'updated', ...start}});
  // The second row changes while the first page is read, the first one a bit earlier, behind the walk.
  const {handle} = server;
  server.handle = (path, query) => {
    const reply = handle(path, query);
    rows = [row(1, 33), row(2, 35)];
    return reply;
  };
  const first = await collect(open([plan()], [requestOfStream('rows')], server).read('rows'), 5);
  expect(first.states.at(-1)).toMatchObject({resume: {seen: moment(35) / 1000, began: moment(30)}});
  const second = await readOne(plan(), server, {state: first.states.at(-1)});
  expect(second.states.at(-1)).toMatchObject({cursor: {updated: moment(30) / 1000}});
  server.clock.time = moment(60);
  expect(ids((await readOne(plan(), server, {state: second.states.at(-1)})).records)).toContain(1);
});
