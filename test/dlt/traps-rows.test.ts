import {describe, expect, test} from 'vitest';
import {type Handler, json, type Recorded} from '../support/api-server.js';
import {attempt, type Resource, run, serve, source} from './run.js';

/** dlt's traps that lose rows without a word (T1 to T15): what happens here. */

const rows = (from: number, to: number) => Array.from({length: to - from}, (_, index) => ({id: from + index}));

async function readOne(handler: Handler, endpoint: object, resource: object = {}) {
  await using api = await serve(handler);
  return await attempt(api, source(api, [{name: 'r', ...resource, endpoint}]));
}

const at = (day: number, hour = 0) => `2024-01-${String(day).padStart(2, '0')}T${String(hour).padStart(2, '0')}:00:00Z`;

describe('T1 incremental children over several parent pages', () => {
  /** Three parents on `pages` pages; the server filters children by `since`. */
  const family = (pages: number, values: Record<string, number[]>) => (request: Recorded) => {
    if (request.path === '/p') {
      const page = Number(request.query.get('page') ?? 1);
      const ids = Object.keys(values);
      const shown = pages === 1 ? ids : ids.slice(page - 1, page);
      return json({
        data: shown.map((id) => ({id})),
        ...(pages > 1 && page < ids.length && {next: `/p?page=${page + 1}`}),
      });
    }
    const since = Number(request.query.get('since'));
    const own = values[request.path.slice(3)] ?? [];
    return json({data: own.filter((v) => v >= since).map((v) => ({v}))});
  };
  const resources = [
    {name: 'p', endpoint: {data_selector: 'data', paginator: 'json_link'}},
    {
      name: 'c',
      include_from_parent: ['id'],
      endpoint: {
        path: 'c/{resources.p.id}',
        data_selector: 'data',
        paginator: 'single_page',
        incremental: {cursor_path: 'v', initial_value: 0, start_param: 'since'},
      },
    },
  ];

  test.each([1, 3])(
    'parents on %i pages: all rows, and the next run starts each parent at its own place',
    async (pages) => {
      const values: Record<string, number[]> = {a: [1, 9], b: [2, 3], c: [4, 5]};
      await using api = await serve(family(pages, values));
      const config = source(api, resources);
      const first = await run(api, config, {streams: ['c']});
      expect(first.values('v').toSorted()).toEqual([1, 2, 3, 4, 5, 9]);
      const since = (done: typeof first) =>
        Object.fromEntries(
          done.requests.filter(({path}) => path !== '/p').map(({path, query}) => [path, query.get('since')]),
        );
      expect(since(first)).toEqual({'/c/a': '0', '/c/b': '0', '/c/c': '0'});
      values['b']?.push(6);
      const second = await run(api, config, {streams: ['c'], after: first});
      expect(since(second)).toEqual({'/c/a': '9', '/c/b': '3', '/c/c': '5'});
      expect(second.records()).toEqual([{v: 6, _p_id: 'b'}]);
    },
  );
});

describe('T2 page_number by itself on a 1-based API', () => {
  test.each([0, 1])('12 rows from page %i', async (base) => {
    const handler: Handler = ({query}) => {
      const page = Number(query.get('page') ?? base) - base;
      return json({items: rows(page * 5, Math.min(12, page * 5 + 5)), total_pages: 3});
    };
    const {values} = await readOne(handler, {});
    expect(values('id')).toEqual(rows(0, 12).map(({id}) => id));
  });
});

describe('T3 a selector that matches nothing', () => {
  test('is an error that lists what is there', async () => {
    const {errors, code} = await readOne(() => json({items: [{id: 1}]}), {data_selector: 'itmes'});
    expect([code, errors]).toEqual([1, expect.stringMatching(/itmes.*items/s)]);
  });

  test.each([{items: null}, {items: []}, {items: {}}, {}])(
    'is an empty page where there are no rows: %j',
    async (body) => {
      expect(await readOne(() => json(body), {data_selector: 'items'})).toMatchObject({code: 0});
    },
  );
});

