import type {ConfiguredStream} from '../airbyte/configured-catalog.js';
import type {JsonObject} from '../json/exact.js';
import type {StreamPlan} from '../stream/stream-plan.js';

/**
 * The state a stream starts from, as a sign of life before its first checkpoint, and where it failed before: what was given,
 * with `resume` at the start (contract, *Records and statuses*), so that it differs from every later state. `at`: epoch ms.
 */
export function startState(
  given: JsonObject | undefined,
  plan: StreamPlan | undefined,
  {mode, syncId}: Pick<ConfiguredStream, 'mode' | 'syncId'>,
  at: number,
): JsonObject {
  if (plan === undefined) return given ?? {v: 1};
  // What is not ours stays as it is: it may be read again, or not, as this time.
  if (given !== undefined && (given['v'] !== 1 || (given['resume'] ?? null) !== null)) return given;
  const resume = {mode, ...(syncId === undefined ? {} : {sync_id: syncId}), request: plan.fingerprint, at};
  return {v: 1, ...given, resume};
}
