import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {type Api, type Handler, json} from '../support/api-server.js';
import {posts, startMockApi} from './mock-api.js';
import {run, serve, source} from './run.js';

let api: Api & AsyncDisposable;

beforeAll(async () => {
  api = await startMockApi();
});

afterAll(() => api.close());

/** One resource of the mock API, read whole. */
const read = (endpoint: object) => run(api, source(api, [{name: 'rows', endpoint}]));

describe('every paginator reads the 25 posts of the mock API', () => {
  const numbers = (path: string, from: number) =>
    [from, from + 1, from + 2, from + 3, from + 4].map((page) => `${path}?page=${page}`);

  test('header_link', async () => {
    const {calls, records} = await read({path: 'posts_header_link', paginator: 'header_link'});
    expect(records()).toEqual(posts);
    expect(calls).toEqual(['/posts_header_link', ...numbers('/posts_header_link', 2).slice(0, 4)]);
  });

  test('json_link: the URL is the next request, params are not added to it', async () => {
    const paginator = {type: 'json_link', next_url_path: 'next_page'};
    const {calls, records} = await read({path: 'posts', params: {keep: 'x'}, paginator});
    expect(records()).toEqual(posts);
    expect(calls).toEqual(['/posts?keep=x', ...numbers('/posts', 2).slice(0, 4)]);
  });

  test('json_link, relative', async () => {
    const paginator = {type: 'json_link', next_url_path: 'next_page'};
    const {records} = await read({path: 'posts_relative_next_url', paginator});
    expect(records()).toEqual(posts);
  });

  test('json_response is the same', async () => {
    const {records} = await read({path: 'posts', paginator: {type: 'json_response', next_url_path: 'next_page'}});
    expect(records()).toEqual(posts);
  });

  test.each([undefined, 'auto', null])('found by itself: %s', async (paginator) => {
    for (const path of ['posts', 'posts_relative_next_url', 'posts_header_link']) {
      const {records} = await read({path, ...(paginator === undefined ? {} : {paginator})});
      expect(records()).toEqual(posts);
    }
  });

  test('single_page stops although body and header name a next page', async () => {
    expect((await read({path: 'posts', paginator: 'single_page'})).calls).toEqual(['/posts']);
    expect((await read({path: 'posts_header_link', paginator: {type: 'single_page'}})).calls).toHaveLength(1);
  });

  test('offset, total under its own name', async () => {
    const paginator = {type: 'offset', limit: 5, total_path: 'total_records'};
    const {calls, records} = await read({path: 'posts_offset_limit', paginator});
    expect(records()).toEqual(posts);
    expect(calls.slice(0, 5)).toEqual([0, 5, 10, 15, 20].map((at) => `/posts_offset_limit?offset=${at}&limit=5`));
  });

  test('offset in a POST body', async () => {
    const paginator = {
      type: 'offset',
      limit: 5,
      offset_body_path: 'offset',
      limit_body_path: 'limit',
      total_path: 'total_records',
    };
    const path = 'posts_offset_limit_via_json_body';
    const {records, requests} = await read({path, method: 'POST', json: {}, paginator});
    expect(records()).toEqual(posts);
    expect(requests.slice(0, 2).map(({body}) => JSON.parse(body))).toEqual([
      {offset: 0, limit: 5},
      {offset: 5, limit: 5},
    ]);
  });

  test.each([
    [{base_page: 1}, 'posts', 1],
    [{base_page: 1, page: 1}, 'posts', 1],
    [{base_page: 0}, 'posts_zero_based', 0],
  ])('page_number %j', async (options, path, first) => {
    const paginator = {type: 'page_number', total_path: 'total_pages', ...options};
    const {calls, records} = await read({path, paginator});
    expect(records()).toEqual(posts);
    expect(calls.slice(0, 5)).toEqual(numbers(`/${path}`, first));
  });

  test.each(['posts', 'posts_zero_based'])('page_number without a base learns it: %s', async (path) => {
    const {records} = await read({path, paginator: {type: 'page_number', total_path: 'total_pages'}});
    expect(records()).toEqual(posts);
  });

  test('page_number in a POST body', async () => {
    const paginator = {type: 'page_number', base_page: 1, total_path: 'total_pages', page_body_path: 'page'};
    const body = {page_size: 5, page_count: 3};
    const {values, requests} = await read({path: 'posts/search', method: 'POST', json: body, paginator});
    expect(values('id')).toEqual(Array.from({length: 15}, (_, index) => index + 1));
    expect(requests.slice(0, 3).map((request) => JSON.parse(request.body))).toEqual(
      [1, 2, 3].map((page) => ({...body, page})),
    );
  });

  test('cursor', async () => {
    const {calls, records} = await read({
      path: 'posts_cursor',
      paginator: {type: 'cursor', cursor_path: 'next_cursor'},
    });
    expect(records()).toEqual(posts);
    expect(calls).toEqual(['/posts_cursor', ...[5, 10, 15, 20].map((at) => `/posts_cursor?cursor=${at}`)]);
  });

  test('cursor in a POST body', async () => {
    const paginator = {type: 'cursor', cursor_path: 'next_page', cursor_body_path: 'page'};
    const body = {page_size: 5, page_count: 5, ids_greater_than: 50};
    const {values, requests} = await read({path: 'posts/search', method: 'POST', json: body, paginator});
    expect(values('id')).toEqual(Array.from({length: 25}, (_, index) => index + 51));
    expect(requests.map((request) => JSON.parse(request.body))).toEqual([
      body,
      ...[2, 3, 4, 5].map((page) => ({...body, page})),
    ]);
  });

  test('header_cursor', async () => {
    const paginator = {type: 'header_cursor', cursor_key: 'cursor', cursor_param: 'page'};
    const {calls, records} = await read({path: 'posts_header_cursor', paginator});
    expect(records()).toEqual(posts);
    expect(calls).toEqual(['/posts_header_cursor', ...numbers('/posts_header_cursor', 2).slice(0, 4)]);
  });

  test('a last page of null is empty: 10, 4 and 0 users', async () => {
    const paginator = {type: 'cursor', cursor_path: 'next_token', cursor_param: 'cursor'};
    const {calls, values} = await read({path: 'posts_cursor_null_terminated', data_selector: 'users', paginator});
    expect(values('id')).toEqual(Array.from({length: 14}, (_, index) => index));
    expect(calls).toEqual(
      ['', '?cursor=cursor_page_2', '?cursor=cursor_final'].map((query) => `/posts_cursor_null_terminated${query}`),
    );
  });
});

