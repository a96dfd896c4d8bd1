import {describe, expect, test} from 'vitest';
import {detect} from '../../src/pagination/detect.js';
import {
  answerOf,
  ids,
  messageOf,
  notices,
  offsetServer,
  pageServer,
  paginatorOf,
  read,
  rows,
  type Server,
  warnings,
} from './answers.js';

const auto = (options: object = {}) => paginatorOf({type: 'auto', ...options});

const detected = (body: object, headers: Record<string, string> = {}, selector = 'data') =>
  detect(answerOf({body: {data: rows(0, 1), ...body}, headers}, {selector}));

describe('detection', () => {
  test.each([
    [{next: 'https://api.example.com/v1/items?p=2'}, {type: 'json_link', next_url_path: 'next'}],
    [{links: {next: '/v1/items?p=2'}}, {type: 'json_link', next_url_path: 'links.next'}],
    [{_links: {next: {href: '?p=2'}}}, {type: 'json_link', next_url_path: '_links.next.href'}],
    [{paging: {nextPage: {url: '/v1/items/2'}}}, {type: 'json_link', next_url_path: 'paging.nextPage.url'}],
    [
      {total_pages: 3, next_cursor: 'x'},
      {type: 'page_number', total_path: 'total_pages'},
    ],
    [{meta: {total_pages: '3'}}, {type: 'page_number', total_path: 'meta.total_pages'}],
    [
      {offset: '0', limit: '20', total: '40'},
      {type: 'offset', limit: 20, offset: 0, total_path: 'total'},
    ],
    [{meta: {lastPage: 3}}, {type: 'page_number', total_path: 'meta.lastPage'}],
    [{next_cursor: 'x'}, {type: 'cursor', cursor_path: 'next_cursor', cursor_param: 'cursor'}],
    [{nextPageToken: 'x'}, {type: 'cursor', cursor_path: 'nextPageToken', cursor_param: 'pageToken'}],
    [{meta: {next_page_token: 'x'}}, {type: 'cursor', cursor_path: 'meta.next_page_token', cursor_param: 'page_token'}],
    [{next_token: 'x'}, {type: 'cursor', cursor_path: 'next_token', cursor_param: 'next_token'}],
    [
      {next_cursor: 'x', meta: {has_more: true}},
      {type: 'cursor', cursor_path: 'next_cursor', cursor_param: 'cursor', has_more_path: 'meta.has_more'},
    ],
    [
      {next: '/v1/items?p=2', hasNext: 'yes'},
      {type: 'json_link', next_url_path: 'next', has_more_path: 'hasNext'},
    ],
    [
      {next_cursor: 'x', has_more: false},
      {type: 'cursor', cursor_path: 'next_cursor', cursor_param: 'cursor'},
    ],
    [{next_page: 2}, {type: 'cursor', cursor_path: 'next_page', cursor_param: 'page'}],
    [{next_offset: 20}, {type: 'cursor', cursor_path: 'next_offset', cursor_param: 'offset'}],
    [
      {offset: 0, limit: 20, total: 40},
      {type: 'offset', limit: 20, offset: 0, total_path: 'total'},
    ],
  ])('%j', (body, expected) => {
    expect(detected(body)).toEqual(expected);
  });

  test('@odata.nextLink', () => {
    const found = detected({'@odata.nextLink': 'https://api.example.com/v1/items?$skip=2'});
    expect(found).toMatchObject({type: 'json_link'});
    expect(found !== undefined && 'next_url_path' in found && found.next_url_path).toContain('@odata.nextLink');
  });

  test('a Link header comes first', () => {
    expect(detected({next: 'https://x.example.com/'}, {link: '</v1/items?p=2>; rel="next"'})).toEqual({
      type: 'header_link',
    });
    expect(detected({}, {link: '</v1/items?p=2>; rel="last"'})).toBeUndefined();
  });

  test.each([
    {next_billing_date: '2026-01-01'},
    {next: null},
    {next: ''},
    {next: '/elsewhere'},
    {next_url_token: 'https://x.example.com/?a=1'},
    {next_page: 'b'},
    {next_page: true},
    {total_pages: 'many'},
    {total_pages: 1.5},
    {offset: 0, limit: 20},
    {offset: 0, limit: 0, total: 4},
    {a: {b: {c: {next_cursor: 'x'}}}},
    {list: [{next_cursor: 'x'}]},
  ])('%j shows nothing', (body) => {
    expect(detected(body)).toBeUndefined();
  });

  test('never inside the records', () => {
    const inside = answerOf({body: {next: 'https://api.example.com/?p=2', id: 1}}, {selector: '$'});
    expect(detect(inside)).toBeUndefined();
    const keyed = answerOf({body: {data: {next_cursor: {id: 1}, a: {id: 2}}}}, {selector: 'data.*'});
    expect(detect(keyed)).toBeUndefined();
  });
});

