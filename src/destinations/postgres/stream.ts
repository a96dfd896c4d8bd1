import type {Clock} from '../../clock.js';
import type {Counts, StreamSink, Target} from '../destination.js';
import {RecordFields} from '../record-fields.js';
import type {Books} from './books.js';
import {Chunk} from './chunk.js';
import type {Columns} from './columns.js';
import type {Connection} from './connection.js';
import {insertRows} from './insert.js';
import {keyParts} from './key.js';
import {dropKeyIndex} from './key-index.js';
import {merge} from './merge.js';
import {generationId} from './names.js';
import type {Session} from './session.js';
import {Staging} from './staging.js';
import {replaceRows} from './swap.js';
import type {Table} from './table.js';

/** Bytes of a chunk. */
const chunkSize = 1 << 20;
/** Chunks that may wait before the source has to. */
const mostWaiting = 4;

export interface StreamOptions {
  readonly session: Session;
  readonly books: Books;
  readonly target: Target;
  readonly columns: Columns;
  /** The table that takes the rows: the stream's own, or the one whose rows will replace its rows. */
  readonly table: Table;
  /** The name that readers use. */
  readonly name: string;
  /** Whether there is a table of that name whose rows are to be replaced. */
  readonly replaces: boolean;
  /** Of the rows. */
  readonly generation: number;
  readonly sample: boolean;
  readonly clock: Clock;
}

/**
 * One stream. Rows are copied into a temporary table while others arrive; a commit moves them into the stream's table, with the state
 * that covers them, in one short transaction.
 */
export class PostgresStream implements StreamSink {
  readonly counts: Counts = {rows: 0, new: 0, changed: 0};
  readonly #options: StreamOptions;
  readonly #fields: RecordFields;
  readonly #staging = new Staging();
  #table: Table;
  #chunk: Chunk | undefined;
  #waiting: Chunk[] = [];
  /** The load of the first of those that wait. */
  #loading: Promise<void> | undefined;
  #failure: unknown;
  /** Since the last commit. */
  #rows = 0;

  constructor(options: StreamOptions) {
    this.#options = options;
    this.#table = options.table;
    this.#fields = new RecordFields((name, isNull) => options.columns.of(name, isNull));
  }

  get busy(): Promise<void> | undefined {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return this.#waiting.length > mostWaiting ? this.#loading : undefined;
  }

  write(bytes: Buffer, start: number, end: number, emittedAt: number): number {
    const {columns} = this.#options;
    const fields = this.#fields;
    const behind = fields.read(bytes, start, end, columns.count);
    columns.admit(bytes, fields.spans);
    if (this.#chunk !== undefined && (this.#chunk.layout !== columns.layout || this.#chunk.size > chunkSize))
      this.#load();
    this.#chunk ??= new Chunk(columns.layout, this.#rows === 0 ? 1 << 16 : chunkSize + (chunkSize >> 2));
    this.#chunk.add(bytes, fields, this.#rows++, emittedAt);
    return behind;
  }

  async commit(state: string | undefined): Promise<void> {
    const {session, books, target, clock} = this.#options;
    await this.#loaded();
    if (this.#rows === 0 && state === undefined) return;
    await session.transaction(async (on) => {
      await this.#settle(on);
      if (state !== undefined) await books.writeState(on, target, state, clock.now());
    });
  }

  async complete(): Promise<void> {
    const {session, books, target, columns, name, replaces, generation, sample} = this.#options;
    await this.#loaded();
    await session.transaction(async (on) => {
      await this.#settle(on);
      const table = this.#table;
      if (table.name !== name) {
        this.#table = replaces ? await replaceRows(on, {books, columns, table, name}) : await table.renamed(on, name);
      } else if (target.minimumGeneration > 0) {
        await on.run(`DELETE FROM ${table.sql} WHERE "${generationId}" < $1`, [target.minimumGeneration]);
      }
      await books.writeStream(on, target, {
        schema: table.schema,
        table: name,
        generation,
        nextTable: undefined,
        nextGeneration: undefined,
        sample,
      });
    });
    await session.exclusive((on) => this.#staging.drop(on));
  }

  async abandon(): Promise<void> {
    this.#chunk = undefined;
    this.#waiting.length = 0;
    await this.#loading?.catch(() => undefined);
    this.#rows = 0;
    if (this.#failure === undefined) await this.#options.session.exclusive((on) => this.#staging.drop(on));
  }

  /** All rows that were copied are in the table. */
  async #settle(on: Connection): Promise<void> {
    const {target, columns, generation} = this.#options;
    const rows = this.#rows;
    if (rows === 0) return;
    const table = this.#table;
    const job = {on, target, columns, staging: this.#staging, table, generation};
    await this.#fit(on);
    const merged = target.mode === 'append_dedup' ? await merge(job) : {new: await insertRows(job), changed: 0};
    await this.#staging.clear(on);
    this.#rows = 0;
    this.counts.rows += rows;
    this.counts.new += merged.new;
    this.counts.changed += merged.changed;
  }

  async #fit(on: Connection): Promise<void> {
    const {target, columns} = this.#options;
    const table = this.#table;
    const retyped = table.retyped(columns);
    const keyed = keyParts(target.key, (field) => table.find(field)?.type).some(({field}) => retyped.includes(field));
    // The index may be of a kind that the new type has none of.
    if (keyed) await dropKeyIndex(on, table);
    await table.fit(on, columns);
    if (this.#staging.hasOthers) await table.addOthers(on);
  }

  /** The next rows go into another chunk. */
  #load(): void {
    if (this.#chunk === undefined) return;
    this.#waiting.push(this.#chunk);
    this.#chunk = undefined;
    if (this.#loading === undefined) this.#next();
  }

  #next(): void {
    const [chunk] = this.#waiting;
    if (chunk === undefined) {
      this.#loading = undefined;
      return;
    }
    const work = this.#options.session.exclusive((on) => this.#staging.load(on, chunk));
    this.#loading = work.then(
      () => {
        this.#waiting.shift();
        this.#next();
      },
      (thrown: unknown) => {
        this.#failure = thrown;
        this.#waiting.length = 0;
        this.#loading = undefined;
      },
    );
  }

  async #loaded(): Promise<void> {
    this.#load();
    while (this.#loading !== undefined) await this.#loading;
    if (this.#failure !== undefined) throw this.#failure;
  }
}
