import {createHash} from 'node:crypto';

/** Rows that one state may remember; beyond it none are kept, and those rows come again (contract, State). */
const mostHashes = 1000;

/** Hashes of rows with how often each was seen. */
export type Hashes = ReadonlyMap<string, number>;

/**
 * 64 bits of a row's bytes, in base64url (11 characters). Its key is part of the bytes; `parent` is what the parent gives to it:
 * the same bytes under two parents are two rows.
 */
export function rowHash(parent: string, bytes: Buffer, start: number, end: number): string {
  return createHash('sha1')
    .update(parent)
    .update(bytes.subarray(start, end))
    .digest()
    .subarray(0, 8)
    .toString('base64url');
}

/** Collects the hashes of rows with one cursor value (or from one on). */
export class Group {
  #hashes = new Map<string, number>();
  #size = 0;

  add(hash: string): void {
    this.#size++;
    if (this.#size <= mostHashes) this.#hashes.set(hash, (this.#hashes.get(hash) ?? 0) + 1);
    else this.#hashes.clear();
  }

  /** More rows than are kept: adding further ones is useless. */
  get full(): boolean {
    return this.#size > mostHashes;
  }

  /** As it is now: what is added later does not show, for a checkpoint must not promise rows that follow it. */
  get hashes(): Hashes {
    return new Map(this.#hashes);
  }
}

/** More rows than a state holds: none are kept, whatever is added. */
const tooMany: Hashes = new Map();

/** Both together, a row of both as often as in the one that has more of it; empty, and empty for good, where that is too much. */
export function merged(a: Hashes, b: Hashes): Hashes {
  if (a === tooMany || b === tooMany) return tooMany;
  if (b.size === 0) return a;
  if (a.size === 0) return b;
  const all = new Map(a);
  for (const [hash, count] of b) all.set(hash, Math.max(all.get(hash) ?? 0, count));
  let rows = 0;
  for (const count of all.values()) rows += count;
  return rows > mostHashes ? tooMany : all;
}

/** The rows that the last run saw at or above its cursor: each is dropped as often as it was seen (dlt trap T8). */
export class SeenRows {
  readonly #left: Map<string, number>;
  #matched = 0;

  constructor(hashes: Hashes) {
    this.#left = new Map(hashes);
  }

  get empty(): boolean {
    return this.#left.size === 0;
  }

  get matched(): number {
    return this.#matched;
  }

  /** True once for every time the row was seen. */
  take(hash: string): boolean {
    const left = this.#left.get(hash);
    if (left === undefined) return false;
    if (left === 1) this.#left.delete(hash);
    else this.#left.set(hash, left - 1);
    this.#matched++;
    return true;
  }
}
