import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {type Api, failing, type Handler, json} from '../support/api-server.js';
import {detail, posts, startMockApi} from './mock-api.js';
import {attempt, run, serve, source} from './run.js';

let api: Api & AsyncDisposable;

beforeAll(async () => {
  api = await startMockApi();
});

afterAll(() => api.close());

/** The requests of one resource against a server that answers `{"id": 1}`. */
async function sent(endpoint: object | string, client: object = {}, base = '') {
  await using own = await serve(() => json({id: 1}));
  const config = source(own, [{name: 'rows', endpoint}], {base_url: `${own.url}${base}`, ...client});
  return await run(own, config);
}

describe('requests', () => {
  test('a list without an envelope, one object', async () => {
    expect((await run(api, source(api, [{name: 'one', endpoint: 'posts/3'}]))).records()).toEqual([detail(3)]);
  });

  test('a list under a key of its own, with a hyphen or named null', async () => {
    const config = source(api, [
      {
        name: 'hyphen',
        endpoint: {path: 'posts_under_a_different_key', data_selector: 'many-results', paginator: 'single_page'},
      },
      {name: 'found', endpoint: 'posts_no_key'},
      {name: 'named', endpoint: {path: 'posts_no_key', data_selector: "['null']"}},
    ]);
    const {records} = await run(api, config);
    expect(records('hyphen')).toEqual(posts.slice(0, 5));
    expect(records('found')).toEqual(posts);
    expect(records('named')).toEqual(posts);
  });

  test('POST: pages by a cursor in the body, one object', async () => {
    const paginator = {type: 'cursor', cursor_path: 'next_page', cursor_body_path: 'page'};
    const search = {path: 'posts/search', method: 'POST', json: {page_size: 5, page_count: 3, ids_greater_than: 50}};
    const config = source(api, [
      {name: 'many', endpoint: {...search, paginator}},
      {name: 'one', endpoint: {path: 'post_detail', method: 'post', json: {post_id: 9}}},
    ]);
    const {values, records} = await run(api, config);
    expect(values('id', 'many')).toEqual(Array.from({length: 15}, (_, index) => 51 + index));
    expect(records('one')).toEqual([detail(9)]);
  });

  test.each([
    ['', 'path', '/path'],
    ['/', 'path', '/path'],
    ['', '/path', '/path'],
    ['/', '/path', '/path'],
    ['/v1', 'path', '/v1/path'],
    ['/v1/', 'path', '/v1/path'],
    ['/v1', '/path', '/v1/path'],
    ['/v1/', '/path', '/v1/path'],
    ['/v1', 'path/', '/v1/path/'],
    ['/v1', 'a/b/c', '/v1/a/b/c'],
    ['/v1', '/a/b/', '/v1/a/b/'],
    ['/v1', '', '/v1'],
    ['/v1/', '', '/v1/'],
    ['/a/b', 'c?x=1', '/a/b/c?x=1'],
    ['/v1', 'a b', '/v1/a%20b'],
    ['/v1', 'items(1)', '/v1/items(1)'],
    ['/v1', 'items:search', '/v1/items:search'],
    ['/v1', 'ü', '/v1/%C3%BC'],
    ['/v1', 'a%2Fb', '/v1/a%2Fb'],
  ])('base %j and path %j meet at %s', async (base, path, target) => {
    expect((await sent({path}, {}, base)).calls).toEqual([target]);
  });

  test('an absolute URL is taken as it is', async () => {
    await using other = await serve(() => json([{id: 2}]));
    const config = source(api, [{name: 'rows', endpoint: `${other.url}/elsewhere?x=1`}]);
    expect((await run(api, config)).records()).toEqual([{id: 2}]);
    expect(other.requests.map(({target}) => target)).toEqual(['/elsewhere?x=1']);
  });

  test('another scheme than http is a path', async () => {
    expect((await sent('my://protocol')).calls).toEqual(['/my://protocol']);
  });

  test("an endpoint's header overrides the client's, whatever its case", async () => {
    const client = {headers: {'X-One': 'client', 'X-Two': 'client'}};
    const {requests} = await sent({headers: {'x-one': 'endpoint', 'X-Three': 3}}, client);
    expect(requests[0]?.headers).toMatchObject({'x-one': 'endpoint', 'x-two': 'client', 'x-three': '3'});
  });
});

