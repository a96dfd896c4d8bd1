import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {backoff, isRateLimit, namedWait} from '../../src/http/retry-wait.js';
import {defaultRetry} from './setup.js';

const now = Date.UTC(2026, 0, 1);
const wait = (status: number, headers: Record<string, string>): number | undefined =>
  namedWait(status, new Headers(headers), now);

test('our own waits double without jitter, up to max_delay', () => {
  expect([1, 2, 3].map((retry) => backoff(defaultRetry, retry))).toEqual([2000, 4000, 8000]);
  expect(backoff(defaultRetry, 50)).toBe(300_000);
  expect(backoff({...defaultRetry, backoffFactor: 0.5}, 1)).toBe(500);
  expect(backoff({...defaultRetry, backoffFactor: 0}, 3)).toBe(0);
});

describe('Retry-After', () => {
  test.each([
    ['120', 120_000],
    ['1.5', 1500],
    ['0', 1000],
    ['0.01', 1000],
    ['Thu, 01 Jan 2026 00:01:00 GMT', 60_000],
    ['Thursday, 01-Jan-26 00:01:00 GMT', 60_000],
    ['Thu Jan  1 00:01:00 2026', 60_000],
    ['2026-01-01T00:01:00Z', 60_000],
    ['Wed, 31 Dec 2025 00:00:00 GMT', 1000],
    [String(now / 1000 + 90), 90_000],
    [String(now + 90_000), 90_000],
    ['999999999', 999_999_999_000],
    ['60, 60', 60_000],
    ['-5', undefined],
    ['soon', undefined],
    ['5 apples', undefined],
    ['apples 5 10:00', undefined],
    ['1e3', undefined],
    ['NaN', undefined],
    ['Infinity', undefined],
    ['', undefined],
  ])('%s', (value, expected) => {
    for (const status of [429, 503, 403]) expect(wait(status, {'retry-after': value})).toBe(expected);
  });

  test('a date is by the clock of the server', () => {
    const headers = {date: 'Wed, 31 Dec 2025 23:00:00 GMT', 'retry-after': 'Wed, 31 Dec 2025 23:00:30 GMT'};
    expect(wait(503, headers)).toBe(30_000);
    expect(wait(503, {...headers, date: 'Thu, 01 Jan 1970 00:00:00 GMT'})).toBe(1000);
  });

  test('comes before reset headers, and ms before it', () => {
    expect(wait(429, {'retry-after': '3', 'x-ratelimit-reset': '9'})).toBe(3000);
    expect(wait(429, {'retry-after': 'garbage', 'x-ratelimit-reset': '9'})).toBe(9000);
    expect(wait(429, {'retry-after-ms': '2500', 'retry-after': '3'})).toBe(2500);
  });
});

describe('reset headers', () => {
  test.each(['RateLimit-Reset', 'X-RateLimit-Reset', 'X-Rate-Limit-Reset', 'X-RateLimit-Reset-After'])('%s', (name) => {
    expect(wait(429, {[name]: '7'})).toBe(7000);
    expect(wait(429, {[name]: String(now / 1000 + 20)})).toBe(20_000);
    expect(wait(429, {[name]: '2026-01-01T00:00:15Z'})).toBe(15_000);
    expect(wait(503, {[name]: '7'})).toBeUndefined();
    expect(wait(503, {[name]: '7', 'x-ratelimit-remaining': '0'})).toBe(7000);
    expect(wait(503, {[name]: '7', 'x-ratelimit-remaining': '1'})).toBeUndefined();
  });
});

test('a 403 is a rate limit with Retry-After or a remaining quota of 0', () => {
  expect(isRateLimit(new Headers({'retry-after': '1'}))).toBe(true);
  expect(isRateLimit(new Headers({'x-rate-limit-remaining': '0'}))).toBe(true);
  expect(isRateLimit(new Headers({'ratelimit-remaining': '0, 0'}))).toBe(true);
  expect(isRateLimit(new Headers({'ratelimit-remaining': '5'}))).toBe(false);
  expect(isRateLimit(new Headers({'ratelimit-remaining': ''}))).toBe(false);
});

test('whatever a header says, a wait is a finite number of at least a second', () => {
  fc.assert(
    fc.property(fc.string({unit: fc.constantFrom(...'0123456789.-+eE:,; GMTJanZ')}), (value) => {
      const ms = wait(429, {'retry-after': value, 'x-ratelimit-reset': value});
      expect(ms === undefined || (Number.isFinite(ms) && ms >= 1000)).toBe(true);
    }),
  );
});
