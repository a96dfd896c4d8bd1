import {describe, expect, test} from 'vitest';
import {stepKinds} from '../../src/steps/table.js';
import {run, step} from './steps.js';

const map = (options: unknown, record: string): string | undefined => run([{map: options}], [record]).records[0];

describe('map', () => {
  test('set adds fields and replaces them in place', () => {
    expect(map({set: {full: 'r.a + " " + r.b', a: '"x"'}}, '{"a":"1","b":"2"}')).toBe('{"a":"x","b":"2","full":"1 2"}');
  });

  test('all expressions of one set see the record as it was before', () => {
    expect(map({set: {a: 'r.b', b: 'r.a'}}, '{"a":1,"b":2}')).toBe('{"a":2,"b":1}');
  });

  test('set keeps every digit', () => {
    const record = '{"big":12345678901234567890,"price":1.10,"huge":1e400,"e":1E2,"z":-0.0}';
    expect(map({set: {b: 'r.big', p: 'r.price', h: 'r.huge'}}, record)).toBe(
      `${record.slice(0, -1)},"b":12345678901234567890,"p":1.10,"h":1e400}`,
    );
    expect(map({set: {b: 'true ? r.big : 0', p: '[r.price, r.huge, r.e, r.z]'}}, record)).toBe(
      `${record.slice(0, -1)},"b":12345678901234567890,"p":[1.10,1e400,1E2,-0.0]}`,
    );
  });

  test('a path copies what is there: duplicate keys, depth, spelling', () => {
    const inner = `{"x":1,"x":1.0,"d":${'['.repeat(2_000)}${']'.repeat(2_000)}}`;
    expect(map({set: {b: 'r.a'}}, `{"a":${inner}}`)).toBe(`{"a":${inner},"b":${inner}}`);
  });

  test('results of every type', () => {
    const set = {
      i: '1 + 1',
      d: '1.5 + 1',
      t: 'timestamp("2024-01-02T03:04:05Z")',
      s: 'duration("90s")',
      u: '5u',
      n: 'null',
      l: '[1, "a", null, true]',
      m: '{"a": r.x, "b": {"c": []}}',
      q: '"\\"\\u00fc\\n"',
    };
    expect(map({set}, '{"x":1.10}')).toBe(
      '{"x":1.10,"i":2,"d":2.5,"t":"2024-01-02T03:04:05.000Z","s":"90s","u":5,"n":null,"l":[1,"a",null,true],"m":{"a":1.10,"b":{"c":[]}},"q":"\\"ü\\n"}',
    );
  });

  test('a missing key gives null and a notice', () => {
    const {records, notes} = run([{map: {set: {x: 'r.gone', y: 'r.gone + "a"', z: 'r.n + 1'}}}], ['{"n":null}']);
    expect(records).toEqual(['{"n":null,"x":null,"y":null,"z":null}']);
    expect(notes.map((note) => note.text)).toEqual([
      expect.stringContaining('set x'),
      expect.stringContaining('set y'),
      expect.stringContaining('set z'),
    ]);
  });

  test('a result that JSON cannot hold is an error', () => {
    expect(() => map({set: {x: 'type(r.a)'}}, '{"a":1}')).toThrow(/set\.x.*neither text/);
  });

  test('rename keeps value and place byte for byte', () => {
    const record = '{"a":12345678901234567890, "b" : 1.10,"c":{"x":1,"x":2}}';
    expect(map({rename: {b: 'B', c: '__proto__', gone: 'x'}}, record)).toBe(
      '{"a":12345678901234567890,"B":1.10,"__proto__":{"x":1,"x":2}}',
    );
  });

  test('rename exchanges two names', () => {
    expect(map({rename: {a: 'b', b: 'a'}}, '{"a":1,"b":2}')).toBe('{"b":1,"a":2}');
  });

  test('rename onto a name that is there: no key appears twice, with a warning', () => {
    const {records, notes} = run([{map: {rename: {a: 'b'}}}], ['{"b":0,"a":1}', '{"a":2}']);
    expect(records).toEqual(['{"b":1}', '{"b":2}']);
    expect(notes).toMatchObject([{level: 'warn'}]);
  });

  test('keys are compared unescaped', () => {
    expect(map({rename: {data: 'x'}}, '{"d\\u0061ta":1}')).toBe('{"x":1}');
    expect(map({remove: ['data']}, '{"d\\u0061ta":1,"b":1}')).toBe('{"b":1}');
  });

  test('remove and keep', () => {
    expect(map({remove: ['a', 'gone']}, '{"a":1,"b":1e400,"a":2}')).toBe('{"b":1e400}');
    expect(map({keep: ['b', 'a']}, '{"a":1,"b":1.10,"c":3,"__proto__":4}')).toBe('{"a":1,"b":1.10}');
    expect(map({keep: ['__proto__']}, '{"a":1,"__proto__":4}')).toBe('{"__proto__":4}');
  });

  test('keys that came twice stay as they came', () => {
    expect(map({remove: ['x']}, '{"a":1,"a":2,"x":3}')).toBe('{"a":1,"a":2}');
    expect(map({rename: {x: 'y'}}, '{"a":1,"a":2,"x":3}')).toBe('{"a":1,"a":2,"y":3}');
  });

  test("flatten: an object's members become name_member, other values stay", () => {
    expect(map({flatten: ['u', 'l', 'n']}, '{"id":1,"u":{"id":1.10,"x":{"y":1}},"l":[1],"n":null}')).toBe(
      '{"id":1,"u_id":1.10,"u_x":{"y":1},"l":[1],"n":null}',
    );
  });

  test('flatten onto a name that is there: no key appears twice', () => {
    const {records, notes} = run([{map: {flatten: ['u']}}], ['{"u_id":1,"u":{"id":2}}']);
    expect(records).toEqual(['{"u_id":2}']);
    expect(notes).toMatchObject([{level: 'warn'}]);
  });

  test('parse_json: text that is JSON becomes it, digit for digit; other text stays with a warning', () => {
    const record = JSON.stringify({
      a: '{"x": 12345678901234567890, "p": 1.10,\n"p": 2}',
      b: 'no json',
      c: ' 5 ',
      d: '"s"',
      e: '',
      n: 1,
    });
    const {records, notes} = run([{map: {parse_json: ['a', 'b', 'c', 'd', 'e', 'n', 'gone']}}], [record]);
    expect(records).toEqual([
      '{"a":{"x": 12345678901234567890, "p": 1.10, "p": 2},"b":"no json","c":5,"d":"s","e":"","n":1}',
    ]);
    expect(notes.map((note) => [note.level, note.key.split('.').at(-1)])).toEqual([
      ['warn', 'b'],
      ['warn', 'e'],
    ]);
  });

  test('the verbs run in the order written', () => {
    expect(map({rename: {a: 'b'}, set: {c: 'r.b'}, remove: ['b']}, '{"a":1.10}')).toBe('{"c":1.10}');
    expect(map({set: {c: '[r.a]'}, rename: {a: 'b'}, remove: ['b']}, '{"a":1.10}')).toBe('{"c":[1.10]}');
    expect(map({parse_json: ['a'], flatten: ['a'], keep: ['a_x']}, '{"a":"{\\"x\\":1.0}"}')).toBe('{"a_x":1.0}');
    expect(map({flatten: ['a'], parse_json: ['a'], keep: ['a']}, '{"a":"{\\"x\\":1.0}"}')).toBe('{"a":{"x":1.0}}');
    expect(map({remove: ['a'], set: {b: 'has(r.a)'}}, '{"a":1}')).toBe('{"b":false}');
    expect(map({set: {b: 'has(r.a)'}, remove: ['a']}, '{"a":1}')).toBe('{"b":true}');
  });

  test('the schema keeps the order of the verbs, also when parsed twice', () => {
    const schema = stepKinds.find((kind) => kind.name === 'map')?.schema;
    const written = {remove: ['a'], set: {b: '1'}, flatten: ['c'], keep: ['d']};
    expect(Object.keys(Object(schema?.parse(schema.parse(written))))).toEqual(Object.keys(written));
  });

  test('options without a prototype, as the configuration has them', () => {
    const options = Object.assign(Object.create(null), {
      remove: ['a'],
      set: Object.assign(Object.create(null), {b: '1'}),
    });
    expect(map(options, '{"a":1}')).toBe('{"b":1}');
  });

  test.each([
    [{}, /one of set, rename/],
    [{sett: {a: '1'}}, /sett/],
    [{remove: 'a'}, /expected array/i],
    [{set: {a: 5}}, /expected string/i],
    [{set: {a: 'r.'}}, /map\.set\.a/],
    [[], /./],
  ])('%j is an error', (options, message) => {
    expect(() => step({map: options})).toThrow(message);
  });

  test('what is {} in the end is dropped', () => {
    expect(run([{map: {keep: ['a']}}], ['{"b":1}', '{"a":1}']).records).toEqual(['{"a":1}']);
    expect(run([{map: {keep: ['x']}}, {map: {set: {x: '1'}}}], ['{"b":1}']).records).toEqual(['{"x":1}']);
  });
});
