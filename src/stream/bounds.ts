import {type Json, numberText} from '../json/exact.js';
import type {CursorPlan} from './cursor-plan.js';
import {parseNow} from './spans.js';
import {isoTime, parseTime, spellTime} from './times.js';
import type {Bound, Instant} from './value.js';

/**
 * A written value (initial_value, end_value, a field of a parent row) as a bound: with its instant where it is a time, by
 * `cursor_format` first, else ISO 8601. `now` (epoch ms) resolves now-P2Y.
 */
export function boundOf(json: Json, cursor?: Pick<CursorPlan, 'formats' | 'place'>, now?: number): Bound {
  if (now !== undefined) {
    const time = parseNow(json, now, cursor?.place ?? 'incremental');
    if (time !== undefined) {
      const [format] = cursor?.formats ?? [];
      const whole = {ms: Math.floor(time.ms / 1000) * 1000, beyond: ''};
      return {json: format === undefined ? isoTime(whole) : format.print({json, time: whole}), time};
    }
  }
  const time = timeIn(json, cursor?.formats ?? []);
  return time === undefined ? {json} : {json, time};
}

/** The instant of a value by these formats, else by ISO 8601; undefined where it is no time. */
export function timeIn(json: Json, formats: CursorPlan['formats']): Instant | undefined {
  for (const format of formats) {
    const time = format.parse(json);
    if (time !== undefined) return time;
  }
  return typeof json === 'string' ? parseTime(json) : undefined;
}

/**
 * How an instant is spelled: as the example is, by the first of `formats` that reads the example, by its ISO shape, or as
 * an epoch number in `unit`. Rounds down to what that can express.
 */
export function spellLike(
  time: Instant,
  example: Json,
  formats: CursorPlan['formats'],
  unit: 's' | 'ms' | undefined,
): Json {
  const format = formats.find((candidate) => candidate.parse(example) !== undefined);
  if (format !== undefined) return format.print({json: example, time});
  const text = typeof example === 'string' ? spellTime(time, example) : undefined;
  if (text !== undefined) return text;
  const number = numberText(example) ?? (typeof example === 'string' && /^-?\d+/.test(example) ? example : undefined);
  if (number !== undefined && unit !== undefined) {
    const value = Math.floor(unit === 's' ? time.ms / 1000 : time.ms);
    return typeof example === 'string' ? String(value) : value;
  }
  const [first] = formats;
  return first === undefined ? isoTime(time) : first.print({json: example, time});
}
