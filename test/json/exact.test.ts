import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {compareNumbers, ExactNumber, numberText, parseExact, printExact} from '../../src/json/exact.js';
import {JsonSyntaxError} from '../../src/json/syntax-error.js';
import {jsonText} from '../../src/json/text.js';
import {documents} from './documents.js';

describe('parseExact and printExact', () => {
  test('keep every value and every number as written', () => {
    fc.assert(
      fc.property(documents, (text) => {
        const value = parseExact(text);
        expect(JSON.parse(printExact(value))).toEqual(JSON.parse(text));
        expect(printExact(parseExact(jsonText(text)))).toBe(printExact(value));
        expect(printExact(parseExact(printExact(value)))).toBe(printExact(value));
      }),
      {numRuns: 1000},
    );
  });

  test.each(['1.0', '1e3', '-0', '1.10', '9007199254740993', '1e400', '123456789012345678901234567890', '0.1e1'])(
    '%s is an exact number',
    (text) => {
      expect(parseExact(text)).toEqual(new ExactNumber(text));
      expect(printExact(parseExact(`{"a":[ ${text} ]}`))).toBe(`{"a":[${text}]}`);
    },
  );

  test.each(['1', '-1', '0', '1.5', '9007199254740991', '1e+21', '5e-324'])('%s is a number', (text) => {
    expect(parseExact(text)).toBe(Number(text));
    expect(printExact(Number(text))).toBe(text);
  });

  test('objects have no prototype and take the last of duplicate keys', () => {
    const value = parseExact('{"__proto__":{"x":1},"a":1,"\\u0061":{"b":2}}');
    expect(Object.getPrototypeOf(value)).toBeNull();
    expect(printExact(value)).toBe('{"__proto__":{"x":1},"a":{"b":2}}');
  });

  test('what JSON cannot spell is written as null, strings always well formed', () => {
    expect(printExact([Number.NaN, Number.POSITIVE_INFINITY, -0, '\ud800\n'])).toBe('[null,null,0,"\\ud800\\n"]');
  });

  test.each(['', '{', '[1,]', '1 2', 'NaN', '"\n"'])('refuses %j', (text) => {
    expect(() => parseExact(text)).toThrow(JsonSyntaxError);
  });

  test('500 levels and no more', () => {
    const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
    expect(printExact(parseExact(nested(500)))).toBe(nested(500));
    expect(() => parseExact(nested(501))).toThrow(
      'a value of 501 levels, more than the 500 that are read here, at byte 0',
    );
    expect(() => parseExact(nested(100_000))).toThrow(JsonSyntaxError);
  });
});

/** A number as sign, digits and exponent, written with its point anywhere. */
const written = fc
  .record({
    negative: fc.boolean(),
    digits: fc.stringMatching(/^[0-9]{1,25}$/),
    point: fc.nat({max: 25}),
    exponent: fc.integer({min: -30, max: 30}),
  })
  .map(({negative, digits, point, exponent}) => {
    const places = Math.min(point, digits.length - 1);
    const whole = digits.slice(0, digits.length - places).replace(/^0+(?=\d)/, '');
    const fraction = places === 0 ? '' : `.${digits.slice(digits.length - places)}`;
    const scaled = BigInt(digits) * 10n ** BigInt(60 + exponent - places);
    return {
      text: `${negative ? '-' : ''}${whole}${fraction}${exponent === 0 ? '' : `e${exponent}`}`,
      scaled: negative ? -scaled : scaled,
    };
  });

describe('compareNumbers and numberText', () => {
  test('agree with integers of any size', () => {
    fc.assert(
      fc.property(written, written, (a, b) => {
        const expected = a.scaled === b.scaled ? 0 : a.scaled < b.scaled ? -1 : 1;
        expect(Math.sign(compareNumbers(a.text, b.text))).toBe(expected);
        expect(numberText(a.text) === numberText(b.text)).toBe(expected === 0);
        expect(compareNumbers(a.text, numberText(new ExactNumber(a.text)) ?? '')).toBe(0);
      }),
      {numRuns: 2000},
    );
  });

  test.each([
    ['1e400', '1e399', 1],
    ['1.10', '1.1', 0],
    ['-0', '0', 0],
    ['0e999999999', '-0.0', 0],
    ['9007199254740993', '9007199254740992', 1],
    ['1502348923749823749', '1502348923749823700', 1],
    ['-1e999999999', '1e-999999999', -1],
    ['1e999999999', '1e1000000000', -1],
    ['1e99999999999999999999999', '1e99999999999999999999998', 1],
    ['10', '9', 1],
    ['-10', '-9', -1],
    ['0.001', '1e-3', 0],
  ])('%s and %s: %i', (a, b, expected) => {
    expect(Math.sign(compareNumbers(a, b))).toBe(expected);
    expect(Math.sign(compareNumbers(b, a))).toBe(expected === 0 ? 0 : -expected);
  });

  test.each(['', 'x', '1x', '-', '.', '1.', '1e', ' 1', '0x10', 'NaN'])('%j is no number', (text) => {
    expect(numberText(text)).toBeUndefined();
    expect(() => compareNumbers(text, '1')).toThrow(RangeError);
  });

  test.each([
    [1.5, '1.5'],
    [-0, '0'],
    [1e21, '1000000000000000000000'],
    [5e-7, '0.0000005'],
    ['0012.50', '12.5'],
    ['+7', '7'],
    ['-1.10', '-1.1'],
    [new ExactNumber('9007199254740993'), '9007199254740993'],
    [new ExactNumber('12e999999999'), '0.12e1000000001'],
    ['1e-500', '0.1e-499'],
    [true, undefined],
    [null, undefined],
    [[1], undefined],
    [{a: 1}, undefined],
    [Number.NaN, undefined],
  ])('numberText(%j) is %j', (value, text) => {
    expect(numberText(value)).toBe(text);
  });

  test('hostile texts do not take long', () => {
    const zeros = '0'.repeat(1_000_000);
    expect(numberText(`${zeros}x`)).toBeUndefined();
    expect(numberText(`${zeros}.${zeros}1x`)).toBeUndefined();
    expect(numberText(zeros)).toBe('0');
    expect(compareNumbers(`1${zeros}`, `1${zeros}.5`)).toBe(-1);
  });
});
