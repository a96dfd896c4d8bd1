import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {type Api, json} from '../support/api-server.js';
import {posts, startMockApi} from './mock-api.js';
import {errorsOf, run, serve, source} from './run.js';

let api: Api & AsyncDisposable;

beforeAll(async () => {
  api = await startMockApi();
});

afterAll(() => api.close());

interface Row {
  readonly id: number;
  readonly [field: string]: unknown;
}

/** Two runs over rows that may change between; what was sent under `since` and `until`, and the ids that came. */
async function twice(
  incremental: object,
  first: readonly Row[],
  second: readonly Row[] = first,
  resource: object = {},
) {
  let rows = first;
  await using own = await serve(() => json(rows));
  const endpoint = {incremental: {start_param: 'since', end_param: 'until', ...incremental}};
  const config = source(own, [{name: 'r', endpoint, ...resource}]);
  const one = await run(own, config);
  rows = second;
  const two = await run(own, config, {after: one});
  const sent = (done: typeof one) => done.requests.map(({query}) => Object.fromEntries(query));
  return {ids: [one.values('id'), two.values('id')], sent: [...sent(one), ...sent(two)], one, two};
}

const days = (...numbers: number[]): Row[] =>
  numbers.map((day) => ({id: day, at: `2024-01-${String(day).padStart(2, '0')}T00:00:00Z`}));

describe('convert', () => {
  const epoch = 1_000_000_000;

  test('epoch to date for start and end, sent only', async () => {
    const incremental = {
      cursor_path: 'at',
      initial_value: 0,
      end_value: 86_400,
      convert: {from: 'epoch_seconds', to: '%Y-%m-%d'},
    };
    const {sent, one} = await twice(incremental, [{id: 1, at: 5}]);
    expect(sent[0]).toEqual({since: '1970-01-01', until: '1970-01-02'});
    expect(one.records()).toEqual([{id: 1, at: 5}]);
  });

  test.each([
    ['epoch_seconds', '2024-01-02T00:00:00Z', '1704153600'],
    ['epoch_ms', '2024-01-02T00:00:00Z', '1704153600000'],
    ['iso_date', '2024-01-02T10:00:00Z', '2024-01-02'],
    ['iso8601', '2024-01-02T10:00:00Z', '2024-01-02T10:00:00Z'],
    ['%d.%m.%Y', '2024-01-02T10:00:00Z', '02.01.2024'],
    [{from: 'epoch_seconds', to: 'iso8601'}, epoch, '2001-09-09T01:46:40Z'],
    [undefined, '2024-01-02', '2024-01-02'],
    [undefined, 17, '17'],
  ])('%j of %j is %s', async (convert, initial_value, expected) => {
    const {sent} = await twice({cursor_path: 'at', initial_value, ...(convert === undefined ? {} : {convert})}, []);
    expect(sent[0]).toEqual({since: expected});
  });

  test('`transform` is the same word', async () => {
    const {sent} = await twice({cursor_path: 'at', initial_value: '2024-01-02T00:00:00Z', transform: 'iso_date'}, []);
    expect(sent[0]).toEqual({since: '2024-01-02'});
  });

  test('in placeholders too, without an end no end', async () => {
    await using own = await serve(() => json([]));
    const endpoint = {
      params: {
        from: '{incremental.start_value}',
        to: '{incremental.end_value}',
        raw: '{incremental.start_value|epoch_ms}',
      },
      incremental: {cursor_path: 'at', initial_value: '2024-01-02T00:00:00Z', convert: 'epoch_seconds'},
    };
    const {requests} = await run(own, source(own, [{name: 'r', endpoint}]));
    expect(Object.fromEntries(requests[0]?.query ?? [])).toEqual({from: '1704153600', raw: '1704153600000'});
  });
});

