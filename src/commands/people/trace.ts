import {AsyncLocalStorage} from 'node:async_hooks';
import {isJsonObject} from '../../config/schema/values.js';
import type {Answer, Attempt, Send} from '../../http/answer.js';
import type {RequestSpec} from '../../http/request.js';
import type {Next, Paginator, Position} from '../../pagination/paginator.js';
import {verdictEnd} from '../../pagination/verdict-end.js';
import type {Slice, StreamPlan} from '../../stream/stream-plan.js';
import type {Limits} from './limits.js';
import type {SentRecord, WalkRecord} from './walk-record.js';

/** Thrown where a walk would begin that the limit of partitions leaves out: everything before it stands. */
export class PartitionLimit extends Error {
  constructor(partitions: number) {
    super(`stopped by --partitions ${partitions}; more follow`);
  }
}

/** What happens, as it happens. */
export interface TraceListener {
  attempt(attempt: Attempt, sent: SentRecord | undefined): void;
  page(sent: SentRecord, answer: Answer): void;
  ended(walk: WalkRecord): void;
}

/**
 * Looks on while the engine reads, and ends its walks where a limit is reached. The engine's own plans do all the work: what
 * is sent up to a limit is what `read` sends.
 */
export class Trace {
  readonly walks: WalkRecord[] = [];
  /** Streams of which the limit of partitions left some out. */
  readonly cut = new Set<string>();
  /** Token and login requests. */
  readonly credentials: Attempt[] = [];
  readonly #limits: Limits;
  readonly #keepBodies: boolean;
  readonly #counts = new Map<string, number>();
  readonly #listener: TraceListener;
  readonly #current = new AsyncLocalStorage<SentRecord>();
  readonly #baseOf = new WeakMap<WalkRecord, RequestSpec>();
  readonly #walkOf = new WeakMap<RequestSpec, WalkRecord>();
  readonly #positionOf = new WeakMap<RequestSpec, Position>();
  readonly #sentOf = new WeakMap<Answer, SentRecord>();

  /** `keepBodies`: they are wanted afterwards; of many pages they would fill the memory. */
  constructor(limits: Limits, listener: TraceListener, {keepBodies = false}: {readonly keepBodies?: boolean} = {}) {
    this.#keepBodies = keepBodies;
    this.#limits = limits;
    this.#listener = listener;
  }

  /** For `Effects.observe`. */
  readonly observe = (attempt: Attempt): void => {
    const sent = this.#current.getStore();
    if (attempt.purpose !== 'data') this.credentials.push(attempt);
    else sent?.attempts.push(this.#keepBodies ? attempt : {...attempt, body: undefined});
    this.#listener.attempt(attempt, sent);
  };

  /** The same plans, watched; children read from watched parents. */
  plans(plans: ReadonlyMap<string, StreamPlan>): ReadonlyMap<string, StreamPlan> {
    const watched = new Map<string, StreamPlan>();
    for (const [name, plan] of plans) {
      const parent = plan.parent && {...plan.parent, plan: watched.get(plan.parent.plan.name) ?? plan.parent.plan};
      watched.set(name, this.#watch({...plan, ...(parent && {parent})}));
    }
    return watched;
  }

  walksOf(stream: string): readonly WalkRecord[] {
    return this.walks.filter((walk) => walk.stream === stream);
  }

  #watch(plan: StreamPlan): StreamPlan {
    const slices = new Set<string>();
    return {
      ...plan,
      request: async (slice) => {
        const walk = this.#begin(plan, slice, slices);
        const base = {...(await plan.request(slice))};
        this.#walkOf.set(base, walk);
        this.#baseOf.set(walk, base);
        return base;
      },
      paginator: this.#paginator(plan),
      send: this.#send(plan),
    };
  }

  #begin(plan: StreamPlan, slice: Slice, slices: Set<string>): WalkRecord {
    const isSplit = plan.parent !== undefined || plan.cursor?.step !== undefined;
    slices.add(JSON.stringify([slice.parent?.values, String(slice.since?.json), String(slice.until?.json)]));
    if (isSplit && slices.size > this.#limits.partitions) {
      this.cut.add(plan.name);
      throw new PartitionLimit(this.#limits.partitions);
    }
    const number = (this.#counts.get(plan.name) ?? 0) + 1;
    this.#counts.set(plan.name, number);
    const walk: WalkRecord = {stream: plan.name, number, slice, sent: [], pages: 0, rows: 0, ended: undefined};
    this.walks.push(walk);
    return walk;
  }

  #send({name, send, paginator, parent}: StreamPlan): Send {
    return (spec, options) => {
      const walk = this.#walkOf.get(spec);
      const number = (walk?.sent.length ?? 0) + 1;
      const sent: SentRecord = {
        stream: name,
        walk,
        number,
        spec,
        attempts: [],
        waited: 0,
        answered: undefined,
        settled: undefined,
        next: undefined,
      };
      walk?.sent.push(sent);
      return this.#current.run(sent, async () => {
        const answer = await send(spec, options);
        sent.waited = sent.attempts.reduce((sum, {wait}) => sum + (wait ?? 0), 0);
        const {status, rows, bytes, verdict} = answer;
        sent.answered = {status, rows, bytes, verdict};
        if (answer.settled) sent.settled = answer.selector.text;
        this.#sentOf.set(answer, sent);
        if (walk !== undefined && verdict !== 'page') {
          const resumed = options.resumed === true;
          const end = verdictOf(answer, {
            resumed,
            firstPage: walk.pages === 0 && !resumed,
            child: parent !== undefined,
            numbered: paginator.numbered?.(this.#positionOf.get(spec) ?? paginator.start) === true,
          });
          if (end !== undefined) this.#end(walk, 'api', end);
        }
        return answer;
      });
    };
  }

