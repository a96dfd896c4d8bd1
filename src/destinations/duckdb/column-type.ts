import type {FieldType} from '../destination.js';
import {BARE, BIG, BOOLEAN, ESCAPED, HUGE, LONG, NESTED, REAL, SMALL, STRING, UNTIMELY} from './shape.js';

/**
 * What a column holds. `number` is the text of numbers of which some type would lose digits; `json` is JSON text: nested values as
 * received, and every value of a column whose values are of several kinds.
 */
export type ColumnType =
  | 'boolean'
  | 'bigint'
  | 'hugeint'
  | 'double'
  | 'number'
  | 'string'
  | 'timestamp with zone'
  | 'timestamp'
  | 'date'
  | 'json';

export const sqlTypes: Readonly<Record<ColumnType, string>> = {
  boolean: 'BOOLEAN',
  bigint: 'BIGINT',
  hugeint: 'HUGEINT',
  double: 'DOUBLE',
  number: 'VARCHAR',
  string: 'VARCHAR',
  'timestamp with zone': 'TIMESTAMPTZ',
  timestamp: 'TIMESTAMP',
  date: 'DATE',
  json: 'JSON',
};

/** The type that a column gets before its first value; a field without a promise waits for one. */
export function declaredType(field: FieldType): ColumnType | undefined {
  switch (field) {
    case 'integer':
      return 'bigint';
    case 'number':
      return 'double';
    default:
      return field;
  }
}

const isTemporal = (type: ColumnType | undefined): boolean =>
  type === 'timestamp with zone' || type === 'timestamp' || type === 'date';

const families: Readonly<Record<ColumnType, number>> = {
  boolean: BOOLEAN,
  bigint: SMALL,
  hugeint: SMALL,
  double: SMALL,
  number: SMALL,
  string: STRING,
  'timestamp with zone': STRING,
  timestamp: STRING,
  date: STRING,
  json: 0,
};

/** One bit per kind of value, whatever its size: numbers are SMALL. */
function family(shape: number): number {
  const numeric = (shape & (SMALL | BIG | HUGE | REAL | LONG)) === 0 ? 0 : SMALL;
  return (shape & (BOOLEAN | STRING | NESTED)) | numeric;
}

/**
 * The narrowest type that holds, without loss, what the column holds and values of `shape` besides. `current`: undefined for a
 * column without values; `declared` then says which of several types that fit. `bigInside`: some integer of the column is beyond
 * what a double counts exactly.
 */
export function widened(
  current: ColumnType | undefined,
  shape: number,
  declared: ColumnType | undefined,
  bigInside: () => boolean,
): ColumnType | undefined {
  const kinds = family(shape);
  if (kinds === 0) return current;
  if (current === 'json' || (current === undefined && declared === 'json')) return 'json';
  const together = kinds | (current === undefined ? 0 : families[current]);
  switch (together) {
    case BOOLEAN:
      return 'boolean';
    case STRING: {
      const wished = current ?? declared;
      return wished !== undefined && isTemporal(wished) && (shape & UNTIMELY) === 0 ? wished : 'string';
    }
    case SMALL:
      return number(current ?? (declared === 'double' ? 'double' : undefined), shape, bigInside);
    default:
      return 'json';
  }
}

function number(current: ColumnType | undefined, shape: number, bigInside: () => boolean): ColumnType {
  const real = (shape & REAL) !== 0 || current === 'double';
  const huge = (shape & HUGE) !== 0 || current === 'hugeint';
  if ((shape & LONG) !== 0 || current === 'number') return 'number';
  if (!real) return huge ? 'hugeint' : 'bigint';
  if (huge || (shape & BIG) !== 0) return 'number';
  return current === 'bigint' && bigInside() ? 'number' : 'double';
}

/** SQL that makes a value of `type` from a piece's text in `raw`, whose values are of `shape`. */
export function fromText(raw: string, type: ColumnType, shape: number): string {
  if ((shape & BARE) === 0 || isTemporal(type)) return type === 'number' ? raw : `${raw}::${sqlTypes[type]}`;
  const json = `('"' || ${raw} || '"')`;
  if (type !== 'json')
    return (shape & ESCAPED) === 0 ? raw : `CASE WHEN contains(${raw}, '\\') THEN ${json} ->> '$' ELSE ${raw} END`;
  return (family(shape) & ~STRING) === 0
    ? `${json}::JSON`
    : `CASE WHEN starts_with(${raw}, E'\\x1d') THEN substr(${raw}, 2) ELSE ${json} END::JSON`;
}

/** SQL that makes a `to` of the stored value `column` of type `from`, which `widened` chose. */
export function converted(column: string, from: ColumnType, to: ColumnType): string {
  if (to === 'string') return textOfTime(column, from);
  if (to !== 'json') return `${column}::${sqlTypes[to]}`;
  if (from === 'string' || isTemporal(from)) return `to_json(${textOfTime(column, from)})`;
  return `${column}::VARCHAR::JSON`;
}

/** Times as ISO 8601, as nearly every API writes them; text as it is. */
function textOfTime(column: string, type: ColumnType): string {
  const format = `'%Y-%m-%dT%H:%M:%S.%f'`;
  switch (type) {
    case 'timestamp with zone':
      return `replace(strftime(${column} AT TIME ZONE 'UTC', ${format}) || 'Z', '.000000Z', 'Z')`;
    case 'timestamp':
      return `replace(strftime(${column}, ${format}), '.000000', '')`;
    default:
      return `${column}::VARCHAR`;
  }
}
