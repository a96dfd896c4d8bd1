import {Catch} from './catch.js';
import type {Scanner, ScanPlan} from './scan-plan.js';
import {skipValue} from './skip.js';
import {JsonSyntaxError} from './syntax-error.js';
import {
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COMMA,
  Notes,
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
import {type Want, wantOfKey} from './wants.js';

/** Spans are 32-bit. */
const LARGEST = 2 ** 31 - 1;

/** The scan that takes everything, and says what is wrong. */
export function compileWalk(root: Want, {fields, facts}: ScanPlan): Scanner {
  let expected = 1;
  return (bytes, start, end) => {
    if (end > LARGEST) {
      throw new JsonSyntaxError('a document of 2 GiB or more', bytes, LARGEST);
    }
    const notes = new Notes();
    const caught = new Catch(fields.length, facts.length, expected, notes);
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

/** The end of the value at `from`; what is wanted is caught. Values in which nothing is wanted are left to `skipValue`. */
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
