import {
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COMMA,
  type Notes,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
  refuseInside,
  refuseKey,
  skipBlanks,
  skipColon,
  skipScalar,
  skipString,
} from './tokens.js';

/** Whether each open container is an object. Shared: a skip runs to its end before the next begins. */
let objects = new Uint8Array(1024);
/** What a document nested more deeply has made of it is given back. */
const KEPT = 1 << 20;

function grown(): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(objects.length * 2);
  larger.set(objects);
  return larger;
}

/**
 * The end of the value that begins at `at`, which nobody wants to see inside. `level` is the number of containers open around it.
 * Strict and iterative: nesting is bounded by memory only.
 */
export function skipValue(bytes: Buffer, at: number, end: number, level: number, notes: Notes): number {
  const first = bytes[at];
  if (first !== OPEN_OBJECT && first !== OPEN_ARRAY) {
    return skipScalar(bytes, at, end, notes);
  }
  if (objects.length > KEPT) {
    objects = new Uint8Array(1024);
  }
  let i = at;
  let open = 0;
  let deepest = 0;
  for (;;) {
    const c = bytes[i];
    let isObject: boolean;
    let fresh = false;
    if (c === OPEN_OBJECT || c === OPEN_ARRAY) {
      isObject = c === OPEN_OBJECT;
      if (open === objects.length) {
        objects = grown();
      }
      objects[open++] = isObject ? 1 : 0;
      if (open > deepest) {
        deepest = open;
      }
      i++;
      fresh = true;
    } else {
      i = skipScalar(bytes, i, end, notes);
      isObject = objects[open - 1] === 1;
    }
    for (;;) {
      if ((bytes[i] ?? 0) <= 0x20) {
        i = skipBlanks(bytes, i, end);
      }
      const next = i < end ? bytes[i] : 0;
      if (next === (isObject ? CLOSE_OBJECT : CLOSE_ARRAY)) {
        i++;
        fresh = false;
        if (--open === 0) {
          notes.deepest = Math.max(notes.deepest, level + deepest);
          return i;
        }
        isObject = objects[open - 1] === 1;
        continue;
      }
      if (!fresh) {
        if (next !== COMMA) {
          refuseInside(bytes, i, end, isObject);
        }
        i = (bytes[i + 1] ?? 0) > 0x20 ? i + 1 : skipBlanks(bytes, i + 1, end);
      }
      if (isObject) {
        i = skipKey(bytes, i, end, notes);
      }
      break;
    }
  }
}

/** From a key's opening quote to the value behind its colon. */
function skipKey(bytes: Buffer, at: number, end: number, notes: Notes): number {
  if (at >= end || bytes[at] !== QUOTE) {
    refuseKey(bytes, at);
  }
  return skipColon(bytes, skipString(bytes, at + 1, end, notes), end);
}
