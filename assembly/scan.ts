/**
 * The strict scan of `src/json/scan.ts` in WebAssembly, for what pages usually are: it takes strings apart sixteen bytes at a time.
 * It refuses (`OTHER`) what is no JSON and what is rare, and then the scan in TypeScript, whose results are the same, decides.
 * `src/json/scan-engine.ts` lays out the memory and calls it; `npm run generate` compiles it.
 */

import {forgetNotes, note, notes, ordinaryEnd, QUOTE, REFUSED, SPACE, scalarEnd, skipBlanks, stringEnd} from './tokens';

const COMMA: u8 = 0x2c;
const COLON: u8 = 0x3a;
const OPEN_ARRAY: u8 = 0x5b;
const CLOSE_ARRAY: u8 = 0x5d;
const OPEN_OBJECT: u8 = 0x7b;
const CLOSE_OBJECT: u8 = 0x7d;

// What a scan comes to.
const DONE: i32 = 0;
/** Refused: no JSON, or something that is left to the scan in TypeScript. */
const OTHER: i32 = 1;
/** There are more records than room for them. */
const MORE: i32 = 2;

// A want: eight words. The stamp is that of the object in which its key was met last.
const FLAGS: usize = 0;
const STAMP: usize = 4;
const REST: usize = 8;
const NAMES: usize = 12;
const NAME_COUNT: usize = 16;
/** A bit for each length that some name has; the last for 31 bytes and more. */
const NAME_LENGTHS: usize = 20;
/** A list of slots, its length first. */
const FACTS: usize = 24;
const FIELDS: usize = 28;

const IS_RECORDS: i32 = 1;
const IS_RECORD: i32 = 2;

// A name: length in bytes, where they lie, and the want of its value.
const NAME_SIZE: usize = 12;

// A container that is open: its want, start, stamp and closing character.
const LEVEL_SIZE: usize = 16;

/** The want of nothing, and of a key that only the scan in TypeScript can tell. */
const NOTHING: usize = 0;
const UNKNOWN: usize = 1;

const NOT_ALL_OBJECTS: i32 = 1;
const ANY_EMPTY: i32 = 2;

/** An address less this is an offset in the scanned text. */
let shift: i32 = 0;
let factSpans: usize = 0;
/** Spans of the records, then of each field: `capacity` pairs each. */
let spans: usize = 0;
let fieldCount: i32 = 0;
let capacity: i32 = 0;

let found: u8 = 0;
let foundStart: i32 = -1;
let foundEnd: i32 = -1;
let foundLevel: i32 = 0;
let count: i32 = 0;
let depth: i32 = 0;
let deepest: i32 = 0;
let lastStamp: i32 = 0;

/**
 * Scans the text from `from` to `to`, behind which 32 zero bytes lie. `root`: a want; `levels`: room for open containers up to
 * `levelsEnd`; `result`: where start, end, foundStart, foundEnd, count, depth and flags go, a word each.
 */
export function scan(
  root: usize,
  from: usize,
  to: usize,
  offset: i32,
  levels: usize,
  levelsEnd: usize,
  facts: usize,
  factCount: i32,
  records: usize,
  fields: i32,
  room: i32,
  result: usize,
): i32 {
  shift = <i32>from - offset;
  factSpans = facts;
  memory.fill(facts, 0xff, (<usize>factCount) << 3);
  spans = records;
  fieldCount = fields;
  capacity = room;
  found = 0;
  foundStart = -1;
  foundEnd = -1;
  count = 0;
  depth = 0;
  deepest = 0;
  forgetNotes();

  let at = skipBlanks(from);
  const start = at;
  let want = root;
  let open = 0;
  let top = levels;
  let levelWant = NOTHING;
  let levelStart: usize = 0;
  let levelStamp = 0;
  let closing: u8 = 0;
  while (true) {
    // A value begins.
    const first = load<u8>(at);
    let fresh = false;
    if (want !== NOTHING && !begin(want, at, first, open)) return MORE;
    if (first === OPEN_OBJECT || first === OPEN_ARRAY) {
      if (top >= levelsEnd) return OTHER;
      store<u32>(top, <u32>levelWant);
      store<u32>(top, <u32>levelStart, 4);
      store<i32>(top, levelStamp, 8);
      store<u32>(top, closing, 12);
      top += LEVEL_SIZE;
      levelWant = want;
      levelStart = at;
      levelStamp = ++lastStamp;
      closing = first + 2;
      if (++open > deepest) deepest = open;
      fresh = true;
      at++;
    } else {
      const valueStart = at;
      at = scalarEnd(at, first);
      if (at === REFUSED) return OTHER;
      if (want !== NOTHING) end(want, valueStart, at);
    }
    // Behind a value, or just inside a container: close what closes, to the next value.
    while (true) {
      if (open === 0) {
        if (skipBlanks(at) !== to) return OTHER;
        store<i32>(result, <i32>start - shift);
        store<i32>(result, <i32>at - shift, 4);
        store<i32>(result, foundStart, 8);
        store<i32>(result, foundEnd, 12);
        store<i32>(result, count, 16);
        store<i32>(result, depth, 20);
        store<i32>(result, notes, 24);
        return DONE;
      }
      let next = load<u8>(at);
      if (next <= SPACE) {
        at = skipBlanks(at);
        next = load<u8>(at);
      }
      if (next === closing) {
        at++;
        fresh = false;
        if (levelWant !== NOTHING) end(levelWant, levelStart, at);
        open--;
        top -= LEVEL_SIZE;
        levelWant = load<u32>(top);
        levelStart = load<u32>(top, 4);
        levelStamp = load<i32>(top, 8);
        closing = <u8>load<u32>(top, 12);
        continue;
      }
      if (!fresh) {
        if (next !== COMMA) return OTHER;
        at++;
        if (load<u8>(at) <= SPACE) at = skipBlanks(at);
      }
      if (closing === CLOSE_ARRAY) {
        want = levelWant === NOTHING ? NOTHING : load<u32>(levelWant, REST);
        break;
      }
      if (load<u8>(at) !== QUOTE) return OTHER;
      const key = at + 1;
      at = ordinaryEnd(key);
      const isPlain = load<u8>(at) === QUOTE;
      at = stringEnd(at);
      if (at === REFUSED) return OTHER;
      want = levelWant === NOTHING ? NOTHING : wantOfKey(levelWant, key, at - 1 - key, isPlain, levelStamp);
      if (want === UNKNOWN) return OTHER;
      if (load<u8>(at) !== COLON) {
        at = skipBlanks(at);
        if (load<u8>(at) !== COLON) return OTHER;
      }
      at++;
      if (load<u8>(at) <= SPACE) at = skipBlanks(at);
      break;
    }
  }
}

