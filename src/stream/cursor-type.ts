import type {Batch} from '../body/page.js';
import {configError} from '../errors.js';
import {type Json, numberText, printExact} from '../json/exact.js';
import {jsonText, stringValue, textOf} from '../json/text.js';
import {timeIn} from './bounds.js';
import type {CursorPlan} from './cursor-plan.js';
import {epochInstant} from './directives.js';
import {plainDecimal} from './formats.js';
import {
  emptyKey,
  isBlank,
  type KeyKind,
  keyOfInstant,
  readEpoch,
  readNumberText,
  readText,
  readTimeText,
  type SortKey,
  type Unit,
} from './keys.js';
import {parseNow} from './spans.js';
import {parseTime} from './times.js';
import type {Bound, Instant} from './value.js';

/** 2000-01-01 in epoch seconds: numbers from then to tomorrow are taken for times (config-language §8, Comparison). */
const year2000 = 946_684_800;
const Quote = 0x22;

/**
 * How the values of a stream's cursor are compared: by `cursor_format`, else by the start value's type, else by the first
 * page that has values (dlt trap T9: dlt compares text). One per stream and sync.
 */
export class CursorType {
  readonly #plan: CursorPlan;
  readonly #stream: string;
  readonly #now: number;
  readonly #start: Json | undefined;
  #kind: KeyKind | undefined;
  #unit: Unit | undefined;
  #settled = false;

  /** `start` is what decides the type: `initial_value`, else the state's cursor. */
  constructor(plan: CursorPlan, stream: string, now: number, start: Json | undefined) {
    this.#plan = plan;
    this.#stream = stream;
    this.#now = now;
    this.#start = start;
    this.#kind = this.#kindOfStart(start);
  }

  get kind(): KeyKind | undefined {
    return this.#kind;
  }

  get unit(): Unit | undefined {
    return this.#unit;
  }

  /** false until a page with values was seen. */
  get settled(): boolean {
    return this.#settled;
  }

