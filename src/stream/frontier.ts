import {type Json, printExact} from '../json/exact.js';
import type {Position} from '../pagination/paginator.js';
import {type Before, noneBefore, withParent} from './before.js';
import {freeze, onlyEnd} from './frozen.js';
import type {Parent} from './parent.js';
import type {Frame} from './range.js';
import type {Resume} from './resume.js';
import type {StreamPlan} from './stream-plan.js';
import type {Bound} from './value.js';
import type {Window} from './windows.js';

/** Positions larger than this are followed but not kept (contract, State). */
const largestPosition = 64 * 1024;

/** Most positions are a few numbers and a token: not worth being printed to be measured. */
const isShort = (position: Position): boolean =>
  Object.values(position).every(
    (value, index) => index < 20 && (typeof value === 'string' ? value.length < 500 : typeof value !== 'object'),
  );

/** A slice as it begins. */
interface Begun {
  readonly window: Window;
  /** The frozen end of the sync. */
  readonly end: Bound | undefined;
  readonly began: number | undefined;
  readonly parent: Parent | undefined;
  /** Greatest value of the parents before, under a shared cursor. */
  readonly seen: Json | undefined;
}

/** Where a later process would go on: the one slice in progress, and which parents lie before it (contract, State: `resume`). */
export class Frontier {
  readonly #frame: Frame | undefined;
  readonly #plan: StreamPlan;
  #before: Before;
  #resume: Resume | undefined;

  constructor(plan: StreamPlan, frame: Frame | undefined, saved: Resume | undefined) {
    this.#plan = plan;
    this.#frame = frame;
    this.#before = saved?.before ?? noneBefore;
    this.#resume = saved ?? {};
  }

  /** What the state says; undefined: nothing to go on with. */
  get resume(): Resume | undefined {
    return this.#resume;
  }

  slice({window, end, began, parent, seen}: Begun): void {
    this.#resume = {
      ...this.#within(parent),
      ...freeze(this.#frame, {since: window.since, until: window.until, end}),
      ...(began !== undefined && {began}),
      ...(seen !== undefined && {seen}),
    };
  }

  #within(parent: Parent | undefined): Pick<Resume, 'parent' | 'row' | 'before'> {
    if (parent === undefined) return {};
    const {key, digest} = parent;
    return {parent: key, ...(digest !== undefined && {row: digest}), before: this.#before};
  }

  /** A page was emitted; `after`: the position behind it. false: it is not kept. */
  page(after: Position, began: number, seen: Json | undefined): boolean {
    const {position: _, ...rest} = this.#resume ?? {};
    const kept = this.#kept(after);
    this.#resume = {began, ...rest, ...(seen !== undefined && {seen}), ...(kept && {position: kept})};
    return kept !== undefined;
  }

  #kept(after: Position): Position | undefined {
    const plan = this.#plan;
    if (!plan.paginator.resumable) return undefined;
    const clean = plan.withoutSecrets(after);
    if (clean === undefined) return undefined;
    return isShort(clean) || Buffer.byteLength(printExact(clean)) <= largestPosition ? clean : undefined;
  }

  /** Between two windows: the next one begins at `since`. */
  window(since: Bound, parent: Parent | undefined, seen: Json | undefined): void {
    const {began} = this.#resume ?? {};
    const {end, exact} = onlyEnd(this.#resume ?? {});
    const next = freeze(this.#frame, {since});
    this.#resume = {
      ...this.#within(parent),
      ...(parent && began !== undefined && {began}),
      ...next,
      ...(end !== undefined && {end}),
      ...((exact ?? next.exact) !== undefined && {exact: {...next.exact, ...exact}}),
      ...(seen !== undefined && {seen}),
    };
  }

  /** Between two parents; `moves`: false where an earlier slice is unfinished. */
  parent(parent: Parent, began: number | undefined, seen: Json | undefined, moves: boolean): void {
    this.#before = withParent(this.#before, parent);
    if (!moves) return;
    this.#resume = {
      before: this.#before,
      ...(began !== undefined && {began}),
      ...(seen !== undefined && {seen}),
    };
  }

  /** At the beginning of the list of parents. */
  restart(moves: boolean): void {
    this.#before = noneBefore;
    if (moves) this.#resume = {};
  }

  clear(): void {
    this.#resume = undefined;
  }
}
