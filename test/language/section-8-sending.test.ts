import {describe, expect, test} from 'vitest';
import {problemsOf} from '../dlt/run.js';
import {at, one, type Row, syncs, type Told, wrong} from './syncs.js';

const cursorOf = ({run}: Told): unknown => Object(run.messages.states('r').at(-1)?.['cursor']).at;

describe('sent', () => {
  test('convert, formats, and the spelling of the start', async () => {
    const cursor = '2025-06-15T10:20:30.500+02:00';
    const sent = async (keys: object) =>
      (await syncs({initial_value: '2025-01-01T00:00:00Z', ...keys}, [{rows: [at(1, cursor)]}, {rows: []}]))[1]?.since;
    expect(await sent({})).toEqual([cursor]);
    expect(await sent({convert: 'epoch_seconds'})).toEqual(['1749975630']);
    expect(await sent({convert: 'epoch_ms'})).toEqual(['1749975630500']);
    expect(await sent({convert: 'iso8601'})).toEqual(['2025-06-15T08:20:30.500Z']);
    expect(await sent({convert: 'iso_date'})).toEqual(['2025-06-15']);
    expect(await sent({convert: {to: '%Y-%m-%d %H:%M', tz: 'Europe/Berlin'}})).toEqual(['2025-06-15 10:20']);
    expect(await sent({convert: {to: 'iso8601', plus: 'PT1S'}})).toEqual(['2025-06-15T08:20:31.500Z']);
  });

  test('without a value the entry is left out; other text around it is a warning when compiled', async () => {
    const none = {initial_value: null, start_param: null, end_param: null};
    const told = await one(none, [], {
      params: {a: '{incremental.start_value}', b: 'x:{window.start}', c: '{incremental.end_value}', d: 1},
      headers: {'X-Since': '{incremental.last_value}'},
    });
    const [request] = told.run.requests;
    expect(request?.target).toBe('/r?d=1');
    expect(request?.headers['x-since']).toBeUndefined();
    expect(told.run.warnings).toMatch(/params\.b.*is left out of the first request/);
    expect(told.run.warnings).toMatch(/params\.c: is never sent: an end has a value only with/);
    const until = await one({initial_value: 1}, []);
    expect(until.run.warnings).toContain('incremental.end_param: is never sent: there is no end_value (such as now)');
    expect(told.run.warnings).not.toMatch(/params\.a/);
    const form = await one(none, [], {method: 'POST', data: {a: '{incremental.start_value}', d: 1}});
    expect(form.run.requests[0]?.body).toBe('d=1');
  });

  test('in json a lone placeholder is null with a warning, text around it an error; in a path an error', async () => {
    const told = await one({initial_value: null, start_param: null, end_param: null}, [], {
      method: 'POST',
      json: {a: '{incremental.start_value}'},
    });
    expect(told.run.requests[0]?.body).toBe('{"a":null}');
    expect(told.run.warnings).toMatch(/json\.a.*null in the first request/);
    expect(wrong({cursor_path: 'at'}, {json: {a: '>{incremental.start_value}'}}).join()).toMatch(
      /json\.a .*initial_value/,
    );
    expect(wrong({cursor_path: 'at'}, {path: 'r/{incremental.start_value}'}).join()).toMatch(/path .*initial_value/);
    expect(
      problemsOf(
        {
          client: {base_url: 'https://a.example'},
          resources: [
            {name: 'r', endpoint: {path: 'r?since={incremental.start_value}', incremental: {cursor_path: 'at'}}},
          ],
        },
        'error',
      ),
    ).toEqual([]);
  });
});

