import type {Clock} from '../clock.js';
import {configError, systemError} from '../errors.js';
import type {JsonObject} from '../json/exact.js';
import type {Path} from '../json/path.js';
import type {Log} from '../log.js';
import type {OpenSpool} from '../spool.js';
import {frameOf} from './frame.js';
import {thaw} from './frozen.js';
import {ParentFeed, type ParentSource, type Tap} from './parent-feed.js';
import {changedParents} from './parent-incremental.js';
import {askedUpTo} from './range.js';
import {readStream} from './read-stream.js';
import type {StreamRun} from './run.js';
import {emptySaved, type Mode, readState, type Saved} from './state.js';
import type {StreamEvent, StreamPlan} from './stream-plan.js';

/** How one stream is read in this sync, from the configured catalog and the state file. */
export interface StreamRequest {
  readonly name: string;
  readonly mode: 'full_refresh' | 'incremental';
  readonly state: JsonObject | undefined;
  /** From the catalog; 0 and null are undefined. */
  readonly syncId: number | undefined;
  /** destination_sync_mode is overwrite. */
  readonly overwrite: boolean;
}

export interface SyncOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Where many parent rows go; without it each child of such a parent reads it on its own. */
  readonly openSpool?: OpenSpool;
}

/** One sync: parents are walked once and shared by their children and their own stream; `now` is read once. */
export interface Sync {
  /**
   * Throws ConnectorError where the stream fails; everything yielded before stands. A parent that is read too has to be
   * started no later than its children, and read on while they wait.
   */
  read(name: string): AsyncGenerator<StreamEvent>;
}

/** What was decided about one stream before its first request. */
interface Decided {
  readonly plan: StreamPlan;
  readonly mode: Mode;
  readonly syncId: number | undefined;
  readonly saved: Saved;
}

/** Opens a sync over these plans; nothing is requested before a stream is read. */
export function openSync(
  plans: ReadonlyMap<string, StreamPlan>,
  requests: readonly StreamRequest[],
  options: SyncOptions,
): Sync {
  const sync = new OpenedSync(plans, requests, options);
  return {read: (name) => sync.read(name)};
}

class OpenedSync {
  readonly #plans: ReadonlyMap<string, StreamPlan>;
  readonly #options: SyncOptions;
  readonly #now: number;
  readonly #decided = new Map<string, Decided | {readonly error: unknown}>();
  readonly #feeds = new Map<string, ParentFeed>();
  /** Streams that are not yet read to their end. */
  readonly #open: Set<string>;

  constructor(plans: ReadonlyMap<string, StreamPlan>, requests: readonly StreamRequest[], options: SyncOptions) {
    this.#plans = plans;
    this.#options = options;
    this.#now = options.clock.now();
    for (const request of requests) this.#decided.set(request.name, this.#decide(request));
    this.#open = new Set(this.#decided.keys());
    this.#planFeeds();
  }

  #decide(request: StreamRequest): Decided | {readonly error: unknown} {
    const plan = this.#plans.get(request.name);
    if (plan === undefined) {
      return {error: configError(`${request.name}: the configuration has no such stream; refresh the schema`)};
    }
    try {
      const possible = plan.cursor !== undefined || plan.parent?.incremental === true;
      const mode = possible ? request.mode : 'full_refresh';
      if (mode !== request.mode) {
        const text = 'incremental was asked for, but the stream has no cursor: it is read in full';
        plan.notes.add({level: 'warn', key: 'no-cursor', text});
      }
      if (plan.shard !== undefined && request.overwrite) {
        const text = `shard ${plan.shard.index} of ${plan.shard.of} is written with overwrite: parts that share a table replace each other's rows; give each a table of its own, or append and deduplicate`;
        plan.notes.add({level: 'warn', key: 'shard-overwrite', text});
      }
      const saved = readState({plan, request, mode, now: this.#now, note: (note) => plan.notes.add(note)});
      return {plan, mode, syncId: request.syncId, saved};
    } catch (error) {
      return {error};
    }
  }

  /** Which parents are read for children, which of their fields are kept, and which streams of this sync depend on them. */
  #planFeeds(): void {
    const wanted = new Map<StreamPlan, {paths: Map<string, Path>; readers: Set<string>}>();
    const want = (child: StreamPlan, reader: string): void => {
      if (child.parent === undefined) return;
      const {plan, fields} = child.parent;
      const entry = wanted.get(plan) ?? {paths: new Map<string, Path>(), readers: new Set<string>()};
      wanted.set(plan, entry);
      for (const path of fields) entry.paths.set(path.text, path);
      entry.readers.add(reader);
      if (!this.#drives(plan)) want(plan, reader);
    };
    for (const decided of this.#decided.values()) {
      if ('error' in decided || decided.saved.done || decided.plan.parent === undefined) continue;
      want(this.#topmostOwn(decided), decided.plan.name);
    }
    for (const [plan, {paths, readers}] of wanted)
      this.#feeds.set(plan.name, this.#feed(plan, [...paths.values()], readers));
  }

  /** Changed parents only are read for this child alone, and theirs as well; what lies above the last of them is shared. */
  #topmostOwn({plan, mode}: Pick<Decided, 'plan' | 'mode'>): StreamPlan {
    const relation = plan.parent;
    if (relation === undefined || !this.#readsChanged({plan, mode}) || relation.plan.staticRecords !== undefined)
      return plan;
    return this.#topmostOwn({plan: relation.plan, mode: 'incremental'});
  }

  /**
   * The stream's own read is the one that its children see. Not so where it reads less than they need: it is done, fails
   * before it begins, or reads changed parents only; then its children have a read of their own.
   */
  #drives(plan: StreamPlan): boolean {
    const own = this.#decided.get(plan.name);
    if (own === undefined || 'error' in own || !plan.selected || plan.staticRecords !== undefined) return false;
    return !own.saved.done && !this.#readsChanged(own);
  }

  #readsChanged({plan, mode}: Pick<Decided, 'plan' | 'mode'>): boolean {
    return plan.parent?.incremental === true && mode === 'incremental';
  }