describe('walks', () => {
  test('the choice is logged in pasteable form and stands in the position', async () => {
    const log = await read(auto(), pageServer(5, {size: 2, first: 1, extra: () => ({total_pages: 3})}));
    expect(log.ids).toEqual(ids(5));
    expect(notices(log)).toEqual(['detected paginator: {"type":"page_number","total_path":"total_pages"}']);
    expect(log.after[0]).toMatchObject({as: {type: 'page_number', total_path: 'total_pages'}, at: {page: 1}});
  });

  test('T2: a server that counts from 1 and one that counts from 0', async () => {
    for (const first of [0, 1]) {
      const log = await read(auto(), pageServer(12, {size: 5, first, extra: () => ({total_pages: 3})}));
      expect(log.ids).toEqual(ids(12));
      expect(log.error).toBeUndefined();
    }
  });

  test('a resumed walk knows the choice', async () => {
    const server: Server = (_request, params) => ({
      body: {
        data: rows(Number(params.get('p') ?? 0), Number(params.get('p') ?? 0) + 1),
        next: params.get('p') === '2' ? null : `?p=${Number(params.get('p') ?? 0) + 1}`,
      },
    });
    const begun = await read(auto(), server, {pages: 1});
    const rest = await read(auto(), server, {from: JSON.parse(JSON.stringify(begun.after[0]))});
    expect([...begun.ids, ...rest.ids]).toEqual(ids(3));
    expect(notices(rest)).toEqual([]);
  });

  test('offset', async () => {
    const log = await read(auto(), (request, params, count) => {
      params.set('limit', '2');
      return offsetServer(5, {extra: (from) => ({offset: from, limit: 2, total: 5})})(request, params, count);
    });
    expect(log.sent).toEqual(['', '?offset=2&limit=2', '?offset=4&limit=2']);
    expect(log.ids).toEqual(ids(5));
  });

  test('T16: next_billing_date is one page, without a loop or a warning', async () => {
    const log = await read(auto(), () => ({body: {data: rows(0, 2), next_billing_date: '2026-01-01'}}));
    expect(log.sent).toEqual(['']);
    expect(log.end).toMatchObject({suspicious: false, outcome: 'done'});
  });

  test('one page with a token of another name, a true flag or a larger total is a warning', async () => {
    for (const extra of [{next_thing: 'abc'}, {has_more: true}, {total: 285}]) {
      const log = await read(auto(), () => ({body: {data: rows(0, 2), ...extra}}));
      expect(log.end, JSON.stringify(extra)).toMatchObject({suspicious: true});
    }
  });

  test('a last-page flag that is not true says that there is more', async () => {
    for (const extra of [{isLastPage: false}, {is_last: 'false'}, {paging: {last: false}}, {done: false}]) {
      const log = await read(auto(), () => ({body: {data: rows(0, 2), ...extra}}));
      expect(log.end, JSON.stringify(extra)).toMatchObject({suspicious: true});
      expect(log.end?.reason).toContain(' is false');
    }
    for (const extra of [{isLastPage: true}, {last: 0}, {done: 'x'}, {data: [{isLast: false}]}]) {
      const log = await read(auto(), () => ({body: {data: rows(0, 2), ...extra}}));
      expect(log.end, JSON.stringify(extra)).toMatchObject({suspicious: false});
    }
  });

  test('a server that ignores the page number found is an error', async () => {
    const log = await read(auto(), () => ({body: {data: rows(0, 2), total_pages: 3}}));
    expect(log.ids).toEqual(ids(2));
    expect(messageOf(log)).toContain('ignores page');
  });

  test('a link to itself is an error', async () => {
    const log = await read(auto(), () => ({body: {data: rows(0, 2), next: 'https://api.example.com/v1/items'}}));
    expect(log.ids).toEqual(ids(2));
    expect(messageOf(log)).toContain('first page');
  });

  test('its own keys hold for the choice too', async () => {
    const log = await read(auto({has_more_path: 'more', limit: 2, limit_param: 'n'}), () => ({
      body: {data: rows(0, 2), next: '?p=2', more: false},
    }));
    expect(log.sent).toEqual(['?n=2']);
    expect(warnings(log)).toEqual([]);
    expect(log.end?.reason).toBe('the flag says that there are no more pages');
  });

  test('the base that one walk learns the next ones of the resource start with', async () => {
    const server = pageServer(5, {size: 2, first: 1, extra: () => ({total_pages: 3})});
    const memory = {};
    await read(auto(), server, {memory});
    const next = await read(auto(), server, {memory});
    expect(next.sent).toEqual(['', '?page=2', '?page=3']);
    expect(next.ids).toEqual(ids(5));
    expect((await read(auto(), () => ({body: {data: rows(0, 1)}}), {memory})).sent).toEqual(['']);
  });

  test('an empty first page is one page', async () => {
    expect((await read(auto(), () => ({body: {data: []}}))).end).toMatchObject({outcome: 'done', suspicious: false});
    expect((await read(auto(), () => ({body: 'null'}), {selector: undefined})).end?.outcome).toBe('done');
    expect((await read(auto(), () => ({body: [{id: 1}]}), {selector: undefined})).ids).toEqual([1]);
  });

  test('a refused first page is its refusal', async () => {
    expect(messageOf(await read(auto(), () => ({status: 404})))).toContain('404');
  });
});