describe('state', () => {
  test('the second run loads nothing that the first one had', async () => {
    const endpoint = {incremental: {cursor_path: 'id', initial_value: 1}};
    const config = source(api, [{name: 'posts', endpoint}]);
    const first = await run(api, config);
    expect(first.records()).toEqual(posts.slice(1));
    expect((await run(api, config, {after: first})).records()).toEqual([]);
  });

  test('the start is the greatest value seen, as the record spells it', async () => {
    const rows = days(3, 1, 2);
    const {sent, ids} = await twice({cursor_path: 'at', initial_value: '2024-01-01T00:00:00Z'}, rows, [
      ...rows,
      ...days(4),
    ]);
    expect(sent.map(({since}) => since)).toEqual(['2024-01-01T00:00:00Z', '2024-01-03T00:00:00Z']);
    expect(ids).toEqual([[3, 1, 2], [4]]);
  });

  test('last_value_func min goes down', async () => {
    const rows = [{id: 9}, {id: 7}, {id: 8}];
    const incremental = {cursor_path: 'id', initial_value: 9, last_value_func: 'min'};
    const {sent, ids} = await twice(incremental, rows, [{id: 9}, {id: 7}, {id: 6}]);
    expect(sent.map(({since}) => since)).toEqual(['9', '7']);
    expect(ids).toEqual([[9, 7, 8], [6]]);
  });

  test('a changed initial_value does not count once there is state', async () => {
    await using own = await serve(() => json(days(5)));
    const config = (initial_value: string) =>
      source(own, [{name: 'r', endpoint: {incremental: {cursor_path: 'at', initial_value, start_param: 's'}}}]);
    const first = await run(own, config('2024-01-01T00:00:00Z'));
    const second = await run(own, config('2024-01-03T00:00:00Z'), {after: first});
    expect(second.requests[0]?.query.get('s')).toBe('2024-01-05T00:00:00Z');
  });

  test('a failure keeps the state of before', async () => {
    let failing = true;
    await using own = await serve(({query}) =>
      query.get('page') !== '1' && failing ? {status: 400} : json(query.get('page') === '1' ? days(1, 2) : []),
    );
    const paginator = {type: 'page_number', base_page: 1};
    const endpoint = {
      paginator,
      incremental: {cursor_path: 'at', initial_value: '2024-01-01T00:00:00Z', start_param: 's'},
    };
    const config = source(own, [{name: 'r', endpoint}]);
    await expect(run(own, config)).rejects.toThrow('400');
    failing = false;
    expect((await run(own, config)).requests[0]?.query.get('s')).toBe('2024-01-01T00:00:00Z');
  });
});

describe('the range', () => {
  const rows = [1, 2, 3, 4].map((id) => ({id}));
  test.each([
    [{initial_value: 2}, [2, 3, 4]],
    [{initial_value: 2, range_start: 'open'}, [3, 4]],
    [{initial_value: 2, end_value: 4}, [2, 3]],
    [{initial_value: 2, end_value: 4, range_end: 'closed'}, [2, 3, 4]],
    [{initial_value: 2, end_value: 4, range_start: 'open', range_end: 'open'}, [3]],
    [{}, [1, 2, 3, 4]],
  ])('%j: %j', async (range, expected) => {
    expect((await twice({cursor_path: 'id', ...range}, rows)).ids[0]).toEqual(expected);
  });

  test.each([
    ['include', [1, 2, 3]],
    ['exclude', [1]],
    [undefined, [1, 2, 3]],
  ])('on_cursor_value_missing %s', async (on_cursor_value_missing, expected) => {
    const some = [{id: 1, at: 5}, {id: 2}, {id: 3, at: null}];
    const incremental = {
      cursor_path: 'at',
      initial_value: 1,
      ...(on_cursor_value_missing && {on_cursor_value_missing}),
    };
    expect((await twice(incremental, some)).ids[0]).toEqual(expected);
  });

  test('on_cursor_value_missing raise', async () => {
    const incremental = {cursor_path: 'at', initial_value: 1, on_cursor_value_missing: 'raise'};
    await expect(twice(incremental, [{id: 1, at: 5}, {id: 2}])).rejects.toThrow(/r: .*at/);
  });
});

describe('the boundary between two runs', () => {
  const incremental = {cursor_path: 'at', initial_value: 1};
  const rows = [
    {id: 1, at: 5},
    {id: 2, at: 5},
  ];

  test.each([{}, {primary_key: 'id'}])(
    'rows seen are dropped, new ones and changed ones are not: %j',
    async (resource) => {
      const changed = [
        {id: 1, at: 5},
        {id: 2, at: 5, x: 1},
        {id: 3, at: 5},
      ];
      expect((await twice(incremental, rows, changed, resource)).ids).toEqual([
        [1, 2],
        [2, 3],
      ]);
    },
  );

  test('incremental.primary_key [] never drops', async () => {
    expect((await twice({...incremental, primary_key: []}, rows)).ids).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });

  test('twice in one run stays twice', async () => {
    expect((await twice(incremental, [...rows, ...rows])).ids[0]).toEqual([1, 2, 1, 2]);
  });
});

