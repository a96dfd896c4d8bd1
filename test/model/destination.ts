import type {JsonObject} from '../../src/json/exact.js';

/** A row as it arrived. */
export interface Arrived {
  readonly id: number;
  readonly n: number;
  /** Its cursor in the order of time: the greater one wins; NaN without one: the later row wins. */
  readonly newness: number;
}

/** What a platform keeps of one stream, by sync mode. Rows count once a STATE behind them was printed. */
export class Destination {
  readonly #mode: 'incremental' | 'overwrite' | 'append';
  #tables = new Map<number, Arrived>();
  /** Every version that was ever committed, for `append`. */
  readonly #versions = new Set<number>();
  #pending: Arrived[] = [];
  #generation: number | undefined;
  state: JsonObject | undefined;
  /** Rows committed since `begin`. */
  committed: Arrived[] = [];

  constructor(mode: Destination['mode']) {
    this.#mode = mode;
  }

  get mode(): 'incremental' | 'overwrite' | 'append' {
    return this.#mode;
  }

  /** An attempt of a job. A new generation of `overwrite` is written beside the old one; only it is looked at here. */
  begin(generation: number): void {
    this.#pending = [];
    this.committed = [];
    if (this.#mode === 'overwrite' && generation !== this.#generation) {
      this.#tables = new Map();
      this.#versions.clear();
    }
    this.#generation = generation;
  }

  record(row: Arrived): void {
    this.#pending.push(row);
  }

  commit(state: JsonObject): void {
    this.#write();
    this.state = state;
  }

  /** The source is gone. What came after the last STATE is lost, or written all the same. */
  abandon(kept: boolean): void {
    if (kept) this.#write();
    this.#pending = [];
  }

  #write(): void {
    for (const row of this.#pending) {
      const old = this.#tables.get(row.id);
      if (old === undefined || !(row.newness < old.newness)) this.#tables.set(row.id, row);
      this.#versions.add(row.n);
      this.committed.push(row);
    }
    this.#pending = [];
  }

  /** The version of a row that a reader of the table sees. */
  versionOf(id: number): number | undefined {
    return this.#tables.get(id)?.n;
  }

  /** This version is in the table, or in the log of versions that `append` makes of it. */
  has(id: number, n: number): boolean {
    return this.#mode === 'append' ? this.#versions.has(n) : this.#tables.get(id)?.n === n;
  }

  get rows(): ReadonlyMap<number, Arrived> {
    return this.#tables;
  }
}
