import type {Batch} from '../../body/page.js';
import {members} from '../../json/members.js';
import {jsonText, kindOf, textOf} from '../../json/text.js';
import {recordText} from './record-text.js';

/** Which top-level fields stand in every record with a text or number of its own: what can be a key. */
export class UniqueFields {
  readonly #values = new Map<string, Set<string>>();
  readonly #lost = new Set<string>();
  #records = 0;

  add(batch: Batch, suffix: Buffer | undefined): void {
    for (let i = 0; i < batch.count; i++) {
      const seen = new Set<string>();
      for (const {key, value} of members(jsonText(recordText(batch, i, suffix)))) {
        const kind = kindOf(value);
        if (this.#lost.has(key) || (kind !== 'string' && kind !== 'number')) continue;
        const values = this.#values.get(key) ?? (this.#records === 0 ? new Set<string>() : undefined);
        const text = textOf(value);
        if (values === undefined || values.has(text)) continue;
        this.#values.set(key, values.add(text));
        seen.add(key);
      }
      for (const key of this.#values.keys()) {
        if (seen.has(key)) continue;
        this.#lost.add(key);
        this.#values.delete(key);
      }
      this.#records += 1;
    }
  }

  /** In the order of the first record; of one record all fields would be unique, so none is. */
  get names(): readonly string[] {
    return this.#records < 2 ? [] : [...this.#values.keys()];
  }
}
