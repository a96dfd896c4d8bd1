import type {Batch} from '../body/page.js';
import {configError} from '../errors.js';
import {type Json, numberText} from '../json/exact.js';
import type {Notes} from '../log.js';
import {Group, type Hashes, rowHash, type SeenRows} from './boundary.js';
import {spellLike} from './bounds.js';
import {compareKeys, emptyKey, type KeyKind, keyOfInstant, type SortKey} from './keys.js';
import {type Frame, settledBy} from './range.js';
import {keepRows} from './rows.js';
import {compareInstants} from './times.js';
import {type Held, TopRows} from './top-rows.js';
import type {Bound} from './value.js';
import type {Window} from './windows.js';

/** Where a later walk may start, and the rows that are known from there on. */
export interface Mark {
  readonly json: Json;
  readonly hashes: Hashes;
}

export interface Observed {
  /** Rows within the window: what children see. */
  readonly walk: Batch;
  /** Of these, the rows that the stream itself emits. */
  readonly own: Batch;
  /** `row_order: desc`: a row older than the start was there, so nothing of interest follows. */
  readonly past: boolean;
}

export interface SliceCursorOptions {
  readonly frame: Frame;
  readonly window: Window;
  /** Where the stream's own rows begin, for a walk that begins earlier for the sake of children. */
  readonly own: Bound | undefined;
  /** The state's cursor: rows from here on are looked up in `seen`. */
  readonly cursor: Json | undefined;
  readonly seen: SeenRows;
  /** What the parent gives to the rows, by which equal bytes under two parents differ; "" without one. */
  readonly parent: string;
  /** Greatest value of the pages before, on resume. */
  readonly top: Json | undefined;
  readonly notes: Notes;
}

/**
 * The incremental cursor over the pages of one slice: filters rows, verifies the order, keeps what the state needs
 * (config-language §8). Nothing is allocated per record.
 */
export class SliceCursor {
  readonly #of: SliceCursorOptions;
  readonly #sign: 1 | -1;
  readonly #key = emptyKey();
  readonly #last = emptyKey();
  #keys: Keys | undefined;
  #hasLast = false;
  #ordered: boolean;
  readonly #rows: TopRows;
  #flags = new Uint8Array(0);
  #ownFlags = new Uint8Array(0);

  constructor(options: SliceCursorOptions) {
    this.#of = options;
    this.#sign = options.frame.plan.func === 'min' ? -1 : 1;
    this.#ordered = options.frame.plan.order !== undefined;
    this.#rows = new TopRows(this.#sign, options.frame.plan.boundaryKey !== 'off', options.parent);
  }

