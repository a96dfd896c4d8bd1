import {describe, expect, test} from 'vitest';
import {collect, ids, open, requestOfStream} from '../stream/reading.js';
import {planOf, Server} from '../stream/simulated.js';
import {FakeClock} from '../support/fake-clock.js';
import {play} from './play.js';

/* What the model has found of children, each as the smallest case that shows it. */

const at = (seconds: number): string =>
  new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString().replace('.000Z', 'Z');
const moment = (seconds: number): number => Date.parse(at(seconds));

describe('children', () => {
  const family = (
    parents: () => readonly object[],
    items: (parent: string) => readonly object[],
    now: number,
  ): Server =>
    new Server((path, {since = '', until = '~'}) => {
      if (path === 'parents') return JSON.stringify({data: parents()});
      const rows = items(path.split('/')[1] ?? '').filter((row) => {
        const {updated} = {updated: '', ...row};
        return updated >= since && updated < until;
      });
      return JSON.stringify({data: rows});
    }, new FakeClock({now}));

  test('windows whose rows come in another order than declared: only the window in hand falls back', async () => {
    const rows = [
      {id: 2, updated: at(3)},
      {id: 1, updated: at(1)},
      {id: 3, updated: at(12)},
    ];
    const server = family(
      () => [{id: 1}],
      () => rows,
      moment(25),
    );
    const plans = () => {
      const parent = planOf({name: 'parents', server, path: 'parents'});
      // The API does not filter, so that every window sees the order.
      const cursor = {path: 'updated', initial: at(0), step: 'PT10S', order: 'asc'} as const;
      return [parent, planOf({name: 'items', server, path: 'items/{0}', parent, cursor})];
    };
    const first = await collect(open(plans(), [requestOfStream('items')], server).read('items'));
    expect(first.states.at(-1)).toMatchObject({partitions: {cursors: [[1, at(20)]]}});
    const again = await collect(
      open(plans(), [requestOfStream('items', {state: first.states.at(-1)})], server).read('items'),
    );
    expect(again.records).toEqual([]);
  });

  test('rows at the cursor of a parent that was finished before an interruption do not come again', async () => {
    const server = family(
      () => [{id: 1}, {id: 2}, {id: 3}],
      (parent) => [{id: Number(parent), updated: at(5)}],
      moment(60),
    );
    const plans = () => {
      const parent = planOf({name: 'parents', server, path: 'parents'});
      return [
        parent,
        planOf({
          name: 'items',
          server,
          path: 'items/{0}',
          params: {since: '{start}'},
          parent,
          cursor: {path: 'updated', initial: at(0)},
        }),
      ];
    };
    for (let events = 1; ; events++) {
      const first = await collect(open(plans(), [requestOfStream('items')], server).read('items'), events);
      const second = await collect(
        open(plans(), [requestOfStream('items', {state: first.states.at(-1)})], server).read('items'),
      );
      const third = await collect(
        open(plans(), [requestOfStream('items', {state: second.states.at(-1)})], server).read('items'),
      );
      expect([events, third.records]).toEqual([events, []]);
      if (first.reasons.size > 0) return;
    }
  });

  test('a parent that changed after the end up to which its children were asked for is visited again', async () => {
    const parents = [
      {id: 1, updated: at(55)},
      {id: 2, updated: at(58)},
    ];
    const server = family(
      () => parents,
      (parent) => [{id: Number(parent), updated: at(Number(parent) + 54)}],
      moment(60),
    );
    const plans = () => {
      const parent = planOf({name: 'parents', server, path: 'parents', cursor: {path: 'updated', initial: at(0)}});
      const cursor = {path: 'updated', initial: at(0), end: 'now', delay: 'PT10S'};
      const params = {since: '{start}', until: '{end}'};
      return [
        parent,
        planOf({name: 'items', server, path: 'items/{0}', params, parent, parentIncremental: true, cursor}),
      ];
    };
    const first = await collect(open(plans(), [requestOfStream('items')], server).read('items'));
    expect(first.records).toEqual([]);
    server.clock.time = moment(120);
    const second = await collect(
      open(plans(), [requestOfStream('items', {state: first.states.at(-1)})], server).read('items'),
    );
    expect(ids(second.records)).toEqual([1, 2]);
  });

  // The list of parents goes on behind the first of two with one key, whose row changes after it was read.
  test('of two parents with one key only the second is read after an interruption: the cursor stays', () =>
    play({
      seed: 924256415,
      paginator: 'last_record',
      counting: false,
      expires: false,
      pastEnd: 'empty',
      kind: 'isoBare',
      mode: 'incremental',
      order: 'none',
      kept: false,
      sort: 'id',
      since: 'none',
      until: 'open',
      initial: true,
      lag: 0,
      step: 9,
      delay: 4,
      late: 0,
      now: true,
      windowLimit: false,
      convert: 'none',
      missing: false,
      levels: 3,
      parentIncremental: true,
      parentsRead: false,
      twice: 'other',
      parentPaginator: 'token',
      shards: 1,
      width: 2,
      pageSize: 3,
      uneven: false,
      rows: 10,
      parents: 2,
      runs: 5,
      busy: 1,
      failing: 2,
      killed: 3,
      ignored: false,
      skew: 5,
      pauses: false,
      host: 'same',
    }));
});
