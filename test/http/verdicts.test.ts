import {gzipSync} from 'node:zlib';
import {describe, expect, test} from 'vitest';
import {compilePath} from '../../src/json/path.js';
import {json, startApi} from '../support/api-server.js';
import {get, running, sending} from './setup.js';

describe('refusals', () => {
  test.each([400, 401, 403, 404, 405, 410, 416, 418, 422])('%i is for the walk to decide', async (status) => {
    await using api = await startApi(() => json({message: 'no'}, {status}));
    const {send} = sending({base: api.url});
    const answer = await send(get(`${api.url}/items`), {signal: running()});
    expect(answer).toMatchObject({status, verdict: 'refused', rows: 0, retryable: false});
    expect(answer.refusal?.failureType).toBe('config_error');
    expect(answer.refusal?.message).toContain(`items: GET ${api.url}/items answered ${status}: {"message":"no"}. `);
    // To ignore missing credentials would be to read nothing.
    expect(answer.refusal?.message.includes(`{status_code: ${status}, action: ignore}`)).toBe(status !== 401);
  });

  test('the first request of a resumed walk is refused before response_actions', async () => {
    await using api = await startApi((request) => ({status: Number(request.path.slice(1))}));
    const actions = [{status: '4xx', action: 'ignore'}] as const;
    const {send} = sending({base: api.url, actions, retry: {maxRetries: 0}});
    const verdict = async (status: number, resumed: boolean) =>
      (await send(get(`${api.url}/${status}`), {signal: running(), resumed})).verdict;
    expect(await verdict(410, true)).toBe('refused');
    expect(await verdict(410, false)).toBe('ignore');
    for (const status of [401, 403, 408, 425, 429]) expect(await verdict(status, true)).toBe('ignore');
  });
});

describe('response_actions', () => {
  test('first match wins, before the defaults', async () => {
    await using api = await startApi({
      '/404': {status: 404},
      '/429': json({code: 'quota'}, {status: 429}),
      '/200': json({data: [{id: 1}], state: 'busy'}),
      '/done': json({data: [{id: 1}], state: 'end'}),
    });
    const {send, refusal, clock} = sending({
      base: api.url,
      selector: 'data',
      retry: {maxRetries: 1},
      actions: [
        {status: '404', action: 'ignore'},
        {status: '429', json: {path: compilePath('code'), equals: 'quota'}, action: 'raise', message: 'no quota left'},
        {json: {path: compilePath('state'), equals: 'busy'}, action: 'retry'},
        {content: '"end"', action: 'stop'},
      ],
    });
    expect(await send(get(`${api.url}/404`), {signal: running()})).toMatchObject({verdict: 'ignore', retryable: false});
    expect(await refusal(get(`${api.url}/429`))).toMatch(/^transient_error: .*429.*no quota left$/);
    expect(clock.sleeps).toEqual([]);
    expect(await refusal(get(`${api.url}/200`))).toMatch(/^transient_error: .*answered 200.*2 tries/);
    expect(clock.sleeps).toEqual([2000]);
    expect(await send(get(`${api.url}/done`), {signal: running()})).toMatchObject({verdict: 'stop', rows: 0});
  });

  test.each([
    [408, 'transient_error'],
    [425, 'transient_error'],
    [429, 'transient_error'],
    [503, 'transient_error'],
    [403, 'config_error'],
    [404, 'config_error'],
    [501, 'config_error'],
    [505, 'config_error'],
  ])('raise of %i is a %s, as the status is without it', async (status, type) => {
    await using api = await startApi(() => ({status}));
    const {refusal, clock} = sending({
      base: api.url,
      actions: [{status: String(status), action: 'raise', message: 'no'}],
    });
    expect(await refusal(get(`${api.url}/items`))).toMatch(
      new RegExp(`^${type}: items: GET .* answered ${status} .*\\. no$`),
    );
    expect(clock.sleeps).toEqual([]);
  });

  test('raise of a 403 that is a rate limit is transient', async () => {
    await using api = await startApi(() => ({status: 403, headers: {'retry-after': '9'}}));
    const {refusal} = sending({base: api.url, actions: [{status: '4xx', action: 'raise'}]});
    expect(await refusal(get(`${api.url}/items`))).toMatch(/^transient_error: .* raises it$/);
  });

  test('ignore of a repeated status comes after its retries and is marked', async () => {
    await using api = await startApi(() => ({status: 503}));
    const {send, clock} = sending({base: api.url, actions: [{status: '5xx', action: 'ignore'}]});
    expect(await send(get(`${api.url}/items`), {signal: running()})).toMatchObject({
      verdict: 'ignore',
      retryable: true,
    });
    expect(clock.sleeps).toEqual([2000, 4000, 8000]);
  });
});