describe('links', () => {
  const linked = async (pages: readonly unknown[], paginator: unknown, path = 'a/items') => {
    await using own = await serve((_, index) => json(pages[index]));
    return await run(own, source(own, [{name: 'rows', endpoint: {path, paginator, data_selector: 'data'}}]));
  };

  test.each([
    ['next by default', {next: '/p2'}, 'json_link'],
    ['nested', {next_page: {url: '/p2'}}, {type: 'json_link', next_url_path: 'next_page.url'}],
    ['quoted', {'@odata.nextLink': '/p2'}, {type: 'json_link', next_url_path: "['@odata.nextLink']"}],
    ['double quoted', {'@odata.nextLink': '/p2'}, {type: 'json_link', next_url_path: '["@odata.nextLink"]'}],
  ])('%s', async (_, more, paginator) => {
    const {calls} = await linked([{data: [{id: 1}], ...more}, {data: [{id: 2}]}], paginator);
    expect(calls).toEqual(['/a/items', '/p2']);
  });

  test.each([undefined, null, '', false])('no next: %s', async (next) => {
    const {calls} = await linked([{data: [{id: 1}], ...(next === undefined ? {} : {next})}], 'json_link');
    expect(calls).toHaveLength(1);
  });

  test.each([
    ['/b?page=2', '/b?page=2'],
    ['?page=2', '/a/items?page=2'],
    ['items?page=2', '/a/items?page=2'],
    ['other?page=2', '/a/other?page=2'],
    ['../c', '/c'],
    ['/あ?q=%E3%81%82', '/%E3%81%82?q=%E3%81%82'],
    ['/b?x=a%2Fb+c', '/b?x=a%2Fb+c'],
  ])('%s resolves against the request', async (next, target) => {
    const {calls} = await linked([{data: [{id: 1}], next}, {data: [{id: 2}]}], 'json_link', 'a/items?from=1');
    expect(calls).toEqual(['/a/items?from=1', target]);
  });

  test('a header without rel="next" is no link', async () => {
    await using own = await serve(() => json([{id: 1}], {headers: {link: '</p0>; rel="prev"'}}));
    const {calls} = await run(own, source(own, [{name: 'rows', endpoint: {paginator: 'header_link'}}]));
    expect(calls).toHaveLength(1);
  });

  test('another rel', async () => {
    const pages: Handler = (_, index) => json([{id: index}], index === 0 ? {headers: {link: '</p2>; rel=more'}} : {});
    await using own = await serve(pages);
    const paginator = {type: 'header_link', links_next_key: 'more'};
    expect((await run(own, source(own, [{name: 'rows', endpoint: {paginator}}]))).calls).toEqual(['/rows', '/p2']);
  });
});
