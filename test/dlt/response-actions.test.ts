import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {type Api, failing, type Handler, json} from '../support/api-server.js';
import {detail, startMockApi} from './mock-api.js';
import {attempt, errorsOf, run, serve, source} from './run.js';

let api: Api & AsyncDisposable;

beforeAll(async () => {
  api = await startMockApi();
});

afterAll(() => api.close());

/** One detail per post, of a path that refuses most of them. */
const details = (path: string, response_actions?: object[]) =>
  source(api, [
    'posts',
    {
      name: 'details',
      endpoint: {
        path: `posts/{resources.posts.id}/${path}`,
        data_selector: '$',
        ...(response_actions === undefined ? {} : {response_actions}),
      },
    },
  ]);

const only = {streams: ['details']};

describe('as dlt', () => {
  test('ignore 404', async () => {
    const {records, requests} = await run(
      api,
      details('some_details_404', [{status_code: 404, action: 'ignore'}]),
      only,
    );
    expect(records()).toEqual([detail(0)]);
    expect(requests.filter(({path}) => path.endsWith('_404'))).toHaveLength(25);
  });

  const both = [
    {status_code: 404, action: 'ignore'},
    {status_code: 422, action: 'ignore'},
  ];

  test.each([both, both.toReversed()])('ignore 404 and 422, in either order', async (...actions) => {
    const {records} = await run(api, details('some_details_404_others_422', actions), only);
    expect(records()).toEqual([detail(0)]);
  });

  test('by content', async () => {
    const {records} = await run(api, details('some_details_404', [{content: 'not found', action: 'ignore'}]), only);
    expect(records()).toEqual([detail(0)]);
  });

  test('204 needs no entry', async () => {
    for (const actions of [undefined, [{status_code: 204, action: 'ignore'}]]) {
      expect((await run(api, details('some_details_204', actions), only)).records()).toEqual([detail(0)]);
    }
  });

  test('an unlisted status still fails', async () => {
    const config = details('some_details_404_others_422', [{status_code: 404, action: 'ignore'}]);
    const {errors, code} = await attempt(api, config, only);
    expect([code, errors]).toEqual([1, expect.stringContaining('422')]);
  });
});

describe('ours', () => {
  const read = async (handler: Handler, response_actions: object[], endpoint: object = {}) => {
    await using own = await serve(handler);
    const config = source(own, [{name: 'rows', endpoint: {response_actions, ...endpoint}}]);
    return await attempt(own, config);
  };
  const refusal = json({error: {code: 'GONE', tries: 0}}, {status: 400});

  test('a child that answers 404 without an entry is skipped with a warning', async () => {
    const {records, warnings} = await run(api, details('some_details_404'), only);
    expect(records()).toEqual([detail(0)]);
    expect(warnings).toContain('404');
  });

  test.each([[400], ['400'], ['4xx'], ['4XX']])('status_code %j', async (status_code) => {
    expect(await read(() => refusal, [{status_code, action: 'ignore'}])).toMatchObject({code: 0});
  });

  test.each([
    [{json: {path: 'error.code', equals: 'GONE'}}, 0],
    [{json: {path: 'error.tries', equals: 0}}, 0],
    [{json: {path: 'error.tries', equals: '0'}}, 1],
    [{json: {path: 'error.tries', equals: false}}, 1],
    [{json: {path: 'error', exists: true}}, 0],
    [{json: {path: 'problem', exists: true}}, 1],
    [{status_code: 400, content: 'GONE'}, 0],
    [{status_code: 400, content: 'gone'}, 1],
    [{status_code: 404, content: 'GONE'}, 1],
  ])('%j: exit code %i', async (condition, code) => {
    expect(await read(() => refusal, [{...condition, action: 'ignore'}])).toMatchObject({code});
  });

  test('the first match wins', async () => {
    const actions = [
      {status_code: 400, action: 'raise', message: 'the account is closed'},
      {status_code: '4xx', action: 'ignore'},
    ];
    expect(await read(() => refusal, actions)).toMatchObject({
      code: 1,
      errors: expect.stringContaining('the account is closed'),
    });
  });

  test('raise for a 200 that is an error', async () => {
    const actions = [{json: {path: 'status', equals: 'failed'}, action: 'raise', message: 'the report failed'}];
    const {errors, requests, messages} = await read(() => json({status: 'failed', data: []}), actions);
    expect(errors).toContain('the report failed');
    expect(requests).toHaveLength(1);
    expect(messages.errors()[0]?.failure_type).toBe('config_error');
  });

  test('a 200 with errors and no entry fails and names the entry', async () => {
    const {errors} = await read(() => json({errors: [{message: 'no such field'}], data: null}), []);
    expect(errors).toMatch(/no such field.*response_actions/s);
  });

  test('stop ends the walk where it is', async () => {
    const pages: Handler = (_, index) =>
      index < 2 ? json({data: [{id: index}], next: '/more'}) : json({}, {status: 410});
    const endpoint = {paginator: {type: 'json_link', on_repeat: 'follow'}};
    const {values, code} = await read(pages, [{status_code: 410, action: 'stop'}], endpoint);
    expect([values('id'), code]).toEqual([[0, 1], 0]);
    expect(await read(() => json({}, {status: 410}), [{status_code: 410, action: 'stop'}])).toMatchObject({code: 1});
  });

  test('retry for a status that is not retried', async () => {
    const {values, requests} = await read(failing(1, refusal, json([{id: 1}])), [{status_code: 400, action: 'retry'}]);
    expect([values('id'), requests.length]).toEqual([[1], 2]);
  });
});

describe('entries that mean nothing are errors', () => {
  const errors = (entry: unknown) =>
    errorsOf(source({url: 'https://api.example.com'}, [{name: 'r', endpoint: {response_actions: [entry]}}])).join('\n');

  test.each([
    [{status_code: 404, action: 'ignor'}, /response_actions\[0\]\.action .*ignor/],
    [{status_code: 404}, /response_actions\[0\]\.action /],
    [{action: 'ignore'}, /response_actions\[0\] /],
    [{status_code: 'abc', action: 'ignore'}, /response_actions\[0\]\.status_code /],
    [{status_code: 404, action: 5}, /response_actions\[0\]\.action /],
    [{status_code: 404, action: 'ignore', extra: 1}, /response_actions\[0\]\.extra /],
    [{json: {path: 'a'}, action: 'ignore'}, /response_actions\[0\]\.json/],
    [{status_code: 404, action: '<callable fix>'}, /response_actions\[0\]\.action is code/],
    ['ignore', /response_actions\[0\] /],
  ])('%j', (entry, expected) => {
    expect(errors(entry)).toMatch(expected);
  });
});
