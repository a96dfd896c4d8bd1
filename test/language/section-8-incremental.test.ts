import {describe, expect, test} from 'vitest';
import {at, one, syncs, wrong} from './syncs.js';

describe('start', () => {
  test('the state, else initial_value; state wins over a changed initial_value, with a notice', async () => {
    const [first, second] = await syncs({initial_value: '2025-01-01T00:00:00Z'}, [
      {rows: [at(1, '2025-03-01T00:00:00Z')]},
      {rows: [], incremental: {initial_value: '2024-01-01T00:00:00Z'}},
    ]);
    expect(first?.since).toEqual(['2025-01-01T00:00:00Z']);
    expect(second?.since).toEqual(['2025-03-01T00:00:00Z']);
    expect(second?.run.notices).toMatch(/initial_value.*reset/);
  });

  test.each([
    [0, '0'],
    ['0', '0'],
    [-5, '-5'],
    [1.5, '1.5'],
    ['2025-01-01', '2025-01-01'],
    ['now-P1Y', '2025-01-01T00:00:00Z'],
    ['now - P1M', '2025-12-01T00:00:00Z'],
    ['now', '2026-01-01T00:00:00Z'],
  ])('initial_value %j is sent as %j', async (initial_value, expected) => {
    expect((await one({initial_value}, [])).since).toEqual([expected]);
  });

  test('null is none', async () => {
    expect((await one({initial_value: null}, [])).since).toEqual([null]);
  });

  test.each<[object, string, string]>([
    [{lag: 1}, '2025-06-15', '2025-06-14'],
    [{lag: 3600}, '2025-06-15T00:00:00Z', '2025-06-14T23:00:00Z'],
    [{lag: 'P1D'}, '2025-06-15T00:00:00Z', '2025-06-14T00:00:00Z'],
    [{lag: 'P1M'}, '2025-06-15', '2025-05-15'],
    [{lookback: 'PT30M'}, '2025-06-15T00:00:00Z', '2025-06-14T23:30:00Z'],
    [{lag: 0}, '2025-06-15', '2025-06-15'],
    [{lag: 'P9Y'}, '2025-06-15', '2025-01-01'],
    [{lag: 'P9Y'}, '2025-06-15T00:00:00Z', '2025-01-01'],
  ])('%j from %s asks from %s', async (keys, cursor, expected) => {
    const [, second] = await syncs({initial_value: '2025-01-01', ...keys}, [{rows: [at(1, cursor)]}, {rows: []}]);
    expect(second?.since).toEqual([expected]);
  });

  test('lag of numbers is in their own unit, not below initial_value', async () => {
    const [, second] = await syncs({initial_value: 100, lag: 50}, [{rows: [at(1, 180)]}, {rows: []}]);
    expect(second?.since).toEqual(['130']);
    const [, floor] = await syncs({initial_value: 100, lag: 50}, [{rows: [at(1, 120)]}, {rows: []}]);
    expect(floor?.since).toEqual(['100']);
  });

  test('lag and lookback at once are an error', () => {
    expect(wrong({cursor_path: 'at', lag: 1, lookback: 2}).join()).toMatch(/incremental\.lookback .*same key as lag/);
  });

  test('neither start nor end passes now less delay', async () => {
    const keys = {initial_value: '2025-12-31T23:59:30Z', end_value: 'now', delay: 'PT1M'};
    const told = await one(keys, [at(1, '2025-12-31T23:58:00Z')]);
    expect(told.run.errors).toBe('');
    const plain = await one({initial_value: '2025-01-01T00:00:00Z', end_value: 'now', delay: 'PT1M'}, []);
    expect(plain.until).toEqual(['2025-12-31T23:59:00Z']);
    const open = await one({initial_value: '2025-12-31T23:59:30Z', delay: 'PT1M'}, []);
    expect(open.since).toEqual(['2025-12-31T23:59:00Z']);
    const fixed = await one(
      {initial_value: '2025-01-01T00:00:00Z', end_value: '2027-01-01T00:00:00Z', delay: 'PT1M'},
      [],
    );
    expect(fixed.until).toEqual(['2025-12-31T23:59:00Z']);
  });

  test('a fixed end keeps state too; reached, the stream is empty, with a notice', async () => {
    const [first, second, third] = await syncs({initial_value: '2025-01-01', end_value: '2025-02-01', step: 'P1M'}, [
      {rows: [at(1, '2025-01-05')]},
      {rows: [at(1, '2025-01-05')]},
      {rows: [at(2, '2025-02-05')], incremental: {end_value: '2025-03-01'}},
    ]);
    expect(first?.until).toEqual(['2025-02-01']);
    expect(second?.since).toEqual([]);
    expect(second?.run.notices).toMatch(/end_value .*reached/);
    expect(second?.run.code).toBe(0);
    expect(third?.since).toEqual(['2025-02-01']);
    expect(third?.ids).toEqual([2]);
  });

  test('a state in the future yields nothing, a state and a warning', async () => {
    const [first, second, third] = await syncs({initial_value: 1, row_order: 'asc'}, [
      {rows: [at(1, 5)]},
      {rows: [at(2, 6)]},
      {rows: []},
    ]);
    expect([first?.ids, second?.ids, third?.ids]).toEqual([[1], [2], []]);
    const [, later] = await syncs({initial_value: '2025-01-01T00:00:00Z'}, [
      {rows: [at(1, '2025-12-31T00:00:00Z')]},
      {rows: [at(2, '2025-12-31T12:00:00Z')], now: '2025-06-01T00:00:00Z'},
    ]);
    expect(later?.since).toEqual([]);
    expect(later?.ids).toEqual([]);
    expect(later?.run.warnings).toMatch(/lies in the future/);
    expect(later?.run.messages.states('r')).toHaveLength(1);
  });

  test('an initial_value in the future is named as such', async () => {
    const {run} = await one({initial_value: '2027-01-01T00:00:00Z'}, [at(1, '2027-02-01T00:00:00Z')]);
    expect(run.warnings).toMatch(/initial_value .*lies in the future/);
    expect(run.warnings).not.toContain('saved');
  });
});

