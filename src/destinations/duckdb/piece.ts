import {isUtf8} from 'node:buffer';
import {closeSync, openSync, rmSync, writeSync} from 'node:fs';
import {systemError} from '../../errors.js';
import type {RecordFields} from '../record-fields.js';
import {isTimely} from '../time-shape.js';
import type {ColumnType} from './column-type.js';
import {STRING, shapeOf, UNTIMELY} from './shape.js';

const NULL = 0x6e;
/** JSON text never holds it raw, and no line break either: values need no quoting, and are read back as they are. */
const SEPARATOR = 0x1f;
const LINE_FEED = 0x0a;
const bufferSize = 1 << 20;

/**
 * Rows on their way into a table: a file with a line per record, in it the raw JSON text of each column. DuckDB reads it in bulk,
 * on its own threads; nothing is parsed here but where the fields lie.
 */
export class Piece {
  readonly path: string;
  rows = 0;
  /** Bytes written. */
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

  constructor(path: string, columns: number) {
    this.path = path;
    this.firstColumns = columns;
    this.columns = columns;
    this.#file = openSync(path, 'wx', 0o600);
  }

  /** `types[k]`: of the k-th column, as far as it is known; `emittedAt`: epoch ms. */
  add(bytes: Buffer, fields: RecordFields, types: readonly (ColumnType | undefined)[], emittedAt: number): void {
    const {spans} = fields;
    this.columns = types.length;
    const start = this.#at;
    const before = this.size;
    this.#text(String(emittedAt));
    this.#byte(SEPARATOR);
    this.#others(bytes, fields.others);
    for (let k = 0; k < types.length; k++) {
      this.#byte(SEPARATOR);
      const from = spans[2 * k] ?? -1;
      if (from < 0 || bytes[from] === NULL) continue;
      const to = spans[2 * k + 1] ?? -1;
      const shape = shapeOf(bytes, from, to);
      const bits = (this.shapes[k] ?? 0) | shape;
      this.shapes[k] = (shape & STRING) === 0 || isTimely(types[k], bytes, from, to) ? bits : bits | UNTIMELY;
      this.#copy(bytes, from, to);
    }
    this.#byte(LINE_FEED);
    this.rows++;
    const length = this.size - before + this.#at - start;
    if (length > this.longest) this.longest = length;
  }

  /** Everything is in the file. */
  finish(): void {
    this.#flush();
    closeSync(this.#file);
  }

  remove(): void {
    rmSync(this.path, {force: true});
  }

  #others(bytes: Buffer, others: readonly number[]): void {
    if (others.length === 0) return;
    this.hasOthers = true;
    for (let i = 0; i < others.length; i += 2) {
      this.#byte(i === 0 ? 0x7b : 0x2c);
      this.#copy(bytes, others[i] ?? 0, others[i + 1] ?? 0);
    }
    this.#byte(0x7d);
  }

  #text(text: string): void {
    if (this.#at + text.length > bufferSize) this.#flush();
    this.#at += this.#buffer.write(text, this.#at, 'latin1');
  }

  #byte(byte: number): void {
    if (this.#at === bufferSize) this.#flush();
    this.#buffer[this.#at++] = byte;
  }

  #copy(bytes: Buffer, from: number, to: number): void {
    const length = to - from;
    if (this.#at + length > bufferSize) {
      this.#flush();
      if (length > bufferSize) {
        this.#write(bytes.subarray(from, to));
        return;
      }
    }
    if (length > 48) {
      this.#at += bytes.copy(this.#buffer, this.#at, from, to);
      return;
    }
    const buffer = this.#buffer;
    let at = this.#at;
    for (let i = from; i < to; i++) buffer[at++] = bytes[i] ?? 0;
    this.#at = at;
  }

  #flush(): void {
    if (this.#at === 0) return;
    this.#write(this.#buffer.subarray(0, this.#at));
    this.#at = 0;
  }

  #write(bytes: Buffer): void {
    // Cuts are at values only, so no character is cut in two.
    if (!isUtf8(bytes)) throw systemError('a RECORD line is not valid UTF-8');
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at);
    this.size += bytes.length;
  }
}
