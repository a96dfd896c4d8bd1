import {type Json, printExact} from '../json/exact.js';
import type {Position} from '../pagination/paginator.js';
import {type Before, noneBefore, withParent} from './before.js';
import {type Hashes, merged} from './boundary.js';
import {spellLike} from './bounds.js';
import {compareKeys, keyOfInstant} from './keys.js';
import {mostKnown, mostPartitions, mostUntimed, Partitions} from './partitions.js';
import type {Frame} from './range.js';
import type {Mark} from './slice-cursor.js';
import {keyText, type Mode, type Resume, type Saved} from './state.js';
import {printState} from './state-print.js';
import type {StreamEvent, StreamPlan, StreamState} from './stream-plan.js';
import type {Window} from './windows.js';

/** Positions larger than this are followed but not kept (contract, State). */
const largestPosition = 64 * 1024;

/** Most positions are a few numbers and a token: not worth being printed to be measured. */
const isShort = (position: Position): boolean =>
  Object.values(position).every(
    (value, index) => index < 20 && (typeof value === 'string' ? value.length < 500 : typeof value !== 'object'),
  );

export interface ProgressOptions {
  readonly plan: StreamPlan;
  readonly mode: Mode;
  readonly saved: Saved;
  readonly syncId: number | undefined;
  /** undefined: the stream has no cursor. */
  readonly frame: Frame | undefined;
  readonly now: () => number;
}

type Checkpoint = Extract<StreamEvent, {type: 'checkpoint'}>;

/**
 * What the state promises, moved along as pages and slices are finished in order (contract, State). A checkpoint is a
 * snapshot; it is printed only when somebody reads its state.
 */
export class Progress {
  readonly partitions: Partitions;
  readonly #of: ProgressOptions;
  #cursor: Json | undefined;
  #boundary: Hashes;
  /** Cursors and boundary at which the slice began, for an order that turns out to be violated. */
  #base: {readonly cursor: Json | undefined; readonly boundary: Hashes; readonly partition: Json | undefined};
  #shared: boolean;
  #known: string | undefined;
  #parentState: (() => StreamState) | undefined;
  #resume: Resume | undefined;
  #before: Before;
  /** Greatest value over all parents, for a shared cursor. */
  #seen: Json | undefined;
  /** Boundary rows of the parents that this sync has finished, before an interruption too. */
  #collected: Hashes = new Map();
  /** A slice ended unfinished: what depends on all slices before does not move any more. */
  #frozen = false;
  /** The parent one of whose windows ended unfinished: those behind it do not move its cursor. */
  #stuck: string | undefined;
  /** A window of this part was read before its end came: resume and cursor stay there. */
  #short = false;
  #overflow = false;
  #moved = false;
  #pruned = false;
  #done = false;

