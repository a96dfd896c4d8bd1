import {describe, expect, test} from 'vitest';
import {attempt, type Run, serve, source} from '../dlt/run.js';
import {json, type Recorded} from '../support/api-server.js';
import {FakeClock} from '../support/fake-clock.js';

const primary = {primary_key: 'id'};
const bounds = ({query}: Recorded) => `${query.get('since')}..${query.get('until')}`;
const cursorOf = (run: Run, stream = 'r'): unknown => run.messages.states(stream).at(-1)?.['cursor'];

interface Api {
  /** Rows of a request, or a whole answer. */
  readonly answer: (request: Recorded, index: number) => object;
  readonly endpoint?: object;
  readonly incremental: object;
  readonly after?: Run;
  /** Where the clock stands; 2026-01-01 when absent. */
  readonly now?: string;
}

async function read({answer, endpoint = {}, incremental, after, now = '2026-01-01T00:00:00Z'}: Api): Promise<Run> {
  await using api = await serve((request, index) => json(answer(request, index)));
  const whole = {cursor_path: 'at', start_param: 'since', end_param: 'until', ...incremental};
  const own = {data_selector: 'data', paginator: 'single_page', incremental: whole, ...endpoint};
  return await attempt(api, source(api, [{name: 'r', endpoint: own, ...primary}], {concurrency: 1}), {
    clock: new FakeClock({now: Date.parse(now)}),
    ...(after === undefined ? {} : {after}),
  });
}

const none = () => ({data: []});

