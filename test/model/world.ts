import {epoch, type Kind, kinds} from './kinds.js';
import type {Random} from './random.js';
import type {Scenario} from './scenario.js';

/** One state of a row. */
export interface Version {
  /** Unlike that of any other version. */
  readonly n: number;
  /** When it changed, in the kind's own count; undefined: a row without cursor. */
  readonly at: number | undefined;
  /** Server time in µs from which on it is seen. */
  readonly seenFrom: number;
  readonly parent: number;
}

export interface Row {
  readonly id: number;
  /** Oldest first. */
  versions: Version[];
}

export interface Parent {
  readonly id: number;
  readonly group: number;
  n: number;
  /** µs */
  at: number;
}

/** The truth: rows and parents as they are now, and what has happened to them. Server time in µs. */
export class World {
  readonly scenario: Scenario;
  readonly kind: Kind | undefined;
  readonly random: Random;
  readonly rows = new Map<number, Row>();
  readonly parents = new Map<number, Parent>();
  now = epoch;
  /** Something changed while a walk was under way or interrupted. */
  disturbed = false;
  /**
   * Parents whose list a walk may have stood in when a row left it, and that have not changed since: a reader of changed parents
   * alone never comes back to them, so what has moved up into the pages it had behind it stays unseen.
   */
  readonly shrunk = new Set<number>();
  /**
   * Versions that an API which counts gave the number of the change before, while a walk was under way: a row may come to stand
   * behind the walk among those of an equal cursor, which nobody who reads in order can see.
   */
  readonly tied = new Set<number>();
  /**
   * Versions that came with another parent but the cursor of the version before, while walks were under way: of two parents read
   * at once the older version may be given last, and a destination tells them apart by their cursors alone.
   */
  readonly crossed = new Set<number>();
  #walked = false;
  /** When each version came to be, for destinations that let the newest cursor win. */
  readonly #history = new Map<number, number | undefined>();
  #ids = 0;
  #versions = 0;
  #counter = 1;

  constructor(scenario: Scenario, random: Random) {
    this.scenario = scenario;
    this.random = random;
    // What becomes visible late shifts a list as well.
    this.disturbed = scenario.late > 0;
    this.kind = scenario.kind === 'none' ? undefined : kinds[scenario.kind];
    // Nothing lies at the start itself: some APIs leave out rows equal to it.
    this.now += this.kind?.time === true ? this.kind.grain + 1000 : 0;
    if (scenario.levels > 1) for (let i = 0; i < scenario.parents; i++) this.#addParent();
    for (let i = 0; i < scenario.rows; i++) {
      this.add();
      this.pass(random.between(0, 2));
    }
    this.pass(3 + scenario.late);
  }

  get tick(): number {
    return this.kind?.time === true ? this.kind.tick : 1_000_000;
  }

  /** Time goes on by so many ticks, and a bit. */
  pass(ticks: number): void {
    this.now +=
      Math.floor(ticks * this.tick * (0.5 + this.random.float() / 2)) +
      (ticks > 0 ? this.random.between(0, 999_999) : 0);
  }

  /** Fixed when it is exactly `µs`. */
  #stamp(n: number): number | undefined {
    const {scenario, random, kind} = this;
    if (scenario.missing && random.chance(0.15)) return undefined;
    if (kind === undefined || kind.time) return this.now;
    if (random.chance(0.6)) this.#counter++;
    else if (this.#walked) this.tied.add(n);
    return this.#counter;
  }

  #version(parent: number): Version {
    const {scenario, tick} = this;
    const seenFrom =
      this.now + (scenario.late > 0 && this.random.chance(0.5) ? this.random.between(0, scenario.late * tick) : 0);
    const n = ++this.#versions;
    const version = {n, at: this.#stamp(n), seenFrom, parent};
    this.#history.set(version.n, version.at);
    return version;
  }

  /** What the last change of a counting API was numbered. */
  get counter(): number {
    return this.#counter;
  }

  /** How new the cursor of a version says it is. */
  newness(n: number): number {
    const at = this.#history.get(n);
    if (!this.#history.has(n) || this.kind === undefined) return n;
    return at === undefined ? Number.NaN : this.kind.value(at) * (this.kind.min === true ? -1 : 1);
  }

  #anyParent(): number | undefined {
    return this.scenario.levels === 1 ? 0 : this.random.pick([...this.parents.keys()]);
  }

