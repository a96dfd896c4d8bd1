import {describe, expect, test} from 'vitest';
import {attempt, errorsOf, type Run, serve, source} from '../dlt/run.js';
import {type Handler, json, type Reply} from '../support/api-server.js';

type Endpoint = {readonly [key: string]: unknown};

async function read(answer: Handler, endpoint: Endpoint = {}, resource: object = {}): Promise<Run> {
  await using api = await serve(answer);
  return await attempt(api, source(api, [{name: 'r', ...resource, endpoint}]));
}

const entries = (...response_actions: object[]): Endpoint => ({response_actions});
const refuse = (status: number, headers: Record<string, string> = {}): Reply => json({why: 'x'}, {status, headers});
const types = ({messages}: Run) => messages.errors().map(({failure_type}) => failure_type);
const stateOf = ({messages}: Run) => messages.states('r').at(-1);

const incremental = {cursor_path: 'u', initial_value: 0};
/** One page with a row, then this. */
const then =
  (later: Reply): Handler =>
  (_, index) =>
    index === 0 ? json({data: [{id: 1, u: 5}], next: '/more'}) : later;
const offset = {paginator: {type: 'offset', limit: 1}, incremental};
const links = {paginator: 'json_link', incremental};

describe('conditions', () => {
  test.each<[unknown, object, number]>([
    [{e: null}, {path: 'e', equals: null}, 0],
    [{}, {path: 'e', equals: null}, 1],
    [{e: null}, {path: 'e', exists: false}, 0],
    [{e: []}, {path: 'e', exists: false}, 0],
    [{e: null}, {path: 'e', exists: true}, 1],
    [{e: 0}, {path: 'e', exists: true}, 0],
    [{e: false}, {path: 'e', exists: true}, 0],
    [{e: ''}, {path: 'e', exists: true}, 0],
    [{e: {}}, {path: 'e', exists: true}, 0],
    [{e: ''}, {path: 'e', equals: ''}, 0],
    [{e: false}, {path: 'e', equals: false}, 0],
    [{e: 0}, {path: 'e', equals: false}, 1],
    [{e: {b: 1, a: [1, 2]}}, {path: 'e', equals: {a: [1, 2], b: 1}}, 0],
    [{e: {b: 1, a: [2, 1]}}, {path: 'e', equals: {a: [1, 2], b: 1}}, 1],
    [[{code: 'X'}], {path: '[0].code', equals: 'X'}, 0],
  ])('%j with %j: exit code %i', async (body, condition, code) => {
    expect(await read(() => json(body, {status: 400}), entries({json: condition, action: 'ignore'}))).toMatchObject({
      code,
    });
  });

  test('a body that is no JSON has no member; content looks into it all the same', async () => {
    const html = {status: 400, headers: {'content-type': 'text/html'}, body: '<h1>Sorry</h1>'};
    expect(await read(() => html, entries({json: {path: 'e', exists: false}, action: 'ignore'}))).toMatchObject({
      code: 0,
    });
    expect(await read(() => html, entries({content: 'Sorry', action: 'ignore'}))).toMatchObject({code: 0});
  });

  test('are ANDed, the first entry whose conditions all hold wins', async () => {
    const actions = entries(
      {status_code: 400, json: {path: 'why', equals: 'y'}, action: 'raise', message: 'first'},
      {status_code: '4xx', content: '"x"', json: {path: 'why', exists: true}, action: 'raise', message: 'second'},
      {status_code: 400, action: 'ignore'},
    );
    expect((await read(() => refuse(400), actions)).errors).toContain('second');
  });

  test.each([
    [
      {status_code: 404, action: 'IGNORE'},
      '[0].action must be one of ignore, stop, retry, raise; did you mean ignore?',
    ],
    [{status_code: 0, action: 'ignore'}, '[0].status_code must be at least 100'],
    [{status_code: '4x', action: 'ignore'}, '[0].status_code must be a status such as 404 or "4xx"'],
    [{status_code: null, action: 'ignore'}, '[0] has no condition: give status_code, content or json'],
    [{content: '', action: 'ignore'}, '[0].content must not be empty'],
    [{json: {path: 'a', equals: 1, exists: true}, action: 'ignore'}, '[0].json needs exactly one of equals and exists'],
    [{json: {path: 'a[?', equals: 1}, action: 'ignore'}, '[0].json.path '],
    [{status_code: [404, 410], action: 'ignore'}, '[0].status_code '],
  ])('%j is an error at its place', (entry, expected) => {
    const found = errorsOf(source({url: 'https://a.example'}, [{name: 'r', endpoint: entries(entry)}]));
    expect(found).toEqual([expect.stringContaining(`resources[0].endpoint.response_actions${expected}`)]);
  });
});

