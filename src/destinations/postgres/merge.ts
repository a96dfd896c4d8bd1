import type {Target} from '../destination.js';
import type {Columns} from './columns.js';
import type {Connection} from './connection.js';
import {insertRows} from './insert.js';
import {cursorOrder, type KeyPart, keyParts, type Part} from './key.js';
import {createKeyIndex, dropKeyIndex, findKeyIndex, indexed, isOn, type KeyIndex, removeDoubles} from './key-index.js';
import {quoted} from './names.js';
import type {Staging} from './staging.js';
import type {Table} from './table.js';

/** What a merge found among the rows that came. */
export interface Merged {
  readonly new: number;
  readonly changed: number;
}

interface Merge {
  readonly on: Connection;
  readonly target: Target;
  readonly columns: Columns;
  readonly staging: Staging;
  /** Fits the columns. */
  readonly table: Table;
  readonly generation: number;
}

/**
 * Moves the staged rows into the table so that it holds one row of each key: the one with the greatest cursor, of several the one
 * that came last. A key that is null as a whole names no row: those stay side by side.
 */
export async function merge(job: Merge): Promise<Merged> {
  const {on, target, columns, staging, table} = job;
  const types = new Map(columns.layout.map(({field, type}) => [field, type]));
  const typeOf = (field: string) => types.get(field);
  const indexes = new Map(columns.layout.map(({field, index}) => [field, `s.c${index}`]));
  const staged: ColumnOf = (field) => indexes.get(field) ?? 'NULL';
  const stored: ColumnOf = (field) => `t.${quoted(table.find(field)?.name ?? '')}`;
  const parts = keyParts(target.key, typeOf);
  const order = cursorOrder(target.cursor, typeOf);
  const {table: rows} = staging;
  if (parts.length === 0) return {new: await insertRows(job), changed: 0};
  const keys = parts.map(({field, sql}) => sql(staged(field)));
  const orders = (of: ColumnOf) => (order === undefined ? [] : order.parts.map((sql) => sql(of(order.field))));

  await keepNewest(on, rows, parts, keys, orders(staged));
  const {patterns, longest} = await survey(on, rows, parts, keys);
  const isEmpty = (await on.rows(`SELECT FROM ${table.sql} LIMIT 1`)).length === 0;
  let index = await findKeyIndex(on, table);
  if (index !== undefined && !isOn(index, table, parts, longest)) {
    await dropKeyIndex(on, table);
    index = undefined;
  }
  let changed = 0;
  if (!isEmpty) {
    const bare: ColumnOf = (field) => quoted(table.find(field)?.name ?? '');
    if (index === undefined) {
      await removeDoubles(on, table, parts, orders(bare));
      index = await createKeyIndex(on, table, parts, Math.max(longest, await longestOf(on, table, parts)));
    }
    await on.run(`ANALYZE ${rows}`);
    for (const pattern of patterns) {
      const same = matches(parts, pattern, index, staged, stored);
      if (order !== undefined) {
        const newer = isNewer(order.parts, stored(order.field), staged(order.field));
        await on.run(`DELETE FROM ${rows} AS s USING ${table.sql} AS t WHERE ${same} AND ${newer}`);
      }
      changed += await on.run(`DELETE FROM ${table.sql} AS t USING ${rows} AS s WHERE ${same}`);
    }
  }
  const inserted = await insertRows(job);
  if (index === undefined) await createKeyIndex(on, table, parts, longest);
  return {new: inserted - changed, changed};
}

type ColumnOf = (field: string) => string;

/** Of staged rows with one key. */
async function keepNewest(
  on: Connection,
  rows: string,
  parts: readonly KeyPart[],
  keys: readonly string[],
  orders: readonly string[],
): Promise<void> {
  const named = keys.map((sql) => `${sql} IS NOT NULL`).join(' OR ');
  const doubles = `SELECT FROM ${rows} AS s WHERE ${named} GROUP BY ${keys.join(', ')} HAVING count(*) > 1 LIMIT 1`;
  if ((await on.rows(doubles)).length === 0) return;
  // Any order groups equal keys; that of bytes is the fastest.
  const grouped = keys.map((sql, k) => (parts[k]?.isText === true ? `${sql} COLLATE "C"` : sql));
  const newest = [...orders.map((sql) => `${sql} DESC NULLS LAST`), 'n DESC'].join(', ');
  await on.run(
    `DELETE FROM ${rows} WHERE n IN (SELECT n FROM (
       SELECT n, row_number() OVER (PARTITION BY ${grouped.join(', ')} ORDER BY ${newest}) AS place
         FROM ${rows} AS s WHERE ${named}) AS ranked WHERE place > 1)`,
  );
}

/**
 * Which parts of the keys are null (a `1` for each that is not): rows of one pattern are joined by equality, which indexes and hashes
 * know, as they do not know IS NOT DISTINCT FROM. And the bytes of the longest part.
 */
async function survey(
  on: Connection,
  rows: string,
  parts: readonly KeyPart[],
  keys: readonly string[],
): Promise<{readonly patterns: readonly string[]; readonly longest: number}> {
  const lengths = keys.filter((_, k) => parts[k]?.isText).map((sql) => `octet_length(${sql})`);
  const found = await on.rows(
    `SELECT concat(${keys.map((sql) => `CASE WHEN ${sql} IS NULL THEN '0' ELSE '1' END`).join(', ')}) AS pattern,
            max(${lengths.length === 0 ? '0' : `greatest(${lengths.join(', ')})`})
       FROM ${rows} AS s GROUP BY pattern`,
  );
  return {
    patterns: found.flatMap(([pattern]) => (pattern?.includes('1') === true ? [pattern] : [])),
    longest: Math.max(0, ...found.map(([, length]) => Number(length ?? 0))) * lengths.length,
  };
}

async function longestOf(on: Connection, table: Table, parts: readonly KeyPart[]): Promise<number> {
  const texts = parts.filter(({isText}) => isText);
  if (texts.length === 0) return 0;
  const lengths = texts.map(({field, sql}) => `octet_length(${sql(quoted(table.find(field)?.name ?? ''))})`);
  const [[length] = []] = await on.rows(`SELECT max(greatest(${lengths.join(', ')})) FROM ${table.sql}`);
  return Number(length ?? 0) * texts.length;
}

/** That a row of `s` with this pattern and a row of `t` have the same key. */
function matches(
  parts: readonly KeyPart[],
  pattern: string,
  {isHashed}: KeyIndex,
  staged: ColumnOf,
  stored: ColumnOf,
): string {
  const conditions = parts.flatMap((part, k) => {
    const [s, t] = [part.sql(staged(part.field)), part.sql(stored(part.field))];
    const [hashS, hashT] = [indexed(part, isHashed, staged(part.field)), indexed(part, isHashed, stored(part.field))];
    if (pattern[k] === '0') return [`${s} IS NULL`, `${hashT} IS NULL`];
    return hashS === s ? [`${s} = ${t}`] : [`${hashS} = ${hashT}`, `${s} = ${t}`];
  });
  return conditions.join(' AND ');
}

/** That the row of column `a` is certainly newer than that of `b`: the first value that differs decides, null is the oldest. */
function isNewer(parts: readonly Part[], a: string, b: string): string {
  return parts.reduceRight((rest, sql) => {
    const [left, right] = [sql(a), sql(b)];
    const greater = `coalesce(${left} > ${right}, ${left} IS NOT NULL AND ${right} IS NULL)`;
    return rest === '' ? greater : `(${greater} OR (${left} IS NOT DISTINCT FROM ${right} AND ${rest}))`;
  }, '');
}
