import {describe, expect, test} from 'vitest';
import {type Handler, json} from '../support/api-server.js';
import {attempt, errorsOf, problemsOf, run, serve, source} from './run.js';

/** Where our language goes on from dlt's: keys that dlt lacks, beside those it has. */

type Keys = {readonly [key: string]: unknown};

async function readOne(handler: Handler, endpoint: object, client: Keys = {}, resource: object = {}) {
  await using api = await serve(handler);
  return await attempt(api, source(api, [{name: 'r', ...resource, endpoint}], client));
}

const example = (endpoint: object, client: Keys = {}) =>
  source({url: 'https://api.example.com'}, [{name: 'r', endpoint}], client);
const rows = (from: number, to: number) =>
  Array.from({length: Math.max(0, to - from)}, (_, index) => ({id: from + index}));

describe('ends of a walk', () => {
  test.each([
    ['last_page_path', {type: 'page_number', base_page: 0, last_page_path: 'done'}],
    ['stop_when over the body', {type: 'page_number', base_page: 0, stop_when: 'response.done == true'}],
    ['stop_when over the count', {type: 'page_number', base_page: 0, stop_when: 'record_count < 2'}],
    ['stop_when over the last record', {type: 'page_number', base_page: 0, stop_when: 'last.id == 4'}],
    ['stop_when over a header', {type: 'page_number', base_page: 0, stop_when: "headers['x-done'] == 'yes'"}],
    [
      'stop_on_short_page',
      {type: 'page_number', base_page: 0, limit: 2, limit_param: 'size', stop_on_short_page: true},
    ],
    ['total_header', {type: 'offset', limit: 2, total_header: 'X-Total'}],
    ['total_items_path', {type: 'page_number', base_page: 0, total_items_path: 'count'}],
  ])('%s', async (_, paginator) => {
    const handler: Handler = ({query}) => {
      const from = query.has('offset') ? Number(query.get('offset')) : Number(query.get('page')) * 2;
      const done = from >= 4;
      return json(
        {data: rows(from, Math.min(5, from + 2)), done, count: 5},
        {headers: {'x-done': done ? 'yes' : 'no', 'x-total': '5'}},
      );
    };
    const {values, requests, code} = await readOne(handler, {paginator});
    expect([code, values('id'), requests.length]).toEqual([0, [0, 1, 2, 3, 4], 3]);
  });

  test.each([
    [416, undefined],
    [404, {limit_param: null}],
  ])('status %i past the end', async (status, more) => {
    const handler: Handler = ({query}) => {
      const from = Number(query.get('offset'));
      return from < 4 ? json(rows(from, from + 2)) : {status};
    };
    const {code, values} = await readOne(handler, {paginator: {type: 'offset', limit: 2, ...more}});
    expect([code, values('id')]).toEqual([0, [0, 1, 2, 3]]);
  });

  test('a 404 in the middle is an error that names the entry', async () => {
    const handler: Handler = ({query}) =>
      query.get('offset') === '4'
        ? {status: 404}
        : json(rows(Number(query.get('offset')), Number(query.get('offset')) + 2));
    const {code, errors} = await readOne(handler, {paginator: {type: 'offset', limit: 2}});
    expect([code, errors]).toEqual([1, expect.stringMatching(/status_code: 404, action: stop/)]);
  });

  test('evidence against an end is a warning', async () => {
    const handler: Handler = ({query}) => json({data: query.get('page') === '0' ? rows(0, 2) : [], total_items: 9});
    const {code, warnings} = await readOne(handler, {paginator: {type: 'page_number', base_page: 0}});
    expect([code, warnings]).toEqual([0, expect.stringContaining('9')]);
  });

  test.each([
    ['end', 0, [1]],
    ['error', 1, [1]],
  ])('on_repeat: %s', async (on_repeat, code, ids) => {
    const done = await readOne(() => json({data: [{id: 1}]}), {paginator: {type: 'offset', limit: 1, on_repeat}});
    expect([done.code, done.values('id')]).toEqual([code, ids]);
  });

  test('on_repeat: follow, a scroll whose cursor stays the same', async () => {
    const handler: Handler = (_, index) => json({data: index < 3 ? [{id: index}] : [], scroll: 'same'});
    const paginator = {
      type: 'cursor',
      cursor_path: 'scroll',
      cursor_param: 'scroll',
      on_repeat: 'follow',
      stop_after_empty_page: true,
    };
    const {code, values} = await readOne(handler, {paginator});
    expect([code, values('id')]).toEqual([0, [0, 1, 2]]);
  });
});

