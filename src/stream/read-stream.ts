import {setMaxListeners} from 'node:events';
import type {Batch} from '../body/page.js';
import type {Answer} from '../http/answer.js';
import type {Note} from '../log.js';
import type {Position} from '../pagination/paginator.js';
import {runSteps} from '../steps/run.js';
import {SeenRows} from './boundary.js';
import {frameOf} from './frame.js';
import {thaw} from './frozen.js';
import {withoutColumns} from './included.js';
import {ordered} from './ordered.js';
import {type Columns, suffixOf} from './parent-rows.js';
import {ParentTally} from './parent-tally.js';
import {Progress} from './progress.js';
import {noRows} from './rows.js';
import type {ReadContext, StreamRun} from './run.js';
import {type Observed, SliceCursor} from './slice-cursor.js';
import type {ParentSlice, SliceEvent, SlicePlan} from './slice-walk.js';
import {tasksOf} from './slices.js';
import {staticBatch} from './static-stream.js';
import type {StreamEvent} from './stream-plan.js';

const noColumns: Columns = new Map();

/**
 * Reads one stream: slices in order, their pages, filter and cursor, and a checkpoint wherever the state has moved. Throws
 * ConnectorError where the stream fails, or the signal's reason; what was yielded before stands.
 */
export async function* readStream(run: StreamRun): AsyncGenerator<StreamEvent> {
  const own = new AbortController();
  const signal = AbortSignal.any([run.signal, own.signal]);
  // Every walk in flight listens; Node warns from the eleventh on.
  setMaxListeners(0, signal);
  const read = new StreamRead(run, signal);
  const {progress} = read;
  if (run.saved.done) {
    progress.finishedBefore();
    yield progress.checkpoint(true);
    yield {type: 'end', reasons: new Map([['finished by an earlier attempt of this sync', 1]])};
    return;
  }
  run.signal.throwIfAborted();
  if (!run.silent) yield progress.checkpoint(false);
  const {staticRecords} = run.plan;
  if (staticRecords !== undefined) {
    if (staticRecords.length > 0 && !run.silent) {
      yield {type: 'records', batch: staticBatch(run.plan, staticRecords)};
    }
    progress.finish(false, undefined);
    yield progress.checkpoint(true);
    yield {type: 'end', reasons: new Map([['static records', 1]])};
    return;
  }
  for await (const event of ordered(tasksOf(read.context), run.plan.width, () => own.abort())) {
    switch (event.type) {
      case 'waiting':
        yield event;
        break;
      case 'slice':
        read.begin(event.slice);
        break;
      case 'page': {
        let past = false;
        try {
          const rows = read.page(event);
          past = rows.past;
          if (run.tap !== undefined) await run.tap.rows(run.forChildren ? rows.walk : rows.own, read.columns);
          const records = read.records(rows.own);
          if (records !== undefined) yield records;
          const checkpoint = read.passed(event.answer, past ? null : event.after);
          if (checkpoint !== undefined) yield checkpoint;
        } finally {
          event.reviewed(past);
        }
        break;
      }
      case 'end':
        read.end(event);
        if (!read.closing) yield* read.moved();
        break;
      case 'parent-end':
        read.endParent(event.parent);
        yield* read.moved();
        break;
      case 'parent-missing':
        read.missing();
        break;
      case 'parent-state':
        progress.parentState(event.state);
        yield* read.moved();
        break;
      case 'parents-restart':
        progress.restartParents();
        break;
    }
    run.signal.throwIfAborted();
  }
  read.finish();
  yield progress.checkpoint(true);
  yield {type: 'end', reasons: read.reasons};
}

/**
 * When an interrupted read of children began, in epoch ms: no later than the end up to which its parent in progress is asked,
 * for later parents are asked for more, and one cursor may have to stand for all.
 */
function beganOf({resume}: StreamRun['saved'], frame: ReadContext['frame']): number | undefined {
  const end = frame === undefined ? undefined : thaw(frame, resume, 'end')?.time;
  return end === undefined || resume?.began === undefined ? resume?.began : Math.min(end.ms, resume.began);
}

/** The slice in hand. */
interface Current {
  readonly slice: SlicePlan;
  readonly cursor: SliceCursor | undefined;
  readonly columns: Columns;
  readonly suffix: Buffer | undefined;
  began: number | undefined;
}

class StreamRead {
  readonly context: ReadContext;
  readonly progress: Progress;
  readonly reasons = new Map<string, number>();
  readonly #run: StreamRun;
  readonly #tally: ParentTally;
  readonly #seen: SeenRows;
  #current: Current | undefined;
  /** First request of the parents' read: of all slices under them. */
  #began: number | undefined;

  constructor(run: StreamRun, signal: AbortSignal) {
    const {plan, saved} = run;
    const [partition] = saved.partitions.values();
    const frame = frameOf(plan, run.now, saved.cursor ?? partition?.cursor);
    this.#run = run;
    this.#tally = new ParentTally(plan);
    this.#seen = new SeenRows(run.mode === 'incremental' ? saved.boundary : new Map());
    this.#began = plan.parent === undefined ? undefined : beganOf(saved, frame);
    this.progress = new Progress({...run, frame, now: () => run.clock.now()});
    this.context = {run, frame, progress: this.progress, signal, memory: {}};
  }

  /** The stream ends with the slice in hand: the final state follows. */
  get closing(): boolean {
    const slice = this.#current?.slice;
    return slice?.parent === undefined && slice?.window.last !== false;
  }

  readonly #note = (note: Note): void => this.#run.plan.notes.add(note);

