import {join} from 'node:path';
import type {Clock} from '../../clock.js';
import {type Counts, replaces, type StreamSink, type Target} from '../destination.js';
import {RecordFields, withoutLoneSurrogates} from '../record-fields.js';
import {renameColumns, type StreamBook, writeState, writeStream} from './books.js';
import type {Columns} from './columns.js';
import type {Session} from './database.js';
import {insertPiece} from './load.js';
import {merge} from './merge.js';
import {generationId, quoted} from './names.js';
import {Piece} from './piece.js';

/** Bytes of a piece. Pieces of one transaction fill row groups of DuckDB's together, so that columns compress well. */
const pieceSize = 8 << 20;

let pieces = 0;

export interface StreamOptions {
  readonly session: Session;
  readonly target: Target;
  /** The table that takes the rows: the stream's own, or the one that will replace it. */
  readonly table: string;
  readonly columns: Columns;
  /** Of the rows. */
  readonly generation: number;
  /** The name that readers use. */
  readonly name: string;
  /** A folder for rows on their way. */
  readonly folder: string;
  readonly sample: boolean;
  readonly clock: Clock;
}

/**
 * One stream, in a transaction of its own: rows are loaded in pieces while others arrive, and are seen by nobody before the state
 * that covers them.
 */
export class DuckDbStream implements StreamSink {
  readonly counts: Counts = {rows: 0, new: 0, changed: 0};
  readonly #options: StreamOptions;
  readonly #fields: RecordFields;
  #piece: Piece | undefined;
  #loading: Promise<void> | undefined;
  #failure: unknown;
  /** The greatest rowid before the open transaction; undefined: none is open. */
  #before: string | undefined;
  #rows = 0;
  #table: string;

  constructor(options: StreamOptions) {
    this.#table = options.table;
    this.#options = options;
    this.#fields = new RecordFields((name, isNull) => options.columns.of(name, isNull));
  }

  get busy(): Promise<void> | undefined {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return this.#loading !== undefined && (this.#piece?.size ?? 0) > pieceSize ? this.#loaded() : undefined;
  }

  write(bytes: Buffer, start: number, end: number, emittedAt: number): number {
    const {columns} = this.#options;
    const fields = this.#fields;
    const behind = fields.read(bytes, start, end, columns.count);
    this.#piece ??= new Piece(join(this.#options.folder, `rows-${++pieces}`), columns.count);
    let source = bytes;
    let length = behind - start;
    if (fields.loneSurrogate) {
      source = Buffer.from(withoutLoneSurrogates(bytes.toString('utf8', start, behind)), 'utf8');
      length = source.length;
      fields.read(source, 0, length, columns.count);
    }
    this.#piece.add(source, length, fields, columns.types, emittedAt);
    this.#rows++;
    if (this.#piece.size > pieceSize && this.#loading === undefined) this.#load();
    return behind;
  }

  async commit(state: string | undefined): Promise<void> {
    const {session, target, clock} = this.#options;
    await this.#settle();
    if (state !== undefined) {
      await this.#open();
      await writeState(session, target, state, clock.now());
    }
    await this.#end();
  }

  async complete(): Promise<void> {
    const {session, target, name, generation, sample} = this.#options;
    const table = this.#table;
    await this.#settle();
    await this.#open();
    if (table !== name) {
      await session.run(`DROP TABLE IF EXISTS ${quoted(name)}`);
      await session.run(`ALTER TABLE ${quoted(table)} RENAME TO ${quoted(name)}`);
      await renameColumns(session, table, name);
      this.#table = name;
    } else if (target.minimumGeneration > 0) {
      await session.run(`DELETE FROM ${quoted(name)} WHERE ${quoted(generationId)} < ${target.minimumGeneration}`);
    }
    const book = {table: name, generation, nextTable: undefined, nextGeneration: undefined, sample};
    await writeStream(session, target, book);
    await this.#end();
  }

  async abandon(): Promise<void> {
    await this.#loading?.catch(() => undefined);
    this.#drop();
    if (this.#before !== undefined) await this.#options.session.run('ROLLBACK').catch(() => undefined);
    this.#before = undefined;
    this.#rows = 0;
  }

  /** All rows are in the table, one per key. */
  async #settle(): Promise<void> {
    await this.#loaded();
    if (this.#piece !== undefined) this.#load();
    await this.#loaded();
    const {session, target, columns} = this.#options;
    const rows = this.#rows;
    if (rows === 0 || this.#before === undefined) return;
    const merged =
      target.mode === 'append_dedup'
        ? await merge(session, this.#table, columns, target, {before: this.#before, rows})
        : {new: rows, changed: 0};
    this.#rows = 0;
    this.counts.rows += rows;
    this.counts.new += merged.new;
    this.counts.changed += merged.changed;
  }

  async #open(): Promise<void> {
    if (this.#before !== undefined) return;
    const {session} = this.#options;
    await session.run('BEGIN');
    this.#before = (await session.value(`SELECT max(rowid) FROM ${quoted(this.#table)}`)) ?? '-1';
  }

  async #end(): Promise<void> {
    if (this.#before === undefined) return;
    await this.#options.session.run('COMMIT');
    this.#before = undefined;
  }

  /** Begins to load what has come; the next rows go into another piece. */
  #load(): void {
    const piece = this.#piece;
    if (piece === undefined) return;
    this.#piece = undefined;
    const {session, columns, generation} = this.#options;
    const work = async () => {
      try {
        piece.finish();
        await this.#open();
        await columns.fit(session, piece);
        await session.run(insertPiece(this.#table, columns, piece, generation));
      } catch (thrown) {
        this.#failure = thrown;
      } finally {
        piece.remove();
        this.#loading = undefined;
      }
    };
    this.#loading = work();
  }

  async #loaded(): Promise<void> {
    await this.#loading;
    if (this.#failure !== undefined) throw this.#failure;
  }

  #drop(): void {
    this.#piece?.finish();
    this.#piece?.remove();
    this.#piece = undefined;
  }
}

/** Whether the rows go into a table beside the stream's own, which stays until they are complete. */
export const staged = (target: Target, book: StreamBook): boolean =>
  replaces(target) &&
  // A retry of a job whose earlier attempt had completed this stream must not replace it by nothing.
  !(
    target.generation !== undefined &&
    book.table !== undefined &&
    book.generation === target.generation &&
    !book.sample
  );