describe('T4 records found by themselves', () => {
  test.each([
    [{meta: {errors: []}, orders: [{id: 1}]}, [{id: 1}]],
    [{errors: [], data: [{id: 1}]}, [{id: 1}]],
    [{warnings: [{w: 1}], 'the rows': [{id: 1}]}, [{id: 1}]],
    [{'a.b': [{id: 1}]}, [{id: 1}]],
    [{'1st': [{id: 1}]}, [{id: 1}]],
    [{tags: ['x', 'y'], customers: [{id: 1, tags: ['a']}]}, [{id: 1, tags: ['a']}]],
    [{pagination: {links: [{rel: 'next'}]}, r: [{id: 1}]}, [{id: 1}]],
  ])('%j', async (body, expected) => {
    expect((await readOne(() => json(body), {})).records()).toEqual(expected);
  });

  test('one object with a nested list is one record where its key says so', async () => {
    const body = {id: 1, tags: ['a'], parts: [{n: 1}]};
    expect((await readOne(() => json(body), {}, {primary_key: 'id'})).records()).toEqual([body]);
  });

  test('the choice is not made by an empty first page', async () => {
    const pages = [{results: null, next: '/2'}, {results: [{id: 1}]}];
    const {records} = await readOne((_, index) => json(pages[index]), {paginator: 'json_link'});
    expect(records()).toEqual([{id: 1}]);
  });
});

describe('T5 one entity', () => {
  const list = (next?: string) => ({data: [{id: 1}], ...(next === undefined ? {} : {next})});
  const child = (endpoint: object): Resource[] => [
    {name: 'p', records: [{id: 'a'}]},
    {name: 'r', endpoint},
  ];
  const read = async (resources: Resource[]) => {
    await using api = await serve(({query}) => json(list(query.has('page') ? undefined : '/r?page=2')));
    return await attempt(api, source(api, resources), {streams: ['r']});
  };

  test.each([
    ['a placeholder in the query', {path: 'r?post_id={resources.p.id}'}],
    ['an extension', {path: '{resources.p.id}.json'}],
    ['a suffix', {path: '{resources.p.id}_data'}],
    [
      'an incremental value',
      {path: 'since/{resources.p.id}/{incremental.start_value}', incremental: {cursor_path: 'id', initial_value: 1}},
    ],
  ])('%s is a list as any other', async (_, endpoint) => {
    const {records, calls} = await read(child(endpoint));
    expect(records()).toEqual([{id: 1}, {id: 1}]);
    expect(calls).toHaveLength(2);
  });

  test.each(['r/{resources.p.id}', 'r/{resources.p.id}/', 'r/{resources.p.id}?x=1'])(
    '%s is one entity',
    async (path) => {
      await using api = await serve(() => json({id: 1, parts: [{n: 1}]}));
      const {records} = await run(api, source(api, child({path})), {streams: ['r']});
      expect(records()).toEqual([{id: 1, parts: [{n: 1}]}]);
    },
  );

  test('a list with a next link there is an error that asks for both keys', async () => {
    const {errors, code} = await read(child({path: 'r/{resources.p.id}'}));
    expect([code, errors]).toEqual([
      1,
      expect.stringMatching(/data_selector[\s\S]*paginator|paginator[\s\S]*data_selector/),
    ]);
  });
});

describe('T6 offset with a cap of the server', () => {
  test('advances by the rows received', async () => {
    const handler: Handler = ({query}) => {
      const from = Number(query.get('offset'));
      return json({data: rows(from, Math.min(7, from + 2)), total: 7});
    };
    const {values, warnings} = await readOne(handler, {paginator: {type: 'offset', limit: 5}});
    expect(values('id')).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(warnings).toContain('at most 2 rows');
  });
});

describe('T7 row_order: desc at the boundary', () => {
  test('a row seen before does not stop the walk, an older one does', async () => {
    let all = [
      {id: 1, at: at(2)},
      {id: 2, at: at(1)},
    ];
    const handler: Handler = ({query}) => {
      const page = Number(query.get('page'));
      return json(all.slice(page * 2, page * 2 + 2));
    };
    await using api = await serve(handler);
    const endpoint = {
      paginator: {type: 'page_number', base_page: 0},
      incremental: {cursor_path: 'at', initial_value: at(1), row_order: 'desc'},
    };
    const config = source(api, [{name: 'r', endpoint}]);
    const first = await run(api, config);
    all = [
      {id: 1, at: at(2)},
      {id: 9, at: at(2)},
      {id: 8, at: at(2)},
      {id: 7, at: at(2)},
      {id: 2, at: at(1)},
      {id: 3, at: at(1)},
      {id: 4, at: at(1)},
    ];
    const second = await run(api, config, {after: first});
    expect(second.values('id')).toEqual([9, 8, 7]);
    expect(second.calls).toEqual(['/r?page=0', '/r?page=1', '/r?page=2']);
  });
});

describe('T8 a row changed within the same tick of the cursor', () => {
  test('is emitted again, the unchanged one is not', async () => {
    let all: object[] = [
      {id: 1, at: at(1), x: 'a'},
      {id: 2, at: at(1), x: 'a'},
    ];
    await using api = await serve(() => json(all));
    const endpoint = {incremental: {cursor_path: 'at', initial_value: at(1)}};
    const config = source(api, [{name: 'r', primary_key: 'id', endpoint}]);
    const first = await run(api, config);
    all = [
      {id: 1, at: at(1), x: 'b'},
      {id: 2, at: at(1), x: 'a'},
    ];
    expect((await run(api, config, {after: first})).records()).toEqual([{id: 1, at: at(1), x: 'b'}]);
  });
});

