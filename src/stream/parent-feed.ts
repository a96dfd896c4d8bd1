import type {Batch} from '../body/page.js';
import {ConnectorError} from '../errors.js';
import type {Path} from '../json/path.js';
import type {OpenSpool} from '../spool.js';
import {type Columns, keysOf, pickRow, rowReader} from './parent-rows.js';
import {RowStore, type StoredRow} from './row-store.js';
import {staticBatch} from './static-stream.js';
import type {ParentPlan, ParentRow, StreamEvent, StreamPlan, StreamState} from './stream-plan.js';

export type ParentItem =
  | {readonly type: 'row'; readonly row: ParentRow}
  /** What the parent's state is once the children of all rows so far are finished (`parent_incremental`). */
  | {readonly type: 'state'; readonly state: () => StreamState};

/** Where a child's parents come from. */
export interface ParentSource {
  /** From the first row on, each time it is called. Throws where the parent fails, after the rows it gave. */
  items(signal: AbortSignal): AsyncGenerator<ParentItem>;
  /** Epoch ms: when the parent's first request was sent; undefined for a static parent. */
  began(): number | undefined;
  /** The names in the first row: what a message says where a field is missing; undefined before it has come. */
  keys(): readonly string[] | undefined;
  /** Every parent comes, so a child can drop those that do not. */
  readonly whole: boolean;
}

/** What a parent's read hands over, page by page. */
export interface Tap {
  began(sentAt: number): void;
  rows(batch: Batch, columns: Columns): Promise<void>;
}

export interface FeedOptions {
  readonly plan: StreamPlan;
  /** The fields that the children use, each once. */
  readonly paths: readonly Path[];
  readonly openSpool: OpenSpool | undefined;
  /** Bytes of rows kept in memory; 64 MB when absent. */
  readonly memory?: number;
  /** Names of the streams of this sync that read these rows, children of children included. */
  readonly readers: ReadonlySet<string>;
  /** Reads the parent and hands its rows to the tap. */
  open(tap: Tap): AsyncGenerator<StreamEvent>;
  /** The parent's own stream is read too: it is the one that opens the read, the children wait for it. */
  readonly driven: boolean;
}

/** The rows of one parent, read once per sync for all its children (config-language §9). */
export class ParentFeed implements Tap {
  readonly #of: FeedOptions;
  readonly #store: RowStore;
  readonly #read: (batch: Batch, columns: Columns) => StoredRow[];
  readonly #left: Set<string>;
  #events: AsyncGenerator<StreamEvent> | undefined;
  #advancing: Promise<void> | undefined;
  #began: number | undefined;
  #keys: readonly string[] | undefined;
  #ended: {readonly error?: unknown} | undefined;
  #waiting: (() => void)[] = [];

  constructor(options: FeedOptions) {
    this.#of = options;
    this.#store = new RowStore(options.openSpool, options.memory);
    this.#read = rowReader(options.plan, options.paths);
    this.#left = new Set(options.readers);
  }

  began(sentAt: number): void {
    this.#began ??= sentAt;
  }

  async rows(batch: Batch, columns: Columns): Promise<void> {
    if (this.#left.size === 0) return;
    this.#keys ??= keysOf(batch, columns);
    await this.#store.add(this.#read(batch, columns));
    this.#wake();
  }

  /** The read has ended; with what it failed, where it did. */
  end(failure?: {readonly error: unknown}): void {
    this.#ended ??= failure ?? {};
    this.#wake();
  }

  /** For one child. */
  source(child: string, parent: ParentPlan): ParentSource {
    const picks = parent.fields.map((path) => this.#of.paths.findIndex((stored) => stored.text === path.text));
    return {
      items: (signal) => this.#items(child, picks, signal),
      began: () => this.#began,
      keys: () => this.#keys,
      whole: true,
    };
  }

  async *#items(child: string, picks: readonly number[], signal: AbortSignal): AsyncGenerator<ParentItem> {
    const {plan, paths, driven} = this.#of;
    if (plan.staticRecords !== undefined) {
      const batch = staticBatch(plan, plan.staticRecords);
      this.#keys ??= keysOf(batch, new Map());
      for (const row of this.#read(batch, new Map())) yield {type: 'row', row: pickRow(row, picks)};
      return;
    }
    const next = this.#store.reader(paths.length);
    for (;;) {
      const row = await next();
      if (row !== undefined) yield {type: 'row', row: pickRow(row, picks)};
      else if (this.#store.lost) return yield* this.#again(picks, signal);
      else if (this.#ended !== undefined) {
        if ('error' in this.#ended) throw failure(child, plan.name, this.#ended.error);
        return;
      } else {
        signal.throwIfAborted();
        const changed = this.#changed(signal);
        if (!driven) this.#advance();
        await changed;
      }
    }
  }

  /** The rows could not be kept: this child reads the parent itself. Rows that it had come again and are equal to those. */
  async *#again(picks: readonly number[], signal: AbortSignal): AsyncGenerator<ParentItem> {
    let rows: StoredRow[] = [];
    const events = this.#of.open({
      began: () => {},
      rows: async (batch, columns) => {
        rows.push(...this.#read(batch, columns));
      },
    });
    for await (const _ of events) {
      signal.throwIfAborted();
      for (const row of rows) yield {type: 'row', row: pickRow(row, picks)};
      rows = [];
    }
    for (const row of rows) yield {type: 'row', row: pickRow(row, picks)};
  }

  #advance(): void {
    this.#events ??= this.#of.open(this);
    this.#advancing ??= this.#events.next().then(
      (result) => {
        this.#advancing = undefined;
        if (result.done === true) this.end();
        this.#wake();
      },
      (error: unknown) => {
        this.#advancing = undefined;
        this.end({error});
      },
    );
  }

  #changed(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = () => reject(signal.reason);
      signal.addEventListener('abort', onAbort, {once: true});
      this.#waiting.push(() => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      });
    });
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  /** A stream that might have read these rows has ended; when all have, what was kept is given up. */
  async release(child: string): Promise<void> {
    if (!this.#left.has(child)) return;
    this.#left.delete(child);
    if (this.#left.size > 0) return;
    await this.#events?.return(undefined);
    await this.#store.close();
  }
}

function failure(child: string, parent: string, error: unknown): unknown {
  if (!(error instanceof ConnectorError)) return error;
  return new ConnectorError(error.failureType, `${child}: its parent ${parent} could not be read: ${error.message}`, {
    cause: error,
    ...(error.detail !== undefined && {detail: error.detail}),
  });
}