describe('filter', () => {
  const days = (...ids: number[]): Row[] => ids.map((id) => at(id, `2025-01-${String(id).padStart(2, '0')}`));

  test.each<[object, number[]]>([
    [{}, [2, 3]],
    [{range_start: 'open'}, [3]],
    [{range_end: 'closed'}, [2, 3, 4]],
    [{range_start: 'open', range_end: 'closed'}, [3, 4]],
    [{last_value_func: 'min', initial_value: '2025-01-04', end_value: '2025-01-02'}, [3, 4]],
  ])('%j keeps %j of 1 to 5', async (keys, expected) => {
    const told = await one({initial_value: '2025-01-02', end_value: '2025-01-04', ...keys}, days(1, 2, 3, 4, 5));
    expect(told.ids).toEqual(expected);
  });

  test('a row seen at the cursor is dropped as often as it was seen; changed it comes', async () => {
    const row = {id: 1, at: 5, v: 'a'};
    const [first, second] = await syncs({initial_value: 1}, [
      {rows: [row, row]},
      {rows: [row, {...row, v: 'b'}, row, row]},
    ]);
    expect(first?.ids).toEqual([1, 1]);
    expect(second?.run.records().map(({v}) => v)).toEqual(['b', 'a']);
    const [, never] = await syncs({initial_value: 1, primary_key: []}, [{rows: [row]}, {rows: [row]}]);
    expect(never?.ids).toEqual([1]);
  });

  test('a boundary row that does not come again gives a notice', async () => {
    const [, second] = await syncs({initial_value: 1}, [{rows: [at(1, 5)]}, {rows: [at(2, 6)]}]);
    expect(second?.run.notices).toMatch(/lag/);
    const [, again] = await syncs({initial_value: 1}, [{rows: [at(1, 5)]}, {rows: [at(1, 5), at(2, 6)]}]);
    expect(again?.run.notices).not.toMatch(/lag/);
  });

  test.each<[string | undefined, unknown[], boolean]>([
    [undefined, [1, 2, 3, 4, 5, 6], true],
    ['include', [1, 2, 3, 4, 5, 6], true],
    ['exclude', [1], true],
    ['raise', [], false],
  ])('missing values, %s', async (missing, expected, works) => {
    const rows = [at(1, '2025-01-05'), {id: 2}, at(3, null), at(4, ''), at(5, '0000-00-00'), at(6, false)];
    const told = await one(
      {initial_value: '2025-01-01', ...(missing === undefined ? {} : {on_cursor_value_missing: missing})},
      rows,
    );
    expect(told.run.code === 0).toBe(works);
    expect(told.ids).toEqual(expected);
    if (works) expect(told.run.warnings).toMatch(/without a readable at .*\(5 times\)/);
    else expect(told.run.errors).toContain('on_cursor_value_missing');
  });

  test('a first page with values, none readable, is an error', async () => {
    const {run} = await one({initial_value: '2025-01-01'}, [at(1, '05/01/2025'), at(2, '06/01/2025')]);
    expect(run.code).toBe(1);
    expect(run.errors).toContain('cursor_format');
  });
});

describe('comparison', () => {
  test.each<[string, object, readonly unknown[], unknown]>([
    [
      'instants, not texts',
      {initial_value: '2025-01-01T00:00:00Z'},
      ['2025-01-01T23:00:00-05:00', '2025-01-02T01:00:00Z'],
      '2025-01-01T23:00:00-05:00',
    ],
    [
      'without an offset UTC',
      {initial_value: '2025-01-01T00:00:00Z'},
      ['2025-01-02T00:00:00', '2025-01-02T00:30:00+01:00'],
      '2025-01-02T00:00:00',
    ],
    [
      'fractions to the last digit',
      {initial_value: '2025-01-01T00:00:00Z'},
      ['2025-01-02T00:00:00.000000001Z', '2025-01-02T00:00:00.0000000009Z'],
      '2025-01-02T00:00:00.000000001Z',
    ],
    ['numbers exactly', {initial_value: 0}, [12345, 9], 12345],
    ['numeric text as numbers', {initial_value: '0'}, ['9', '10'], '10'],
    ['without a start by the first page', {}, ['9', '10'], '10'],
    ['other text as text', {initial_value: 'a'}, ['b', 'aa'], 'b'],
  ])('%s', async (_, keys, values, expected) => {
    const told = await one(
      keys,
      values.map((value, index) => at(index, value)),
    );
    expect(told.run.errors).toBe('');
    expect(cursorOf(told)).toEqual(expected);
  });

  test.each<[string, object, number, unknown]>([
    ['seconds between 2000 and tomorrow', {initial_value: 0}, 1_767_225_600 + 500, 1_767_225_600],
    ['milliseconds', {initial_value: 0}, 1_767_225_600_000 + 500_000, 1_767_225_600_000],
    ['the start is a time', {initial_value: '2025-01-01T00:00:00Z'}, 1_767_225_600 + 500, 1_767_225_600],
    ['cursor_format', {initial_value: 0, cursor_format: 'epoch_seconds'}, 1_767_225_600 + 500, 1_767_225_600],
    ['plain numbers are no times', {initial_value: 0}, 17, 17],
  ])('a time never passes the moment of the request: %s', async (_, keys, value, expected) => {
    expect(cursorOf(await one(keys, [at(1, value)]))).toBe(expected);
  });
});
