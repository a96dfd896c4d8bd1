import {describe, expect, test, vi} from 'vitest';
import {compileScan} from '../../src/json/scan.js';
import {compileEngine, fitsEngine} from '../../src/json/scan-engine.js';
import type {Scan, ScanPlan} from '../../src/json/scan-plan.js';
import {compileWalk} from '../../src/json/scan-walk.js';
import {compileWants} from '../../src/json/wants.js';

const PLAN: ScanPlan = {
  records: ['data'],
  fields: [['id'], ['user', 'id'], ['absent']],
  facts: [['next'], ['meta', 'total']],
};

const both = (plan: ScanPlan) => {
  const root = compileWants(plan.records, plan.fields, plan.facts);
  const refused = (): never => {
    throw new Error('refused');
  };
  return {engine: compileEngine(root, plan, refused), walk: compileWalk(root, plan)};
};

/** What the engine itself found, which must be what the walk finds, in the same bytes. */
function engineScan(text: string, plan: ScanPlan): Scan {
  const {engine, walk} = both(plan);
  const [mine, theirs] = [Buffer.from(text), Buffer.from(text)];
  const found = engine(mine, 0, mine.length);
  const expected = walk(theirs, 0, theirs.length);
  expect(found).toEqual(expected);
  expect(mine).toEqual(theirs);
  return found;
}

const record = (id: number) => ({
  id,
  name: `Name ${id} "quoted" é😀 \\ \u0001`,
  user: {login: 'x'.repeat(id % 40), id: -id, tags: [[], {}, [null, true, false, 1.5e-7]]},
  at: '2024-05-01T10:11:12Z',
});
const page = (count: number) => ({
  data: Array.from({length: count}, (_, id) => record(id)),
  next: 'https://api.example.com/?page=2',
  meta: {total: 9_007_199_254_740_993n.toString()},
});

describe('what pages usually are is not refused', () => {
  test.each([0, 1, 2, 100, 1_000])('%i records', (count) => {
    expect(engineScan(JSON.stringify(page(count)), PLAN).count).toBe(count);
  });

  test('with line breaks, which become spaces', () => {
    for (const space of ['  ', '\t']) engineScan(JSON.stringify(page(20), null, space).replace(/\n/g, '\r\n'), PLAN);
  });

  test('more records than the page before had, many of them for few bytes', () => {
    const {engine, walk} = both({records: [], fields: [['a'], []], facts: [[]]});
    for (const count of [1, 3, 40, 2, 5_000, 10]) {
      const bytes = Buffer.from(
        `[${Array.from({length: count}, (_, n) => (n % 3 === 0 ? '{"a":1}' : '{}')).join(',')}]`,
      );
      expect(engine(bytes, 0, bytes.length)).toEqual(walk(bytes, 0, bytes.length));
    }
  });

  test('one object, scalars, lists, and records that are missing', () => {
    const nested = {records: ['a', 'b'], fields: [['c'], []], facts: [['a', 'b', 'c'], ['a']]};
    for (const b of [{c: 1}, {}, [], [{c: 1}, [1], 'x', null, {}], 'x', 7, null, true]) {
      engineScan(JSON.stringify({a: {b, other: 1}, z: [[[[]]]]}), nested);
      engineScan(JSON.stringify({a: {x: b}}), nested);
    }
  });

  test('numbers and escapes that destinations cannot take are noticed', () => {
    for (const text of ['1e100', '1e99', '-0.5E+012', '9'.repeat(301), '"\\ud83d\\ude00"', '"\\ud83d"', '"\\uDE00x"']) {
      engineScan(`{"data":[{"id":${text}}]}`, PLAN);
    }
  });

  test('nesting up to six thousand levels', () => {
    engineScan(`${'['.repeat(6_000)}${']'.repeat(6_000)}`, {records: [], fields: [], facts: []});
  });

  test('thirty fields, among them names with one beginning and one length', () => {
    const names = Array.from({length: 30}, (_, n) => `customer_number_of_the_year_${String(n).padStart(2, '0')}`);
    const text = JSON.stringify([Object.fromEntries(names.map((name, n) => [name, n]))]);
    engineScan(text, {records: [], fields: names.map((name) => [name]), facts: []});
  });

  test('a text that ends at any offset of sixteen bytes, whatever lay there before', () => {
    const {engine, walk} = both({records: [], fields: [], facts: []});
    const before = Buffer.from(JSON.stringify('"\\x'.repeat(2_000)));
    engine(before, 0, before.length);
    for (let length = 0; length < 40; length++) {
      const bytes = Buffer.from(`["${'a'.repeat(length)}"]`);
      expect(engine(bytes, 0, bytes.length)).toEqual(walk(bytes, 0, bytes.length));
    }
  });

  test('scanners take turns', () => {
    const plans = [PLAN, {records: ['meta'], fields: [['total']], facts: []}].map(both);
    const text = JSON.stringify(page(3));
    for (let turn = 0; turn < 4; turn++) {
      for (const {engine, walk} of plans) {
        const bytes = Buffer.from(text);
        expect(engine(bytes, 0, bytes.length)).toEqual(walk(bytes, 0, bytes.length));
      }
    }
  });

  test('a part of a buffer, the rest of which is left alone', () => {
    const text = '[\n1,\n2]';
    const bytes = Buffer.from(`"\n${text}\n"`);
    const {engine} = both({records: [], fields: [], facts: []});
    expect(engine(bytes, 2, 2 + text.length)).toMatchObject({start: 2, end: 9, count: 2});
    expect(bytes.toString()).toBe('"\n[ 1, 2]\n"');
  });
});