describe('ignore', () => {
  test('drops the records of its page, says so, and the cursor moves with the pages before', async () => {
    const answer = then(json({data: [{id: 2, u: 9}], note: 'partial'}, {status: 404}));
    const done = await read(answer, {...offset, ...entries({content: 'partial', action: 'ignore'})});
    expect([done.code, done.values('id'), done.warnings]).toEqual([0, [1], '']);
    expect(done.notices).toContain('r: status 404 is ignored by response_actions');
    expect(stateOf(done)).toMatchObject({cursor: {u: 5}});
  });

  test('on a first page of any status that §2 does not retry the slice is finished', async () => {
    for (const status of [200, 403, 404, 501]) {
      const done = await read(() => refuse(status), {...links, ...entries({status_code: status, action: 'ignore'})});
      expect([status, done.code, done.warnings]).toEqual([status, 0, '']);
    }
    const full = await read(() => refuse(404), entries({status_code: 404, action: 'ignore'}));
    expect(stateOf(full)).toHaveProperty('done');
  });

  test.each<[string, Reply, Endpoint, number[]]>([
    ['a retried status', refuse(500), offset, [2000, 4000, 8000]],
    ['a 4xx of a type without numbers', refuse(404), links, []],
    ['a 5xx that is not retried, later', refuse(501), offset, []],
    ['a 2xx, later', json({data: [{id: 2, u: 7}], why: 1}), offset, []],
  ])(
    '%s leaves the slice unfinished: rows stay, cursor too, no resume, COMPLETE with a warning',
    async (_, later, how, sleeps) => {
      const done = await read(then(later), {...how, ...entries({content: 'why', action: 'ignore'})});
      expect([done.code, done.values('id'), done.sleeps]).toEqual([0, [1], sleeps]);
      expect(done.warnings).toMatch(
        /^r: .*ignored by response_actions: the rest of the slice is not read, its cursor stays$/m,
      );
      expect(done.messages.statuses('r').at(-1)).toBe('COMPLETE');
      expect(stateOf(done)).toEqual({v: 1});
    },
  );

  test('a rate limit is waited for before it is ignored', async () => {
    const answer: Handler = (_, index) => (index === 0 ? refuse(403, {'retry-after': '9'}) : json([{id: 1}]));
    const done = await read(answer, entries({status_code: 403, action: 'ignore'}));
    expect([done.values('id'), done.sleeps]).toEqual([[1], [9000]]);
  });
});

describe('stop', () => {
  test('ends without retries, and the cursor moves; on the first page it is an error, of a 200 too', async () => {
    const done = await read(then(refuse(429)), {...links, ...entries({status_code: 429, action: 'stop'})});
    expect([done.code, done.values('id'), done.sleeps]).toEqual([0, [1], []]);
    expect(stateOf(done)).toMatchObject({cursor: {u: 5}});
    expect(done.notices).toContain('ended: status 429 stops the walk (response_actions)');
    for (const status of [200, 404]) {
      const first = await read(
        () => refuse(status),
        entries({content: 'x', action: 'stop', message: 'nothing at all'}),
      );
      expect([first.code, types(first)]).toEqual([1, ['config_error']]);
      expect(first.errors).toMatch(/^r: GET http:\S+\/r answered .*nothing at all$/);
    }
  });
});

describe('retry', () => {
  test('goes on as in §2, with the waits that the server names, then it is a transient error with the message', async () => {
    const named = await read((_, index) => (index < 2 ? refuse(404, {'retry-after': '7'}) : json([{id: 1}])), {
      ...entries({status_code: 404, action: 'retry'}),
    });
    expect([named.values('id'), named.sleeps]).toEqual([[1], [7000, 7000]]);
    const given = await read(() => refuse(404), entries({status_code: 404, action: 'retry', message: 'not ready'}));
    expect([types(given), given.sleeps]).toEqual([['transient_error'], [2000, 4000, 8000]]);
    expect(given.errors).toContain('not ready. Given up after 4 tries');
  });
});

