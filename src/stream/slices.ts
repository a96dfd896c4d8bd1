import {createHash} from 'node:crypto';
import {configError} from '../errors.js';
import {type Json, parseExact} from '../json/exact.js';
import {noneBefore, withParent} from './before.js';
import {sameBound, thaw} from './frozen.js';
import {HashSet} from './hash-set.js';
import {columnsOf} from './parent-rows.js';
import {keyHash} from './partitions.js';
import {lagged, type Range, rangeOf} from './range.js';
import type {Resume} from './resume.js';
import type {ReadContext} from './run.js';
import {inShard} from './shard.js';
import {type ParentSlice, type SliceEvent, type SlicePlan, walkSlice} from './slice-walk.js';
import {keyText} from './state.js';
import type {ParentRow, StreamState} from './stream-plan.js';
import {type Window, window, windowsOf} from './windows.js';

type TaskEvent =
  | SliceEvent
  /** A parent's slices are all given. */
  | {readonly type: 'parent-end'; readonly parent: ParentSlice}
  /** A parent row without a value that the request needs. */
  | {readonly type: 'parent-missing'; readonly row: ParentRow}
  | {readonly type: 'parent-state'; readonly state: () => StreamState}
  /** The list of parents is read from its beginning again. */
  | {readonly type: 'parents-restart'};

type Task = () => AsyncGenerator<TaskEvent>;

async function* one(event: TaskEvent): AsyncGenerator<TaskEvent> {
  yield event;
}

/** All slices of a read, in order, each as a walk that has not begun (architecture, *Data flow*). */
export async function* tasksOf(context: ReadContext): AsyncGenerator<Task> {
  const {run} = context;
  const {plan, saved, mode} = run;
  if (plan.parent !== undefined) {
    yield* parentTasks(context);
    return;
  }
  const stepped = plan.cursor?.step !== undefined;
  // What cannot be split is read by the first shard; every shard walks what its children need.
  const elsewhere = plan.shard !== undefined && plan.shard.index !== 0 && !stepped;
  if (elsewhere && !run.forChildren) return;
  const resume = run.forChildren ? undefined : saved.resume;
  const cursor = mode === 'incremental' ? saved.cursor : undefined;
  yield* partTasks(context, undefined, cursor, usable(context, resume), elsewhere);
}

/** In ascending order the cursor says more than a slice's start without a position. */
function usable({frame}: ReadContext, resume: Resume | undefined): Resume | undefined {
  if (resume === undefined) return undefined;
  const {position, since, until} = resume;
  if (position !== undefined) return resume;
  const asCursor = frame?.plan.order === 'asc' && frame.plan.step === undefined;
  return asCursor || (since === undefined && until === undefined) ? undefined : resume;
}

/** The slices of the stream, or of one parent. */
function* partTasks(
  context: ReadContext,
  parent: ParentSlice | undefined,
  cursor: Json | undefined,
  resume: Resume | undefined,
  elsewhere: boolean,
): Generator<Task> {
  const {run, frame} = context;
  const {plan} = run;
  const shared = run.forChildren;
  const of = parent === undefined ? {} : {parent};
  if (frame === undefined) {
    const slice = {...of, window: {closing: true, first: true, last: true}, emits: !elsewhere, ...resumedAt(resume)};
    yield () => walkSlice(context, slice);
    return;
  }
  const own = rangeOf(frame, cursor);
  if (own.empty !== undefined && own.empty !== true) plan.notes.add(own.empty);
  const range =
    shared || resume !== undefined ? rangeOf(frame, shared ? undefined : cursor, thaw(frame, resume, 'end')) : own;
  if (range.empty !== undefined && resume === undefined) return;
  const ownStart = shared ? lagged(frame, own.start) : undefined;
  const common: Omit<SlicePlan, 'window' | 'emits'> = {
    ...of,
    ...(range.end && {end: range.end}),
    ...(cursor !== undefined && {cursor}),
    ...(ownStart && {own: ownStart}),
  };
  for (const {part, resumed} of parts(context, range, resume)) {
    const mine = parent !== undefined || part.cell === undefined || inShard(part.cell, plan.shard);
    const emits = !elsewhere && mine && own.empty === undefined;
    const slice: SlicePlan = {
      ...common,
      window: part,
      emits,
      ...(!mine && !shared && {elsewhere: true}),
      ...(resumed ? resumedAt(resume) : {}),
    };
    yield () => walkSlice(context, slice);
  }
}

