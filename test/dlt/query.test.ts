import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {Api} from '../support/api-server.js';
import {json} from '../support/api-server.js';
import {comments, posts, startMockApi} from './mock-api.js';
import {errorsOf, run, serve, source} from './run.js';

let api: Api & AsyncDisposable;

beforeAll(async () => {
  api = await startMockApi();
});

afterAll(() => api.close());

const paginator = {type: 'page_number', base_page: 1, total_path: 'total_pages'};
const incremental = {cursor_path: 'id', initial_value: 1};

const queries: readonly (readonly [string, object, string])[] = [
  ['a static param', {params: {sort: 'desc'}}, 'sort=desc'],
  ['none', {}, ''],
  ['an empty value is kept', {params: {sort: ''}}, 'sort='],
  ['null is dropped', {params: {sort: null, a: 1}}, 'a=1'],
  ['a list repeats its name', {params: {'id[]': [1, 2]}}, 'id%5B%5D=1&id%5B%5D=2'],
  ['booleans', {params: {a: true, b: false}}, 'a=true&b=false'],
  ['an explicit page is replaced', {params: {page: '100'}}, ''],
  ['start_param', {incremental: {...incremental, start_param: 'since'}}, 'since=1'],
  [
    'start_param beside a static one',
    {params: {sort: 'desc'}, incremental: {...incremental, start_param: 'since'}},
    'sort=desc&since=1',
  ],
  ['incremental as a param', {params: {since: {type: 'incremental', ...incremental}}}, 'since=1'],
  ['a placeholder', {params: {since: '{incremental.start_value}'}, incremental}, 'since=1'],
  ['initial_value', {params: {since: '{incremental.initial_value}'}, incremental}, 'since=1'],
  ['last_value', {params: {since: '{incremental.last_value}'}, incremental}, 'since=1'],
  ['end_value', {params: {to: '{incremental.end_value}'}, incremental: {...incremental, end_value: 30}}, 'to=30'],
  ['end_param', {incremental: {...incremental, end_value: 30, end_param: 'to', start_param: 'from'}}, 'from=1&to=30'],
  [
    'escaped braces',
    {params: {sort: '{{a}}', q: '{{"x": {{"y": 1}}}}'}},
    'sort=%7Ba%7D&q=%7B%22x%22%3A+%7B%22y%22%3A+1%7D%7D',
  ],
  ['text around a placeholder', {params: {f: 'id >= {incremental.start_value}'}, incremental}, 'f=id+%3E%3D+1'],
];

/** `page` stands anywhere in the query. */
const pageOf = (query: URLSearchParams): string | null => query.get('page');
const withoutPage = (query: URLSearchParams): string => {
  const rest = new URLSearchParams(query);
  rest.delete('page');
  return rest.toString();
};

describe('the query of a resource, on each of its pages', () => {
  test.each(queries)('%s: %j', async (_, endpoint, expected) => {
    const {requests, records} = await run(api, source(api, [{name: 'posts', endpoint: {paginator, ...endpoint}}]));
    expect(requests.slice(0, 5).map(({query}) => [pageOf(query), withoutPage(query)])).toEqual(
      [1, 2, 3, 4, 5].map((page) => [String(page), new URLSearchParams(expected).toString()]),
    );
    expect(records()).toEqual('incremental' in endpoint || expected === 'since=1' ? posts.slice(1) : posts);
  });

  test('in the URL a space is %20, which every server understands (dlt issue 3065)', async () => {
    const {calls} = await run(
      api,
      source(api, [{name: 'posts', endpoint: {params: {q: 'a b+c&d=é'}, paginator: 'single_page'}}]),
    );
    expect(calls).toEqual(['/posts?q=a%20b%2Bc%26d%3D%C3%A9']);
  });
});

