import type {Batch} from '../body/page.js';
import {locate} from '../json/locate.js';
import {members} from '../json/members.js';
import type {Path} from '../json/path.js';
import {jsonText, valueOf as parsedValue, textOf} from '../json/text.js';
import type {StoredRow} from './row-store.js';
import type {ParentPlan, ParentRow, StreamPlan} from './stream-plan.js';

/** Columns that a stream's records get from its parent, as JSON text; `null` where the parent row has none. */
export type Columns = ReadonlyMap<string, string>;

export function columnsOf(parent: ParentPlan, row: ParentRow): Columns {
  return new Map(parent.included.map(({column, field}) => [column, row.values[field] ?? 'null']));
}

/** The columns as they are put before the final brace of a record; undefined where there are none. */
export function suffixOf(columns: Columns): Buffer | undefined {
  if (columns.size === 0) return undefined;
  return Buffer.from([...columns].map(([name, value]) => `,${JSON.stringify(name)}:${value}`).join(''));
}

/** Reduces the rows of a stream to these fields, as copies: nothing of the page is kept (architecture, *Parents*). */
export function rowReader(plan: StreamPlan, paths: readonly Path[]): (batch: Batch, columns: Columns) => StoredRow[] {
  const indexes = paths.map((path) => plan.fields.findIndex((field) => field.text === path.text));
  return (batch, columns) => {
    const rows: StoredRow[] = [];
    const fixed = paths.map((path) => columnValue(path, columns));
    for (let i = 0; i < batch.count; i++) {
      const values = paths.map((path, k) => fixed[k] ?? fieldOf(batch, i, batch.fields[indexes[k] ?? -1], path));
      rows.push(values.join('\n'));
    }
    return rows;
  };
}

/** A column that the parent itself got from its parent (`_repos_name`), or a value within it; undefined: not such a path. */
function columnValue({segments}: Path, columns: Columns): string | undefined {
  const [name, ...rest] = segments ?? [];
  const text = typeof name === 'string' ? columns.get(name) : undefined;
  if (text === undefined) return undefined;
  const found = rest.length === 0 ? jsonText(text) : locate(jsonText(text), rest);
  return found === undefined ? '' : present(textOf(found));
}

function fieldOf(batch: Batch, i: number, spans: Int32Array | undefined, path: Path): string {
  if (spans !== undefined) {
    const start = spans[2 * i] ?? -1;
    return start < 0 ? '' : present(batch.bytes.toString('utf8', start, spans[2 * i + 1] ?? start));
  }
  const record = {bytes: batch.bytes, start: batch.spans[2 * i] ?? 0, end: batch.spans[2 * i + 1] ?? 0};
  const segments = path.segments ?? path.find(parsedValue(record))[0];
  const found = segments === undefined ? undefined : locate(record, segments);
  return found === undefined ? '' : present(textOf(found));
}

const present = (text: string): string => (text === 'null' ? '' : text);

/** The names in the first row, for messages; undefined where there is no row. */
export function keysOf({bytes, count, spans}: Batch, columns: Columns): readonly string[] | undefined {
  const [start, end] = spans;
  if (count === 0 || start === undefined || end === undefined) return undefined;
  return [...new Set([...members({bytes, start, end}).map(({key}) => key), ...columns.keys()])];
}

/** A stored row as one child sees it: `picks` are the indexes of the child's fields among those stored. */
export function pickRow(row: StoredRow, picks: readonly number[]): ParentRow {
  const values = row.split('\n');
  return {values: picks.map((index) => (values[index] === '' ? undefined : values[index]))};
}
