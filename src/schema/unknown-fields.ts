import type {Batch} from '../body/page.js';
import {members} from '../json/members.js';
import {jsonText} from '../json/text.js';
import {sampledRecords} from './sampled-records.js';

/** No more names than a message can usefully hold. */
const mostNames = 1_000;

/**
 * Collects names of top-level fields that the configured schema lacks: the platform drops them silently. Looks at samples.
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
    for (const record of sampledRecords(batch, this.#seen)) {
      for (const {key} of members(record)) this.#add(key);
    }
    this.#seen += batch.count;
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
