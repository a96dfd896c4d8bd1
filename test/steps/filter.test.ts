import {describe, expect, test} from 'vitest';
import {run, step} from './steps.js';

const kept = (source: string, records: readonly string[]): string[] => run([{filter: source}], records).records;

describe('filter', () => {
  test('keeps the records for which the expression is true, byte for byte', () => {
    const records = ['{"id": 1.10, "s":"a"}', '{"id":2,"s":"b","s":"a"}', '{"s":"b"}'];
    expect(kept('record.s == "a"', records)).toEqual(['{"id": 1.10, "s":"a"}', '{"id":2,"s":"b","s":"a"}']);
  });

  test('record may be written r', () => {
    expect(kept('r.n > 1', ['{"n":1}', '{"n":2}'])).toEqual(['{"n":2}']);
  });

  test('integers are integers: modulo, comparison with literals, exactly above 2^53', () => {
    expect(kept('r.id % 2 == 0', ['{"id":3}', '{"id":4}'])).toEqual(['{"id":4}']);
    const big = ['{"id":9007199254740993}', '{"id":9007199254740992}'];
    expect(kept('r.id == 9007199254740993', big)).toEqual(['{"id":9007199254740993}']);
    expect(kept('r.id > 12345678901234567889', ['{"id":12345678901234567890}'])).toHaveLength(1);
  });

  test('integers and decimals mix, because JSON has one kind of number', () => {
    const records = ['{"price":10}', '{"price":10.5}', '{"price":4.9}'];
    expect(kept('r.price * 2 > 19.9', records)).toEqual(records.slice(0, 2));
    expect(kept('r.price * 1.5 >= 15', records)).toEqual(records.slice(0, 2));
    expect(kept('r.price % 1 == 0', records)).toEqual(records.slice(0, 1));
  });

  test('a missing key is not true, with a notice that counts', () => {
    const {records, notes} = run([{filter: 'r.status != "x"'}], ['{"status":"a"}', '{"a":1}', '{}', '{"status":"x"}']);
    expect(records).toEqual(['{"status":"a"}']);
    expect(notes).toMatchObject([{level: 'info', count: 2}]);
    expect(notes[0]?.text).toContain('has(');
  });

  test('has() asks for a missing key', () => {
    const records = ['{"gone":1}', '{"a":1}', '{"gone":null,"a":2}'];
    expect(kept('!has(r.gone) || r.gone == null', records)).toEqual(records.slice(1));
  });

  test('a null that is compared is not true; null itself can be asked for', () => {
    const records = ['{"n":null}', '{"n":5}'];
    expect(kept('r.n > 1', records)).toEqual(['{"n":5}']);
    expect(kept('r.n == null', records)).toEqual(['{"n":null}']);
    expect(kept('r.n.contains("x")', ['{"n":null}', '{"n":"xy"}'])).toEqual(['{"n":"xy"}']);
    expect(kept('r.tags.exists(t, t == "a")', ['{"tags":null}', '{"tags":["b","a"]}'])).toEqual(['{"tags":["b","a"]}']);
  });

  test('falsy values are values', () => {
    const records = ['{"v":0}', '{"v":false}', '{"v":""}'];
    expect(kept('r.v == 0', records)).toEqual(['{"v":0}']);
    expect(kept('r.v == false', records)).toEqual(['{"v":false}']);
    expect(kept('r.v == ""', records)).toEqual(['{"v":""}']);
  });

  test('__proto__, constructor and hasOwnProperty are keys like any other', () => {
    expect(kept('r.__proto__ == 1', ['{"__proto__":1}', '{"a":1}'])).toEqual(['{"__proto__":1}']);
    expect(kept('has(r.constructor)', ['{"a":1}'])).toEqual([]);
    expect(kept('has(r.toString)', ['{"a":{"b":1}}'])).toEqual([]);
    expect(kept('has(r.a.toString)', ['{"a":{"b":1}}'])).toEqual([]);
  });

  test('of duplicate keys the last one counts', () => {
    expect(kept('r.a == 2', ['{"a":1,"a":2}'])).toHaveLength(1);
  });

  test('the whole record can be used', () => {
    expect(kept('size(r) == 2', ['{"a":1,"b":2}', '{"a":1}'])).toEqual(['{"a":1,"b":2}']);
    expect(kept('r.exists(k, k.startsWith("x_"))', ['{"x_a":1}', '{"a":1}'])).toEqual(['{"x_a":1}']);
  });

  test('keys that are no identifiers', () => {
    expect(kept('r["@type"] == "b" && r["a b"] == "ü"', ['{"@type":"b","a b":"\\u00fc"}'])).toHaveLength(1);
  });

  test('a record nested deeply is no matter where other members are read', () => {
    const deep = `{"a":1,"deep":${'['.repeat(5_000)}${']'.repeat(5_000)}}`;
    expect(kept('r.a == 1', [deep])).toEqual([deep]);
    expect(() => kept('r.deep == 1', [deep])).toThrow(/levels/);
  });

  test.each([
    ['r.a ==', /no valid expression.*CEL/],
    ['recrd.a == 1', /recrd.*variables: record, r/],
    ['1 + 1', /gives int, not true or false/],
    ['"a" + 1 == 2', /no such overload/],
    ['', /./],
  ])('%s is an error before any record', (source, message) => {
    expect(() => step({filter: source})).toThrow(message);
  });

  test('an error names the place in the configuration', () => {
    expect(() => step({filter: 'r.a =='})).toThrow(/^resources\[0\]\.processing_steps\[0\]\.filter: /);
  });

  test('a result that is no boolean and types that do not match fail, they do not drop records', () => {
    expect(() => kept('r.a', ['{"a":"yes"}'])).toThrow(/gives a string/);
    expect(() => kept('r.a > 1', ['{"a":"5"}'])).toThrow(/no such overload.*string/);
  });

  test('no records, no evaluation', () => {
    expect(kept('r.a == 1', [])).toEqual([]);
  });
});
