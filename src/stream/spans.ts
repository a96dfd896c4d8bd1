import {configError} from '../errors.js';
import {type Json, numberText, parseExact} from '../json/exact.js';
import {daysFromCivil, daysIn} from './times.js';
import type {Instant} from './value.js';

/** A span of time or a number: `lag`, `delay`, `step`. Months and years are calendar arithmetic in UTC. */
export type Span =
  | {readonly kind: 'duration'; readonly months: number; readonly ms: number}
  /** A bare number: dlt's unit for lag (days for dates, seconds for times, itself for numbers), itself for step. */
  | {readonly kind: 'number'; readonly value: Json};

const iso =
  /^P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:[.,](\d{1,3})\d*)?S)?)?$/;

/**
 * A number (dlt) or an ISO 8601 duration ("P30D", "PT1H"). Months and years stay calendar spans. Throws a config_error at
 * `place` for anything else.
 */
export function parseSpan(value: Json, place: string): Span {
  const number = numberText(value) ?? (typeof value === 'string' && /^\d+(?:\.\d+)?$/.test(value) ? value : undefined);
  if (number !== undefined) {
    if (number.startsWith('-')) throw configError(`${place}: ${number} is negative: write it without the sign`);
    return {kind: 'number', value: parseExact(number.replace(/^0+(?=\d)/, ''))};
  }
  const found = typeof value === 'string' ? iso.exec(value.trim().toUpperCase()) : null;
  if (found === null) {
    throw configError(
      `${place}: ${shown(value)} is no span: write a number or an ISO 8601 duration such as P30D or PT1H`,
    );
  }
  const [years, months, weeks, days, hours, minutes, seconds] = found.slice(1, 8).map((part) => Number(part ?? 0));
  const ms = Number((found[8] ?? '').padEnd(3, '0'));
  return {
    kind: 'duration',
    months: (years ?? 0) * 12 + (months ?? 0),
    ms:
      (((weeks ?? 0) * 7 + (days ?? 0)) * 86_400 + (hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0)) * 1000 +
      ms,
  };
}

const shown = (value: Json): string => (typeof value === 'string' ? `"${value.slice(0, 60)}"` : typeof value);

export type Duration = Extract<Span, {kind: 'duration'}>;

/** `times` durations after (before, where negative) an instant. Months are calendar months in UTC; Jan 31 + P1M is Feb 28 or 29. */
export function addSpan(instant: Instant, span: Duration, times: number): Instant {
  const moved = span.months === 0 ? instant.ms : addMonths(instant.ms, span.months * times);
  return {ms: moved + span.ms * times, beyond: instant.beyond};
}

function addMonths(ms: number, months: number): number {
  const at = new Date(ms);
  const total = at.getUTCFullYear() * 12 + at.getUTCMonth() + months;
  const year = Math.floor(total / 12);
  const month = total - year * 12 + 1;
  const date = Math.min(at.getUTCDate(), daysIn(year, month));
  const clock = ((ms % 86_400_000) + 86_400_000) % 86_400_000;
  return daysFromCivil(year, month, date) * 86_400_000 + clock;
}

/** `now`, `now-P2Y`, `now + PT1H` as an instant; undefined for other values. Throws a config_error for a bad duration. */
export function parseNow(value: Json, now: number, place: string): Instant | undefined {
  const found = typeof value === 'string' ? /^\s*now\s*(?:([+-])\s*(\S+))?\s*$/i.exec(value) : null;
  if (found === null) return undefined;
  const [, sign, text] = found;
  const instant = {ms: now, beyond: ''};
  if (sign === undefined || text === undefined) return instant;
  const span = parseSpan(text, place);
  if (span.kind === 'number')
    throw configError(`${place}: "now${sign}${text}" needs an ISO 8601 duration: now${sign}P7D`);
  return addSpan(instant, span, sign === '-' ? -1 : 1);
}
