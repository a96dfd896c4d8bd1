import type {Instant} from './value.js';

const day = 86_400_000;

const extended =
  /^(\d{4})-(\d\d)-(\d\d)(?:([Tt ])(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?( ?(?:[Zz]|UTC|GMT|[+-]\d\d(?::?\d\d)?))?)?$/;
const basic = /^(\d{4})(\d\d)(\d\d)(T)(\d\d)(\d\d)(\d\d)(?:[.,](\d+))?([Zz]|[+-]\d\d(?::?\d\d)?)?$/;

/**
 * An ISO 8601 time or date as an instant with all its digits; without offset it is UTC (config-language §8). Undefined for
 * anything else, and for the zero dates 0000-00-00 and 0001-01-01T00:00:00, which mean that there is no value.
 */
export function parseTime(text: string): Instant | undefined {
  const found = extended.exec(text) ?? basic.exec(text);
  if (found === null) return undefined;
  const [, year = '', month = '', date = '', , hour = '00', minute = '00', second = '00', fraction = '', offset = ''] =
    found;
  const midnight = dayOf(Number(year), Number(month), Number(date));
  if (midnight === undefined) return undefined;
  return instantOf(midnight, Number(hour), Number(minute), Number(second), fraction, offsetOf(offset.trim()));
}

/** Epoch ms of a day's start in UTC; undefined where there is no such day. The year 0 and 0001-01-01 are no days. */
export function dayOf(year: number, month: number, date: number): number | undefined {
  if (year === 0 || month < 1 || month > 12 || date < 1 || date > daysIn(year, month)) return undefined;
  if (year === 1 && month === 1 && date === 1) return undefined;
  return daysFromCivil(year, month, date) * day;
}

/** From a day's start and its clock. `offset` in ms east of UTC. A second 60 is the next minute, 24:00 the next day. */
export function instantOf(
  midnight: number,
  hour: number,
  minute: number,
  second: number,
  fraction: string,
  offset: number | undefined,
): Instant | undefined {
  if (offset === undefined || hour > 24 || minute > 59 || second > 60) return undefined;
  if (hour === 24 && (minute > 0 || second > 0 || /[1-9]/.test(fraction))) return undefined;
  const ms = Number(fraction.slice(0, 3).padEnd(3, '0'));
  return {
    ms: midnight + ((hour * 60 + minute) * 60 + second) * 1000 + ms - offset,
    beyond: fraction.slice(3).replace(/0+$/, ''),
  };
}

/** Z, UTC, GMT, +01, +0100, +01:00 in ms; "" is UTC. Undefined for what is no offset. */
export function offsetOf(text: string): number | undefined {
  if (text === '' || /^(?:z|utc|gmt)$/i.test(text)) return 0;
  const found = /^([+-])(\d\d):?(\d\d)?$/.exec(text);
  if (found === null) return undefined;
  const [, sign, hours = '', minutes = '00'] = found;
  if (Number(hours) > 18 || Number(minutes) > 59) return undefined;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

/** Less than 0, 0, more than 0: a total order over all digits. */
export function compareInstants(a: Instant, b: Instant): number {
  if (a.ms !== b.ms) return a.ms - b.ms;
  // Digits of a fraction, trailing zeros removed: text order is their order.
  return a.beyond === b.beyond ? 0 : a.beyond < b.beyond ? -1 : 1;
}

/** Days since 1970-01-01 of a date in the Gregorian calendar. */
export function daysFromCivil(year: number, month: number, date: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const ofEra = y - era * 400;
  const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + date - 1;
  return era * 146_097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719_468;
}

export function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/**
 * Spells an instant as the example is: date only or with time, its separator, its digits of the second, its offset. Rounds
 * down to what that can express. Undefined where the example is no ISO time.
 */
export function spellTime(instant: Instant, example: string): string | undefined {
  const found = extended.exec(example) ?? basic.exec(example);
  if (found === null) return undefined;
  const [, , , , separator, , , second, fraction, zone = ''] = found;
  const offset = offsetOf(zone.trim());
  if (offset === undefined) return undefined;
  const local = new Date(instant.ms + offset);
  const iso = local.toISOString();
  const dashes = example[4] === '-';
  const date = dashes ? iso.slice(0, -14) : iso.slice(0, -14).replaceAll('-', '');
  if (separator === undefined) return date;
  const clock = iso.slice(-13, second === undefined ? -8 : -5);
  const digits = fraction === undefined ? '' : `.${fractionOf(instant, fraction.length)}`;
  return `${date}${separator}${dashes ? clock : clock.replaceAll(':', '')}${digits}${zone}`;
}

/** The first `digits` digits of the second's fraction, cut (rounded down). */
export function fractionOf(instant: Instant, digits: number): string {
  const ms = ((instant.ms % 1000) + 1000) % 1000;
  return `${String(ms).padStart(3, '0')}${instant.beyond}`.padEnd(digits, '0').slice(0, digits);
}

/** 2026-01-31T09:30:00Z; with milliseconds only if the instant has them. */
export function isoTime(instant: Instant): string {
  const iso = new Date(instant.ms).toISOString();
  return iso.endsWith('.000Z') ? `${iso.slice(0, -5)}Z` : iso;
}
