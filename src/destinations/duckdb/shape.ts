/** What the values of a column are, as bits that add up over many rows; a column's type follows from them. */
export const BOOLEAN = 1;
/** An integer of at most 15 digits: exact in a double too. */
export const SMALL = 2;
/** An integer that fits 64 bits, of more digits. */
export const BIG = 4;
/** An integer of at most 38 digits that does not fit 64 bits. */
export const HUGE = 8;
/** A fraction or power that a double holds: its shortest text is the same number. */
export const REAL = 16;
/** Any other number. */
export const LONG = 32;
export const STRING = 64;
/** A string with an escape. */
export const ESCAPED = 128;
/** An object or an array. */
export const NESTED = 256;
/** A string that is no date or time of the shape its column asks for. */
export const UNTIMELY = 512;
/** The first value was a string: in the piece, strings of the column stand without quotes, which would cost more to remove than to read. */
export const BARE = 1024;

const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const POINT = 0x2e;
const largest = '9223372036854775807';

/** The bits of the value from `start` to `end`; null has none. `escapes`: some string of its record may hold one. */
export function shapeOf(bytes: Buffer, start: number, end: number, escapes: boolean): number {
  const first = bytes[start] ?? 0;
  switch (first) {
    case 0x22:
      return escapes && hasEscape(bytes, start, end) ? STRING | ESCAPED : STRING;
    case 0x7b:
    case 0x5b:
      return NESTED;
    case 0x6e:
      return 0;
    case 0x74:
    case 0x66:
      return BOOLEAN;
    default:
      return numberShape(bytes, start, end);
  }
}

function hasEscape(bytes: Buffer, start: number, end: number): boolean {
  if (end - start > 64) {
    const at = bytes.indexOf(0x5c, start);
    return at >= 0 && at < end;
  }
  for (let i = start; i < end; i++) if (bytes[i] === 0x5c) return true;
  return false;
}

function numberShape(bytes: Buffer, start: number, end: number): number {
  const from = bytes[start] === MINUS ? start + 1 : start;
  let points = 0;
  for (let i = from; i < end; i++) {
    const c = bytes[i] ?? 0;
    if (c === POINT) points++;
    else if (c < ZERO || c > NINE) return realShape(bytes.toString('latin1', start, end));
  }
  // 15 significant digits always survive in a double (IEEE 754).
  if (points > 0) return end - from <= 16 ? REAL : realShape(bytes.toString('latin1', start, end));
  const digits = end - from;
  if (digits <= 15) return SMALL;
  if (digits < 19) return BIG;
  if (digits > 38) return LONG;
  return digits === 19 && bytes.toString('latin1', from, end) <= largest ? BIG : HUGE;
}

/** Whether the shortest text of the double is the same number. */
function realShape(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value)) return LONG;
  return digitsOf(text) === digitsOf(String(value)) ? REAL : LONG;
}

/** Digits without zeros at both ends, the decimal exponent of the first one, and the sign: equal for equal numbers. */
function digitsOf(text: string): string {
  const exponentAt = text.search(/[eE]/);
  const mantissa = exponentAt < 0 ? text : text.slice(0, exponentAt);
  const exponent = exponentAt < 0 ? 0 : Number(text.slice(exponentAt + 1));
  const unsigned = mantissa.startsWith('-') ? mantissa.slice(1) : mantissa;
  const point = unsigned.indexOf('.');
  const digits = point < 0 ? unsigned : unsigned.slice(0, point) + unsigned.slice(point + 1);
  const leading = digits.length - digits.replace(/^0+/, '').length;
  const significant = digits.slice(leading).replace(/0+$/, '');
  if (significant === '') return '0';
  const place = (point < 0 ? unsigned.length : point) - leading + exponent;
  return `${mantissa.startsWith('-') ? '-' : ''}${significant}e${place}`;
}
