import {describe, expect, test} from 'vitest';
import {run, serve, source} from '../dlt/run.js';
import {type Handler, json, type Reply} from '../support/api-server.js';
import {count, counted, read, rows} from './pages.js';

/** `total` rows by offset, at most `cap` at once; `beside` stands next to them. */
const byOffset =
  (total: number, options: {cap?: number; beside?: (from: number) => object; past?: Reply} = {}): Handler =>
  ({query}) => {
    const from = Number(query.get('offset') ?? 0);
    const size = Math.min(Number(query.get('limit') ?? 2), options.cap ?? 1000);
    if (from >= total && options.past !== undefined) return options.past;
    return json({data: rows(from, Math.min(total, from + size)), ...options.beside?.(from)});
  };

/** `pages` pages of two rows from `base` on. */
const byPage =
  (pages: number, options: {base?: number; beside?: (page: number) => object; past?: Reply} = {}): Handler =>
  ({query}) => {
    const {base = 1} = options;
    const page = Number(query.get('page') ?? base);
    if (page - base >= pages && options.past !== undefined) return options.past;
    const from = 2 * (page - base);
    return json({data: page - base < pages ? rows(from, from + 2) : [], ...options.beside?.(page)});
  };

describe('sizes', () => {
  test('the offset grows by the rows received; a server cap is one warning and loses nothing', async () => {
    const {calls, values, warnings} = await read(byOffset(7, {cap: 3}), {type: 'offset', limit: 5});
    expect(values('id')).toEqual(count(0, 7));
    expect(calls.map((call) => /offset=(\d+)/.exec(call)?.[1])).toEqual(['0', '3', '6', '7']);
    expect(warnings.match(/at most 3 rows/g)).toHaveLength(1);
  });

  test('after an empty page that is no end the offset grows by limit', async () => {
    const handler: Handler = ({query}) => {
      const from = Number(query.get('offset'));
      return json({data: from === 2 ? [] : rows(from, Math.min(6, from + 2)), total: 6});
    };
    const {calls} = await read(handler, {type: 'offset', limit: 2, stop_after_empty_page: false, total_path: 'total'});
    expect(calls.map((call) => /offset=(\d+)/.exec(call)?.[1])).toEqual(['0', '2', '4', '6']);
  });

  test('rows are those of the outermost list, before filters and steps', async () => {
    await using api = await serve(({query}) => {
      const from = Number(query.get('offset'));
      return json({data: rows(from, Math.min(5, from + 2)).map((row) => ({x: row.id === 0 ? null : row}))});
    });
    const endpoint = {data_selector: 'data[*].x', paginator: {type: 'offset', limit: 2}};
    const {calls, values} = await run(
      api,
      source(api, [{name: 'rows', endpoint, processing_steps: [{filter: 'record.id > 2'}]}]),
    );
    expect(values('id')).toEqual([3, 4]);
    expect(calls.map((call) => /offset=(\d+)/.exec(call)?.[1])).toEqual(['0', '2', '4', '5']);
  });

  test('members, for .* on an object', async () => {
    await using api = await serve(({query}) =>
      json({data: query.get('offset') === '0' ? {a: {id: 1}, b: {id: 2}} : {}}),
    );
    const {calls} = await run(
      api,
      source(api, [{name: 'rows', endpoint: {data_selector: 'data.*', paginator: {type: 'offset', limit: 2}}}]),
    );
    expect(calls[1]).toContain('offset=2');
  });
});