describe('windows', () => {
  test.each<[string, object, string[]]>([
    [
      'days, to an end',
      {initial_value: '2025-01-01', end_value: '2025-01-04', step: 'P1D'},
      ['2025-01-01..2025-01-02', '2025-01-02..2025-01-03', '2025-01-03..2025-01-04'],
    ],
    [
      'the last one is shorter',
      {initial_value: '2025-01-01', end_value: '2025-01-04', step: 'P2D'},
      ['2025-01-01..2025-01-03', '2025-01-03..2025-01-04'],
    ],
    [
      'calendar months',
      {initial_value: '2025-01-31', end_value: '2025-04-01', step: 'P1M'},
      ['2025-01-31..2025-02-28', '2025-02-28..2025-03-31', '2025-03-31..2025-04-01'],
    ],
    [
      'now is the end',
      {initial_value: '2025-12-31T12:00:00Z', step: 'PT12H'},
      ['2025-12-31T12:00:00Z..2026-01-01T00:00:00Z'],
    ],
    ['numbers', {initial_value: 0, end_value: 25, step: 10}, ['0..10', '10..20', '20..25']],
    [
      'delay',
      {initial_value: '2025-12-31T22:00:00Z', step: 'PT1H', delay: 'PT30M'},
      ['2025-12-31T22:00:00Z..2025-12-31T23:00:00Z', '2025-12-31T23:00:00Z..2025-12-31T23:30:00Z'],
    ],
    [
      'lag of every window, not below initial_value',
      {initial_value: 0, end_value: 30, step: 10, lag: 3},
      ['0..10', '7..20', '17..30'],
    ],
    [
      'spelled by convert',
      {initial_value: '2025-01-01T00:00:00Z', end_value: '2025-01-03T00:00:00Z', step: 'P1D', convert: '%d.%m.%Y'},
      ['01.01.2025..02.01.2025', '02.01.2025..03.01.2025'],
    ],
    [
      'epoch seconds of a known unit',
      {initial_value: 86_400, end_value: 259_200, step: 'P1D', cursor_format: 'epoch_seconds'},
      ['86400..172800', '172800..259200'],
    ],
  ])('%s', async (_, incremental, expected) => {
    const {requests, errors} = await read({answer: none, incremental});
    expect(errors).toBe('');
    expect(requests.map(bounds)).toEqual(expected);
  });

  test('half open: a row at a boundary belongs to the window that it begins, and comes once', async () => {
    const rows = [10, 19, 20].map((at) => ({id: at, at}));
    const {values} = await read({
      answer: () => ({data: rows}),
      incremental: {initial_value: 0, end_value: 30, step: 10},
    });
    expect(values('id')).toEqual([10, 19, 20]);
  });

  test('range_start and range_end hold at the outermost bounds alone', async () => {
    const rows = [0, 10, 20].map((at) => ({id: at, at}));
    const incremental = {initial_value: 0, end_value: 20, step: 10, range_start: 'open', range_end: 'closed'};
    const {values} = await read({answer: () => ({data: rows}), incremental});
    expect(values('id')).toEqual([10, 20]);
  });

  test('each has its own checkpoint: the cursor of a finished window is its end, but for the one closed by now', async () => {
    const fixed = await read({answer: none, incremental: {initial_value: 0, end_value: 20, step: 10}});
    expect(cursorOf(fixed)).toEqual({at: 20});
    const open = await read({answer: none, incremental: {initial_value: '2025-12-29', step: 'P2D'}});
    expect(open.requests.map(bounds)).toEqual(['2025-12-29..2025-12-31', '2025-12-31..2026-01-01']);
    expect(cursorOf(open)).toEqual({at: '2025-12-31'});
  });

  test('without state a start is needed; the document gives a warning', async () => {
    const {errors, warnings, calls} = await read({answer: none, incremental: {step: 'P1D'}});
    expect(errors).toContain('step needs initial_value');
    expect(warnings).toContain('windows need a start');
    expect(calls).toEqual([]);
  });

  test('a step below what the format sent can express is an error', async () => {
    const incremental = {initial_value: '2025-01-01T00:00:00Z', step: 'PT1H', convert: 'iso_date'};
    const {errors, calls} = await read({answer: none, incremental});
    expect(errors).toContain('makes no progress');
    expect(calls).toEqual([]);
  });

  test.each<[string, object, string[], RegExp | undefined]>([
    ['numbers', {initial_value: 0, end_value: 8}, ['0..8', '0..4', '0..2', '2..4', '4..8', '4..6', '6..8'], undefined],
    ['numbers, to 1', {initial_value: 0, end_value: 2}, ['0..2', '0..1'], /between 0 and 1.*window_limit 2.*halved/],
    [
      'dates, to a day',
      {initial_value: '2025-01-01', end_value: '2025-01-03'},
      ['2025-01-01..2025-01-03', '2025-01-01..2025-01-02'],
      /halved/,
    ],
    [
      'times, to a second',
      {initial_value: '2025-01-01T00:00:00Z', end_value: '2025-01-01T00:00:02Z'},
      ['2025-01-01T00:00:00Z..2025-01-01T00:00:02Z', '2025-01-01T00:00:00Z..2025-01-01T00:00:01Z'],
      /halved/,
    ],
  ])('window_limit halves before anything is emitted: %s', async (_, incremental, expected, error) => {
    const {requests, errors, values} = await read({
      answer: ({query}) => {
        const [since, until] = [Number(query.get('since')), Number(query.get('until'))];
        const isSmall = error === undefined && until - since <= 2;
        return {data: [{id: since, at: since}], total: isSmall ? 2 : 3};
      },
      endpoint: {paginator: {type: 'single_page', total_items_path: 'total'}},
      incremental: {...incremental, window_limit: 2},
    });
    expect(requests.map(bounds)).toEqual(expected);
    if (error === undefined) expect([errors, values('id')]).toEqual(['', [0, 2, 4, 6]]);
    else expect([errors, values('id')]).toEqual([expect.stringMatching(error), []]);
  });

  test('of a window that is halved no second page is asked for', async () => {
    const {calls, values} = await read({
      answer: ({query}) => {
        const [since, until, offset] = ['since', 'until', 'offset'].map((name) => Number(query.get(name)));
        const all = [0, 1, 2, 3].filter((id) => id >= (since ?? 0) && id < (until ?? 0));
        return {data: all.slice(offset, (offset ?? 0) + 1).map((id) => ({id, at: id})), total: all.length};
      },
      endpoint: {paginator: {type: 'offset', limit: 1}},
      incremental: {initial_value: 0, end_value: 4, window_limit: 2},
    });
    expect(values('id')).toEqual([0, 1, 2, 3]);
    expect(calls.filter((call) => call.includes('until=4') && call.includes('since=0'))).toHaveLength(1);
  });

  test('{window.start} and {window.end} are the same bounds', async () => {
    const {requests} = await read({
      answer: none,
      endpoint: {method: 'POST', json: {from: '{window.start}', to: '{window.end|iso_date}'}},
      incremental: {
        initial_value: '2025-01-01T00:00:00Z',
        end_value: '2025-01-02T00:00:00Z',
        step: 'P1D',
        start_param: null,
        end_param: null,
      },
    });
    expect(requests.map(({body}) => body)).toEqual(['{"from":"2025-01-01T00:00:00Z","to":"2025-01-02"}']);
  });
});

