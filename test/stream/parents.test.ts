import {describe, expect, test} from 'vitest';
import {at, childOf, family, parentOf, readChild} from './family.js';
import {collect, ids, open, requestOfStream} from './reading.js';
import {planOf, Server} from './simulated.js';

describe('one walk of the parent', () => {
  const cursor = {path: 'updated', initial: at(0)};
  const parents = [
    {id: 1, updated: at(1)},
    {id: 2, updated: at(5)},
  ];

  test('serves all children and its own stream, which drops rows below its start', async () => {
    const server = family(
      () => parents,
      (parent) => [{id: Number(parent)}],
    );
    const parent = parentOf(server, {cursor});
    const first = childOf(server, parent);
    const second = planOf({name: 'others', server, path: 'items/{0}', parent});
    const state = {v: 1, cursor: {updated: at(4)}};
    const sync = open(
      [parent, first, second],
      [requestOfStream('parents', {state}), requestOfStream('items'), requestOfStream('others')],
      server,
    );
    const [own, items, others] = await Promise.all(
      ['parents', 'items', 'others'].map((name) => collect(sync.read(name))),
    );
    expect(ids(own?.records ?? [])).toEqual([2]);
    expect(own?.states.at(-1)).toMatchObject({cursor: {updated: at(5)}});
    expect(ids(items?.records ?? [])).toEqual([1, 2]);
    expect(ids(others?.records ?? [])).toEqual([1, 2]);
    expect(server.asked('parents')).toHaveLength(3);
  });

  test('the parent may be read to its end before a child begins', async () => {
    const server = family(
      () => parents,
      (parent) => [{id: Number(parent)}],
    );
    const parent = parentOf(server);
    const sync = open(
      [parent, childOf(server, parent)],
      [requestOfStream('parents'), requestOfStream('items')],
      server,
    );
    await collect(sync.read('parents'));
    expect(ids((await collect(sync.read('items'))).records)).toEqual([1, 2]);
    expect(server.asked('parents')).toHaveLength(3);
  });

  test('a parent that is done is walked silently for a child that is not', async () => {
    const server = family(
      () => parents,
      (parent) => [{id: Number(parent)}],
    );
    const parent = parentOf(server);
    const requests = (own: object | undefined) => [
      requestOfStream('parents', {mode: 'full_refresh', syncId: 5, ...(own && {state: own as never})}),
      requestOfStream('items', {mode: 'full_refresh', syncId: 5}),
    ];
    const done = await collect(open([parent], requests(undefined).slice(0, 1), server).read('parents'));
    const sync = open([parent, childOf(server, parent)], requests(done.states.at(-1)), server);
    const [own, items] = await Promise.all([collect(sync.read('parents')), collect(sync.read('items'))]);
    expect(own?.records).toEqual([]);
    expect(own?.states.at(-1)).toMatchObject({done: {sync_id: 5}});
    expect(ids(items?.records ?? [])).toEqual([1, 2]);
  });
});

test('a parent that reads only changed parents of its own is read in full for its children', async () => {
  const server = new Server((path) => {
    const [what, id = ''] = path.split('/');
    if (what === 'parents')
      return JSON.stringify({
        data: [
          {id: 1, updated: at(1)},
          {id: 2, updated: at(2)},
        ],
      });
    return JSON.stringify({data: [{id: what === 'middle' ? Number(id) * 10 : Number(id), updated: at(3)}]});
  });
  const plans = () => {
    const parents = planOf({name: 'parents', server, path: 'parents', cursor: {path: 'updated', initial: at(0)}});
    const middle = childOf(server, parents, {name: 'middle', path: 'middle/{0}', parentIncremental: true});
    return [parents, middle, childOf(server, middle)];
  };
  const requests = (state?: object) => [
    requestOfStream('middle', {...(state && {state: state as never})}),
    requestOfStream('items'),
  ];
  const first = open(plans(), requests(), server);
  const [own] = await Promise.all([collect(first.read('middle')), collect(first.read('items'))]);
  const second = open(plans(), requests(own.states.at(-1)), server);
  const [middle, items] = await Promise.all([collect(second.read('middle')), collect(second.read('items'))]);
  expect(middle.records).toEqual([]);
  expect(ids(items.records)).toEqual([10, 20]);
});

describe('parent_incremental', () => {
  test('T12: only on request are unchanged parents left out; the state moves with the parent page', async () => {
    let parents = [
      {id: 1, updated: at(1)},
      {id: 2, updated: at(5)},
    ];
    const server = family(
      () => parents,
      (parent) => [{id: Number(parent), updated: at(6)}],
    );
    const plans = (parentIncremental: boolean) => {
      const parent = parentOf(server, {cursor: {path: 'updated', initial: at(0)}});
      return [parent, childOf(server, parent, {parentIncremental})];
    };
    const plain = await readChild(plans(false), server);
    await readChild(plans(false), server, {state: plain.states.at(-1)});
    expect(server.asked('items')).toHaveLength(4);
    const first = await readChild(plans(true), server);
    expect(first.states.at(-1)).toMatchObject({parent_state: {v: 1, cursor: {updated: at(5)}}});
    parents = [...parents, {id: 3, updated: at(7)}];
    const before = server.asked('items').length;
    const second = await readChild(plans(true), server, {state: first.states.at(-1)});
    // Parent 2 stands at the cursor: the same bytes may stand for a later change below it.
    expect(server.asked('items').slice(before)).toEqual([`items/2?since=${at(6)}`, `items/3?since=${at(0)}`]);
    expect(second.states.at(-1)).toMatchObject({
      parent_state: {cursor: {updated: at(7)}},
      partitions: {
        cursors: [
          [1, at(6)],
          [2, at(6)],
          [3, at(6)],
        ],
      },
    });
  });

  test('killed after any event, every changed parent is read', async () => {
    const parents = [1, 2, 3].map((id) => ({id, updated: at(id)}));
    for (let events = 1; ; events++) {
      const server = family(
        () => parents,
        (parent) => [{id: Number(parent), updated: at(9)}],
      );
      const plans = () => {
        const parent = parentOf(server, {cursor: {path: 'updated', initial: at(0), order: 'asc'}});
        return [parent, childOf(server, parent, {parentIncremental: true})];
      };
      const first = await collect(open(plans(), [requestOfStream('items')], server).read('items'), events);
      const second = await readChild(plans(), server, {state: first.states.at(-1)});
      expect(second.error).toBeUndefined();
      const got = new Set(ids([...first.records.slice(0, first.covered), ...second.records]));
      expect([events, [...got].toSorted()]).toEqual([events, [1, 2, 3]]);
      if (first.reasons.size > 0) break;
    }
  });
});
