import {expect, test} from 'vitest';
import {at, childOf, parentOf, readChild} from './family.js';
import {collect, open, requestOfStream} from './reading.js';
import {type PlanOptions, type Reply, Server} from './simulated.js';

/*
 * Parents that are equal in what the request needs and differ in what is included: each is asked for, with its own columns;
 * they have one cursor.
 */
const [a, x, b] = [
  {id: 1, name: 'a'},
  {id: 2, name: 'x'},
  {id: 1, name: 'b'},
];
const parents = [a, x, b];
const [turned, moved] = [
  [b, x, a],
  [x, b, a],
];
const everything = ['1-1 a', '1-1 b', '1-2 a', '1-2 b', '1-3 a', '1-3 b', '2-1 x', '2-2 x', '2-3 x'];

/** One parent and two of its three children a page. */
const serve = (listed: () => readonly object[], failing: (path: string) => boolean = () => false): Server =>
  new Server((path, query): Reply => {
    const offset = Number(query['offset'] ?? 0);
    if (path === 'parents') return JSON.stringify({data: listed().slice(offset, offset + 1)});
    if (failing(path)) return {body: '{}', status: 503, ignored: 'retryable'};
    const rows = [1, 2, 3].map((n) => ({id: `${path.split('/')[1]}-${n}`, updated: at(n)}));
    const data = rows.filter(({updated}) => updated >= (query['since'] ?? '')).slice(offset, offset + 2);
    return JSON.stringify({data});
  });

const plansOf = (server: Server, extra: Partial<PlanOptions>) => {
  const parent = parentOf(server);
  const included = {included: {_parents_name: 'name'}, paginator: {type: 'offset', limit: 2}};
  return [parent, childOf(server, parent, {...included, ...extra})];
};

const rowsOf = (records: readonly string[]): string[] => {
  const rows = records.map((record) => {
    const {id, _parents_name: name} = JSON.parse(record);
    return `${id} ${name}`;
  });
  return [...new Set(rows)].sort();
};

const orders: readonly Partial<PlanOptions>[] = [{}, {cursor: {path: 'updated', initial: at(0), order: 'asc'}}];

test.each([
  ['the next sync goes on', parents, {}],
  ['the next sync goes on, another of them comes first', turned, {}],
  ['the next sync reads the changed list from its beginning', moved, {}],
  ['the next sync may not go on', parents, {fingerprint: 'another'}],
  ['the next sync may not go on, another of them comes first', turned, {fingerprint: 'another'}],
  ['the next sync may not go on, the list has changed', moved, {fingerprint: 'another'}],
])('killed after any event, each parent gives its rows: %s', async (_, list, other) => {
  for (const order of orders) {
    let listed = parents;
    const server = serve(() => listed);
    for (let events = 1, ended = false; !ended; events++) {
      listed = parents;
      const first = await collect(
        open(plansOf(server, order), [requestOfStream('items')], server).read('items'),
        events,
      );
      ended = first.reasons.size > 0;
      listed = list;
      const plans = plansOf(server, {...order, ...other});
      const second = await readChild(plans, server, {state: first.states.at(-1)});
      expect([events, rowsOf([...first.records.slice(0, first.covered), ...second.records])]).toEqual([
        events,
        everything,
      ]);
      const {cursors} = Object(second.states.at(-1)?.['partitions']);
      expect([events, [...cursors].sort()]).toEqual([
        events,
        [
          [1, at(3)],
          [2, at(3)],
        ],
      ]);
      // Rows at the cursor of both are known by their columns too; those on pages before a position are not known.
      if (Object(first.states.at(-1)?.['resume']).position !== undefined) continue;
      const third = await readChild(plans, server, {state: second.states.at(-1)});
      expect([events, third.records]).toEqual([events, []]);
    }
  }
});

test.each([1, 2])(
  'request %i below their key unfinished, then killed after any event: each parent gives its rows',
  async (unfinished) => {
    let asked = 0;
    const server = serve(
      () => parents,
      (path) => path === 'items/1' && ++asked === unfinished,
    );
    for (let events = 1, ended = false; !ended; events++) {
      asked = 0;
      const first = await collect(open(plansOf(server, {}), [requestOfStream('items')], server).read('items'), events);
      ended = first.reasons.size > 0;
      asked = unfinished;
      const second = await readChild(plansOf(server, {}), server, {state: first.states.at(-1)});
      expect([events, rowsOf([...first.records.slice(0, first.covered), ...second.records])]).toEqual([
        events,
        everything,
      ]);
    }
  },
);

test('a row that comes between the reads of two parents with equal keys: the next sync gives it to the first one too', async () => {
  const rows = [{id: 1, updated: 1}];
  const server = new Server((path): Reply => {
    if (path === 'parents') return JSON.stringify({data: [a, b]});
    const data = JSON.stringify({data: rows});
    if (rows.length === 1) rows.push({id: 2, updated: 2});
    return data;
  });
  const parent = parentOf(server, {paginator: {type: 'single_page'}});
  const plans = [parent, childOf(server, parent, {included: {_parents_name: 'name'}, cursor: {path: 'updated'}})];
  const first = await readChild(plans, server);
  expect(rowsOf(first.records)).toEqual(['1 a', '1 b', '2 b']);
  const second = await readChild(plans, server, {state: first.states.at(-1)});
  expect(rowsOf(second.records)).toContain('2 a');
  const third = await readChild(plans, server, {state: second.states.at(-1)});
  expect(third.records).toEqual([]);
});
