import {describe, expect, test} from 'vitest';
import {json, startApi} from '../support/api-server.js';
import {get, running, sending} from './setup.js';

// Both ways send the same request and read the same answer.
describe.each([
  ['direct', true],
  ['by axios, for proxies', false],
])('%s', (_name, direct) => {
  test.each(['GET', 'POST', 'PUT', 'PATCH'] as const)('%s without a body and with one', async (method) => {
    await using api = await startApi(() => json([{id: 1}]));
    const {send} = sending({base: api.url, direct});
    await send(get(`${api.url}/a%20b?x=1`, {method}), {signal: running()});
    await send(get(api.url, {method, body: {kind: 'text', text: 'grüße'}}), {signal: running()});
    const [bare, full] = api.requests;
    expect(bare).toMatchObject({method, target: '/a%20b?x=1', body: ''});
    expect(bare?.headers['content-type']).toBeUndefined();
    expect(bare?.headers['transfer-encoding']).toBeUndefined();
    expect(full).toMatchObject({method, body: 'grüße'});
    expect(full?.headers['content-length']).toBe('7');
  });

  test('headers of the configuration win over ours in any case', async () => {
    await using api = await startApi(() => json([{id: 1}]));
    await sending({base: api.url, direct}).send(get(api.url, {headers: {'User-Agent': 'mine'}}), {signal: running()});
    const {headers} = api.requests[0] ?? {};
    expect(headers).toMatchObject({
      'user-agent': 'mine',
      'accept-encoding': 'gzip, deflate, br',
      connection: 'keep-alive',
    });
  });

  test('repeated headers of an answer are joined', async () => {
    await using api = await startApi(() => json([{id: 1}], {headers: {link: ['<a>; rel="prev"', '<b>; rel="next"']}}));
    const answer = await sending({base: api.url, direct}).send(get(api.url), {signal: running()});
    expect(answer.headers.get('link')).toBe('<a>; rel="prev", <b>; rel="next"');
  });

  test('an abort before the head and within the body ends with the reason of the signal', async () => {
    async function* never(): AsyncGenerator<string> {
      yield '[{"id":';
      await new Promise(() => undefined);
    }
    for (const reply of [() => new Promise<never>(() => undefined), () => ({body: never()})]) {
      await using api = await startApi(reply);
      const controller = new AbortController();
      const sent = sending({base: api.url, direct}).send(get(api.url), {signal: controller.signal});
      await expect.poll(() => api.requests.length).toBe(1);
      controller.abort(new Error('enough'));
      await expect(sent).rejects.toThrow('enough');
    }
  });

  test('a refused connection is a transient error', async () => {
    const api = await startApi(() => json([]));
    await api.close();
    expect(await sending({base: api.url, direct}).refusal(get(api.url))).toMatch(/^transient_error: .*ECONNREFUSED/);
  });
});

test('an answer with 40 kB of headers is read', async () => {
  const cookies = Object.fromEntries(Array.from({length: 10}, (_, index) => [`x-policy-${index}`, 'a'.repeat(4_000)]));
  await using api = await startApi(() => json([{id: 1}], {headers: cookies}));
  expect(await sending({base: api.url, direct: true}).send(get(api.url), {signal: running()})).toMatchObject({rows: 1});
});
