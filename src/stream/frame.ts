import type {Json} from '../json/exact.js';
import {boundOf} from './bounds.js';
import type {CursorPlan} from './cursor-plan.js';
import {CursorType} from './cursor-type.js';
import {parseFormat} from './formats.js';
import {MissingValues} from './missing-values.js';
import type {Frame} from './range.js';
import type {StreamPlan} from './stream-plan.js';

/** The cursor of a stream for one sync; undefined without one. `now`: epoch ms; `saved`: the state's cursor. */
export function frameOf(plan: StreamPlan, now: number, saved: Json | undefined): Frame | undefined {
  if (plan.cursor === undefined) return undefined;
  const cursor = withDates(plan.cursor);
  const {initial} = cursor;
  const start = initial === undefined || initial === null ? saved : boundOf(initial, cursor, now).json;
  const type = new CursorType(cursor, plan.name, now, start);
  return {plan: cursor, type, missing: new MissingValues(cursor, () => type.settled), stream: plan.name, now};
}

/** A number of eight digits that is a date, where a span of time is taken from it (dlt trap T21). */
function withDates(plan: CursorPlan): CursorPlan {
  const {initial, formats, lag, delay, step} = plan;
  if (formats.length > 0 || typeof initial !== 'string' || !/^\d{8}$/.test(initial)) return plan;
  if (lag === undefined && delay === undefined && step?.kind !== 'duration') return plan;
  const format = parseFormat('%Y%m%d', plan.place);
  return format.parse(initial) === undefined ? plan : {...plan, formats: [format]};
}
