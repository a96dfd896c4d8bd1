import {describe, expect, test} from 'vitest';
import {at, childOf, family, parentOf, readChild} from './family.js';
import {ids} from './reading.js';
import {planOf, Server} from './simulated.js';

describe('shards', () => {
  test('together they read every partition once, and refuse the state of another split', async () => {
    const parents = Array.from({length: 20}, (_, index) => ({id: index}));
    const server = family(
      () => parents,
      (parent) => [{id: Number(parent), updated: at(1)}],
    );
    const got: number[] = [];
    let state: unknown;
    for (const index of [0, 1, 2]) {
      const shard = {index, of: 3};
      const parent = parentOf(server, {shard});
      const {records, states} = await readChild([parent, childOf(server, parent, {shard})], server);
      expect(records.length).toBeGreaterThan(0);
      got.push(...ids(records));
      state = states.at(-1);
    }
    expect(got.toSorted((a, b) => a - b)).toEqual(parents.map(({id}) => id));
    expect(state).toMatchObject({shard: {index: 2, of: 3, by: ['id']}});
    const parent = parentOf(server, {shard: {index: 1, of: 3}});
    const wrong = await readChild([parent, childOf(server, parent, {shard: {index: 1, of: 3}})], server, {
      state: state as never,
    });
    expect(String(wrong.error)).toMatch(/keep the split/);
  });

  test('windows lie on one grid; what cannot be split is read by the first', async () => {
    const rows = Array.from({length: 24}, (_, hour) => ({id: hour, updated: at(hour)}));
    const got: number[] = [];
    const plain: number[] = [];
    for (const index of [0, 1]) {
      const server = new Server((_, query) =>
        JSON.stringify({
          data: rows.filter(({updated}) => updated >= (query['since'] ?? '') && updated < (query['until'] ?? '~')),
        }),
      );
      const shard = {index, of: 2};
      const cursor = {path: 'updated', initial: at(0), step: 'PT5H'};
      const plan = planOf({
        name: 'items',
        server,
        path: 'rows',
        params: {since: '{start}', until: '{end}'},
        cursor,
        shard,
      });
      const {records, states} = await readChild([plan], server);
      got.push(...ids(records));
      expect(states.at(-1)).toMatchObject({shard: {index, of: 2}});
      plain.push(...ids((await readChild([planOf({name: 'items', server, path: 'rows', shard})], server)).records));
    }
    expect(got.toSorted((a, b) => a - b)).toEqual(rows.map(({id}) => id));
    expect(plain).toHaveLength(24);
  });
});
