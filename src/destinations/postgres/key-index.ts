import type {Connection} from './connection.js';
import type {KeyPart} from './key.js';
import {extractedAt, freeName, literal, quoted} from './names.js';
import type {Table} from './table.js';

/** An index entry has to fit a third of a page (2,704 bytes): longer values are found by their hash. */
const longestValue = 2000;

/** How rows of a table are found by their key. It is unique, so it also tells that the table holds one row of each. */
export interface KeyIndex {
  readonly name: string;
  /** What it is on, as its comment keeps it. */
  readonly on: string;
  readonly isHashed: boolean;
}

const mark = 'source-rest-api: ';

export async function findKeyIndex(on: Connection, table: Table): Promise<KeyIndex | undefined> {
  const [[name, comment] = []] = await on.rows(
    `SELECT relname, obj_description(indexrelid, 'pg_class') FROM pg_index JOIN pg_class ON oid = indexrelid
      WHERE indrelid = to_regclass($1) AND obj_description(indexrelid, 'pg_class') LIKE ${literal(`${mark}%`)}`,
    [table.sql],
  );
  if (typeof name !== 'string' || typeof comment !== 'string') return undefined;
  const text = comment.slice(mark.length);
  return {name, on: text, isHashed: text.startsWith('hash of ')};
}

export async function dropKeyIndex(on: Connection, table: Table): Promise<void> {
  const index = await findKeyIndex(on, table);
  if (index !== undefined) await on.run(`DROP INDEX ${quoted(table.schema)}.${quoted(index.name)}`);
}

/** What an index on the parts would be on. */
const definition = (table: Table, parts: readonly KeyPart[], isHashed: boolean): string =>
  `${isHashed ? 'hash of ' : ''}${parts.map(({field, sql}) => sql(quoted(table.find(field)?.name ?? ''))).join(', ')}`;

export const isOn = (index: KeyIndex, table: Table, parts: readonly KeyPart[], longest: number): boolean =>
  (index.isHashed || longest <= longestValue) && index.on === definition(table, parts, index.isHashed);

/** The table holds one row of each key already. `longest`: bytes of the longest value of a key. */
export async function createKeyIndex(
  on: Connection,
  table: Table,
  parts: readonly KeyPart[],
  longest: number,
): Promise<KeyIndex> {
  const isHashed = longest > longestValue;
  const present = await on.rows(
    'SELECT relname FROM pg_class WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1)',
    [table.schema],
  );
  const name = freeName(`${table.name}_key`, new Set(present.map(([relation]) => relation ?? '')));
  const values = parts.map((part) => `(${indexed(part, isHashed, quoted(table.find(part.field)?.name ?? ''))})`);
  const comment = definition(table, parts, isHashed);
  await on.run(`CREATE UNIQUE INDEX ${quoted(name)} ON ${table.sql} (${values.join(', ')})`);
  await on.run(`COMMENT ON INDEX ${quoted(table.schema)}.${quoted(name)} IS ${literal(mark + comment)}`);
  return {name, on: comment, isHashed};
}

/** SQL of the part as the index has it. */
export const indexed = ({sql, isText}: KeyPart, isHashed: boolean, column: string): string =>
  isHashed && isText ? `md5(${sql(column)})` : sql(column);

/** Leaves the latest row of each key in a table that was not merged by it before. Returns how many went. */
export async function removeDoubles(
  on: Connection,
  table: Table,
  parts: readonly KeyPart[],
  order: readonly string[],
): Promise<number> {
  const keys = parts.map(({field, sql}) => sql(quoted(table.find(field)?.name ?? '')));
  const newest = [
    ...order.map((sql) => `${sql} DESC NULLS LAST`),
    `${quoted(extractedAt)} DESC NULLS LAST`,
    'ctid DESC',
  ];
  return on.run(
    `DELETE FROM ${table.sql} WHERE ctid IN (SELECT ctid FROM (
       SELECT ctid, row_number() OVER (PARTITION BY ${keys.join(', ')} ORDER BY ${newest.join(', ')}) AS place
         FROM ${table.sql} WHERE ${keys.map((sql) => `${sql} IS NOT NULL`).join(' OR ')}) AS ranked WHERE place > 1)`,
  );
}
