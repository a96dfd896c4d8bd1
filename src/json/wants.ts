import type {Segment} from './path.js';

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
  /** The same by key bytes, read as Latin-1, where a list would be slow. */
  byRaw: ReadonlyMap<string, Want> | undefined;
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
    const own = goals.filter((goal) => goal.at === goal.path.length);
    this.isRecords = own.some((goal) => goal.kind === 'records');
    this.isRecord = own.some((goal) => goal.kind === 'record');
    this.facts = slots(own, 'fact');
    this.fields = this.isRecords ? fieldsOfRecord : slots(own, 'field');
    this.factsWithin = slots(goals, 'fact');
    this.fieldsWithin = slots(goals, 'field');
    this.recordsWithin = goals.some((goal) => goal.kind === 'records');
  }
}

function slots(goals: readonly Goal[], kind: Goal['kind']): number[] {
  return goals.filter((goal) => goal.kind === kind).map((goal) => goal.slot);
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
    for (const [segment, below] of advance(want.isRecords ? [...item.goals, ...inRecord] : item.goals)) {
      if (typeof segment === 'string') {
        want.names.push({name: segment, raw: rawKey(segment), want: grow(below)});
      }
    }
    if (want.names.length > FEW) {
      want.byRaw = new Map(want.names.map((named) => [named.raw.toString('latin1'), named.want]));
    }
    for (const [segment, below] of advance(item.goals)) {
      if (typeof segment === 'number' && segment >= 0) {
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
  if (escaped) {
    const key: unknown = JSON.parse(bytes.toString('utf8', start - 1, end + 1));
    return want.names.find(({name}) => name === key)?.want;
  }
  const {names, byRaw} = want;
  if (byRaw !== undefined) {
    return byRaw.get(bytes.toString('latin1', start, end));
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
