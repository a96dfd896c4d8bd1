import type {Batch} from '../body/page.js';
import {members} from '../json/members.js';
import {jsonText} from '../json/text.js';

/** So many records are looked at in full; then the first of every page and one in `interval`. */
const inFull = 1_000;
const interval = 100;
/** No more names than a message can usefully hold. */
const mostNames = 1_000;

/**
 * Collects names of top-level fields that the configured schema lacks: the platform drops them silently. Looks at samples,
 * since looking at every record would cost as much as reading it.
 */
export class UnknownFields {
  readonly #known: ReadonlySet<string>;
  readonly #names = new Set<string>();
  #suffixSeen = false;
  #seen = 0;

  constructor(known: readonly string[]) {
    this.#known = new Set(known);
  }

  observe(batch: Batch, suffix: Buffer | undefined): void {
    const first = this.#seen;
    this.#seen += batch.count;
    for (let i = 0; i < batch.count; i += first + i < inFull ? 1 : interval - ((first + i) % interval)) {
      const record = {bytes: batch.bytes, start: batch.spans[2 * i] ?? 0, end: batch.spans[2 * i + 1] ?? 0};
      for (const {key} of members(record)) this.#add(key);
    }
    if (suffix !== undefined && !this.#suffixSeen) {
      this.#suffixSeen = true;
      for (const {key} of members(jsonText(`{${suffix.toString('utf8', 1)}}`))) this.#add(key);
    }
  }

  /** In the order in which they were met. */
  get names(): readonly string[] {
    return [...this.#names];
  }

  #add(name: string): void {
    if (!this.#known.has(name) && this.#names.size < mostNames) this.#names.add(name);
  }
}
