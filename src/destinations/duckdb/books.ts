import {configError} from '../../errors.js';
import type {Job, Saved, SavedStream, Target} from '../destination.js';
import type {ColumnType} from './column-type.js';
import type {Session} from './database.js';
import {folded, literal} from './names.js';

/** Our own tables stand in the same file, so that one transaction covers rows and what is known about them. */
const schema = '_source_rest_api';

const layout = [
  `CREATE SCHEMA IF NOT EXISTS ${schema}`,
  `CREATE TABLE IF NOT EXISTS ${schema}.streams (namespace VARCHAR, stream VARCHAR, table_name VARCHAR, generation BIGINT,
     next_table VARCHAR, next_generation BIGINT, sample BOOLEAN)`,
  `CREATE TABLE IF NOT EXISTS ${schema}.columns (table_name VARCHAR, field VARCHAR, column_name VARCHAR, type VARCHAR)`,
  `CREATE TABLE IF NOT EXISTS ${schema}.state (namespace VARCHAR, stream VARCHAR, generation BIGINT, sync_id BIGINT,
     state VARCHAR, committed_at BIGINT)`,
  `CREATE TABLE IF NOT EXISTS ${schema}.jobs (sync_id BIGINT, fingerprint VARCHAR)`,
];

export interface StreamBook {
  /** Of the table that readers see; undefined: not created yet. */
  readonly table: string | undefined;
  readonly generation: number | undefined;
  /** Of the table that will replace it. */
  readonly nextTable: string | undefined;
  readonly nextGeneration: number | undefined;
  readonly sample: boolean;
}

export interface ColumnBook {
  readonly field: string;
  readonly column: string;
  readonly type: ColumnType;
}

const types: readonly ColumnType[] = [
  'boolean',
  'bigint',
  'hugeint',
  'double',
  'number',
  'string',
  'timestamp with zone',
  'timestamp',
  'date',
  'json',
];

const number = (text: string | null | undefined): number | undefined =>
  text === null || text === undefined ? undefined : Number(text);

const sqlNumber = (value: number | undefined): string => (value === undefined ? 'NULL' : String(Math.trunc(value)));
const sqlText = (value: string | undefined): string => (value === undefined ? 'NULL' : literal(value));

type Named = Pick<Target, 'name' | 'namespace'>;

/** Namespace null, absent and "" are one (protocol). */
const isStream = ({name, namespace}: Named): string =>
  `stream = ${literal(name)} AND namespace = ${literal(namespace ?? '')}`;

export async function createBooks(session: Session): Promise<void> {
  for (const statement of ['BEGIN', ...layout, 'COMMIT']) await session.run(statement);
}

export async function readSaved(session: Session): Promise<Saved> {
  const streams = await session.rows(
    `SELECT stream, namespace, t.generation, t.next_generation, t.sample, s.state, s.generation, s.sync_id, s.committed_at,
            t.table_name, t.next_table
       FROM ${schema}.streams t FULL JOIN ${schema}.state s USING (namespace, stream) ORDER BY ALL`,
  );
  const present = await presentTables(session);
  const has = (table: string | null | undefined) => table !== null && table !== undefined && present.has(folded(table));
  const job = (await session.rows(`SELECT sync_id, fingerprint FROM ${schema}.jobs`))[0];
  return {
    job: job === undefined ? undefined : readJob(job),
    streams: streams.map((row): SavedStream => {
      const [name, namespace, generation, pending, sample, ...rest] = row;
      const [state, stateGeneration, syncId, at, table, next] = rest;
      return {
        name: name ?? '',
        namespace: namespace === null || namespace === '' ? undefined : namespace,
        generation: has(table) ? number(generation) : undefined,
        pending: has(next) ? number(pending) : undefined,
        sample: sample === 'true',
        state:
          state === null || state === undefined
            ? undefined
            : {text: state, generation: number(stateGeneration) ?? 0, syncId: number(syncId), at: number(at) ?? 0},
      };
    }),
  };
}

const readJob = ([syncId, fingerprint]: readonly (string | null)[]): Job => ({
  syncId: number(syncId) ?? 0,
  fingerprint: fingerprint ?? '',
});