describe('bodies', () => {
  const posted = async (body: object) => {
    const {requests} = await sent({method: 'POST', ...body});
    return {body: requests[0]?.body, type: requests[0]?.headers['content-type']};
  };
  const form = expect.stringMatching(/^application\/x-www-form-urlencoded/);

  test.each([
    ['an object', {data: {key: 'value', n: 1}}, {body: 'key=value&n=1', type: form}],
    [
      'pairs, one name twice',
      {
        data: [
          ['a', '1'],
          ['a', '2'],
        ],
      },
      {body: 'a=1&a=2', type: form},
    ],
    ['a list as a value', {data: {a: ['1', '2']}}, {body: 'a=1&a=2', type: form}],
    ['text', {data: 'raw text'}, {body: 'raw text', type: undefined}],
    ['an empty form', {data: {}}, {body: '', type: undefined}],
    ['none', {}, {body: '', type: undefined}],
    ['an empty object', {json: {}}, {body: '{}', type: 'application/json'}],
    ['an object', {json: {a: null, b: [1, true]}}, {body: '{"a":null,"b":[1,true]}', type: 'application/json'}],
    ['a list', {json: [1, {a: 'b'}]}, {body: '[1,{"a":"b"}]', type: 'application/json'}],
  ])('%s: %j', async (_, endpoint, expected) => {
    expect(await posted(endpoint)).toEqual(expected);
  });

  test('{} is sent on GET too', async () => {
    const {requests} = await sent({json: {}});
    expect(requests[0]).toMatchObject({method: 'GET', body: '{}'});
  });

  test('the mock API sees what was meant', async () => {
    const config = source(api, [
      {name: 'form', endpoint: {path: 'post_form_data', method: 'POST', data: {a: '1', b: ''}, data_selector: 'data'}},
      {name: 'raw', endpoint: {path: 'post_raw_data', method: 'POST', data: 'any {text}', data_selector: '$'}},
    ]);
    const {records} = await run(api, config);
    expect(records('form')).toEqual([{a: ['1'], b: ['']}]);
    expect(records('raw')).toEqual([{data: 'any {text}'}]);
  });
});

describe('retries', () => {
  const read = async (handler: Handler, client: {readonly [key: string]: unknown} = {}, endpoint: object = {}) => {
    await using own = await serve(handler);
    return await attempt(own, source(own, [{name: 'rows', endpoint}], client));
  };
  const fine = json([{id: 1}]);

  test('503 for good: 4 attempts (dlt: 5), waits of 2, 4, 8 s, then a transient error', async () => {
    const {requests, sleeps, messages, code} = await read(() => ({status: 503}));
    expect(requests).toHaveLength(4);
    expect(sleeps).toEqual([2_000, 4_000, 8_000]);
    expect(messages.errors()).toMatchObject([
      {failure_type: 'transient_error', message: expect.stringContaining('503')},
    ]);
    expect(code).toBe(1);
  });

  test.each([408, 425, 429, 500, 502, 503, 504, 599])('%i twice, then 200', async (status) => {
    const {requests, values} = await read(failing(2, {status}, fine));
    expect(requests).toHaveLength(3);
    expect(values('id')).toEqual([1]);
  });

  test.each([400, 404, 409, 422, 501, 505])('%i is not tried again', async (status) => {
    const {requests, messages} = await read(() => ({status}));
    expect(requests).toHaveLength(1);
    expect(messages.errors()).toMatchObject([{failure_type: 'config_error'}]);
  });

  test.each([
    ['a connection that is reset', {reset: true}],
    ['a body cut short', {...json([{id: 1}]), cutAfter: 3}],
    ['a body that is no JSON', json('{"data": [')],
  ])('%s is tried again, POST too', async (_, failure) => {
    for (const method of ['GET', 'POST']) {
      const {requests, values} = await read(failing(3, failure, fine), {}, {method});
      expect(requests).toHaveLength(4);
      expect(values('id')).toEqual([1]);
    }
  });

  test('connection errors for good: given up', async () => {
    const {requests, code} = await read(() => ({reset: true}));
    expect([requests.length, code]).toEqual([4, 1]);
  });

  test.each([
    ['4', 4_000],
    ['1.5', 1_500],
    ['0', 1_000],
    [new Date(Date.UTC(2026, 0, 1, 0, 0, 7)).toUTCString(), 7_000],
  ])('Retry-After: %s', async (value, wait) => {
    const {sleeps, values} = await read(failing(1, {status: 429, headers: {'retry-after': value}}, fine));
    expect(sleeps).toEqual([wait]);
    expect(values('id')).toEqual([1]);
  });

  test('more attempts and statuses as configured', async () => {
    const retry = {max_retries: 6, status_codes: [404], backoff_factor: 1};
    const {requests, sleeps} = await read(failing(6, {status: 404}, fine), {retry});
    expect(requests).toHaveLength(7);
    expect(sleeps).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000]);
  });

  test('a text in a 200 that asks to come again (response_actions)', async () => {
    const response_actions = [{content: 'try later', action: 'retry'}];
    const {requests, values} = await read(failing(2, json({message: 'try later'}), fine), {}, {response_actions});
    expect(requests).toHaveLength(3);
    expect(values('id')).toEqual([1]);
    const failed = await read(() => json({message: 'try later'}), {}, {response_actions});
    expect([failed.requests.length, failed.code]).toEqual([4, 1]);
  });
});

describe('what is not printed', () => {
  test('a key in the query, in logs and errors', async () => {
    const auth = {type: 'api_key', name: 'odd_name', api_key: 'k3y-v@lue', location: 'query'};
    const {errors, messages, requests} = await attempt(api, source(api, ['nowhere'], {auth}));
    expect(requests[0]?.query.get('odd_name')).toBe('k3y-v@lue');
    expect(errors).toContain('404');
    for (const text of ['k3y-v@lue', 'k3y-v%40lue']) expect(messages.text).not.toContain(text);
  });

  test('the mock API once more: nothing of its data is an error', async () => {
    const {records, warnings} = await run(api, source(api, ['posts']));
    expect(records()).toEqual(posts);
    expect(warnings).toBe('');
  });
});