describe('lag', () => {
  test.each([
    [3, 10, 1, '7'],
    [3_600, '2024-01-05T00:00:00Z', '2024-01-01T00:00:00Z', '2024-01-04T23:00:00Z'],
    [2, '2024-01-05', '2024-01-01', '2024-01-03'],
    ['P1D', '2024-01-05T00:00:00Z', '2024-01-01T00:00:00Z', '2024-01-04T00:00:00Z'],
    ['P30D', '2024-01-05', '2024-01-01', '2024-01-01'],
  ])('%j back from %j', async (lag, seen, initial_value, expected) => {
    const rows = [{id: 1, at: seen}];
    const {sent} = await twice({cursor_path: 'at', initial_value, lag}, rows);
    expect(sent.map(({since}) => since)).toEqual([String(initial_value), expected]);
  });

  test('{incremental.lag} is no value to send', () => {
    const endpoint = {params: {q: '{incremental.lagg}'}, incremental: {cursor_path: 'id', initial_value: 1}};
    expect(errorsOf(source(api, [{name: 'r', endpoint}])).join()).toMatch(/params\.q .*lagg/);
  });

  test('{incremental.lag}, as dlt has it', async () => {
    const endpoint = {params: {q: '{incremental.lag}'}, incremental: {cursor_path: 'id', initial_value: 1, lag: 2}};
    const {requests} = await run(
      api,
      source(api, [{name: 'posts', endpoint: {...endpoint, paginator: 'single_page'}}]),
    );
    expect(requests[0]?.query.get('q')).toBe('2');
  });
});

test('a param may have an end too (dlt refuses it)', async () => {
  await using own = await serve(() => json([1, 2, 3].map((id) => ({id}))));
  const since = {type: 'incremental', cursor_path: 'id', initial_value: 1, end_value: 3, end_param: 'until'};
  const {calls, values} = await run(own, source(own, [{name: 'r', endpoint: {params: {since}}}]));
  expect([calls, values('id')]).toEqual([['/r?since=1&until=3'], [1, 2]]);
});

describe('declarations that are wrong', () => {
  const param = {type: 'incremental', cursor_path: 'id', initial_value: 1};
  const errors = (endpoint: object) =>
    errorsOf(source({url: 'https://api.example.com'}, [{name: 'r', endpoint}])).join('\n');

  test.each([
    [
      'an unknown type',
      {params: {since: {...param, type: 'incrementall'}}},
      /^resources\[0\]\.endpoint\.params\.since/,
    ],
    ['two params', {params: {since: param, from: param}}, /^resources\[0\]\.endpoint\.params\.\w+ /],
    [
      'a param and the endpoint',
      {params: {since: param}, incremental: {cursor_path: 'id'}},
      /^resources\[0\]\.endpoint/,
    ],
    ['no cursor_path', {incremental: {initial_value: 1}}, /^resources\[0\]\.endpoint\.incremental\.cursor_path /],
    [
      'a function of its own',
      {incremental: {cursor_path: 'a', last_value_func: 'sum'}},
      /incremental\.last_value_func /,
    ],
    ['a callable', {incremental: {cursor_path: 'a', convert: '<callable f>'}}, /incremental\.convert is code/],
    ['row_order', {incremental: {cursor_path: 'a', row_order: 'up'}}, /incremental\.row_order /],
    ['range_start', {incremental: {cursor_path: 'a', range_start: 'half'}}, /incremental\.range_start /],
    [
      'missing',
      {incremental: {cursor_path: 'a', on_cursor_value_missing: 'skip'}},
      /incremental\.on_cursor_value_missing /,
    ],
    ['an unknown key', {incremental: {cursor_path: 'a', start: 1}}, /incremental\.start unknown key/],
    ['a path that is none', {incremental: {cursor_path: 'a[', initial_value: 1}}, /incremental\.cursor_path /],
    [
      'an end before the start',
      {incremental: {cursor_path: 'a', initial_value: 5, end_value: 2}},
      /incremental\.end_value /,
    ],
  ])('%s', (_, endpoint, expected) => {
    expect(errors(endpoint)).toMatch(expected);
  });
});