  constructor(options: ProgressOptions) {
    const {saved} = options;
    const {parentState} = saved;
    this.#of = options;
    this.partitions = new Partitions(saved.partitions, saved.known);
    this.#cursor = saved.cursor;
    this.#boundary = saved.boundary;
    const {parent} = saved.resume ?? {};
    const partition = parent === undefined ? undefined : this.partitions.at(keyText(parent));
    this.#base = {cursor: saved.cursor, boundary: saved.boundary, partition};
    this.#shared = saved.shared;
    this.#known = saved.known;
    this.#parentState = parentState === undefined ? undefined : () => parentState;
    this.#resume = saved.resume ?? {};
    this.#before = saved.resume?.before ?? noneBefore;
    this.#seen = saved.resume?.seen;
    if (this.#before.count > 0) this.#collected = saved.boundary;
  }

  /** The slice that goes on now. */
  slice(window: Window, end: Json | undefined, began: number | undefined, parent: readonly Json[] | undefined): void {
    const partition = parent === undefined ? undefined : this.partitions.latest(keyText(parent));
    this.#base = {cursor: this.#cursor, boundary: this.#boundary, partition};
    if (this.#frozen || this.#short) return;
    this.#resume = {
      ...(parent && {parent, before: this.#before}),
      ...(window.since && {since: window.since.json}),
      ...(window.until && {until: window.until.json}),
      ...(end !== undefined && {end}),
      ...(began !== undefined && {began}),
      ...this.#sharedSeen(parent),
    };
  }

  /**
   * A page of the slice was emitted; `after`: the position behind it, null where it was the last. `moving`: the cursor
   * inside a slice in order.
   */
  page(
    after: Position | null,
    slice: {began: number; seen: Json | undefined; moving: Mark | undefined},
    key?: readonly Json[],
  ): void {
    if (this.#short) return;
    if (slice.moving !== undefined) this.#move(slice.moving, key);
    if (after === null || this.#frozen) return;
    const {position: _, ...rest} = this.#resume ?? {};
    const kept = this.#kept(after);
    const seen = key !== undefined && this.#sharing ? this.#greater(this.#seen, slice.seen) : slice.seen;
    this.#resume = {began: slice.began, ...rest, ...(seen !== undefined && {seen}), ...(kept && {position: kept})};
    if (kept !== undefined) this.#moved = true;
  }

  #kept(after: Position): Position | undefined {
    const {plan} = this.#of;
    if (!plan.paginator.resumable) return undefined;
    const clean = plan.withoutSecrets(after);
    if (clean === undefined) return undefined;
    return isShort(clean) || Buffer.byteLength(printExact(clean)) <= largestPosition ? clean : undefined;
  }

  /**
   * A window was finished, with the cursor that it leaves, or ended unfinished; a parent is finished only with `endParent`.
   * `whole`: its rows are all there; else more will come before its end, and later windows do not move the cursor past it.
   */
  endSlice(
    window: Window,
    {mark, whole}: {readonly mark: Mark | undefined; readonly whole: boolean},
    finished: boolean,
    key?: readonly Json[],
  ): void {
    if (mark !== undefined && key !== undefined) this.#seen = this.#greater(this.#seen, mark.json);
    if (!finished) {
      this.#frozen = true;
      this.#stuck = key === undefined ? undefined : keyText(key);
      this.#resume = undefined;
      return;
    }
    if (mark !== undefined && !this.#short) this.#move(mark, key);
    if (mark !== undefined && key !== undefined) this.#collected = merged(this.#collected, mark.hashes);
    if (!whole) this.#short = true;
    if (this.#frozen || this.#short || window.last || window.until === undefined) return;
    const {end, began} = this.#resume ?? {};
    this.#resume = {
      ...(key && {parent: key, before: this.#before, ...(began !== undefined && {began})}),
      since: window.until.json,
      ...(end !== undefined && {end}),
      ...this.#sharedSeen(key),
    };
    this.#moved = true;
  }

  /** All windows of a parent were finished, or it was skipped. */
  endParent(key: readonly Json[], began: number | undefined): void {
    this.#before = withParent(this.#before, keyText(key));
    this.#short = false;
    if (this.#frozen) return;
    this.#resume = {before: this.#before, ...(began !== undefined && {began}), ...this.#sharedSeen(key)};
    this.#moved = true;
  }

  /** The list of parents is read from its beginning again. */
  restartParents(): void {
    this.#before = noneBefore;
    this.#short = false;
    if (!this.#frozen) this.#resume = {};
  }

  /** The children of all the parent's rows so far are finished (`parent_incremental`). */
  parentState(state: () => StreamState): void {
    if (this.#frozen) return;
    this.#parentState = state;
    this.#before = noneBefore;
    this.#resume = {};
    this.#moved = true;
  }

  /** A parent of this sync; beyond the limit cursors are not recorded any more. */
  see(key: string): void {
    const count = this.partitions.see(key);
    if (count > (this.#of.frame?.type.kind === 'time' ? mostPartitions : mostUntimed)) this.#overflow = true;
  }

  /** A declared order was violated: smaller values may follow, so the cursor goes back to where the slice began. */
  unmove(key?: readonly Json[]): void {
    if (key === undefined) {
      this.#cursor = this.#base.cursor;
      this.#boundary = this.#base.boundary;
      return;
    }
    const text = keyText(key);
    const cursor = this.#base.partition;
    if (this.#sharing || this.partitions.latest(text) === cursor) return;
    this.partitions.record(text, cursor === undefined ? undefined : {key, cursor});
  }

  /** An earlier attempt of this sync has read everything: its state stands. */
  finishedBefore(): void {
    this.#resume = undefined;
    this.#done = true;
  }

  /**
   * The stream has ended. `whole`: the list of parents was complete, so that those it lacks are dropped. `began`: bound of a
   * shared cursor. Returns a warning where no cursor can be kept.
   */
  finish(whole: boolean, began: number | undefined): string | undefined {
    const {plan, mode, frame} = this.#of;
    this.#resume = undefined;
    if (this.#frozen) return undefined;
    this.#done = mode === 'full_refresh';
    if (plan.parent === undefined || frame === undefined) return undefined;
    this.#boundary = this.#collected;
    this.#collected = new Map();
    this.#pruned = whole;
    if (this.#sharing) return this.#share(frame, began);
    // A cursor from elsewhere served for all parents; now each has its own.
    this.#cursor = undefined;
    return undefined;
  }

  #share(frame: Frame, began: number | undefined): string | undefined {
    let top = this.#greater(this.#seen, this.#cursor);
    for (const cursor of this.partitions.all()) top = this.#greater(top, cursor);
    const key = top === undefined ? undefined : frame.type.keyOf({json: top});
    const count = this.partitions.parents;
    const fits = frame.type.kind === 'time' && count <= mostKnown;
    if (!fits || top === undefined || key === undefined) {
      this.#cursor = undefined;
      this.#boundary = new Map();
      this.#shared = false;
      this.#overflow = true;
      return fits ? undefined : `${count} parents are more than a state can hold: every sync reads them in full`;
    }
    const moment = began === undefined ? undefined : {ms: began, beyond: ''};
    const bounded = moment !== undefined && compareKeys('time', key, keyOfInstant(moment)) > 0;
    const next = bounded ? spellLike(moment, top, frame.plan.formats, frame.type.unit) : top;
    this.#cursor = this.#less(next, this.#cursor) ? this.#cursor : next;
    this.#shared = true;
    this.#known = this.partitions.packKnown();
    return undefined;
  }

  get #sharing(): boolean {
    return this.#shared || this.#overflow;
  }

  #sharedSeen(parent: readonly Json[] | undefined): Pick<Resume, 'seen'> {
    return parent !== undefined && this.#sharing && this.#seen !== undefined ? {seen: this.#seen} : {};
  }

  /** Never back. In full_refresh the state keeps what it had until the end, so nothing is worth a checkpoint. */
  #move(mark: Mark, key: readonly Json[] | undefined): void {
    const visible = this.#of.mode === 'incremental';
    if (key === undefined) {
      if (this.#frozen || this.#less(mark.json, this.#cursor)) return;
      if (visible && mark.json !== this.#cursor) this.#moved = true;
      this.#cursor = mark.json;
      this.#boundary = mark.hashes;
      return;
    }
    const text = keyText(key);
    const latest = this.partitions.latest(text);
    if (this.#sharing || text === this.#stuck || mark.json === latest || this.#less(mark.json, latest)) return;
    this.partitions.record(text, {key, cursor: mark.json});
    if (visible) this.#moved = true;
  }

  /** a lies before b in the direction in which the cursor moves. */
  #less(a: Json, b: Json | undefined): boolean {
    const {frame} = this.#of;
    const {kind} = frame?.type ?? {};
    if (frame === undefined || kind === undefined || b === undefined) return false;
    const keyA = frame.type.keyOf({json: a});
    const keyB = frame.type.keyOf({json: b});
    if (keyA === undefined || keyB === undefined) return false;
    return compareKeys(kind, keyA, keyB) * (frame.plan.func === 'min' ? -1 : 1) < 0;
  }

  #greater(a: Json | undefined, b: Json | undefined): Json | undefined {
    if (a === undefined || b === undefined) return a ?? b;
    return this.#less(a, b) ? b : a;
  }

  /** A checkpoint where the state has moved since the last one. */
  moved(): Checkpoint | undefined {
    return this.#moved ? this.checkpoint(false) : undefined;
  }

  /** What the state is now; later pages do not show in it. */
  checkpoint(final: boolean): Checkpoint {
    this.#moved = false;
    const {plan, mode, saved, syncId, now} = this.#of;
    const {partitions} = this;
    const length = partitions.length;
    const pruned = this.#pruned;
    const withPartitions = !(final && this.#sharing && (this.#shared || this.#cursor === undefined) && !this.#frozen);
    const hidden = mode === 'full_refresh' && !this.#done;
    const cursor = hidden ? saved.cursor : this.#cursor;
    const boundary = this.#boundary;
    const collected = this.#collected;
    const shared = this.#shared;
    const known = this.#known;
    const parentState = this.#parentState;
    const resume = this.#resume;
    const done = this.#done;
    const at = now();
    let printed: StreamState | undefined;
    const print = (): StreamState =>
      printState(
        {
          cursor,
          boundary: hidden ? saved.boundary : merged(boundary, collected),
          partitions: withPartitions ? (hidden ? saved.partitions : partitions.snapshot(length, pruned)) : new Map(),
          shared: hidden ? saved.shared : shared,
          known: hidden ? saved.known : known,
          parentState: parentState?.(),
          resume,
          done,
        },
        {plan, mode, syncId, at},
      );
    return {
      type: 'checkpoint',
      get state() {
        printed ??= print();
        return printed;
      },
      final,
    };
  }
}
