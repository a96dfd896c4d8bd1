/** The tokens of JSON (RFC 8259). Behind a text lie zeros, which end every token. */

export const SPACE: u8 = 0x20;
export const QUOTE: u8 = 0x22;
const MINUS: u8 = 0x2d;
const POINT: u8 = 0x2e;
const ZERO: u8 = 0x30;
const BACKSLASH: u8 = 0x5c;
const SMALL_E: u8 = 0x65;
// "true", "null" and "fals" as they lie in memory.
const TRUE: u32 = 0x65757274;
const NULL: u32 = 0x6c6c756e;
const FALS: u32 = 0x736c6166;

/** The end of a token that is refused. */
export const REFUSED: usize = 0;

const LONG_NUMBER: i32 = 4;
const LONE_SURROGATE: i32 = 8;
const LINE_BREAKS: i32 = 16;

/** What the scan noticed by the way, a bit each. */
export let notes: i32 = 0;

export function forgetNotes(): void {
  notes = 0;
}

export function note(bit: i32): void {
  notes |= bit;
}

/** Where the blanks end. A line break becomes a space: a record is written as one line. */
export function skipBlanks(from: usize): usize {
  let at = from;
  while (true) {
    const c = load<u8>(at);
    if (c === 0x0a || c === 0x0d) {
      store<u8>(at, SPACE);
      note(LINE_BREAKS);
    } else if (c !== SPACE && c !== 0x09) {
      return at;
    }
    at++;
  }
}

/** The end of the string, number, true, false or null that begins at `at`. */
export function scalarEnd(at: usize, first: u8): usize {
  if (first === QUOTE) return stringEnd(ordinaryEnd(at + 1));
  if (first === MINUS || isDigit(first)) return numberEnd(at, first);
  const word = load<u32>(at);
  if (word === TRUE || word === NULL) return at + 4;
  return word === FALS && load<u8>(at, 4) === SMALL_E ? at + 5 : REFUSED;
}

/** Where a run of ordinary characters in a string ends: at a quote, a backslash or a control character. */
export function ordinaryEnd(from: usize): usize {
  let at = from;
  while (true) {
    const text = v128.load(at);
    const stops = i8x16.bitmask(
      v128.or(
        v128.or(i8x16.eq(text, i8x16.splat(QUOTE)), i8x16.eq(text, i8x16.splat(BACKSLASH))),
        i8x16.lt_u(text, i8x16.splat(SPACE)),
      ),
    );
    if (stops !== 0) return at + <usize>ctz(stops);
    at += 16;
  }
}

/** From where a run of ordinary characters ended to behind the closing quote. */
export function stringEnd(at: usize): usize {
  return load<u8>(at) === QUOTE ? at + 1 : specialEnd(at);
}

function specialEnd(from: usize): usize {
  let at = from;
  while (true) {
    const c = load<u8>(at);
    if (c === QUOTE) return at + 1;
    if (c !== BACKSLASH) return REFUSED;
    at = escapeEnd(at);
    if (at === REFUSED) return REFUSED;
    at = ordinaryEnd(at);
  }
}

function escapeEnd(at: usize): usize {
  switch (load<u8>(at, 1)) {
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
      const unit = hexUnit(at + 2);
      if (unit < 0) return REFUSED;
      if (unit < 0xd800 || unit > 0xdfff) return at + 6;
      if (unit < 0xdc00 && load<u8>(at, 6) === BACKSLASH && load<u8>(at, 7) === 0x75) {
        const low = hexUnit(at + 8);
        if (low >= 0xdc00 && low <= 0xdfff) return at + 12;
      }
      note(LONE_SURROGATE);
      return at + 6;
    }
    default:
      return REFUSED;
  }
}

/** Four hexadecimal digits; -1 for anything else. */
function hexUnit(at: usize): i32 {
  let unit = 0;
  for (let n: usize = 0; n < 4; n++) {
    const c = <i32>load<u8>(at + n);
    const letter = c | 0x20;
    if (c >= 0x30 && c <= 0x39) unit = (unit << 4) + c - 0x30;
    else if (letter >= 0x61 && letter <= 0x66) unit = (unit << 4) + letter - 0x57;
    else return -1;
  }
  return unit;
}

function isDigit(c: u8): bool {
  return <u8>(c - ZERO) < 10;
}

function numberEnd(from: usize, first: u8): usize {
  let at = first === MINUS ? from + 1 : from;
  if (!isDigit(load<u8>(at))) return REFUSED;
  at = load<u8>(at) === ZERO ? at + 1 : digitsEnd(at + 1);
  if (load<u8>(at) === POINT) {
    if (!isDigit(load<u8>(at, 1))) return REFUSED;
    at = digitsEnd(at + 2);
  }
  if ((load<u8>(at) | 0x20) === SMALL_E) {
    at++;
    if (load<u8>(at) === 0x2b || load<u8>(at) === MINUS) at++;
    if (!isDigit(load<u8>(at))) return REFUSED;
    const exponent = at;
    at = digitsEnd(at + 1);
    if (at - exponent > 2 || at - from > 200) note(LONG_NUMBER);
  }
  if (at - from > 300) note(LONG_NUMBER);
  return at;
}

function digitsEnd(from: usize): usize {
  let at = from;
  while (isDigit(load<u8>(at))) at++;
  return at;
}
