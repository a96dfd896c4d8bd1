import {describe, expect, test} from 'vitest';
import {createHosts, type Hosts} from '../../src/http/hosts.js';
import {isPrivateAddress, publicLookup} from '../../src/http/private-address.js';
import type {Note} from '../../src/log.js';
import {json, startApi} from '../support/api-server.js';
import {get, sending} from './setup.js';

function hosts(bases: readonly string[], allowed: readonly string[] = [], cloud = false): Hosts & {notes: Note[]} {
  const notes: Note[] = [];
  const all = createHosts({allowed, cloud, note: (note) => notes.push(note)});
  for (const base of bases) all.allow(base);
  return {...all, notes};
}

describe('allowed hosts', () => {
  test.each([
    [['https://api.example.com/v1'], [], 'https://api.example.com/v2?x=1', true],
    [['https://api.example.com'], [], 'https://API.example.com:443/', true],
    [['https://api.example.com'], [], 'https://api.example.com:8443/', false],
    [['https://api.example.com'], [], 'https://example.com/', false],
    [['https://api.example.com'], [], 'https://api.example.com.evil.com/', false],
    [['https://api.example.com'], [], 'https://api.example.com@evil.com/', false],
    [['https://api.example.com'], [], 'https://evil.com\\@api.example.com/', false],
    [['http://127.0.0.1:8080'], [], 'http://127.0.0.1:8080/x', true],
    [['http://127.0.0.1:8080'], [], 'http://127.0.0.1:8081/x', false],
    [['https://a.com'], ['b.com'], 'https://b.com/x', true],
    [['https://a.com'], ['b.com'], 'https://b.com:444/x', false],
    [['https://a.com'], ['b.com:444'], 'https://b.com:444/x', true],
    [['https://a.com'], ['b.com:443'], 'https://b.com/x', true],
    [['https://a.com'], ['*.b.com'], 'https://x.y.b.com/', true],
    [['https://a.com'], ['*.b.com'], 'https://b.com/', false],
    [['https://a.com'], ['*.b.com'], 'https://evilb.com/', false],
    [['https://a.com'], ['*.b.com:8443'], 'https://x.b.com:8443/', true],
    [['https://a.com'], ['[::1]:80'], 'http://[::1]/', true],
    [['https://a.com'], ['bücher.example'], 'https://xn--bcher-kva.example/', true],
    [['https://a.com', 'https://c.com/x'], [], 'https://c.com/y', true],
    [['http://a.com'], [], 'https://a.com/x', true],
    [['http://a.com:8080'], [], 'https://a.com/x', false],
  ])('%j %j %s: %s', (bases, allowed, url, ok) => {
    const check = () => hosts(bases, allowed).check(url);
    if (ok) expect(check()).toBe(url);
    else expect(check).toThrow(/is not one of the configuration.*client.allowed_hosts/);
  });

  test.each([
    ['https://a.com/v1', 'http://a.com/v2?x=%20y#f', 'https://a.com/v2?x=%20y#f'],
    ['https://a.com:8443/v1', 'http://a.com:80/v2', 'https://a.com:8443/v2'],
    ['https://a.com/v1', 'HTTP://a.com', 'https://a.com'],
  ])('%s upgrades %s', (base, url, upgraded) => {
    const all = hosts([base]);
    expect(all.check(url)).toBe(upgraded);
    expect(all.notes).toMatchObject([{level: 'info', text: expect.stringContaining('is requested in its place')}]);
  });

  test('http on another port is not upgraded, and what http was configured stays', () => {
    expect(() => hosts(['https://a.com']).check('http://a.com:8080/')).toThrow(/a\.com:8080/);
    expect(hosts(['https://a.com', 'http://a.com']).check('http://a.com/x')).toBe('http://a.com/x');
  });

  test.each(['ftp://a.com/', 'file:///etc/passwd', 'data:text/plain,x'])('%s is never requested', (url) => {
    expect(() => hosts(['https://a.com']).check(url)).toThrow(/neither http nor https/);
  });

  test.each(['https://b.com', 'b.com/x', '*', 'a b', '', '*.*.com', 'b.com:x', 'u@b.com'])(
    '"%s" is no host',
    (entry) => {
      expect(() => hosts([], [entry])).toThrow(/client.allowed_hosts: .* is no host/);
    },
  );

  test('downgrades', () => {
    const all = hosts(['https://a.com'], ['b.com']);
    expect(all.isDowngrade('http://b.com/', undefined)).toBe(true);
    expect(all.isDowngrade('https://b.com/', undefined)).toBe(false);
    const plain = hosts(['http://a.com'], ['b.com']);
    expect(plain.isDowngrade('http://a.com/', undefined)).toBe(false);
    expect(plain.isDowngrade('http://b.com/', undefined)).toBe(false);
    expect(plain.isDowngrade('http://a.com/', 'https://a.com/')).toBe(true);
  });
});