/** A wanted value begins; `open` containers are open around it. False: there is no room for one more record. */
function begin(want: usize, at: usize, first: u8, open: i32): bool {
  const kind = load<i32>(want, FLAGS);
  if ((kind & IS_RECORDS) !== 0) {
    found = first;
    foundStart = <i32>at - shift;
    deepest = open;
    foundLevel = open;
    return first !== OPEN_OBJECT || beginRecord();
  }
  return (kind & IS_RECORD) === 0 || beginRecord();
}

function beginRecord(): bool {
  if (count === capacity) return false;
  let field = spans + ((<usize>count) << 3);
  for (let slot = 0; slot < fieldCount; slot++) {
    field += (<usize>capacity) << 3;
    store<i64>(field, -1);
  }
  return true;
}

/** A wanted value ends: its slots are filled. */
function end(want: usize, start: usize, stop: usize): void {
  const span = ((<u64>(<u32>(<i32>stop - shift))) << 32) | <u64>(<u32>(<i32>start - shift));
  const kind = load<i32>(want, FLAGS);
  let slots: usize = load<u32>(want, FACTS);
  for (let left = load<i32>(slots); left > 0; left--) {
    slots += 4;
    store<u64>(factSpans + ((<usize>load<u32>(slots)) << 3), span);
  }
  if ((kind & IS_RECORDS) === 0 || found === OPEN_OBJECT) {
    slots = load<u32>(want, FIELDS);
    for (let left = load<i32>(slots); left > 0; left--) {
      slots += 4;
      const list = spans + (((<usize>load<u32>(slots) + 1) * <usize>capacity) << 3);
      store<u64>(list + ((<usize>count) << 3), span);
    }
  }
  if ((kind & IS_RECORDS) !== 0) {
    foundEnd = <i32>stop - shift;
    const outside = found === OPEN_OBJECT ? foundLevel : foundLevel + 1;
    depth = max(0, deepest - outside);
    if (found === OPEN_OBJECT) endRecord(start, span);
  } else if ((kind & IS_RECORD) !== 0) {
    endRecord(start, span);
  }
}

function endRecord(start: usize, span: u64): void {
  store<u64>(spans + ((<usize>count) << 3), span);
  count++;
  if (load<u8>(start) !== OPEN_OBJECT) note(NOT_ALL_OBJECTS);
  else if (load<u8>(skipBlanks(start + 1)) === CLOSE_OBJECT) note(ANY_EMPTY);
}

/** Of duplicate keys the last one counts: the second of a wanted one is unknown here, and so is one with escapes. */
function wantOfKey(want: usize, key: usize, length: usize, isPlain: bool, stamp: i32): usize {
  let left = load<i32>(want, NAME_COUNT);
  if (left === 0) return NOTHING;
  if (!isPlain) return UNKNOWN;
  if (((load<u32>(want, NAME_LENGTHS) >> min<u32>(<u32>length, 31)) & 1) === 0) return NOTHING;
  for (let name: usize = load<u32>(want, NAMES); left > 0; left--) {
    if (load<u32>(name) === <u32>length && isSame(load<u32>(name, 4), key, length)) {
      const child: usize = load<u32>(name, 8);
      if (load<i32>(child, STAMP) === stamp) return UNKNOWN;
      store<i32>(child, stamp, STAMP);
      return child;
    }
    name += NAME_SIZE;
  }
  return NOTHING;
}

function isSame(a: usize, b: usize, length: usize): bool {
  let left = length;
  for (; left >= 8; left -= 8) {
    if (load<u64>(a) !== load<u64>(b)) return false;
    a += 8;
    b += 8;
  }
  for (; left > 0; left--) {
    if (load<u8>(a) !== load<u8>(b)) return false;
    a++;
    b++;
  }
  return true;
}
