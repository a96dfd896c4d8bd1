import {compareNumbers} from '../json/exact.js';
import type {JsonText} from '../json/text.js';
import {stringValue} from '../json/text.js';
import {plainDecimal} from './formats.js';
import {daysFromCivil, daysIn, parseTime} from './times.js';
import type {Instant} from './value.js';

/**
 * A cursor value in the form that is compared, filled in place so that nothing is allocated per record. Times: epoch ms,
 * the next 15 digits as an integer, further digits as text. Numbers: integer part and 15 digits of the fraction, both with
 * the sign; a number that does not fit has its digits in `tail`. Text: only `tail`.
 */
export interface SortKey {
  hi: number;
  lo: number;
  tail: string;
}

export type KeyKind = 'time' | 'number' | 'text';
export type Unit = 's' | 'ms';

export const emptyKey = (): SortKey => ({hi: 0, lo: 0, tail: ''});

/** Less than 0, 0, more than 0: a total order over the keys of one kind. */
export function compareKeys(kind: KeyKind, a: SortKey, b: SortKey): number {
  if (a.tail !== b.tail && kind === 'number') return compareNumbers(numberOf(a), numberOf(b));
  if (a.hi !== b.hi) return a.hi < b.hi ? -1 : 1;
  if (a.lo !== b.lo) return a.lo < b.lo ? -1 : 1;
  return a.tail === b.tail ? 0 : a.tail < b.tail ? -1 : 1;
}

function numberOf(key: SortKey): string {
  if (key.tail !== '') return key.tail;
  const sign = key.hi < 0 || key.lo < 0 ? '-' : '';
  return `${sign}${Math.abs(key.hi)}.${String(Math.abs(key.lo)).padStart(15, '0')}`;
}

export function keyOfInstant({ms, beyond}: Instant): SortKey {
  return {hi: ms, lo: Number(beyond.slice(0, 15).padEnd(15, '0')), tail: beyond.slice(15)};
}

const Q = 0x22;
const DOT = 0x2e;
const MINUS = 0x2d;
const PLUS = 0x2b;
const COLON = 0x3a;
const digit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39;
const at2 = (b: Buffer, i: number): number => ((b[i] ?? 0) - 48) * 10 + (b[i + 1] ?? 0) - 48;

/** Whether a JSON text is null, true, false, an array or object, or an empty string: never a cursor value. */
export function isBlank(bytes: Buffer, start: number, end: number): boolean {
  const first = bytes[start];
  return start < 0 || (first === Q ? end - start === 2 : !(first === MINUS || digit(first)));
}

/** A JSON string with an ISO time; the shapes that APIs use without making a string of them. */
export function readTimeText(bytes: Buffer, start: number, end: number, key: SortKey): boolean {
  if (readUsualTime(bytes, start + 1, end - 1, key)) return true;
  const text = stringValue({bytes, start, end});
  const instant = text === undefined ? undefined : parseTime(text.trim());
  if (instant === undefined) return false;
  Object.assign(key, keyOfInstant(instant));
  return true;
}

