import type {Json} from '../json/exact.js';
import type {Position} from '../pagination/paginator.js';
import {type Hashes, merged} from './boundary.js';
import {isBefore, later} from './cursor-order.js';
import {Frontier} from './frontier.js';
import type {Parent} from './parent.js';
import {Partitions} from './partitions.js';
import type {Frame} from './range.js';
import {SharedCursor} from './shared-cursor.js';
import type {Mark} from './slice-cursor.js';
import {keyText, type Mode, type Partition, type Saved} from './state.js';
import {printState} from './state-print.js';
import type {StreamEvent, StreamPlan, StreamState} from './stream-plan.js';
import type {Bound} from './value.js';
import type {Window} from './windows.js';

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
  #base: {readonly cursor: Json | undefined; readonly boundary: Hashes; readonly partition: Partition | undefined};
  readonly #shared: SharedCursor;
  #parentState: (() => StreamState) | undefined;
  readonly #frontier: Frontier;
  /** Boundary rows of the parents that this sync has finished, before an interruption too. */
  #collected: Hashes = new Map();
  /** A slice ended unfinished: what depends on all slices before does not move any more. */
  #frozen = false;
  /** The parent one of whose windows ended unfinished: those behind it do not move its cursor. */
  #stuck: string | undefined;
  /** A window of this part was read before its end came: resume and cursor stay there. */
  #short = false;
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
    this.#shared = new SharedCursor(options.frame, saved);
    this.#parentState = parentState === undefined ? undefined : () => parentState;
    this.#frontier = new Frontier(options.plan, options.frame, saved.resume);
    if ((saved.resume?.before?.count ?? 0) > 0) this.#collected = saved.boundary;
  }

  /** The slice that goes on now. */
  slice(window: Window, end: Bound | undefined, began: number | undefined, parent: Parent | undefined): void {
    const partition = parent === undefined ? undefined : this.partitions.latest(parent.text);
    this.#base = {cursor: this.#cursor, boundary: this.#boundary, partition};
    if (this.#frozen || this.#short) return;
    this.#frontier.slice({window, end, began, parent, seen: this.#sharedSeen(parent)});
  }

  /**
   * A page of the slice was emitted; `after`: the position behind it, null where it was the last. `moving`: the cursor
   * inside a slice in order.
   */
  page(
    after: Position | null,
    slice: {began: number; seen: Json | undefined; moving: Mark | undefined},
    parent?: Parent,
  ): void {
    if (this.#short) return;
    if (slice.moving !== undefined) this.#move(slice.moving, parent);
    if (after === null || this.#frozen) return;
    const isShared = parent !== undefined && this.#shared.stands;
    const seen = isShared ? later(this.#of.frame, this.#shared.seen, slice.seen) : slice.seen;
    if (this.#frontier.page(after, slice.began, seen)) this.#moved = true;
  }

  /**
   * A window was finished, with the cursor that it leaves, or ended unfinished; a parent is finished only with `endParent`.
   * `whole`: its rows are all there; else more will come before its end, and later windows do not move the cursor past it.
   */
  endSlice(
    window: Window,
    {mark, whole}: {readonly mark: Mark | undefined; readonly whole: boolean},
    finished: boolean,
    parent?: Parent,
  ): void {
    if (mark !== undefined && parent !== undefined) this.#shared.reached(mark.json);
    if (!finished) {
      this.#frozen = true;
      this.#stuck = parent?.text;
      this.#frontier.clear();
      return;
    }
    if (mark !== undefined && !this.#short) this.#move(mark, parent);
    if (mark !== undefined && parent !== undefined) this.#collected = merged(this.#collected, mark.hashes);
    if (!whole) this.#short = true;
    if (this.#frozen || this.#short || window.last || window.until === undefined) return;
    this.#frontier.window(window.until, parent, this.#sharedSeen(parent));
    this.#moved = true;
  }

  /** All windows of a parent were finished, or it was skipped. */
  endParent(parent: Parent, began: number | undefined): void {
    this.#short = false;
    this.#frontier.parent(parent, began, this.#sharedSeen(parent), !this.#frozen);
    if (!this.#frozen) this.#moved = true;
  }

  /** The list of parents is read from its beginning again. */
  restartParents(): void {
    this.#short = false;
    this.#frontier.restart(!this.#frozen);
  }

  /** The children of all the parent's rows so far are finished (`parent_incremental`). */
  parentState(state: () => StreamState): void {
    if (this.#frozen) return;
    this.#parentState = state;
    this.#frontier.restart(true);
    this.#moved = true;
  }

  /** A parent of this sync; beyond the limit cursors are not recorded any more. */
  see(key: string): void {
    this.#shared.count(this.partitions.see(key));
  }

  /** A declared order was violated: smaller values may follow, so the cursor goes back to where the slice began. */
  unmove(parent?: Parent): void {
    if (parent === undefined) {
      this.#cursor = this.#base.cursor;
      this.#boundary = this.#base.boundary;
      return;
    }
    const {partition} = this.#base;
    if (this.#shared.stands || this.partitions.latest(parent.text) === partition) return;
    this.partitions.record(parent.text, partition);
  }

  /** An earlier attempt of this sync has read everything: its state stands. */
  finishedBefore(): void {
    this.#frontier.clear();
    this.#done = true;
  }

  /**
   * The stream has ended. `whole`: the list of parents was complete, so that those it lacks are dropped. `began`: bound of a
   * shared cursor. Returns a warning where no cursor can be kept.
   */
  finish(whole: boolean, began: number | undefined): string | undefined {
    const {plan, mode, frame} = this.#of;
    this.#frontier.clear();
    if (this.#frozen) return undefined;
    this.#done = mode === 'full_refresh';
    if (plan.parent === undefined || frame === undefined) return undefined;
    this.#boundary = this.#collected;
    this.#collected = new Map();
    this.#pruned = whole;
    if (!this.#shared.stands) {
      // A cursor from elsewhere served for all parents; now each has its own.
      this.#cursor = undefined;
      return undefined;
    }
    const {cursor, warning} = this.#shared.finish(frame, this.partitions, this.#cursor, began);
    this.#cursor = cursor;
    if (cursor === undefined) this.#boundary = new Map();
    return warning;
  }

  #sharedSeen(parent: Parent | undefined): Json | undefined {
    return parent !== undefined && this.#shared.stands ? this.#shared.seen : undefined;
  }

  /** Never back. In full_refresh the state keeps what it had until the end, so nothing is worth a checkpoint. */
  #move(mark: Mark, parent: Parent | undefined): void {
    const {mode, frame} = this.#of;
    const visible = mode === 'incremental';
    if (parent === undefined) {
      if (this.#frozen || isBefore(frame, mark.json, this.#cursor)) return;
      if (visible && mark.json !== this.#cursor) this.#moved = true;
      this.#cursor = mark.json;
      this.#boundary = mark.hashes;
      return;
    }
    const {text, key, digest, again} = parent;
    const latest = this.partitions.latest(text)?.cursor;
    if (again || this.#shared.stands || text === this.#stuck || mark.json === latest) return;
    if (isBefore(frame, mark.json, latest)) return;
    this.partitions.record(text, {key, cursor: mark.json, ...(digest !== undefined && {digest})});
    if (visible) this.#moved = true;
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
    const {shared, known, stands} = this.#shared;
    const withPartitions = !(final && stands && (shared || this.#cursor === undefined) && !this.#frozen);
    const hidden = mode === 'full_refresh' && !this.#done;
    const finished = final && !this.#frozen;
    const cursor = hidden ? saved.cursor : this.#cursor;
    const boundary = this.#boundary;
    const collected = this.#collected;
    const parentState = this.#parentState;
    const {resume} = this.#frontier;
    const done = this.#done;
    const at = now();
    const print = (): StreamState =>
      printState(
        {
          cursor,
          boundary: hidden ? saved.boundary : merged(boundary, collected),
          partitions: withPartitions
            ? hidden
              ? saved.partitions
              : partitions.snapshot(length, pruned, finished)
            : new Map(),
          shared: hidden ? saved.shared : shared,
          known: hidden ? saved.known : known,
          parentState: parentState?.(),
          resume,
          done,
        },
        {plan, mode, syncId, at},
      );
    return new Snapshot(print, final);
  }
}

/** A checkpoint whose state is printed when it is first read. */
class Snapshot implements Checkpoint {
  readonly type = 'checkpoint';
  readonly final: boolean;
  readonly #print: () => StreamState;
  #printed: StreamState | undefined;

  constructor(print: () => StreamState, final: boolean) {
    this.#print = print;
    this.final = final;
  }

  get state(): StreamState {
    this.#printed ??= this.#print();
    return this.#printed;
  }
}
