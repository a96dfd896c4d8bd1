import {isUtf8} from 'node:buffer';
import {closeSync, openSync, rmSync, writeSync} from 'node:fs';
import {systemError} from '../../errors.js';
import type {RecordFields} from '../record-fields.js';
import {isTimely} from '../time-shape.js';
import type {ColumnType} from './column-type.js';
import {BARE, STRING, shapeOf, UNTIMELY} from './shape.js';

const NULL = 0x6e;
/** JSON text never holds control characters raw, and no line break either: values need no quoting, and are read back as they are. */
const SEPARATOR = 0x1f;
/** A field that has no value; no text at all is the empty string. */
const ABSENT = 0x1e;
/** Before a value that is no string, in a column whose strings stand without quotes. */
const NO_STRING = 0x1d;
const LINE_FEED = 0x0a;
const bufferSize = 1 << 18;
/** Longer values are copied by the system. */
const longValue = 128;

/**
 * Rows on their way into a table: a file with a line per record, in it the raw JSON text of each column. DuckDB reads it in bulk,
 * on its own threads; nothing is parsed here but where the fields lie.
 */
export class Piece {
  readonly path: string;
  rows = 0;
  /** Bytes taken. */
  size = 0;
  longest = 0;
  /** Columns that every line has; later ones are missing at the end of earlier lines. */
  readonly firstColumns: number;
  columns: number;
  hasOthers = false;
  /** Bits of every value per column. */
  readonly shapes: number[] = [];
  readonly #file: number;
  #buffer = Buffer.allocUnsafe(bufferSize);
  #at = 0;
  #emittedAt = Number.NaN;
  #emitted = Buffer.alloc(0);

  constructor(path: string, columns: number) {
    this.path = path;
    this.firstColumns = columns;
    this.columns = columns;
    this.#file = openSync(path, 'wx', 0o600);
  }

  /** `length`: of the record; `types[k]`: of the k-th column, as far as it is known; `emittedAt`: epoch ms. */
  add(
    bytes: Buffer,
    length: number,
    fields: RecordFields,
    types: readonly (ColumnType | undefined)[],
    emittedAt: number,
  ): void {
    const {spans, others, escapes} = fields;
    const {shapes} = this;
    this.columns = types.length;
    const buffer = this.#room(length + 2 * types.length + 40);
    const start = this.#at;
    let at = copied(this.#digits(emittedAt), 0, this.#emitted.length, buffer, start);
    buffer[at++] = SEPARATOR;
    at = this.#others(bytes, others, at);
    for (let k = 0; k < types.length; k++) {
      buffer[at++] = SEPARATOR;
      const from = spans[2 * k] ?? -1;
      if (from < 0 || bytes[from] === NULL) {
        buffer[at++] = ABSENT;
        continue;
      }
      const to = spans[2 * k + 1] ?? -1;
      const shape = shapeOf(bytes, from, to, escapes);
      const isString = (shape & STRING) !== 0;
      const before = shapes[k] ?? 0;
      const bits = (before === 0 && isString ? BARE : before) | shape;
      shapes[k] = !isString || isTimely(types[k], bytes, from, to) ? bits : bits | UNTIMELY;
      const isBare = (bits & BARE) !== 0;
      if (isBare && !isString) buffer[at++] = NO_STRING;
      at = isBare && isString ? copied(bytes, from + 1, to - 1, buffer, at) : copied(bytes, from, to, buffer, at);
    }
    buffer[at++] = LINE_FEED;
    this.#at = at;
    this.rows++;
    this.size += at - start;
    if (at - start > this.longest) this.longest = at - start;
  }

  /** Everything is in the file. */
  finish(): void {
    this.#flush();
    closeSync(this.#file);
  }

  remove(): void {
    rmSync(this.path, {force: true});
  }

  #others(bytes: Buffer, others: readonly number[], start: number): number {
    const buffer = this.#buffer;
    let at = start;
    if (others.length === 0) {
      buffer[at++] = ABSENT;
      return at;
    }
    this.hasOthers = true;
    for (let i = 0; i < others.length; i += 2) {
      buffer[at++] = i === 0 ? 0x7b : 0x2c;
      at = copied(bytes, others[i] ?? 0, others[i + 1] ?? 0, buffer, at);
    }
    buffer[at++] = 0x7d;
    return at;
  }

  /** Records of a page were emitted at one time. */
  #digits(emittedAt: number): Buffer {
    if (emittedAt !== this.#emittedAt) {
      this.#emittedAt = emittedAt;
      this.#emitted = Buffer.from(String(emittedAt), 'latin1');
    }
    return this.#emitted;
  }

  /** The buffer, with room for so many bytes. */
  #room(length: number): Buffer {
    if (this.#at + length > this.#buffer.length) {
      this.#flush();
      if (length > this.#buffer.length) this.#buffer = Buffer.allocUnsafe(length);
    }
    return this.#buffer;
  }

  #flush(): void {
    const bytes = this.#buffer.subarray(0, this.#at);
    if (!isUtf8(bytes)) throw systemError('a RECORD line is not valid UTF-8');
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at);
    this.#at = 0;
  }
}

/** Copies to `at`; the index behind it. */
function copied(bytes: Buffer, from: number, to: number, buffer: Buffer, at: number): number {
  if (to - from > longValue) return at + bytes.copy(buffer, at, from, to);
  let behind = at;
  for (let i = from; i < to; i++) buffer[behind++] = bytes[i] ?? 0;
  return behind;
}
