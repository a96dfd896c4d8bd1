import {describe, expect, test} from 'vitest';
import {type Handler, json} from '../support/api-server.js';
import {attempt, errorsOf, run, serve, source} from './run.js';

/** T13 to T24: shapes, double declarations, loops, crashes. */

async function readOne(
  handler: Handler,
  endpoint: object,
  resource: object = {},
  client: {[key: string]: unknown} = {},
) {
  await using api = await serve(handler);
  return await attempt(api, source(api, [{name: 'r', ...resource, endpoint}], client));
}

const example = (endpoint: object) => source({url: 'https://api.example.com'}, [{name: 'r', endpoint}]);

describe('T13 the shape does not depend on how many match', () => {
  test.each([1, 2])('items[*].x with %i rows', async (count) => {
    const items = Array.from({length: count}, (_, id) => ({x: {id}}));
    const {records} = await readOne(() => json({items}), {data_selector: 'items[*].x'});
    expect(records()).toEqual(items.map(({x}) => x));
  });

  test.each([1, 2])('lists inside are records of their own, %i of them', async (count) => {
    const items = Array.from({length: count}, () => ({tags: ['a', 'b']}));
    const {records} = await readOne(() => json({items}), {data_selector: 'items[*].tags'});
    expect(records()).toEqual(items.map(({tags}) => ({value: tags})));
  });

  test('an object of objects', async () => {
    const body = {data: {a: {n: 1}, b: {n: 2}}};
    expect((await readOne(() => json(body), {data_selector: 'data.*'})).records()).toEqual([{n: 1}, {n: 2}]);
    const keyed = await readOne(() => json(body), {data_selector: 'data', data_selector_key_as: 'key'});
    expect(keyed.records().map(({key, n}) => [key, n])).toEqual([
      ['a', 1],
      ['b', 2],
    ]);
  });
});

describe('T14 a body path beside a body that cannot take it', () => {
  test('text: an error before the first request', () => {
    const endpoint = {method: 'POST', data: 'text', paginator: {type: 'page_number', page_body_path: 'page'}};
    expect(errorsOf(example(endpoint)).join()).toMatch(/^resources\[0\]\.endpoint\.paginator\.page_body_path .*text/);
  });

  test('a form takes it', async () => {
    const handler: Handler = ({body}) => json(new URLSearchParams(body).get('page') === '1' ? [{id: 1}] : []);
    const endpoint = {
      method: 'POST',
      data: {q: 'x'},
      paginator: {type: 'page_number', base_page: 1, page_body_path: 'page'},
    };
    const {requests} = await readOne(handler, endpoint);
    expect(requests.map(({body}) => body)).toEqual(['q=x&page=1', 'q=x&page=2']);
  });
});

test('T15 two incremental declarations are an error', () => {
  const since = {type: 'incremental', cursor_path: 'id', initial_value: 1};
  const lines = errorsOf(example({params: {since}, incremental: {cursor_path: 'at'}}));
  expect(lines.join()).toMatch(/^resources\[0\]\.endpoint\S* .*(?:two|both|twice|already|beside)/);
});

