import type {Batch} from '../body/page.js';
import type {Clock} from '../clock.js';
import type {Answer, Send} from '../http/answer.js';
import type {Log} from '../log.js';
import {walk} from '../pagination/walk.js';
import {runSteps} from '../steps/run.js';
import {SeenRows} from './boundary.js';
import {frameOf} from './frame.js';
import {withoutColumns} from './included.js';
import {type Columns, columnsOf, pickRow, rowReader, suffixOf} from './parent-rows.js';
import {type Range, rangeOf} from './range.js';
import type {StoredRow} from './row-store.js';
import {keepRows} from './rows.js';
import {SliceCursor} from './slice-cursor.js';
import {staticBatch} from './static-stream.js';
import type {ParentRow, StreamPlan} from './stream-plan.js';
import {type Window, windowsOf} from './windows.js';

export interface SampleOptions {
  /** Pages of each walk; 0: no limit. */
  readonly pages: number;
  /** Records in all; 0: no limit. */
  readonly records: number;
  /** Parents that are looked into, on every level; 0: no limit. */
  readonly partitions: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

export interface Sample {
  readonly batch: Batch;
  /** Columns from the parent, to be put before the final brace of each record. */
  readonly suffix?: Buffer;
  /** The page that the records come from; absent for static records. */
  readonly answer?: Answer;
  /** The parent row that the page belongs to. */
  readonly parent?: ParentRow;
  /** On the last page of a walk: why it ended; absent where a limit stopped it and more follows. */
  readonly ended?: string;
}

/** Windows without records that are passed over before a sample gives up. */
const emptyWindows = 12;

/**
 * The first pages of a stream through the same walk, steps and filter as a sync: for discover, check and try. Children are
 * read for the first rows of their parents; of windows the newest come first, for the oldest are often empty.
 */
export async function* sample(plan: StreamPlan, options: SampleOptions): AsyncGenerator<Sample> {
  const now = options.clock.now();
  let left = options.records === 0 ? Number.POSITIVE_INFINITY : options.records;
  for await (const {sampled} of sampledPages(plan, options, now)) {
    const count = Math.min(sampled.batch.count, left);
    left -= count;
    yield {...sampled, batch: firstRows(sampled.batch, count)};
    if (left <= 0) return;
  }
}

interface Sampled {
  readonly sampled: Sample;
  readonly columns: Columns;
}

const noColumns: Columns = new Map();

async function* sampledPages(plan: StreamPlan, options: SampleOptions, now: number): AsyncGenerator<Sampled> {
  if (plan.staticRecords !== undefined) {
    if (plan.staticRecords.length > 0) {
      yield {sampled: {batch: staticBatch(plan, plan.staticRecords)}, columns: noColumns};
    }
    return;
  }
  const {parent} = plan;
  if (parent === undefined) {
    yield* part(plan, options, now, undefined, noColumns);
    return;
  }
  const picks = parent.fields.map((_, index) => index);
  const tried = new Set<string>();
  for await (const stored of parentRows(plan, parent.plan, options, now)) {
    const row = pickRow(stored, picks);
    if (tried.has(stored) || row.values.slice(0, parent.bound).includes(undefined)) continue;
    tried.add(stored);
    yield* part(plan, options, now, row, columnsOf(parent, row));
    if (options.partitions > 0 && tried.size >= options.partitions) return;
  }
}

async function* parentRows(
  child: StreamPlan,
  plan: StreamPlan,
  options: SampleOptions,
  now: number,
): AsyncGenerator<StoredRow> {
  const fields = child.parent?.fields ?? [];
  if (plan.staticRecords !== undefined) {
    yield* rowReader(plan, fields)(staticBatch(plan, plan.staticRecords), noColumns);
    return;
  }
  const read = rowReader(plan, fields);
  for await (const {sampled, columns} of sampledPages(plan, options, now)) yield* read(sampled.batch, columns);
}

/** The windows of one parent, the newest first, until one has records. */
async function* part(
  plan: StreamPlan,
  options: SampleOptions,
  now: number,
  row: ParentRow | undefined,
  columns: Columns,
): AsyncGenerator<Sampled> {
  const frame = frameOf(plan, now, undefined);
  const range: Range = frame === undefined ? {open: false} : rangeOf(frame, undefined);
  const windows: Window[] =
    frame === undefined ? [{closing: true, first: true, last: true}] : [...windowsOf(frame, range, false)].reverse();
  for (const window of windows.slice(0, emptyWindows)) {
    const cursor =
      frame === undefined
        ? undefined
        : new SliceCursor({
            frame,
            window,
            own: undefined,
            cursor: undefined,
            seen: new SeenRows(new Map()),
            parent: '',
            top: undefined,
            notes: plan.notes,
          });
    let found = 0;
    for await (const sampled of pages(plan, options, window, row, columns, cursor)) {
      found += sampled.batch.count;
      yield {sampled, columns};
    }
    if (found > 0) return;
  }
}

async function* pages(
  plan: StreamPlan,
  {pages: most, clock, signal}: SampleOptions,
  window: Window,
  row: ParentRow | undefined,
  columns: Columns,
  cursor: SliceCursor | undefined,
): AsyncGenerator<Sample> {
  const slice = {
    ...(row && {parent: row}),
    ...(window.since && {since: window.since}),
    ...(window.until && {until: window.until}),
  };
  const note = plan.notes.add.bind(plan.notes);
  const suffix = suffixOf(columns);
  let held: Sample | undefined;
  let count = 0;
  const base = await plan.request(slice);
  const options = {signal, child: row !== undefined, stats: plan.stats};
  let arrived = 0;
  // A walk asks one page ahead: beyond the limit nothing is sent, and nobody waits for the answer.
  const send: Send = async (request, sending) => {
    if (most > 0 && arrived >= most) return new Promise(() => {});
    const answer = await plan.send(request, sending);
    if (answer.verdict === 'page') arrived++;
    return answer;
  };
  for await (const event of walk(plan.paginator, base, send, plan.paginator.start, options)) {
    if (event.type === 'waiting') continue;
    for (const said of event.notes) note(said);
    if (event.type === 'end') {
      if (held !== undefined) yield {...held, ended: event.reason};
      return;
    }
    if (held !== undefined) yield held;
    const {answer} = event;
    for (const said of answer.notes) note(said);
    const received = event.drop === undefined ? answer.batch : firstRows(answer.batch, 0);
    const all = runSteps(plan.steps, received, plan.fields, note);
    const {own} = cursor?.observe(all, answer.sentAt, clock.now()) ?? {own: all};
    held = {
      batch: suffix === undefined ? own : withoutColumns(own, columns, plan.fields, note),
      ...(suffix && {suffix}),
      answer,
      ...(row && {parent: row}),
    };
    count++;
    // The walk's own end follows a last page at once: asking for it costs no request.
    if (count === most && event.after !== null) break;
  }
  if (held !== undefined) yield held;
}

function firstRows(batch: Batch, count: number): Batch {
  if (count === batch.count) return batch;
  return keepRows(batch, new Uint8Array(batch.count).fill(1, 0, count), count);
}
