import type {FieldType} from '../destination.js';
import {BOOLEAN, NESTED, NUMERIC, SMALL, STRING, UNTIMELY, VAST} from './kind.js';

/**
 * What a column holds. `number` is the text of numbers that `numeric` would not hold; `json` is JSON text: nested values as received,
 * and every value of a column whose values are of several kinds. Not `jsonb`, which changes what it takes: the order and the
 * duplicates of keys, the text of numbers.
 */
export type ColumnType =
  | 'boolean'
  | 'bigint'
  | 'numeric'
  | 'number'
  | 'text'
  | 'timestamp with zone'
  | 'timestamp'
  | 'date'
  | 'json';

export const sqlTypes: Readonly<Record<ColumnType, string>> = {
  boolean: 'boolean',
  bigint: 'bigint',
  numeric: 'numeric',
  number: 'text',
  text: 'text',
  'timestamp with zone': 'timestamptz',
  timestamp: 'timestamp',
  date: 'date',
  json: 'json',
};

/** The kinds of values that a column takes as it is. */
export const accepted: Readonly<Record<ColumnType, number>> = {
  boolean: BOOLEAN,
  bigint: SMALL,
  numeric: SMALL | NUMERIC,
  number: SMALL | NUMERIC | VAST,
  text: STRING | UNTIMELY,
  'timestamp with zone': STRING,
  timestamp: STRING,
  date: STRING,
  json: BOOLEAN | SMALL | NUMERIC | VAST | STRING | UNTIMELY | NESTED,
};

/** The type that a column gets before its first value; a field without a promise waits for one. */
export function declaredType(field: FieldType): ColumnType | undefined {
  switch (field) {
    case 'integer':
      return 'bigint';
    case 'number':
      return 'numeric';
    case 'string':
      return 'text';
    default:
      return field;
  }
}

const isTemporal = (type: ColumnType | undefined): boolean =>
  type === 'timestamp with zone' || type === 'timestamp' || type === 'date';

const numbers = SMALL | NUMERIC | VAST;

/** One bit per family of values: all numbers are SMALL, all strings STRING. */
const familyOf = (kinds: number): number =>
  (kinds & (BOOLEAN | STRING | NESTED)) | ((kinds & numbers) === 0 ? 0 : SMALL);

/**
 * The narrowest type that holds, without loss, what the column holds and a value of `kind` besides. `current`: undefined for a column
 * without values; `declared` then says which of several types that fit.
 */
export function widened(current: ColumnType | undefined, kind: number, declared: ColumnType | undefined): ColumnType {
  if (current === 'json' || (current === undefined && declared === 'json')) return 'json';
  switch (familyOf(kind | (current === undefined ? 0 : accepted[current]))) {
    case BOOLEAN:
      return 'boolean';
    case STRING: {
      const wished = current ?? declared;
      return wished !== undefined && isTemporal(wished) && (kind & UNTIMELY) === 0 ? wished : 'text';
    }
    case SMALL:
      if ((kind & VAST) !== 0 || current === 'number') return 'number';
      return (kind & NUMERIC) !== 0 || (current ?? declared) === 'numeric' ? 'numeric' : 'bigint';
    default:
      return 'json';
  }
}

/**
 * SQL that makes a `to` of the stored value `column` of type `from`, which `widened` chose. What `widened` chooses only for columns
 * without values comes out as null.
 */
export function converted(column: string, from: ColumnType, to: ColumnType): string {
  const isNumber = (accepted[from] & SMALL) !== 0 && from !== 'json';
  if (from === to) return column;
  if (to === 'json' && from === 'number') return `${column}::json`;
  if (to === 'json') return `to_json(${isTemporal(from) ? textOfTime(column, from) : column})`;
  if (to === 'text' && isTemporal(from)) return textOfTime(column, from);
  if (isNumber && (to === 'numeric' || to === 'number')) return `${column}::${sqlTypes[to]}`;
  return `NULL::${sqlTypes[to]}`;
}

/** Times as ISO 8601, as nearly every API writes them. */
function textOfTime(column: string, type: ColumnType): string {
  const format = `'YYYY-MM-DD"T"HH24:MI:SS.US'`;
  switch (type) {
    case 'timestamp with zone':
      return `replace(to_char(${column} AT TIME ZONE 'UTC', ${format}) || 'Z', '.000000Z', 'Z')`;
    case 'timestamp':
      return `regexp_replace(to_char(${column}, ${format}), '[.]000000$', '')`;
    default:
      return `to_char(${column}, 'YYYY-MM-DD')`;
  }
}
