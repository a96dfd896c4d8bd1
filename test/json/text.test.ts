import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {JsonSyntaxError} from '../../src/json/syntax-error.js';
import {copyOf, isNull, jsonText, kindOf, valueOf as parsedValue, stringValue, textOf} from '../../src/json/text.js';
import {documents, spelled} from './documents.js';

test.each([
  ['{}', 'object'],
  ['[]', 'array'],
  ['""', 'string'],
  ['-1', 'number'],
  ['0', 'number'],
  ['true', 'true'],
  ['false', 'false'],
  ['null', 'null'],
])('%s is %s', (text, kind) => {
  expect(kindOf(jsonText(text))).toBe(kind);
  expect(isNull(jsonText(text))).toBe(kind === 'null');
});

test('strings are decoded, nothing else is', () => {
  fc.assert(
    fc.property(fc.string({unit: 'binary'}), fc.nat({max: 7}), (text, n) => {
      const bytes = Buffer.from(`\\${spelled(text, () => n)}\\`);
      expect(stringValue({bytes, start: 1, end: bytes.length - 1})).toBe(text);
    }),
  );
  expect(stringValue(jsonText('1'))).toBeUndefined();
  expect(stringValue(jsonText('null'))).toBeUndefined();
});

test('a string in a large page costs what it is long', () => {
  const page = Buffer.from(`["a",${' '.repeat(20_000_000)}1]`);
  const text = {bytes: page, start: 1, end: 4};
  for (let n = 0; n < 20_000; n++) {
    expect(stringValue(text)).toBe('a');
  }
});

test('a copy has its own bytes', () => {
  const page = Buffer.from('[{"a":1}]');
  const copy = copyOf({bytes: page, start: 1, end: 8});
  page.fill(0);
  expect(textOf(copy)).toBe('{"a":1}');
  expect(copy.bytes.length).toBe(7);
});

describe('valueOf', () => {
  test('is JSON.parse with null prototypes', () => {
    fc.assert(
      fc.property(documents, (text) => {
        const trimmed = text.trim();
        const value = parsedValue(jsonText(trimmed));
        expect(value).toEqual(JSON.parse(trimmed));
        const left = [value];
        while (left.length > 0) {
          const next = left.pop();
          if (typeof next === 'object' && next !== null) {
            if (!Array.isArray(next)) {
              expect(Object.getPrototypeOf(next)).toBeNull();
            }
            left.push(...Object.values(next));
          }
        }
      }),
    );
  });

  test('of a key __proto__ is a member', () => {
    const value = parsedValue(jsonText('{"__proto__":{"polluted":1}}'));
    expect(Object.keys(Object(value))).toEqual(['__proto__']);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  test.each([900, 901, 100_000])('%i levels', (levels) => {
    const run = () => parsedValue(jsonText('['.repeat(levels) + ']'.repeat(levels)));
    if (levels <= 900) {
      expect(run()).toHaveLength(1);
    } else {
      expect(run).toThrow(JsonSyntaxError);
      expect(run).toThrow(`a value of ${levels} levels, more than the 900 that can be looked into, at byte 0`);
    }
  });

  test.each(['{', '[1,]', '1 2', ''])('refuses %j', (text) => {
    expect(() => parsedValue(jsonText(text))).toThrow(JsonSyntaxError);
  });
});
