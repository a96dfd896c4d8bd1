import type {Scan, Scanner, ScanPlan} from './scan-plan.js';
import {scanWasm} from './scan-wasm.generated.js';
import {kindOfByte} from './text.js';
import {layOut} from './want-table.js';
import type {Want} from './wants.js';

/** What `assembly/scan.ts` exports. Addresses and counts; see there. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  scan(
    root: number,
    from: number,
    to: number,
    offset: number,
    levels: number,
    levelsEnd: number,
    facts: number,
    factCount: number,
    records: number,
    fields: number,
    room: number,
    result: number,
  ): number;
}

// The memory: what a scan comes to, the table of wants with the facts behind it, open containers, then the text and the spans.
const RESULT = 32;
const TABLE = 64;
const LEVELS = 32_768;
const TEXT = 131_072;
const WASM_PAGE = 65_536;
/** The engine reads up to so many bytes behind a text; they have to be zero. */
const BEHIND = 32;

// What a scan comes to.
const DONE = 0;
const MORE = 2;

// What it noticed.
const NOT_ALL_OBJECTS = 1;
const ANY_EMPTY = 2;
const LONG_NUMBER = 4;
const LONE_SURROGATE = 8;
const LINE_BREAKS = 16;

/** In bytes. Below it the walk has ended before the engine has the text; beyond it the memory, which never shrinks, would grow too large. */
const SMALLEST = 1_024;
const LARGEST = 16_777_216;

/** In bytes: texts of countless tiny records want more than it keeps for good. */
const MOST_MEMORY = 64 << 20;

/** Whether a text of so many bytes is worth the engine. */
export const fitsEngine = (length: number): boolean => length >= SMALLEST && length <= LARGEST;

/** The module with its memory, one for all scanners: a scan runs to its end before the next begins. */
class Engine {
  readonly #exports: Exports;
  #bytes: Uint8Array;
  #words: Int32Array;
  /** Whose table the memory holds. */
  #table: Uint8Array | undefined;

  constructor(exports: Exports) {
    this.#exports = exports;
    this.#bytes = new Uint8Array(exports.memory.buffer);
    this.#words = new Int32Array(exports.memory.buffer);
  }

  /** undefined: refused. `expected` records are made room for. */
  scan(table: Uint8Array, plan: Shape, bytes: Buffer, start: number, end: number, expected: number): Scan | undefined {
    const to = TEXT + end - start;
    const records = (to + BEHIND + 7) & ~7;
    const {fields, facts, factsAt} = plan;
    let room = expected;
    for (;;) {
      if (!this.#reserve(records + 8 * room * (1 + fields))) return undefined;
      if (this.#table !== table) {
        this.#bytes.set(table, TABLE);
        this.#table = table;
      }
      this.#bytes.set(bytes.subarray(start, end), TEXT);
      this.#bytes.fill(0, to, to + BEHIND);
      const outcome = this.#exports.scan(
        TABLE,
        TEXT,
        to,
        start,
        LEVELS,
        TEXT,
        factsAt,
        facts,
        records,
        fields,
        room,
        RESULT,
      );
      if (outcome === DONE) break;
      if (outcome !== MORE) return undefined;
      room *= 4;
    }
    return this.#result(plan, records, room, bytes, start, end);
  }

  #result(
    {fields, facts, factsAt}: Shape,
    records: number,
    room: number,
    bytes: Buffer,
    start: number,
    end: number,
  ): Scan {
    const words = this.#words;
    const [from = 0, to = 0, foundStart = -1, foundEnd = -1, count = 0, depth = 0, noticed = 0] = words.subarray(
      RESULT >> 2,
      (RESULT >> 2) + 7,
    );
    if ((noticed & LINE_BREAKS) !== 0) bytes.set(this.#bytes.subarray(TEXT, TEXT + end - start), start);
    const pairs = (at: number, length: number): Int32Array => words.slice(at >> 2, (at >> 2) + 2 * length);
    const located: Int32Array[] = [];
    for (let field = 1; field <= fields; field++) located.push(pairs(records + 8 * field * room, count));
    return {
      start: from,
      end: to,
      found: foundStart < 0 ? 'missing' : kindOfByte(bytes[foundStart]),
      foundStart,
      foundEnd,
      count,
      spans: pairs(records, count),
      allObjects: (noticed & NOT_ALL_OBJECTS) === 0,
      anyEmptyObject: (noticed & ANY_EMPTY) !== 0,
      fields: located,
      facts: pairs(factsAt, facts),
      depth,
      longNumber: (noticed & LONG_NUMBER) !== 0,
      loneSurrogate: (noticed & LONE_SURROGATE) !== 0,
    };
  }

  /** false: there is no so much memory. */
  #reserve(length: number): boolean {
    const {memory} = this.#exports;
    const missing = length - memory.buffer.byteLength;
    if (missing <= 0) return true;
    if (length > MOST_MEMORY || !granted(() => memory.grow(Math.ceil(missing / WASM_PAGE)))) return false;
    this.#bytes = new Uint8Array(memory.buffer);
    this.#words = new Int32Array(memory.buffer);
    return true;
  }
}

/** How much a plan locates, and where the spans of its facts go. */
interface Shape {
  readonly fields: number;
  readonly facts: number;
  readonly factsAt: number;
}

/** Whether the system gave the memory that `take` asks it for; V8 reserves 10 GB of addresses, which `ulimit -v` may forbid. */
function granted(take: () => unknown): boolean {
  try {
    take();
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

let engine: Engine | undefined;
let isDenied = false;

/** undefined where Node runs without WebAssembly (--jitless) or may not reserve its memory. */
function start(): Engine | undefined {
  if (engine !== undefined || isDenied || typeof WebAssembly !== 'object') return engine;
  isDenied = !granted(() => {
    const {exports} = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(scanWasm, 'base64')));
    engine = new Engine(exports as Exports);
  });
  return engine;
}

/** A scanner of the engine. What it refuses goes to `walk`, as does everything of a plan that it has no room for. */
export function compileEngine(root: Want, plan: ScanPlan, walk: Scanner): Scanner {
  const table = layOut(root, TABLE, LEVELS - TABLE);
  const running = table === undefined ? undefined : start();
  const factsAt = TABLE + (table?.length ?? 0);
  const fits = factsAt + 8 * plan.facts.length <= LEVELS;
  if (table === undefined || running === undefined || !fits) return walk;
  const shape: Shape = {fields: plan.fields.length, facts: plan.facts.length, factsAt};
  let expected = 1;
  return (bytes, from, to) => {
    const found = running.scan(table, shape, bytes, from, to, Math.max(1, expected, (to - from) >> 6));
    expected = found?.count ?? expected;
    return found ?? walk(bytes, from, to);
  };
}
