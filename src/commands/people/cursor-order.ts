import type {Batch} from '../../body/page.js';
import {compareNumbers} from '../../json/exact.js';
import {locate} from '../../json/locate.js';
import type {Segment} from '../../json/path.js';
import {kindOf, stringValue, textOf} from '../../json/text.js';

/** Different neighbours that it takes to call an order one. */
const enough = 9;

/** In which order the rows of every walk came, by their cursor. */
export class CursorOrder {
  readonly #path: readonly Segment[] | undefined;
  readonly #last = new WeakMap<object, string>();
  #rising = 0;
  #falling = 0;

  constructor(path: readonly Segment[] | undefined) {
    this.#path = path;
  }

  page(walk: object | undefined, batch: Batch): void {
    if (this.#path === undefined || walk === undefined) return;
    for (let i = 0; i < batch.count; i++) {
      const start = batch.spans[2 * i] ?? 0;
      const found = locate({bytes: batch.bytes, start, end: batch.spans[2 * i + 1] ?? start}, this.#path);
      const kind = found === undefined ? undefined : kindOf(found);
      if (found === undefined || (kind !== 'string' && kind !== 'number')) continue;
      const value = kind === 'string' ? (stringValue(found) ?? '') : textOf(found);
      const before = this.#last.get(walk);
      this.#last.set(walk, value);
      const order = before === undefined ? 0 : compare(before, value);
      if (order < 0) this.#rising += 1;
      if (order > 0) this.#falling += 1;
    }
  }

  /** undefined: none, or too few rows to say. */
  get found(): 'asc' | 'desc' | undefined {
    if (this.#falling === 0 && this.#rising >= enough) return 'asc';
    return this.#rising === 0 && this.#falling >= enough ? 'desc' : undefined;
  }
}

const number = /^-?\d+(?:\.\d+)?$/;

function compare(a: string, b: string): number {
  if (number.test(a) && number.test(b)) return compareNumbers(a, b);
  const times = [Date.parse(a), Date.parse(b)] as const;
  if (times.every((time) => !Number.isNaN(time)) && times[0] !== times[1]) return times[0] - times[1];
  return a < b ? -1 : a > b ? 1 : 0;
}
