import {describe, expect, test} from 'vitest';
import {attempt, errorsOf, run, serve, source} from '../dlt/run.js';
import {failing, gate, json, type Reply} from '../support/api-server.js';
import {FakeClock} from '../support/fake-clock.js';
import {runSource} from '../support/run-source.js';

const rows = json({data: [{id: 1}]});
const start = new FakeClock().now();
const plain = (client: object, endpoint: object = {}) => ({client, endpoint: {data_selector: 'data', ...endpoint}});

/** Reads one resource from a server that fails first. */
async function read(
  replies: Reply | readonly Reply[],
  {client, endpoint}: {client: object; endpoint: object},
  times = Number.POSITIVE_INFINITY,
) {
  const list: readonly Reply[] = Array.isArray(replies) ? replies : [replies as Reply];
  await using api = await serve((_, index) =>
    index < times ? (list[Math.min(index, list.length - 1)] ?? rows) : rows,
  );
  return await attempt(api, source(api, [{name: 'rows', endpoint}], {...client}));
}

const seconds = (sleeps: readonly number[]) => sleeps.map((ms) => ms / 1000);

describe('defaults', () => {
  test('four requests are in flight for the whole sync', async () => {
    const open = gate();
    let seen = 0;
    await using api = await serve(async () => {
      seen += 1;
      if (seen === 4) setTimeout(open.open, 20);
      await open.opened;
      return rows;
    });
    const names = Array.from({length: 9}, (_, index) => `r${index}`);
    await run(api, source(api, names));
    expect(api.maxInFlight).toBe(4);
  });

  test('concurrency 1 is one at a time', async () => {
    await using api = await serve(() => rows);
    await run(api, source(api, ['a', 'b', 'c'], {concurrency: 1}));
    expect(api.maxInFlight).toBe(1);
  });

  test('max_pages of the client and of the paginator: the smaller place wins, and reaching it is an error after the rows', async () => {
    await using api = await serve(({query}) => json({data: [{id: query.get('page')}]}));
    const paginator = {type: 'page_number', base_page: 1, total_path: null};
    const one = await attempt(
      api,
      source(api, [{name: 'r', endpoint: {data_selector: 'data', paginator}}], {max_pages: 3}),
    );
    expect(one.values('id')).toEqual(['1', '2', '3']);
    expect(one.errors).toMatch(/max_pages/);
    const two = await attempt(
      api,
      source(api, [{name: 'r', endpoint: {data_selector: 'data', paginator: {...paginator, max_pages: 2}}}], {
        max_pages: 3,
      }),
    );
    expect(two.values('id')).toEqual(['1', '2']);
    expect(two.messages.errors()[0]?.failure_type).toBe('config_error');
  });

  test('max_response_bytes: a larger body is an error and is not repeated', async () => {
    const large = json({data: [{id: 'x'.repeat(3000)}]});
    const {errors, calls, messages} = await read(large, plain({max_response_bytes: '2KB'}));
    expect(errors).toMatch(/max_response_bytes/);
    expect(calls).toHaveLength(1);
    expect(messages.errors()[0]?.failure_type).toBe('config_error');
  });

  test('unportable keep leaves a lone surrogate, replace sends null and says so', async () => {
    const odd: Reply = {headers: {'content-type': 'application/json'}, body: '{"data":[{"id":1,"t":"\\ud800"}]}'};
    const kept = await read(odd, plain({}));
    expect(kept.messages.text).toContain('\\ud800');
    const replaced = await read(odd, plain({unportable: 'replace'}));
    expect(replaced.records()[0]).toEqual({id: 1, t: null});
    expect(replaced.messages.text).toContain('"changes":[{"field":"t","change":"NULLED"');
  });

  test('check tries the first parentless resource of each auth and host, its first page only', async () => {
    await using api = await serve(({path}) => (path === '/p' ? json({data: [{id: 1}], next: '/p?page=2'}) : rows));
    await using other = await serve(() => rows);
    const config = source(
      api,
      [
        {name: 'child', endpoint: 'p/{resources.p.id}/c'},
        {name: 'p', endpoint: {data_selector: 'data'}},
        {name: 'q', endpoint: {data_selector: 'data'}},
        {name: 'own_auth', endpoint: {path: 'q2', auth: {type: 'bearer', token: 'zzzz'}}},
        {name: 'elsewhere', endpoint: `${other.url}/e`},
      ],
      {auth: {type: 'bearer', token: 'yyyy'}},
    );
    await runSource(['check', '--config', config]);
    expect(api.requests.map(({target}) => target).sort()).toEqual(['/p', '/q2']);
    expect(other.requests.map(({target}) => target)).toEqual(['/e']);
    const before = api.requests.length;
    await runSource([
      'check',
      '--config',
      {...config, client: {...Object(config['client']), check: {resources: ['q']}}},
    ]);
    expect(api.requests.slice(before).map(({target}) => target)).toEqual(['/q']);
  });
});