describe('positions', () => {
  test('the cursor of the last record', async () => {
    const handler: Handler = ({query}) => {
      const after = Number(query.get('after') ?? -1);
      return json({data: rows(after + 1, Math.min(5, after + 3)), has_more: after + 3 < 5});
    };
    const paginator = {
      type: 'cursor',
      cursor_from: 'last_record',
      cursor_path: 'id',
      cursor_param: 'after',
      has_more_path: 'has_more',
    };
    const {calls, values} = await readOne(handler, {paginator});
    expect(values('id')).toEqual([0, 1, 2, 3, 4]);
    expect(calls).toEqual(['/r', '/r?after=1', '/r?after=3']);
  });

  test('0 of the last record is a position', async () => {
    const handler: Handler = ({query}) => json(query.has('after') ? [] : [{id: 0}]);
    const paginator = {
      type: 'cursor',
      cursor_from: 'last_record',
      cursor_path: 'id',
      cursor_param: 'after',
      stop_after_empty_page: true,
    };
    expect((await readOne(handler, {paginator})).calls).toEqual(['/r', '/r?after=0']);
  });

  test('an object is spread over the query or merged into the body', async () => {
    const handler: Handler = (_, index) => json({data: [{id: index}], next: index < 1 ? {a: 1, b: 'x'} : null});
    const spread = await readOne(handler, {
      params: {q: 1},
      paginator: {type: 'cursor', cursor_path: 'next', cursor_param: '*'},
    });
    expect(spread.calls).toEqual(['/r?q=1', '/r?q=1&a=1&b=x']);
    const endpoint = {
      method: 'POST',
      json: {q: 1},
      paginator: {type: 'cursor', cursor_path: 'next', cursor_body_path: '$'},
    };
    const merged = await readOne(handler, endpoint);
    expect(merged.requests.map(({body}) => JSON.parse(body))).toEqual([{q: 1}, {q: 1, a: 1, b: 'x'}]);
  });

  test('first_page_only', async () => {
    const handler: Handler = (_, index) => json({data: [{id: index}], cursors: {next: index < 1 ? 'n' : null}});
    const paginator = {
      type: 'cursor',
      cursor_path: 'cursors.next',
      cursor_param: 'cursor',
      first_page_only: ['filter'],
    };
    expect((await readOne(handler, {params: {filter: 'x', keep: 1}, paginator})).calls).toEqual([
      '/r?filter=x&keep=1',
      '/r?keep=1&cursor=n',
    ]);
  });

  test('next_url_base: base_url', async () => {
    await using api = await serve((_, index) =>
      json({data: [{id: index}], ...(index === 0 ? {next: 'r?page=2'} : {})}),
    );
    const endpoint = {path: 'deep/r', paginator: {type: 'json_link', next_url_base: 'base_url'}};
    const config = source(api, [{name: 'r', endpoint}], {base_url: `${api.url}/v1`});
    expect((await run(api, config)).calls).toEqual(['/v1/deep/r', '/v1/r?page=2']);
  });

  test('a cursor that is a link is followed where no place is written', async () => {
    const handler: Handler = (_, index) => json({data: [{id: index}], after: index === 0 ? '/r?c=2' : null});
    expect((await readOne(handler, {paginator: {type: 'cursor', cursor_path: 'after'}})).calls).toEqual([
      '/r',
      '/r?c=2',
    ]);
  });
});

describe('formats of answers', () => {
  test('jsonl and csv, by content type or as written', async () => {
    const lines = {body: '{"id": 1}\n\n{"id": 2}\n'};
    expect((await readOne(() => lines, {response: {format: 'jsonl'}})).values('id')).toEqual([1, 2]);
    const typed = {...lines, headers: {'content-type': 'application/x-ndjson'}};
    expect((await readOne(() => typed, {})).values('id')).toEqual([1, 2]);
    const csv = {body: 'id;n\n1;"a;b"\n2;c\n'};
    const endpoint = {response: {format: 'csv', csv: {delimiter: ';'}}};
    expect((await readOne(() => csv, endpoint)).records()).toEqual([
      {id: '1', n: 'a;b'},
      {id: '2', n: 'c'},
    ]);
  });

  test('a BOM, another charset', async () => {
    expect((await readOne(() => json('\ufeff[{"id": 1}]'), {})).records()).toEqual([{id: 1}]);
    const latin = {
      body: Buffer.from('[{"n": "\xe4"}]', 'latin1'),
      headers: {'content-type': 'application/json; charset=iso-8859-1'},
    };
    expect((await readOne(() => latin, {})).records()).toEqual([{n: 'ä'}]);
  });
});

