const days = [0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** `YYYY-MM-DD`, a day of the calendar, from `start`. */
function isDay(bytes: Buffer, start: number): boolean {
  if (bytes[start + 4] !== 0x2d || bytes[start + 7] !== 0x2d) return false;
  const year = number(bytes, start, 4);
  const month = number(bytes, start + 5, 2);
  const day = number(bytes, start + 8, 2);
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > (days[month] ?? 0)) return false;
  return month !== 2 || day < 29 || (year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0));
}

/** Whether a JSON string (with its quotes) is exactly a date. */
const isDate = (bytes: Buffer, start: number, end: number): boolean => end - start === 12 && isDay(bytes, start + 1);

/**
 * Whether a JSON string (with its quotes) is a date and time that a column in microseconds holds without loss: seconds, at most six
 * fraction digits (more only if they are zeros), and a zone (`Z`, `+02:00`, `+0200`) exactly if `zoned`.
 */
function isTimestamp(bytes: Buffer, start: number, end: number, zoned: boolean): boolean {
  const from = start + 1;
  const to = end - 1;
  if (to - from < 19 || !isDay(bytes, from)) return false;
  const separator = bytes[from + 10];
  if (separator !== 0x54 && separator !== 0x20) return false;
  if (bytes[from + 13] !== 0x3a || bytes[from + 16] !== 0x3a) return false;
  if (!within(bytes, from + 11, 23) || !within(bytes, from + 14, 59) || !within(bytes, from + 17, 59)) return false;
  let at = from + 19;
  if (bytes[at] === 0x2e) {
    const fraction = at + 1;
    for (at = fraction; at < to && isDigit(bytes[at]); at++) {
      if (at - fraction >= 6 && bytes[at] !== 0x30) return false;
    }
    if (at === fraction) return false;
  }
  return zoned ? isZone(bytes, at, to) : at === to;
}

function isZone(bytes: Buffer, at: number, to: number): boolean {
  if (bytes[at] === 0x5a) return at + 1 === to;
  if (bytes[at] !== 0x2b && bytes[at] !== 0x2d) return false;
  if (!within(bytes, at + 1, 14)) return false;
  if (to - at === 5) return within(bytes, at + 3, 59);
  return to - at === 6 && bytes[at + 3] === 0x3a && within(bytes, at + 4, 59);
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39;

function within(bytes: Buffer, at: number, most: number): boolean {
  const value = number(bytes, at, 2);
  return value >= 0 && value <= most;
}

/** The decimal number of `count` digits, or -1. */
function number(bytes: Buffer, at: number, count: number): number {
  let value = 0;
  for (let i = at; i < at + count; i++) {
    const byte = bytes[i] ?? 0;
    if (byte < 0x30 || byte > 0x39) return -1;
    value = value * 10 + byte - 0x30;
  }
  return value;
}

/** Whether a string can stand in a column of this type: only the types of times ask for a shape. */
export function isTimely(type: string | undefined, bytes: Buffer, from: number, to: number): boolean {
  switch (type) {
    case 'timestamp with zone':
      return isTimestamp(bytes, from, to, true);
    case 'timestamp':
      return isTimestamp(bytes, from, to, false);
    case 'date':
      return isDate(bytes, from, to);
    default:
      return true;
  }
}
