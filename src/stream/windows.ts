import {configError} from '../errors.js';
import {type Json, numberText, parseExact} from '../json/exact.js';
import {addDecimals, compareDecimals, type Decimal, decimalText, floorDivide, parseDecimal} from './decimal.js';
import {exactly, type Frame, lagged, type Range} from './range.js';
import {addSpan, type Duration} from './spans.js';
import {compareInstants} from './times.js';
import type {Bound, Instant} from './value.js';

/** One walk's part of a range: half open, contiguous with its neighbours. */
export interface Window {
  /** Without lag: where the window before ended. */
  readonly start?: Bound;
  /** What is sent, and where the filter begins. */
  readonly since?: Bound;
  readonly until?: Bound;
  /** Its end is no value to go on from (the moment of this sync, or none): the cursor comes from its rows. */
  readonly closing: boolean;
  readonly first: boolean;
  readonly last: boolean;
  /** Start of the grid cell, the same in every shard and sync; undefined without `step`. */
  readonly cell?: string;
}

/** The windows of a range in order: one without `step`. `grid`: boundaries count from 1970 or 0 (shards). */
export function* windowsOf(frame: Frame, range: Range, grid: boolean, first = true): Generator<Window> {
  const {plan, stream} = frame;
  if (plan.step === undefined || range.end === undefined) {
    yield window(frame, range.start, range.end, {closing: true, first, last: true});
    return;
  }
  if (range.start === undefined) {
    throw configError(`${stream}: ${plan.place}.step needs initial_value: where do the windows begin?`);
  }
  const axis = axisOf(frame, range.start, range.end, grid);
  let start = range.start;
  let cell = axis.cellOf(start);
  for (let k = cell; ; k++) {
    const boundary = axis.boundary(k + 1);
    const last = axis.compare(boundary, range.end) >= 0;
    if (!last && axis.compare(boundary, start) <= 0) {
      if (axis.repeated(k + 1)) {
        // The cell is that of the last boundary before the start, wherever in it a shard begins.
        cell = k + 1;
        continue;
      }
      throw configError(
        `${stream}: ${plan.place}.step makes no progress at ${text(start.json)}: it is below what the format sent can express; take a longer step`,
      );
    }
    const until = last ? range.end : boundary;
    const place = {closing: last && range.open, first: first && start === range.start, last, cell: axis.cell(cell)};
    yield window(frame, start, until, place);
    if (last) return;
    start = until;
    cell = k + 1;
  }
}

interface Place {
  readonly closing: boolean;
  readonly first: boolean;
  readonly last: boolean;
  readonly cell?: string;
}

export function window(frame: Frame, start: Bound | undefined, until: Bound | undefined, place: Place): Window {
  const since = lagged(frame, start);
  return {...place, ...(start && {start}), ...(since && {since}), ...(until && {until})};
}

/** Two windows in place of one that holds more than `window_limit` items. Throws a config_error where it cannot be halved. */
export function halve(frame: Frame, whole: Window, total: number): readonly [Window, Window] {
  const {plan, stream} = frame;
  const {start, until} = whole;
  const middle = start === undefined || until === undefined ? undefined : middleOf(frame, start, until);
  if (middle === undefined) {
    throw configError(
      `${stream}: ${total} items lie between ${text(start?.json)} and ${text(until?.json)}, more than ${plan.place}.window_limit ${plan.windowLimit}, and the window cannot be halved any further`,
    );
  }
  const {cell} = whole;
  const where = cell === undefined ? {} : {cell};
  return [
    window(frame, start, middle, {...where, closing: false, first: whole.first, last: false}),
    window(frame, middle, until, {...where, closing: whole.closing, first: false, last: whole.last}),
  ];
}

const text = (json: Json | undefined): string =>
  json === undefined ? 'the beginning' : (numberText(json) ?? String(json));

