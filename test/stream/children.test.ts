import {describe, expect, test} from 'vitest';
import type {StreamPlan} from '../../src/stream/stream-plan.js';
import {collect, ids, listLog, open, type PlanOptions, planOf, requestOfStream, Server} from './simulated.js';

type Row = Readonly<Record<string, unknown>>;

const at = (hour: number): string => `2026-01-10T${String(hour).padStart(2, '0')}:00:00Z`;

/** Parents one a page; children of parent n under items/n, filtered by since. */
function family(parents: () => readonly Row[], children: (parent: string, since: string) => readonly Row[] | number): Server {
  return new Server((path, query) => {
    const [what, parent = ''] = path.split('/');
    if (what === 'parents') {
      const offset = Number(query['offset'] ?? 0);
      return JSON.stringify({data: parents().slice(offset, offset + 1)});
    }
    const rows = children(parent, query['since'] ?? '');
    return typeof rows === 'number' ? rows : JSON.stringify({data: rows});
  });
}

const parentOf = (server: Server, extra: Partial<PlanOptions> = {}): StreamPlan =>
  planOf({name: 'parents', server, path: 'parents', paginator: {type: 'offset', limit: 1}, fields: ['name', 'updated'], ...extra});

const childOf = (server: Server, parent: StreamPlan, extra: Partial<PlanOptions> = {}): StreamPlan =>
  planOf({
    name: 'items',
    server,
    path: 'items/{0}',
    params: {since: '{start}'},
    parent,
    cursor: {path: 'updated', initial: at(0)},
    ...extra,
  });

const readChild = async (plans: readonly StreamPlan[], server: Server, extra: Parameters<typeof requestOfStream>[1] = {}, log = listLog()) =>
  collect(open(plans, [requestOfStream('items', extra)], server, {log}).read('items'));