  #kindOfStart(start: Json | undefined): KeyKind | undefined {
    if (this.#plan.formats.length > 0) return 'time';
    if (start === undefined || start === null) return undefined;
    if (numberText(start) !== undefined) return 'number';
    if (typeof start !== 'string') return undefined;
    if (parseNow(start, this.#now, this.#plan.place) !== undefined || parseTime(start) !== undefined) return 'time';
    return /^-?\d+(?:\.\d+)?$/.test(start) ? 'number' : 'text';
  }

  /** Reads one value of a record; false: missing or not readable in this type. */
  read(bytes: Buffer, start: number, end: number, key: SortKey): boolean {
    if (isBlank(bytes, start, end)) return false;
    if (this.#plan.formats.length > 0) return this.#readFormatted(bytes, start, end, key);
    switch (this.#kind) {
      case 'time':
        if (bytes[start] === Quote && readTimeText(bytes, start, end, key)) return true;
        return readEpoch(bytes, start, end, this.#unit ?? 's', key) && this.#unit !== undefined;
      case 'number':
        return readNumberText(bytes, start, end, key);
      case 'text':
        return readText({bytes, start, end}, key);
      case undefined:
        return false;
    }
  }

  #readFormatted(bytes: Buffer, start: number, end: number, key: SortKey): boolean {
    const text = {bytes, start, end};
    const value = stringValue(text) ?? textOf(text);
    for (const format of this.#plan.formats) {
      const time = format.parse(value);
      if (time === undefined) continue;
      Object.assign(key, keyOfInstant(time));
      return true;
    }
    return bytes[start] === Quote && readTimeText(bytes, start, end, key);
  }

  /** A value of the state or the configuration as an instant; undefined where it is none in this type. */
  instantOf(json: Json): Instant | undefined {
    if (this.#kind !== 'time') return undefined;
    const time = timeIn(json, this.#plan.formats);
    if (time !== undefined || this.#plan.formats.length > 0) return time;
    const text = typeof json === 'string' ? json : numberText(json);
    const plain = text === undefined ? undefined : plainDecimal(text);
    if (plain === undefined) return undefined;
    const unit = this.#unit ?? (Math.abs(Number(plain)) < 1e11 ? 's' : 'ms');
    return epochInstant(plain, unit === 's' ? 0 : 3);
  }

  /** A value of the state or the configuration in this type; undefined where it cannot be read as such. */
  keyOf({json, time}: Bound): SortKey | undefined {
    if (this.#kind === 'time') {
      const instant = time ?? this.instantOf(json);
      return instant === undefined ? undefined : keyOfInstant(instant);
    }
    const text = jsonText(printExact(json));
    const key = emptyKey();
    return this.read(text.bytes, text.start, text.end, key) ? key : undefined;
  }

  /**
   * Looks at the first page that has cursor values: settles the type and the unit of numbers. Throws a config_error where
   * none of the values can be read.
   */
  settle(batch: Batch): void {
    if (this.#settled) return;
    const cells = batch.fields[this.#plan.field];
    if (cells === undefined) return;
    const found = sortCells(batch, cells);
    if (found.values === 0) return;
    if (this.#kind === undefined) this.#kind = kindOf(found);
    if (this.#plan.formats.length === 0 && found.numbers.length > 0) this.#settleUnit(found.numbers);
    this.#settled = true;
    const key = emptyKey();
    for (let i = 0; i < batch.count; i++) {
      if (this.read(batch.bytes, cells[2 * i] ?? -1, cells[2 * i + 1] ?? -1, key)) return;
    }
    throw configError(
      `${this.#stream}: no value of ${this.#plan.path.text} on the first page can be read as ${this.#words()}; the first is ${found.first}. ${this.#remedy(found)} (${this.#plan.place})`,
    );
  }

  /** As `settle`, by a value that an earlier read saw, where this one has seen none. */
  settleBy(seen: Json): void {
    if (this.#settled) return;
    this.#kind ??= this.#kindOfStart(seen);
    const number = Number(typeof seen === 'string' ? seen : (numberText(seen) ?? Number.NaN));
    if (this.#plan.formats.length === 0 && Number.isFinite(number)) this.#settleUnit([number]);
  }

  #settleUnit(numbers: readonly number[]): void {
    const tomorrow = this.#now / 1000 + 86_400;
    const within = (scale: number) => numbers.every((value) => value >= year2000 * scale && value <= tomorrow * scale);
    if (this.#kind === 'time') {
      const largest = Math.max(...numbers.map(Math.abs));
      if (largest < 1e14) this.#unit = largest < 1e11 ? 's' : 'ms';
    } else if (this.#kind === 'number' && (within(1) || within(1000))) {
      this.#kind = 'time';
      this.#unit = within(1) ? 's' : 'ms';
    }
  }

  #words(): string {
    const formats = this.#plan.formats.map((format) => format.text);
    if (formats.length > 0) return `cursor_format ${formats.join(' or ')}`;
    return this.#kind === 'time' ? 'a time' : this.#kind === 'number' ? 'a number, as the start value is' : 'text';
  }

  #remedy(found: Cells): string {
    if (this.#kind === 'number' && found.times > 0) {
      return `Give initial_value as a time (now it is ${printExact(this.#start ?? null)}), such as "2024-01-01T00:00:00Z"`;
    }
    return 'Say how records spell it: incremental.cursor_format, a name or a pattern such as "%d/%m/%Y %H:%M"';
  }
}

interface Cells {
  values: number;
  times: number;
  others: number;
  readonly numbers: number[];
  first: string;
}

function sortCells(batch: Batch, cells: Int32Array): Cells {
  const found: Cells = {values: 0, times: 0, others: 0, numbers: [], first: ''};
  const key = emptyKey();
  for (let i = 0; i < batch.count; i++) {
    const start = cells[2 * i] ?? -1;
    const end = cells[2 * i + 1] ?? -1;
    if (isBlank(batch.bytes, start, end)) continue;
    found.values++;
    if (found.values === 1) found.first = batch.bytes.toString('utf8', start, Math.min(end, start + 60));
    if (readNumberText(batch.bytes, start, end, key)) found.numbers.push(key.tail === '' ? key.hi : Number(key.tail));
    else if (batch.bytes[start] === Quote && readTimeText(batch.bytes, start, end, key)) found.times++;
    else if (!/^"0000-00-00/.test(batch.bytes.toString('latin1', start, Math.min(end, start + 11)))) found.others++;
  }
  return found;
}

function kindOf({times, others, numbers}: Cells): KeyKind {
  if (others > 0 && others >= times && others >= numbers.length) return 'text';
  return times >= numbers.length ? 'time' : 'number';
}
