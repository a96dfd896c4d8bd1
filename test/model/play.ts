import {ConnectorError} from '../../src/errors.js';
import {printExact} from '../../src/json/exact.js';
import {mostPartitions, mostUntimed} from '../../src/stream/partitions.js';
import type {StreamPlan} from '../../src/stream/stream-plan.js';
import type {StreamRequest} from '../../src/stream/sync.js';
import {FakeClock} from '../support/fake-clock.js';
import {type Asked, answer} from './api.js';
import {type Attempted, attempt} from './attempt.js';
import {configurationOf} from './configuration.js';
import {Destination} from './destination.js';
import {throughHost} from './host.js';
import {kinds} from './kinds.js';
import type {Served} from './pages.js';
import {Random} from './random.js';
import {isProtected, type Scenario, shifts} from './scenario.js';
import {type Open, openSource} from './source.js';
import {type Destinations, everythingArrived, modeOf} from './verdict.js';
import {World} from './world.js';

/** What a scenario came to. */
export interface Played {
  /** Rows that a shifting list may hide and that no lag brought back. */
  readonly excused: number;
  /** Why nothing could be said. */
  readonly skipped?: string;
  readonly requests: number;
}

/** What the language itself says is an error, whatever the API does next. */
const hopeless = /cannot be halved|none of its \d+ parents could be read|its only parent could not be read/;

/** One connection: its shard, its states, and what the destination has of it. */
interface Connection {
  readonly open: Open;
  readonly destinations: Destinations;
}

/** Everything that a scenario says, from the first run to the check. Throws an Error where a row is lost. `journal`: what happens. */
export async function play(scenario: Scenario, journal?: (line: string) => void): Promise<Played> {
  return new Play(scenario, journal).all();
}

class Play {
  readonly #of: Scenario;
  readonly #random: Random;
  readonly #world: World;
  readonly #clock = new FakeClock();
  readonly #connections: readonly Connection[];
  readonly #journal: ((line: string) => void) | undefined;
  readonly #mutable: boolean;
  #quiet = false;
  /** µs at which the API went quiet. */
  #calm = 0;
  #running = false;
  #run = 0;
  #job = 0;
  #requests = 0;
  /** Changes that this run may still see: an API that grows as fast as it is read has no end. */
  #left = 0;
  /** Ticks that still pass in this run: time that runs as fast as windows are read has no end either. */
  #ticks = 0;
  /** Connections whose last run was not completed: its walk goes on. */
  readonly #interrupted = new Set<Connection>();

