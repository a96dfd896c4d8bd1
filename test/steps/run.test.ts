import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {compilePath} from '../../src/json/path.js';
import {runSteps} from '../../src/steps/run.js';
import {batchOf, run} from './steps.js';

const fieldOf = (batch: ReturnType<typeof run>['batch'], field: number): (string | undefined)[] =>
  Array.from({length: batch.count}, (_, record) => {
    const start = batch.fields[field]?.[2 * record] ?? -1;
    return start < 0 ? undefined : batch.bytes.toString('utf8', start, batch.fields[field]?.[2 * record + 1]);
  });

describe('steps in order', () => {
  test('each step sees what the one before left', () => {
    const steps = [
      {yield_map: {explode: 'lines', as: 'line'}},
      {filter: 'r.line.n > 1'},
      {map: {flatten: ['line'], set: {double: 'r.line_n * 2'}}},
      {filter: 'r.double < 10'},
    ];
    expect(run(steps, ['{"id":1.10,"lines":[{"n":1},{"n":2},{"n":5}]}', '{"id":2,"lines":[{"n":3}]}']).records).toEqual(
      ['{"id":1.10,"line_n":2,"double":4}', '{"id":2,"line_n":3,"double":6}'],
    );
  });

  test('the wanted fields are those of the new records', () => {
    const fields = ['id', 'a.b', 'l[-1]', 'l[*].x'].map((path) => compilePath(path));
    const {batch} = run(
      [{map: {rename: {key: 'id'}, parse_json: ['a']}}],
      ['{"key":1.10,"a":"{\\"b\\":1e400}","l":[{"x":1},{"y":2}]}', '{"z":0}'],
      fields,
    );
    expect(fields.map((_, field) => fieldOf(batch, field))).toEqual([
      ['1.10', undefined],
      ['1e400', undefined],
      ['{"y":2}', undefined],
      ['1', undefined],
    ]);
  });

  test('a filter keeps fields that are known, and the page it came from', () => {
    const before = batchOf(['{"id":1}', '{"id":2}']);
    const known = {...before, fields: [Int32Array.from([6, 7, 14, 15])]};
    const filtered = run([{filter: 'r.id == 2'}], ['{"id":1}', '{"id":2}'], [compilePath('id')]);
    expect(filtered.records).toEqual(['{"id":2}']);
    const same = runSteps([], known, [compilePath('id')], () => {});
    expect(same).toBe(known);
  });

  test('no records at all', () => {
    const {batch} = run(
      [{map: {set: {a: '1'}}}, {yield_map: {explode: 'x'}}, {filter: 'true'}],
      [],
      [compilePath('a')],
    );
    expect(batch).toMatchObject({count: 0, fields: [new Int32Array(0)]});
  });

  test('rename there and back leaves every byte of keys and values', () => {
    const value = fc.constantFrom(
      '1.10',
      '12345678901234567890',
      '1e400',
      '{"x":1,"x":2}',
      '"\\u00e9"',
      'null',
      '[ 1 , 2 ]',
    );
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.constantFrom('a', 'b', 'c', '__proto__', 'é'), {minLength: 1}),
        fc.array(value, {minLength: 5, maxLength: 5}),
        (keys, values) => {
          const record = `{${keys.map((key, position) => `"${key}":${values[position]}`).join()}}`;
          const renamed = run([{map: {rename: {a: 'z'}}}, {map: {rename: {z: 'a'}}}], [record]);
          expect(renamed.records).toEqual([record]);
        },
      ),
    );
  });
});