function resumedAt(resume: Resume | undefined): Pick<SlicePlan, 'resumed'> {
  if (resume === undefined) return {};
  const {position, seen, began} = resume;
  return {
    resumed: {...(position && {position}), ...(seen !== undefined && {seen}), ...(began !== undefined && {began})},
  };
}

interface Part {
  readonly part: Window;
  readonly resumed: boolean;
}

/** The windows; of an interrupted read the one in progress as it was asked for, then those behind it. */
function* parts({frame, run}: ReadContext, range: Range, resume: Resume | undefined): Generator<Part> {
  if (frame === undefined) return;
  const grid = run.plan.shard !== undefined && run.parent === undefined;
  if (resume === undefined) {
    for (const part of windowsOf(frame, range, grid)) yield {part, resumed: false};
    return;
  }
  const since = thaw(frame, resume, 'since');
  const until = thaw(frame, resume, 'until');
  if (frame.plan.step === undefined) {
    // Without a start where it was asked for without one, though the cursor has moved since: the position is of that request.
    const {since: _, ...rest} = window(frame, range.start, until, {closing: true, first: true, last: true});
    yield {part: {...rest, ...(since && {since})}, resumed: true};
    return;
  }
  if (until === undefined) {
    // Between two windows: `since` is where the next one begins.
    const start = since ?? range.start;
    if (start !== undefined)
      for (const part of windowsOf(frame, {...range, start}, grid, false)) yield {part, resumed: false};
    return;
  }
  const last = range.end === undefined || sameBound(range.end, until);
  const closing = last && range.open;
  // Without a cell: an interrupted window is one of this shard.
  const place = {closing, first: false, last};
  yield {part: {...window(frame, since, until, place), ...(since && {since})}, resumed: true};
  if (!last) for (const part of windowsOf(frame, {...range, start: until}, grid, false)) yield {part, resumed: false};
}

async function* parentTasks(context: ReadContext): AsyncGenerator<Task> {
  const {saved, forChildren} = context.run;
  const resume = forChildren ? undefined : saved.resume;
  const again = yield* listTasks(context, resume);
  if (!again) return;
  context.run.plan.notes.add({
    level: 'info',
    key: 'parents-restart',
    text: 'the list of parents has changed since the interrupted sync: it is read from its beginning again',
  });
  yield () => one({type: 'parents-restart'});
  yield* listTasks(context, undefined);
}

