import type {Clock} from '../clock.js';
import type {Log} from '../log.js';
import {nothingObserved, type Observed, observe} from '../schema/observe.js';
import {sample} from '../stream/sample.js';
import type {StreamPlan} from '../stream/stream-plan.js';

/** Parents that a child's sample looks into, on every level: some may have no children. */
const partitions = 5;

export interface SampleEffects {
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** What the first pages of a stream show of its fields; a limit of 0 is none. Throws ConnectorError where they cannot be had. */
export async function sampleStream(
  plan: StreamPlan,
  limits: {readonly pages: number; readonly records: number},
  effects: SampleEffects,
): Promise<Observed> {
  const observed = nothingObserved();
  for await (const {batch, suffix} of sample(plan, {...limits, partitions, ...effects}))
    observe(observed, batch, suffix);
  return observed;
}