  /** Greatest value so far, as the record spells it. */
  get seen(): Json | undefined {
    const {kind} = this.#of.frame.type;
    return (kind === undefined ? undefined : this.#topOrSeen(kind)?.json) ?? this.#of.top;
  }

  /** `began`: epoch ms, when the slice's first request was sent. `now`: for rows from the future. */
  observe(batch: Batch, began: number, now: number): Observed {
    const {frame} = this.#of;
    const {plan, type} = frame;
    type.settle(batch);
    const cells = batch.fields[plan.field] ?? new Int32Array(2 * batch.count).fill(-1);
    const {kind} = type;
    const keys = kind === undefined ? undefined : this.#settledKeys(kind);
    this.#reserve(batch.count);
    let walk = 0;
    let own = 0;
    let past = false;
    let missing = 0;
    let violated = false;
    for (let i = 0; i < batch.count; i++) {
      const key = this.#key;
      this.#flags[i] = 0;
      this.#ownFlags[i] = 0;
      this.#rows.set(i, undefined);
      if (
        kind === undefined ||
        keys === undefined ||
        !type.read(batch.bytes, cells[2 * i] ?? -1, cells[2 * i + 1] ?? -1, key)
      ) {
        missing++;
        if (!this.#keepsMissing(batch, i)) continue;
        this.#flags[i] = 1;
        this.#ownFlags[i] = 1;
        walk++;
        own++;
        continue;
      }
      if (plan.order !== undefined) {
        if (this.#hasLast && compareKeys(kind, key, this.#last) * (plan.order === 'asc' ? 1 : -1) < 0) violated = true;
        Object.assign(this.#last, key);
        this.#hasLast = true;
      }
      if (keys.since !== undefined) {
        const order = compareKeys(kind, key, keys.since) * this.#sign;
        if (order < 0) past = true;
        if (order < 0 || (order === 0 && keys.openStart)) continue;
      }
      if (keys.until !== undefined) {
        const order = compareKeys(kind, key, keys.until) * this.#sign;
        if (order > 0 || (order === 0 && keys.openEnd)) continue;
      }
      this.#flags[i] = 1;
      walk++;
      this.#rows.set(i, key);
      if (this.#isOwn(kind, keys, batch, i)) {
        this.#ownFlags[i] = 1;
        own++;
      }
    }
    if (violated) this.#outOfOrder();
    if (missing > 0) frame.missing.add(batch, missing, this.#of.notes);
    if (kind !== undefined && walk > 0) this.#remember(kind, batch, cells, began, now);
    const kept = keepRows(batch, this.#flags, walk);
    return {
      walk: kept,
      own: own === walk ? kept : keepRows(batch, this.#ownFlags, own),
      past: past && this.#ordered && this.#endsEarly(),
    };
  }

  /**
   * The end of the finished window, where that is a value to go on from: not one that the moment at which the slice began
   * had not reached yet (a fixed end in the future, a clock of ours that is ahead).
   */
  reached(began: number): Mark | undefined {
    const {until, closing} = this.#of.window;
    if (closing || until === undefined) return undefined;
    if (until.time !== undefined && compareInstants(until.time, settledBy(this.#of.frame.plan, began)) > 0)
      return undefined;
    return {json: until.json, hashes: new Map()};
  }

  /** The cursor of the finished slice; undefined where no row had one. A time never passes `began` less the delay. */
  finished(began: number | undefined): Mark | undefined {
    const {frame, notes, top: before} = this.#of;
    if (before !== undefined) frame.type.settleBy(before);
    const {kind} = frame.type;
    if (kind === undefined) return undefined;
    const top = this.#topOrSeen(kind);
    if (top === undefined) return undefined;
    if (kind !== 'time' && frame.plan.order !== 'asc') {
      notes.add({
        level: 'info',
        key: 'cursor-unprotected',
        text: `${frame.plan.path.text} is no time: rows that get a value ${frame.plan.func === 'min' ? 'above' : 'below'} ${numberText(top.json) ?? String(top.json)} while the sync runs are missed, unless row_order: asc holds`,
      });
    }
    return this.#bounded(kind, top, top.group.hashes, began);
  }

  /** Within a slice in ascending order: the greatest value below the last one (rows at the last one may follow). */
  moving(began: number | undefined): Mark | undefined {
    const {kind} = this.#of.frame.type;
    const {second} = this.#rows;
    if (kind === undefined || !this.moves || second === undefined) return undefined;
    return this.#bounded(kind, second, this.#rows.upper, began);
  }

  /** The declared order leads away from the start and has not been violated. */
  get moves(): boolean {
    return this.#ordered && this.#of.frame.plan.order === (this.#sign === 1 ? 'asc' : 'desc');
  }

  /** The declared order turned out to be wrong. */
  get violated(): boolean {
    return this.#of.frame.plan.order !== undefined && !this.#ordered;
  }

  #endsEarly(): boolean {
    return this.#of.frame.plan.order === (this.#sign === 1 ? 'desc' : 'asc');
  }

  #bounded(kind: KeyKind, held: Held, hashes: Hashes, began: number | undefined): Mark {
    const {frame} = this.#of;
    if (kind !== 'time' || began === undefined || this.#sign === -1) return {json: held.json, hashes};
    const moment = settledBy(frame.plan, began);
    if (compareKeys(kind, held.key, keyOfInstant(moment)) <= 0) return {json: held.json, hashes};
    return {json: spellLike(moment, held.json, frame.plan.formats, frame.type.unit), hashes: this.#rows.beyond};
  }

  #topOrSeen(kind: KeyKind): Held | undefined {
    const {frame, top: json} = this.#of;
    const key = json === undefined ? undefined : frame.type.keyOf({json});
    const {top} = this.#rows;
    if (json === undefined || key === undefined) return top;
    if (top !== undefined && compareKeys(kind, top.key, key) * this.#sign >= 0) return top;
    return {key, json, group: new Group()};
  }

  #settledKeys(kind: KeyKind): Keys {
    if (this.#keys?.kind === kind) return this.#keys;
    const {frame, window, own, cursor} = this.#of;
    const {plan, type} = frame;
    const keyOf = (bound: Bound | undefined) => (bound === undefined ? undefined : type.keyOf(bound));
    this.#keys = {
      kind,
      since: keyOf(window.since),
      until: keyOf(window.until),
      own: keyOf(own),
      cursor: cursor === undefined ? undefined : type.keyOf({json: cursor}),
      // Between windows the bounds belong together: only the outermost ones follow range_start and range_end.
      openStart: plan.rangeStart === 'open' && window.first,
      openEnd: plan.rangeEnd === 'open' || !window.last,
    };
    return this.#keys;
  }

  #isOwn(kind: KeyKind, keys: Keys, batch: Batch, i: number): boolean {
    const {seen, frame, parent} = this.#of;
    if (keys.own !== undefined) {
      const order = compareKeys(kind, this.#key, keys.own) * this.#sign;
      if (order < 0 || (order === 0 && frame.plan.rangeStart === 'open')) return false;
    }
    if (seen.empty || frame.plan.boundaryKey === 'off' || keys.cursor === undefined) return true;
    if (compareKeys(kind, this.#key, keys.cursor) * this.#sign < 0) return true;
    return !seen.take(rowHash(parent, batch.bytes, batch.spans[2 * i] ?? 0, batch.spans[2 * i + 1] ?? 0));
  }

  #keepsMissing(batch: Batch, i: number): boolean {
    const {plan, stream} = this.#of.frame;
    if (plan.missing !== 'raise') return plan.missing === 'include';
    const start = batch.spans[2 * i] ?? 0;
    const record = batch.bytes.toString('utf8', start, Math.min(batch.spans[2 * i + 1] ?? 0, start + 200));
    throw configError(
      `${stream}: a record has no readable ${plan.path.text}: ${record}; set on_cursor_value_missing to include or exclude, or filter such records (${plan.place})`,
    );
  }

  #outOfOrder(): void {
    if (!this.#ordered) return;
    this.#ordered = false;
    const {notes, frame} = this.#of;
    notes.add({
      level: 'warn',
      key: 'row-order',
      text: `rows do not come in row_order: ${frame.plan.order} of ${frame.plan.path.text}; the slice is read to its end and its cursor moves only there`,
    });
  }

  #reserve(count: number): void {
    this.#rows.reserve(count);
    if (this.#flags.length >= count) return;
    const size = Math.max(count, 2 * this.#flags.length);
    this.#flags = new Uint8Array(size);
    this.#ownFlags = new Uint8Array(size);
  }

  #remember(kind: KeyKind, batch: Batch, cells: Int32Array, began: number, now: number): void {
    this.#rows.page(kind, batch, cells, this.moves);
    if (kind !== 'time' || this.#sign === -1) return;
    const {notes, frame} = this.#of;
    const {later, future} = this.#rows.lookBeyond(batch, {settled: settledBy(frame.plan, began).ms, began, now});
    if (later > 0) {
      const text = 'rows changed while they were read: the next sync starts from the moment at which this one began';
      notes.add({level: 'info', key: 'changed-meanwhile', text, count: later});
    }
    if (future > 0) {
      const text = `rows whose ${frame.plan.path.text} lies in the future: the cursor does not follow them, they come again in every sync`;
      notes.add({level: 'warn', key: 'cursor-in-future', text, count: future});
    }
  }
}

interface Keys {
  readonly kind: KeyKind;
  readonly since: SortKey | undefined;
  readonly until: SortKey | undefined;
  readonly own: SortKey | undefined;
  readonly cursor: SortKey | undefined;
  readonly openStart: boolean;
  readonly openEnd: boolean;
}
