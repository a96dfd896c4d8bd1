import {isUtf8} from 'node:buffer';
import {systemError} from '../../errors.js';

const BACKSLASH = 0x5c;
const LETTER_U = 0x75;
const QUOTE = 0x22;
const SLASH = 0x2f;
const REPLACEMENT = 0xfffd;

/**
 * Input of COPY in its text format (PostgreSQL, COPY, *Text Format*): fields with a tab between them, rows that end in a line feed,
 * both and the backslash with a backslash before them.
 */
export class CopyText {
  #buffer: Buffer;
  #at = 0;

  /** `size`: bytes to begin with. */
  constructor(size: number) {
    this.#buffer = Buffer.allocUnsafe(size);
  }

  get size(): number {
    return this.#at;
  }

  /** What was written. Throws a system_error where it is not UTF-8, which is all that the server takes. */
  bytes(): Buffer {
    const bytes = this.#buffer.subarray(0, this.#at);
    if (!isUtf8(bytes)) throw systemError('a RECORD line is not valid UTF-8');
    return bytes;
  }

  /** Bytes that need no escape. */
  byte(byte: number): void {
    this.#fit(1);
    this.#buffer[this.#at++] = byte;
  }

  plain(text: string): void {
    this.#fit(text.length);
    this.#at += this.#buffer.write(text, this.#at, 'latin1');
  }

  /** Numbers, times and words of JSON: they hold nothing to escape. */
  raw(bytes: Buffer, from: number, to: number): void {
    this.#fit(to - from);
    const buffer = this.#buffer;
    let at = this.#at;
    for (let i = from; i < to; i++) buffer[at++] = bytes[i] ?? 0;
    this.#at = at;
  }

  /** JSON as it came. */
  json(bytes: Buffer, from: number, to: number): void {
    this.#fit(2 * (to - from));
    const buffer = this.#buffer;
    let at = this.#at;
    for (let i = from; i < to; i++) {
      const c = bytes[i] ?? 0;
      // Between tokens there may be line breaks and tabs; inside strings JSON has none.
      if (c === BACKSLASH || c < 0x20) at = escaped(buffer, at, c);
      else buffer[at++] = c;
    }
    this.#at = at;
  }

  /**
   * JSON in which NUL and halves of surrogate pairs are U+FFFD: the server takes them in `json`, but every query that looks into such a
   * value fails. Whether there was one.
   */
  readableJson(bytes: Buffer, from: number, to: number): boolean {
    this.#fit(2 * (to - from));
    const buffer = this.#buffer;
    let at = this.#at;
    let changed = false;
    for (let i = from; i < to; i++) {
      const c = bytes[i] ?? 0;
      if (c !== BACKSLASH) {
        if (c < 0x20) at = escaped(buffer, at, c);
        else buffer[at++] = c;
        continue;
      }
      const length = escapeLength(bytes, i, to);
      const lost = bytes[i + 1] === LETTER_U && codePoint(bytes, i, length) === undefined;
      changed ||= lost;
      buffer[at++] = BACKSLASH;
      buffer[at++] = BACKSLASH;
      if (lost) {
        at += buffer.write('ufffd', at, 'latin1');
      } else {
        for (let j = i + 1; j < i + length; j++) {
          const part = bytes[j] ?? 0;
          if (part === BACKSLASH) buffer[at++] = BACKSLASH;
          buffer[at++] = part;
        }
      }
      i += length - 1;
    }
    this.#at = at;
    return changed;
  }

  /** The text of the JSON string whose quotes are at `from` and before `to`. Whether it held what text cannot: see `readableJson`. */
  text(bytes: Buffer, from: number, to: number): boolean {
    const end = to - 1;
    this.#fit(2 * (to - from));
    const buffer = this.#buffer;
    let at = this.#at;
    let changed = false;
    for (let i = from + 1; i < end; i++) {
      const c = bytes[i] ?? 0;
      if (c !== BACKSLASH) {
        buffer[at++] = c;
        continue;
      }
      const next = bytes[i + 1] ?? 0;
      if (next === LETTER_U) {
        const length = escapeLength(bytes, i, end);
        const code = codePoint(bytes, i, length);
        changed ||= code === undefined;
        at = character(buffer, at, code ?? REPLACEMENT);
        i += length - 1;
        continue;
      }
      // \\ \b \f \n \r \t mean the same to COPY.
      if (next !== QUOTE && next !== SLASH) buffer[at++] = BACKSLASH;
      buffer[at++] = next;
      i++;
    }
    this.#at = at;
    return changed;
  }

  #fit(more: number): void {
    const needed = this.#at + more;
    if (needed <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.#buffer.length));
    this.#buffer.copy(larger, 0, 0, this.#at);
    this.#buffer = larger;
  }
}

/** Bytes of the escape at `i`: 2, 6, or 12 where two of them are one character. */
function escapeLength(bytes: Buffer, i: number, end: number): number {
  if (bytes[i + 1] !== LETTER_U) return 2;
  if (!isHigh(unitAt(bytes, i)) || i + 12 > end) return 6;
  return bytes[i + 6] === BACKSLASH && bytes[i + 7] === LETTER_U && isLow(unitAt(bytes, i + 6)) ? 12 : 6;
}

/** The character of a `\u` escape (or two); undefined: the server has none such. */
function codePoint(bytes: Buffer, i: number, length: number): number | undefined {
  const unit = unitAt(bytes, i);
  if (length === 12) return 0x10000 + ((unit - 0xd800) << 10) + (unitAt(bytes, i + 6) - 0xdc00);
  return unit === 0 || isHigh(unit) || isLow(unit) ? undefined : unit;
}

const unitAt = (bytes: Buffer, i: number): number => Number.parseInt(bytes.toString('latin1', i + 2, i + 6), 16);
const isHigh = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00;
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit < 0xe000;

/** Writes a control character or a backslash as COPY has it; the index behind it. */
function escaped(buffer: Buffer, at: number, code: number): number {
  buffer[at] = BACKSLASH;
  buffer[at + 1] = escapes.get(code) ?? code;
  return at + 2;
}

const escapes: ReadonlyMap<number, number> = new Map([
  [0x08, 0x62],
  [0x09, 0x74],
  [0x0a, 0x6e],
  [0x0b, 0x76],
  [0x0c, 0x66],
  [0x0d, 0x72],
]);

function character(buffer: Buffer, at: number, code: number): number {
  if (code === BACKSLASH || code < 0x20) return escaped(buffer, at, code);
  return at + buffer.write(String.fromCodePoint(code), at, 'utf8');
}
