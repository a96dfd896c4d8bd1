import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {Api} from '../support/api-server.js';
import {comments, detail, posts, postsWithReactions, startMockApi} from './mock-api.js';

let api: Api & AsyncDisposable;

beforeAll(async () => {
  api = await startMockApi();
});

afterAll(() => api.close());

interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** fetch announces text as text/plain; without a content type it is sent as bytes. */
async function ask(path: string, {body, ...rest}: Sent = {}) {
  const answer = await fetch(path.startsWith('http') ? path : `${api.url}${path}`, {
    ...rest,
    ...(body === undefined ? {} : {body: new TextEncoder().encode(body)}),
  });
  const text = await answer.text();
  const isJson = answer.headers.get('content-type') === 'application/json';
  return {status: answer.status, headers: answer.headers, text, value: isJson ? JSON.parse(text) : undefined};
}

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  ask(path, {method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body), headers});

const form = {'content-type': 'application/x-www-form-urlencoded'};

/** Follows `next_page` and gives the rows of every page. */
async function pages(path: string, key = 'data', init: Sent = {}): Promise<unknown[][]> {
  const seen: unknown[][] = [];
  for (let at: string | undefined = path; at !== undefined; ) {
    const {value}: {value: Record<string, unknown>} = await ask(at, init);
    seen.push(Object(value[key]));
    at = typeof value['next_page'] === 'string' ? value['next_page'] : undefined;
  }
  return seen;
}

const fives = (all: readonly unknown[]) =>
  Array.from({length: Math.ceil(all.length / 5)}, (_, page) => all.slice(page * 5, page * 5 + 5));

describe('pages of posts', () => {
  test.each([
    ['/posts', 'data', posts],
    ['/posts?page=1', 'data', posts],
    ['/posts_zero_based', 'data', posts],
    ['/posts_no_key', 'null', posts],
    ['/posts_with_reactions', 'data', postsWithReactions],
    ['/posts/7/comments', 'data', comments(7)],
    ['/post_comments', 'data', comments(0)],
    ['/post_comments_via_headers', 'data', comments(0)],
  ])('%s', async (path, key, all) => {
    expect(await pages(path, key)).toEqual(fives(all));
  });

  test('a next URL keeps the page only; beyond the end is an empty page', async () => {
    expect((await ask('/posts?page=2&x=1')).value).toMatchObject({
      page: 2,
      total_pages: 5,
      next_page: `${api.url}/posts?page=3`,
    });
    expect((await ask('/posts?page=6')).value).toEqual({data: [], page: 6, total_pages: 5});
    expect((await ask('/posts_relative_next_url')).value.next_page).toBe('/posts_relative_next_url?page=2');
    expect((await ask('/posts_zero_based')).value).toMatchObject({page: 0, total_pages: 5});
  });

  test('links and cursors in headers', async () => {
    const link = await ask('/posts_header_link?page=4');
    expect(link.value).toEqual(posts.slice(15, 20));
    expect(link.headers.get('link')).toBe(`<${api.url}/posts_header_link?page=5>; rel="next"`);
    expect((await ask('/posts_header_link?page=5')).headers.get('link')).toBeNull();
    expect((await ask('/posts_header_cursor')).headers.get('cursor')).toBe('2');
    expect((await ask('/posts_header_cursor?page=5')).headers.get('cursor')).toBeNull();
  });

  test('offset and limit, in this order only', async () => {
    expect((await ask('/posts_offset_limit')).value).toEqual({
      data: posts.slice(0, 10),
      total_records: 25,
      offset: 0,
      limit: 10,
    });
    expect((await ask('/posts_offset_limit?offset=20&limit=10')).value.data).toEqual(posts.slice(20));
    expect((await ask('/posts_offset_limit?limit=10&offset=20')).status).toBe(404);
    expect((await post('/posts_offset_limit_via_json_body', {offset: 5, limit: 5})).value.data).toEqual(
      posts.slice(5, 10),
    );
  });

  test('cursors in the body', async () => {
    expect((await ask('/posts_cursor?cursor=20')).value).toEqual({data: posts.slice(20), next_cursor: null});
    expect((await ask('/posts_cursor')).value.next_cursor).toBe(5);
    expect((await ask('/posts_cursor_null_terminated?cursor=cursor_page_2')).value.users).toHaveLength(4);
    expect((await ask('/posts_cursor_null_terminated?cursor=cursor_final')).value).toEqual({
      users: null,
      next_token: null,
    });
  });

  test('a key with a hyphen, whose second page has no route', async () => {
    const {value} = await ask('/posts_under_a_different_key');
    expect(value['many-results']).toEqual(posts.slice(0, 5));
    expect((await ask(value.next_page)).status).toBe(404);
  });

  test('search', async () => {
    const sent = {page_size: 5, page_count: 3, page: 3, ids_greater_than: 50};
    expect((await post('/posts/search', sent)).value).toEqual({
      data: [61, 62, 63, 64, 65].map((id) => ({id, title: `Post ${id}`})),
      next_page: null,
      total_pages: 3,
    });
    expect((await post('/posts/search', {})).value).toMatchObject({next_page: 2, total_pages: 5});
    const one = {post_id: 3, more: {title: 't'}, more_array: [4]};
    expect((await post('/posts/search_by_id/3', one)).value).toEqual({
      id: 3,
      title: 't',
      body: 'Post body 3',
      more: 'More is equale to id: 4',
    });
  });
});