describe('order', () => {
  const pages = {paginator: {type: 'page_number', base_page: 1, total_path: null}};
  const paged =
    (...all: readonly (readonly number[])[]): Api['answer'] =>
    ({query}) => ({data: (all[Number(query.get('page')) - 1] ?? []).map((at) => ({id: at, at}))});

  test('asc: inside a walk the cursor moves to the greatest value below the last one of a page', async () => {
    const answer: Api['answer'] = (request) => {
      if (request.query.get('page') === '3') return {nothing: 1, error: 'down'};
      return paged([1, 2, 3], [3, 4, 5])(request, 0);
    };
    const done = await read({answer, endpoint: pages, incremental: {initial_value: 0, row_order: 'asc'}});
    expect(done.code).toBe(1);
    expect(cursorOf(done)).toEqual({at: 4});
    const unordered = await read({answer, endpoint: pages, incremental: {initial_value: 0}});
    expect(cursorOf(unordered)).toBeUndefined();
  });

  test('desc: the walk ends after the page with a row strictly older than the start', async () => {
    const answer = paged([9, 8], [8, 5], [5, 4], [3]);
    const {calls, values, warnings} = await read({
      answer,
      endpoint: pages,
      incremental: {initial_value: 5, row_order: 'desc', start_param: null, end_param: null},
    });
    expect(values('id')).toEqual([9, 8, 8, 5, 5]);
    expect(calls).toHaveLength(3);
    expect(warnings).toBe('');
  });

  test('a violation, looked for first, ends both for the rest of the walk, with a warning', async () => {
    const answer = paged([9, 2], [8, 7], [1]);
    const {calls, values, warnings} = await read({
      answer,
      endpoint: pages,
      incremental: {initial_value: 5, row_order: 'desc', start_param: null, end_param: null},
    });
    // The first page is in order and ends the walk; had the rows been the other way round it would not.
    expect([calls.length, values('id'), warnings]).toEqual([1, [9], '']);
    const pinned = await read({
      answer: paged([2, 9], [8, 7], [1]),
      endpoint: pages,
      incremental: {initial_value: 5, row_order: 'desc', start_param: null, end_param: null},
    });
    expect(pinned.values('id')).toEqual([9, 8, 7]);
    expect(pinned.calls).toHaveLength(4);
    expect(pinned.warnings.match(/do not come in row_order: desc/g)).toHaveLength(1);
  });
});

describe('state', () => {
  test('the greatest value emitted, spelled as in the record; min: the smallest; never moved back', async () => {
    const rows =
      (...all: unknown[]) =>
      () => ({data: all.map((at, id) => ({id, at}))});
    const spelled = await read({
      answer: rows('2025-03-01T01:00:00+01:00', '2025-02-01T00:00:00Z'),
      incremental: {initial_value: '2025-01-01T00:00:00Z'},
    });
    expect(cursorOf(spelled)).toEqual({at: '2025-03-01T01:00:00+01:00'});
    const smallest = await read({answer: rows(7, 3, 5), incremental: {last_value_func: 'min'}});
    expect(cursorOf(smallest)).toEqual({at: 3});
    const back = await read({
      answer: rows('2025-02-28T23:00:00Z'),
      incremental: {initial_value: '2025-01-01T00:00:00Z', lag: 'P1D'},
      after: spelled,
    });
    expect(back.values('id')).toEqual([0]);
    expect(cursorOf(back)).toEqual({at: '2025-03-01T01:00:00+01:00'});
  });

  test('rows beyond the moment of the first request are emitted, with a notice; in the future with a warning', async () => {
    const told = await read({
      answer: () => ({data: [{id: 1, at: '2026-01-05T00:00:00Z'}]}),
      incremental: {initial_value: '2025-01-01T00:00:00Z'},
    });
    expect(told.values('id')).toEqual([1]);
    expect(told.warnings).toMatch(/lies in the future/);
    expect(cursorOf(told)).toEqual({at: '2026-01-01T00:00:00Z'});
  });

  test('other cursors are protected by row_order: asc only, which a notice says', async () => {
    const answer = () => ({data: [{id: 1, at: 5}]});
    expect((await read({answer, incremental: {initial_value: 0}})).notices).toMatch(/at is no time: .*row_order: asc/);
    expect((await read({answer, incremental: {initial_value: 0, row_order: 'asc'}})).notices).not.toMatch(/is no time/);
  });
});

