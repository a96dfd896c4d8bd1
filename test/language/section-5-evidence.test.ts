import {describe, expect, test} from 'vitest';
import {run, serve, source} from '../dlt/run.js';
import {type Handler, json} from '../support/api-server.js';
import {count, counted, read, rows} from './pages.js';

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

  test('a last page that comes again is no parameter that is ignored', async () => {
    const last: Handler = ({query}) =>
      json({data: Number(query.get('offset') ?? query.get('p')) < 2 ? rows(0, 2) : rows(2, 4)});
    for (const paginator of [
      {type: 'offset', limit: 2},
      {...counted, page_param: 'p', base_page: 1},
    ]) {
      const {values, errors} = await read(last, paginator);
      expect(values('id')).toEqual([0, 1, 2, 3]);
      expect(errors).toMatch(/gives the records of the page before again: write on_repeat: end if the server repeats/);
      expect(errors).not.toMatch(/ignores|single_page/);
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
    const counted: Handler = (_, index) => json({data: index === 0 ? rows(0, 1) : [], next: 'same', total: 1});
    expect((await read(counted, {type: 'cursor', cursor_path: 'next', cursor_param: 'c'})).warnings).toBe('');
  });
});

describe('no end against evidence', () => {
  test.each<[object, RegExp]>([
    [{has_more: true}, /has_more is true/],
    [{meta: {hasNextPage: 'true'}}, /meta\.hasNextPage is true/],
    [{next_token: 'abc'}, /next_token is "abc"/],
    [{links: {next: '/x?page=2'}}, /links\.next is/],
    [{total_count: 9}, /the total is 9, the rows received are 1/],
    [{meta: {total_pages: 3}}, /meta\.total_pages is 3, the pages received are 1/],
    [{pageCount: '2'}, /pageCount is 2, the pages received are 1/],
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
    ['in uri', {next_page: {offset: 'a', uri: '/rows?x=2'}}, {}, {type: 'json_link', next_url_path: 'next_page.uri'}],
    [
      'in link',
      {paging: {next: {after: '2', link: '/rows?x=2'}}},
      {},
      {type: 'json_link', next_url_path: 'paging.next.link'},
    ],
    [
      'by its relation',
      {
        links: [
          {rel: 'self', href: '/rows'},
          {rel: 'next', href: '/rows?x=2'},
        ],
      },
      {},
      {type: 'json_link', next_url_path: "links[?@.rel == 'next'].href"},
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
    [
      'next_start',
      {page: {next_start: 2}},
      {},
      {type: 'cursor', cursor_path: 'page.next_start', cursor_param: 'start'},
    ],
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

  test.each<[object, RegExp]>([
    [{nextMarker: 'abc'}, /nextMarker is "abc"/],
    [{paging: {next: {after: '2'}}}, /paging\.next\.after is "2"/],
    [{continuation_token: 'abc'}, /although continuation_token is "abc"/],
    [{meta: {cursor: 'abc'}}, /although meta\.cursor is "abc"/],
  ])('one page with a token of another name is a warning: %j', async (beside, expected) => {
    const {warnings, values} = await read(() => json({data: rows(0, 1), ...beside}), undefined);
    expect(values('id')).toEqual([0]);
    expect(warnings).toMatch(expected);
  });

  test('one page of a total is a warning that says what to write', async () => {
    const {warnings} = await read(() => json({data: rows(0, 2), total: 250}), undefined);
    expect(warnings).toMatch(
      /no link, token or total of pages is known on it, although the total is 250, the rows received are 2; write the paginator, single_page if that is all/,
    );
  });

  test.each([{cursor: ''}, {cursor: null}, {pageInfo: {endCursor: 'x', hasNextPage: false}}, {next_event: {id: 5}}])(
    '%j is no token',
    async (beside) => {
      expect((await read(() => json({data: rows(0, 1), ...beside}), undefined)).warnings).toBe('');
    },
  );

  test.each<[Readonly<Record<string, string>>, RegExp | '']>([
    [{'X-Next-Page': '2'}, /although the header x-next-page is "2"/],
    [{'X-Total': '3', 'X-Page': '1'}, /although the header x-total is 3, the rows received are 1/],
    [{'X-Next-Page': '', 'X-Total': '1'}, ''],
    [{'x-ms-continuationtoken': 'null'}, ''],
  ])('headers speak too: %j', async (headers, expected) => {
    const {warnings} = await read(() => json({data: rows(0, 1)}, {headers}), undefined);
    if (expected === '') expect(warnings).toBe('');
    else expect(warnings).toMatch(expected);
  });

  test('an error of what was detected says so', async () => {
    const {errors} = await read(() => json({data: rows(0, 1), next_page_token: 'same'}), undefined);
    expect(errors).toMatch(
      /requested before.*it was detected, \{"type":"cursor".*with the parameter that the API names/,
    );
  });

  test('never inside records', async () => {
    const {calls} = await read(() => json({data: [{id: 1, next: '/rows?page=2', next_cursor: 'x'}]}), undefined);
    expect(calls).toEqual(['/rows']);
  });
});
