import {CsvError, parse} from 'csv-parse/sync';
import * as z from 'zod';
import type {Note} from '../log.js';
import {BodyError} from './body-error.js';
import type {FormatKind, JsonDocument} from './format.js';
import {noTable} from './syntax.js';

const csvOptions = z.strictObject({
  delimiter: z.string().min(1).default(',').meta({description: 'What separates the columns; "\\t" for tabs.'}),
  header: z
    .union([
      z.literal(true, {error: 'must be true, or the list of the column names where the first row is a record'}),
      z.array(z.string()).min(1),
    ])
    .default(true)
    .meta({description: 'true: the first row names the columns; a list: the names, and the first row is a record.'}),
});

/** Columns that are renamed with a warning each. */
const mostNamed = 10;

/** More is no table: every row would repeat all the names. */
const mostColumns = 20_000;

/** Column names as keys: an empty one becomes column_3 (counted from 1), a second `id` becomes id_2. */
function columnKeys(header: readonly string[], note: (note: Note) => void): string[] {
  const taken = new Set<string>();
  let renamed = 0;
  const keys = header.map((written, position) => {
    const name = written.trim() === '' ? `column_${position + 1}` : written;
    let key = name;
    for (let count = 2; taken.has(key); count += 1) key = `${name}_${count}`;
    taken.add(key);
    if (key !== written) {
      renamed += 1;
      // A note each for a handful; a row of commas alone would name millions.
      if (renamed <= mostNamed) {
        note({
          level: 'warn',
          key: `csv.column.${position}`,
          text: `column ${position + 1} of the csv answer, named ${JSON.stringify(written)}, is called ${key}`,
        });
      }
    }
    return key;
  });
  if (renamed > mostNamed) {
    const text = 'further columns of the csv answer without a name of their own are called column_N or name_N';
    note({level: 'warn', key: 'csv.columns', text, count: renamed - mostNamed});
  }
  return keys;
}

function parseRows(utf8: Buffer, delimiter: string): string[][] {
  try {
    return parse(utf8, {delimiter, relax_column_count: true, relax_quotes: true, skip_empty_lines: true});
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new BodyError('syntax', `the body is no valid CSV: ${error.message}`, {cause: error});
  }
}

/** CSV: the rows are the records, all their values strings, written as JSON text once. */
export const csv: FormatKind = {
  name: 'csv',
  mediaTypes: /^(text|application)\/(csv|x-csv|comma-separated-values)$/,
  options: csvOptions,
  toJson(utf8: Buffer, options: unknown, note: (note: Note) => void): JsonDocument {
    const {delimiter, header} = csvOptions.parse(options ?? {});
    const other = noTable(utf8);
    if (other !== undefined) throw other;
    const rows = parseRows(utf8, delimiter);
    const names = header === true ? (rows[0] ?? []) : header;
    const width = rows.reduce((widest, row) => Math.max(widest, row.length), names.length);
    if (width > mostColumns) {
      const text = `the csv answer has ${width} columns, more than ${mostColumns}`;
      throw new BodyError('format', `${text}: check delimiter, and whether this is CSV`);
    }
    const keys = columnKeys([...names, ...Array<string>(width - names.length).fill('')], note).map((key) =>
      JSON.stringify(key),
    );
    const records = rows.slice(header === true ? 1 : 0).map((row) => {
      const values = row.map((cell, position) => `${keys[position]}:${JSON.stringify(cell)}`);
      return `{${values.join(',')}}`;
    });
    return {bytes: Buffer.from(`[${records.join(',')}]`, 'utf8'), start: 0, rowsAreRecords: true};
  },
};