describe('a 2xx that reports an error', () => {
  test.each([
    ['{"ok":false,"error":"invalid_auth"}', 'data', '"ok"', '{path: ok, equals: false}'],
    ['{"success":false,"data":[]}', 'data', '"success"', '{path: success, equals: false}'],
    ['{"errors":[{"message":"bad field"}],"data":null}', 'data.x.nodes', '"errors"', '{path: errors, exists: true}'],
    ['{"error":"boom"}', undefined, '"error"', '{path: error, equals: "boom"}'],
  ])('%s', async (body, selector, name, condition) => {
    await using api = await startApi(() => json(body));
    const text = await sending({base: api.url, ...(selector === undefined ? {} : {selector})}).refusal(
      get(`${api.url}/items`),
    );
    expect(text).toMatch(/^config_error: items: GET/);
    expect(text).toContain(`reports an error in ${name}`);
    expect(text).toContain(`{json: ${condition}, action: ignore}`);
  });

  test('beside records it is a warning that quotes it', async () => {
    await using api = await startApi(() => json({data: [{id: 1}], errors: ['partial']}));
    const answer = await sending({base: api.url, selector: 'data'}).send(get(`${api.url}/items`), {signal: running()});
    expect(answer).toMatchObject({verdict: 'page', rows: 1});
    expect(answer.notes.filter(({level}) => level === 'warn').map(({text}) => text)).toEqual([
      expect.stringMatching(/reports an error in "errors" beside its records: .*partial/),
    ]);
  });

  test.each([
    ['{"data":[],"errors":[],"error":null,"ok":true,"success":true}', 'data', undefined],
    ['{"data":[{"error":"in the record"}],"error":{}}', 'data', undefined],
    ['{"id":1,"error":"a field"}', '$', undefined],
    ['{"id":1,"error":"a field"}', undefined, 'id'],
    ['{"errors":[{"id":1}]}', 'errors', undefined],
    ['[{"ok":false}]', undefined, undefined],
  ])('no error: %s', async (body, selector, key) => {
    await using api = await startApi(() => json(body));
    const answer = await sending({
      base: api.url,
      ...(selector === undefined ? {} : {selector}),
      key: key === undefined ? [] : [compilePath(key)],
    }).send(get(`${api.url}/items`), {signal: running()});
    expect(answer.verdict).toBe('page');
  });
});

test('a selector that misses rows is for the user', async () => {
  await using api = await startApi(() => json({items: [{id: 1}]}));
  expect(await sending({base: api.url, selector: 'dta.rows'}).refusal(get(`${api.url}/items`))).toMatch(
    /^config_error: items: GET .*answered 200: \{"items":\[\{"id":1\}\]\}\. .*items/,
  );
});

test('a body over the limit is for the user, before and after decompression', async () => {
  await using api = await startApi({
    '/long': {body: `[${' '.repeat(2000)}]`},
    '/bomb': {body: gzipSync(Buffer.alloc(50_000_000)), headers: {'content-encoding': 'gzip'}},
    '/nested': {body: gzipSync(gzipSync(Buffer.alloc(5_000_000))), headers: {'content-encoding': 'gzip, gzip'}},
  });
  for (const path of ['/long', '/bomb', '/nested']) {
    const limit = path === '/long' ? 1000 : 100_000;
    const {refusal, clock} = sending({base: api.url, maxBytes: limit});
    expect(await refusal(get(api.url + path))).toMatch(
      new RegExp(`^config_error: items: .*larger than ${limit} bytes.*client.max_response_bytes`),
    );
    expect(clock.sleeps).toEqual([]);
  }
});

test('a message never shows a secret: url, body and connection are redacted, then cut', async () => {
  const secret = 'sEcReT/+=value';
  await using api = await startApi(() => ({
    status: 400,
    body: `${'x'.repeat(195)}${secret} bad ${encodeURIComponent(secret)}`,
  }));
  const {secrets, refusal} = sending({base: api.url});
  secrets.add(secret);
  const text = await refusal(get(`${api.url}/items`, {query: [['note', secret]]}));
  expect(text).toContain(`/items?note=****`);
  expect(text).toContain(`${'x'.repeat(195)}****`);
  expect(text).not.toMatch(/sEcReT/);
});
