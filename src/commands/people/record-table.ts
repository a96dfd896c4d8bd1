import {isJsonObject} from '../../config/schema/values.js';
import {counted} from '../../counted.js';
import {ExactNumber, type Json, type JsonObject, parseExact, printExact} from '../../json/exact.js';
import {table} from '../table.js';

const widestCell = 32;

/** Where nothing bounds a line, enough for most records. */
const widestLine = 120;

/** Of a nested object the member that tells people most. */
const tellingNames = ['login', 'name', 'title', 'email', 'display_name', 'slug', 'key', 'id', 'value', 'code'];

export interface RecordTableOptions {
  /** Shown first and last: the names of the key and of the cursor. */
  readonly key: readonly string[];
  readonly cursor: string | undefined;
  readonly safe: (text: string) => string;
  readonly width: number;
}

/** Records as rows: key, what fits of the other scalar fields in their order, cursor. */
export function recordTable(records: readonly string[], options: RecordTableOptions): string {
  const {safe, key, cursor} = options;
  const width = Math.min(options.width, widestLine);
  const flat = records.map((text) => flatten(parseExact(text)));
  const names = [...new Set(flat.flatMap((row) => [...row.keys()]))];
  const ends = cursor === undefined || key.includes(cursor) ? [] : names.filter((name) => name === cursor);
  const starts = names.filter((name) => key.includes(name));
  const others = names.filter((name) => !starts.includes(name) && !ends.includes(name));
  const cells = new Map(names.map((name) => [name, flat.map((row) => cut(safe(row.get(name)?.text ?? '')))]));
  const widthOf = (name: string) =>
    Math.max(safe(name).length, ...(cells.get(name) ?? []).map(({length}) => length)) + 2;
  let left = width - 1 - [...starts, ...ends].reduce((sum, name) => sum + widthOf(name), 0);
  const shown = others.filter((name) => {
    const size = widthOf(name);
    if (size > left) return false;
    left -= size;
    return true;
  });
  const order = [...starts, ...shown, ...ends];
  const columns = order.map((name) => ({
    title: safe(name),
    ...(flat.every((row) => row.get(name)?.numeric !== false) ? {numeric: true as const} : {}),
  }));
  const rows = flat.map((_, k) => order.map((name) => cells.get(name)?.[k] ?? ''));
  const rest = names.length - order.length;
  return (
    table(columns, rows, width) +
    (rest > 0 ? `\n … ${counted(rest, 'more field')}: --row 1 shows ${rest === 1 ? 'it' : 'them'}` : '')
  );
}

const cut = (text: string): string => (text.length > widestCell ? `${text.slice(0, widestCell - 1)}…` : text);

interface Cell {
  readonly text: string;
  /** undefined: null, which fits either side. */
  readonly numeric: boolean | undefined;
}

function flatten(record: Json): ReadonlyMap<string, Cell> {
  const row = new Map<string, Cell>();
  if (!isJsonObject(record)) return row;
  for (const [name, value] of Object.entries(record)) {
    if (!isJsonObject(value)) {
      if (!Array.isArray(value)) row.set(name, cellOf(value));
      continue;
    }
    const member = tellingNames.find((one) => isScalar(value, one));
    if (member !== undefined) row.set(`${name}.${member}`, cellOf(value[member] ?? null));
  }
  return row;
}

const isScalar = (object: JsonObject, name: string): boolean =>
  Object.hasOwn(object, name) && (typeof object[name] !== 'object' || object[name] instanceof ExactNumber);

const cellOf = (value: Json): Cell => ({
  text: typeof value === 'string' ? value : value === null ? '' : printExact(value),
  numeric: value === null ? undefined : typeof value === 'number' || value instanceof ExactNumber,
});