describe('values', () => {
  test('a param, header or form value that is exactly {name} is a variable', async () => {
    const endpoint = {method: 'POST', params: {p: '{v}'}, headers: {'X-V': '{v}'}, data: {f: '{v}'}};
    const {requests} = await readOne(() => json([{id: 1}]), endpoint, {variables: {v: 'V'}});
    expect([requests[0]?.query.get('p'), requests[0]?.headers['x-v'], requests[0]?.body]).toEqual(['V', 'V', 'f=V']);
  });

  test('variables beside client, and one name in both', () => {
    const config = (more: Keys) => ({
      ...source({url: 'https://x.example'}, [{name: 'r', endpoint: '{vars.a}/x'}], more),
      variables: {a: 1},
    });
    expect(errorsOf(config({}))).toEqual([]);
    expect(errorsOf(config({variables: {a: 2}})).join()).toMatch(/variables.*a/);
  });

  test('without a start: null in json, an error in text and path', () => {
    const incremental = {cursor_path: 'at'};
    const post = {method: 'POST', incremental};
    expect(problemsOf(example({...post, json: {a: '{incremental.start_value}'}}), 'warning').join()).toMatch(
      /json\.a .*null/,
    );
    expect(errorsOf(example({...post, json: {a: 'x{incremental.start_value}'}})).join()).toMatch(
      /json\.a .*initial_value/,
    );
    expect(errorsOf(example({path: 'x/{incremental.start_value}/y', incremental})).join()).toMatch(
      /endpoint\.path .*initial_value/,
    );
  });

  test('retry merges key by key', async () => {
    const endpoint = {retry: {max_retries: 1}};
    const {sleeps} = await readOne(() => ({status: 404}), endpoint, {retry: {status_codes: [404], backoff_factor: 5}});
    expect(sleeps).toEqual([5_000]);
  });

  test('rate_limit spreads the requests', async () => {
    const handler: Handler = ({query}) => json(Number(query.get('page')) < 5 ? [{id: Number(query.get('page'))}] : []);
    const client = {rate_limit: {requests: 2, per: 'second'}};
    const {sleeps, values} = await readOne(handler, {paginator: {type: 'page_number', base_page: 0}}, client);
    expect(values('id')).toEqual([0, 1, 2, 3, 4]);
    expect(sleeps.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThanOrEqual(1_000);
  });
});

describe('windows', () => {
  test('half open, contiguous, the next run goes on from the end', async () => {
    const handler: Handler = ({query}) => json([{at: query.get('from')}]);
    const incremental = {
      cursor_path: 'at',
      initial_value: '2025-12-01T00:00:00Z',
      end_value: '2025-12-04T00:00:00Z',
      step: 'P1D',
      start_param: 'from',
      end_param: 'to',
    };
    await using api = await serve(handler);
    const config = source(api, [{name: 'r', endpoint: {incremental}}]);
    const first = await run(api, config);
    expect(first.requests.map(({query}) => [query.get('from')?.slice(0, 10), query.get('to')?.slice(0, 10)])).toEqual([
      ['2025-12-01', '2025-12-02'],
      ['2025-12-02', '2025-12-03'],
      ['2025-12-03', '2025-12-04'],
    ]);
    const second = await run(api, config, {after: first});
    expect(second.requests).toEqual([]);
    expect(second.notices).toContain('end_value');
  });

  test('a stream without a cursor is read whole each time', async () => {
    await using api = await serve(() => json([{id: 1}]));
    const config = source(api, ['r']);
    const first = await run(api, config);
    expect((await run(api, config, {after: first})).records()).toEqual([{id: 1}]);
  });
});

describe('other login', () => {
  test('session_token: login, the token where it is wanted, again on 401', async () => {
    let logins = 0;
    const handler: Handler = ({path, headers}) => {
      if (path === '/login') return json({data: {key: `key-${++logins}`}});
      return headers['x-session'] === 'key-2' ? json([{id: 1}]) : json({}, {status: 401});
    };
    const login = {path: '/login', method: 'POST', json: {user: 'u', pass: '{secrets.p}'}};
    const auth = {type: 'session_token', login, token_path: 'data.key', name: 'X-Session', location: 'header'};
    await using api = await serve(handler);
    const {values, messages} = await run(api, source(api, ['r'], {auth}, {secrets: {p: 'passw0rd'}}));
    expect([values('id'), logins]).toEqual([[1], 2]);
    expect(messages.text).not.toMatch(/passw0rd|key-[12]/);
  });

  test('oauth2_refresh_token: the rotated token is emitted before it is used', async () => {
    const handler: Handler = ({path, body}) => {
      if (path !== '/token') return json([{id: 1}]);
      expect(new URLSearchParams(body).get('refresh_token')).toBe('refresh-one');
      return json({access_token: 'acc3ss', refresh_token: 'refresh-two', expires_in: 3600});
    };
    await using api = await serve(handler);
    const auth = {
      type: 'oauth2_refresh_token',
      token_url: `${api.url}/token`,
      client_id: 'i-d',
      client_secret: 's3cr3t',
      refresh_token: '{secrets.r}',
    };
    const {messages} = await run(api, source(api, ['r'], {auth}, {secrets: {r: 'refresh-one'}}));
    const control = messages.all.findIndex(({type}) => type === 'CONTROL');
    expect(JSON.stringify(messages.all[control])).toContain('refresh-two');
    expect(control).toBeLessThan(messages.all.findIndex(({type}) => type === 'RECORD'));
  });

  test('two at once', async () => {
    const auth = [{token: 'b3arer'}, {type: 'api_key', name: 'X-Key', api_key: 'k3y-k3y'}];
    const {requests} = await readOne(() => json([{id: 1}]), {}, {auth});
    expect(requests[0]?.headers).toMatchObject({authorization: 'Bearer b3arer', 'x-key': 'k3y-k3y'});
  });
});
