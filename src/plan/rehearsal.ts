import {ConnectorError, configError} from '../errors.js';
import {frameOf} from '../stream/frame.js';
import {rangeOf} from '../stream/range.js';
import type {StreamPlan} from '../stream/stream-plan.js';
import {windowsOf} from '../stream/windows.js';

/**
 * Works out the range and the first window of a first run as the read does: what fails there fails whatever the server answers
 * (config-language §8). `now` in epoch ms. Throws a config_error that begins with the place.
 */
export function rehearse(plan: StreamPlan, now: number): void {
  try {
    const frame = frameOf(plan, now, undefined);
    if (frame === undefined) return;
    const range = rangeOf(frame, undefined);
    // Without initial_value a state may say where the windows begin.
    if (range.start !== undefined && range.empty === undefined)
      windowsOf(frame, range, plan.shard !== undefined).next();
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    const {message} = error;
    const named = `${plan.name}: `;
    throw configError(message.startsWith(named) ? message.slice(named.length) : message);
  }
}
