import {describe, expect, test} from 'vitest';
import {at, childOf, family, parentOf, type Row, readChild} from './family.js';
import {ids, listLog} from './reading.js';
import {planOf, Server} from './simulated.js';

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
      partitions: {
        by: ['id'],
        path: 'updated',
        cursors: [
          [1, at(9)],
          [2, at(3)],
          [3, at(5)],
        ],
      },
    });
    rows = [...rows, {id: 4, parent: '2', updated: at(4)}];
    const second = await readChild(plans(), server, {state: first.states.at(-1)});
    expect(ids(second.records)).toEqual([4]);
    expect(server.asked('items').slice(3)).toEqual([
      `items/1?since=${at(9)}`,
      `items/2?since=${at(3)}`,
      `items/3?since=${at(5)}`,
    ]);
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
    expect(second.states.at(-1)).toMatchObject({
      partitions: {
        cursors: [
          [2, at(5)],
          [3, at(5)],
        ],
      },
    });
  });

  test('a finished full refresh keeps the cursors that it brought, whoever asks again', async () => {
    const server = family(
      () => [{id: 1}],
      () => [{id: 7, updated: at(5)}],
    );
    const plans = () => {
      const parent = parentOf(server);
      return [parent, childOf(server, parent)];
    };
    const full = {mode: 'full_refresh', syncId: 3} as const;
    const first = await readChild(plans(), server, full);
    const again = await readChild(plans(), server, {...full, state: first.states.at(-1)});
    expect(again.records).toEqual([]);
    expect(again.states.at(-1)).toEqual(first.states.at(-1));
    const next = await readChild(plans(), server, {state: again.states.at(-1)});
    expect(next.records).toEqual([]);
    expect(server.requests.at(-1)).toBe(`items/1?since=${at(5)}`);
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
    const issues = planOf({
      name: 'issues',
      server,
      path: '{0}/issues',
      parent: repos,
      bound: ['name'],
      included: {_repos_name: 'name'},
      fields: ['number'],
    });
    const items = planOf({
      name: 'items',
      server,
      path: '{0}/issues/{1}',
      parent: issues,
      bound: ['_repos_name', 'number'],
    });
    const {records, error} = await readChild([repos, issues, items], server);
    expect(error).toBeUndefined();
    expect(records).toEqual(['{"id":"app/issues/3"}']);
    expect(server.requests).toEqual(['repos', 'app/issues', 'app/issues/3']);
  });

  test('parents equal in all that is used are requested once', async () => {
    const server = family(
      () => [
        {id: 1, name: 'a'},
        {id: 2, name: 'a'},
        {id: 3, name: 'b'},
      ],
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
    const gone = family(
      () => [{id: 1}, {id: 2}],
      () => 404,
    );
    const other = parentOf(gone);
    expect(String((await readChild([other, childOf(gone, other)], gone)).error)).toMatch(/none of its 2 parents/);
  });

  test('the same row under two parents is two rows, also at the cursor', async () => {
    let under: Record<string, Row[]> = {1: [], 2: [{id: 7, updated: at(5)}]};
    const server = family(
      () => [{id: 1}, {id: 2}],
      (parent) => under[parent] ?? [],
    );
    const plans = () => {
      const parent = parentOf(server);
      return [parent, childOf(server, parent, {included: {_parents_id: 'id'}})];
    };
    const first = await readChild(plans(), server);
    under = {1: [{id: 7, updated: at(5)}], 2: [{id: 7, updated: at(5)}]};
    const second = await readChild(plans(), server, {state: first.states.at(-1)});
    expect(second.records.map((record) => JSON.parse(record)._parents_id)).toEqual([1]);
  });

  test('static parents', async () => {
    const server = new Server((path) => JSON.stringify({data: [{id: path, updated: at(2)}]}));
    const parent = planOf({
      name: 'kinds',
      server,
      path: '',
      staticRecords: ['{"id": "a"}', '{"id": 12345678901234567890}'],
    });
    const child = planOf({
      name: 'items',
      server,
      path: 'items/{0}',
      parent,
      cursor: {path: 'updated'},
      included: {_kinds_id: 'id'},
    });
    const {records, states} = await readChild([parent, child], server);
    expect(records.map((record) => record.replace(/.*_kinds_id":/, ''))).toEqual(['"a"}', '12345678901234567890}']);
    expect(states.at(-1)).toMatchObject({
      partitions: {
        cursors: [
          ['a', at(2)],
          [{number: '12345678901234567890'}, at(2)],
        ],
      },
    });
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

  test('T10: a parent whose window ended unfinished keeps its cursor, and the list is read again', async () => {
    let broken = true;
    const server = new Server((path, query) => {
      if (path === 'parents') return '{"data": [{"id": 1}, {"id": 2}]}';
      const since = query['since'] ?? '';
      if (broken && path === 'items/1' && since === at(4)) return {body: '{}', status: 500, ignored: 'retryable'};
      const rows = [1, 5, 9].map((hour) => ({id: `${path} ${hour}`, updated: at(hour)}));
      return JSON.stringify({data: rows.filter(({updated}) => updated >= since && updated < (query['until'] ?? '~'))});
    });
    server.clock.time = Date.parse(at(12));
    const plans = () => {
      const parent = planOf({name: 'parents', server, path: 'parents'});
      const params = {since: '{start}', until: '{end}'};
      return [parent, childOf(server, parent, {params, cursor: {path: 'updated', initial: at(0), step: 'PT4H'}})];
    };
    const first = await readChild(plans(), server);
    expect(first.states.at(-1)).toEqual({
      v: 1,
      partitions: {
        by: ['id'],
        path: 'updated',
        cursors: [
          [1, at(4)],
          [2, at(9)],
        ],
      },
      initial: at(0),
      boundary: expect.anything(),
    });
    broken = false;
    const second = await readChild(plans(), server, {state: first.states.at(-1)});
    const all = [...first.records, ...second.records].map((record) => JSON.parse(record).id);
    expect([...new Set(all)].toSorted()).toEqual([
      'items/1 1',
      'items/1 5',
      'items/1 9',
      'items/2 1',
      'items/2 5',
      'items/2 9',
    ]);
  });
});
