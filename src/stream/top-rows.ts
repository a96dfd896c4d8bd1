import type {Batch} from '../body/page.js';
import {type Json, parseExact} from '../json/exact.js';
import {Group, type Hashes, merged, rowHash} from './boundary.js';
import {compareKeys, emptyKey, type KeyKind, keyOfInstant, type SortKey} from './keys.js';

/** A cursor value, and the rows that have it. */
export interface Held {
  readonly key: SortKey;
  /** As the record spells it. */
  readonly json: Json;
  readonly group: Group;
}

/**
 * The greatest cursor value of a slice (smallest, for `min`), the one below it, and the rows at both and beyond the moment
 * at which the slice began. The page's keys are kept in flat arrays: nothing is allocated per record.
 */
export class TopRows {
  readonly #sign: 1 | -1;
  readonly #hashing: boolean;
  readonly #parent: string;
  #hi = new Float64Array(0);
  #lo = new Float64Array(0);
  #tails: string[] = [];
  #beyond = new Group();
  top: Held | undefined;
  second: Held | undefined;

  /** `parent`: key of the parent under which the rows are found, for their hashes. */
  constructor(sign: 1 | -1, hashing: boolean, parent: string) {
    this.#parent = parent;
    this.#sign = sign;
    this.#hashing = hashing;
  }

  /** Rows at or after the moment that the cursor does not pass. */
  get beyond(): Hashes {
    return this.#beyond.hashes;
  }

  /** Rows at the second value and above. */
  get upper(): Hashes {
    return merged(this.second?.group.hashes ?? new Map(), this.top?.group.hashes ?? new Map());
  }

  reserve(count: number): void {
    if (this.#hi.length >= count) return;
    const size = Math.max(count, 2 * this.#hi.length);
    this.#hi = new Float64Array(size);
    this.#lo = new Float64Array(size);
  }

  /** Row `i` of the page has this key; undefined: it does not count. */
  set(i: number, key: SortKey | undefined): void {
    this.#hi[i] = key === undefined ? Number.NaN : key.hi;
    if (key === undefined) return;
    this.#lo[i] = key.lo;
    this.#tails[i] = key.tail;
  }

  /** Takes in the page whose keys were set. `second`: the value below the top is wanted too. */
  page(kind: KeyKind, batch: Batch, cells: Int32Array, second: boolean): void {
    const max = this.#greatest(kind, batch.count, undefined);
    if (max === undefined) return;
    const before = this.top;
    if (before === undefined || compareKeys(kind, this.#keyAt(max), before.key) * this.#sign > 0) {
      this.top = this.#hold(batch, cells, max);
    }
    if (this.top === undefined) return;
    this.#collect(kind, batch, this.top);
    if (!second) return;
    if (before !== undefined && before !== this.top) this.second = before;
    const below = this.#greatest(kind, batch.count, this.top.key);
    if (below === undefined) return;
    if (this.second === undefined || compareKeys(kind, this.#keyAt(below), this.second.key) * this.#sign > 0) {
      this.second = this.#hold(batch, cells, below);
    }
    this.#collect(kind, batch, this.second);
  }

  /**
   * Remembers rows of a time cursor at or after `settled`, up to where the cursor may go. How many are later than `began`, and
   * how many later than `now` (epoch ms, all three).
   */
  lookBeyond(
    batch: Batch,
    {settled, began, now}: {readonly settled: number; readonly began: number; readonly now: number},
  ): {readonly later: number; readonly future: number} {
    let later = 0;
    let future = 0;
    if (this.top === undefined || compareKeys('time', this.top.key, keyOfInstant({ms: settled, beyond: ''})) < 0) {
      return {later, future};
    }
    for (let i = 0; i < batch.count; i++) {
      const ms = this.#hi[i] ?? Number.NaN;
      if (!(ms >= settled)) continue;
      if (ms > now) future++;
      else if (ms > began) later++;
      if (this.#hashing && !this.#beyond.full) this.#beyond.add(this.#hashAt(batch, i));
    }
    return {later, future};
  }

  #collect(kind: KeyKind, batch: Batch, held: Held): void {
    if (!this.#hashing) return;
    const {hi, lo, tail} = held.key;
    for (let i = 0; i < batch.count && !held.group.full; i++) {
      const same = this.#hi[i] === hi && this.#lo[i] === lo && this.#tails[i] === tail;
      // 1e3 and 1000 are one number in two forms.
      if (!same && !(kind === 'number' && this.#odd(i, held.key) && compareKeys(kind, this.#keyAt(i), held.key) === 0))
        continue;
      held.group.add(this.#hashAt(batch, i));
    }
  }

  #odd(i: number, key: SortKey): boolean {
    return !Number.isNaN(this.#hi[i]) && (key.tail !== '' || this.#tails[i] !== '');
  }

  /** Index of the row with the greatest key, of those below `limit` where one is given. */
  #greatest(kind: KeyKind, count: number, limit: SortKey | undefined): number | undefined {
    let found: number | undefined;
    const best = emptyKey();
    const key = emptyKey();
    for (let i = 0; i < count; i++) {
      const hi = this.#hi[i] ?? Number.NaN;
      if (Number.isNaN(hi)) continue;
      key.hi = hi;
      key.lo = this.#lo[i] ?? 0;
      key.tail = this.#tails[i] ?? '';
      if (limit !== undefined && compareKeys(kind, key, limit) * this.#sign >= 0) continue;
      if (found !== undefined && compareKeys(kind, key, best) * this.#sign <= 0) continue;
      found = i;
      best.hi = key.hi;
      best.lo = key.lo;
      best.tail = key.tail;
    }
    return found;
  }

  #hold(batch: Batch, cells: Int32Array, i: number): Held {
    const json = parseExact({bytes: batch.bytes, start: cells[2 * i] ?? 0, end: cells[2 * i + 1] ?? 0});
    return {key: this.#keyAt(i), json, group: new Group()};
  }

  #keyAt(i: number): SortKey {
    return {hi: this.#hi[i] ?? 0, lo: this.#lo[i] ?? 0, tail: this.#tails[i] ?? ''};
  }

  #hashAt(batch: Batch, i: number): string {
    return rowHash(this.#parent, batch.bytes, batch.spans[2 * i] ?? 0, batch.spans[2 * i + 1] ?? 0);
  }
}