describe('children', () => {
  test('one cursor per bound parent value; a parent that is gone loses it, a new one starts at initial_value', async () => {
    let parents = [1, 2];
    let rows: Record<string, number> = {1: 10, 2: 20};
    await using api = await serve(({path}) => {
      if (path === '/p') return json({data: parents.map((id) => ({id}))});
      const of = path.split('/')[2] ?? '';
      return json({data: [{id: `c${of}`, at: rows[of] ?? 0}]});
    });
    const incremental = {cursor_path: 'at', start_param: 'since', initial_value: 1};
    const config = source(api, [
      {name: 'p', endpoint: {data_selector: 'data'}},
      {
        name: 'c',
        endpoint: {path: 'c/{resources.p.id}/x', data_selector: 'data', paginator: 'single_page', incremental},
        ...primary,
      },
    ]);
    const first = await attempt(api, config, {streams: ['c']});
    const partitions = (run: Run) => Object(run.messages.states('c').at(-1)?.['partitions']).cursors;
    expect(partitions(first)).toEqual([
      [1, 10],
      [2, 20],
    ]);
    parents = [2, 3];
    rows = {2: 25, 3: 5};
    const second = await attempt(api, config, {streams: ['c'], after: first});
    expect(second.calls).toEqual(['/p', '/c/2/x?since=20', '/c/3/x?since=1']);
    expect(partitions(second)).toEqual([
      [2, 25],
      [3, 5],
    ]);
  });
});

describe('formats', () => {
  test.each<[unknown, string, string]>([
    ['epoch_seconds', '2026-01-31T09:30:00.999Z', '1769851800'],
    ['epoch_ms', '2026-01-31T09:30:00.9999Z', '1769851800999'],
    ['iso8601', '2026-01-31T09:30:00Z', '2026-01-31T09:30:00Z'],
    ['iso8601', '2026-01-31T10:30:00.250+01:00', '2026-01-31T09:30:00.250Z'],
    ['iso_date', '2026-01-31T23:59:59.999Z', '2026-01-31'],
    ['%Y/%m/%d %H', '2026-01-31T23:59:59Z', '2026/01/31 23'],
    [{to: '%Y-%m-%d %H:%M', tz: 'America/New_York'}, '2026-01-31T09:30:59Z', '2026-01-31 04:30'],
    [{to: 'iso_date', tz: 'Asia/Tokyo'}, '2026-01-31T20:00:00Z', '2026-02-01'],
    [{to: 'iso8601', plus: '-P1D'}, '2026-01-31T09:30:00Z', '2026-01-30T09:30:00Z'],
    // The clock shows 02:30 twice in that night: what is sent is the one before.
    [{to: '%Y-%m-%d %H:%M', tz: 'Europe/Berlin'}, '2025-10-26T01:30:00Z', '2025-10-26 01:30'],
  ])('%j of %s is %s', async (convert, initial_value, expected) => {
    const {requests} = await read({answer: none, incremental: {initial_value, convert}, now: '2026-03-01T00:00:00Z'});
    expect(requests.map(({query}) => query.get('since'))).toEqual([expected]);
  });
});
