import {Catch, type Found} from './catch.js';
import type {Segment} from './path.js';
import {skipValue} from './skip.js';
import {JsonSyntaxError} from './syntax-error.js';
import {
  BACKSLASH,
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  Notes,
  nonFiniteAt,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
  refuseInside,
  refuseKey,
  skipBlanks,
  skipColon,
  skipOrdinary,
  skipScalar,
  skipString,
} from './tokens.js';
import {compileWants, type Want, wantOfKey} from './wants.js';

export {JsonSyntaxError};

/** What a scan looks for. Paths are singular; a negative index is never found by the scan (`locate` finds it). */
export interface ScanPlan {
  /** The records' array, or the single record; undefined: only validate and find facts. */
  readonly records: readonly Segment[] | undefined;
  /** Paths within each record. */
  readonly fields: readonly (readonly Segment[])[];
  /** Paths from the root. */
  readonly facts: readonly (readonly Segment[])[];
}

/**
 * Scans the JSON text in `bytes` (valid UTF-8) from `start` to `end`, and overwrites raw line breaks between its tokens with
 * spaces. Throws `JsonSyntaxError` for what RFC 8259 does not allow.
 */
export type Scanner = (bytes: Buffer, start: number, end: number) => Scan;

/** Spans are byte offsets into the scanned buffer: pairs of start and end, -1, -1 where absent. */
export interface Scan {
  /** The root value. */
  readonly start: number;
  readonly end: number;
  /** What stands at the plan's `records`, and where; -1 if missing. */
  readonly found: Found;
  readonly foundStart: number;
  readonly foundEnd: number;
  /** Elements of the array found, nulls and scalars included; 1 for an object, 0 for anything else. */
  readonly count: number;
  readonly spans: Int32Array;
  readonly allObjects: boolean;
  readonly anyEmptyObject: boolean;
  /** A pair per element and wanted field. */
  readonly fields: readonly Int32Array[];
  /** A pair per wanted fact. */
  readonly facts: Int32Array;
  /** The deepest nesting inside the records: 1 for a flat record, 0 for scalars. */
  readonly depth: number;
  /** Some number of the document may be too long for a double: over 300 characters, or an exponent of three digits. */
  readonly longNumber: boolean;
  /** Some `\ud800`–`\udfff` of the document stands without its other half. */
  readonly loneSurrogate: boolean;
}

const NULL = Buffer.from('null');
/** Spans are 32-bit. */
const LARGEST = 2 ** 31 - 1;

/** A scanner for a plan: one strict pass (RFC 8259), iterative, without an object per record. Of duplicate keys the last one counts. */
export function compileScan(plan: ScanPlan): Scanner {
  const root = compileWants(plan.records, plan.fields, plan.facts);
  let expected = 1;
  return (bytes, start, end) => {
    if (end > LARGEST) {
      throw new JsonSyntaxError('a document of 2 GiB or more', bytes, LARGEST);
    }
    const notes = new Notes();
    const caught = new Catch(plan.fields.length, plan.facts.length, expected, notes);
    const from = skipBlanks(bytes, start, end);
    const to = walk(root, bytes, from, end, caught);
    const rest = skipBlanks(bytes, to, end);
    if (rest < end) {
      throw new JsonSyntaxError('something behind the end of the document', bytes, rest);
    }
    const {count} = caught;
    expected = Math.max(1, count);
    return {
      start: from,
      end: to,
      found: caught.found,
      foundStart: caught.foundStart,
      foundEnd: caught.foundEnd,
      count,
      spans: pairs(caught.spans, count),
      allObjects: caught.allObjects,
      anyEmptyObject: caught.anyEmptyObject,
      fields: caught.fields.map((field) => pairs(field, count)),
      facts: caught.facts,
      depth: caught.depth,
      longNumber: notes.longNumber,
      loneSurrogate: notes.loneSurrogate,
    };
  };
}

/** The pages of a stream mostly have one length, so that mostly nothing is cut. */
function pairs(spans: Int32Array, count: number): Int32Array {
  return spans.length === 2 * count ? spans : spans.subarray(0, 2 * count);
}

/** An open container in which something is wanted. Used again for the next one: a record leaves no object behind. */
interface Level {
  want: Want;
  start: number;
  /** Of the element being read; -1 in an object. */
  index: number;
}

