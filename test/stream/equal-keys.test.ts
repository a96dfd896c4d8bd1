import {expect, test} from 'vitest';
import {at, childOf, family, parentOf, readChild} from './family.js';
import {collect, open, requestOfStream} from './reading.js';

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

test('parents with equal keys and other columns: killed after any event, each gives its rows', async () => {
  const server = family(() => parents, children);
  const plans = () => {
    const parent = parentOf(server);
    return [parent, childOf(server, parent, {included: {_parents_name: 'name'}})];
  };
  for (let events = 1; ; events++) {
    const first = await collect(open(plans(), [requestOfStream('items')], server).read('items'), events);
    const second = await readChild(plans(), server, {state: first.states.at(-1)});
    const got = new Set(rowsOf([...first.records.slice(0, first.covered), ...second.records]));
    expect([events, [...got].sort()]).toEqual([events, everything]);
    expect(second.states.at(-1)).toMatchObject({
      partitions: {
        cursors: [
          [1, at(3)],
          [2, at(3)],
        ],
      },
    });
    // Rows at the cursor of both are known by their columns too.
    const third = await readChild(plans(), server, {state: second.states.at(-1)});
    expect([events, third.records]).toEqual([events, []]);
    if (first.reasons.size > 0) return;
  }
});
