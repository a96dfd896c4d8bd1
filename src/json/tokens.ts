import {JsonSyntaxError} from './syntax-error.js';

export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const OPEN_ARRAY = 0x5b;
export const BACKSLASH = 0x5c;
export const CLOSE_ARRAY = 0x5d;
export const OPEN_OBJECT = 0x7b;
export const CLOSE_OBJECT = 0x7d;
const MINUS = 0x2d;
const ZERO = 0x30;

/** Where a run of ordinary characters in a string stops: controls, quote, backslash. A byte past the buffer reads as 0 and stops too. */
const STOPS = Uint8Array.from({length: 256}, (_, byte) =>
  byte < 0x20 || byte === QUOTE || byte === BACKSLASH ? 1 : 0,
);

/** What a scan notices by the way. */
export class Notes {
  /** The most containers open at once since it was last set. */
  deepest = 0;
  /** Some number may be beyond a double's range: over 300 characters, or an exponent of three digits. */
  longNumber = false;
  /** Some `\ud800`–`\udfff` stands without its other half. */
  loneSurrogate = false;
  /** Some string holds an escape. */
  escapes = false;
}

/** Index of the next byte that is not a blank, or `end`. A line break becomes a space: a record is written as one line. */
export function skipBlanks(bytes: Buffer, from: number, end: number): number {
  let i = from;
  for (; i < end; i++) {
    switch (bytes[i]) {
      case 0x20:
      case 0x09:
        continue;
      case 0x0a:
      case 0x0d:
        bytes[i] = 0x20;
        continue;
    }
    break;
  }
  return i;
}

/** The end of a run of ordinary characters in a string. Four bytes a turn: strings are most of a page, and this makes them half again as fast. */
export function skipOrdinary(bytes: Buffer, from: number): number {
  const stops = STOPS;
  for (let i = from; ; i += 4) {
    if (stops[bytes[i] ?? 0] !== 0) {
      return i;
    }
    if (stops[bytes[i + 1] ?? 0] !== 0) {
      return i + 1;
    }
    if (stops[bytes[i + 2] ?? 0] !== 0) {
      return i + 2;
    }
    if (stops[bytes[i + 3] ?? 0] !== 0) {
      return i + 3;
    }
  }
}

/** From the first byte behind the opening quote to the index behind the closing one. */
export function skipString(bytes: Buffer, from: number, end: number, notes: Notes): number {
  const i = skipOrdinary(bytes, from);
  return i < end && bytes[i] === QUOTE ? i + 1 : skipSpecial(bytes, i, end, notes);
}

/** From the first byte of a string that is not an ordinary character to the index behind the closing quote. */
function skipSpecial(bytes: Buffer, from: number, end: number, notes: Notes): number {
  let i = from;
  while (i < end && bytes[i] !== QUOTE) {
    if (bytes[i] !== BACKSLASH) {
      throw new JsonSyntaxError('a raw control character in a string', bytes, i);
    }
    i = skipOrdinary(bytes, skipEscape(bytes, i, end, notes));
  }
  if (i >= end) {
    throw new JsonSyntaxError('a string that does not end', bytes, end);
  }
  return i + 1;
}

function skipEscape(bytes: Buffer, at: number, end: number, notes: Notes): number {
  notes.escapes = true;
  switch (at + 1 < end ? bytes[at + 1] : -1) {
    case QUOTE:
    case BACKSLASH:
    case 0x2f:
    case 0x62:
    case 0x66:
    case 0x6e:
    case 0x72:
    case 0x74:
      return at + 2;
    case 0x75: {
      const unit = hexUnit(bytes, at + 2);
      if (unit < 0) {
        throw new JsonSyntaxError('an escape \\u without four hexadecimal digits', bytes, at);
      }
      if (unit < 0xd800 || unit > 0xdfff) {
        return at + 6;
      }
      if (unit < 0xdc00 && bytes[at + 6] === BACKSLASH && bytes[at + 7] === 0x75) {
        const low = hexUnit(bytes, at + 8);
        if (low >= 0xdc00 && low <= 0xdfff) {
          return at + 12;
        }
      }
      notes.loneSurrogate = true;
      return at + 6;
    }
    default:
      throw new JsonSyntaxError('an unknown escape', bytes, at);
  }
}

function hexUnit(bytes: Buffer, at: number): number {
  let unit = 0;
  for (let i = at; i < at + 4; i++) {
    const c = bytes[i] ?? 0;
    const letter = c | 0x20;
    if (c >= 0x30 && c <= 0x39) {
      unit = unit * 16 + c - 0x30;
    } else if (letter >= 0x61 && letter <= 0x66) {
      unit = unit * 16 + letter - 0x57;
    } else {
      return -1;
    }
  }
  return unit;
}