describe('T9 cursors compared as what they are', () => {
  const filtered = async (initial_value: unknown, values: readonly unknown[]) => {
    const endpoint = {incremental: {cursor_path: 'at', initial_value}};
    return (await readOne(() => json(values.map((value) => ({at: value}))), endpoint)).values('at');
  };

  test('times by instant', async () => {
    expect(await filtered('2024-01-01T04:30:00Z', ['2024-01-01T05:00:00+05:00', '2024-01-01T05:00:00Z'])).toEqual([
      '2024-01-01T05:00:00Z',
    ]);
    expect(await filtered('2024-01-01T00:00:00Z', ['2024-01-01', '2023-12-31'])).toEqual(['2024-01-01']);
    expect(
      await filtered('2024-01-01T00:00:00Z', ['2024-01-01T00:00:00.000001Z', '2024-01-01T00:00:00.000Z']),
    ).toHaveLength(2);
  });

  test('numbers and numeric text as numbers', async () => {
    expect(await filtered(9, [10, 9, 8])).toEqual([10, 9]);
    expect(await filtered('9', ['10', '9', '8'])).toEqual(['10', '9']);
    expect(await filtered(5, ['10', 4])).toEqual(['10']);
  });
});

describe('T10 ignore and the cursor', () => {
  const pages =
    (status: number): Handler =>
    ({query}) => {
      const page = Number(query.get('page'));
      return page === 2 ? {status} : json([{id: page, at: at(page + 1)}]);
    };
  const paginator = {type: 'page_number', base_page: 0};
  const incremental = {cursor_path: 'at', initial_value: at(1), start_param: 'since'};

  test('a 5xx is retried first, then the slice is unfinished: its cursor stays', async () => {
    await using api = await serve(pages(500));
    const endpoint = {paginator, incremental, response_actions: [{status_code: 500, action: 'ignore'}]};
    const config = source(api, [{name: 'r', endpoint}]);
    const first = await run(api, config);
    expect(first.values('id')).toEqual([0, 1]);
    expect(first.sleeps).toHaveLength(3);
    expect(first.warnings).toContain('cursor');
    const second = await run(api, config, {after: first});
    expect(second.requests[0]?.query.get('since')).toBe(at(1));
  });

  test('a 404 past the end of numbered pages is the end: the cursor moves', async () => {
    await using api = await serve(pages(404));
    const endpoint = {paginator, incremental, response_actions: [{status_code: 404, action: 'ignore'}]};
    const config = source(api, [{name: 'r', endpoint}]);
    const second = await run(api, config, {after: await run(api, config)});
    expect(second.requests[0]?.query.get('since')).toBe(at(2));
  });
});

describe('T11 maximum_page', () => {
  test('is dlt’s: the page it names is not asked for, and a cut of an unordered incremental stream is a warning', async () => {
    const endpoint = {
      paginator: {type: 'page_number', base_page: 1, maximum_page: 3},
      incremental: {cursor_path: 'id', initial_value: 0},
    };
    const {calls, warnings} = await readOne(({query}) => json([{id: Number(query.get('page'))}]), endpoint);
    expect(calls).toEqual(['/r?page=1', '/r?page=2']);
    expect(warnings).toContain('maximum_page');
  });
});

describe('T12 children of an incremental parent', () => {
  const family = (parent_incremental: boolean): Resource[] => [
    {name: 'p', endpoint: {data_selector: '$', incremental: {cursor_path: 'at', initial_value: at(1)}}},
    {name: 'c', parent_incremental, endpoint: {path: 'c/{resources.p.id}/x', data_selector: '$'}},
  ];

  test.each([
    [false, true],
    [true, false],
  ])('parent_incremental %s: the parent that did not change is asked for again: %s', async (option, again) => {
    let parents = [
      {id: 1, at: at(2)},
      {id: 2, at: at(3)},
    ];
    await using api = await serve(({path}) => json(path === '/p' ? parents : [{x: path}]));
    const config = source(api, family(option));
    const first = await run(api, config);
    parents = [...parents, {id: 3, at: at(4)}];
    const second = await run(api, config, {after: first});
    expect(second.calls).toContain('/c/3/x');
    expect(second.calls.includes('/c/1/x')).toBe(again);
    expect(second.values('id', 'p')).toEqual([3]);
  });
});
