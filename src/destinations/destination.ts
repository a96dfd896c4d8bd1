/** How the rows of a stream join those that the place holds (the catalog's `destination_sync_mode`). */
export type WriteMode = 'append' | 'overwrite' | 'append_dedup';

/** What a field's JSON schema promises; undefined: nothing that a column can hold to. */
export type FieldType =
  | 'boolean'
  | 'integer'
  | 'number'
  | 'string'
  | 'timestamp with zone'
  | 'timestamp'
  | 'date'
  | 'json'
  | undefined;

/** A configured stream as a destination sees it. */
export interface Target {
  readonly name: string;
  readonly namespace: string | undefined;
  readonly mode: WriteMode;
  /** Paths whose values identify a row; not empty with append_dedup. */
  readonly key: readonly (readonly string[])[];
  /** Path of the value by which the newest of several rows with one key is known; without it the later arrival is. */
  readonly cursor: readonly string[] | undefined;
  readonly fields: ReadonlyMap<string, FieldType>;
  /** Airbyte's number of the refresh that the rows belong to; undefined: the host has none. */
  readonly generation: number | undefined;
  /** Rows of generations below it go once the stream is complete. */
  readonly minimumGeneration: number;
  readonly syncId: number | undefined;
}

export interface Counts {
  /** Records that were stored. */
  rows: number;
  /** Rows whose key (or, without one, which) the place did not hold before. */
  new: number;
  /** Rows that replaced one with the same key. */
  changed: number;
}

/** One stream being written. Rows become visible with the commit that covers them, never before. */
export interface StreamSink {
  readonly counts: Readonly<Counts>;
  /**
   * Takes the JSON object that begins at `start` (it lies before `end`), copies what it needs, and returns the index behind it.
   * `emittedAt`: epoch ms. Throws JsonSyntaxError.
   */
  write(bytes: Buffer, start: number, end: number, emittedAt: number): number;
  /** Set while the sink has enough to do: wait for it before writing more. */
  readonly busy: Promise<void> | undefined;
  /** All rows since the last commit and `state` (JSON text; undefined: rows alone) in one transaction. */
  commit(state: string | undefined): Promise<void>;
  /** Commits the rest; a table that was to be replaced is replaced now, rows below the minimum generation go. */
  complete(): Promise<void>;
  /** Forgets the rows since the last commit; what was to be replaced stays as it was. */
  abandon(): Promise<void>;
}

/** The latest run of `sync`. */
export interface Job {
  /** Counts runs; a stream keeps the id of the run in which it was begun until it is complete. */
  readonly syncId: number;
  /** Of what decides that the next run asks the same: configuration, streams, modes. */
  readonly fingerprint: string;
}

interface SavedState {
  /** JSON. */
  readonly text: string;
  /** Generation and sync id of the catalog under which it came. */
  readonly generation: number;
  readonly syncId: number | undefined;
  /** Epoch ms of its commit. */
  readonly at: number;
}

export interface SavedStream {
  readonly name: string;
  readonly namespace: string | undefined;
  /** Of the rows in its table; undefined: there is no table. */
  readonly generation: number | undefined;
  /** Of the rows that wait to replace the table. */
  readonly pending: number | undefined;
  /** The table holds a sample (`--limit`): the next sync replaces it. */
  readonly sample: boolean;
  readonly state: SavedState | undefined;
}

export interface Saved {
  readonly job: Job | undefined;
  readonly streams: readonly SavedStream[];
}

/** A place for rows and their states, opened by one process at a time. */
export interface Destination {
  /** What an earlier run left. */
  saved(): Promise<Saved>;
  saveJob(job: Job): Promise<void>;
  /** Sinks by `streamKey(name, namespace)`. `sample`: what is written is a part only, and says so to the next run. */
  begin(targets: readonly Target[], options: {readonly sample: boolean}): Promise<ReadonlyMap<string, StreamSink>>;
  /** Forgets what was not committed and gives the place free. */
  close(): Promise<void>;
}

/** Whether the rows replace the stream's table as a whole once the stream is complete (Airbyte's truncating refresh). */
export const replaces = (target: Target): boolean =>
  target.mode === 'overwrite' ||
  (target.generation !== undefined && target.minimumGeneration > 0 && target.minimumGeneration === target.generation);
