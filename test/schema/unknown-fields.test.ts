import {expect, test} from 'vitest';
import {UnknownFields} from '../../src/schema/unknown-fields.js';
import {batchOf} from '../airbyte/collect.js';

test('names the top-level fields that the schema lacks, each once, parents columns too', () => {
  const fields = new UnknownFields(['id', 'name']);
  fields.observe(batchOf(['{"id":1,"new":{"inner":1}}', '{"n\\u0061me":"a","Name":1}', '{}']), Buffer.from(',"_p":1'));
  fields.observe(batchOf(['{"id":1,"new":2}']), Buffer.from(',"_p":1'));
  expect(fields.names).toEqual(['new', 'Name', '_p']);
});

test('looks at all of the first records, then at samples, and at the first record of every page', () => {
  const seen = (page: number, index: number): boolean => {
    const fields = new UnknownFields(['id']);
    for (let at = 0; at < 20; at++) {
      const records = Array.from({length: 150}, (_, i) => (at === page && i === index ? '{"rare":1}' : '{"id":1}'));
      fields.observe(batchOf(records), undefined);
    }
    return fields.names.length > 0;
  };
  for (const index of [0, 1, 77, 149]) expect(seen(3, index)).toBe(true);
  expect(seen(15, 0)).toBe(true);
  expect(seen(15, 50)).toBe(true);
  expect(seen(15, 51)).toBe(false);
});

test('an enormous number of names does not fill the memory', () => {
  const fields = new UnknownFields([]);
  fields.observe(batchOf([`{${Array.from({length: 5_000}, (_, i) => `"f${i}":1`).join()}}`]), undefined);
  expect(fields.names.length).toBe(1_000);
});
