import type {Target} from '../destination.js';
import type {ColumnType} from './column-type.js';
import type {Columns} from './columns.js';
import type {Session} from './database.js';
import {literal, quoted} from './names.js';

/** What a merge found among the rows that came. */
export interface Merged {
  readonly new: number;
  readonly changed: number;
}

/**
 * Leaves one row of each key: the one with the greatest cursor, of several the one that came last. Rows up to `before` (a rowid)
 * stood there, `rows` came after it. A key that is null as a whole names no row: those stay side by side.
 */
export async function merge(
  session: Session,
  table: string,
  columns: Columns,
  target: Target,
  {before, rows}: {readonly before: string; readonly rows: number},
): Promise<Merged> {
  const keys = target.key.map((path) => pathSql(columns, path)?.sql ?? 'NULL');
  const names = keys.map((_, k) => `k${k}`);
  const list = names.join(', ');
  const order = cursorOrder(columns, target.cursor);
  const keyed = `WITH keyed AS (
    SELECT rowid AS r, ${keys.map((sql, k) => `${sql} AS k${k}`).join(', ')}${order.map((sql, k) => `, ${sql} AS o${k}`).join('')}
      FROM ${quoted(table)} WHERE ${keys.map((sql) => `${sql} IS NOT NULL`).join(' OR ')})`;
  const same = names.map((name) => `keyed.${name} IS NOT DISTINCT FROM other.${name}`).join(' AND ');
  // Only the keys that came can have become double; in a new table these are all.
  const among =
    before === '-1' ? '' : `SEMI JOIN (SELECT DISTINCT ${list} FROM keyed WHERE r > ${before}) AS other ON ${same}`;
  await session.run(`CREATE OR REPLACE TEMP TABLE doubles AS ${keyed}
    SELECT ${list}, count(*) FILTER (r > ${before}) AS fresh, min(r) <= ${before} AS known
      FROM keyed ${among} GROUP BY ${list} HAVING count(*) > 1`);
  const [fresh, unknown, groups] = await numbers(
    session,
    'SELECT coalesce(sum(fresh), 0), count(*) FILTER (NOT known), count(*) FROM doubles',
  );
  if (groups === 0) return {new: rows, changed: 0};
  const newest = [...order.map((_, k) => `o${k} DESC NULLS LAST`), 'r DESC'].join(', ');
  await session.run(`CREATE OR REPLACE TEMP TABLE losers AS ${keyed}
    SELECT r FROM (SELECT r, row_number() OVER (PARTITION BY ${list} ORDER BY ${newest}) AS place
      FROM keyed SEMI JOIN doubles AS other ON ${same}) WHERE place > 1`);
  const [changed] = await numbers(session, `SELECT count(*) FROM losers WHERE r <= ${before}`);
  await session.run(`DELETE FROM ${quoted(table)} WHERE rowid IN (SELECT r FROM losers)`);
  return {new: rows - (fresh ?? 0) + (unknown ?? 0), changed: changed ?? 0};
}

async function numbers(session: Session, sql: string): Promise<readonly number[]> {
  return ((await session.rows(sql))[0] ?? []).map(Number);
}

/** The value at a path: a column, or what lies inside one, as text. undefined: no row has it. */
function pathSql(
  columns: Columns,
  path: readonly string[],
): {readonly sql: string; readonly type: ColumnType} | undefined {
  const [field, ...inner] = path;
  const column = field === undefined ? undefined : columns.find(field);
  if (column === undefined) return undefined;
  if (inner.length === 0) return {sql: quoted(column.name), type: column.type};
  // RFC 6901, which DuckDB reads beside JSONPath and which needs no quotes.
  const pointer = inner.map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
  return {sql: `json_extract_string(${quoted(column.name)}, ${literal(pointer)})`, type: 'json'};
}

/**
 * What to sort by, most important first. Text counts as a number or as a time where it is one, and as text where it is spelled so that
 * order of text is order of time (ISO 8601, ULID); any other (`Tue, 3 Jun`) says nothing, and the order of arrival decides.
 */
function cursorOrder(columns: Columns, cursor: readonly string[] | undefined): readonly string[] {
  const column = cursor === undefined ? undefined : pathSql(columns, cursor);
  if (column === undefined) return [];
  const {sql, type} = column;
  switch (type) {
    case 'number':
      return [`TRY_CAST(${sql} AS DOUBLE)`];
    case 'string':
      return textOrder(sql);
    case 'json':
      return textOrder(cursor?.length === 1 ? `${sql} ->> '$'` : sql);
    default:
      return [sql];
  }
}

const textOrder = (sql: string): readonly string[] => [
  `TRY_CAST(${sql} AS DOUBLE)`,
  `CASE WHEN regexp_matches(${sql}, '^[0-9]{4}-[0-9]{2}-') THEN TRY_CAST(${sql} AS TIMESTAMPTZ) END`,
  `CASE WHEN regexp_matches(${sql}, '^[0-9]{4}-[0-9]{2}|^[0-9A-Za-z]+$') THEN ${sql} END`,
];
