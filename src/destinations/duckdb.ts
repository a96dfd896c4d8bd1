import {rm} from 'node:fs/promises';
import {streamKey} from '../airbyte/input.js';
import type {Clock} from '../clock.js';
import {configError} from '../errors.js';
import {openScratch} from '../scratch.js';
import type {Destination, Job, Saved, StreamSink, Target} from './destination.js';
import {
  createBooks,
  dropColumns,
  presentTables,
  readSaved,
  readStream,
  type StreamBook,
  tablesInBooks,
  writeJob,
  writeStream,
} from './duckdb/books.js';
import {Columns} from './duckdb/columns.js';
import {type Database, openDatabase, type Session} from './duckdb/database.js';
import {folded, freeName, literal, quoted} from './duckdb/names.js';
import {DuckDbStream, staged} from './duckdb/stream.js';

/** A DuckDB file: a table per stream, and our books in a schema of its own. Throws a config_error that says why it cannot be opened. */
export async function openDuckDb(file: string, clock: Clock): Promise<DuckDbDestination> {
  const database = await openDatabase(file);
  const session = await database.session();
  await createBooks(session);
  const folder = await openScratch();
  return new DuckDbDestination({file, database, session, folder, clock});
}

interface Open {
  readonly file: string;
  readonly database: Database;
  readonly session: Session;
  /** For rows on their way. */
  readonly folder: string;
  readonly clock: Clock;
}

export class DuckDbDestination implements Destination {
  readonly #file: string;
  readonly #database: Database;
  readonly #session: Session;
  readonly #folder: string;
  readonly #clock: Clock;
  /** The names that readers use, by `streamKey`. */
  readonly #tables = new Map<string, string>();
  readonly #streams: {sink: DuckDbStream; session: Session}[] = [];

  constructor({file, database, session, folder, clock}: Open) {
    this.#file = file;
    this.#database = database;
    this.#session = session;
    this.#folder = folder;
    this.#clock = clock;
  }

  saved(): Promise<Saved> {
    return readSaved(this.#session);
  }

  saveJob(job: Job): Promise<void> {
    return writeJob(this.#session, job);
  }

  async begin(
    targets: readonly Target[],
    {sample}: {readonly sample: boolean},
  ): Promise<ReadonlyMap<string, StreamSink>> {
    const present = await presentTables(this.#session);
    const ours = new Set((await tablesInBooks(this.#session)).map(folded).filter((name) => present.has(name)));
    const foreign = new Set([...present].filter((name) => !ours.has(name)));
    const sinks = new Map<string, StreamSink>();
    for (const target of targets) {
      const sink = await this.#prepare(target, {ours, foreign, present, sample});
      sinks.set(streamKey(target.name, target.namespace), sink);
    }
    return sinks;
  }

  /** Writes a stream's table into a Parquet file. `key`: of `streamKey`. */
  async copyTo(key: string, file: string): Promise<void> {
    const table = this.#tables.get(key);
    if (table === undefined) return;
    await this.#session.run(`COPY (FROM ${quoted(table)}) TO ${literal(file)} (FORMAT parquet)`);
  }

  async close(): Promise<void> {
    for (const {sink, session} of this.#streams) {
      await sink.abandon();
      session.close();
    }
    this.#session.close();
    this.#database.close();
    await rm(this.#folder, {recursive: true, force: true});
  }

  async #prepare(target: Target, {ours, foreign, present, sample}: Place): Promise<DuckDbStream> {
    const session = await this.#database.session();
    const book = withoutMissing(await readStream(session, target), present);
    const name = book.table ?? this.#nameFor(target, ours, foreign);
    const generation = target.generation ?? 0;
    const isStaged = sample || staged(target, book);
    const table = isStaged ? (book.nextTable ?? freeName(`_next_${name}`, new Set([...ours, ...foreign]))) : name;
    ours.add(folded(name)).add(folded(table));
    // Rows of an earlier attempt of the same job stay: the source goes on behind them.
    const goesOn = isStaged && !sample && target.generation !== undefined && book.nextGeneration === target.generation;
    const exists = isStaged ? goesOn : book.table !== undefined;
    await session.run('BEGIN');
    if (book.nextTable !== undefined && !goesOn) await drop(session, book.nextTable);
    const columns = exists ? await Columns.stored(session, table, target) : Columns.declared(table, target);
    if (!exists) {
      await dropColumns(session, table);
      await columns.create(session);
    }
    await writeStream(session, target, {
      table: isStaged ? book.table : name,
      generation: isStaged ? book.generation : Math.max(generation, book.generation ?? 0),
      nextTable: isStaged ? table : undefined,
      nextGeneration: isStaged ? generation : undefined,
      sample: book.sample,
    });
    await session.run('COMMIT');
    const sink = new DuckDbStream({
      session,
      target,
      clock: this.#clock,
      table,
      columns,
      generation,
      name,
      folder: this.#folder,
      sample,
    });
    this.#tables.set(streamKey(target.name, target.namespace), name);
    this.#streams.push({sink, session});
    return sink;
  }

  /** A name for a table that is to be created; not one that somebody else's table has. */
  #nameFor(target: Target, ours: ReadonlySet<string>, foreign: ReadonlySet<string>): string {
    const {name, namespace} = target;
    const wanted = namespace === undefined || namespace === '' ? name : `${namespace}_${name}`;
    const free = freeName(wanted, ours);
    if (!foreign.has(folded(free))) return free;
    throw configError(
      `${this.#file} has a table ${literal(free)} that was not made by this command: rename it, or name another file with --into`,
    );
  }
}

/** Folded names. */
interface Place {
  readonly ours: Set<string>;
  readonly foreign: ReadonlySet<string>;
  readonly present: ReadonlySet<string>;
  readonly sample: boolean;
}

/** A table that somebody dropped is none, whatever the books say. */
function withoutMissing(book: StreamBook, present: ReadonlySet<string>): StreamBook {
  const has = (table: string | undefined) => table !== undefined && present.has(folded(table));
  return {
    ...(has(book.table) ? book : {...book, table: undefined, generation: undefined, sample: false}),
    ...(has(book.nextTable) ? {} : {nextTable: undefined, nextGeneration: undefined}),
  };
}

async function drop(session: Session, table: string): Promise<void> {
  await session.run(`DROP TABLE IF EXISTS ${quoted(table)}`);
  await dropColumns(session, table);
}
