import {configError} from '../../errors.js';
import type {Job, Saved, SavedStream, Target} from '../destination.js';
import {type ColumnType, sqlTypes} from './column-type.js';
import type {Cell, Connection} from './connection.js';
import {quoted, withoutNul} from './names.js';

/** Of the tables below; a later version of this program raises it when they change. */
const layoutVersion = 1;

/** Our own tables, in the schema of the rows, so that one transaction covers both. */
export const bookTables = ['_source_rest_api_streams', '_source_rest_api_columns', '_source_rest_api_job'] as const;

const columns: Readonly<Record<(typeof bookTables)[number], string>> = {
  _source_rest_api_streams: `namespace text, stream text, table_schema text, table_name text, generation bigint, next_table text,
    next_generation bigint, sample boolean NOT NULL DEFAULT false, state text, state_generation bigint, sync_id bigint,
    committed_at bigint, PRIMARY KEY (namespace, stream)`,
  _source_rest_api_columns: `table_schema text, table_name text, position integer, field json, column_name text, type text,
    used boolean NOT NULL, PRIMARY KEY (table_schema, table_name, column_name)`,
  _source_rest_api_job: 'layout integer, sync_id bigint, fingerprint text',
};

type Named = Pick<Target, 'name' | 'namespace'>;

export interface StreamBook {
  /** Of its tables. */
  readonly schema: string;
  /** The one that readers see; undefined: not created yet. */
  readonly table: string | undefined;
  readonly generation: number | undefined;
  /** The one whose rows will replace those of `table`. */
  readonly nextTable: string | undefined;
  readonly nextGeneration: number | undefined;
  readonly sample: boolean;
}

export interface ColumnBook {
  readonly field: string;
  readonly name: string;
  readonly type: ColumnType;
  readonly used: boolean;
}

const optionalNumber = (cell: Cell | undefined): number | undefined =>
  cell === null || cell === undefined ? undefined : Number(cell);

const isType = (text: string): text is ColumnType => Object.hasOwn(sqlTypes, text);

/** SQL of a table's name; null where somebody dropped it. */
const present = (name: string): string =>
  `CASE WHEN ${name} IS NOT NULL AND to_regclass(format('%I.%I', table_schema, coalesce(${name}, ''))) IS NOT NULL THEN ${name} END`;

const nullable = (value: number | string | undefined): number | string | null => value ?? null;

const nameOf = ({name, namespace}: Named): readonly [string, string] => [withoutNul(namespace ?? ''), withoutNul(name)];

/** What is known about streams, tables and states. A NUL in a name stands as U+FFFD. */
export class Books {
  readonly #streams: string;
  readonly #columns: string;
  readonly #job: string;
  readonly #schema: string;

  constructor(schema: string) {
    const of = (table: (typeof bookTables)[number]) => `${quoted(schema)}.${quoted(table)}`;
    this.#streams = of('_source_rest_api_streams');
    this.#columns = of('_source_rest_api_columns');
    this.#job = of('_source_rest_api_job');
    this.#schema = schema;
  }