describe('declarations', () => {
  const times = {cursor_path: 'at', initial_value: '2025-01-01T00:00:00Z'};

  test.each<[object, RegExp]>([
    [{}, /incremental\.cursor_path/],
    [{...times, start_param: ''}, /start_param/],
    [{...times, step: 0}, /step/],
    [{...times, step: 'PT0S'}, /step must be above 0/],
    [{...times, step: 'P1D', last_value_func: 'min'}, /step cannot be combined with last_value_func: min/],
    [{...times, step: 5}, /step is a number, but .* is a time/],
    [{...times, delay: 60}, /delay: write an ISO 8601 duration|delay write an ISO 8601 duration/],
    [
      {cursor_path: 'at', initial_value: 5, step: 'P1D', end_value: 10},
      /step is a duration, but .*number of unknown unit/,
    ],
    [{cursor_path: 'at', initial_value: 5, lag: 'P1D'}, /lag is a duration, but .*number of unknown unit/],
    [{cursor_path: 'at', initial_value: 5, delay: 'PT1M'}, /delay is a duration, but .*number of unknown unit/],
    [{cursor_path: 'at', initial_value: 5, step: 10}, /end_value/],
    [{...times, lag: -1}, /lag/],
    [{...times, lag: '-P1D'}, /lag/],
    [{...times, window_limit: 0}, /window_limit/],
    [{...times, row_order: 'ascending'}, /row_order/],
    [{...times, range_start: true}, /range_start/],
    [{...times, last_value_func: 'sum'}, /last_value_func/],
    [{...times, initial_value: false}, /initial_value/],
    [{...times, initial_value: ''}, /initial_value is empty/],
    [{...times, end_value: ' '}, /end_value is empty/],
    [{...times, initial_value: 'None'}, /initial_value is the text "None": leave the key out, or write null/],
    [{...times, initial_value: '2025-13-01'}, /initial_value "2025-13-01" looks like a time and is none/],
    [
      {...times, initial_value: 'yesterday'},
      /initial_value "yesterday" would be compared as text: write a date, or a time before now/,
    ],
    [{...times, end_value: '2025-02-30T00:00:00Z'}, /end_value "2025-02-30T00:00:00Z" looks like a time/],
    [{...times, initial_value: '2025-02-03T25:00:00Z'}, /looks like a time/],
    [{...times, initial_value: ['a']}, /initial_value/],
    [{...times, initial_value: 'now-5'}, /now/],
    [{...times, end_value: '2024-01-01T00:00:00Z'}, /end_value lies before initial_value/],
    [{...times, cursor_format: 'epoch'}, /no format "epoch"/],
    [{...times, cursor_format: []}, /cursor_format/],
    [{...times, convert: {tz: 'Europe/Nowhere'}}, /convert\.tz/],
    [{...times, convert: '%Q'}, /convert/],
  ])('%j is an error before the first request', (incremental, expected) => {
    const errors = wrong(incremental);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(/^resources\[0\]\.endpoint\.incremental/);
    expect(errors[0]).toMatch(expected);
  });

  test('numbers whose unit is known take durations', () => {
    const known = {cursor_path: 'at', initial_value: 1_700_000_000, cursor_format: 'epoch_seconds'};
    expect(wrong({...known, step: 'P1D', lag: 'P1D', delay: 'PT1M'})).toEqual([]);
  });

  test('two declarations, one as a param, are an error', () => {
    const incremental = {cursor_path: 'at', initial_value: 1};
    expect(wrong(incremental, {params: {since: {type: 'incremental', ...incremental}}})).toHaveLength(1);
    expect(
      wrong(undefined, {params: {a: {type: 'incremental', ...incremental}, b: {type: 'incremental', ...incremental}}}),
    ).toHaveLength(1);
  });
});
