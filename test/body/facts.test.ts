import {describe, expect, test} from 'vitest';
import {compilePath} from '../../src/json/path.js';
import {decode, show} from './pages.js';

const body =
  '{"total": 12345678901234567890,\n "next":null, "data":[{"id":1,"u":{"t":1.10}},{"id":2,"u":{"t":2.0}}], "f":false, "z":0, "e":""}';

describe('facts', () => {
  const paths = [
    'total',
    'next',
    'data[0].u.t',
    'data[-1].id',
    'data[*].u.t',
    'f',
    'z',
    'e',
    'gone',
    'next.x',
    '$..t',
  ].map((path) => compilePath(path));
  const expected = [
    '12345678901234567890',
    'null',
    '1.10',
    '2',
    '1.10',
    'false',
    '0',
    '""',
    undefined,
    undefined,
    '1.10',
  ];

  test('of the page as received, whether announced or not', () => {
    const announced = decode(body, {selector: 'data', facts: paths});
    expect(paths.map((path) => show(announced.fact(path)))).toEqual(expected);
    const asked = decode(body, {selector: 'data'});
    expect(paths.map((path) => show(asked.fact(path)))).toEqual(expected);
    const detected = decode(body, {facts: paths});
    expect(paths.map((path) => show(detected.fact(path)))).toEqual(expected);
  });

  test('of a page whose records were rewritten, still the page as received', () => {
    const path = compilePath('[-1]');
    expect(show(decode('[1,2,null]', {selector: '$', facts: [path]}).fact(path))).toBe('null');
    expect(show(decode('[1,NaN]', {selector: '$'}).fact(path))).toBe('null');
  });

  test('value() is the parsed page, with null prototypes, the same each time', () => {
    const page = decode('{"__proto__":{"a":1},"b":[{}]}', {selector: 'b'});
    const value = page.value();
    expect(Object.getPrototypeOf(value)).toBeNull();
    expect(Object.keys(Object(value))).toEqual(['__proto__', 'b']);
    expect(page.value()).toBe(value);
  });
});
