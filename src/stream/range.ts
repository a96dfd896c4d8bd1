import {configError} from '../errors.js';
import {type Json, numberText, parseExact, printExact} from '../json/exact.js';
import type {Note} from '../log.js';
import {boundOf, spellLike, timeIn} from './bounds.js';
import type {CursorPlan} from './cursor-plan.js';
import type {CursorType} from './cursor-type.js';
import {addDecimals, decimalText, parseDecimal} from './decimal.js';
import {compareKeys} from './keys.js';
import type {MissingValues} from './missing-values.js';
import {addSpan, type Span} from './spans.js';
import {compareInstants, isoTime, spellTime} from './times.js';
import type {Bound, Instant} from './value.js';

/** What decides the start and end of a stream, frozen for the sync. */
export interface Frame {
  readonly plan: CursorPlan;
  readonly type: CursorType;
  readonly missing: MissingValues;
  readonly stream: string;
  /** Epoch ms, read once per sync. */
  readonly now: number;
}

/** From where to where a stream, or one parent's part of it, is read. */
export interface Range {
  /** Without lag. */
  readonly start?: Bound;
  readonly end?: Bound;
  /** The end is a moment (`now`), not a value that the configuration fixes. */
  readonly open: boolean;
  /** Nothing is to be read; why, where that deserves a word. */
  readonly empty?: Note | true;
}

/** The start is the state's value, else `initial_value`; neither start nor end passes now - `delay` (config-language §8). */
export function rangeOf(frame: Frame, cursor: Json | undefined, frozenEnd?: Bound): Range {
  const {plan, now} = frame;
  const limit = latest(frame);
  const end = frozenEnd ?? endOf(frame, limit);
  const open = isOpen(plan);
  const start = cursor === undefined ? initialOf(frame) : boundIn(frame, cursor);
  if (start === undefined) return {...(end === undefined ? {} : {end}), open};
  const descending = plan.func === 'min';
  if (!descending && start.time !== undefined && start.time.ms > now) {
    return {start, open, empty: future(frame, start, cursor !== undefined)};
  }
  const clamped =
    !descending && limit !== undefined && start.time !== undefined && compareInstants(start.time, limit) > 0
      ? spelled(frame, limit, start)
      : start;
  if (end !== undefined && reached(frame, clamped, end, cursor !== undefined)) {
    return {start: clamped, end, open, empty: open ? true : done(frame, end)};
  }
  return {start: clamped, ...(end === undefined ? {} : {end}), open};
}

function isOpen(plan: CursorPlan): boolean {
  return plan.end === undefined || (typeof plan.end === 'string' && /^\s*now\b/i.test(plan.end));
}

function future({plan, stream}: Frame, start: Bound, fromState: boolean): Note {
  const value = printExact(start.json);
  const what = fromState ? `the saved ${plan.path.text}` : `${plan.place}.initial_value`;
  const remedy = fromState ? `; reset the stream if it is wrong (${stream})` : '';
  return {
    level: 'warn',
    key: 'state-in-future',
    text: `${what} ${value} lies in the future: nothing is read until then${remedy}`,
  };
}

function done({plan}: Frame, end: Bound): Note {
  return {
    level: 'info',
    key: 'end-reached',
    text: `${plan.place}.end_value ${numberText(end.json) ?? String(end.json)} was reached by an earlier sync: nothing to read`,
  };
}

/** now - delay, where there is a delay. */
function latest({plan, type, now, stream}: Frame): Instant | undefined {
  if (plan.delay === undefined) return undefined;
  if (plan.delay.kind === 'number') throw configError(`${plan.place}.delay: write an ISO 8601 duration such as PT1M`);
  if (type.kind === 'number') throw unknownUnit(plan, stream, 'delay');
  return addSpan({ms: now, beyond: ''}, plan.delay, -1);
}

/** Up to when every row could be seen by a request of `began` (epoch ms): what is behind `delay` then may still be written. */
export function settledBy({delay}: CursorPlan, began: number): Instant {
  const moment = {ms: began, beyond: ''};
  return delay?.kind === 'duration' ? addSpan(moment, delay, -1) : moment;
}