/** The slices of all parents from where an interrupted read was; true: the parents before that are not those it had finished. */
async function* listTasks(context: ReadContext, resume: Resume | undefined): AsyncGenerator<Task, boolean> {
  const {run, progress, signal} = context;
  const {plan} = run;
  const {parent: relation} = plan;
  if (relation === undefined || run.parent === undefined) return false;
  let passed = noneBefore;
  const wanted = resume?.before ?? noneBefore;
  let passing = resume?.before !== undefined || resume?.parent !== undefined;
  /** Keys of the parents that were begun in this sync, before its interruption too. */
  const begun = new HashSet();
  /** One from before the interruption has other columns now, or stands for another one with its key. */
  let differ = false;
  const seen = new HashSet();
  /** Parents of the unfinished sync are left out here: those that have moved a cursor may be among them. */
  const skips = wanted.count > 0 || run.saved.parentState?.['resume'] !== undefined;
  const mismatch = () => passed.count !== wanted.count || passed.hash !== wanted.hash;
  for await (const item of run.parent.items(signal)) {
    if (item.type === 'state') {
      if (passing && mismatch()) return true;
      const {state} = item;
      yield () => one({type: 'parent-state', state});
      continue;
    }
    const {row} = item;
    const bound = row.values.slice(0, relation.bound);
    if (bound.includes(undefined)) {
      if (relation.onMissing === 'fail') throw missing(context, row);
      yield () => one({type: 'parent-missing', row});
      continue;
    }
    const digest = digestOf(row);
    if (!seen.add(digest)) continue;
    const key = bound.map((text) => parseExact(text ?? 'null'));
    const text = keyText(key);
    if (relation.plan.parent === undefined && !inShard(text, plan.shard)) continue;
    progress.see(text);
    const isKeyAlone = relation.fields.length === relation.bound;
    const isSecond = !isKeyAlone && !begun.add(keyHash(text));
    const own = isKeyAlone ? {} : {digest: digest.toString(36)};
    const again = isSecond || (skips && movedByAnother(context, text, own.digest));
    const parent: ParentSlice = {...{row, key, text, again, columns: columnsOf(relation, row)}, ...own};
    if (passing && passed.count < wanted.count) {
      passed = withParent(passed, parent);
      continue;
    }
    if (passing && (mismatch() || (resume?.parent !== undefined && keyText(resume.parent) !== text))) return true;
    const inProgress = passing && resume?.parent !== undefined;
    if (passing) differ = passed.rows !== wanted.rows || (inProgress && parent.digest !== resume.row);
    passing = false;
    if (differ && isSecond) return true;
    const parts = partTasks(
      context,
      parent,
      cursorOf(context, parent),
      inProgress ? usable(context, resume) : undefined,
      false,
    );
    yield* ending(parts, {type: 'parent-end', parent});
  }
  return passing && (mismatch() || resume?.parent !== undefined);
}

/** 64 bits of what two rows have in common that are equal in all bound and included fields. */
const digestOf = ({values}: ParentRow): bigint =>
  createHash('sha1').update(values.join('\n')).digest().readBigUInt64BE();

/** The tasks, with an event at the end of the last: as a task of its own it would take the place of a request in flight. */
function* ending(tasks: Iterable<Task>, event: TaskEvent): Generator<Task> {
  let last: Task | undefined;
  for (const task of tasks) {
    if (last !== undefined) yield last;
    last = task;
  }
  const before = last;
  yield async function* () {
    if (before !== undefined) yield* before();
    yield event;
  };
}

/** An unfinished sync has moved the cursor of this key for a row with other columns. */
function movedByAnother({progress}: Pick<ReadContext, 'progress'>, text: string, digest: string | undefined): boolean {
  const by = progress.partitions.at(text)?.digest;
  return by !== undefined && digest !== undefined && by !== digest;
}

/**
 * Where a parent's part begins: its own cursor, or the one that stands for all parents known then. At the beginning where an
 * unfinished sync has moved the cursor for another one with the same key.
 */
function cursorOf({run, progress}: ReadContext, {text, digest}: ParentSlice): Json | undefined {
  const {mode, saved} = run;
  if (mode !== 'incremental') return undefined;
  const own = progress.partitions.at(text);
  if (own !== undefined) {
    if (!movedByAnother({progress}, text, digest)) return own.cursor;
    run.plan.notes.add({
      level: 'info',
      key: 'equal-keys',
      text: 'parents whose saved cursor an unfinished sync has moved for a row with the same key but other columns: they are read from the beginning',
    });
    return undefined;
  }
  return saved.shared && !progress.partitions.isKnown(text) ? undefined : saved.cursor;
}

function missing({run}: ReadContext, row: ParentRow): Error {
  const {plan} = run;
  const names = plan.parent?.fields
    .map((path, index) => `${path.text}: ${(row.values[index] ?? 'missing').slice(0, 40)}`)
    .join(', ');
  return configError(
    `${plan.name}: a row of its parent ${plan.parent?.plan.name} lacks a field that the request needs (${names}); filter such rows out of the parent, or set on_missing: skip (${plan.place})`,
  );
}
