import type {Clock} from '../clock.js';
import type {JsonObject} from '../json/exact.js';
import type {Log} from '../log.js';
import type {StreamEvent, StreamPlan} from './stream-plan.js';

/** How one stream is read in this sync, from the configured catalog and the state file. */
export interface StreamRequest {
  readonly name: string;
  readonly mode: 'full_refresh' | 'incremental';
  readonly state: JsonObject | undefined;
  /** From the catalog; 0 and null are undefined. */
  readonly syncId: number | undefined;
  /** destination_sync_mode is overwrite. */
  readonly overwrite: boolean;
}

export interface SyncOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** One sync: parents are walked once and shared by their children and their own stream; `now` is read once. */
export interface Sync {
  /** Throws ConnectorError where the stream fails; everything yielded before stands. */
  read(name: string): AsyncGenerator<StreamEvent>;
}

export declare function openSync(
  plans: ReadonlyMap<string, StreamPlan>,
  requests: readonly StreamRequest[],
  options: SyncOptions,
): Sync;