describe('single objects and bodies', () => {
  test('details by path, query, header, body', async () => {
    expect((await ask('/posts/4')).value).toEqual(detail(4));
    expect((await ask('/post_detail?post_id=4')).value).toEqual(detail(4));
    expect((await ask('/post_detail_via_headers', {headers: {post_id: '4'}})).value).toEqual(detail(4));
    expect((await post('/post_detail', {post_id: 4})).value).toEqual(detail(4));
  });

  test('refusals; the last route that matches answers', async () => {
    expect((await ask('/posts/0/some_details_404')).value).toEqual(detail(0));
    expect(await ask('/posts/2/some_details_404')).toMatchObject({
      status: 404,
      value: {error: 'Post with id 2 not found'},
    });
    expect((await ask('/posts/1/some_details_404_others_422')).status).toBe(404);
    expect(await ask('/posts/2/some_details_404_others_422')).toMatchObject({status: 422, text: ''});
    expect(await ask('/posts/1/some_details_204')).toMatchObject({status: 204, text: ''});
    expect((await ask('/nothing')).status).toBe(404);
  });

  test('comments by body and form', async () => {
    expect((await post('/post_comments?page=2', {post_id: 6})).value.data).toEqual(comments(6).slice(5, 10));
    expect((await post('/post_comments_via_form_data', 'post_id=6', form)).value.data[0]).toEqual(comments(6)[0]);
    expect((await post('/post_comments_via_form_data', '6')).value.data[0]).toEqual(comments(6)[0]);
    expect((await post('/post_form_data', 'a=1&a=2&b=', form)).value).toEqual({data: {a: ['1', '2'], b: ['']}});
    expect((await post('/post_raw_data', 'any')).value).toEqual({data: 'any'});
    expect((await post('/posts_form_data_incremental', '', form)).value.data).toHaveLength(5);
  });
});

describe('credentials', () => {
  test.each([
    ['/protected/posts/basic-auth', {authorization: `Basic ${btoa('user:password')}`}],
    ['/protected/posts/bearer-token', {authorization: 'Bearer test-token'}],
    ['/protected/posts/bearer-token-plain-text-error', {authorization: 'Bearer test-token'}],
    ['/protected/posts/api-key', {'x-api-key': 'test-api-key'}],
  ])('%s', async (path, headers: Record<string, string>) => {
    expect((await ask(path, {headers})).value.data).toHaveLength(5);
    expect((await ask(path)).status).toBe(401);
  });

  test('the plain text error', async () => {
    expect((await ask('/protected/posts/bearer-token-plain-text-error')).text).toBe('Unauthorized');
  });

  test('tokens', async () => {
    const right = 'grant_type=client_credentials&client_id=test-client-id&client_secret=test-client-secret';
    expect((await post('/oauth/token', right, form)).value).toEqual({access_token: 'test-token', expires_in: 3600});
    expect((await post('/oauth/token', right.replace('secret=test', 'secret=x'), form)).status).toBe(401);
    expect((await post('/oauth/token-expires-now', right, form)).value.expires_in).toBe(0);
    expect((await post('/oauth/token', 'grant_type=urn%3Ajwt-bearer', form)).status).toBe(200);
    expect((await post('/auth/refresh', {refresh_token: 'valid-refresh-token'})).value).toEqual({
      access_token: 'new-valid-token',
    });
    const custom = {...form, authorization: `Basic ${btoa('test-account-id:test-client-secret')}`};
    const body = 'grant_type=account_credentials&account_id=test-account-id';
    expect((await post('/custom-oauth/token', body, custom)).status).toBe(200);
    expect((await post('/custom-oauth/token', body, form)).status).toBe(401);
  });
});

test('every request is recorded as it came', async () => {
  const before = api.requests.length;
  await ask('/posts?page=3');
  await post('/post_raw_data', 'x', {a: 'b'});
  expect(api.requests.slice(before)).toMatchObject([
    {method: 'GET', target: '/posts?page=3', path: '/posts', body: ''},
    {method: 'POST', target: '/post_raw_data', body: 'x', headers: {a: 'b'}},
  ]);
});
