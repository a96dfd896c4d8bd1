import type {Batch} from '../body/page.js';
import {locate} from '../json/locate.js';
import type {Path} from '../json/path.js';
import {isNull, jsonText} from '../json/text.js';
import {sampledRecords} from './sampled-records.js';

/** Notices records without a field of the primary key, or with null there: they are emitted, but cannot be merged. */
export class MissingKey {
  readonly #key: readonly Path[];
  readonly #isDefault: boolean;
  readonly #lacking = new Set<string>();
  #seen = 0;
  #looked = 0;
  #without = 0;

  /** `isDefault`: it comes from resource_defaults, so a stream none of whose records has it has another key, or none. */
  constructor(key: readonly Path[], isDefault: boolean) {
    this.#key = key;
    this.#isDefault = isDefault;
  }

  observe(batch: Batch, suffix: Buffer | undefined): void {
    const columns = suffix === undefined ? undefined : jsonText(`{${suffix.toString('utf8', 1)}}`);
    for (const record of sampledRecords(batch, this.#seen)) {
      const lacking = this.#key.filter(({segments}) => {
        const value = locate(record, segments ?? []) ?? (columns && locate(columns, segments ?? []));
        return value === undefined || isNull(value);
      });
      this.#looked += 1;
      this.#without += lacking.length > 0 ? 1 : 0;
      for (const {text} of lacking) this.#lacking.add(text);
    }
    this.#seen += batch.count;
  }

  /** What is to be said at the end. */
  get warning(): string | undefined {
    if (this.#without === 0 || (this.#isDefault && this.#without === this.#looked)) return undefined;
    const [share, they] =
      this.#looked === 1 ? ['the record', 'it is'] : [`${this.#without} of ${this.#looked} records`, 'they are'];
    return `${share} looked at without the primary key field ${[...this.#lacking].join(', ')}: ${they} emitted, but where rows are merged by key, those without one may replace each other (primary_key)`;
  }
}