  #touch(parent: number): void {
    const found = this.parents.get(parent);
    if (found === undefined) return;
    this.shrunk.delete(parent);
    found.at = this.now;
    found.n = ++this.#versions;
  }

  add(): void {
    const parent = this.#anyParent();
    if (parent === undefined) return;
    const id = ++this.#ids;
    this.rows.set(id, {id, versions: [this.#version(parent)]});
    this.#touch(parent);
  }

  #addParent(): void {
    const id = ++this.#ids;
    this.parents.set(id, {id, group: this.random.between(1, 2), n: ++this.#versions, at: this.now});
  }

  /** Something happens. `walked`: while a walk is under way or interrupted. */
  change(walked: boolean): void {
    const {random, scenario} = this;
    this.#walked = walked;
    if (walked) this.disturbed = true;
    this.pass(random.chance(0.5) ? 0 : 1);
    const row = random.pick([...this.rows.values()]);
    const what = random.float();
    if (what < 0.4 || row === undefined) this.add();
    else if (what < 0.75) this.#update(row);
    else if (what < 0.87) this.#remove(row);
    else if (scenario.levels > 1 && what < 0.94) this.#addParent();
    else if (scenario.levels > 1) {
      const parent = this.#anyParent();
      if (parent !== undefined) this.#removeParent(parent);
    }
  }

  #update(row: Row): void {
    const last = row.versions.at(-1);
    if (last === undefined) return;
    // A row does not change again before its last change is seen.
    if (last.seenFrom > this.now) return;
    const moves = this.scenario.levels > 1 && !this.scenario.parentIncremental && this.random.chance(0.2);
    const parent = (moves ? this.#anyParent() : undefined) ?? last.parent;
    const version = this.#version(parent);
    const isTie = this.newness(version.n) === this.newness(last.n);
    if (this.#walked && parent !== last.parent && isTie) this.crossed.add(version.n);
    row.versions = [...row.versions.slice(-1), version];
    this.#touch(parent);
  }

  #remove({id, versions}: Row): void {
    this.rows.delete(id);
    const parent = versions.at(-1)?.parent;
    if (this.#walked && parent !== undefined) this.shrunk.add(parent);
  }

  #removeParent(parent: number): void {
    this.parents.delete(parent);
    for (const row of this.rows.values()) if (row.versions.at(-1)?.parent === parent) this.rows.delete(row.id);
  }

  /** Rows as a reader sees them now. */
  *visible(parent: number): Generator<{readonly id: number; readonly version: Version}> {
    for (const {id, versions} of this.rows.values()) {
      const version = versions.findLast(({seenFrom}) => seenFrom <= this.now);
      if (version?.parent === parent && (parent === 0 || this.parents.has(parent))) yield {id, version};
    }
  }
}

/** Keys of parents in every shape a path has to carry. */
function parentKey(id: number): string {
  if (id % 3 === 0) return String(9_007_199_254_740_993n + BigInt(id));
  return id % 3 === 1 ? JSON.stringify(`p ${id}/é?#`) : String(id);
}

/** The id behind a segment of a path. */
export function parentOf(segment: string): number {
  const text = decodeURIComponent(segment);
  if (text.startsWith('p ')) return Number(text.slice(2, text.indexOf('/')));
  return text.length > 12 ? Number(BigInt(text) - 9_007_199_254_740_993n) : Number(text);
}

export function rowText(id: number, {n, at}: Version, kind: Kind | undefined): string {
  const cursor =
    kind === undefined ? undefined : at === undefined ? (id % 2 === 0 ? 'null' : undefined) : kind.spell(at, id);
  return `{"id":${id},"n":${n}${cursor === undefined ? '' : `,"updated":${cursor}`}}`;
}

/** What the ids of parents that are listed with other columns lie above. */
const alias = 1_000_000;

export const standsTwice = ({twice}: Scenario, parent: number): boolean => twice !== 'no' && parent % 2 === 0;

/** A row by its own id and that of the parent it came with: of the same row under the other columns another one. */
export const idBelow = (id: number, parent = 0): number => (parent > alias ? id + alias : id);
/** Without what it came with. */
export const ownId = (id: number): number => id % alias;

/** The ids under which the rows of a parent have to arrive. */
export const idsBelow = (scenario: Scenario, parent: number, id: number): readonly number[] =>
  scenario.twice === 'other' && standsTwice(scenario, parent) ? [id, id + alias] : [id];

export function parentText({id, group, n, at}: Parent, other = false): string {
  const updated = new Date(Math.floor(at / 1000)).toISOString();
  return `{"key":${parentKey(id)},"id":${other ? id + alias : id},"n":${n},"group":${group},"updated":"${updated}"}`;
}
