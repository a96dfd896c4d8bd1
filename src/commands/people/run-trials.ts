import {toConnectorError} from '../../errors.js';
import type {JsonObject} from '../../json/exact.js';
import {openSpool} from '../../spool.js';
import type {StreamEvent, StreamPlan} from '../../stream/stream-plan.js';
import {openSync} from '../../stream/sync.js';
import type {Host} from '../command.js';
import type {CollectedLog} from './collected-log.js';
import {PartitionLimit} from './trace.js';
import type {Trial} from './trial.js';

/** Streams read at once, as `read` does. */
const atOnce = 4;

export interface TrialRun {
  /** Watched plans, hidden parents too. */
  readonly plans: ReadonlyMap<string, StreamPlan>;
  /** In the order of the plans: parents before their children. */
  readonly trials: readonly Trial[];
  readonly stateOf: (stream: string) => JsonObject | undefined;
  readonly log: CollectedLog;
  readonly host: Host;
  /** Called with what a stream gives, as it comes. */
  readonly event?: (trial: Trial, event: StreamEvent) => Promise<void>;
}

/** Reads the streams through the engine, as `read` does: incremental where they have a cursor. Failures are kept in the trials. */
export async function runTrials(run: TrialRun): Promise<void> {
  const {plans, trials, stateOf, log, host} = run;
  const requests = trials.map(({plan}) => ({
    name: plan.name,
    mode:
      plan.cursor === undefined && plan.parent?.incremental !== true
        ? ('full_refresh' as const)
        : ('incremental' as const),
    state: stateOf(plan.name),
    syncId: undefined,
    overwrite: false,
  }));
  const {clock, signal} = host;
  const sync = openSync(plans, requests, {clock, log, signal, openSpool});
  const waiting = [...trials];
  const work = async (): Promise<void> => {
    for (let trial = waiting.shift(); trial !== undefined && !signal.aborted; trial = waiting.shift()) {
      await readOne(trial, sync.read(trial.plan.name), run);
    }
  };
  await Promise.all(Array.from({length: Math.min(atOnce, trials.length)}, work));
  for (const plan of plans.values()) plan.notes.flush(log);
}

async function readOne(trial: Trial, events: AsyncGenerator<StreamEvent>, {host, event}: TrialRun): Promise<void> {
  try {
    for await (const one of events) {
      trial.take(one);
      await event?.(trial, one);
      host.signal.throwIfAborted();
    }
    trial.isOver = true;
  } catch (thrown) {
    if (host.signal.aborted) return;
    trial.isOver = true;
    if (thrown instanceof PartitionLimit) trial.cut = thrown.message;
    else trial.error = toConnectorError(thrown);
  }
}