  begin(slice: SlicePlan): void {
    const {plan} = this.#run;
    const {frame} = this.context;
    const {resumed, parent} = slice;
    const began = this.#bounded(parent === undefined ? resumed?.began : this.#parentBegan());
    const columns = parent?.columns ?? noColumns;
    this.#tally.includes(columns);
    const cursor =
      frame === undefined
        ? undefined
        : new SliceCursor({
            frame,
            window: slice.window,
            own: slice.own,
            cursor: slice.cursor,
            seen: this.#seen,
            parent: parent?.row.values.join('\n') ?? '',
            top: resumed?.seen,
            notes: plan.notes,
          });
    this.#current = {slice, cursor, columns, suffix: suffixOf(columns), began};
    if (slice.resumed === undefined) this.progress.slice(slice.window, slice.end, began, parent);
  }

  #parentBegan(): number | undefined {
    this.#began ??= this.#run.parent?.began();
    return this.#began;
  }

  /** Columns that the parent gives to the rows of the slice in hand. */
  get columns(): Columns {
    return this.#current?.columns ?? noColumns;
  }

  /** Takes in a page: its rows for the children, those of the stream, and whether nothing of interest follows. */
  page({answer, drop, notes}: Extract<SliceEvent, {type: 'page'}>): Observed {
    const current = this.#at(answer);
    for (const note of answer.notes) this.#note(note);
    for (const note of notes) this.#note(note);
    this.#tally.answered();
    return this.#observe(current, drop ? noRows(answer.batch) : answer.batch);
  }

  /** What is emitted of a page. */
  records(own: Batch): StreamEvent | undefined {
    const current = this.#current;
    if (current === undefined || this.#run.silent || !current.slice.emits || own.count === 0) return undefined;
    const {columns, suffix} = current;
    if (suffix === undefined) return {type: 'records', batch: own};
    return {type: 'records', batch: withoutColumns(own, columns, this.#run.plan.fields, this.#note), suffix};
  }

  /** A page was emitted; `after`: the position behind it, null where nothing follows. Gives a checkpoint where the state has moved. */
  passed(answer: Answer, after: Position | null): StreamEvent | undefined {
    const current = this.#current;
    if (current === undefined) return undefined;
    const {cursor, slice, began} = current;
    const {parent} = slice;
    if (cursor?.violated === true) this.progress.unmove(parent);
    const moving = cursor?.moving(began);
    this.progress.page(after, {began: began ?? answer.sentAt, seen: cursor?.seen, moving}, parent);
    return after === null ? undefined : this.#checkpoint();
  }

  #at(answer: Answer): Current {
    const current = this.#current;
    if (current === undefined) throw new Error('a page outside a slice');
    this.#run.tap?.began(answer.sentAt);
    if (current.slice.parent !== undefined) this.#began ??= answer.sentAt;
    current.began ??= this.#bounded(current.slice.parent === undefined ? answer.sentAt : this.#began);
    return current;
  }

  #observe(current: Current, received: Batch): Observed {
    const {plan, clock} = this.#run;
    const batch = runSteps(plan.steps, received, plan.fields, this.#note);
    if (current.cursor === undefined || current.began === undefined) return {walk: batch, own: batch, past: false};
    return current.cursor.observe(batch, current.began, clock.now());
  }

  /** Epoch ms that a time cursor does not pass: `began`, or what children were asked for, whichever is earlier. */
  #bounded<T extends number | undefined>(began: T): T | number {
    const {notPast} = this.#run;
    return began === undefined || notPast === undefined ? began : Math.min(began, notPast);
  }

  *moved(): Generator<StreamEvent> {
    const checkpoint = this.#checkpoint();
    if (checkpoint !== undefined) yield checkpoint;
  }

  #checkpoint(): StreamEvent | undefined {
    return this.#run.silent ? undefined : this.progress.moved();
  }

  end(event: Extract<SliceEvent, {type: 'end'}>): void {
    const current = this.#current;
    if (current === undefined) return;
    const {slice, cursor} = current;
    this.reasons.set(event.reason, (this.reasons.get(event.reason) ?? 0) + 1);
    for (const note of event.notes) this.#note(note);
    if (event.suspicious)
      this.#note({level: 'warn', key: `end:${event.reason}`, text: `the walk ended: ${event.reason}`});
    const {parent} = slice;
    if (event.outcome === 'skipped') {
      this.#tally.refused(`${event.refused ?? event.reason} (parent ${parent?.text})`);
      return;
    }
    this.#tally.answered();
    if (cursor?.violated === true) this.progress.unmove(parent);
    const reached = cursor?.reached(current.began ?? this.#run.now);
    const left = {mark: reached ?? cursor?.finished(current.began), whole: reached !== undefined || slice.window.last};
    this.progress.endSlice(slice.window, left, event.outcome === 'done', parent);
  }

  endParent(parent: ParentSlice): void {
    this.#tally.endParent();
    this.#current = undefined;
    this.progress.endParent(parent, this.#parentBegan());
  }

  missing(): void {
    this.#note(this.#tally.missing(this.#run.parent?.keys()));
  }

  finish(): void {
    const {plan, parent, saved} = this.#run;
    const fault = (saved.resume?.before?.count ?? 0) === 0 ? this.#tally.fault() : undefined;
    if (fault !== undefined) throw fault;
    for (const note of [this.#tally.price(), this.#tally.lacking(parent?.keys())])
      if (note !== undefined) this.#note(note);
    if (this.#seen.matched === 0 && !this.#seen.empty && saved.resume === undefined) {
      const text =
        'no row at the saved cursor came again: if the server leaves out rows equal to the start, set incremental.lag';
      this.#note({level: 'info', key: 'boundary', text});
    }
    const warning = this.progress.finish(parent?.whole === true && plan.shard === undefined, this.#parentBegan());
    if (warning !== undefined) this.#note({level: 'warn', key: 'partitions', text: warning});
  }
}
