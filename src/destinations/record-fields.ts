import {skipValue} from '../json/skip.js';
import {JsonSyntaxError} from '../json/syntax-error.js';
import {CLOSE_OBJECT, COMMA, Notes, OPEN_OBJECT, QUOTE, skipBlanks, skipColon, skipString} from '../json/tokens.js';
import {nameOf} from './members.js';

const NULL = 0x6e;

/** Where a field is to be put; undefined: no column takes it, or its value is null and it needs none yet. */
export type ColumnOf = (name: string, isNull: boolean) => number | undefined;

/**
 * Finds the top-level fields of records, byte by byte and without a value being made: `spans` holds start and end of the k-th
 * column's text, -1 where the record does not have it. Of duplicate names the last one counts.
 */
export class RecordFields {
  spans = new Int32Array(64);
  /** Start and end of members (name and value) that no column takes. */
  readonly others: number[] = [];
  /** Set by `read`: a string holds half a surrogate pair, which UTF-8 cannot. */
  loneSurrogate = false;
  readonly #column: ColumnOf;
  /** Columns by the text of their name between the quotes, as records spell it. */
  readonly #known = new Map<string, number>();
  /** Records of one API mostly name their fields in one order: the k-th name is compared before it is looked up. */
  readonly #expected: {name: Buffer; column: number}[] = [];

  constructor(column: ColumnOf) {
    this.#column = column;
  }

  /** Reads the object at `start` for `count` columns; the index behind it. Throws JsonSyntaxError. */
  read(bytes: Buffer, start: number, end: number, count: number): number {
    const notes = new Notes();
    this.#fit(count);
    this.spans.fill(-1, 0, 2 * count);
    this.others.length = 0;
    let i = start;
    if (bytes[i] !== OPEN_OBJECT) throw new JsonSyntaxError('no object where a record must stand', bytes, i);
    i = skipBlanks(bytes, i + 1, end);
    for (let k = 0; bytes[i] !== CLOSE_OBJECT || i >= end; k++) {
      if (i >= end || bytes[i] !== QUOTE) throw new JsonSyntaxError('no key where one must stand', bytes, i);
      const nameEnd = skipString(bytes, i + 1, end, notes);
      const valueStart = skipColon(bytes, nameEnd, end);
      const valueEnd = skipValue(bytes, valueStart, end, 1, notes);
      this.#take(bytes, k, i, nameEnd, valueStart, valueEnd);
      i = skipBlanks(bytes, valueEnd, end);
      if (i < end && bytes[i] === COMMA) {
        i = skipBlanks(bytes, i + 1, end);
        if (bytes[i] === CLOSE_OBJECT) throw new JsonSyntaxError('no key behind a comma', bytes, i);
      } else if (i >= end || bytes[i] !== CLOSE_OBJECT) {
        throw new JsonSyntaxError('something else where , or } must stand', bytes, i);
      }
    }
    this.loneSurrogate = notes.loneSurrogate;
    return i + 1;
  }

  #take(bytes: Buffer, k: number, nameStart: number, nameEnd: number, valueStart: number, valueEnd: number): void {
    const column = this.#find(bytes, k, nameStart, nameEnd, bytes[valueStart] === NULL);
    if (column === undefined) {
      if (bytes[valueStart] !== NULL) this.others.push(nameStart, valueEnd);
      return;
    }
    this.#fit(column + 1);
    this.spans[2 * column] = valueStart;
    this.spans[2 * column + 1] = valueEnd;
  }

  #find(bytes: Buffer, k: number, start: number, end: number, isNull: boolean): number | undefined {
    const expected = this.#expected[k];
    if (expected !== undefined && isSame(expected.name, bytes, start, end)) return expected.column;
    const text = bytes.toString('latin1', start, end);
    let column = this.#known.get(text);
    if (column === undefined) {
      column = this.#column(nameOf(bytes, start, end), isNull);
      if (column === undefined) return undefined;
      this.#known.set(text, column);
    }
    this.#expected[k] = {name: Buffer.from(bytes.subarray(start, end)), column};
    return column;
  }

  #fit(count: number): void {
    if (this.spans.length >= 2 * count) return;
    const larger = new Int32Array(4 * count).fill(-1);
    larger.set(this.spans);
    this.spans = larger;
  }
}

function isSame(name: Buffer, bytes: Buffer, start: number, end: number): boolean {
  if (name.length !== end - start) return false;
  for (let i = 0; i < name.length; i++) if (name[i] !== bytes[start + i]) return false;
  return true;
}

/** JSON text in which half surrogate pairs are U+FFFD: a database holds UTF-8 only. */
export const withoutLoneSurrogates = (text: string): string =>
  text.replace(
    /\\(?:u([0-9a-fA-F]{4})|.)(?:(?<=\\u[dD][89abAB]..)\\u([dD][c-fC-F][0-9a-fA-F]{2}))?/g,
    (whole, unit, low) => {
      if (unit === undefined || low !== undefined) return whole;
      return /^[dD][89a-fA-F]/.test(String(unit)) ? '\\ufffd' : whole;
    },
  );