/** The end of the value at `from`. Values in which nothing is wanted are left to `skipValue`. */
function walk(root: Want, bytes: Buffer, from: number, end: number, caught: Catch): number {
  const {notes} = caught;
  const levels: Level[] = [];
  let open = 0;
  let level: Level | undefined;
  let want: Want | undefined = root;
  let i = from;
  for (;;) {
    // A value begins at i.
    let fresh = false;
    const c = bytes[i];
    const isContainer = c === OPEN_OBJECT || c === OPEN_ARRAY;
    if (want === undefined) {
      i = isContainer ? skipValue(bytes, i, end, open, notes) : skipScalar(bytes, i, end, notes);
    } else {
      const start = i;
      caught.begin(want, bytes, start, open);
      if (want.leaf || !isContainer || i >= end) {
        i = skipValue(bytes, i, end, open, notes);
        caught.end(want, bytes, start, i);
      } else {
        const index = c === OPEN_OBJECT ? -1 : 0;
        level = levels[open];
        if (level === undefined) {
          level = {want, start, index};
          levels.push(level);
        } else {
          level.want = want;
          level.start = start;
          level.index = index;
        }
        open++;
        if (open > notes.deepest) {
          notes.deepest = open;
        }
        fresh = true;
        i++;
      }
    }
    // Behind a value, or just inside a container: close what closes, to the next value.
    for (;;) {
      if (level === undefined) {
        return i;
      }
      const isObject = level.index < 0;
      if ((bytes[i] ?? 0) <= 0x20) {
        i = skipBlanks(bytes, i, end);
      }
      const next = i < end ? bytes[i] : 0;
      if (next === (isObject ? CLOSE_OBJECT : CLOSE_ARRAY)) {
        i++;
        fresh = false;
        caught.end(level.want, bytes, level.start, i);
        open--;
        level = open > 0 ? levels[open - 1] : undefined;
        continue;
      }
      if (!fresh) {
        if (next !== COMMA) {
          refuseInside(bytes, i, end, isObject);
        }
        i = (bytes[i + 1] ?? 0) > 0x20 ? i + 1 : skipBlanks(bytes, i + 1, end);
      }
      if (!isObject) {
        const index = fresh ? 0 : ++level.index;
        want = level.want.indexes?.get(index) ?? level.want.rest;
        break;
      }
      if (i >= end || bytes[i] !== QUOTE) {
        refuseKey(bytes, i);
      }
      const key = i + 1;
      i = skipOrdinary(bytes, key);
      const escaped = bytes[i] !== QUOTE;
      i = skipString(bytes, i, end, notes);
      want = wantOfKey(level.want, bytes, key, i - 1, escaped);
      if (want !== undefined) {
        caught.forget(want);
      }
      i = skipColon(bytes, i, end);
      break;
    }
  }
}

/**
 * The bare words NaN, Infinity and -Infinity, where a value stands, become null in a copy; without any, `bytes` itself comes back.
 * Nothing else is checked: scan the result.
 */
export function replaceNonFinite(bytes: Buffer): {bytes: Buffer; count: number} {
  const parts: Buffer[] = [];
  let kept = 0;
  let inString = false;
  let before: number | undefined = COMMA;
  for (let i = 0; i < bytes.length; i++) {
    const c = bytes[i] ?? 0;
    if (inString) {
      if (c === BACKSLASH) {
        i++;
      } else if (c === QUOTE) {
        inString = false;
      }
      continue;
    }
    const length =
      before === COMMA || before === COLON || before === OPEN_ARRAY ? nonFiniteAt(bytes, i, bytes.length) : 0;
    if (length > 0 && endsValue(bytes, i + length)) {
      parts.push(bytes.subarray(kept, i), NULL);
      i += length - 1;
      kept = i + 1;
    }
    if (c === QUOTE) {
      inString = true;
    }
    if (c > 0x20) {
      before = c;
    }
  }
  if (parts.length === 0) {
    return {bytes, count: 0};
  }
  const count = parts.length / 2;
  return {bytes: Buffer.concat([...parts, bytes.subarray(kept)]), count};
}

function endsValue(bytes: Buffer, at: number): boolean {
  let i = at;
  while (i < bytes.length && (bytes[i] ?? 0) <= 0x20) {
    i++;
  }
  return i === bytes.length || bytes[i] === COMMA || bytes[i] === CLOSE_ARRAY || bytes[i] === CLOSE_OBJECT;
}