describe('T16 loops end', () => {
  const row = {data: [{id: 1}]};

  test.each([
    ['the same next URL', {...row, next: '/r'}, 'json_link'],
    ['a circle of two', undefined, 'json_link'],
    ['the same cursor', {...row, cursors: {next: 'same'}}, {type: 'cursor', cursor_param: 'cursor'}],
  ])('%s: an error', async (_, body, paginator) => {
    const handler: Handler = ({path}) => json(body ?? {...row, next: path === '/r' ? '/s' : '/r'});
    const {code, errors, calls} = await readOne(handler, {paginator});
    expect(code).toBe(1);
    expect(errors).toMatch(/again|repeat|already/);
    expect(calls.length).toBeLessThan(5);
  });

  test('has_more without a cursor: an error after the rows', async () => {
    const endpoint = {paginator: {type: 'cursor', cursor_path: 'next', cursor_param: 'c', has_more_path: 'has_more'}};
    const {code, errors, calls, values} = await readOne(() => json({...row, has_more: true, next: null}), endpoint);
    expect([code, calls.length, values('id')]).toEqual([1, 1, [1]]);
    expect(errors).toContain('cursor_path');
  });

  test('has_more does not pass a maximum or replace a missing next page', async () => {
    const endpoint = {paginator: {type: 'offset', limit: 1, maximum_offset: 3, has_more_path: 'has_more'}};
    const handler: Handler = ({query}) => json({data: [{id: Number(query.get('offset'))}], has_more: true});
    expect((await readOne(handler, endpoint)).calls).toHaveLength(3);
  });

  test.each(['', 'null'])('an empty cursor header %j', async (cursor) => {
    const {calls, code} = await readOne(() => json([{id: 1}], {headers: {next: cursor}}), {paginator: 'header_cursor'});
    expect([calls.length, code]).toEqual([1, 0]);
  });

  test('next_billing_date is no cursor', async () => {
    const {calls, code} = await readOne(() => json({...row, next_billing_date: '2024-01-01'}), {});
    expect([calls.length, code]).toEqual([1, 0]);
  });

  test('a server that ignores the offset', async () => {
    const {code, errors, calls} = await readOne(() => json({data: [{id: 1}, {id: 2}]}), {
      paginator: {type: 'offset', limit: 2},
    });
    expect([code, calls.length]).toEqual([1, 2]);
    expect(errors).toContain('offset');
  });

  test('max_pages is an error', async () => {
    const handler: Handler = (_, index) => json({data: [{id: index}], next: `/r?n=${index}`});
    const {code, errors, calls} = await readOne(handler, {paginator: {type: 'json_link', max_pages: 4}});
    expect([code, calls.length]).toEqual([1, 4]);
    expect(errors).toContain('max_pages');
  });
});

describe('T17 what is no next page and no total', () => {
  test.each([{next: ''}, {next: false}, {next: null}, {}])('%j ends', async (more) => {
    expect(await readOne(() => json({data: [{id: 1}], ...more}), {paginator: 'json_link'})).toMatchObject({
      code: 0,
      calls: ['/r'],
    });
  });

  test('no total where none was asked for, or only on the first page', async () => {
    for (const first of [{}, {total: 5}]) {
      const handler: Handler = ({query}) => {
        const from = Number(query.get('offset'));
        const data = [0, 1, 2, 3, 4].slice(from, from + 2).map((id) => ({id}));
        return json({data, ...(from === 0 ? first : {})});
      };
      const {values, code} = await readOne(handler, {paginator: {type: 'offset', limit: 2}});
      expect([values('id'), code]).toEqual([[0, 1, 2, 3, 4], 0]);
    }
  });
});

describe('T18 a parent row without the field', () => {
  const parents = [{id: 1}, {x: 1}, {id: null}, {id: 4}];
  const read = async (resource: object) => {
    await using api = await serve(({path}) => json(path === '/p' ? parents : [{x: path}]));
    return await attempt(api, source(api, ['p', {name: 'c', ...resource, endpoint: 'c/{resources.p.id}/x'}]), {
      streams: ['c'],
    });
  };

  test('is skipped with a count', async () => {
    const {values, warnings, calls} = await read({});
    expect(values('x').toSorted()).toEqual(['/c/1/x', '/c/4/x']);
    expect(calls.join()).not.toMatch(/null|None/);
    expect(warnings).toMatch(/2 times/);
  });

  test('fails where that is asked for', async () => {
    expect(await read({on_missing: 'fail'})).toMatchObject({code: 1, errors: expect.stringContaining('id')});
  });
});

