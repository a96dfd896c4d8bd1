import type {ColumnType} from './column-type.js';
import {literal} from './names.js';

/** SQL of a value, from SQL of the column that holds it. */
export type Part = (column: string) => string;

/** The value that a path leads to. */
interface Located {
  /** Of the column. */
  readonly field: string;
  readonly sql: Part;
  /** Of the value. */
  readonly type: ColumnType;
}

const isText = (type: ColumnType): boolean => type === 'text' || type === 'number' || type === 'json';

/** The value at a path: a column, or the text of what lies inside one. undefined: no row has it. */
function locate(path: readonly string[], typeOf: (field: string) => ColumnType | undefined): Located | undefined {
  const [field, ...inner] = path;
  const type = field === undefined ? undefined : typeOf(field);
  if (field === undefined || type === undefined) return undefined;
  if (inner.length === 0) return {field, sql: (column) => column, type};
  if (type !== 'json') return undefined;
  return {field, sql: (column) => `(${column} #>> ARRAY[${inner.map(literal).join(', ')}]::text[])`, type: 'text'};
}

/** One value of a key, which can be compared and indexed. */
export interface KeyPart {
  readonly field: string;
  readonly sql: Part;
  /** Its values are texts of any length. */
  readonly isText: boolean;
}

/** The values of a key that some row has; those that are missing everywhere tell no rows apart. */
export function keyParts(
  key: readonly (readonly string[])[],
  typeOf: (field: string) => ColumnType | undefined,
): readonly KeyPart[] {
  return key.flatMap((path) => {
    const found = locate(path, typeOf);
    if (found === undefined) return [];
    const {field, sql, type} = found;
    // "1" and 1 are two keys; JSON has no order of its own, so that its kind and text are compared.
    const comparable: Part =
      type === 'json' ? (column) => `(json_typeof(${column}) || ':' || (${column} #>> '{}'))` : sql;
    return [{field, sql: comparable, isText: isText(type)}];
  });
}

/** A temporary function: a text as a time, null where it is none. PostgreSQL before 16 has no other way to ask. */
export const createTimeOf = `CREATE OR REPLACE FUNCTION pg_temp.time_of(text) RETURNS timestamptz LANGUAGE plpgsql AS
  $$ BEGIN RETURN $1::timestamptz; EXCEPTION WHEN others THEN RETURN NULL; END $$`;

/**
 * What tells the newer of two rows, most important first. Text counts as a number or as a time where it is one, and as text where it
 * is spelled so that order of text is order of time (ISO 8601, ULID); any other (`Tue, 3 Jun`) says nothing, and the order of
 * arrival decides.
 */
export function cursorOrder(
  cursor: readonly string[] | undefined,
  typeOf: (field: string) => ColumnType | undefined,
): {readonly field: string; readonly parts: readonly Part[]} | undefined {
  const found = cursor === undefined ? undefined : locate(cursor, typeOf);
  if (found === undefined) return undefined;
  const {field, sql, type} = found;
  if (!isText(type)) return {field, parts: [sql]};
  const text: Part = type === 'json' ? (column) => `(${column} #>> '{}')` : sql;
  const asNumber: Part = (column) => {
    const value = text(column);
    return `CASE WHEN length(${value}) < 1000 AND ${value} ~ '^-?[0-9]+([.][0-9]+)?([eE][+-]?[0-9]{1,3})?$' THEN ${value}::numeric END`;
  };
  if (type === 'number') return {field, parts: [asNumber]};
  const asTime: Part = (column) =>
    `CASE WHEN ${text(column)} ~ '^[0-9]{4}-[0-9]{2}-' THEN pg_temp.time_of(${text(column)}) END`;
  const asText: Part = (column) =>
    `CASE WHEN ${text(column)} ~ '^[0-9]{4}-[0-9]{2}|^[0-9A-Za-z]+$' THEN ${text(column)} COLLATE "C" END`;
  return {field, parts: [asNumber, asTime, asText]};
}
