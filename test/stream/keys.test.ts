import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {compareDecimals, parseDecimal} from '../../src/stream/decimal.js';
import {
  compareKeys,
  emptyKey,
  keyOfInstant,
  readEpoch,
  readNumberText,
  readTimeText,
  type SortKey,
} from '../../src/stream/keys.js';
import {compareInstants, parseTime, spellTime} from '../../src/stream/times.js';

function keyFrom(json: string, read: typeof readNumberText): SortKey | undefined {
  const bytes = Buffer.from(`  ${json}  `);
  const key = emptyKey();
  return read(bytes, 2, bytes.length - 2, key) ? key : undefined;
}

const numbers = fc.oneof(
  fc.integer().map(String),
  fc.double({noNaN: true, noDefaultInfinity: true}).map(String),
  fc
    .tuple(fc.boolean(), fc.stringMatching(/^(0|[1-9]\d{0,25})$/), fc.stringMatching(/^(\.\d{1,20})?$/))
    .map(([minus, whole, rest]) => `${minus ? '-' : ''}${whole}${rest}`),
);

const clocks = fc
  .tuple(
    fc.integer({min: 1900, max: 2100}),
    fc.integer({min: 1, max: 12}),
    fc.integer({min: 1, max: 31}),
    fc.integer({min: 0, max: 23}),
    fc.integer({min: 0, max: 59}),
    fc.stringMatching(/^(\.\d{1,22})?$/),
    fc.constantFrom('Z', '', '+00:00', '+0530', '-08:00', ' UTC', '+02'),
    fc.constantFrom('T', ' '),
  )
  .map(([y, mo, d, h, mi, fraction, offset, sep]) => {
    const two = (value: number) => String(value).padStart(2, '0');
    return `${y}-${two(mo)}-${two(d)}${sep}${two(h)}:${two(mi)}:${two(mi)}${fraction}${offset}`;
  });

describe('keys', () => {
  test('numbers are in the order of their decimals', () => {
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        const keyA = keyFrom(a, readNumberText);
        const keyB = keyFrom(`"${b}"`, readNumberText);
        const decimalA = parseDecimal(a);
        const decimalB = parseDecimal(b);
        if (keyA === undefined || keyB === undefined || decimalA === undefined || decimalB === undefined)
          throw new Error(`${a} ${b}`);
        expect(Math.sign(compareKeys('number', keyA, keyB))).toBe(compareDecimals(decimalA, decimalB));
        expect(Math.sign(compareKeys('number', keyB, keyA))).toBe(compareDecimals(decimalB, decimalA));
      }),
      {numRuns: 500},
    );
  });

  test('times are read from bytes as from text, and are in the order of their instants', () => {
    fc.assert(
      fc.property(clocks, clocks, (a, b) => {
        const instants = [parseTime(a), parseTime(b)] as const;
        const keys = [keyFrom(`"${a}"`, readTimeText), keyFrom(`"${b}"`, readTimeText)] as const;
        expect(keys[0] === undefined).toBe(instants[0] === undefined);
        if (instants[0] === undefined || instants[1] === undefined || keys[0] === undefined || keys[1] === undefined)
          return;
        expect(keys[0]).toEqual(keyOfInstant(instants[0]));
        expect(Math.sign(compareKeys('time', keys[0], keys[1]))).toBe(
          Math.sign(compareInstants(instants[0], instants[1])),
        );
      }),
      {numRuns: 500},
    );
  });

  test.each([
    ['1767225600', 's', '2026-01-01T00:00:00Z'],
    ['1767225600.1234567', 's', '2026-01-01T00:00:00.1234567Z'],
    ['"1767225600"', 's', '2026-01-01T00:00:00Z'],
    ['1767225600123', 'ms', '2026-01-01T00:00:00.123Z'],
    ['1.7672256E12', 'ms', '2026-01-01T00:00:00Z'],
    ['-0.5', 's', '1969-12-31T23:59:59.500Z'],
    ['-1.0000001', 's', '1969-12-31T23:59:58.9999999Z'],
  ] as const)('epoch %s in %s is %s', (json, unit, text) => {
    const instant = parseTime(text);
    const key = keyFrom(json, (bytes, start, end, into) => readEpoch(bytes, start, end, unit, into));
    expect(key).toEqual(instant && keyOfInstant(instant));
  });

  test.each([
    '0000-00-00',
    '0000-00-00 00:00:00',
    '0001-01-01T00:00:00',
    '2026-02-30',
    '2026-13-01',
    '2026-01-01T25:00:00',
    'x',
    '2026-1-1',
  ])('%s is no time', (text) => {
    expect(parseTime(text)).toBeUndefined();
    expect(keyFrom(`"${text}"`, readTimeText)).toBeUndefined();
  });
});

describe('spelling', () => {
  test('an instant spelled like its own text is that text', () => {
    fc.assert(
      fc.property(clocks, (text) => {
        const instant = parseTime(text);
        if (instant !== undefined) expect(spellTime(instant, text)).toBe(text);
      }),
      {numRuns: 300},
    );
  });

  test.each([
    ['2026-01-31T09:30:15.987654Z', '2020-01-01', '2026-01-31'],
    ['2026-01-31T09:30:15.987654Z', '2020-01-01T00:00', '2026-01-31T09:30'],
    ['2026-01-31T09:30:15.987654Z', '2020-01-01 00:00:00.000+01:00', '2026-01-31 10:30:15.987+01:00'],
    ['2026-01-31T09:30:15.987654Z', '20200101T000000Z', '20260131T093015Z'],
  ])('%s like %s is %s', (text, example, expected) => {
    const instant = parseTime(text);
    expect(instant && spellTime(instant, example)).toBe(expected);
  });
});
