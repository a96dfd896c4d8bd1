import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {displayUrl, formText, joinUrl, withQuery} from '../../src/http/url.js';
import {toWire} from '../../src/http/wire.js';
import {parseExact} from '../../src/json/exact.js';
import {startApi} from '../support/api-server.js';
import {get, running, sending} from './setup.js';

describe('joinUrl', () => {
  test.each([
    ['https://a.com', 'posts', 'https://a.com/posts'],
    ['https://a.com/', '/posts', 'https://a.com/posts'],
    ['https://a.com/v1', 'posts', 'https://a.com/v1/posts'],
    ['https://a.com/v1/', '/posts/', 'https://a.com/v1/posts/'],
    ['https://a.com/v1/', '', 'https://a.com/v1/'],
    ['', 'https://a.com/x', 'https://a.com/x'],
    ['https://a.com/v1', 'https://b.com/x?y=1', 'https://b.com/x?y=1'],
    ['https://a.com/v1', '//evil.com/x', 'https://a.com/v1/evil.com/x'],
    ['https://a.com', 'projects:search', 'https://a.com/projects:search'],
    ['https://a.com', '@evil.com/', 'https://a.com/@evil.com/'],
    ['https://a.com/v1', 'x?page=1', 'https://a.com/v1/x?page=1'],
    ['https://a.com/v1?key=1', 'x', 'https://a.com/v1/x?key=1'],
    ['https://a.com/v1?key=1', 'x?page=%5B', 'https://a.com/v1/x?key=1&page=%5B'],
    ['https://a.com/v1?key=1', '', 'https://a.com/v1?key=1'],
    ['https://a.com/v1', '?page=1', 'https://a.com/v1?page=1'],
    ['https://a.com/v1', 'a/../b', 'https://a.com/v1/a/../b'],
    ['https://a.com/v1', 'x?next=../y', 'https://a.com/v1/x?next=../y'],
  ])('%s + %s', (base, path, expected) => {
    expect(joinUrl(base, path)).toBe(expected);
  });

  test.each(['../x', 'a/../../x', '%2e%2e/x', '.%2E/x', '..', '..\\x', 'a/%2e%2e/%2e%2e/admin'])(
    '%s does not leave the base',
    (path) => {
      expect(() => joinUrl('https://a.com/v1', path)).toThrow(/leads out of base_url https:\/\/a.com\/v1/);
    },
  );

  test('no path leads to another host', () => {
    fc.assert(
      fc.property(fc.string({unit: fc.constantFrom('/', '\\', '.', '@', ':', '?', '#', 'a', '%2e', '\t')}), (path) => {
        let joined: string;
        try {
          joined = joinUrl('https://api.example.com/v1', path);
        } catch {
          return;
        }
        expect(new URL(joined).host).toBe('api.example.com');
        expect(new URL(joined).pathname).toMatch(/^\/v1(\/|$)/);
      }),
      {numRuns: 2000},
    );
  });
});

test('the own query of a url is sent byte for byte, further parameters are encoded once', async () => {
  await using api = await startApi({'/x': {status: 204}});
  const {send} = sending({base: api.url});
  const own = 'page%5Bsize%5D=1&t=a%2Bb&q=1+2&sig=A%2f%2F&empty=&flag';
  await send(
    get(`${api.url}/x?${own}#part`, {
      query: [
        ['page[size]', '100%25'],
        ['$filter', "a eq 'b'"],
        ['DateSent>=', '2024-01-01T00:00:00+02:00'],
        ['é', '\ud800'],
      ],
    }),
    {signal: running()},
  );
  const added = 'page%5Bsize%5D=100%2525&%24filter=a%20eq%20%27b%27&DateSent%3E%3D=2024-01-01T00%3A00%3A00%2B02%3A00';
  expect(api.requests[0]?.target).toBe(`/x?${own}&${added}&%C3%A9=%EF%BF%BD`);
});

test('a form is encoded as browsers do', () => {
  expect(
    formText([
      ['a b', 'c+d'],
      ['e', 'é&='],
    ]),
  ).toBe('a+b=c%2Bd&e=%C3%A9%26%3D');
});

test('displayUrl hides user, password and credentials', () => {
  expect(displayUrl('https://me:pw@a.com/x?api_key=s&page=1&API_KEY=t#f', ['api_key'])).toBe(
    'https://a.com/x?page=1&API_KEY=t',
  );
  expect(withQuery('https://a.com/x?', [['a', '1']])).toBe('https://a.com/x?a=1');
});

describe('what goes over the wire', () => {
  test('bodies, content types, accept', async () => {
    await using api = await startApi(() => ({status: 204}));
    const {send} = sending({base: api.url});
    const bodies = [
      {kind: 'json', value: parseExact('{"id":12345678901234567890,"n":null}')},
      {kind: 'json', value: {}},
      {kind: 'form', pairs: [['a', '1 2']]},
      {kind: 'form', pairs: []},
      {kind: 'text', text: 'rohtext ü'},
    ] as const;
    for (const body of bodies) await send(get(api.url, {method: 'POST', body}), {signal: running()});
    await send(get(api.url, {method: 'POST'}), {signal: running()});
    await send(
      get(api.url, {
        body: {kind: 'json', value: {a: 1}},
        headers: {'content-type': 'application/x', accept: 'text/csv'},
      }),
      {
        signal: running(),
      },
    );
    expect(api.requests.map(({body, headers}) => [body, headers['content-type'], headers.accept])).toEqual([
      ['{"id":12345678901234567890,"n":null}', 'application/json', 'application/json'],
      ['{}', 'application/json', 'application/json'],
      ['a=1+2', 'application/x-www-form-urlencoded', 'application/json'],
      ['', undefined, 'application/json'],
      ['rohtext ü', undefined, 'application/json'],
      ['', undefined, 'application/json'],
      ['{"a":1}', 'application/x', 'text/csv'],
    ]);
    expect(api.requests.every(({headers}) => headers['user-agent'] === 'source-rest-api/test')).toBe(true);
    expect(api.requests[0]?.headers['accept-encoding']).toBe('gzip, deflate, br');
    expect(api.requests[6]?.method).toBe('GET');
  });

  test.each([
    ['x-key', 'abc\r\nx-evil: 1', /header x-key holds the character U\+000D/],
    ['x-key', 'abc\n', /U\+000A/],
    ['x-key', 'a\u0000b', /U\+0000/],
    ['x-key', 'snow ☃', /U\+2603/],
    ['x key', 'a', /"x key" is no header name/],
    ['', 'a', /no header name/],
  ])('header %s is refused before anything is sent', async (name, value, message) => {
    await using api = await startApi(() => ({status: 204}));
    const text = await sending({base: api.url}).refusal(get(api.url, {headers: {[name]: value}}));
    expect(text).toMatch(message);
    expect(text).toMatch(/^config_error: items: /);
    expect(text).not.toContain('abc');
    expect(api.requests).toEqual([]);
  });

  test('user and password of a url become Basic, unless there is an authorization', () => {
    const {url, headers} = toWire(get('https://me%40x:p%3Aw@a.com/x'));
    expect(url.href).toBe('https://a.com/x');
    expect(headers['authorization']).toBe(`Basic ${Buffer.from('me@x:p:w').toString('base64')}`);
    expect(toWire(get('https://me:pw@a.com/', {headers: {authorization: 'Bearer t'}})).headers['authorization']).toBe(
      'Bearer t',
    );
  });

  test('what is no URL is a config_error', async () => {
    expect(await sending({base: 'https://a.com'}).refusal(get('nonsense'))).toMatch(
      /^config_error: items: "nonsense" is no URL/,
    );
  });
});
