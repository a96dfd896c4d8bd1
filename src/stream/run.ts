import type {Clock} from '../clock.js';
import type {Position} from '../pagination/paginator.js';
import type {CursorType} from './cursor-type.js';
import type {ParentSource, Tap} from './parent-feed.js';
import type {Progress} from './progress.js';
import type {Frame} from './range.js';
import type {Mode, Saved} from './state.js';
import type {StreamPlan} from './stream-plan.js';

/** One read of one stream, with everything that is decided before it begins. */
export interface StreamRun {
  readonly plan: StreamPlan;
  readonly mode: Mode;
  readonly saved: Saved;
  readonly syncId: number | undefined;
  /** Epoch ms, frozen for the sync. */
  readonly now: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Where the parents come from, for a child. */
  readonly parent?: ParentSource;
  /** Children listen: to all rows of the walk where it is `forChildren`, else to those that the stream emits. */
  readonly tap?: Tap;
  /** The walk begins at `initial_value` for the sake of children; the stream's own rows are filtered out of it. */
  readonly forChildren: boolean;
  /** Epoch ms that a time cursor does not pass: children were asked for rows up to here only (`parent_incremental`). */
  readonly notPast?: number;
  /** Nothing is emitted but the final state: the walk is for the children alone. */
  readonly silent: boolean;
}

/** A run once it has begun. */
export interface ReadContext {
  readonly run: StreamRun;
  readonly frame: (Frame & {readonly type: CursorType}) | undefined;
  readonly progress: Progress;
  /** Aborted when the run or its reader ends. */
  readonly signal: AbortSignal;
  /** What the walks of this resource learn of the server. */
  readonly memory: {start?: Position};
}