describe('children', () => {
  test('T1: every parent starts at its own cursor, over several parent pages', async () => {
    let rows = [
      {id: 1, parent: '1', updated: at(9)},
      {id: 2, parent: '2', updated: at(3)},
      {id: 3, parent: '3', updated: at(5)},
    ];
    const server = family(
      () => [{id: 1}, {id: 2}, {id: 3}],
      (parent, since) => rows.filter((row) => row.parent === parent && row.updated >= since),
    );
    const plans = () => {
      const parent = parentOf(server);
      return [parent, childOf(server, parent)];
    };
    const first = await readChild(plans(), server);
    expect(ids(first.records)).toEqual([1, 2, 3]);
    expect(server.asked('items')).toEqual([1, 2, 3].map((id) => `items/${id}?since=${at(0)}`));
    expect(first.states.at(-1)).toMatchObject({
      partitions: {by: ['id'], path: 'updated', cursors: [[1, at(9)], [2, at(3)], [3, at(5)]]},
    });
    rows = [...rows, {id: 4, parent: '2', updated: at(4)}];
    const second = await readChild(plans(), server, {state: first.states.at(-1)});
    expect(ids(second.records)).toEqual([4]);
    expect(server.asked('items').slice(3)).toEqual([`items/1?since=${at(9)}`, `items/2?since=${at(3)}`, `items/3?since=${at(5)}`]);
  });

  test('a parent that is gone loses its cursor, a new one starts at initial_value', async () => {
    let parents = [{id: 1}, {id: 2}];
    const server = family(
      () => parents,
      (parent) => [{id: Number(parent), updated: at(5)}],
    );
    const plans = () => {
      const parent = parentOf(server);
      return [parent, childOf(server, parent)];
    };
    const first = await readChild(plans(), server);
    parents = [{id: 2}, {id: 3}];
    const second = await readChild(plans(), server, {state: first.states.at(-1)});
    expect(server.asked('items').at(-1)).toBe(`items/3?since=${at(0)}`);
    expect(second.states.at(-1)).toMatchObject({partitions: {cursors: [[2, at(5)], [3, at(5)]]}});
  });

  test('columns from the parent: null where missing, replacing a field of that name', async () => {
    const server = family(
      () => [{id: 1, name: 'a'}, {id: 2}],
      () => [{id: 7, _parents_name: 'old', x: 1.1}, {}, {id: 8}],
    );
    const parent = parentOf(server);
    const child = childOf(server, parent, {included: {_parents_name: 'name'}});
    const {records} = await readChild([parent, child], server);
    expect(records).toEqual([
      '{"id":7,"x":1.1,"_parents_name":"a"}',
      '{"id":8,"_parents_name":"a"}',
      '{"id":7,"x":1.1,"_parents_name":null}',
      '{"id":8,"_parents_name":null}',
    ]);
  });

  test('children of children see the columns of their parent by name', async () => {
    const server = new Server((path) => {
      if (path === 'repos') return '{"data": [{"id": 1, "name": "app"}]}';
      if (path === 'app/issues') return '{"data": [{"id": 7, "number": 3}]}';
      return JSON.stringify({data: [{id: path}]});
    });
    const repos = planOf({name: 'repos', server, path: 'repos', fields: ['name']});
    const issues = planOf({name: 'issues', server, path: '{0}/issues', parent: repos, bound: ['name'], included: {_repos_name: 'name'}, fields: ['number']});
    const items = planOf({name: 'items', server, path: '{0}/issues/{1}', parent: issues, bound: ['_repos_name', 'number']});
    const {records, error} = await readChild([repos, issues, items], server);
    expect(error).toBeUndefined();
    expect(records).toEqual(['{"id":"app/issues/3"}']);
    expect(server.requests).toEqual(['repos', 'app/issues', 'app/issues/3']);
  });

  test('parents equal in all that is used are requested once', async () => {
    const server = family(
      () => [{id: 1, name: 'a'}, {id: 2, name: 'a'}, {id: 3, name: 'b'}],
      (parent) => [{id: parent}],
    );
    const parent = parentOf(server);
    await readChild([parent, childOf(server, parent, {bound: ['name']})], server);
    expect(server.asked('items')).toEqual([`items/a?since=${at(0)}`, `items/b?since=${at(0)}`]);
  });

  test('T18: a row without the field is skipped, or fails the child', async () => {
    const server = family(
      () => [{id: 1, name: null}, {id: 2}, {id: 3, name: 'b'}],
      (parent) => [{id: parent}],
    );
    const log = listLog();
    const parent = parentOf(server);
    const {records} = await readChild([parent, childOf(server, parent, {bound: ['name']})], server, {}, log);
    expect(records).toEqual(['{"id":"b"}']);
    expect(log.lines.join()).toContain('(on_missing) (2 times)');
    const failing = childOf(server, parent, {bound: ['name'], onMissing: 'fail'});
    expect(String((await readChild([parent, failing], server)).error)).toMatch(/lacks a field/);
  });

  test('404 on the first page skips the parent; if all end so, it is an error', async () => {
    const server = family(
      () => [{id: 1}, {id: 2}],
      (parent) => (parent === '1' ? 404 : [{id: 9, updated: at(1)}]),
    );
    const parent = parentOf(server);
    expect(ids((await readChild([parent, childOf(server, parent)], server)).records)).toEqual([9]);
    const gone = family(() => [{id: 1}, {id: 2}], () => 404);
    const other = parentOf(gone);
    expect(String((await readChild([other, childOf(gone, other)], gone)).error)).toMatch(/none of its 2 parents/);
  });

  test('static parents', async () => {
    const server = new Server((path) => JSON.stringify({data: [{id: path, updated: at(2)}]}));
    const parent = planOf({name: 'kinds', server, path: '', staticRecords: ['{"id": "a"}', '{"id": 12345678901234567890}']});
    const child = planOf({name: 'items', server, path: 'items/{0}', parent, cursor: {path: 'updated'}, included: {_kinds_id: 'id'}});
    const {records, states} = await readChild([parent, child], server);
    expect(records.map((record) => record.replace(/.*_kinds_id":/, ''))).toEqual(['"a"}', '12345678901234567890}']);
    expect(states.at(-1)).toMatchObject({partitions: {cursors: [['a', at(2)], [{number: '12345678901234567890'}, at(2)]]}});
  });

  test('a failed parent fails its children after the rows it gave', async () => {
    const server = family(
      () => [{id: 1}, {id: 2}],
      (parent) => [{id: Number(parent), updated: at(1)}],
    );
    const handle = server.handle;
    server.handle = (path, query) => (path === 'parents' && query['offset'] === '1' ? 500 : handle(path, query));
    const parent = parentOf(server);
    const {records, error} = await readChild([parent, childOf(server, parent)], server);
    expect(ids(records)).toEqual([1]);
    expect(String(error)).toMatch(/its parent parents could not be read/);
  });

  test('several at once, in order', async () => {
    const server = family(
      () => Array.from({length: 9}, (_, index) => ({id: index + 1})),
      (parent) => [{id: Number(parent), updated: at(1)}],
    );
    const parent = parentOf(server);
    const {records} = await readChild([parent, childOf(server, parent, {width: 4})], server);
    expect(ids(records)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});

describe('one walk of the parent', () => {
  const cursor = {path: 'updated', initial: at(0)};
  const parents = [{id: 1, updated: at(1)}, {id: 2, updated: at(5)}];

  test('serves all children and its own stream, which drops rows below its start', async () => {
    const server = family(() => parents, (parent) => [{id: Number(parent)}]);
    const parent = parentOf(server, {cursor});
    const first = childOf(server, parent);
    const second = planOf({name: 'others', server, path: 'items/{0}', parent});
    const state = {v: 1, cursor: {updated: at(4)}};
    const sync = open([parent, first, second], [requestOfStream('parents', {state}), requestOfStream('items'), requestOfStream('others')], server);
    const [own, items, others] = await Promise.all(['parents', 'items', 'others'].map((name) => collect(sync.read(name))));
    expect(ids(own?.records ?? [])).toEqual([2]);
    expect(own?.states.at(-1)).toMatchObject({cursor: {updated: at(5)}});
    expect(ids(items?.records ?? [])).toEqual([1, 2]);
    expect(ids(others?.records ?? [])).toEqual([1, 2]);
    expect(server.asked('parents')).toHaveLength(3);
  });

  test('the parent may be read to its end before a child begins', async () => {
    const server = family(() => parents, (parent) => [{id: Number(parent)}]);
    const parent = parentOf(server);
    const sync = open([parent, childOf(server, parent)], [requestOfStream('parents'), requestOfStream('items')], server);
    await collect(sync.read('parents'));
    expect(ids((await collect(sync.read('items'))).records)).toEqual([1, 2]);
    expect(server.asked('parents')).toHaveLength(3);
  });

  test('a parent that is done is walked silently for a child that is not', async () => {
    const server = family(() => parents, (parent) => [{id: Number(parent)}]);
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

describe('parent_incremental', () => {
  test('T12: only on request are unchanged parents left out; the state moves with the parent page', async () => {
    let parents = [{id: 1, updated: at(1)}, {id: 2, updated: at(5)}];
    const server = family(() => parents, (parent) => [{id: Number(parent), updated: at(6)}]);
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
    expect(server.asked('items').slice(before)).toEqual([`items/3?since=${at(0)}`]);
    expect(second.states.at(-1)).toMatchObject({
      parent_state: {cursor: {updated: at(7)}},
      partitions: {cursors: [[1, at(6)], [2, at(6)], [3, at(6)]]},
    });
  });

  test('killed after any event, every changed parent is read', async () => {
    const parents = [1, 2, 3].map((id) => ({id, updated: at(id)}));
    for (let events = 1; ; events++) {
      const server = family(() => parents, (parent) => [{id: Number(parent), updated: at(9)}]);
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

describe('shards', () => {
  test('together they read every partition once, and refuse the state of another split', async () => {
    const parents = Array.from({length: 20}, (_, index) => ({id: index}));
    const server = family(() => parents, (parent) => [{id: Number(parent), updated: at(1)}]);
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
    const wrong = await readChild([parent, childOf(server, parent, {shard: {index: 1, of: 3}})], server, {state: state as never});
    expect(String(wrong.error)).toMatch(/keep the split/);
  });

  test('windows lie on one grid; what cannot be split is read by the first', async () => {
    const rows = Array.from({length: 24}, (_, hour) => ({id: hour, updated: at(hour)}));
    const got: number[] = [];
    const plain: number[] = [];
    for (const index of [0, 1]) {
      const server = new Server((_, query) =>
        JSON.stringify({data: rows.filter(({updated}) => updated >= (query['since'] ?? '') && updated < (query['until'] ?? '~'))}),
      );
      const shard = {index, of: 2};
      const cursor = {path: 'updated', initial: at(0), step: 'PT5H'};
      const plan = planOf({name: 'items', server, path: 'rows', params: {since: '{start}', until: '{end}'}, cursor, shard});
      const {records, states} = await readChild([plan], server);
      got.push(...ids(records));
      expect(states.at(-1)).toMatchObject({shard: {index, of: 2}});
      plain.push(...ids((await readChild([planOf({name: 'items', server, path: 'rows', shard})], server)).records));
    }
    expect(got.toSorted((a, b) => a - b)).toEqual(rows.map(({id}) => id));
    expect(plain).toHaveLength(24);
  });
});