describe('what is rare goes to the walk', () => {
  const refuses = (text: string, plan: ScanPlan): void => {
    const {engine, walk} = both(plan);
    const bytes = Buffer.from(text);
    const before = Buffer.from(text);
    expect(() => engine(bytes, 0, bytes.length)).toThrow('refused');
    expect(bytes).toEqual(before);
    expect(compileScan(plan)(bytes, 0, bytes.length)).toEqual(walk(before, 0, before.length));
  };

  test('what there is no memory for', () => {
    const {prototype} = Reflect.get(Reflect.get(globalThis, 'WebAssembly'), 'Memory');
    const grow = vi.spyOn(prototype, 'grow').mockImplementation(() => {
      throw new RangeError('Unable to grow instance memory');
    });
    const {engine, walk} = both({records: [], fields: [], facts: []});
    const bytes = Buffer.from(`["${'x'.repeat(12_000_000)}"]`);
    expect(() => engine(bytes, 0, bytes.length)).toThrow('refused');
    grow.mockRestore();
    expect(engine(bytes, 0, bytes.length)).toEqual(walk(bytes, 0, bytes.length));
  });

  test('countless records of next to nothing, which would want much of it for good', () => {
    const {engine} = both({records: [], fields: [], facts: []});
    const bytes = Buffer.from(`[${'1,'.repeat(4_000_000)}1]`);
    expect(() => engine(bytes, 0, bytes.length)).toThrow('refused');
  });

  test('a wanted key that comes again, or is written with escapes', () => {
    refuses('{"data":[{"id":1,\n"id":2}]}', PLAN);
    refuses('{"data":[{"user":{"id":1},"user":{}}]}', PLAN);
    refuses('{"data":[1],"data":[]}', PLAN);
    refuses('{"next":1,"meta":2,"next":3}', PLAN);
    refuses('{"data":[{"\\u0069d":1}]}', PLAN);
  });

  test('the same key in the next record, or where nothing is wanted, comes not again', () => {
    engineScan('{"data":[{"id":1},{"id":2,"other":{"id":3,"id":4}}]}', PLAN);
  });

  test('nesting beyond its levels', () => {
    refuses(`${'['.repeat(7_000)}${']'.repeat(7_000)}`, {records: [], fields: [], facts: []});
  });

  test('elements wanted by index, and plans that are too large', () => {
    refuses('[1,2]', {records: undefined, fields: [], facts: [[1]]});
    const facts = Array.from({length: 3_000}, (_, n) => [`name ${n}`]);
    refuses('{"name 7":1}', {records: undefined, fields: [], facts});
  });
});

test('small and very large texts are left to the walk', () => {
  expect([1_023, 1_024, 16_777_216, 16_777_217].map(fitsEngine)).toEqual([false, true, true, false]);
});
