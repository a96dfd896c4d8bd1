import {describe, expect, test} from 'vitest';
import {attempt, problemsOf, run, serve, source} from '../dlt/run.js';
import {type Handler, json, type Recorded} from '../support/api-server.js';
import {read, rows, wrong} from './pages.js';

describe('flags', () => {
  const flagged =
    (key: string, values: readonly unknown[]): Handler =>
    (_, index) =>
      json({data: rows(index, index + 1), flag: values[Math.min(index, values.length - 1)], page: 1 + index, key});

  test.each([false, 'false', 'no', 'n', 'f', 0, '0', 'FALSE'])('has_more_path %j ends', async (no) => {
    const {calls} = await read(flagged('', [true, no]), {type: 'page_number', base_page: 1, has_more_path: 'flag'});
    expect(calls).toHaveLength(2);
  });

  test.each([true, 'true', 'yes', 'y', 't', 1, '1', 'True'])('last_page_path %j ends', async (yes) => {
    const {calls} = await read(flagged('', [false, yes]), {type: 'page_number', base_page: 1, last_page_path: 'flag'});
    expect(calls).toHaveLength(2);
  });

  test('both: the one that says no more wins', async () => {
    const {calls} = await read(() => json({data: rows(0, 1), more: true, last: true}), {
      type: 'page_number',
      base_page: 1,
      has_more_path: 'more',
      last_page_path: 'last',
    });
    expect(calls).toHaveLength(1);
  });
});

describe('stop_when', () => {
  const pages: Handler = (_, index) =>
    json(
      {data: rows(index * 2, index * 2 + 2), meta: {left: 4 - index, done: index >= 2}},
      {headers: {'X-Page': String(index)}},
    );

  test.each([
    ['response.meta.done', 3],
    ['response.meta.left == 3', 2],
    ["headers['x-page'] == '1'", 2],
    ['record_count == 2', 1],
    ['first.id == 2', 2],
    ['last.id >= 5', 3],
    ['response.meta.nothing.at.all == 1 || response.meta.done', 3],
  ])('%s: the page is kept', async (stop_when, count) => {
    const {values, errors} = await read(pages, {type: 'page_number', base_page: 1, stop_when});
    expect(errors).toBe('');
    expect(values('id')).toEqual(rows(0, 2 * count).map(({id}) => id));
  });

  test('a missing key is false', async () => {
    const {calls} = await read((_, index) => (index < 3 ? pages({} as Recorded, index) : json({data: []})), {
      type: 'page_number',
      base_page: 1,
      stop_when: 'response.nothing == 1',
    });
    expect(calls).toHaveLength(4);
  });

  test('reading inside the records names record_count', async () => {
    const {errors} = await read(pages, {type: 'page_number', base_page: 1, stop_when: 'size(response.data) == 0'});
    expect(errors).toContain('record_count');
    const written = wrong({type: 'cursor', stop_when: 'size(response.data.x) == 0'}, {data_selector: 'data.x[*].y'});
    expect(written.join()).toMatch(/stop_when response is without its records \(data\.x\[\*\]\.y\); use record_count/);
    expect(wrong({type: 'cursor', stop_when: 'response.data.y == 0'}, {data_selector: 'data.x'})).toEqual([]);
  });

  test('what does not compile is an error at its place', () => {
    expect(wrong({type: 'cursor', stop_when: 'record_count =='}).join()).toMatch(/paginator\.stop_when/);
  });
});

