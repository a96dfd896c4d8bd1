import {describe, expect, test} from 'vitest';
import {run, step} from './steps.js';

const yields = (options: unknown, ...records: string[]): string[] => run([{yield_map: options}], records).records;

describe('yield_map', () => {
  test('one record per element, in the place of the list, beside the other fields', () => {
    expect(yields({explode: 'l'}, '{"id":1.10,"l":[1.0,{"a":1,"a":2},"x"],"z":1}')).toEqual([
      '{"id":1.10,"l":1.0,"z":1}',
      '{"id":1.10,"l":{"a":1,"a":2},"z":1}',
      '{"id":1.10,"l":"x","z":1}',
    ]);
  });

  test('as names the element; a field of that name gives way', () => {
    expect(yields({explode: 'l', as: 'e'}, '{"id":1,"l":[1,2]}')).toEqual(['{"id":1,"e":1}', '{"id":1,"e":2}']);
    expect(yields({explode: 'l', as: 'id'}, '{"id":1,"l":[7]}')).toEqual(['{"id":7}']);
  });

  test('an empty, null or missing list leaves the record, with null there', () => {
    expect(yields({explode: 'l', as: 'e'}, '{"id":1,"l":[]}', '{"id":2,"l":null}', '{"id":3}')).toEqual([
      '{"id":1,"e":null}',
      '{"id":2,"e":null}',
      '{"id":3,"e":null}',
    ]);
  });

  test('more elements than a call takes arguments', () => {
    const {records} = run(
      [{yield_map: {explode: 'l', keep_parent: false}}],
      [`{"l":[${'{"a":1},'.repeat(200_000)}{"a":2}]}`],
    );
    expect(records).toHaveLength(200_001);
  });

  test('null elements are elements', () => {
    expect(yields({explode: 'l'}, '{"l":[null]}')).toEqual(['{"l":null}']);
  });

  test('keep_parent: false gives the elements alone, byte for byte; no object becomes {"value": …}', () => {
    expect(
      yields({explode: 'l', keep_parent: false}, '{"id":1,"l":[{"a": 1.10}, {"b":2}]}', '{"l":[]}', '{"id":1}'),
    ).toEqual(['{"a": 1.10}', '{"b":2}']);
    expect(yields({explode: 'l', keep_parent: false}, '{"l":[null,{},1e400,[1]]}')).toEqual([
      '{"value":1e400}',
      '{"value":[1]}',
    ]);
  });

  test('a value that is no list is its only element, with a warning', () => {
    const {records, notes} = run([{yield_map: {explode: 'l'}}], ['{"l":{"a":1}}']);
    expect(records).toEqual(['{"l":{"a":1}}']);
    expect(notes).toMatchObject([{level: 'warn'}]);
  });

  test('of duplicate lists the last one counts', () => {
    expect(yields({explode: 'l'}, '{"l":[1],"a":1,"l":[2,3]}')).toEqual(['{"a":1,"l":2}', '{"a":1,"l":3}']);
  });

  test.each([[{}], [{explode: ''}], [{explode: 'l', other: 1}], [{explode: 'l', keep_parent: 'no'}]])(
    '%j is an error',
    (options) => {
      expect(() => step({yield_map: options})).toThrow();
    },
  );
});