  #paginator({paginator: inner}: StreamPlan): Paginator {
    const {ahead, numbered, repeated, totalItems, learnt} = inner;
    return {
      type: inner.type,
      start: inner.start,
      facts: inner.facts,
      resumable: inner.resumable,
      request: (base, at) => this.#request(inner, base, at),
      next: (at, answer) => this.#next(inner, at, answer),
      ...(ahead && {
        ahead: (at: Position, answer: Answer, count: number) =>
          inner.ahead?.(at, answer, count).slice(0, this.#pagesLeft(answer)) ?? [],
      }),
      ...(numbered && {numbered: (at: Position) => inner.numbered?.(at) === true}),
      ...(repeated && {
        repeated: (at: Position, answer: Answer, what: 'position' | 'records') => {
          const next = inner.repeated?.(at, answer, what);
          if (next === undefined) return next;
          const walk = this.#sentOf.get(answer)?.walk;
          if (walk !== undefined && next.drop !== undefined) walk.rows -= answer.rows;
          this.#note(answer, next);
          return next;
        },
      }),
      ...(totalItems && {totalItems: (answer: Answer) => inner.totalItems?.(answer)}),
      ...(learnt && {learnt: (at: Position) => inner.learnt?.(at)}),
    };
  }

  #request(inner: Paginator, base: RequestSpec, at: Position): RequestSpec {
    const spec = {...inner.request(base, at)};
    const walk = this.#walkOf.get(base);
    if (walk !== undefined) this.#walkOf.set(spec, walk);
    this.#positionOf.set(spec, at);
    return spec;
  }

  #next(inner: Paginator, at: Position, answer: Answer): Next {
    const next = inner.next(at, answer);
    const sent = this.#sentOf.get(answer);
    const walk = sent?.walk;
    if (sent === undefined || walk === undefined) return next;
    if (answer.verdict === 'page') {
      walk.pages += 1;
      if (next.drop === undefined) walk.rows += answer.rows;
    }
    if ('go' in next) {
      const {as} = next.go;
      const base = this.#baseOf.get(walk) ?? sent.spec;
      sent.next = {spec: inner.request(base, next.go), by: isJsonObject(as) ? as : {type: inner.type}};
    }
    if (answer.verdict === 'page') this.#listener.page(sent, answer);
    const limit = 'go' in next ? this.#limitOf(walk) : undefined;
    if (limit === undefined) {
      this.#note(answer, next);
      return next;
    }
    this.#end(walk, 'limit', limit);
    const {drop, notes} = next;
    return {end: limit, ...(drop !== undefined && {drop}), ...(notes && {notes})};
  }

  #limitOf({pages, rows}: WalkRecord): string | undefined {
    if (pages >= this.#limits.pages) return `stopped by --pages ${this.#limits.pages}; more follow`;
    if (rows >= this.#limits.records) return `stopped by --records ${this.#limits.records}; more follow`;
    return undefined;
  }

  #pagesLeft(answer: Answer): number {
    const walk = this.#sentOf.get(answer)?.walk;
    if (walk === undefined) return 1;
    const byRows = Math.ceil((this.#limits.records - walk.rows) / Math.max(1, answer.rows));
    return Math.max(1, Math.min(this.#limits.pages - walk.pages, byRows));
  }

  #note(answer: Answer, next: Next): void {
    const walk = this.#sentOf.get(answer)?.walk;
    if (walk !== undefined && 'end' in next) this.#end(walk, next.error === undefined ? 'api' : 'failed', next.end);
  }

  #end(walk: WalkRecord, kind: 'api' | 'limit' | 'failed', reason: string): void {
    if (walk.ended !== undefined) return;
    walk.ended = {kind, reason};
    this.#listener.ended(walk);
  }
}

/** Why the answer's verdict ends the walk; undefined where the paginator decides, or where it fails. */
function verdictOf(answer: Answer, standing: Parameters<typeof verdictEnd>[1]): string | undefined {
  try {
    return verdictEnd(answer, standing)?.reason;
  } catch {
    return undefined;
  }
}