describe('reading', () => {
  test.each([null, '', false, 0, [], {}, '0.0'])('%j', async (next) => {
    const {calls, errors} = await read(
      (_, index) => json({data: rows(index, index + 1), next: index === 0 ? 'a' : next}),
      {
        type: 'cursor',
        cursor_path: 'next',
        cursor_param: 'c',
      },
    );
    expect(calls).toHaveLength(next === '0.0' ? 3 : 2);
    if (next !== '0.0') expect(errors).toBe('');
  });

  test.each([0, false])('last_record: %j is a position', async (value) => {
    const {calls} = await read(({query}) => json({data: query.has('c') ? [] : [{id: value}]}), {
      type: 'cursor',
      cursor_from: 'last_record',
      cursor_path: 'id',
      cursor_param: 'c',
    });
    expect(calls).toEqual(['/rows', `/rows?c=${value}`]);
  });

  test('last_record is read before steps and filters', async () => {
    await using api = await serve(({query}) =>
      json({
        data: query.has('c')
          ? []
          : [
              {id: 1, k: 'a'},
              {id: 2, k: 'b'},
            ],
      }),
    );
    const paginator = {type: 'cursor', cursor_from: 'last_record', cursor_path: 'k', cursor_param: 'c'};
    const steps = [{filter: 'record.id == 1'}, {map: {remove: ['k']}}];
    const {calls, records} = await run(
      api,
      source(api, [{name: 'rows', endpoint: {data_selector: 'data', paginator}, processing_steps: steps}]),
    );
    expect(calls).toEqual(['/rows', '/rows?c=b']);
    expect(records()).toEqual([{id: 1}]);
  });

  test('paths may enter the records', async () => {
    const {calls} = await read(({query}) => json({data: query.has('c') ? [] : rows(1, 4)}), {
      type: 'cursor',
      cursor_path: 'data[-1].id',
      cursor_param: 'c',
    });
    expect(calls).toEqual(['/rows', '/rows?c=3']);
  });

  test.each(['', 'null', ' '])('a header cursor of %j is none', async (value) => {
    const {calls} = await read(
      (_, index) => json({data: rows(0, 1)}, {headers: {'X-Next': index === 0 ? 'a b' : value}}),
      {
        type: 'header_cursor',
        cursor_key: 'X-Next',
        cursor_param: 'c',
      },
    );
    expect(calls).toEqual(['/rows', '/rows?c=a%20b']);
  });

  test.each<[object, object, string]>([
    [{cursors: {next: 'a'}, next_cursor: 'z'}, {}, 'cursor=a'],
    [{cursor: 'a'}, {}, 'cursor=a'],
    [{cursor: 'a', next_token: 'z'}, {}, 'cursor=z'],
    [{marker: 'a', next_cursor: 'z'}, {cursor_param: 'marker'}, 'marker=a'],
    [{meta: {next_cursor: 'a'}}, {}, 'cursor=a'],
    [{nextPageToken: 'a'}, {cursor_param: 'pageToken'}, 'pageToken=a'],
  ])('without cursor_path %j with %j sends %s, and the choice is logged', async (beside, keys, expected) => {
    const {calls, notices} = await read(({query}) => json({data: rows(0, 1), ...(query.size === 0 ? beside : {})}), {
      type: 'cursor',
      ...keys,
    });
    expect(calls).toEqual(['/rows', `/rows?${expected}`]);
    expect(notices).toContain('cursor_path');
  });

  test.each([
    ['/rows?p=2', '/rows?p=2'],
    ['/rows/2', '/rows/2'],
    ['?p=2', '/rows?p=2'],
    ['/elsewhere/2', '/rows?cursor=%2Felsewhere%2F2'],
    ['a?b', '/rows?cursor=a%3Fb'],
  ])('a cursor %j with neither param nor body path: %s', async (next, expected) => {
    const {calls} = await read((_, index) => json({data: rows(0, 1), next: index === 0 ? next : null}), {
      type: 'cursor',
      cursor_path: 'next',
    });
    expect(calls[1]).toBe(expected);
  });

  test('next_url_base', async () => {
    await using api = await serve(({path}) =>
      json({data: rows(0, 1), next: path.endsWith('rows') ? 'more?p=2' : null}),
    );
    const config = (paginator: object) =>
      source({url: `${api.url}/v1`}, [{name: 'rows', endpoint: {path: 'deep/rows', data_selector: 'data', paginator}}]);
    expect((await run(api, config({type: 'json_link'}))).calls[1]).toBe('/v1/deep/more?p=2');
    expect((await run(api, config({type: 'json_link', next_url_base: 'base_url'}))).calls[1]).toBe('/v1/more?p=2');
    await using rooted = await serve(({path}) =>
      path.startsWith('/v1') ? json({data: rows(0, 1), next: '/deep/rows?p=2'}) : json({}, {status: 404}),
    );
    const own = source({url: `${rooted.url}/v1`}, [
      {name: 'rows', endpoint: {path: 'deep/rows', paginator: 'json_link'}},
    ]);
    expect((await attempt(rooted, own)).errors).toContain(
      'the link leads outside of /v1; if it is meant below base_url',
    );
  });
});

test('every end is logged with its reason', async () => {
  const ends: [Handler, unknown, RegExp][] = [
    [() => json({data: []}), 'offset', /empty page/],
    [() => json({data: rows(0, 1), total: 1}), 'offset', /total reached 1\/1/],
    [() => json({data: rows(0, 1)}), {type: 'offset', maximum_offset: 1}, /maximum_offset 1 reached/],
    [() => json({data: rows(0, 1), more: false}), {type: 'offset', has_more_path: 'more'}, /flag says/],
    [() => json({data: rows(0, 1)}), {type: 'offset', stop_when: 'true'}, /stop_when holds/],
    [(_, index) => (index === 0 ? json({data: rows(0, 1)}) : {status: 416}), 'offset', /416 past the end/],
    [() => json({data: rows(0, 1)}), 'json_link', /no next link/],
    [() => json({data: rows(0, 1)}), 'cursor', /no next cursor/],
    [() => json({data: rows(0, 1)}), 'single_page', /single page/],
    [() => json({data: rows(0, 1)}), 'auto', /one page/],
  ];
  for (const [handler, paginator, expected] of ends) {
    const {errors, notices} = await read(handler, paginator);
    expect(errors).toBe('');
    expect(notices).toMatch(expected);
  }
});

test('what is wrong in a paginator stands at its place', () => {
  expect(wrong('ofset').join()).toMatch(/^resources\[0\]\.endpoint\.paginator.*did you mean offset/);
  expect(wrong({type: 'offset', offset_parm: 'x'}).join()).toMatch(/offset_parm.*offset_param/);
  expect(wrong({type: 'offset', stop_after_empty_page: false, total_path: null}).join()).toMatch(
    /nothing ends the walk/,
  );
  expect(wrong({type: 'offset', stop_after_empty_page: false})).toEqual([]);
  expect(wrong({type: 'page_number', base_page: -1})).toHaveLength(1);
  expect(wrong({type: 'cursor', cursor_from: 'first_record'})).toHaveLength(1);
  expect(wrong({type: 'cursor', on_repeat: 'ignore'})).toHaveLength(1);
  expect(wrong(false)).toHaveLength(1);
  expect(
    problemsOf({client: {base_url: 'https://a.example', paginator: 'inherit'}, resources: ['a']}, 'error'),
  ).toHaveLength(0);
});