export async function writeJob(session: Session, job: Job): Promise<void> {
  await session.run('BEGIN');
  await session.run(`DELETE FROM ${schema}.jobs`);
  await session.run(`INSERT INTO ${schema}.jobs VALUES (${sqlNumber(job.syncId)}, ${literal(job.fingerprint)})`);
  await session.run('COMMIT');
}

export async function readStream(session: Session, stream: Named): Promise<StreamBook> {
  const row = (
    await session.rows(
      `SELECT table_name, generation, next_table, next_generation, sample FROM ${schema}.streams WHERE ${isStream(stream)}`,
    )
  )[0];
  return {
    table: row?.[0] ?? undefined,
    generation: number(row?.[1]),
    nextTable: row?.[2] ?? undefined,
    nextGeneration: number(row?.[3]),
    sample: row?.[4] === 'true',
  };
}

export async function writeStream(session: Session, stream: Named, book: StreamBook): Promise<void> {
  await session.run(`DELETE FROM ${schema}.streams WHERE ${isStream(stream)}`);
  await session.run(
    `INSERT INTO ${schema}.streams VALUES (${literal(stream.namespace ?? '')}, ${literal(stream.name)}, ${sqlText(book.table)},
       ${sqlNumber(book.generation)}, ${sqlText(book.nextTable)}, ${sqlNumber(book.nextGeneration)}, ${book.sample})`,
  );
}

/** Tables in the file, folded: also those that somebody else made, without those that somebody dropped. */
export async function presentTables(session: Session): Promise<ReadonlySet<string>> {
  const rows = await session.rows(
    `SELECT table_name FROM information_schema.tables WHERE table_catalog = current_database() AND table_schema = 'main'`,
  );
  return new Set(rows.map(([name]) => folded(name ?? '')));
}

/** Tables of ours, whichever stream they belong to. */
export async function tablesInBooks(session: Session): Promise<readonly string[]> {
  const rows = await session.rows(
    `SELECT table_name FROM ${schema}.streams UNION ALL SELECT next_table FROM ${schema}.streams`,
  );
  return rows.flatMap(([name]) => (name === null || name === undefined ? [] : [name]));
}

export async function readColumns(session: Session, table: string): Promise<readonly ColumnBook[]> {
  const rows = await session.rows(
    `SELECT field, column_name, type FROM ${schema}.columns WHERE table_name = ${literal(table)} ORDER BY rowid`,
  );
  return rows.map(([field, column, text]) => {
    const type = types.find((known) => known === text);
    if (type === undefined) throw configError(`the table ${table} was written by a newer version: update this one`);
    return {field: field ?? '', column: column ?? '', type};
  });
}

export async function addColumns(session: Session, table: string, columns: readonly ColumnBook[]): Promise<void> {
  if (columns.length === 0) return;
  const rows = columns.map(({field, column, type}) => `(${[table, field, column, type].map(literal).join(', ')})`);
  await session.run(`INSERT INTO ${schema}.columns VALUES ${rows.join(', ')}`);
}

export async function retypeColumn(session: Session, table: string, column: ColumnBook): Promise<void> {
  await session.run(
    `DELETE FROM ${schema}.columns WHERE table_name = ${literal(table)} AND column_name = ${literal(column.column)}`,
  );
  await addColumns(session, table, [column]);
}

export async function dropColumns(session: Session, table: string): Promise<void> {
  await session.run(`DELETE FROM ${schema}.columns WHERE table_name = ${literal(table)}`);
}

/** The books of `from` become those of `to`. */
export async function renameColumns(session: Session, from: string, to: string): Promise<void> {
  await dropColumns(session, to);
  await session.run(
    `INSERT INTO ${schema}.columns SELECT ${literal(to)}, field, column_name, type
       FROM ${schema}.columns WHERE table_name = ${literal(from)} ORDER BY rowid`,
  );
  await dropColumns(session, from);
}

/** `at`: epoch ms. */
export async function writeState(session: Session, target: Target, state: string, at: number): Promise<void> {
  await session.run(`DELETE FROM ${schema}.state WHERE ${isStream(target)}`);
  await session.run(
    `INSERT INTO ${schema}.state VALUES (${literal(target.namespace ?? '')}, ${literal(target.name)},
       ${sqlNumber(target.generation ?? 0)}, ${sqlNumber(target.syncId)}, ${literal(state)}, ${sqlNumber(at)})`,
  );
}