describe('retries', () => {
  test.each([408, 425, 429, 500, 502, 503, 504, 506, 507, 508, 510, 511, 520, 599])(
    '%i is repeated after 2, 4, 8 s',
    async (status) => {
      const {sleeps, calls, messages} = await read({status}, plain({}, {method: 'POST'}));
      expect(calls).toHaveLength(4);
      expect(seconds(sleeps)).toEqual([2, 4, 8]);
      expect(messages.errors()[0]?.failure_type).toBe('transient_error');
    },
  );

  test.each([400, 401, 402, 404, 409, 410, 418, 422, 451, 501, 505])('%i is not', async (status) => {
    const {sleeps, calls} = await read({status}, plain({}));
    expect([calls.length, sleeps]).toEqual([1, []]);
  });

  test.each<[string, Reply]>([
    ['a reset connection', {reset: true}],
    ['a cut body', {...rows, cutAfter: 5}],
    ['a 2xx that does not parse', {headers: {'content-type': 'application/json'}, body: '{"data": ['}],
  ])('%s is repeated, POST like GET', async (_, reply) => {
    for (const method of ['GET', 'POST']) {
      const done = await read(reply, plain({}, {method}), 2);
      expect(done.errors).toBe('');
      expect(done.calls).toHaveLength(3);
      expect(done.values('id')).toEqual([1]);
    }
  });

  test('backoff_factor, max_delay and max_retries, endpoint over client, key by key', async () => {
    const client = {retry: {max_retries: 5, backoff_factor: 3, max_delay: 'PT10S'}};
    expect(seconds((await read({status: 500}, plain(client))).sleeps)).toEqual([3, 6, 10, 10, 10]);
    const endpoint = {retry: {max_retries: 2}};
    expect(seconds((await read({status: 500}, plain(client, endpoint))).sleeps)).toEqual([3, 6]);
    expect((await read({status: 500}, plain(client, {retry: {max_retries: 0}}))).sleeps).toEqual([]);
    expect(seconds((await read({status: 500}, plain(client, {retry: {backoff_factor: 0}}))).sleeps)).toEqual([
      0, 0, 0, 0, 0,
    ]);
    expect(seconds((await read({status: 500}, plain(client, {retry: {max_delay: 0, max_retries: 1}}))).sleeps)).toEqual(
      [0],
    );
  });

  test('status_codes come before response_actions and before the end by 404', async () => {
    const actions = {response_actions: [{status_code: 404, action: 'ignore'}]};
    const ignored = await read({status: 404}, plain({retry: {status_codes: [404]}}, actions));
    expect(ignored.calls).toHaveLength(4);
    expect(ignored.errors).toBe('');
    const raised = await read({status: 400}, plain({}, {retry: {status_codes: [400]}}), 1);
    expect(raised.values('id')).toEqual([1]);
    const replaced = await read({status: 400}, plain({retry: {status_codes: [400]}}, {retry: {status_codes: []}}));
    expect(replaced.calls).toHaveLength(1);
  });

  test.each<[string, Record<string, string>, number, number]>([
    ['an integer', {'retry-after': '7'}, 503, 7],
    ['a decimal', {'retry-after': '1.5'}, 429, 1.5],
    ['zero is a second', {'retry-after': '0'}, 429, 1],
    ['a date', {'retry-after': new Date(start + 9000).toUTCString()}, 500, 9],
    ['a date gone by is a second', {'retry-after': new Date(start - 9000).toUTCString()}, 500, 1],
    ['RateLimit-Reset', {'ratelimit-reset': '12'}, 429, 12],
    ['epoch seconds', {'x-ratelimit-reset': String(start / 1000 + 30)}, 429, 30],
    ['epoch milliseconds', {'x-ratelimit-reset': String(start + 31_000)}, 429, 31],
    ['a reset beside no quota, 403', {'x-ratelimit-reset': '13', 'x-ratelimit-remaining': '0'}, 403, 13],
    ['a reset beside no quota, 503', {'x-ratelimit-reset': '13', 'x-ratelimit-remaining': '0'}, 503, 13],
    ['a reset of a 503 with quota left counts not', {'x-ratelimit-reset': '13', 'x-ratelimit-remaining': '5'}, 503, 2],
    ['a reset of a 503 alone counts not', {'x-ratelimit-reset': '13'}, 503, 2],
    ['Retry-After wins over a reset', {'retry-after': '3', 'x-ratelimit-reset': '13'}, 429, 3],
    ['a negative one is none', {'retry-after': '-3'}, 503, 2],
    ['a word is none', {'retry-after': 'soon'}, 503, 2],
  ])('the server names a wait: %s', async (_, headers, status, wait) => {
    const {sleeps, errors} = await read({status, headers}, plain({}), 1);
    expect(errors).toBe('');
    expect(sleeps.reduce((sum, ms) => Math.max(sum, ms), 0) / 1000).toBe(wait);
  });

  test('Retry-After counts on a status of status_codes too', async () => {
    const {sleeps} = await read({status: 409, headers: {'retry-after': '5'}}, plain({retry: {status_codes: [409]}}), 1);
    expect(Math.max(...sleeps)).toBe(5000);
  });

  test('a named wait uses up no retry, and above max_wait in sum it is a transient error', async () => {
    const limited: Reply = {status: 429, headers: {'retry-after': '600'}};
    const many = await read(limited, plain({retry: {max_retries: 0}}), 5);
    expect(many.errors).toBe('');
    expect(many.messages.statuses('rows')).toContain('RATE_LIMITED');
    const over = await read(limited, plain({}));
    expect(over.calls).toHaveLength(7);
    expect(over.messages.errors()[0]?.failure_type).toBe('transient_error');
    expect(over.errors).toMatch(/max_wait/);
    const short = await read(limited, plain({rate_limit: {max_wait: 60}}));
    expect(short.calls).toHaveLength(1);
    const own = await read(limited, plain({rate_limit: {max_wait: 60}}, {rate_limit: {max_wait: 'PT20M'}}));
    expect(own.calls).toHaveLength(3);
  });
});