const unknownUnit = (plan: CursorPlan, stream: string, key: string): Error =>
  configError(
    `${stream}: ${plan.place}.${key} is a duration, but ${plan.path.text} is a number of unknown unit: give incremental.cursor_format epoch_seconds or epoch_ms (or ${key} as a number)`,
  );

function initialOf(frame: Frame): Bound | undefined {
  const {plan} = frame;
  return plan.initial === undefined || plan.initial === null
    ? undefined
    : boundIn(frame, plan.initial, `${plan.place}.initial_value`);
}

/**
 * A value as a bound of this stream's type. `key`: where it is written; it is from the state when absent. Throws a config_error
 * for what cannot be read in it.
 */
export function boundIn(frame: Frame, json: Json, key?: string): Bound {
  const {plan, type, now, stream} = frame;
  const bound = boundOf(json, plan, now);
  if (bound.time !== undefined && type.kind !== 'number') return bound;
  const time = type.instantOf(json);
  if (time !== undefined) {
    // Records spell the cursor as epoch numbers while the server is asked with text: ask as initial_value is spelled.
    const asked = typeof plan.initial === 'string' ? boundOf(plan.initial, plan, now).json : undefined;
    const text = typeof asked === 'string' && plan.formats.length === 0 ? spellTime(time, asked) : undefined;
    return {json: text ?? json, time};
  }
  if (type.kind !== undefined && type.keyOf({json}) === undefined) {
    throw configError(`${stream}: ${unreadable(frame, json, key)}`);
  }
  return {json};
}

function unreadable({plan, type}: Frame, json: Json, key: string | undefined): string {
  if (json === '' && key !== undefined) {
    return `${key} is empty: leave it out where there is none, or write the value from which on records are wanted`;
  }
  const words = type.kind === 'time' ? 'a time' : type.kind === 'number' ? 'a number' : 'text';
  const value = printExact(json).slice(0, 60);
  return key === undefined
    ? `the saved ${plan.path.text} ${value} is not ${words}, as the other cursor values are: reset the stream, or correct its state`
    : `${key} ${value} is not ${words}, as the other cursor values are: correct it (or say how values are spelled: ${plan.place}.cursor_format)`;
}

function endOf(frame: Frame, limit: Instant | undefined): Bound | undefined {
  const {plan, type, now, stream} = frame;
  if (plan.end !== undefined && plan.end !== null && !isOpen(plan)) {
    const end = boundIn(frame, plan.end, `${plan.place}.end_value`);
    return limit !== undefined && end.time !== undefined && compareInstants(end.time, limit) > 0
      ? spelledMoment(frame, limit)
      : end;
  }
  if (plan.end === undefined && plan.step === undefined) return undefined;
  if (type.kind === 'number' || type.kind === 'text') {
    throw configError(
      `${stream}: ${plan.place} needs end_value: "now" has no meaning for ${plan.path.text}, which is ${type.kind === 'number' ? 'a number of unknown unit (or give cursor_format epoch_seconds or epoch_ms)' : 'text'}`,
    );
  }
  const moment = typeof plan.end === 'string' ? boundOf(plan.end, plan, now).time : undefined;
  const time = moment ?? {ms: now, beyond: ''};
  return spelledMoment(frame, limit !== undefined && compareInstants(time, limit) > 0 ? limit : time);
}

function spelledMoment(frame: Frame, time: Instant): Bound {
  return spelled(frame, time, exampleOf(frame));
}

/** How the start is spelled, for moments of ours. */
function exampleOf({plan, now}: Frame): Bound {
  const example = plan.initial === undefined || plan.initial === null ? undefined : boundOf(plan.initial, plan, now);
  return example ?? {json: '2000-01-01T00:00:00Z'};
}

/**
 * Up to which moment a stream that has an end is asked for in this sync, as its request can express it; undefined: no end,
 * all that there is. `frozen`: the end of an interrupted read that goes on.
 */
export function askedUpTo(frame: Frame, frozen: Bound | undefined): Instant | undefined {
  const {plan, now} = frame;
  if (plan.end === undefined && plan.step === undefined && plan.delay === undefined) return undefined;
  const moment = latest(frame) ?? {ms: now, beyond: ''};
  const sent = exactly(frame, moment, exampleOf(frame)).time ?? moment;
  const before = frozen?.time;
  return before !== undefined && compareInstants(before, sent) < 0 ? before : sent;
}