/** YYYY-MM-DD, or with T or blank HH:MM:SS, up to 18 digits of the second, Z, ±HH:MM, ±HHMM or no offset. */
function readUsualTime(b: Buffer, s: number, e: number, key: SortKey): boolean {
  const size = e - s;
  if (size < 10 || b[s + 4] !== MINUS || b[s + 7] !== MINUS) return false;
  for (let i = 0; i < 10; i++) if (i !== 4 && i !== 7 && !digit(b[s + i])) return false;
  const year = at2(b, s) * 100 + at2(b, s + 2);
  const month = at2(b, s + 5);
  const date = at2(b, s + 8);
  // Years up to 1 are left to parseTime, which knows the zero dates.
  if (year < 2 || month < 1 || month > 12 || date < 1 || date > (date > 28 ? daysIn(year, month) : 28)) return false;
  let ms = daysFromCivil(year, month, date) * 86_400_000;
  let beyond = 0;
  if (size > 10) {
    if (size < 19 || b[s + 13] !== COLON || b[s + 16] !== COLON || (b[s + 10] !== 0x54 && b[s + 10] !== 0x20))
      return false;
    for (const i of clockDigits) if (!digit(b[s + i])) return false;
    const hour = at2(b, s + 11);
    const minute = at2(b, s + 14);
    const second = at2(b, s + 17);
    if (hour > 23 || minute > 59 || second > 59) return false;
    ms += ((hour * 60 + minute) * 60 + second) * 1000;
    let at = s + 19;
    if (b[at] === DOT) {
      let scale = 100;
      for (at++; at < e && digit(b[at]); at++) {
        const value = (b[at] ?? 0) - 48;
        if (at - s < 23) ms += value * scale;
        else if (at - s < 38) beyond += value * (powers[at - s - 23] ?? 0);
        else return false;
        scale /= 10;
      }
      if (at === s + 20) return false;
    }
    if (at < e) {
      const sign = b[at];
      if (sign === 0x5a) {
        if (at + 1 !== e) return false;
      } else if (sign === PLUS || sign === MINUS) {
        const colon = b[at + 3] === COLON ? 1 : 0;
        if (e - at !== 5 + colon) return false;
        const minutes = at + 3 + colon;
        if (!(digit(b[at + 1]) && digit(b[at + 2]) && digit(b[minutes]) && digit(b[minutes + 1]))) return false;
        const hours = at2(b, at + 1);
        if (hours > 18 || at2(b, minutes) > 59) return false;
        const offset = (hours * 60 + at2(b, minutes)) * 60_000;
        ms -= sign === MINUS ? -offset : offset;
      } else return false;
    }
  }
  key.hi = ms;
  key.lo = beyond;
  key.tail = '';
  return true;
}

const clockDigits = [11, 12, 14, 15, 17, 18] as const;
const powers = Array.from({length: 15}, (_, index) => 10 ** (14 - index));

/** A JSON number, or a string of the same spelling. */
export function readNumberText(bytes: Buffer, start: number, end: number, key: SortKey): boolean {
  const quoted = bytes[start] === Q ? 1 : 0;
  const s = start + quoted;
  const e = end - quoted;
  const negative = bytes[s] === MINUS;
  let at = negative ? s + 1 : s;
  let whole = 0;
  let fraction = 0;
  const first = at;
  for (; at < e && digit(bytes[at]); at++) whole = whole * 10 + (bytes[at] ?? 0) - 48;
  const digits = at - first;
  if (digits === 0) return false;
  let places = 0;
  if (at < e && bytes[at] === DOT) {
    for (at++; at < e && digit(bytes[at]); at++, places++) fraction += ((bytes[at] ?? 0) - 48) * (powers[places] ?? 0);
    if (places === 0) return false;
  }
  if (at < e || digits > 15 || places > 15) return readOddNumber(bytes.toString('latin1', s, e), key);
  key.hi = negative ? -whole : whole;
  key.lo = negative ? -fraction : fraction;
  key.tail = '';
  return true;
}

function readOddNumber(text: string, key: SortKey): boolean {
  const found = /^(-?)0*(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)$/.exec(text);
  if (found === null) return false;
  key.hi = 0;
  key.lo = 0;
  key.tail = `${found[1] ?? ''}${found[2] ?? ''}`;
  return true;
}

/** An epoch number (or its text) as a time. Numbers above 10^14 are neither seconds nor ms: not read. */
export function readEpoch(bytes: Buffer, start: number, end: number, unit: Unit, key: SortKey): boolean {
  if (!readNumberText(bytes, start, end, key)) return false;
  if (key.tail !== '') {
    const plain = plainDecimal(key.tail);
    const text = plain === undefined ? undefined : Buffer.from(plain.replace(/(\.\d{15})\d+$/, '$1'));
    if (text === undefined || !readNumberText(text, 0, text.length, key) || key.tail !== '') return false;
  }
  if (Math.abs(key.hi) >= 1e14) return false;
  if (unit === 's') {
    const thousandths = Math.trunc(key.lo / 1e12);
    key.hi = key.hi * 1000 + thousandths;
    key.lo = (key.lo - thousandths * 1e12) * 1000;
  }
  if (key.lo < 0) {
    key.hi -= 1;
    key.lo += 1e15;
  }
  return true;
}

/** Any string, or a number by its digits. */
export function readText(text: JsonText, key: SortKey): boolean {
  key.hi = 0;
  key.lo = 0;
  key.tail = stringValue(text) ?? text.bytes.toString('latin1', text.start, text.end);
  return true;
}