  #feed(plan: StreamPlan, paths: readonly Path[], readers: ReadonlySet<string>): ParentFeed {
    return new ParentFeed({
      plan,
      paths,
      readers,
      openSpool: this.#options.openSpool,
      driven: this.#drives(plan),
      open: (tap) => this.#hidden(plan, tap),
    });
  }

  /** The read of a parent for its children alone. */
  #hidden(plan: StreamPlan, tap: Tap): AsyncGenerator<StreamEvent> {
    const decided: Decided = {plan, mode: 'full_refresh', syncId: undefined, saved: emptySaved};
    return readStream({...this.#run(decided, {tap, silent: true}), forChildren: true});
  }

  #run(decided: Decided, extra: {readonly tap?: Tap; readonly silent: boolean}): StreamRun {
    const {clock, signal} = this.#options;
    const parent = this.#parentOf(decided);
    return {...decided, now: this.#now, clock, signal, forChildren: false, ...(parent && {parent}), ...extra};
  }

  #parentOf(decided: Decided): ParentSource | undefined {
    const {plan, saved} = decided;
    const relation = plan.parent;
    if (relation === undefined || saved.done) return undefined;
    if (this.#readsChanged(decided) && relation.plan.staticRecords === undefined) {
      const notPast = this.#changesUpTo(decided);
      return changedParents({
        relation,
        state: saved.parentState,
        now: this.#now,
        ...(notPast !== undefined && {notPast}),
        open: (parentSaved, tap) => {
          const inner: Decided = {plan: relation.plan, mode: 'incremental', syncId: undefined, saved: parentSaved};
          const run = this.#run(inner, {tap, silent: false});
          return readStream({...run, ...(notPast !== undefined && {notPast})});
        },
      });
    }
    const feed = this.#feeds.get(relation.plan.name);
    if (feed === undefined) throw systemError(`${plan.name}: its parent ${relation.plan.name} is not planned`);
    return feed.source(plan.name, relation);
  }

  /**
   * Epoch ms: a parent that changed later has to be visited again, for its children were not asked for more (their end), or it
   * was passed over since an interrupted read had visited it before.
   */
  #changesUpTo({plan, saved}: Decided): number | undefined {
    const frame = frameOf(plan, this.#now, saved.cursor);
    const asked = frame === undefined ? undefined : askedUpTo(frame, thaw(frame, saved.resume, 'end'))?.ms;
    const began = saved.resume?.began;
    return asked === undefined || began === undefined ? (asked ?? began) : Math.min(asked, began);
  }

  async *read(name: string): AsyncGenerator<StreamEvent> {
    const {log} = this.#options;
    const decided = this.#decided.get(name);
    if (decided === undefined) throw systemError(`${name} is not among the streams of this sync`);
    const feed = 'error' in decided || !this.#drives(decided.plan) ? undefined : this.#feeds.get(name);
    try {
      if ('error' in decided) throw decided.error;
      yield* readStream(feed === undefined ? this.#run(decided, {silent: false}) : this.#driving(decided, feed));
      feed?.end();
    } catch (error) {
      feed?.end({error});
      throw error;
    } finally {
      feed?.end({error: new Error(`the read of ${name} was stopped`)});
      for (const other of this.#feeds.values()) await other.release(name);
      this.#plans.get(name)?.notes.flush(log);
      this.#open.delete(name);
      this.#flushAncestors(name);
    }
  }

  /** What the reads of parents for their children alone had to say, once no child is read any more. */
  #flushAncestors(name: string): void {
    for (let plan = this.#plans.get(name)?.parent?.plan; plan !== undefined; plan = plan.parent?.plan) {
      const {name: ancestor} = plan;
      const isUsed = [...this.#open].some((each) => each === ancestor || this.#isAbove(ancestor, each));
      if (!isUsed) plan.notes.flush(this.#options.log);
    }
  }

  #isAbove(ancestor: string, name: string): boolean {
    for (let plan = this.#plans.get(name)?.parent?.plan; plan !== undefined; plan = plan.parent?.plan) {
      if (plan.name === ancestor) return true;
    }
    return false;
  }

  /** The read of a stream that children see: from its beginning, so an interrupted one does not go on (contract, `resume`). */
  #driving(decided: Decided, feed: ParentFeed): StreamRun {
    const saved = {...decided.saved, resume: undefined};
    return {...this.#run({...decided, saved}, {tap: feed, silent: false}), forChildren: true};
  }
}