describe('rate_limit', () => {
  test('one budget for all streams, an endpoint has one of its own inside it', async () => {
    await using api = await serve(() => rows);
    const names = ['a', 'b', 'c', 'd'];
    const all = await run(api, source(api, names, {rate_limit: {requests: 2, per: 'minute'}}));
    expect(all.sleeps).toEqual([60_000]);
    expect(
      names.flatMap((name) => all.messages.statuses(name)).filter((status) => status === 'RATE_LIMITED'),
    ).toHaveLength(2);
    const limited = {name: 'a', endpoint: {rate_limit: {requests: 1, per: 'hour'}, params: {x: 1}}};
    const children = {name: 'k', endpoint: {path: 'k/{resources.p.id}', rate_limit: {requests: 1, per: 'minute'}}};
    const own = await run(
      api,
      source(api, [limited, {name: 'p', records: [{id: 1}, {id: 2}, {id: 3}]}, children, 'e']),
    );
    expect(own.sleeps).toEqual([60_000, 60_000]);
  });

  test.each([
    [{requests: 2}, /belong together/],
    [{per: 'minute'}, /belong together/],
    [{requests: 0, per: 'minute'}, /rate_limit\.requests/],
    [{requests: 1, per: 'day'}, /rate_limit\.per/],
  ])('%j', (rate_limit, expected) => {
    expect(errorsOf({client: {base_url: 'https://a.example', rate_limit}, resources: ['a']}).join()).toMatch(expected);
  });
});