/** An instant as a bound that is spelled as the example is; the instant itself is kept. */
function spelled({plan, type}: Frame, time: Instant, example: Bound): Bound {
  return {json: spellLike(time, example.json, plan.formats, type.unit), time};
}

/**
 * As `spelled`, but what is spelled is what is meant: rounded down to it, unless other formats are sent (`convert`), where
 * only the state sees the spelling and a fuller one is taken instead.
 */
export function exactly(frame: Frame, time: Instant, example: Bound): Bound {
  const {plan, type} = frame;
  const sent = [...(plan.convert === undefined ? [] : [plan.convert]), ...(plan.sent ?? [])];
  const floored = sent.reduce((at, format) => format.floor(at), time);
  const bound = spelled(frame, floored, example);
  const meant = type.instantOf(bound.json) ?? timeIn(bound.json, plan.formats) ?? floored;
  if (compareInstants(meant, floored) === 0) return bound;
  if (plan.convert === undefined) return {json: bound.json, time: meant};
  return plan.formats.length === 0 ? {json: isoTime(floored), time: floored} : {json: bound.json, time: floored};
}

function reached({plan, type}: Frame, start: Bound, end: Bound, fromState: boolean): boolean {
  if (type.kind === undefined) return false;
  const a = type.keyOf(start);
  const b = type.keyOf(end);
  if (a === undefined || b === undefined) return false;
  const order = compareKeys(type.kind, a, b) * (plan.func === 'min' ? -1 : 1);
  return order > 0 || (order === 0 && (fromState || plan.rangeEnd === 'open'));
}

/** The start with `lag`, not beyond `initial_value`: what is sent and where our filter begins (dlt's units; T21). */
export function lagged(frame: Frame, start: Bound | undefined): Bound | undefined {
  const {plan, type} = frame;
  if (start === undefined || plan.lag === undefined) return start;
  const moved =
    plan.lag.kind === 'duration' ? byDuration(frame, start, plan.lag) : byNumber(frame, start, plan.lag.value);
  const initial = initialOf(frame);
  if (initial === undefined || type.kind === undefined) return moved;
  const a = type.keyOf(moved);
  const b = type.keyOf(initial);
  const passed =
    a !== undefined && b !== undefined && compareKeys(type.kind, a, b) * (plan.func === 'min' ? -1 : 1) < 0;
  return passed ? initial : moved;
}

function byDuration(frame: Frame, start: Bound, lag: Extract<Span, {kind: 'duration'}>): Bound {
  const {plan, stream, type} = frame;
  if (start.time === undefined) {
    if (type.kind === 'number') throw unknownUnit(plan, stream, 'lag');
    throw configError(`${stream}: ${plan.place}.lag is a duration, but ${plan.path.text} is no time`);
  }
  return spelled(frame, addSpan(start.time, lag, plan.func === 'min' ? 1 : -1), start);
}

function byNumber(frame: Frame, start: Bound, value: Json): Bound {
  const {plan, stream} = frame;
  const lag = parseDecimal(numberText(value) ?? '');
  if (start.time !== undefined) {
    const date = typeof start.json === 'string' && /^\d{4}-?\d\d-?\d\d$/.test(start.json);
    const ms = Number(numberText(value)) * (date ? 86_400_000 : 1000);
    return spelled(frame, addSpan(start.time, {kind: 'duration', months: 0, ms}, plan.func === 'min' ? 1 : -1), start);
  }
  const text = numberText(start.json) ?? (typeof start.json === 'string' ? start.json : '');
  const number = parseDecimal(text);
  if (number === undefined || lag === undefined) {
    throw configError(
      `${stream}: ${plan.place}.lag cannot be taken from ${plan.path.text}, which is neither a number nor a time`,
    );
  }
  const moved = decimalText(addDecimals(number, lag, plan.func === 'min' ? 1n : -1n));
  return {json: typeof start.json === 'string' ? moved : parseExact(moved)};
}
