import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {parseFormat} from '../../src/stream/formats.js';
import {compareInstants, parseTime} from '../../src/stream/times.js';
import type {Instant} from '../../src/stream/value.js';

const time = (text: string): Instant => {
  const instant = parseTime(text);
  if (instant === undefined) throw new Error(text);
  return instant;
};

const print = (spec: Parameters<typeof parseFormat>[0], text: string) =>
  parseFormat(spec, 'convert').print({json: text, time: time(text)});

const instants = fc
  .tuple(fc.integer({min: -10_000_000_000_000, max: 200_000_000_000_000}), fc.stringMatching(/^(\d{0,8}[1-9])?$/))
  .map(([ms, beyond]): Instant => ({ms, beyond}));

describe('names and patterns', () => {
  test.each([
    ['epoch_seconds', '2026-01-31T09:30:00.999Z', 1769851800],
    ['epoch_ms', '2026-01-31T09:30:00.9999Z', 1769851800999],
    ['epoch_seconds', '1969-12-31T23:59:59.500Z', -1],
    ['iso8601', '2026-01-31T09:30:00Z', '2026-01-31T09:30:00Z'],
    ['iso8601', '2026-01-31T11:30:00.120+02:00', '2026-01-31T09:30:00.120Z'],
    ['iso_date', '2026-01-31T23:59:59Z', '2026-01-31'],
    ['%Y-%m-%dT%H:%M:%S.%fZ', '2026-01-31T09:30:00.123456789Z', '2026-01-31T09:30:00.123456Z'],
    ['%Y-%m-%dT%H:%M:%S%z', '2026-01-31T09:30:00Z', '2026-01-31T09:30:00+0000'],
    ['%d/%m/%Y %H:%M', '2026-01-31T09:30:00Z', '31/01/2026 09:30'],
    ['%s', '2026-01-31T09:30:00Z', 1769851800],
    ['%ms', '2026-01-31T09:30:00.5Z', 1769851800500],
    ['%Y-%m-%dT%H:%M:%S.%_msZ', '2026-01-31T09:30:00.5Z', '2026-01-31T09:30:00.500Z'],
    ['%b %-d, %y %I:%M %p', '2026-01-02T00:05:00Z', 'Jan 2, 26 12:05 AM'],
    ['%F %T', '2026-01-31T09:30:00Z', '2026-01-31 09:30:00'],
    ['%j/%Y 100%%', '2026-02-01T09:30:00Z', '032/2026 100%'],
  ])('%s prints %s as %j', (format, text, expected) => {
    expect(print(format, text)).toBe(expected);
  });

  test.each([
    'epoch_seconds',
    'epoch_ms',
    'iso8601',
    'iso_date',
    '%Y-%m-%dT%H:%M:%S.%fZ',
    '%d/%m/%Y %H:%M',
    '%ms',
    '%B %d %Y %I:%M:%S %p',
    '%j %Y',
  ])('%s: what is printed is read as the same or an earlier instant, and printed alike', (name) => {
    const format = parseFormat(name, 'convert');
    fc.assert(
      fc.property(instants, (instant) => {
        if (instant.ms < -2_000_000_000_000) return;
        const text = format.print({json: null, time: instant});
        const back = format.parse(text);
        expect(back).toBeDefined();
        if (back === undefined) return;
        expect(compareInstants(back, instant)).toBeLessThanOrEqual(0);
        expect(format.print({json: null, time: back})).toEqual(text);
        expect(format.floor(instant)).toEqual(back);
      }),
      {numRuns: 100},
    );
  });

  test.each([
    ['%Q', /"%Q".*there are/],
    ['isodate', /no format "isodate"/],
    ['', /no format/],
  ])('%j is refused', (format, message) => {
    expect(() => parseFormat(format, 'resources[0].endpoint.incremental.convert')).toThrow(message);
  });

  test('another key, type or zone is refused', () => {
    expect(() => parseFormat({too: 'x'}, 'convert')).toThrow(/convert.too/);
    expect(() => parseFormat(7, 'convert')).toThrow(/convert/);
    expect(() => parseFormat({to: '%Y', tz: 'Mars/Base'}, 'convert')).toThrow(/no time zone "Mars\/Base"/);
    expect(() => parseFormat({to: '%Y', plus: 5}, 'convert')).toThrow(/PT1S/);
  });

  test('a value that is no time names the way out', () => {
    expect(() => parseFormat('epoch_ms', 'convert').print({json: 'soon'})).toThrow(/cursor_format/);
  });
});

describe('{from, to, tz, plus}', () => {
  test('reads one spelling and writes another', () => {
    const format = parseFormat({from: '%d.%m.%Y', to: 'epoch_seconds', plus: 'PT1S'}, 'convert');
    expect(format.print({json: '31.01.2026'})).toBe(1769817601);
    const back = parseFormat({to: 'iso8601', plus: '-P1D'}, 'convert');
    expect(back.print({json: '2026-03-01', time: time('2026-03-01')})).toBe('2026-02-28T00:00:00Z');
  });

  const jira = {to: '%Y-%m-%d %H:%M', tz: 'Europe/Berlin'};

  test.each([
    ['2026-07-01T10:00:00Z', '2026-07-01 12:00'],
    ['2026-01-01T10:00:59Z', '2026-01-01 11:00'],
    // The clock shows 02:30 twice: both are sent as the hour before.
    ['2025-10-26T00:30:00Z', '2025-10-26 01:30'],
    ['2025-10-26T01:30:00Z', '2025-10-26 01:30'],
    ['2025-10-26T02:30:00Z', '2025-10-26 03:30'],
  ])('%s in Berlin is %s', (text, expected) => {
    expect(print(jira, text)).toBe(expected);
  });

  test('whatever the zone, what is sent is not after what is meant', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(
          'Europe/Berlin',
          'America/New_York',
          'Australia/Lord_Howe',
          'Asia/Kolkata',
          'Pacific/Apia',
          'UTC',
        ),
        fc.integer({min: 0, max: 2_000_000_000}),
        (tz, seconds) => {
          const format = parseFormat({to: '%Y-%m-%d %H:%M', tz}, 'convert');
          const instant = {ms: seconds * 1000, beyond: ''};
          const floor = format.floor(instant);
          expect(compareInstants(floor, instant)).toBeLessThanOrEqual(0);
          expect(instant.ms - floor.ms).toBeLessThan(3 * 3_600_000);
          expect(format.print({json: null, time: floor})).toBe(format.print({json: null, time: instant}));
        },
      ),
      {numRuns: 60},
    );
  });

  test('as cursor_format a local time is read in its zone', () => {
    const format = parseFormat({from: '%d/%m/%Y %H:%M', tz: 'Europe/Berlin'}, 'cursor_format');
    expect(format.parse('01/07/2026 12:00')).toEqual(time('2026-07-01T10:00:00Z'));
    expect(format.parse('2026-07-01')).toBeUndefined();
  });
});