describe('in the cloud', () => {
  test.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.100.100.200',
    '0.0.0.0',
    '224.0.0.1',
    '::1',
    '[::1]',
    '::',
    'fd00:ec2::254',
    'fe80::1',
    'fe80::1%eth0',
    '::ffff:10.0.0.1',
    '::ffff:7f00:1',
    '64:ff9b::a00:1',
    '2002:7f00:1::',
    '2001:0:7f00:1::',
    '::7f00:1',
    '::ffff:0:7f00:1',
  ])('%s is private', (address) => {
    expect(isPrivateAddress(address)).toBe(true);
  });

  test.each(['8.8.8.8', '172.32.0.1', '2606:4700::1111', '::ffff:8.8.8.8', 'example.com', 'localhost'])(
    '%s is not',
    (address) => {
      expect(isPrivateAddress(address)).toBe(false);
    },
  );

  test.each([
    ['http://a.com/', /use https/],
    ['https://127.0.0.1/', /private address/],
    ['https://2130706433/', /private address/],
    ['https://0x7f.1/', /private address/],
    ['https://[::ffff:127.0.0.1]/', /private address/],
    ['https://localhost/', /private address/],
  ])('%s is refused', (url, message) => {
    expect(() => hosts([url], [], true).check(url)).toThrow(message);
  });

  test('a name is judged by the addresses that are connected to', async () => {
    const resolved = (addresses: readonly string[]) =>
      new Promise<string>((resolve) => {
        const lookup = publicLookup([], (_host, _options, callback) =>
          callback(
            null,
            addresses.map((address) => ({address, family: address.includes(':') ? 6 : 4})),
          ),
        );
        lookup('name', {all: true}, (error, found) =>
          resolve(error === null ? JSON.stringify(found) : String(error.code)),
        );
      });
    expect(await resolved(['8.8.8.8', '10.0.0.1'])).toBe('ERR_PRIVATE_ADDRESS');
    expect(await resolved(['::ffff:169.254.169.254'])).toBe('ERR_PRIVATE_ADDRESS');
    expect(await resolved(['8.8.8.8'])).toBe('[{"address":"8.8.8.8","family":4}]');
  });

  test('the connection itself is refused, and not repeated', async () => {
    await using api = await startApi(() => json([]));
    const {transport, clock} = {...sending({base: api.url, cloud: true}).wire};
    const options = {
      signal: new AbortController().signal,
      timeout: 5000,
      totalTimeout: 1000,
      maxBytes: 1000,
      share: {take: () => true, grow: () => Promise.resolve(), close: () => undefined},
    };
    const request = {method: 'GET', url: new URL(`http://localhost:${api.port}/`), headers: {}, body: undefined};
    await expect(transport(request, options)).rejects.toMatchObject({
      kind: 'address',
      message: /private address.*cloud/,
    });
    expect(api.requests).toEqual([]);
    expect(clock.now()).toBeGreaterThan(0);
    expect(await sending({base: api.url, cloud: true}).refusal(get(api.url))).toMatch(
      /^config_error: items: http:.*use https/,
    );
  });
});
