import {didYouMean} from '../did-you-mean.js';
import type {Member} from '../json/members.js';
import type {Note} from '../log.js';

const shown = 20;

/**
 * Field names that a step looks for, until some record has them: one that no record of a whole read has is probably
 * misspelt, and without a word its column would be null, or a field that was to be removed would stay.
 */
export class SoughtNames {
  readonly #place: string;
  readonly #unseen: Set<string>;
  readonly #there = new Set<string>();

  /** `place`: of the step and verb in the configuration. */
  constructor(place: string, names: Iterable<string>) {
    this.#place = place;
    this.#unseen = new Set(names);
  }

  /** Looks at the fields of one record; costs nothing once all names were seen. */
  look(list: readonly Member[]): void {
    if (this.#unseen.size === 0) return;
    for (const {key} of list) {
      if (!this.#unseen.delete(key) && this.#there.size < shown) this.#there.add(key);
    }
  }

  /** After the last record: a warning where a similar field is there, else a notice, because fields can be optional. */
  note(): Note | undefined {
    if (this.#unseen.size === 0 || this.#there.size === 0) return undefined;
    const names = [...this.#unseen];
    const hint = names.map((name) => didYouMean(name, this.#there)).find((text) => text !== '');
    return {
      level: hint === undefined ? 'info' : 'warn',
      key: `${this.#place}.unseen`,
      text: `${this.#place}: no record has ${names.join(', ')}${hint ?? `; the records have ${[...this.#there].join(', ')}`}`,
    };
  }
}