describe('ends, in their order', () => {
  test('1 before 2: no rows end the walk although no flag is there; a flag that says more keeps it going', async () => {
    const more: Handler = ({query}) => {
      const page = Number(query.get('page'));
      return json({data: page === 2 ? [] : rows(page * 2, page * 2 + 2), more: page < 3});
    };
    expect((await read(more, {...counted, has_more_path: 'more'})).calls).toHaveLength(3);
    expect((await read(more, counted)).calls).toHaveLength(2);
    const written = await read(more, {...counted, has_more_path: 'more', stop_after_empty_page: true});
    expect(written.calls).toHaveLength(2);
    expect(written.warnings).toMatch(/although the flag says more/);
  });

  test('2: a missing or null flag says nothing, with one warning on a first page with rows', async () => {
    for (const beside of [{}, {more: null}]) {
      const {values, warnings} = await read(byPage(3, {beside: () => beside}), {...counted, has_more_path: 'more'});
      expect(values('id')).toEqual(count(0, 6));
      expect(warnings.match(/has_more_path more is missing or null/g)).toHaveLength(1);
    }
    const empty = await read(byPage(0), {...counted, has_more_path: 'more'});
    expect(empty.warnings).not.toContain('has_more_path');
  });

  test('3: a reached total ends after a short page; after a full one there is one more request', async () => {
    expect((await read(byOffset(3, {beside: () => ({total: 3})}), {type: 'offset', limit: 2})).calls).toHaveLength(2);
    expect((await read(byOffset(4, {beside: () => ({total: 4})}), {type: 'offset', limit: 2})).calls).toHaveLength(3);
    expect((await read(byPage(2, {beside: () => ({total: 2})}), counted)).calls).toHaveLength(3);
  });

  test.each([null, -1, 'many', true, {}, [7]])(
    '3: a total of %j is ignored, with a warning only where its path was written',
    async (total) => {
      const handler = byOffset(5, {beside: () => ({total})});
      const written = await read(handler, {type: 'offset', limit: 2, total_path: 'total'});
      expect(written.values('id')).toEqual(count(0, 5));
      expect(written.warnings).toMatch(/total_path total is ignored/);
      const silent = await read(handler, {type: 'offset', limit: 2});
      expect(silent.values('id')).toEqual(count(0, 5));
      expect(silent.warnings).not.toContain('total');
    },
  );

  test.each([0, '0', 1, 3])('3: a total of %j, below what was received, is ignored', async (total) => {
    const {values, warnings} = await read(byOffset(5, {beside: () => ({total})}), {
      type: 'offset',
      limit: 2,
      total_path: 'total',
    });
    expect(values('id')).toEqual(count(0, 5));
    expect(warnings).toMatch(/is ignored/);
  });

  test.each([
    [{total_header: 'X-Total'}, {'X-Total': '3'}],
    [{total_header: 'content-range'}, {'Content-Range': 'items 0-2/3'}],
  ])('3: the total of %j', async (keys, headers) => {
    const handler: Handler = ({query}) => {
      const from = Number(query.get('offset'));
      return json({data: rows(from, Math.min(3, from + 2))}, {headers});
    };
    expect((await read(handler, {type: 'offset', limit: 2, ...keys})).calls).toHaveLength(2);
  });

  test('4: maximum_page and maximum_offset name what is not asked for; the first page always is', async () => {
    expect((await read(byPage(9), {...counted, maximum_page: 3})).values('id')).toEqual(count(0, 4));
    expect((await read(byPage(9), {...counted, maximum_page: 0})).values('id')).toEqual(count(0, 2));
    expect((await read(byOffset(9), {type: 'offset', limit: 2, maximum_offset: 4})).values('id')).toEqual(count(0, 4));
    expect((await read(byOffset(9), {type: 'offset', limit: 2, offset: 4, maximum_offset: 4})).values('id')).toEqual([
      4, 5,
    ]);
  });

  test.each([
    [undefined, true],
    ['desc', true],
    ['asc', false],
  ])('4: of an incremental stream with row_order %s it is a warning: %s', async (row_order, warned) => {
    const handler: Handler = ({query}) =>
      json({data: rows(Number(query.get('page')) * 2, Number(query.get('page')) * 2 + 2)});
    const incremental = {cursor_path: 'id', ...(row_order === undefined ? {} : {row_order})};
    const {warnings, errors} = await read(handler, {...counted, maximum_page: 3}, {incremental});
    expect(errors).toBe('');
    expect(warnings.includes('maximum_page 3 ended the walk')).toBe(warned);
  });

  test.each<[number, object, number, boolean]>([
    [416, {}, 4, true],
    [404, {}, 3, true],
    [404, {}, 4, false],
    [400, {}, 3, true],
    [422, {}, 3, true],
    [400, {}, 4, false],
    [403, {}, 3, false],
    [410, {}, 3, false],
  ])('5: %i past the end of offset %j with %i rows: an end %s', async (status, keys, total, isEnd) => {
    const {values, errors, notices} = await read(byOffset(total, {past: {status}}), {
      type: 'offset',
      limit: 2,
      total_path: null,
      ...keys,
    });
    expect(values('id')).toEqual(count(0, total));
    expect(errors === '').toBe(isEnd);
    if (!isEnd && status !== 403) expect(errors).toContain(`{status_code: ${status}, action: stop}`);
    if (isEnd && (status === 400 || status === 422)) expect(notices).toMatch(/is taken as the end/);
  });

  test('5: 404 where no limit is sent, and after a reached total', async () => {
    expect((await read(byPage(3, {past: {status: 404}}), counted)).errors).toBe('');
    expect((await read(byPage(3, {past: {status: 404}}), {...counted, limit: 2, limit_param: 'n'})).errors).toContain(
      '404',
    );
    const total = byPage(3, {past: {status: 404}, beside: () => ({total_pages: 3})});
    expect((await read(total, {...counted, limit: 2, limit_param: 'n', total_path: 'total_pages'})).errors).toBe('');
  });

  test('no first page that is refused is an end', async () => {
    for (const status of [416, 404, 400]) {
      expect((await read(() => ({status}), counted)).errors).toContain(String(status));
    }
  });

  test('stop_after_empty_page false: without the total of total_path an empty page is the end', async () => {
    const {calls} = await read(byPage(2), {...counted, stop_after_empty_page: false});
    expect(calls).toHaveLength(3);
  });

  test('100 empty pages in a row are one warning', async () => {
    const handler: Handler = ({query}) => json({data: [], total: 250, p: query.get('page')});
    const {warnings} = await read(handler, {...counted, stop_after_empty_page: false, maximum_page: 205});
    expect(warnings.match(/100 empty pages in a row/g)).toHaveLength(1);
  });

  test('stop_on_short_page', async () => {
    const {calls} = await read(byOffset(3), {type: 'offset', limit: 2, stop_on_short_page: true});
    expect(calls).toHaveLength(2);
  });

  test('other types end at an empty page only where that is written', async () => {
    const handler: Handler = ({query}) => {
      const page = Number(query.get('c') ?? 1);
      return json({data: page === 2 ? [] : rows(page, page + 1), next: page < 3 ? page + 1 : null});
    };
    const cursor = {type: 'cursor', cursor_path: 'next', cursor_param: 'c'};
    expect((await read(handler, cursor)).calls).toHaveLength(3);
    const stopped = await read(handler, {...cursor, stop_after_empty_page: true});
    expect(stopped.calls).toHaveLength(2);
    expect(stopped.warnings).toBe('');
  });
});
