import {type Json, printExact} from '../json/exact.js';
import {boundIn, type Frame} from './range.js';
import {compareInstants, parseTime} from './times.js';
import type {Bound, Instant} from './value.js';

type Name = 'since' | 'until' | 'end';

/** Start and end of an interrupted slice as they were asked for, and the end of its sync (contract, State: `since`). */
export interface Frozen {
  readonly since?: Json;
  readonly until?: Json;
  readonly end?: Json;
  /** ISO 8601: what the spelling does not tell of those that are times, such as the hour of a moment spelled as a date. */
  readonly exact?: {readonly [K in Name]?: string};
}

/** Bounds as a state keeps them: `thaw` gives the same request and the same filter in a later process. */
export function freeze(frame: Frame | undefined, bounds: {readonly [K in Name]?: Bound | undefined}): Frozen {
  const frozen: {[K in Name]?: Json} = {};
  const exact: {[K in Name]?: string} = {};
  for (const name of ['since', 'until', 'end'] as const) {
    const bound = bounds[name];
    if (bound === undefined) continue;
    frozen[name] = bound.json;
    if (bound.time === undefined || frame === undefined) continue;
    const {time} = boundIn(frame, bound.json);
    if (time === undefined || compareInstants(time, bound.time) !== 0) exact[name] = wholly(bound.time);
  }
  return {...frozen, ...(Object.keys(exact).length > 0 && {exact})};
}

/** What was frozen under this name; undefined where nothing was. Throws a config_error for what is no cursor value. */
export function thaw(frame: Frame, frozen: Frozen | undefined, name: Name): Bound | undefined {
  const json = frozen?.[name];
  if (json === undefined) return undefined;
  const text = frozen?.exact?.[name];
  const time = text === undefined ? undefined : parseTime(text);
  const bound = boundIn(frame, json);
  return time === undefined ? bound : {json: bound.json, time};
}

/** Of these only the end of the sync, for the window that comes next. */
export function onlyEnd({end, exact}: Frozen): Frozen {
  if (end === undefined) return {};
  return {end, ...(exact?.end !== undefined && {exact: {end: exact.end}})};
}

/** Whether a request would ask for the same. */
export const sameBound = (a: Bound, b: Bound | undefined): boolean =>
  b !== undefined &&
  (a.time === undefined || b.time === undefined
    ? printExact(a.json) === printExact(b.json)
    : compareInstants(a.time, b.time) === 0);

/** With all its digits. */
function wholly({ms, beyond}: Instant): string {
  return `${new Date(ms).toISOString().slice(0, -1)}${beyond}Z`;
}