  /** Creates what is missing, which takes rights that are not needed later. Throws a config_error for books of a newer version. */
  async open(on: Connection): Promise<void> {
    await createSchema(on, this.#schema);
    const present = await on.rows(
      `SELECT relname FROM pg_class WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1)`,
      [this.#schema],
    );
    const names = new Set(present.map(([name]) => name));
    for (const table of bookTables) {
      if (!names.has(table)) await on.run(`CREATE TABLE ${quoted(this.#schema)}.${quoted(table)} (${columns[table]})`);
    }
    const [[version] = []] = await on.rows(`SELECT layout FROM ${this.#job}`);
    if (version === undefined) await on.run(`INSERT INTO ${this.#job} VALUES ($1)`, [layoutVersion]);
    else if (Number(version) > layoutVersion)
      throw configError(`the schema ${quoted(this.#schema)} was written by a newer version: update this one`);
  }

  async saved(on: Connection): Promise<Saved> {
    const streams = await on.rows(
      `SELECT stream, namespace, generation, next_generation, sample, state, state_generation, sync_id, committed_at,
              ${present('table_name')}, ${present('next_table')}
         FROM ${this.#streams} ORDER BY namespace, stream`,
    );
    const [[, syncId, fingerprint] = []] = await on.rows(`SELECT layout, sync_id, fingerprint FROM ${this.#job}`);
    return {
      job: typeof syncId === 'string' ? {syncId: Number(syncId), fingerprint: fingerprint ?? ''} : undefined,
      streams: streams.map((row): SavedStream => {
        const [name, namespace, generation, pending, sample, state, stateGeneration, id, at, table, next] = row;
        return {
          name: name ?? '',
          namespace: namespace === null || namespace === '' ? undefined : namespace,
          generation: table === null ? undefined : optionalNumber(generation),
          pending: next === null ? undefined : optionalNumber(pending),
          sample: sample === 't',
          state:
            typeof state === 'string'
              ? {text: state, generation: Number(stateGeneration), syncId: optionalNumber(id), at: Number(at)}
              : undefined,
        };
      }),
    };
  }

  async writeJob(on: Connection, {syncId, fingerprint}: Job): Promise<void> {
    await on.run(`UPDATE ${this.#job} SET sync_id = $1, fingerprint = $2`, [syncId, fingerprint]);
  }

  /** A table that somebody dropped is none. `schema`: where the stream's tables would be created. */
  async readStream(on: Connection, stream: Named, schema: string): Promise<StreamBook> {
    const [[tableSchema, table, generation, next, nextGeneration, sample] = []] = await on.rows(
      `SELECT table_schema, ${present('table_name')}, generation, ${present('next_table')}, next_generation, sample
         FROM ${this.#streams} WHERE namespace = $1 AND stream = $2`,
      nameOf(stream),
    );
    const has = typeof table === 'string';
    return {
      schema: typeof tableSchema === 'string' ? tableSchema : schema,
      table: table ?? undefined,
      generation: has ? optionalNumber(generation) : undefined,
      nextTable: next ?? undefined,
      nextGeneration: typeof next === 'string' ? optionalNumber(nextGeneration) : undefined,
      sample: has && sample === 't',
    };
  }

  async writeStream(on: Connection, stream: Named, book: StreamBook): Promise<void> {
    const {schema, table, generation, nextTable, nextGeneration, sample} = book;
    const values = [schema, table, generation, nextTable, nextGeneration].map(nullable);
    await on.run(
      `INSERT INTO ${this.#streams} (namespace, stream, table_schema, table_name, generation, next_table, next_generation, sample)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
       ON CONFLICT (namespace, stream) DO UPDATE SET (table_schema, table_name, generation, next_table, next_generation, sample) =
         (EXCLUDED.table_schema, EXCLUDED.table_name, EXCLUDED.generation, EXCLUDED.next_table, EXCLUDED.next_generation,
          EXCLUDED.sample)`,
      [...nameOf(stream), ...values, sample],
    );
  }

  /** `at`: epoch ms. */
  async writeState(on: Connection, target: Target, state: string, at: number): Promise<void> {
    await on.run(
      `UPDATE ${this.#streams} SET (state, state_generation, sync_id, committed_at) = ($3, $4, $5, $6)
        WHERE namespace = $1 AND stream = $2`,
      [...nameOf(target), state, target.generation ?? 0, nullable(target.syncId), Math.trunc(at)],
    );
  }

  /** Tables of ours in a schema, whichever stream they belong to. */
  async tables(on: Connection, schema: string): Promise<readonly string[]> {
    const rows = await on.rows(
      `SELECT unnest(ARRAY[table_name, next_table]) FROM ${this.#streams} WHERE table_schema = $1`,
      [schema],
    );
    return rows.flatMap(([name]) => (typeof name === 'string' ? [name] : []));
  }

  /** The columns of a table, in order, `field` undefined for those that somebody else added; without those that somebody dropped. */
  async readColumns(
    on: Connection,
    schema: string,
    table: string,
  ): Promise<readonly (ColumnBook | {readonly field: undefined; readonly name: string})[]> {
    const rows = await on.rows(
      `SELECT attname, field, type, used
         FROM pg_attribute LEFT JOIN ${this.#columns} ON table_schema = $1 AND table_name = $2 AND column_name = attname
        WHERE attrelid = to_regclass(format('%I.%I', $1::text, $2::text)) AND attnum > 0 AND NOT attisdropped
        ORDER BY position, attnum`,
      [schema, table],
    );
    return rows.map(([name, field, type, used]) => {
      if (typeof field !== 'string') return {field: undefined, name: name ?? ''};
      if (typeof type !== 'string' || !isType(type))
        throw configError(
          `the table ${quoted(schema)}.${quoted(table)} was written by a newer version: update this one`,
        );
      return {field: String(JSON.parse(field)), name: name ?? '', type, used: used === 't'};
    });
  }

  /** Replaces what is known of the table's columns. */
  async writeColumns(on: Connection, schema: string, table: string, books: readonly ColumnBook[]): Promise<void> {
    await this.dropColumns(on, schema, table);
    const rows = books.map(({field, name, type, used}, position) => ({
      position,
      field: JSON.stringify(field),
      name,
      type,
      used,
    }));
    await on.run(
      `INSERT INTO ${this.#columns} SELECT $1, $2, position, field::json, name, type, used
         FROM json_to_recordset($3::json) AS book (position integer, field text, name text, type text, used boolean)`,
      [schema, table, JSON.stringify(rows)],
    );
  }

  async dropColumns(on: Connection, schema: string, table: string): Promise<void> {
    await on.run(`DELETE FROM ${this.#columns} WHERE table_schema = $1 AND table_name = $2`, [schema, table]);
  }
}

/** Asks first: IF NOT EXISTS takes the right to create one even where it exists. */
export async function createSchema(on: Connection, schema: string): Promise<void> {
  const present = await on.rows('SELECT FROM pg_namespace WHERE nspname = $1', [schema]);
  if (present.length === 0) await on.run(`CREATE SCHEMA ${quoted(schema)}`);
}
