import type {Json} from '../json/exact.js';
import {spellLike} from './bounds.js';
import {isBefore, later} from './cursor-order.js';
import {compareKeys, keyOfInstant} from './keys.js';
import {mostKnown, mostPartitions, mostUntimed, type Partitions} from './partitions.js';
import {type Frame, settledBy} from './range.js';
import type {Saved} from './state.js';

/** What one cursor for all parents comes to at the end of a sync. */
interface Shared {
  /** undefined: there is none, the next sync reads all of them in full. */
  readonly cursor: Json | undefined;
  readonly warning?: string;
}

/** The cursor that stands for all parents where they are more than a state has cursors for (config-language §8, *Children*). */
export class SharedCursor {
  readonly #frame: Frame | undefined;
  #shared: boolean;
  #known: string | undefined;
  #overflow = false;
  #seen: Json | undefined;

  constructor(frame: Frame | undefined, {shared, known, resume}: Saved) {
    this.#frame = frame;
    this.#shared = shared;
    this.#known = known;
    this.#seen = resume?.seen;
  }

  /** The saved state has one. */
  get shared(): boolean {
    return this.#shared;
  }

  /** The parents it stands for, packed. */
  get known(): string | undefined {
    return this.#known;
  }

  /** Cursors of single parents are not recorded any more. */
  get stands(): boolean {
    return this.#shared || this.#overflow;
  }

  /** Greatest value of all parents so far. */
  get seen(): Json | undefined {
    return this.#seen;
  }

  /** `parents`: how many there are so far. */
  count(parents: number): void {
    if (parents > (this.#frame?.type.kind === 'time' ? mostPartitions : mostUntimed)) this.#overflow = true;
  }

  /** A finished slice of any parent reached this value. */
  reached(value: Json): void {
    this.#seen = later(this.#frame, this.#seen, value);
  }

  /** Every parent was finished; `cursor`: what stood for all before, `began`: epoch ms, what a time does not pass, less the delay. */
  finish(frame: Frame, partitions: Partitions, cursor: Json | undefined, began: number | undefined): Shared {
    let top = later(frame, this.#seen, cursor);
    for (const value of partitions.all()) top = later(frame, top, value);
    if (top !== undefined) frame.type.settleBy(top);
    const key = top === undefined ? undefined : frame.type.keyOf({json: top});
    const count = partitions.parents;
    const fits = frame.type.kind === 'time' && count <= mostKnown;
    if (!fits || top === undefined || key === undefined) {
      this.#shared = false;
      this.#overflow = true;
      const warning = `${count} parents are more than a state can hold: every sync reads them in full`;
      return {cursor: undefined, ...(!fits && {warning})};
    }
    const moment = began === undefined ? undefined : settledBy(frame.plan, began);
    const bounded = moment !== undefined && compareKeys('time', key, keyOfInstant(moment)) > 0;
    const next = bounded ? spellLike(moment, top, frame.plan.formats, frame.type.unit) : top;
    this.#shared = true;
    this.#known = partitions.packKnown();
    return {cursor: isBefore(frame, next, cursor) ? cursor : next};
  }
}
