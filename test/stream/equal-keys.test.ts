import {isDeepStrictEqual} from 'node:util';
import {expect, test} from 'vitest';
import {at, childOf, family, parentOf, readChild} from './family.js';
import {collect, open, requestOfStream} from './reading.js';
import {Server} from './simulated.js';

/*
 * Parents that are equal in what the request needs and differ in what is included: each is asked for, with its own columns;
 * they have one cursor.
 */
const parents = [
  {id: 1, name: 'a'},
  {id: 2, name: 'x'},
  {id: 1, name: 'b'},
];
const children = (parent: string, since: string) =>
  [
    {id: `${parent}-1`, updated: at(1)},
    {id: `${parent}-2`, updated: at(2)},
    {id: `${parent}-3`, updated: at(3)},
  ].filter(({updated}) => updated >= since);
const everything = ['1-1 a', '1-1 b', '1-2 a', '1-2 b', '1-3 a', '1-3 b', '2-1 x', '2-2 x', '2-3 x'];

const rowsOf = (records: readonly string[]): string[] =>
  records.map((record) => {
    const {id, _parents_name: name} = JSON.parse(record);
    return `${id} ${name}`;
  });

/** The same parents, as the API lists them before and after the interruption. */
const [aFirst, bFirst] = [parents, parents.toReversed()];

test.each([
  ['goes on', aFirst, {}],
  ['is read from the beginning of a changed list', bFirst, {}],
  ['may not go on', aFirst, {fingerprint: 'another'}],
  ['may not go on, and the list has changed', bFirst, {fingerprint: 'another'}],
])(
  'parents with equal keys and other columns: killed after any event, each gives its rows: the next sync %s',
  async (_, list, extra) => {
    let listed = aFirst;
    const server = family(() => listed, children);
    const plans = (more: object) => {
      const parent = parentOf(server);
      return [parent, childOf(server, parent, {included: {_parents_name: 'name'}, ...more})];
    };
    for (let events = 1; ; events++) {
      listed = aFirst;
      const first = await collect(open(plans({}), [requestOfStream('items')], server).read('items'), events);
      listed = list;
      const second = await readChild(plans(extra), server, {state: first.states.at(-1)});
      const got = new Set(rowsOf([...first.records.slice(0, first.covered), ...second.records]));
      expect([events, [...got].sort()]).toEqual([events, everything]);
      expect(second.states.at(-1)?.['partitions']).toEqual({
        by: ['id'],
        path: 'updated',
        cursors: expect.toSatisfy(
          (cursors: unknown[]) =>
            cursors.length === 2 &&
            [1, 2].every((id) => cursors.some((cursor) => isDeepStrictEqual(cursor, [id, at(3)]))),
        ),
      });
      // Rows at the cursor of both are known by their columns too.
      const third = await readChild(plans(extra), server, {state: second.states.at(-1)});
      expect([events, third.records]).toEqual([events, []]);
      if (first.reasons.size > 0) return;
    }
  },
);

test.each([0, 1])(
  'parents with equal keys, the one read as number %i unfinished: the next sync gives its rows',
  async (unfinished) => {
    let asked = 0;
    const server = new Server((path, query) => {
      if (path === 'parents') return JSON.stringify({data: parents.slice(Number(query['offset'] ?? 0)).slice(0, 1)});
      const data = children(path.split('/')[1] ?? '', query['since'] ?? '');
      return path === 'items/1' && asked++ === unfinished
        ? {body: '{}', status: 503, ignored: 'retryable'}
        : JSON.stringify({data});
    });
    const plans = () => {
      const parent = parentOf(server);
      return [parent, childOf(server, parent, {included: {_parents_name: 'name'}})];
    };
    for (let events = 1; ; events++) {
      asked = 0;
      const first = await collect(open(plans(), [requestOfStream('items')], server).read('items'), events);
      asked = 2;
      const second = await readChild(plans(), server, {state: first.states.at(-1)});
      const got = new Set(rowsOf([...first.records.slice(0, first.covered), ...second.records]));
      expect([events, [...got].sort()]).toEqual([events, everything]);
      if (first.reasons.size > 0) return;
    }
  },
);
