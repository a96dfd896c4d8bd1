import type {Batch} from '../body/page.js';
import {members} from '../json/members.js';
import {kindOf} from '../json/text.js';
import type {Note, Notes} from '../log.js';
import type {CursorPlan} from './cursor-plan.js';

const mostNames = 20;

/**
 * Records without a readable cursor, over all slices of a read: said once, at its end, for only then is it known whether any
 * record had one, or cursor_path names another field.
 */
export class MissingValues {
  readonly #plan: CursorPlan;
  readonly #found: () => boolean;
  #count = 0;
  #names: readonly string[] = [];

  /** `found`: whether a page had values. */
  constructor(plan: CursorPlan, found: () => boolean) {
    this.#plan = plan;
    this.#found = found;
  }

  /** So many records of this page. */
  add(batch: Batch, count: number, notes: Notes): void {
    if (this.#count === 0) {
      this.#names = namesIn(batch);
      notes.atEnd(() => this.#note());
    }
    this.#count += count;
  }

  #note(): Note {
    const {path, missing, suggest} = this.#plan;
    const done = missing === 'include' ? 'emitted in every sync' : 'dropped';
    const text = `records without a readable ${path.text} were ${done} (on_cursor_value_missing)`;
    const note = {level: 'warn', key: 'cursor-missing', count: this.#count} as const;
    if (this.#found() || this.#names.length === 0) return {...note, text};
    const shown = `${this.#names.slice(0, mostNames).join(', ')}${this.#names[mostNames] === undefined ? '' : ', …'}`;
    const wrong = `no record has a ${path.text}: check cursor_path; the first has ${shown}`;
    return {...note, text: `${text}; ${wrong}${suggest?.(this.#names) ?? ''}`};
  }
}

/** The names in the first record, and those in its objects as a path. */
function namesIn({bytes, count, spans}: Batch): readonly string[] {
  const [start, end] = spans;
  if (count === 0 || start === undefined || end === undefined) return [];
  return members({bytes, start, end}).flatMap(({key, value}) => [
    key,
    ...(kindOf(value) === 'object' ? members(value).map((inner) => `${key}.${inner.key}`) : []),
  ]);
}