describe('T19 empty and broken bodies', () => {
  test.each([{status: 204}, {status: 200}, json('null')])('%j is an empty page', async (reply) => {
    expect(await readOne(() => reply, {})).toMatchObject({code: 0});
  });

  test('no JSON in a 2xx is tried again', async () => {
    const {requests, code, messages} = await readOne(() => json('<html>'), {});
    expect([requests.length, code]).toEqual([4, 1]);
    expect(messages.errors()[0]?.failure_type).toBe('transient_error');
  });
});

describe('T20 no value on the first run', () => {
  test.each([
    ['start_param', {incremental: {cursor_path: 'at', start_param: 'since', convert: 'epoch_seconds'}}],
    ['a placeholder', {params: {since: '{incremental.start_value}'}, incremental: {cursor_path: 'at'}}],
    ['with text', {params: {since: 'gt {incremental.start_value|iso_date}'}, incremental: {cursor_path: 'at'}}],
    ['a header', {headers: {since: '{incremental.start_value}'}, incremental: {cursor_path: 'at'}}],
  ])('%s is left out, and there on the second', async (_, endpoint) => {
    await using api = await serve(() => json([{at: '2024-01-02T00:00:00Z'}]));
    const config = source(api, [{name: 'r', endpoint}]);
    const first = await run(api, config);
    expect(first.calls).toEqual(['/r']);
    expect(first.requests[0]?.headers['since']).toBeUndefined();
    const second = await run(api, config, {after: first});
    expect(`${second.calls[0]} ${second.requests[0]?.headers['since']}`).toMatch(/1704153600|2024-01-02/);
  });
});

describe('T21 units of lag', () => {
  test.each([
    ['20240105', 'P1D', '20240104'],
    ['20240105', 1, '20240104'],
    ['2024-01-05T00:00:00.123Z', 'PT1H', '2024-01-04T23:00:00.123Z'],
    ['2024-01-05T00:00:00Z', 3_600, '2024-01-04T23:00:00Z'],
  ])('%s with %j is %s', async (value, lag, expected) => {
    await using api = await serve(() => json([{at: value}]));
    const incremental = {
      cursor_path: 'at',
      initial_value: value.startsWith('2024-') ? '2024-01-01T00:00:00Z' : '20240101',
      lag,
      start_param: 's',
    };
    const config = source(api, [{name: 'r', endpoint: {incremental}}]);
    const second = await run(api, config, {after: await run(api, config)});
    expect(second.requests[0]?.query.get('s')).toBe(expected);
  });

  test('epoch numbers in text stay what they are', async () => {
    await using api = await serve(() => json([{at: '1704153600'}]));
    const incremental = {
      cursor_path: 'at',
      initial_value: '1704067200',
      cursor_format: 'epoch_seconds',
      lag: 'PT1H',
      start_param: 's',
    };
    const config = source(api, [{name: 'r', endpoint: {incremental}}]);
    const second = await run(api, config, {after: await run(api, config)});
    expect(second.requests[0]?.query.get('s')).toBe('1704150000');
  });
});

describe('T22 a failure late in the walk', () => {
  test('keeps what was read: the next run resumes at the page', async () => {
    let broken = true;
    const handler: Handler = ({query}) => {
      const page = Number(query.get('page'));
      if (page === 5 && broken) return {status: 400};
      return json(page < 8 ? [{id: page, at: `2024-01-0${page + 1}T00:00:00Z`}] : []);
    };
    await using api = await serve(handler);
    const endpoint = {
      paginator: {type: 'page_number', base_page: 0},
      incremental: {cursor_path: 'at', initial_value: '2024-01-01T00:00:00Z'},
    };
    const config = source(api, [{name: 'r', endpoint}]);
    const first = await attempt(api, config);
    expect([first.code, first.values('id')]).toEqual([1, [0, 1, 2, 3, 4]]);
    broken = false;
    const second = await run(api, config, {after: first});
    expect(second.calls[0]).toBe('/r?page=5');
    expect(second.values('id')).toEqual([5, 6, 7]);
    expect((await run(api, config, {after: second})).records()).toEqual([]);
  });
});
