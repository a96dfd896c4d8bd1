import type {DuckDBConnection, DuckDBInstance} from '@duckdb/node-api';
import {configError, systemError, transientError} from '../../errors.js';

const settings = {
  // One keeps up with the source and its pipe; each more holds a row group of its own (50 MB) and takes CPU, not time.
  threads: '1',
  memory_limit: '160MB',
  // Less than a block (256 kB). Else the allocator keeps what was freed: 100 MB more after a million rows.
  allocator_bulk_deallocation_flush_threshold: '200KB',
};

/** A value of a row: text, or null. */
export type Cell = string | null;

/** One connection, with its own transaction. */
export class Session {
  readonly #connection: DuckDBConnection;

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  async run(sql: string): Promise<void> {
    try {
      await this.#connection.run(sql);
    } catch (thrown) {
      throw failed(thrown);
    }
  }

  /** All rows, every value as text: integers of 64 bits and more would not survive as numbers. */
  async rows(sql: string): Promise<readonly (readonly Cell[])[]> {
    try {
      const reader = await this.#connection.runAndReadAll(sql);
      return reader.getRowsJson().map((row) => row.map((value) => (value === null ? null : String(value))));
    } catch (thrown) {
      throw failed(thrown);
    }
  }

  /** The first value of the first row. */
  async value(sql: string): Promise<Cell> {
    return (await this.rows(sql))[0]?.[0] ?? null;
  }

  close(): void {
    this.#connection.closeSync();
  }
}

/** A DuckDB file, which one process at a time can have. */
export class Database {
  readonly #instance: DuckDBInstance;

  constructor(instance: DuckDBInstance) {
    this.#instance = instance;
  }

  async session(): Promise<Session> {
    const session = new Session(await this.#instance.connect());
    // Else text without a zone would be read, and times be printed, in the zone of this machine.
    await session.run(`SET TimeZone = 'UTC'`);
    return session;
  }

  close(): void {
    this.#instance.closeSync();
  }
}

/** Opens or creates the file. Throws a config_error that says what stands in the way. */
export async function openDatabase(file: string): Promise<Database> {
  const {DuckDBInstance} = await load();
  try {
    return new Database(await DuckDBInstance.create(file, settings));
  } catch (thrown) {
    throw refused(file, thrown);
  }
}

/** Nothing but the first line goes into the message: the rest quotes our statement. */
function failed(thrown: unknown): Error {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  const headline = text.split('\n')[0] ?? '';
  if (/No space left|ENOSPC|disk.*full/i.test(text)) {
    return transientError(`the disk is full (DuckDB: ${headline}): make room, then run this again`, {detail: text});
  }
  return systemError(`DuckDB: ${headline}`, {detail: text, cause: thrown});
}

async function load(): Promise<typeof import('@duckdb/node-api')> {
  try {
    return await import('@duckdb/node-api');
  } catch (thrown) {
    throw configError(
      'DuckDB is not installed here: npm install @duckdb/node-api, or write JSON Lines with --into out/ (a folder)',
      {cause: thrown},
    );
  }
}

function refused(file: string, thrown: unknown): Error {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  const holder = /\(PID (\d+)\)/.exec(text)?.[1];
  if (/set lock|Conflicting lock/i.test(text)) {
    const by = holder === undefined ? 'another process' : `another process (PID ${holder})`;
    return transientError(`${file} is in use by ${by}: wait for it to end or close it, then run this again`, {
      detail: text,
    });
  }
  if (/not a valid DuckDB database/i.test(text)) {
    return configError(`${file} is no DuckDB database: name another file with --into`, {detail: text});
  }
  if (/Cannot open file|No such file|Permission denied|Is a directory/i.test(text)) {
    return configError(`${file} cannot be opened: name a file in a folder that exists and may be written`, {
      detail: text,
    });
  }
  return configError(`${file}: DuckDB cannot open it (${text.split('\n')[0] ?? ''})`, {detail: text});
}