describe('hosts', () => {
  const auth = {type: 'bearer', token: 'tok-123456'};

  test('a link to another port of the same name is another host; allowed_hosts host:port allows it, credentials included', async () => {
    await using other = await serve(() => json({data: [{id: 2}]}));
    await using api = await serve(() => json({data: [{id: 1}], next: `${other.url}/more`}));
    const resources = [{name: 'r', endpoint: {data_selector: 'data', paginator: 'json_link'}}];
    const refused = await attempt(api, source(api, resources, {auth}));
    expect(refused.errors).toContain(`127.0.0.1:${other.port}`);
    expect(refused.errors).toContain('allowed_hosts');
    expect(refused.values('id')).toEqual([1]);
    expect(other.requests).toEqual([]);
    const allowed = await attempt(api, source(api, resources, {auth, allowed_hosts: [`127.0.0.1:${other.port}`]}));
    expect(allowed.values('id')).toEqual([1, 2]);
    expect(other.requests[0]?.headers.authorization).toBe('Bearer tok-123456');
    const portless = await attempt(api, source(api, resources, {auth, allowed_hosts: ['127.0.0.1']}));
    expect(portless.errors).toContain('allowed_hosts');
  });

  test('an absolute path allows its host for links of others too', async () => {
    await using other = await serve(() => json({data: [{id: 2}]}));
    await using api = await serve(() => json({data: [{id: 1}], next: `${other.url}/more`}));
    const resources = [
      {name: 'r', endpoint: {data_selector: 'data', paginator: 'json_link'}},
      {name: 'o', endpoint: {path: `${other.url}/o`, data_selector: 'data'}},
    ];
    const {values} = await run(api, source(api, resources, {auth}));
    expect(values('id', 'r')).toEqual([1, 2]);
  });

  test('the token URL is allowed for its own request only', async () => {
    await using login = await serve(() => json({access_token: 'given-by-login', expires_in: 3600}));
    await using api = await serve(() => json({data: [{id: 1}], next: `${login.url}/steal`}));
    const oauth = {
      type: 'oauth2_client_credentials',
      access_token_url: `${login.url}/token`,
      client_id: 'i',
      client_secret: 'sssss',
    };
    const {errors} = await attempt(
      api,
      source(api, [{name: 'r', endpoint: {data_selector: 'data', paginator: 'json_link'}}], {auth: oauth}),
    );
    expect(errors).toContain('allowed_hosts');
    expect(login.requests.map(({path}) => path)).toEqual(['/token']);
  });

  test.each([301, 302, 303, 307, 308])('a %i of a POST', async (status) => {
    await using api = await serve(({path}) => (path === '/r' ? {status, headers: {location: '/moved'}} : rows));
    const {calls, errors, requests} = await attempt(
      api,
      source(api, [{name: 'r', endpoint: {method: 'POST', json: {a: 1}}}]),
    );
    if (status < 307) {
      expect(calls).toEqual(['POST /r']);
      expect(errors).toContain(String(status));
    } else {
      expect(calls).toEqual(['POST /r', 'POST /moved']);
      expect(requests[1]?.body).toBe('{"a":1}');
    }
  });

  test('five redirects are followed, a sixth is an error', async () => {
    const hops = (count: number) =>
      serve(({query}) => {
        const hop = Number(query.get('hop') ?? 0);
        return hop < count ? {status: 302, headers: {location: `/r?hop=${hop + 1}`}} : rows;
      });
    await using five = await hops(5);
    expect((await run(five, source(five, ['r']))).calls).toHaveLength(6);
    await using six = await hops(6);
    const {errors, code} = await attempt(six, source(six, ['r']));
    expect([code, errors.includes('5 redirects')]).toEqual([1, true]);
  });

  test('a failure after redirects is repeated from the beginning', async () => {
    await using api = await serve(
      failing(1, {status: 302, headers: {location: '/down'}}, ({path}, index) => {
        if (path === '/down' && index === 0) return {status: 503};
        return path === '/r' ? {status: 302, headers: {location: '/down'}} : rows;
      }),
    );
    const {calls} = await run(api, source(api, [{name: 'r', endpoint: {data_selector: 'data'}}]));
    expect(calls).toEqual(['/r', '/down', '/r', '/down']);
  });
});
