import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {decode, fieldOf, recordsOf} from './pages.js';

/** JSON texts whose numbers a double would alter, and keys that trap objects. */
const scalar = fc.constantFrom(
  '1.10',
  '12345678901234567890',
  '1e400',
  '-0.0',
  '0',
  'false',
  '""',
  '"\\u00e9"',
  'null',
  '"}"',
);
const key = fc.constantFrom('a', 'b', '__proto__', 'a b', 'constructor', 'd\\u0061ta', 'é');
const object = fc
  .array(
    fc.tuple(
      key,
      fc.oneof(
        scalar,
        fc.array(scalar, {maxLength: 2}).map((list) => `[${list.join()}]`),
      ),
    ),
    {maxLength: 4},
  )
  .map((members) => `{${members.map(([name, value]) => `"${name}": ${value}`).join(' ,\n')}}`);
const element = fc.oneof({weight: 4, arbitrary: object}, scalar);

const emitted = (text: string): string[] => {
  if (text === 'null' || text === '{}') return [];
  const line = text.replaceAll('\n', ' ');
  return [line.startsWith('{') ? line : `{"value":${line}}`];
};

describe('any page', () => {
  test('every record leaves as it came, nulls and {} dropped, scalars wrapped, whatever the selector', () => {
    fc.assert(
      fc.property(
        fc.array(element, {maxLength: 6}),
        fc.constantFrom('x.y', 'x.y[*]', '$..y[*]', undefined),
        (list, selector) => {
          const body = `{"x":\r\n{"y" : [${list.join(' ,\n')}]}}`;
          const page = decode(body, {
            ...(selector === undefined ? {names: ['y']} : {selector}),
            fields: ['a', 'value'],
          });
          expect(recordsOf(page)).toEqual(list.flatMap(emitted));
          expect(page.rows).toBe(list.length);
          const values = recordsOf(page).map((record) => {
            const last = [...record.matchAll(/"a": ([^,[\]]+|\[.*?\])(?= ,|\})/g)].at(-1);
            return last?.[1];
          });
          expect(fieldOf(page, 0)).toEqual(values);
        },
      ),
      {numRuns: 300},
    );
  });

  test('many records of a query are cut in one pass', () => {
    const records = Array.from({length: 20_000}, (_, id) => `{"x":{"id":${id}}}`);
    const page = decode(`{"items":[${records.join()}]}`, {selector: 'items[*].x', fields: ['id']});
    expect(page.rows).toBe(20_000);
    expect(fieldOf(page, 0).at(-1)).toBe('19999');
  });
});