function middleOf(frame: Frame, start: Bound, until: Bound): Bound | undefined {
  if (start.time !== undefined && until.time !== undefined) {
    const span = until.time.ms - start.time.ms;
    if (span <= 1000) return undefined;
    const half = start.time.ms + Math.floor(span / 2000) * 1000;
    const middle = exactly(frame, {ms: half, beyond: ''}, start);
    return middle.time !== undefined && compareInstants(middle.time, start.time) > 0 ? middle : undefined;
  }
  const from = decimalOf(start);
  const to = decimalOf(until);
  const width = addDecimals(to, from, -1n);
  const half = floorDivide(width, {n: 2n, scale: 0});
  return half < 1n ? undefined : numberBound(addDecimals(from, {n: half, scale: 0}), start);
}

interface Axis {
  /** The k-th boundary. */
  boundary(k: number): Bound;
  /** The k whose cell holds the start. */
  cellOf(start: Bound): number;
  cell(k: number): string;
  compare(a: Bound, b: Bound): number;
  /** The k-th boundary lies in an hour that the clock of the format sent repeats: it is passed over. */
  repeated(k: number): boolean;
}

function axisOf(frame: Frame, start: Bound, end: Bound, grid: boolean): Axis {
  const {plan, stream, type} = frame;
  const {step} = plan;
  if (step?.kind === 'duration') {
    if (start.time === undefined || end.time === undefined) {
      throw configError(
        `${stream}: ${plan.place}.step is a duration, but ${plan.path.text} is ${type.kind === 'number' ? 'a number of unknown unit: give cursor_format epoch_seconds or epoch_ms, or step as a number' : 'no time'}`,
      );
    }
    return timeAxis(frame, start.time, step, start, grid);
  }
  const size = parseDecimal(numberText(step?.value ?? null) ?? '');
  if (size === undefined || size.n <= 0n) throw configError(`${stream}: ${plan.place}.step must be above 0`);
  if (start.time !== undefined) {
    throw configError(
      `${stream}: ${plan.place}.step is a number, but ${plan.path.text} is a time: write an ISO 8601 duration such as P30D`,
    );
  }
  const origin = grid ? {n: 0n, scale: 0} : decimalOf(start);
  const at = (k: number) => addDecimals(origin, size, BigInt(k));
  return {
    boundary: (k) => numberBound(at(k), start),
    cellOf: (from) => Number(floorDivide(addDecimals(decimalOf(from), origin, -1n), size)),
    cell: (k) => decimalText(at(k)),
    compare: (a, b) => compareDecimals(decimalOf(a), decimalOf(b)),
    repeated: () => false,
  };
}

function timeAxis(frame: Frame, start: Instant, step: Duration, example: Bound, grid: boolean): Axis {
  const {plan, stream} = frame;
  if (step.months === 0 && step.ms === 0) throw configError(`${stream}: ${plan.place}.step must be above 0`);
  const origin = grid ? {ms: 0, beyond: ''} : start;
  const at = (k: number) => addSpan(origin, step, k);
  return {
    boundary: (k) => exactly(frame, at(k), example),
    cellOf: ({time = start}) => {
      let k = Math.floor((time.ms - origin.ms) / (step.months * 2_629_746_000 + step.ms));
      while (compareInstants(at(k), time) > 0) k--;
      while (compareInstants(at(k + 1), time) <= 0) k++;
      return k;
    },
    cell: (k) => new Date(at(k).ms).toISOString(),
    compare: (a, b) => compareInstants(a.time ?? start, b.time ?? start),
    // Such an hour takes up to three off; a format that cannot express the step takes more sooner or later.
    repeated: (k) => at(k).ms - (exactly(frame, at(k), example).time?.ms ?? 0) <= 3 * 3_600_000,
  };
}

function decimalOf({json}: Bound): Decimal {
  const number = parseDecimal(numberText(json) ?? (typeof json === 'string' ? json : ''));
  if (number === undefined) throw configError(`windows need numbers or times; ${text(json)} is neither`);
  return number;
}

function numberBound(value: Decimal, example: Bound): Bound {
  const plain = decimalText(value);
  return {json: typeof example.json === 'string' ? plain : parseExact(plain)};
}
