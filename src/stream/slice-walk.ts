import type {Answer} from '../http/answer.js';
import type {Json} from '../json/exact.js';
import type {Note} from '../log.js';
import type {Position} from '../pagination/paginator.js';
import {walk} from '../pagination/walk.js';
import type {Outcome} from '../pagination/walk-event.js';
import type {Parent} from './parent.js';
import type {Columns} from './parent-rows.js';
import {boundIn, lagged} from './range.js';
import type {ReadContext} from './run.js';
import type {ParentRow, StreamPlan} from './stream-plan.js';
import type {Bound} from './value.js';
import {halve, type Window} from './windows.js';

/** A parent row whose children are read. */
export interface ParentSlice extends Parent {
  readonly row: ParentRow;
  readonly columns: Columns;
}

/** The walk of one parent and one window, as planned. */
export interface SlicePlan {
  readonly parent?: ParentSlice;
  readonly window: Window;
  /** The frozen end of the sync, for the state. */
  readonly end?: Bound;
  /** The saved cursor at which the rows of the last run begin. */
  readonly cursor?: Json;
  /** Where the stream's own rows begin, if later than the window. */
  readonly own?: Bound;
  /** false: the walk is for children alone. */
  readonly emits: boolean;
  /** Another shard reads it: it counts as finished. */
  readonly elsewhere?: boolean;
  readonly resumed?: {readonly position?: Position; readonly seen?: Json; readonly began?: number};
}

export type SliceEvent =
  | {readonly type: 'slice'; readonly slice: SlicePlan}
  | {
      readonly type: 'page';
      readonly answer: Answer;
      readonly after: Position | null;
      readonly drop: boolean;
      readonly notes: readonly Note[];
      /** The reader calls it with true where nothing of interest follows; the walk waits for it under `row_order`. */
      readonly reviewed: (past: boolean) => void;
    }
  | {readonly type: 'waiting'; readonly until: number}
  | {
      readonly type: 'end';
      readonly reason: string;
      readonly suspicious: boolean;
      readonly outcome: Exclude<Outcome, 'restart'>;
      readonly notes: readonly Note[];
      readonly refused?: string;
    };

/**
 * Walks one slice. A window whose first page names more items than `window_limit` is halved before anything is given; a
 * position that the server refuses starts the slice again (contract, State).
 */
export async function* walkSlice(context: ReadContext, slice: SlicePlan): AsyncGenerator<SliceEvent> {
  const {run, frame, signal, memory} = context;
  const {plan} = run;
  const {window, parent} = slice;
  if (slice.elsewhere === true) {
    yield {type: 'slice', slice};
    yield {type: 'end', reason: 'read by another shard', suspicious: false, outcome: 'done', notes: []};
    return;
  }
  const position = slice.resumed?.position;
  const resumed = position !== undefined;
  const limit = frame?.plan.windowLimit;
  const alone = plan.parent === undefined && frame?.plan.step === undefined;
  const base = await plan.request({
    ...(parent && {parent: parent.row}),
    ...(window.since && {since: window.since}),
    ...(window.until && {until: window.until}),
  });
  /** The items of a window that is to be halved. */
  const excess = (answer: Answer): number | undefined => {
    const total = resumed || limit === undefined ? undefined : plan.paginator.totalItems?.(answer);
    return total !== undefined && limit !== undefined && total > limit ? total : undefined;
  };
  let begun = false;
  const events = walk(plan.paginator, base, plan.send, position ?? plan.paginator.start, {
    signal,
    resumed,
    child: parent !== undefined,
    ahead: alone ? plan.width : 1,
    ...(limit !== undefined && {isRejected: (answer) => excess(answer) !== undefined}),
    stats: plan.stats,
    memory,
  });
  for await (const event of events) {
    if (event.type === 'waiting') {
      yield event;
      continue;
    }
    if (event.type === 'end' && event.outcome === 'restart') {
      await events.return();
      const text = `${event.reason}: the slice is read from its start again`;
      plan.notes.add({level: 'warn', key: 'position-refused', text});
      yield* walkSlice(context, restarted(context, slice));
      return;
    }
    if (!begun) {
      const total = event.type === 'page' ? excess(event.answer) : undefined;
      if (frame !== undefined && total !== undefined) {
        await events.return();
        for (const half of halve(frame, window, total)) yield* walkSlice(context, {...slice, window: half});
        return;
      }
      if (limit !== undefined && event.type === 'page' && event.answer.rows > 0 && !resumed) {
        if (plan.paginator.totalItems?.(event.answer) === undefined) plan.notes.add(unlimited(plan, limit));
      }
      begun = true;
      yield {type: 'slice', slice};
    }
    if (event.type === 'end') {
      const {outcome} = event;
      if (outcome !== 'restart') yield {...event, outcome};
      return;
    }
    const {answer, after, notes} = event;
    const drop = event.drop !== undefined;
    if (frame?.plan.order === undefined) {
      yield {type: 'page', answer, after, drop, notes, reviewed: unheard};
      continue;
    }
    let reviewed: (past: boolean) => void = unheard;
    const review = new Promise<boolean>((resolve) => {
      reviewed = resolve;
    });
    yield {type: 'page', answer, after, drop, notes, reviewed};
    if (await review) {
      const reason = 'row_order: rows older than the start were reached';
      yield {type: 'end', reason, suspicious: false, outcome: 'done', notes: []};
      return;
    }
  }
}

/** Without an order no row says that nothing of interest follows. */
const unheard = (): void => undefined;

/** From its cursor under `row_order: asc`, else from where it began. */
function restarted({frame}: ReadContext, slice: SlicePlan): SlicePlan {
  const {cursor, window} = slice;
  const {resumed: _, ...fresh} = slice;
  if (frame === undefined || cursor === undefined || frame.plan.order !== 'asc') return fresh;
  const start = boundIn(frame, cursor);
  const since = lagged(frame, start);
  return {...fresh, window: {...window, start, ...(since && {since})}};
}

const unlimited = ({cursor}: StreamPlan, limit: number): Note => ({
  level: 'warn',
  key: 'window-limit',
  text: `${cursor?.place}.window_limit ${limit} cannot be kept: the answers name no total of items, so no window is halved; name it with total_items_path or total_header, or take a step short enough`,
});