describe('the query of a child: two posts, ten pages each', () => {
  const parent = {name: 'posts', processing_steps: [{filter: 'r.id < 2'}]};

  test.each(queries.filter(([name]) => !name.startsWith('an explicit')))('%s: %j', async (_, endpoint, expected) => {
    const child = {name: 'comments', endpoint: {path: 'posts/{resources.posts.id}/comments', paginator, ...endpoint}};
    const {requests, records} = await run(api, source(api, [parent, child]), {streams: ['comments']});
    const asked = requests.filter(({path}) => path.endsWith('/comments'));
    const filtered = 'incremental' in endpoint || expected === 'since=1';
    const last = JSON.stringify(endpoint).includes('end_value') && 'incremental' in endpoint ? 30 : 50;
    for (const post of [0, 1]) {
      const own = asked.filter(({path}) => path === `/posts/${post}/comments`);
      expect(own.slice(0, 10).map(({query}) => [pageOf(query), withoutPage(query)])).toEqual(
        Array.from({length: 10}, (_, page) => [String(page + 1), new URLSearchParams(expected).toString()]),
      );
      const ids = records('comments').filter((row) => row['post_id'] === post);
      expect(ids).toEqual(comments(post).slice(filtered ? 1 : 0, last));
    }
  });

  test.each([
    ['one value', {post_id: '{resources.posts.id}'}],
    ['beside a static one', {sort: 'x', post_id: '{resources.posts.id}'}],
    ['two of one row', {post_id: '{resources.posts.id}', t: '{resources.posts.title}'}],
    ['with braces', {post_id: '{resources.posts.id}', f: '{{{resources.posts.id}}}'}],
  ])('references in the query: %s', async (_, params) => {
    const child = {name: 'comments', endpoint: {path: 'post_comments', params, paginator}};
    const {requests, records} = await run(api, source(api, [parent, child]), {streams: ['comments']});
    expect(records('comments')).toHaveLength(100);
    for (const {query} of requests.filter(({path}) => path === '/post_comments')) {
      const id = query.get('post_id');
      const expected = Object.entries(params).map(([name, value]) => [
        name,
        value === '{{{resources.posts.id}}}'
          ? `{${id}}`
          : value.replace('{resources.posts.id}', String(id)).replace('{resources.posts.title}', `Post ${id}`),
      ]);
      expect(Object.fromEntries(new URLSearchParams(withoutPage(query)))).toEqual(Object.fromEntries(expected));
    }
  });
});

describe('bodies of a child', () => {
  test.each([
    ['no json: no body', {}, ''],
    ['{} is a body, on GET too', {json: {}}, '{}'],
  ])('%s', async (_, endpoint, body) => {
    const child = {name: 'c', endpoint: {path: 'post_detail', params: {post_id: '{resources.posts.id}'}, ...endpoint}};
    const {requests} = await run(api, source(api, ['posts', child]), {streams: ['c']});
    const sent = requests.filter(({path}) => path === '/post_detail');
    expect(sent).toHaveLength(25);
    for (const request of sent) expect(request.body).toBe(body);
  });
});

describe('incremental values in bodies and headers', () => {
  const body = async (endpoint: object, initial: unknown = 5) => {
    await using own = await serve(() => json([{id: 9}]));
    const config = source(own, [
      {name: 'r', endpoint: {method: 'POST', incremental: {cursor_path: 'id', initial_value: initial}, ...endpoint}},
    ]);
    const {requests} = await run(own, config);
    return requests[0];
  };

  test.each([
    ['kept as a number', {a: '{incremental.start_value}'}, '{"a":5}'],
    ['nested', {a: {b: ['{incremental.start_value}']}}, '{"a":{"b":[5]}}'],
    ['escaped', {a: '{{x}}', b: '{incremental.start_value}'}, '{"a":"{x}","b":5}'],
    ['in text', {a: 'from {incremental.start_value}'}, '{"a":"from 5"}'],
    ['empty', {}, '{}'],
  ])('json, %s', async (_, value, expected) => {
    expect((await body({json: value}))?.body).toBe(expected);
  });

  test('form, text, headers', async () => {
    expect((await body({data: {since: '{incremental.start_value}', x: '1'}}))?.body).toBe('since=5&x=1');
    expect((await body({data: [['since', '{incremental.start_value}']]}))?.body).toBe('since=5');
    expect((await body({data: 'since={incremental.start_value}'}))?.body).toBe('since=5');
    expect((await body({headers: {'x-since': '{incremental.start_value}'}}))?.headers['x-since']).toBe('5');
  });

  test('the mock API: a form', async () => {
    const endpoint = {
      path: 'posts_form_data_incremental',
      method: 'POST',
      data: {since: '{incremental.start_value}'},
      paginator: 'single_page',
      incremental: {cursor_path: 'id', initial_value: 2},
    };
    const {values, requests} = await run(api, source(api, [{name: 'r', endpoint}]));
    expect(values('id')).toEqual([2, 3, 4]);
    expect(requests.map(({body}) => body)).toEqual(['since=2']);
  });
});

test('an object in the query is an error that shows the spelling', () => {
  const endpoint = {params: {filter: {name: 'x'}}};
  expect(errorsOf(source({url: 'https://api.example.com'}, [{name: 'r', endpoint}]))).toEqual([
    expect.stringMatching(/^resources\[0\]\.endpoint\.params\.filter .*filter\[name\]/),
  ]);
});
