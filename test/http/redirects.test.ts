import {describe, expect, test} from 'vitest';
import {apiKey} from '../../src/auth/api-key.js';
import type {Authenticator} from '../../src/http/authenticator.js';
import type {RawAnswer} from '../../src/http/transport.js';
import type {WireRequest} from '../../src/http/wire.js';
import {authContext} from '../auth/context.js';
import {json, type Reply, startApi} from '../support/api-server.js';
import {get, running, type Setting, sending} from './setup.js';

const to = (location: string, status = 302): Reply => ({status, headers: {location}, body: 'moved'});

const key = (location: 'header' | 'query'): Authenticator =>
  apiKey.create({type: 'api_key', name: 'X-Api-Key', api_key: 's3cr3t', location}, authContext());

describe('followed', () => {
  test.each([301, 302, 303, 307, 308])('%i for GET, relative to the request', async (status) => {
    await using api = await startApi({'/v1/a': to('b?x=%20y#top', status), '/v1/b': json([{id: 1}])});
    const {send, attempts, stats} = sending({base: api.url});
    const answer = await send(get(`${api.url}/v1/a`, {query: [['page', '1']]}), {signal: running()});
    expect(answer).toMatchObject({verdict: 'page', rows: 1});
    expect(answer.url.href).toBe(`${api.url}/v1/b?x=%20y`);
    expect(api.requests.map(({target}) => target)).toEqual(['/v1/a?page=1', '/v1/b?x=%20y']);
    expect(attempts.map(({status: seen}) => seen)).toEqual([status, 200]);
    expect(stats).toMatchObject({requests: 2, retries: 0});
  });

  test.each([307, 308])('%i keeps method and body', async (status) => {
    await using api = await startApi({'/a': to('/b', status), '/b': json([])});
    await sending({base: api.url}).send(get(`${api.url}/a`, {method: 'POST', body: {kind: 'text', text: 'x'}}), {
      signal: running(),
    });
    expect(api.requests.map(({method, body}) => [method, body])).toEqual([
      ['POST', 'x'],
      ['POST', 'x'],
    ]);
  });

  test('five in a row, each with a permit of its own and credentials', async () => {
    await using api = await startApi((request) => {
      const hop = Number(request.path.slice(1));
      return hop < 5 ? to(`/${hop + 1}`) : json([]);
    });
    await sending({base: api.url, authenticator: key('header')}).send(get(`${api.url}/0`), {signal: running()});
    expect(api.requests.map(({headers}) => headers['x-api-key'])).toEqual(Array(6).fill('s3cr3t'));
  });
});

describe('not followed', () => {
  test.each([
    ['a POST after 302', {'/a': to('/b')}, 'POST', /answered 302, a redirect and a POST is not repeated after 302/],
    ['without a location', {'/a': {status: 302}}, 'GET', /answered 302, a redirect without saying where to/],
    ['with an empty location', {'/a': to(' ')}, 'GET', /without saying where to/],
    ['to no URL', {'/a': to('http://[')}, 'GET', /to something that is no URL/],
    ['a loop', {'/a': to('/a')}, 'GET', /a redirect again, after 5 redirects already/],
    ['304', {'/a': {status: 304}}, 'GET', /answered 304 without a body/],
  ] as const)('%s', async (_name, routes, method, message) => {
    await using api = await startApi(routes);
    const text = await sending({base: api.url}).refusal(get(`${api.url}/a`, {method}));
    expect(text).toMatch(/^refused: items: /);
    expect(text).toMatch(message);
    expect(api.requests.length).toBeLessThanOrEqual(6);
  });

  test('to another host: nothing is sent there, neither header nor query credentials', async () => {
    await using other = await startApi(() => json([]));
    for (const location of ['header', 'query'] as const) {
      await using api = await startApi(() => to(`${other.url}/steal`));
      const text = await sending({base: api.url, authenticator: key(location)}).refusal(get(`${api.url}/a`));
      expect(text).toMatch(
        new RegExp(`^config_error: items: ${api.url}/a redirects elsewhere: the host 127.0.0.1:${other.port}`),
      );
      expect(text).not.toContain('s3cr3t');
    }
    expect(other.requests).toEqual([]);
  });

  test.each(['javascript:alert(1)', 'file:///etc/passwd'])('to %s', async (location) => {
    await using api = await startApi(() => to(location));
    expect(await sending({base: api.url}).refusal(get(`${api.url}/a`))).toMatch(/neither http nor https/);
  });
});

test('to an allowed host the credentials go along', async () => {
  await using other = await startApi(() => json([]));
  await using api = await startApi(() => to(`http://u:p@127.0.0.1:${other.port}/x`));
  const allowed = [`127.0.0.1:${other.port}`];
  await sending({base: api.url, allowed, authenticator: key('header')}).send(get(`${api.url}/a`), {signal: running()});
  expect(other.requests[0]?.headers).toMatchObject({'x-api-key': 's3cr3t'});
  expect(other.requests[0]?.headers.authorization).toBeUndefined();
});

describe('between http and https', () => {
  /** Answers by URL, without a network: what would be sent is what is looked at. */
  async function walk(setting: Setting, answers: Record<string, string>, headers = {}, secret?: string) {
    const seen: WireRequest[] = [];
    const all = sending(setting);
    if (secret !== undefined) all.secrets.add(secret);
    const transport = (request: WireRequest): Promise<RawAnswer> => {
      seen.push(request);
      const location = answers[request.url.href];
      const answer = location === undefined ? {status: 204} : {status: 302, headers: {location}};
      return Promise.resolve({body: Buffer.alloc(0), ...answer, headers: new Headers(answer.headers ?? {})});
    };
    Object.assign(all.wire, {transport});
    const outcome = await all.refusal(get(`${setting.base}/a`, {headers})).catch(() => 'sent');
    return {urls: seen.map(({url}) => url.href), outcome};
  }

  test('an http link to an https base is upgraded', async () => {
    const {urls} = await walk(
      {base: 'https://a.com', authenticator: key('header')},
      {'https://a.com/a': 'http://a.com/b'},
    );
    expect(urls).toEqual(['https://a.com/a', 'https://a.com/b']);
  });

  test('http to https of one name is followed', async () => {
    const {urls} = await walk(
      {base: 'http://a.com', authenticator: key('query')},
      {'http://a.com/a?X-Api-Key=s3cr3t': 'https://a.com/a'},
    );
    expect(urls).toEqual(['http://a.com/a?X-Api-Key=s3cr3t', 'https://a.com/a?X-Api-Key=s3cr3t']);
  });

  test('credentials never go from https to http, without any it is followed', async () => {
    const answers = {'https://a.com/a': 'http://b.com/x'};
    const base = {base: 'https://a.com', allowed: ['b.com']};
    const refused = /^config_error: items: http:\/\/b.com\/x is plain http, and credentials never go/;
    expect(await walk({...base, authenticator: key('header')}, answers)).toMatchObject({
      urls: ['https://a.com/a'],
      outcome: expect.stringMatching(refused),
    });
    expect(await walk(base, answers, {'x-token': 'from-secrets'}, 'from-secrets')).toMatchObject({
      urls: ['https://a.com/a'],
      outcome: expect.stringMatching(refused),
    });
    expect(await walk(base, answers)).toEqual({urls: ['https://a.com/a', 'http://b.com/x'], outcome: 'sent'});
  });
});