  constructor(scenario: Scenario, journal: ((line: string) => void) | undefined) {
    this.#of = scenario;
    this.#journal = journal;
    this.#random = new Random(scenario.seed);
    this.#world = new World(scenario, this.#random);
    const streams = scenario.levels > 1 && scenario.parentsRead ? ['parents', 'items'] : ['items'];
    const configuration = configurationOf(scenario, 'https://api.test');
    this.#connections = openSource(configuration, scenario.shards, this.#clock).map((open) => ({
      open,
      destinations: new Map(streams.map((name) => [name, new Destination(modeOf(scenario, name))])),
    }));
    // Windows over numbers end at a fixed value: rows beyond them are not part of the deal.
    this.#mutable = scenario.step === 0 || this.#world.kind?.time === true;
  }

  async all(): Promise<Played> {
    const {runs, killed, pauses} = this.#of;
    for (let run = 0; run < runs; run++) {
      for (const connection of this.#connections) {
        this.#between();
        const isKilled = killed > 0 && this.#random.chance(killed / 4);
        await this.#attempt(connection, isKilled ? this.#random.between(0, 30) : Number.POSITIVE_INFINITY);
      }
      if (pauses && this.#random.chance(0.3)) this.#pass(25 * 3600);
    }
    this.#quiet = true;
    this.#calm = this.#world.now;
    this.#settle();
    for (const connection of this.#connections) {
      const problem = await this.#clean(connection);
      if (problem !== undefined) return {excused: 0, skipped: problem, requests: this.#requests};
    }
    const excused = everythingArrived(
      this.#world,
      this.#connections.map(({destinations}) => destinations),
      this.#calm,
    );
    await this.#again();
    return {excused, requests: this.#requests};
  }

  /** Until every change can be seen and lies before what the coarsest format calls now. */
  #settle(): void {
    const {late, delay, skew, convert, kind} = this.#of;
    const grain = convert === 'minutes' ? 60_000_000 : kind === 'none' ? 0 : kinds[kind].grain;
    this.#world.now += 2 * grain + (late + 8 * delay + Math.abs(skew) + 3) * this.#world.tick;
    this.#tell();
  }

  #pass(seconds: number): void {
    this.#world.now += seconds * 1_000_000;
    this.#tell();
  }

  /** Our clock follows the API's, off by the skew. */
  #tell(): void {
    this.#clock.time = Math.floor((this.#world.now - this.#of.skew * this.#world.tick) / 1000);
  }

  #between(): void {
    if (!this.#mutable || (this.#interrupted.size > 0 && !isProtected(this.#of))) return;
    const changes = this.#random.between(0, 2 * this.#of.busy);
    for (let i = 0; i < changes; i++) this.#change();
    this.#world.pass(this.#random.between(0, 10));
    this.#tell();
  }

  #change(): void {
    this.#world.change(this.#interrupted.size > 0 || this.#running);
  }

  /** The last run, which nothing disturbs: of `overwrite` a job of its own. A reason where the scenario itself forbids it. */
  async #clean(connection: Connection): Promise<string | undefined> {
    this.#job++;
    if (this.#of.mode === 'overwrite' && this.#random.chance(0.5)) {
      await this.#attempt(connection, this.#random.between(0, 20));
      await this.#attempt(connection, this.#random.between(0, 20));
    }
    for (;;) {
      // What was interrupted is finished first: changes behind its position come with the run after it.
      const resumes =
        this.#of.mode === 'incremental' &&
        [...connection.destinations.values()].some(
          ({state}) => state !== undefined && printExact(state).includes('"resume"'),
        );
      const {errors} = await this.#attempt(connection, Number.POSITIVE_INFINITY);
      const [error] = errors;
      if (error !== undefined) return this.#hopeless(error);
      if (!resumes) return undefined;
    }
  }

  #hopeless(error: unknown): string {
    if (hopeless.test(String(error))) return String(error);
    throw error;
  }

  async #attempt(connection: Connection, lines: number): Promise<Attempted> {
    const {mode, width} = this.#of;
    const run = ++this.#run;
    if (!this.#quiet && this.#random.chance(0.5)) this.#job++;
    const abort = new AbortController();
    const log = this.#log();
    const plans = this.#plans(connection, abort, run);
    const requests = [...connection.destinations].map(([name, destination]): StreamRequest => {
      destination.begin(this.#job);
      const isIncremental = destination.mode === 'incremental';
      return {
        name,
        mode: isIncremental ? 'incremental' : 'full_refresh',
        state: destination.state,
        syncId: this.#job + 1,
        overwrite: destination.mode === 'overwrite',
      };
    });
    this.#note(() => `run ${run} (job ${this.#job}) of ${mode}, killed after ${lines} lines`);
    this.#running = true;
    this.#left = 20;
    this.#ticks = 40;
    const done = await attempt({
      plans,
      requests,
      destinations: connection.destinations,
      random: this.#random,
      clock: this.#clock,
      log,
      abort,
      lines,
      every: this.#random.between(1, 2 * width),
      throughHost: (state) => throughHost(state, this.#of.host),
      newness: (n) => this.#world.newness(n),
    });
    this.#running = false;
    abort.abort(new Error('over'));
    if (done.killed || done.errors.length > 0) this.#interrupted.add(connection);
    else this.#interrupted.delete(connection);
    for (const error of done.errors) this.#expected(error);
    for (const [name, {state, committed}] of connection.destinations)
      this.#note(
        () =>
          `  ${name}: ${committed.map(({id, n}) => `${id}@${n}`).join(' ')} ${state === undefined ? 'no state' : printExact(state)}`,
      );
    return done;
  }

  /** Failures that were injected, or that an API that shifts under a walk may cause. */
  #expected(error: unknown): void {
    this.#note(() => `  ${String(error)}`);
    const text = error instanceof ConnectorError ? error.message : '';
    if (hopeless.test(text) || /500 for|its parent parents could not be read/.test(text)) return;
    const isShifting = this.#world.disturbed && (shifts(this.#of) || this.#of.levels > 1);
    if (isShifting && /the records of the page before again|416 for|404 for/.test(text)) return;
    // A child that vanishes between two of its pages, a token that a later run may not use.
    if (!this.#quiet && /404 for/.test(text)) return;
    throw error;
  }

  #plans({open}: Connection, abort: AbortController, run: number): ReadonlyMap<string, StreamPlan> {
    return open({
      clock: this.#clock,
      signal: abort.signal,
      date: () => Math.floor(this.#world.now / 1_000_000) * 1000,
      wire: (asked, onWait) => this.#wire(asked, onWait, run),
    });
  }

  #log() {
    const say = (level: string) => (text: string) => this.#note(() => `  ${level} ${text}`);
    return {debug: () => undefined, info: say('info'), warn: say('warn'), error: say('error')};
  }

  #note(text: () => string): void {
    this.#journal?.(text());
  }

  /** How many ticks it were: none or one. */
  #tickOn(): number {
    const ticks = this.#random.between(0, 1);
    this.#world.pass(ticks);
    return ticks;
  }

  async #wire(asked: Asked, onWait: (until: number) => void, run: number): Promise<Served | 'failure'> {
    const {busy, failing, ignored, seed} = this.#of;
    const random = this.#random;
    this.#requests++;
    for (let ticks = random.between(0, 4); ticks > 0; ticks--) await Promise.resolve();
    // A request of a run that is over changes nothing any more.
    if (run !== this.#run || !this.#running) return 'failure';
    if (!this.#quiet) {
      const changes = this.#left > 0 && this.#mutable && isProtected(this.#of) && random.chance(busy / 6);
      if (changes) {
        this.#left--;
        this.#change();
      }
      if (random.chance(0.05)) onWait(this.#clock.now() + 1000);
      if (failing > 0 && random.chance(failing / 30)) {
        this.#note(() => `  ${asked.url.pathname}${asked.url.search} failed`);
        return ignored && asked.url.pathname.endsWith('items') && seed % 3 > 0 ? {status: 503, body: '{}'} : 'failure';
      }
      if (this.#ticks > 0) this.#ticks -= this.#tickOn();
    }
    this.#tell();
    const served = answer(this.#world, asked, run);
    this.#note(
      () =>
        `  ${asked.url.pathname}${asked.url.search} ${JSON.stringify(asked.values)} ${served.status} ${served.body}`,
    );
    for (let ticks = random.between(0, 4); ticks > 0; ticks--) await Promise.resolve();
    return served;
  }

  /** Nothing has changed: another run brings nothing, but for what it cannot tell. */
  async #again(): Promise<void> {
    const {mode, kind, lag, missing} = this.#of;
    if (mode !== 'incremental' || kind === 'none' || lag > 0 || missing) return;
    // Above the caps rows at a cursor, or all of them, come again.
    if (this.#world.parents.size > Math.min(mostPartitions, mostUntimed)) return;
    for (const connection of this.#connections) {
      await this.#clean(connection);
      const rows = connection.destinations.get('items')?.committed ?? [];
      if (rows.length > 0) throw new Error(`${rows.length} rows came again`);
    }
  }
}
