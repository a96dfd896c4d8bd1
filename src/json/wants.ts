import type {Segment} from './path.js';
import {unquote} from './text.js';

const FEW = 8;

interface Goal {
  readonly kind: 'fact' | 'field' | 'records' | 'record';
  readonly slot: number;
  readonly path: readonly Segment[];
  /** How many segments are behind us. */
  readonly at: number;
}

interface NamedWant {
  readonly name: string;
  /** The key's bytes as written without escapes. */
  readonly raw: Buffer;
  readonly want: Want;
}

/** What is wanted of one value of a document and of the values below it: a node of the automaton that a scan runs through. */
export class Want {
  readonly names: NamedWant[] = [];
  /** The same by key bytes (read as Latin-1) and by name, where a list would be slow. */
  many: {readonly byRaw: ReadonlyMap<string, Want>; readonly byName: ReadonlyMap<string, Want>} | undefined;
  /** Of an array: wants by index, and that of every other element. */
  indexes: Map<number, Want> | undefined;
  rest: Want | undefined;
  /** Nothing is wanted inside. */
  leaf = true;
  /** The records (their array, or the one record), or one element of them. */
  readonly isRecords: boolean;
  readonly isRecord: boolean;
  /** Slots that this value itself fills. */
  readonly facts: readonly number[];
  readonly fields: readonly number[];
  /** Slots filled in or below this value, and whether the records are: forgotten when its key comes again. */
  readonly factsWithin: readonly number[];
  readonly fieldsWithin: readonly number[];
  readonly recordsWithin: boolean;

  constructor(goals: readonly Goal[], fieldsOfRecord: readonly number[]) {
    const facts: number[] = [];
    const fields: number[] = [];
    const factsWithin: number[] = [];
    const fieldsWithin: number[] = [];
    let isRecords = false;
    let isRecord = false;
    let recordsWithin = false;
    for (const {kind, slot, at, path} of goals) {
      const isHere = at === path.length;
      switch (kind) {
        case 'fact':
          factsWithin.push(slot);
          if (isHere) {
            facts.push(slot);
          }
          break;
        case 'field':
          fieldsWithin.push(slot);
          if (isHere) {
            fields.push(slot);
          }
          break;
        case 'records':
          recordsWithin = true;
          isRecords = isHere;
          break;
        case 'record':
          isRecord = true;
          break;
      }
    }
    this.isRecords = isRecords;
    this.isRecord = isRecord;
    this.facts = facts;
    this.fields = isRecords ? fieldsOfRecord : fields;
    this.factsWithin = factsWithin;
    this.fieldsWithin = fieldsWithin;
    this.recordsWithin = recordsWithin;
  }
}

/**
 * One automaton for all paths of a plan, those from the root and those within records, so that each value is looked at once.
 * Negative indexes lead nowhere. Built with a list of what is left to do: a path may be as long as a document is deep.
 */
export function compileWants(
  records: readonly Segment[] | undefined,
  fields: readonly (readonly Segment[])[],
  facts: readonly (readonly Segment[])[],
): Want {
  const inRecord: Goal[] = fields.map((path, slot) => ({kind: 'field', slot, path, at: 0}));
  const inElement: Goal[] = [{kind: 'record', slot: 0, path: [], at: 0}, ...inRecord];
  const whole = inRecord.filter((goal) => goal.path.length === 0).map((goal) => goal.slot);
  const goals: Goal[] = facts.map((path, slot) => ({kind: 'fact', slot, path, at: 0}));
  if (records !== undefined) {
    goals.push({kind: 'records', slot: 0, path: records, at: 0});
  }
  const root = new Want(goals, whole);
  const left: {want: Want; goals: readonly Goal[]}[] = [{want: root, goals}];
  for (let item = left.pop(); item !== undefined; item = left.pop()) {
    const {want} = item;
    const grow = (below: readonly Goal[]): Want => {
      const child = new Want(below, whole);
      left.push({want: child, goals: below});
      want.leaf = false;
      return child;
    };
    const next = advance(item.goals);
    for (const [segment, below] of want.isRecords ? advance([...item.goals, ...inRecord]) : next) {
      if (typeof segment === 'string') {
        want.names.push({name: segment, raw: rawKey(segment), want: grow(below)});
      }
    }
    if (want.names.length > FEW) {
      want.many = {
        byRaw: new Map(want.names.map((named) => [named.raw.toString('latin1'), named.want])),
        byName: new Map(want.names.map((named) => [named.name, named.want])),
      };
    }
    for (const [segment, below] of next) {
      if (typeof segment === 'number') {
        want.indexes ??= new Map();
        want.indexes.set(segment, grow(want.isRecords ? [...below, ...inElement] : below));
      }
    }
    if (want.isRecords) {
      want.rest = grow(inElement);
    }
  }
  return root;
}

/** The goals that go on, one segment further, by that segment. */
function advance(goals: readonly Goal[]): Map<Segment, Goal[]> {
  const next = new Map<Segment, Goal[]>();
  for (const goal of goals) {
    const segment = goal.path[goal.at];
    if (segment !== undefined) {
      const further = {...goal, at: goal.at + 1};
      const same = next.get(segment);
      if (same === undefined) {
        next.set(segment, [further]);
      } else {
        same.push(further);
      }
    }
  }
  return next;
}

/** A name that no UTF-8 can spell must not match the U+FFFD it would become: a quote never stands in a raw key. */
function rawKey(name: string): Buffer {
  return Buffer.from(name.isWellFormed() ? name : '"');
}

/** The want of the member whose key stands, without its quotes, from `start` to `end`. */
export function wantOfKey(want: Want, bytes: Buffer, start: number, end: number, escaped: boolean): Want | undefined {
  const {names, many} = want;
  if (escaped) {
    const key = unquote(bytes, start - 1, end + 1);
    return many === undefined ? names.find(({name}) => name === key)?.want : many.byName.get(key);
  }
  if (many !== undefined) {
    return many.byRaw.get(bytes.toString('latin1', start, end));
  }
  const length = end - start;
  for (let n = 0; n < names.length; n++) {
    const named = names[n];
    if (named !== undefined && named.raw.length === length && isSame(named.raw, bytes, start)) {
      return named.want;
    }
  }
  return undefined;
}

function isSame(raw: Buffer, bytes: Buffer, at: number): boolean {
  for (let i = 0; i < raw.length; i++) {
    if (raw[i] !== bytes[at + i]) {
      return false;
    }
  }
  return true;
}
