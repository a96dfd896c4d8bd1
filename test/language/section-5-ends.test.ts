import {describe, expect, test} from 'vitest';
import {attempt, run, serve, source} from '../dlt/run.js';
import {type Handler, json, type Reply} from '../support/api-server.js';

const rows = (from: number, to: number) =>
  Array.from({length: Math.max(0, to - from)}, (_, index) => ({id: from + index}));
const count = (from: number, to: number) => rows(from, to).map(({id}) => id);

async function read(handler: Handler, paginator: unknown, endpoint: object = {}) {
  await using api = await serve(handler);
  const own = paginator === undefined ? {} : {paginator};
  return await attempt(api, source(api, [{name: 'rows', endpoint: {data_selector: 'data', ...own, ...endpoint}}]));
}

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

const counted = {type: 'page_number', base_page: 1};

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

describe('repeats', () => {
  const same: Handler = () => json({data: rows(0, 2)});

  test('a parameter that the server ignores: the second page is dropped, an error names it and single_page', async () => {
    for (const [paginator, name] of [
      [{type: 'offset', limit: 2}, 'offset'],
      [{...counted, page_param: 'p'}, 'p'],
    ] as const) {
      const {values, errors} = await read(same, paginator);
      expect(values('id')).toEqual([0, 1]);
      expect(errors).toContain(`ignores ${name}`);
      expect(errors).toContain('single_page');
    }
  });

  test('more rows than limit: a warning', async () => {
    const {values, errors, warnings} = await read(() => json({data: rows(0, 3)}), {type: 'offset', limit: 2});
    expect([values('id'), errors]).toEqual([[0, 1, 2], '']);
    expect(warnings).toMatch(/3 rows came where limit is 2/);
  });

  test('on_repeat end and follow', async () => {
    expect((await read(same, {type: 'offset', limit: 2, on_repeat: 'end'})).values('id')).toEqual([0, 1]);
    const scroll: Handler = (_, index) => json({data: index < 2 ? rows(0, 2) : [], next: 'same'});
    const followed = await read(scroll, {type: 'offset', limit: 2, on_repeat: 'follow'});
    expect(followed.values('id')).toEqual([0, 1, 0, 1]);
    const cursor = {type: 'cursor', cursor_path: 'next', cursor_param: 'c'};
    const scrolled: Handler = (_, index) => json({data: index < 4 ? rows(index, index + 1) : [], next: 'same'});
    expect((await read(scrolled, {...cursor, on_repeat: 'follow'})).values('id')).toEqual([0, 1, 2, 3]);
    expect((await read(scrolled, {...cursor, on_repeat: 'end'})).values('id')).toEqual([0, 1]);
    expect((await read(scrolled, cursor)).errors).toContain('on_repeat');
  });

  test('a position that comes again after a page without rows is a warning', async () => {
    const handler: Handler = (_, index) => json({data: index === 0 ? rows(0, 1) : [], next: 'same'});
    const {errors, warnings} = await read(handler, {type: 'cursor', cursor_path: 'next', cursor_param: 'c'});
    expect(errors).toBe('');
    expect(warnings).toMatch(/requested before/);
  });
});

describe('no end against evidence', () => {
  test.each<[object, RegExp]>([
    [{has_more: true}, /has_more is true/],
    [{meta: {hasNextPage: 'true'}}, /meta\.hasNextPage is true/],
    [{next_token: 'abc'}, /next_token is "abc"/],
    [{links: {next: '/x?page=2'}}, /links\.next is/],
    [{total_count: 9}, /the total is 9, the rows received are 1/],
  ])('%j beside the last page is a warning', async (beside, expected) => {
    const {warnings, errors} = await read(() => json({data: rows(0, 1), ...beside}), {
      type: 'cursor',
      cursor_path: 'own',
      cursor_param: 'c',
    });
    expect(errors).toBe('');
    expect(warnings).toMatch(expected);
    const single = await read(() => json({data: rows(0, 1), ...beside}), 'single_page');
    expect(single.warnings).toBe('');
    const maximum = await read(() => json({data: rows(0, 1), ...beside}), {...counted, maximum_page: 1});
    expect(maximum.warnings).toBe('');
  });

  test.each([
    {next_token: null},
    {next: ''},
    {has_more: false},
    {next_billing_date: '2026-01-01'},
    {total_count: 1},
    {a: {b: {c: {has_more: true}}}},
  ])('%j is none', async (beside) => {
    const {warnings} = await read(() => json({data: rows(0, 1), ...beside}), {
      type: 'cursor',
      cursor_path: 'own',
      cursor_param: 'c',
    });
    expect(warnings).toBe('');
  });

  test('the flag says more and the cursor is missing: an error after the rows, with the keys of the body', async () => {
    const {values, errors} = await read(() => json({data: rows(0, 2), more: true, token: 'x'}), {
      type: 'cursor',
      cursor_path: 'next',
      cursor_param: 'c',
      has_more_path: 'more',
    });
    expect(values('id')).toEqual([0, 1]);
    expect(errors).toMatch(/cursor_path next names none .*keys data, more, token/);
  });
});

