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
  /** Set by `read`: a string holds an escape. */
  escapes = false;
  readonly #column: ColumnOf;
  readonly #notes = new Notes();
  /** Columns by the text of their name between the quotes, as records spell it. */
  readonly #known = new Map<string, number>();
  /** Records of one API mostly name their fields in one order: the k-th name, with its quotes and colon, is compared before it is looked up. */
  readonly #expected: {name: Buffer; column: number}[] = [];

  constructor(column: ColumnOf) {
    this.#column = column;
  }

  /** Reads the object at `start` for `count` columns; the index behind it. Throws JsonSyntaxError. */
  read(bytes: Buffer, start: number, end: number, count: number): number {
    const notes = this.#notes;
    notes.loneSurrogate = false;
    notes.escapes = false;
    this.#fit(count);
    this.spans.fill(-1, 0, 2 * count);
    if (this.others.length > 0) this.others.length = 0;
    let i = start;
    if (bytes[i] !== OPEN_OBJECT) throw new JsonSyntaxError('no object where a record must stand', bytes, i);
    i = skipBlanks(bytes, i + 1, end);
    for (let k = 0; bytes[i] !== CLOSE_OBJECT || i >= end; k++) {
      const expected = this.#expected[k];
      if (expected !== undefined && isAt(expected.name, bytes, i, end)) {
        const from = i + expected.name.length;
        i = skipValue(bytes, from, end, 1, notes);
        this.spans[2 * expected.column] = from;
        this.spans[2 * expected.column + 1] = i;
      } else {
        i = this.#member(bytes, k, i, end);
      }
      if ((bytes[i] ?? 0) <= 0x20) i = skipBlanks(bytes, i, end);
      if (i < end && bytes[i] === COMMA) {
        i = skipBlanks(bytes, i + 1, end);
        if (bytes[i] === CLOSE_OBJECT) throw new JsonSyntaxError('no key behind a comma', bytes, i);
      } else if (i >= end || bytes[i] !== CLOSE_OBJECT) {
        throw new JsonSyntaxError('something else where , or } must stand', bytes, i);
      }
    }
    this.loneSurrogate = notes.loneSurrogate;
    this.escapes = notes.escapes;
    return i + 1;
  }

  /** Reads the member at `start`, the k-th of its record; the index behind it. */
  #member(bytes: Buffer, k: number, start: number, end: number): number {
    const notes = this.#notes;
    if (start >= end || bytes[start] !== QUOTE) throw new JsonSyntaxError('no key where one must stand', bytes, start);
    const nameEnd = skipString(bytes, start + 1, end, notes);
    const from = skipColon(bytes, nameEnd, end);
    const to = skipValue(bytes, from, end, 1, notes);
    const column = this.#find(bytes, start, nameEnd, bytes[from] === NULL);
    if (column === undefined) {
      if (bytes[from] !== NULL) this.others.push(start, to);
      return to;
    }
    if (from === nameEnd + 1) this.#expected[k] = {name: Buffer.from(bytes.subarray(start, from)), column};
    this.#fit(column + 1);
    this.spans[2 * column] = from;
    this.spans[2 * column + 1] = to;
    return to;
  }

  #find(bytes: Buffer, start: number, end: number, isNull: boolean): number | undefined {
    const text = bytes.toString('latin1', start, end);
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const column = this.#column(nameOf(bytes, start, end), isNull);
    if (column !== undefined) this.#known.set(text, column);
    return column;
  }

  #fit(count: number): void {
    if (this.spans.length >= 2 * count) return;
    const larger = new Int32Array(4 * count).fill(-1);
    larger.set(this.spans);
    this.spans = larger;
  }
}

/** Whether `name` stands at `at`, and behind it something that can begin a value. */
function isAt(name: Buffer, bytes: Buffer, at: number, end: number): boolean {
  const {length} = name;
  if (at + length >= end || (bytes[at + length] ?? 0) <= 0x20) return false;
  for (let i = 0; i < length; i++) if (name[i] !== bytes[at + i]) return false;
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
