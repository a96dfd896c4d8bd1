import {type Kind, kindOfByte} from './text.js';
import type {Notes} from './tokens.js';
import {CLOSE_OBJECT, OPEN_OBJECT} from './tokens.js';
import type {Want} from './wants.js';

/** Above so many facts below one value, its slots are not all visited each time its key comes again. */
const MANY = 8;

const NO_FACTS = new Int32Array(0);

export type Found = 'missing' | Kind;

/** What a running scan has found so far. Spans are pairs of start and end; -1, -1 is absent. */
export class Catch {
  found: Found = 'missing';
  foundStart = -1;
  foundEnd = -1;
  count = 0;
  allObjects = true;
  anyEmptyObject = false;
  depth = 0;
  spans: Int32Array<ArrayBuffer>;
  readonly fields: Int32Array<ArrayBuffer>[] = [];
  readonly facts: Int32Array<ArrayBuffer>;
  readonly notes: Notes;
  private level = 0;
  /** With many facts: the slots as they were filled, and of a value with many facts below it the part that its last visit filled. */
  private readonly filled: number[] | undefined;
  private readonly visits: Map<Want, {readonly from: number; to: number}> | undefined;

  /** `expected` records: what the page before had. */
  constructor(fields: number, facts: number, expected: number, notes: Notes) {
    this.spans = new Int32Array(2 * expected);
    for (let slot = 0; slot < fields; slot++) {
      this.fields.push(absent(expected));
    }
    this.facts = facts === 0 ? NO_FACTS : absent(facts);
    if (facts > MANY) {
      this.filled = [];
      this.visits = new Map();
    }
    this.notes = notes;
  }

  /** A wanted value begins; `level` containers are open around it. */
  begin(want: Want, bytes: Buffer, start: number, level: number): void {
    if (want.isRecords) {
      this.found = kindOfByte(bytes[start]);
      this.foundStart = start;
      this.notes.deepest = level;
      this.level = level;
      if (this.found === 'object') {
        this.beginRecord();
      }
    } else if (want.isRecord) {
      this.beginRecord();
    }
  }

  /** It ends: its slots are filled. */
  end(want: Want, bytes: Buffer, start: number, end: number): void {
    if (want.factsWithin.length > 0) {
      this.setFacts(want, start, end);
    }
    if (want.fields.length > 0 && (!want.isRecords || this.found === 'object')) {
      this.setFields(want.fields, start, end);
    }
    if (want.isRecords) {
      this.endRecords(bytes, start, end);
    } else if (want.isRecord) {
      this.endRecord(bytes, start, end);
    }
  }

  /** The key of a wanted value was read: of duplicates the last one counts, so nothing found under an earlier one stays. */
  forget(want: Want): void {
    if (want.factsWithin.length > 0) {
      this.forgetFacts(want);
    }
    if (want.fieldsWithin.length > 0) {
      this.setFields(want.fieldsWithin, -1, -1);
    }
    if (want.recordsWithin) {
      this.forgetRecords();
    }
  }

  private setFacts(want: Want, start: number, end: number): void {
    for (const slot of want.facts) {
      this.facts[2 * slot] = start;
      this.facts[2 * slot + 1] = end;
      this.filled?.push(slot);
    }
    const visit = want.factsWithin.length > MANY ? this.visits?.get(want) : undefined;
    if (visit !== undefined) {
      visit.to = this.filled?.length ?? 0;
    }
  }

  private forgetFacts(want: Want): void {
    let slots = want.factsWithin;
    if (slots.length > MANY && this.visits !== undefined && this.filled !== undefined) {
      const last = this.visits.get(want);
      slots = last === undefined ? [] : this.filled.slice(last.from, last.to);
      this.visits.set(want, {from: this.filled.length, to: this.filled.length});
    }
    for (const slot of slots) {
      this.facts[2 * slot] = -1;
      this.facts[2 * slot + 1] = -1;
    }
  }

  private endRecords(bytes: Buffer, start: number, end: number): void {
    this.foundEnd = end;
    const outside = this.found === 'object' ? this.level : this.level + 1;
    this.depth = Math.max(0, this.notes.deepest - outside);
    if (this.found === 'object') {
      this.endRecord(bytes, start, end);
    }
  }

  private setFields(slots: readonly number[], start: number, end: number): void {
    const at = 2 * this.count;
    for (let n = 0; n < slots.length; n++) {
      const field = this.fields[slots[n] ?? 0];
      if (field !== undefined) {
        field[at] = start;
        field[at + 1] = end;
      }
    }
  }

  private forgetRecords(): void {
    if (this.found !== 'missing') {
      const {count} = this;
      this.found = 'missing';
      this.foundStart = -1;
      this.foundEnd = -1;
      this.count = 0;
      this.allObjects = true;
      this.anyEmptyObject = false;
      this.depth = 0;
      for (const field of this.fields) {
        field.fill(-1, 0, 2 * count);
      }
    }
  }

  private beginRecord(): void {
    if (2 * this.count === this.spans.length) {
      this.spans = doubled(this.spans);
      for (let slot = 0; slot < this.fields.length; slot++) {
        this.fields[slot] = doubled(this.fields[slot] ?? this.spans);
      }
    }
  }

  private endRecord(bytes: Buffer, start: number, end: number): void {
    this.spans[2 * this.count] = start;
    this.spans[2 * this.count + 1] = end;
    this.count++;
    if (bytes[start] !== OPEN_OBJECT) {
      this.allObjects = false;
    } else if (isEmpty(bytes, start)) {
      this.anyEmptyObject = true;
    }
  }
}

/** Pairs of -1. A loop: for one JSON line this is a good part of the work, and `fill` costs more to call. */
function absent(pairs: number): Int32Array<ArrayBuffer> {
  const spans = new Int32Array(2 * pairs);
  for (let i = 0; i < spans.length; i++) {
    spans[i] = -1;
  }
  return spans;
}

function doubled(spans: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * spans.length).fill(-1, spans.length);
  larger.set(spans);
  return larger;
}

function isEmpty(bytes: Buffer, start: number): boolean {
  let i = start + 1;
  while ((bytes[i] ?? 0) <= 0x20) {
    i++;
  }
  return bytes[i] === CLOSE_OBJECT;
}