describe('base of page_number', () => {
  const server =
    (base: number, options: {echo?: boolean; strict?: boolean} = {}): Handler =>
    ({query}) => {
      const asked = query.get('page');
      if (asked === null && options.strict === true) return {status: 422};
      const page = Number(asked ?? base);
      if (page < base) return options.strict === true ? {status: 400} : json({data: rows(0, 2)});
      return json({
        data: page - base < 3 ? rows(2 * (page - base), 2 * (page - base) + 2) : [],
        ...(options.echo === true && {current_page: page}),
      });
    };

  test.each<[string, Handler, object, (string | null)[]]>([
    ['written 0', server(0), {base_page: 0}, ['0', '1', '2', '3']],
    ['written 1', server(1), {base_page: 1}, ['1', '2', '3', '4']],
    ['page written', server(1), {page: 2}, ['2', '3', '4']],
    ['echo of 1', server(1, {echo: true}), {}, [null, '2', '3', '4']],
    ['echo of 0', server(0, {echo: true}), {}, [null, '1', '2', '3']],
    ['no echo, from 0', server(0), {}, [null, '1', '2', '3']],
    ['no echo, from 1', server(1), {}, [null, '1', '2', '3', '4']],
    ['refused without a number, from 1', server(1, {strict: true}), {}, [null, '0', '1', '2', '3', '4']],
    ['refused without a number, from 0', server(0, {strict: true}), {}, [null, '0', '1', '2', '3']],
  ])('%s', async (name, handler, keys, pages) => {
    const {requests, values, errors} = await read(handler, {type: 'page_number', ...keys});
    expect(errors).toBe('');
    expect(requests.map(({query}) => query.get('page'))).toEqual(pages);
    expect(values('id')).toEqual(name === 'page written' ? [2, 3, 4, 5] : count(0, 6));
  });

  test('is learnt once per resource and sync', async () => {
    await using api = await serve(server(1));
    const child = {
      name: 'c',
      endpoint: {path: 'c?of={resources.p.id}', data_selector: 'data', paginator: {type: 'page_number'}},
    };
    const {requests} = await run(
      api,
      source(api, [{name: 'p', records: [{id: 1}, {id: 2}]}, child], {concurrency: 1}),
      {streams: ['c']},
    );
    expect(requests.map(({query}) => query.get('page'))).toEqual([null, '1', '2', '3', '4', null, '2', '3', '4']);
  });
});

describe('detection', () => {
  test.each<[string, object, Record<string, string>, object]>([
    [
      'a Link header first',
      {next: '/rows?page=9', total_pages: 5},
      {link: '</rows?x=2>; rel="next"'},
      {type: 'header_link'},
    ],
    ['a link before a total', {next: '/rows?x=2', total_pages: 5}, {}, {type: 'json_link', next_url_path: 'next'}],
    ['in href', {_links: {next: {href: '/rows?x=2'}}}, {}, {type: 'json_link', next_url_path: '_links.next.href'}],
    ['in url', {paging: {nextPage: {url: '/rows?x=2'}}}, {}, {type: 'json_link', next_url_path: 'paging.nextPage.url'}],
    [
      '@odata.nextLink',
      {'@odata.nextLink': '/rows?x=2'},
      {},
      {type: 'json_link', next_url_path: "['@odata.nextLink']"},
    ],
    [
      'a total of pages before a token',
      {meta: {totalPages: 5}, next_cursor: 'a'},
      {},
      {type: 'page_number', total_path: 'meta.totalPages'},
    ],
    ['next_cursor', {next_cursor: 'a'}, {}, {type: 'cursor', cursor_path: 'next_cursor', cursor_param: 'cursor'}],
    [
      'nextPageToken',
      {nextPageToken: 'a'},
      {},
      {type: 'cursor', cursor_path: 'nextPageToken', cursor_param: 'pageToken'},
    ],
    [
      'next_page_token',
      {next_page_token: 'a'},
      {},
      {type: 'cursor', cursor_path: 'next_page_token', cursor_param: 'page_token'},
    ],
    ['next_token', {next_token: 'a'}, {}, {type: 'cursor', cursor_path: 'next_token', cursor_param: 'next_token'}],
    ['a whole next_page', {next_page: 2}, {}, {type: 'cursor', cursor_path: 'next_page', cursor_param: 'page'}],
    ['next_offset', {next_offset: 2}, {}, {type: 'cursor', cursor_path: 'next_offset', cursor_param: 'offset'}],
    [
      'offset, limit and a total',
      {offset: 0, limit: 1, total: 5},
      {},
      {type: 'offset', limit: 1, offset: 0, total_path: 'total'},
    ],
  ])('%s', async (_, beside, headers, expected) => {
    const {notices, calls} = await read(
      (__, index) => (index === 0 ? json({data: rows(0, 1), ...beside}, {headers}) : json({data: []})),
      undefined,
    );
    expect(notices).toContain(`detected paginator: ${JSON.stringify(expected)}`);
    expect(calls.length).toBeGreaterThan(1);
  });

  test.each([
    {next_page_token: '/rows?x=2'},
    {next_page: 'two'},
    {next_page: true},
    {offset: 0, total: 5},
    {data_next: 'a'},
  ])('%j is no paginator known', async (beside) => {
    const {calls, notices} = await read(
      (_, index) => json({data: rows(index, index + 1), ...(index === 0 ? beside : {})}),
      undefined,
    );
    if ('next_page_token' in beside) expect(notices).toContain('"type":"cursor"');
    else expect(calls).toEqual(['/rows']);
  });

  test('one page with a token of another name is a warning', async () => {
    const {warnings} = await read(() => json({data: rows(0, 1), nextMarker: 'abc'}), undefined);
    expect(warnings).toMatch(/nextMarker is "abc"/);
  });

  test('never inside records', async () => {
    const {calls} = await read(() => json({data: [{id: 1, next: '/rows?page=2', next_cursor: 'x'}]}), undefined);
    expect(calls).toEqual(['/rows']);
  });
});
