/** What a value is, as one bit; a column's type follows from those of its values. */
export const BOOLEAN = 1;
/** An integer that fits 64 bits. */
export const SMALL = 2;
/** Any other number that `numeric` holds exactly and that a person would want to see written out. */
export const NUMERIC = 4;
/** A number of more than a thousand digits, written out. */
export const VAST = 8;
export const STRING = 16;
/** A string that is no date or time of the shape its column asks for; beside STRING. */
export const UNTIMELY = 32;
/** An object or an array. */
export const NESTED = 64;

const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const largest = '9223372036854775807';
const mostDigits = 1000;

/** The kind of the JSON value from `start` to `end`, which is not null. */
export function kindOf(bytes: Buffer, start: number, end: number): number {
  switch (bytes[start]) {
    case 0x22:
      return STRING;
    case 0x7b:
    case 0x5b:
      return NESTED;
    case 0x74:
    case 0x66:
      return BOOLEAN;
    default:
      return numberKind(bytes, start, end);
  }
}

function numberKind(bytes: Buffer, start: number, end: number): number {
  const from = bytes[start] === MINUS ? start + 1 : start;
  const digits = end - from;
  for (let i = from; i < end; i++) {
    const c = bytes[i] ?? 0;
    if (c < ZERO || c > NINE) return realKind(bytes.toString('latin1', from, end));
  }
  if (digits < 19 || (digits === 19 && bytes.toString('latin1', from, end) <= largest)) return SMALL;
  return digits > mostDigits ? VAST : NUMERIC;
}

function realKind(text: string): number {
  const at = text.search(/[eE]/);
  const exponent = at < 0 ? 0 : Number(text.slice(at + 1));
  return text.length > mostDigits || Math.abs(exponent) > mostDigits ? VAST : NUMERIC;
}