function skipDigits(bytes: Buffer, from: number, end: number): number {
  let i = from;
  while (i < end && (bytes[i] ?? 0) >= 0x30 && (bytes[i] ?? 0) <= 0x39) {
    i++;
  }
  return i;
}

function digits(bytes: Buffer, from: number, end: number): number {
  const i = skipDigits(bytes, from, end);
  if (i === from) {
    throw new JsonSyntaxError('a number without a digit where one must stand', bytes, i);
  }
  return i;
}

function skipNumber(bytes: Buffer, from: number, end: number, notes: Notes): number {
  let i = bytes[from] === MINUS ? from + 1 : from;
  i = i < end && bytes[i] === ZERO ? i + 1 : digits(bytes, i, end);
  if (i < end && bytes[i] === 0x2e) {
    i = digits(bytes, i + 1, end);
  }
  if (i < end && ((bytes[i] ?? 0) | 0x20) === 0x65) {
    const sign = bytes[i + 1];
    const exponent = sign === 0x2b || sign === MINUS ? i + 2 : i + 1;
    i = digits(bytes, exponent, end);
    if (i - exponent > 2 || i - from > 200) {
      notes.longNumber = true;
    }
  }
  if (i - from > 300) {
    notes.longNumber = true;
  }
  return i;
}

function isWord(bytes: Buffer, from: number, end: number, word: string): boolean {
  return from + word.length <= end && bytes.toString('latin1', from, from + word.length) === word;
}

/** The length of NaN, Infinity or -Infinity at `from`, else 0. */
export function nonFiniteAt(bytes: Buffer, from: number, end: number): number {
  switch (bytes[from]) {
    case 0x4e:
      return isWord(bytes, from, end, 'NaN') ? 3 : 0;
    case 0x49:
      return isWord(bytes, from, end, 'Infinity') ? 8 : 0;
    case MINUS:
      return isWord(bytes, from, end, '-Infinity') ? 9 : 0;
    default:
      return 0;
  }
}

function refuseValue(bytes: Buffer, at: number, end: number): never {
  if (at >= end) {
    throw new JsonSyntaxError('the end where a value must stand', bytes, end);
  }
  if (nonFiniteAt(bytes, at, end) > 0) {
    throw new JsonSyntaxError('NaN or Infinity, which JSON does not have,', bytes, at, true);
  }
  throw new JsonSyntaxError('something else where a value must stand', bytes, at);
}

/** The end of the string, number, true, false or null that begins at `at`. */
export function skipScalar(bytes: Buffer, at: number, end: number, notes: Notes): number {
  const c = bytes[at] ?? 0;
  if (c === QUOTE && at < end) {
    return skipString(bytes, at + 1, end, notes);
  }
  if ((c >= 0x30 && c <= 0x39) || (c === MINUS && bytes[at + 1] !== 0x49)) {
    return at < end ? skipNumber(bytes, at, end, notes) : refuseValue(bytes, at, end);
  }
  return skipWord(bytes, at, end);
}

/** The end of true, false or null. */
function skipWord(bytes: Buffer, at: number, end: number): number {
  const isFalse = bytes[at] === 0x66;
  const b = bytes[at + 1];
  const c = bytes[at + 2];
  const d = bytes[at + 3];
  // t-r-u-e, n-u-l-l, f-a-l-s-e
  const known =
    (bytes[at] === 0x74 && b === 0x72 && c === 0x75 && d === 0x65) ||
    (bytes[at] === 0x6e && b === 0x75 && c === 0x6c && d === 0x6c) ||
    (isFalse && b === 0x61 && c === 0x6c && d === 0x73 && bytes[at + 4] === 0x65);
  const stop = isFalse ? at + 5 : at + 4;
  return known && stop <= end ? stop : refuseValue(bytes, at, end);
}

/** From behind a key to the value behind its colon. */
export function skipColon(bytes: Buffer, from: number, end: number): number {
  const i = bytes[from] === COLON ? from : skipBlanks(bytes, from, end);
  if (i >= end || bytes[i] !== COLON) {
    refuseColon(bytes, i);
  }
  return (bytes[i + 1] ?? 0) > 0x20 ? i + 1 : skipBlanks(bytes, i + 1, end);
}

function refuseColon(bytes: Buffer, at: number): never {
  throw new JsonSyntaxError('no colon behind a key', bytes, at);
}

export function refuseKey(bytes: Buffer, at: number): never {
  throw new JsonSyntaxError('something else where a key in quotes must stand', bytes, at);
}

/** Refuses what stands where only a comma or the end of the container may. */
export function refuseInside(bytes: Buffer, at: number, end: number, isObject: boolean): never {
  const closing = isObject ? '}' : ']';
  if (at >= end) {
    throw new JsonSyntaxError(`the end where , or ${closing} must stand`, bytes, end);
  }
  throw new JsonSyntaxError(`something else where , or ${closing} must stand`, bytes, at);
}