describe('raise', () => {
  test.each([
    [404, 'config_error'],
    [200, 'config_error'],
    [429, 'transient_error'],
    [503, 'transient_error'],
  ])('%i is a %s at once', async (status, type) => {
    const done = await read(
      () => refuse(status),
      entries({content: 'why', action: 'raise', message: 'the account is closed'}),
    );
    expect([done.code, types(done), done.sleeps, done.requests.length]).toEqual([1, [type], [], 1]);
    expect(done.errors).toContain('the account is closed');
  });

  test.each([[undefined], [''], [null]])('with the message %j it says where it comes from', async (message) => {
    const {errors} = await read(() => refuse(404), entries({status_code: 404, action: 'raise', message}));
    expect(errors).toMatch(/answered 404: {"why":"x"}\. An entry of response_actions raises it$/);
  });

  test('retry.status_codes come before it', async () => {
    const retry = {status_codes: [404], max_retries: 1};
    const {sleeps, errors} = await read(() => refuse(404), {
      ...entries({status_code: 404, action: 'raise', message: 'gone'}),
      retry,
    });
    expect([sleeps, errors]).toEqual([[2000], expect.stringContaining('gone')]);
  });
});

describe('without an entry', () => {
  test.each([
    [{'retry-after': '9'}, [9000]],
    [{'x-ratelimit-remaining': '0'}, [2000]],
  ])('403 with %j is a rate limit', async (headers, sleeps) => {
    const done = await read((_, index) => (index === 0 ? refuse(403, headers) : json([{id: 1}])));
    expect([done.values('id'), done.sleeps]).toEqual([[1], sleeps]);
  });

  test('403 beside a remaining quota is a refusal', async () => {
    const done = await read(() => refuse(403, {'x-ratelimit-remaining': '5'}));
    expect([types(done), done.sleeps]).toEqual([['config_error'], []]);
  });

  const signs = {data_selector: 'data'};

  test.each<[object, string]>([
    [{ok: false}, '{path: ok, equals: false}'],
    [{success: false}, '{path: success, equals: false}'],
    [{errors: ['x']}, '{path: errors, exists: true}'],
    [{errors: {a: 1}}, '{path: errors, exists: true}'],
    [{error: true}, '{path: error, equals: true}'],
    [{error: 7}, '{path: error, equals: 7}'],
    [{error: 'no "such" field'}, '{path: error, equals: "no \\"such\\" field"}'],
    [{errors: 'long '.repeat(20)}, '{path: errors, exists: true}'],
  ])('a 2xx with %j is an error naming the entry to add', async (body, condition) => {
    const answer = () => json({...body, data: []});
    const {errors} = await read(answer, signs);
    expect(errors).toContain(`response_actions: {json: ${condition}, action: ignore}`);
  });

  test.each([
    [{ok: 0}],
    [{ok: null}],
    [{success: 'false'}],
    [{errors: []}],
    [{errors: {}}],
    [{errors: ''}],
    [{error: null}],
  ])('a 2xx with %j reports nothing', async (body) => {
    expect(await read(() => json({...body, data: []}), signs)).toMatchObject({code: 0, warnings: ''});
  });

  test('the entry that is named does not match pages that are fine', async () => {
    const answer: Handler = ({query}) =>
      query.get('offset') === '0' ? json({error: '', data: [{id: 1}]}) : json({error: 'end', data: []});
    const paginator = {type: 'offset', limit: 1, stop_after_empty_page: true};
    const first = await read(answer, {...signs, paginator});
    const [, path, equals] = /{json: {path: (\w+), equals: ("\w+")}, action: ignore}/.exec(first.errors) ?? [];
    const entry = {json: {path, equals: JSON.parse(equals ?? '')}, action: 'ignore'};
    const second = await read(answer, {...signs, paginator, ...entries(entry)});
    expect(second.values('id')).toEqual([1]);
  });

  test('beside records a warning quotes it once, names the stream once', async () => {
    const {code, warnings} = await read(() => json({ok: false, data: [{id: 1}]}), signs);
    expect(code).toBe(0);
    expect(warnings).toMatch(
      /^r: the answer reports an error in "ok" beside its records: GET http:\S+ answered 200: {"ok":false/,
    );
    const quoted = await read(() => json({errors: ['partial'], data: [{id: 1}]}), signs);
    expect(quoted.warnings).toContain('in "errors" beside its records: ["partial"] (GET http');
  });

  test('within the records it is data', async () => {
    expect(await read(() => json({error: {items: [{id: 1}]}}), {data_selector: 'error.items'})).toMatchObject({
      code: 0,
      warnings: '',
    });
    expect(await read(() => json({id: 1, error: 'x'}), {}, {primary_key: 'id'})).toMatchObject({code: 0, warnings: ''});
    expect((await read(() => json({id: 1, error: 'x'}))).errors).toContain(
      'if this is a record, write data_selector: $',
    );
  });
});
