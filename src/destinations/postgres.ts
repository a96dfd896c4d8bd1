import {streamKey} from '../airbyte/input.js';
import type {Clock} from '../clock.js';
import {configError} from '../errors.js';
import {type Destination, type Job, replaces, type Saved, type StreamSink, type Target} from './destination.js';
import {type Address, parseAddress} from './postgres/address.js';
import {Books, bookTables, createSchema, type StreamBook} from './postgres/books.js';
import {Columns} from './postgres/columns.js';
import type {Connection} from './postgres/connection.js';
import {createTimeOf} from './postgres/key.js';
import {dropKeyIndex} from './postgres/key-index.js';
import {freeName, quoted} from './postgres/names.js';
import {openSession, type Session} from './postgres/session.js';
import {PostgresStream} from './postgres/stream.js';
import {Table} from './postgres/table.js';

/**
 * A schema of a PostgreSQL database: a table per stream, and our books beside them. Throws a config_error or a transient_error that says
 * why it cannot be opened; none holds the password.
 */
export async function openPostgres(into: string, clock: Clock): Promise<Destination> {
  const address = parseAddress(into);
  const session = await openSession(address);
  const books = new Books(address.schema);
  try {
    await session.transaction((on) => books.open(on));
  } catch (thrown) {
    await session.close();
    throw thrown;
  }
  return new PostgresDestination({address, session, books, clock});
}

interface Open {
  readonly address: Address;
  readonly session: Session;
  readonly books: Books;
  readonly clock: Clock;
}

class PostgresDestination implements Destination {
  readonly #open: Open;
  readonly #streams: PostgresStream[] = [];

  constructor(open: Open) {
    this.#open = open;
  }

  saved(): Promise<Saved> {
    const {session, books} = this.#open;
    return session.exclusive((on) => books.saved(on));
  }

  saveJob(job: Job): Promise<void> {
    const {session, books} = this.#open;
    return session.exclusive((on) => books.writeJob(on, job));
  }

  begin(targets: readonly Target[], {sample}: {readonly sample: boolean}): Promise<ReadonlyMap<string, StreamSink>> {
    return this.#open.session.transaction(async (on) => {
      if (targets.some(({mode, cursor}) => mode === 'append_dedup' && cursor !== undefined)) await on.run(createTimeOf);
      const sinks = new Map<string, StreamSink>();
      for (const target of targets) {
        const sink = await this.#prepare(on, target, sample);
        this.#streams.push(sink);
        sinks.set(streamKey(target.name, target.namespace), sink);
      }
      return sinks;
    });
  }

  async close(): Promise<void> {
    for (const stream of this.#streams) await stream.abandon().catch(() => undefined);
    await this.#open.session.close();
  }

  async #prepare(on: Connection, target: Target, sample: boolean): Promise<PostgresStream> {
    const {address, session, books, clock} = this.#open;
    const {namespace} = target;
    const home = namespace === undefined || namespace === '' ? address.schema : freeName(namespace, new Set());
    const book = await books.readStream(on, target, home);
    const {schema} = book;
    await createSchema(on, schema);
    const present = await relations(on, schema);
    const ours = new Set((await books.tables(on, schema)).filter((table) => present.has(table)));
    const place = {schema, ours, present};
    const name = book.table ?? this.#nameFor(target, place);
    const generation = target.generation ?? 0;
    const isStaged = sample || staged(target, book);
    const nextName = () => freeName(`_next_${name}`, present);
    // Rows of an earlier attempt of the same job stay: the source goes on behind them.
    const goesOn = isStaged && !sample && target.generation !== undefined && book.nextGeneration === target.generation;
    if (book.nextTable !== undefined && !goesOn) await (await Table.read(on, books, schema, book.nextTable)).drop(on);
    const tableName = isStaged ? ((goesOn ? book.nextTable : undefined) ?? nextName()) : name;
    const exists = isStaged ? goesOn : book.table !== undefined;
    const found = exists ? await Table.read(on, books, schema, tableName) : undefined;
    const columns = new Columns(target, found?.columns ?? []);
    const table = found ?? (await Table.create(on, books, schema, tableName, columns));
    // It would refuse rows that may now stand side by side.
    if (target.mode !== 'append_dedup') await dropKeyIndex(on, table);
    await books.writeStream(on, target, {
      schema,
      table: isStaged ? book.table : name,
      generation: isStaged ? book.generation : Math.max(generation, book.generation ?? 0),
      nextTable: isStaged ? tableName : undefined,
      nextGeneration: isStaged ? generation : undefined,
      sample: book.sample,
    });
    return new PostgresStream({
      session,
      books,
      target,
      columns,
      table,
      name,
      replaces: isStaged && book.table !== undefined,
      generation,
      sample,
      clock,
    });
  }

  /** A name for a table that is to be created; not one that somebody else's has. */
  #nameFor({name}: Target, {schema, ours, present}: Place): string {
    const free = freeName(name, new Set([...ours, ...bookTables]));
    if (!present.has(free)) return free;
    throw configError(
      `${this.#open.address.shown}: ${quoted(schema)}.${quoted(free)} was not made by this command: rename it, or name another schema with ?schema=`,
    );
  }
}

interface Place {
  readonly schema: string;
  /** Tables of ours that are there. */
  readonly ours: ReadonlySet<string>;
  /** All that has a name: tables, views, indexes. */
  readonly present: ReadonlySet<string>;
}

async function relations(on: Connection, schema: string): Promise<ReadonlySet<string>> {
  const rows = await on.rows(
    'SELECT relname FROM pg_class WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1)',
    [schema],
  );
  return new Set(rows.map(([name]) => name ?? ''));
}

/** Whether the rows go into a table beside the stream's own, whose rows stay until they are complete. */
const staged = (target: Target, book: StreamBook): boolean =>
  replaces(target) &&
  // A retry of a job whose earlier attempt had completed this stream must not replace it by nothing.
  !(
    target.generation !== undefined &&
    book.table !== undefined &&
    book.generation === target.generation &&
    !book.sample
  );
