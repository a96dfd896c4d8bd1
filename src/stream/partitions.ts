import {createHash} from 'node:crypto';
import type {Json} from '../json/exact.js';
import {HashSet} from './hash-set.js';
import type {Partition} from './state.js';

/** One cursor per parent up to here; beyond, one for all (config-language §8, Children). */
export const mostPartitions = 10_000;
/** Cursors that are not times cannot be shared: one each up to here. */
export const mostUntimed = 25_000;
/** Parents whose hashes a state holds. */
export const mostKnown = 100_000;

/**
 * The cursors of a child's parents. A snapshot costs nothing: what is recorded goes to a log, and a snapshot is the length
 * of the log; the map is built when a state is printed.
 */
export class Partitions {
  readonly #base: ReadonlyMap<string, Partition>;
  readonly #log: (readonly [string, Partition | undefined])[] = [];
  readonly #latest = new Map<string, Partition | undefined>();
  readonly #known: HashSet | undefined;
  /** Hashes of all parents of this sync. */
  readonly #parents = new HashSet();

  constructor(base: ReadonlyMap<string, Partition>, known: string | undefined) {
    this.#base = base;
    this.#known = known === undefined ? undefined : unpackKnown(known);
  }

  /** The cursor at which this sync began (frozen: dlt trap T1). */
  at(key: string): Partition | undefined {
    return this.#base.get(key);
  }

  /** Under a shared cursor: the parent was there when it was saved. */
  isKnown(key: string): boolean {
    return this.#known?.has(keyHash(key)) ?? false;
  }

  /** A parent of this sync; how many there are so far. */
  see(key: string): number {
    this.#parents.add(keyHash(key));
    return this.#parents.size;
  }

  get parents(): number {
    return this.#parents.size;
  }

  /** The cursor as it has moved in this sync. */
  latest(key: string): Partition | undefined {
    return this.#latest.has(key) ? this.#latest.get(key) : this.at(key);
  }

  /** Moves a parent's cursor; undefined: it has none any more. */
  record(key: string, partition: Partition | undefined): void {
    this.#log.push([key, partition]);
    this.#latest.set(key, partition);
  }

  /** Every cursor as it is now. */
  *all(): Generator<Json> {
    for (const key of new Set([...this.#base.keys(), ...this.#latest.keys()])) {
      const cursor = this.latest(key)?.cursor;
      if (cursor !== undefined) yield cursor;
    }
  }

  get length(): number {
    return this.#log.length;
  }

  /**
   * The cursors after the first `length` records. `only`: without the parents that this sync did not see. `finished`: all
   * parents with a key are as far as its cursor.
   */
  snapshot(length: number, only: boolean, finished: boolean): ReadonlyMap<string, Partition> {
    const all = new Map(this.#base);
    for (const [key, partition] of this.#log.slice(0, length)) {
      if (partition === undefined) all.delete(key);
      else all.set(key, partition);
    }
    if (only) for (const key of all.keys()) if (!this.#parents.has(keyHash(key))) all.delete(key);
    if (finished) for (const [text, {key, cursor}] of all) all.set(text, {key, cursor});
    return all;
  }

  /** The parents of this sync for `known`. */
  packKnown(): string {
    const bytes = Buffer.alloc(6 * this.#parents.size);
    let at = 0;
    for (const hash of this.#parents.sorted()) at = bytes.writeUIntBE(Number(hash), at, 6);
    return bytes.toString('base64');
  }
}

/** 48 bits of a key's SHA-1. */
export function keyHash(key: string): bigint {
  return BigInt(createHash('sha1').update(key).digest().readUIntBE(0, 6));
}

function unpackKnown(text: string): HashSet {
  const bytes = Buffer.from(text, 'base64');
  const known = new HashSet();
  for (let at = 0; at + 6 <= bytes.length; at += 6) known.add(BigInt(bytes.readUIntBE(at, 6)));
  return known;
}
