import {join} from 'node:path';
import fc from 'fast-check';
import {expect, test} from 'vitest';
import {apply, catalog, folder, query, record, state, status} from './support.js';

const numbers = fc.oneof(
  fc.bigInt({min: -(10n ** 45n), max: 10n ** 45n}).map(String),
  fc.double({noNaN: true, noDefaultInfinity: true}).map((value) => JSON.stringify(value)),
  fc.tuple(fc.nat(), fc.stringMatching(/^[0-9]{1,25}$/)).map(([whole, digits]) => `${whole}.${digits}`),
);
const strings = fc.oneof(
  fc.constantFrom('""', '" "', '"\\u001d\\u001e\\u001f"', '"\\\\"', '"2026-01-01"', '"2026-01-01T00:00:00Z"'),
  fc.string({unit: 'grapheme', maxLength: 12}).map((text) => JSON.stringify(text)),
  fc.string({unit: 'binary', maxLength: 70}).map((text) => JSON.stringify(text.toWellFormed())),
);
const nested = fc.constantFrom('{}', '[]', '{"a" : [1.10,\t"\\u00e9"]}', '[null,{"b":""}]');
const values = fc
  .constantFrom(numbers, strings, nested, fc.oneof(numbers, strings, nested, fc.constantFrom('true', 'false')))
  .chain((value) => fc.array(fc.option(value, {nil: 'null', freq: 4}), {minLength: 1, maxLength: 8}));
const schema = fc.constantFrom(
  {},
  {type: 'number'},
  {type: 'integer'},
  {type: 'string'},
  {type: 'object'},
  {type: 'string', format: 'date'},
);

test('any values are stored as what they are, whatever comes before and behind them', async () => {
  const columns = fc.array(fc.record({values, schema}), {minLength: 1, maxLength: 8});
  await fc.assert(
    fc.asyncProperty(columns, fc.nat(8), async (given, cut) => {
      const fields = given.map((column, k) => ({...column, name: `c${k}`}));
      const count = Math.max(...given.map((column) => column.values.length));
      const rows = Array.from({length: count}, (_, row) => {
        const members = fields.map((field) => field.values[row] && `"${field.name}":${field.values[row]}`);
        return record(`{${[`"row":${row}`, ...members.filter((member) => member !== undefined)].join(',')}}`);
      });
      const into = join(folder(), 'x.duckdb');
      await apply(into, catalog({properties: Object.fromEntries(fields.map(({name, schema}) => [name, schema]))}), [
        ...rows.slice(0, cut),
        state({n: 1}),
        ...rows.slice(cut),
        state({n: 2}),
        status('COMPLETE'),
      ]);
      const types = new Map((await query(into, 'DESCRIBE rows')).map(([name, type]) => [name, type]));
      const stored = fields.filter(({name}) => types.has(name));
      const found = await query(
        into,
        `SELECT ${[...stored.map(({name}) => `${name}::VARCHAR`), 'row'].join(', ')} FROM rows ORDER BY row`,
      );
      for (const {name, values: sent} of fields) {
        const at = stored.findIndex((field) => field.name === name);
        const texts = rows.map((_, row) => (sent[row] === 'null' ? undefined : sent[row]));
        const isJson = types.get(name) === 'JSON';
        expect(found.map((row, k) => meaning(row[at], texts[k], isJson))).toEqual(
          texts.map((text) => meaning(text, text, true)),
        );
      }
    }),
    {numRuns: 15},
  );
}, 60_000);

/** What was stored for `sent` (both JSON, or the stored one not): a string's characters, a number's digits, else the text itself. */
function meaning(stored: unknown, sent: string | undefined, isJson: boolean): unknown {
  if (stored === null || stored === undefined) return undefined;
  const text = String(stored);
  if (sent?.startsWith('"') === true) return isJson ? String(JSON.parse(text)) : text;
  return sent !== undefined && /^[-0-9]/.test(sent) ? plain(text) : text;
}

/** A number's digits and exponent: equal for equal numbers, however they are written. */
function plain(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const digits = (whole + fraction).replace(/0+$/, '');
  const trimmed = digits.replace(/^0+/, '');
  return trimmed === ''
    ? '0'
    : `${sign}${trimmed}e${whole.length - (digits.length - trimmed.length) + Number(exponent)}`;
}
