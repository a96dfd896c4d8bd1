import {skipValue} from './skip.js';
import {JsonSyntaxError} from './syntax-error.js';
import {type JsonText, jsonText, type Kind, kindOf, textOf, unquote} from './text.js';
import {CLOSE_ARRAY, COMMA, Notes, QUOTE, skipBlanks, skipColon, skipScalar, skipString} from './tokens.js';

/**
 * JSON values without loss: a number whose shortest double text is not its source text is kept as text.
 * Objects have a null prototype, so `__proto__` is a key like any other; of duplicate keys the last one counts.
 */
export type Json = null | boolean | number | string | ExactNumber | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** A number that a double cannot hold as it was written: 9007199254740993, 1.10, 1e400. */
export class ExactNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

const DEEPEST = 500;

/** Parses JSON text without loss. Throws `JsonSyntaxError` for invalid text and beyond 500 levels. */
export function parseExact(text: string | JsonText): Json {
  const source = typeof text === 'string' ? jsonText(text) : text;
  const {bytes, end} = source;
  const notes = new Notes();
  const start = skipBlanks(bytes, source.start, end);
  const stop = skipValue(bytes, start, end, 0, notes);
  const rest = skipBlanks(bytes, stop, end);
  if (rest < end) {
    throw new JsonSyntaxError('something behind the end of the document', bytes, rest);
  }
  if (notes.deepest > DEEPEST) {
    throw new JsonSyntaxError(
      `a value of ${notes.deepest} levels, more than the ${DEEPEST} that are read here,`,
      bytes,
      start,
    );
  }
  return new ExactReader(bytes, start, stop).value();
}

/** Reads text that was found valid and not too deep. */
class ExactReader {
  private readonly bytes: Buffer;
  private at: number;
  private readonly end: number;
  private readonly notes = new Notes();

  constructor(bytes: Buffer, at: number, end: number) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  value(): Json {
    const {bytes, at: start, end} = this;
    const kind = kindOf({bytes, start, end});
    if (kind === 'object') {
      return this.object();
    }
    if (kind === 'array') {
      return this.array();
    }
    this.at = skipScalar(bytes, start, end, this.notes);
    return scalar(kind, {bytes, start, end: this.at});
  }

  private object(): JsonObject {
    const object: {[key: string]: Json} = Object.create(null);
    this.at = skipBlanks(this.bytes, this.at + 1, this.end);
    while (this.bytes[this.at] === QUOTE) {
      const start = this.at;
      const keyEnd = skipString(this.bytes, start + 1, this.end, this.notes);
      this.at = skipColon(this.bytes, keyEnd, this.end);
      object[unquote(this.bytes, start, keyEnd)] = this.value();
      this.next();
    }
    this.at++;
    return object;
  }

  private array(): Json[] {
    const array: Json[] = [];
    this.at = skipBlanks(this.bytes, this.at + 1, this.end);
    while (this.bytes[this.at] !== CLOSE_ARRAY) {
      array.push(this.value());
      this.next();
    }
    this.at++;
    return array;
  }

  private next(): void {
    this.at = skipBlanks(this.bytes, this.at, this.end);
    if (this.bytes[this.at] === COMMA) {
      this.at = skipBlanks(this.bytes, this.at + 1, this.end);
    }
  }
}

function scalar(kind: Exclude<Kind, 'object' | 'array'>, text: JsonText): Json {
  switch (kind) {
    case 'string':
      return unquote(text.bytes, text.start, text.end);
    case 'number':
      return exactNumber(textOf(text));
    case 'true':
    case 'false':
      return kind === 'true';
    case 'null':
      return null;
  }
}

function exactNumber(text: string): number | ExactNumber {
  const number = Number(text);
  return String(number) === text ? number : new ExactNumber(text);
}

/** JSON text without blanks; an exact number as it was written, a number that JSON cannot spell as null. */
export function printExact(value: Json): string {
  if (value instanceof ExactNumber) {
    return value.text;
  }
  if (isArray(value)) {
    return `[${value.map(printExact).join(',')}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const list = Object.entries(value).map(([key, inner]) => `${JSON.stringify(key)}:${printExact(inner)}`);
    return `{${list.join(',')}}`;
  }
  return JSON.stringify(value);
}

function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

const NUMBER = /^([+-]?)(\d*)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
const LONGEST_PLAIN = 400;

/** A decimal number: ±0.DIGITS × 10^point, without leading or trailing zeros; zero has no digits. */
interface Decimal {
  readonly negative: boolean;
  readonly digits: string;
  readonly point: bigint;
}

function decimal(text: string): Decimal | undefined {
  const match = /\d/.test(text) ? NUMBER.exec(text) : null;
  if (match === null) {
    return undefined;
  }
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const all = whole + fraction;
  let first = 0;
  while (all[first] === '0') {
    first++;
  }
  let last = all.length;
  while (last > first && all[last - 1] === '0') {
    last--;
  }
  const digits = all.slice(first, last);
  return {
    negative: sign === '-' && digits !== '',
    digits,
    point: digits === '' ? 0n : BigInt(exponent) + BigInt(whole.length - first),
  };
}

/**
 * Compares two JSON numbers by their text: negative, 0 or positive, exact for every length and exponent. 1.10 is 1.1, -0 is 0.
 * Throws RangeError if one is not a number.
 */
export function compareNumbers(a: string, b: string): number {
  const left = decimal(a);
  const right = decimal(b);
  if (left === undefined || right === undefined) {
    throw new RangeError(`not a number: ${left === undefined ? a : b}`);
  }
  if (left.negative !== right.negative) {
    return left.negative ? -1 : 1;
  }
  const size = compareSizes(left, right);
  return left.negative ? 0 - size : size;
}

function compareSizes(a: Decimal, b: Decimal): number {
  if (a.digits === '' || b.digits === '') {
    return Math.sign(a.digits.length - b.digits.length);
  }
  if (a.point !== b.point) {
    return a.point < b.point ? -1 : 1;
  }
  if (a.digits === b.digits) {
    return 0;
  }
  return a.digits < b.digits ? -1 : 1;
}

/**
 * One text per number: `1.10`, `1.1`, `11e-1` and the strings of these are "1.1"; an exponent is only written where the plain form
 * is longer than 400 digits. Undefined for what is neither a number nor a string that spells one.
 */
export function numberText(value: Json): string | undefined {
  const text = value instanceof ExactNumber ? value.text : value;
  if (typeof text !== 'string' && typeof text !== 'number') {
    return undefined;
  }
  const parsed = decimal(String(text));
  return parsed === undefined ? undefined : canonical(parsed);
}

function canonical({negative, digits, point}: Decimal): string {
  const sign = negative ? '-' : '';
  if (digits === '') {
    return '0';
  }
  if (point > LONGEST_PLAIN || point < -LONGEST_PLAIN) {
    return `${sign}0.${digits}e${point}`;
  }
  const places = Number(point);
  if (places <= 0) {
    return `${sign}0.${'0'.repeat(-places)}${digits}`;
  }
  const whole = digits.slice(0, places).padEnd(places, '0');
  const fraction = digits.slice(places);
  return fraction === '' ? sign + whole : `${sign}${whole}.${fraction}`;
}
