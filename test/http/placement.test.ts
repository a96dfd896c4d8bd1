import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {setBody, setQuery, withoutQuery} from '../../src/http/placement.js';
import type {RequestSpec} from '../../src/http/request.js';
import {withQuery} from '../../src/http/url.js';
import {parseExact, printExact} from '../../src/json/exact.js';
import {get} from './setup.js';

const url = 'https://api.example.com/items';

describe('setQuery', () => {
  test.each([
    ['text', 'a', ['a']],
    ['empty text stays', '', ['']],
    ['zero', 0, ['0']],
    ['false', false, ['false']],
    ['null drops', null, []],
    ['an exact number', parseExact('9007199254740993'), ['9007199254740993']],
    ['a list repeats, its nulls drop', ['a', null, 2], ['a', '2']],
    ['an empty list', [], []],
  ])('%s', (_name, value, expected) => {
    const {query} = setQuery(get(url, {query: [['other', '1']]}), 'q', value);
    expect(query).toEqual([['other', '1'], ...expected.map((text) => ['q', text])]);
  });

  test('replaces every parameter of that name where the first one was, in the url too', () => {
    const spec = get(`${url}?a=%31&p=1&b=x%2Fy&p=2#top`, {
      query: [
        ['p', '3'],
        ['c', '4'],
        ['p', '5'],
      ],
    });
    expect(setQuery(spec, 'p', 9)).toMatchObject({
      url: `${url}?a=%31&b=x%2Fy#top`,
      query: [
        ['p', '9'],
        ['c', '4'],
      ],
    });
  });

  test('* spreads an object, exactly', () => {
    const cursor = parseExact('{"after":12345678901234567890,"before":null,"tie":"x"}');
    expect(setQuery(get(url, {query: [['tie', 'old']]}), '*', cursor).query).toEqual([
      ['tie', 'x'],
      ['after', '12345678901234567890'],
    ]);
  });

  test.each([
    ['q', {a: 1}],
    ['q', [[1]]],
    ['*', 'text'],
    ['*', [1]],
  ])('%s has no spelling for %j', (name, value) => {
    expect(() => setQuery(get(url), name, value)).toThrow(expect.objectContaining({failureType: 'config_error'}));
  });
});

test('withoutQuery leaves every other byte', () => {
  const spec = get(`${url}?api_key=s&page%5Bsize%5D=1&&flag&q=a+b&api%5Fkey=t`, {
    query: [
      ['api_key', 'u'],
      ['x', 'y'],
    ],
  });
  expect(withoutQuery(spec, ['api_key'])).toMatchObject({
    url: `${url}?page%5Bsize%5D=1&flag&q=a+b`,
    query: [['x', 'y']],
  });
  expect(withoutQuery(get(`${url}?api_key=s`), ['api_key']).url).toBe(url);
});

describe('setBody', () => {
  const body = (spec: RequestSpec): string =>
    spec.body?.kind === 'json' ? printExact(spec.body.value) : JSON.stringify(spec.body);
  const withJson = (text: string): RequestSpec =>
    get(url, {method: 'POST', body: {kind: 'json', value: parseExact(text)}});

  test.each([
    ['{}', 'after', '"c"', '{"after":"c"}'],
    ['{"variables":{"after":null,"first":5}}', 'variables.after', '"c"', '{"variables":{"after":"c","first":5}}'],
    ['{}', 'page.cursor.id', '12345678901234567890', '{"page":{"cursor":{"id":12345678901234567890}}}'],
    ['{"sorts":[{"a":1},{"a":2}]}', 'sorts.1.a', 'false', '{"sorts":[{"a":1},{"a":false}]}'],
    ['{}', '0', '0', '{"0":0}'],
    ['{"a":null}', 'a.b', '[]', '{"a":{"b":[]}}'],
    ['{"a":1}', '$', '{"b":{"c":null}}', '{"a":1,"b":{"c":null}}'],
    ['{}', '__proto__.x', '1', '{"__proto__":{"x":1}}'],
    ['{"a":1}', '$.a', '2', '{"a":2}'],
    ['{"limit":1}', 'cursor', 'null', '{"limit":1,"cursor":null}'],
  ])('%s at %s', (before, path, value, after) => {
    const spec = withJson(before);
    expect(body(setBody(spec, path, parseExact(value)))).toBe(after);
    expect(body(spec)).toBe(before);
  });

  test('a request without a body gets a JSON one', () => {
    expect(body(setBody(get(url), 'a.b', 1))).toBe('{"a":{"b":1}}');
  });

  test('a form has names', () => {
    const spec = get(url, {
      body: {
        kind: 'form',
        pairs: [
          ['a.b', '1'],
          ['c', '2'],
        ],
      },
    });
    expect(setBody(spec, 'a.b', ['x', 'y']).body).toEqual({
      kind: 'form',
      pairs: [
        ['a.b', 'x'],
        ['a.b', 'y'],
        ['c', '2'],
      ],
    });
    expect(setBody(spec, '$', {c: null, d: true}).body).toEqual({
      kind: 'form',
      pairs: [
        ['a.b', '1'],
        ['d', 'true'],
      ],
    });
  });

  test.each([
    ['[]', '0', '1'],
    ['{"a":[1]}', 'a.1', '1'],
    ['{"a":[1]}', 'a.x', '1'],
    ['{"a":"text"}', 'a.b', '1'],
    ['{"a":1.10}', 'a.b', '1'],
    ['{}', '$', '[1]'],
    ['[]', '$', '{}'],
  ])('%s has no place at %s', (before, path, value) => {
    expect(() => setBody(withJson(before), path, parseExact(value))).toThrow(
      expect.objectContaining({failureType: 'config_error'}),
    );
  });

  test('a body of text is refused', () => {
    expect(() => setBody(get(url, {body: {kind: 'text', text: 'x'}}), 'a', 1)).toThrow(/plain text/);
  });
});

test('names and values of any text arrive as they are, whatever the url holds', () => {
  const text = fc.string({unit: 'grapheme', maxLength: 20});
  fc.assert(
    fc.property(fc.array(fc.tuple(text, text)), fc.constantFrom('', '?', '?a=%5B1&b', '?a=1&'), (pairs, own) => {
      const received = [...new URL(withQuery(url + own, pairs)).searchParams];
      expect(received.slice(received.length - pairs.length)).toEqual(
        pairs.map((pair) => pair.map((part) => part.toWellFormed())),
      );
    }),
  );
});
