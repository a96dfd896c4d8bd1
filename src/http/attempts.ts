import {setMaxListeners} from 'node:events';
import {Again} from './again.js';
import type {Attempt, Observe, RequestStats} from './answer.js';
import {type Exchange, type ExchangeOptions, exchange, toAttempt, type Wire} from './exchange.js';
import {repeat} from './repeat.js';
import type {RequestSpec} from './request.js';
import {backoff, leastNamed, namedWait, type RetryPolicy} from './retry-wait.js';
import {TransportError} from './transport-error.js';

/** Whose attempts these are, and how often and how long they go on. */
export interface Course {
  readonly wire: Wire;
  readonly retry: RetryPolicy;
  /** ms that the server may make one request wait in sum. */
  readonly maxWait: number;
  /** It is the command's: check and discover have little time. */
  readonly hurried: boolean;
  readonly stream: string;
  readonly purpose: Attempt['purpose'];
  readonly stats: RequestStats;
  readonly observe: Observe | undefined;
}

/** Why there is no further attempt: the retries are used up after `tries`, or the server named a wait that is too long. */
export interface Last {
  readonly tries: number;
  /** Epoch ms at which the server would answer again. */
  readonly until: number | undefined;
}

/** What is made of an exchange: `retry`, unless it is the last one. */
export type Verdict<T> = (last: Last | undefined) => T | 'retry';

/** Decodes an exchange once; its verdict may be asked twice. */
type Look<T> = (done: Exchange) => Verdict<T> | Promise<Verdict<T>>;

interface Options {
  readonly signal: AbortSignal;
  readonly onWait: (until: number) => void;
}

/**
 * Attempts until one is accepted: permit, credentials, transport, verdict, then the wait (config-language §2). A wait that the
 * server names uses up no retry and pauses its host for all. A status in the authenticator's `refreshOn` gets fresh
 * credentials once, within the attempt.
 */
export function attempts<T>(request: RequestSpec, course: Course, options: Options, look: Look<T>): Promise<T> {
  // One signal serves every request in flight: Node would take its many listeners for a leak.
  setMaxListeners(0, options.signal);
  const all = new Attempts(request, course, options, look);
  return repeat(() => all.next());
}

/** The attempts of one request, and what they have used up so far. Every page has them: methods, for closures would cost more. */
class Attempts<T> implements ExchangeOptions {
  readonly signal: AbortSignal;
  readonly onWait: (until: number) => void;
  readonly #request: RequestSpec;
  readonly #course: Course;
  readonly #look: Look<T>;
  #tries = 0;
  #retries = 0;
  #waited = 0;
  #namedWaits = 0;
  #refreshed = false;
  /** Start of the last body, where it is observed. */
  #body: Buffer | undefined;

  constructor(request: RequestSpec, course: Course, {signal, onWait}: Options, look: Look<T>) {
    this.signal = signal;
    this.onWait = onWait;
    this.#request = request;
    this.#course = course;
    this.#look = look;
  }

  /** Throws Again where another one is to follow. */
  async next(): Promise<T> {
    this.#tries += 1;
    let done = await this.#exchanged();
    if (this.#asksForCredentials(done) && (await this.#refresh(done))) {
      this.#report(done, 0);
      done = await this.#exchanged();
    }
    const looked = this.#look(done);
    const verdict = looked instanceof Promise ? await looked : looked;
    let result: ReturnType<typeof verdict>;
    try {
      result = verdict(undefined);
    } catch (error) {
      this.#report(done);
      throw error;
    }
    if (result !== 'retry') {
      this.#report(done);
      return result;
    }
    const next = this.#nextWait(done);
    if ('wait' in next) {
      this.#report(done, next.wait);
      throw new Again(() => this.#pause(done, next.wait, next.named));
    }
    this.#report(done);
    const final = verdict(next);
    if (final === 'retry') throw new Error('the last attempt was not judged as the last');
    return final;
  }

  onRedirect(redirect: Exchange): void {
    this.#arrived(redirect);
    this.#report(redirect);
  }

  onPermit(ms: number): void {
    this.#course.stats.waitedMs += ms;
  }

  async #exchanged(): Promise<Exchange> {
    const done = await exchange(this.#request, this.#course.wire, this);
    this.#arrived(done);
    return done;
  }

  #arrived({outcome}: Exchange): void {
    const {stats, observe, purpose} = this.#course;
    stats.requests += 1;
    this.#body = undefined;
    if (outcome instanceof TransportError) return;
    stats.bytes += outcome.body.length;
    if (observe === undefined || (observe.detail ?? 'bodies') !== 'bodies' || purpose !== 'data') return;
    // A copy: the decoder rewrites line breaks in place, and a slice would keep the whole body. Tokens are not shown.
    this.#body = Buffer.from(outcome.body.subarray(0, 65_536));
  }

  #report(done: Exchange, wait?: number): void {
    const {observe, stream, purpose} = this.#course;
    if (observe === undefined || (observe.detail === 'waits' && wait === undefined)) return;
    observe(toAttempt(done, {stream, purpose, retry: this.#tries - 1, wait, body: this.#body}));
  }

  #asksForCredentials({outcome}: Exchange): boolean {
    const {refresh, refreshOn} = this.#course.wire.authenticator;
    if (this.#refreshed || refresh === undefined || outcome instanceof TransportError) return false;
    return refreshOn.includes(outcome.status);
  }

  async #refresh({sent}: Exchange): Promise<boolean> {
    this.#refreshed = true;
    return (await this.#course.wire.authenticator.refresh?.(sent, this.signal)) === true;
  }

  /** ms to wait before the next attempt, or why there is none. */
  #nextWait({outcome}: Exchange): {readonly wait: number; readonly named: number | undefined} | Last {
    const {wire, retry, maxWait} = this.#course;
    const named =
      outcome instanceof TransportError ? undefined : namedWait(outcome.status, outcome.headers, wire.clock.now());
    if (named !== undefined) {
      const wait = Math.max(named, leastNamed(this.#namedWaits));
      this.#namedWaits += 1;
      this.#waited += wait;
      if (this.#waited <= maxWait) return {wait, named};
      return {tries: this.#tries, until: wire.clock.now() + wait};
    }
    this.#retries += 1;
    if (this.#retries > retry.maxRetries) return {tries: this.#tries, until: undefined};
    return {wait: backoff(retry, this.#retries), named: undefined};
  }

  /** `named`: what the server asked for, of all; this request may wait longer. */
  async #pause({host}: Exchange, wait: number, named: number | undefined): Promise<void> {
    const {stats, wire} = this.#course;
    stats.retries += 1;
    stats.waitedMs += wait;
    if (named !== undefined) {
      const now = wire.clock.now();
      wire.limits.pauseUntil(host, now + named);
      this.onWait(now + wait);
    }
    await wire.clock.sleep(wait, this.signal);
  }
}
