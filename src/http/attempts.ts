import {setMaxListeners} from 'node:events';
import {Again} from './again.js';
import type {Attempt, Observe, RequestStats} from './answer.js';
import {type Exchange, exchange, toAttempt, type Wire} from './exchange.js';
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

interface Options {
  readonly signal: AbortSignal;
  readonly onWait: (until: number) => void;
}

/**
 * Attempts until one is accepted: permit, credentials, transport, verdict, then the wait (config-language §2). A wait that the
 * server names uses up no retry and pauses its host for all. `look` decodes an exchange once; its verdict may be asked twice.
 * A status in the authenticator's `refreshOn` gets fresh credentials once, within the attempt.
 */
export function attempts<T>(
  request: RequestSpec,
  course: Course,
  options: Options,
  look: (done: Exchange) => Promise<Verdict<T>>,
): Promise<T> {
  const {wire, stats} = course;
  // One signal serves every request in flight: Node would take its many listeners for a leak.
  setMaxListeners(0, options.signal);
  let tries = 0;
  let retries = 0;
  let waited = 0;
  let namedWaits = 0;
  let refreshed = false;

  let body: Buffer | undefined;

  const {stream, purpose} = course;
  const report = (done: Exchange, wait?: number): void => {
    if (course.observe?.detail === 'waits' && wait === undefined) return;
    course.observe?.(toAttempt(done, {stream, purpose, retry: tries - 1, wait, body}));
  };
  const arrived = ({outcome}: Exchange): void => {
    stats.requests += 1;
    body = undefined;
    if (outcome instanceof TransportError) return;
    stats.bytes += outcome.body.length;
    // A copy: the decoder rewrites line breaks in place, and a slice would keep the whole body. Tokens are not shown.
    const {detail = 'bodies'} = course.observe ?? {detail: 'waits'};
    if (detail === 'bodies' && purpose === 'data') body = Buffer.from(outcome.body.subarray(0, 65_536));
  };
  const run = async (): Promise<Exchange> => {
    const done = await exchange(request, wire, {
      ...options,
      onRedirect: (redirect) => {
        arrived(redirect);
        report(redirect);
      },
      onPermit: (ms) => {
        stats.waitedMs += ms;
      },
    });
    arrived(done);
    return done;
  };
  const withFreshCredentials = async (): Promise<Exchange> => {
    const done = await run();
    const {authenticator} = wire;
    if (refreshed || authenticator.refresh === undefined || done.outcome instanceof TransportError) return done;
    if (!authenticator.refreshOn.includes(done.outcome.status)) return done;
    refreshed = true;
    if (!(await authenticator.refresh(done.sent, options.signal))) return done;
    report(done, 0);
    return run();
  };
  /** ms to wait before the next attempt, or why there is none. */
  const nextWait = (done: Exchange): {readonly wait: number; readonly named: number | undefined} | Last => {
    const {outcome} = done;
    const named =
      outcome instanceof TransportError ? undefined : namedWait(outcome.status, outcome.headers, wire.clock.now());
    if (named !== undefined) {
      const wait = Math.max(named, leastNamed(namedWaits));
      namedWaits += 1;
      waited += wait;
      if (waited <= course.maxWait) return {wait, named};
      return {tries, until: wire.clock.now() + wait};
    }
    retries += 1;
    if (retries > course.retry.maxRetries) return {tries, until: undefined};
    return {wait: backoff(course.retry, retries), named: undefined};
  };
  /** `named`: what the server asked for, of all; this request may wait longer. */
  const pause = async (done: Exchange, wait: number, named: number | undefined): Promise<void> => {
    stats.retries += 1;
    stats.waitedMs += wait;
    if (named !== undefined) {
      const now = wire.clock.now();
      wire.limits.pauseUntil(done.host, now + named);
      options.onWait(now + wait);
    }
    await wire.clock.sleep(wait, options.signal);
  };

  return repeat(async () => {
    tries += 1;
    const done = await withFreshCredentials();
    const verdict = await look(done);
    let result: ReturnType<typeof verdict>;
    try {
      result = verdict(undefined);
    } catch (error) {
      report(done);
      throw error;
    }
    if (result !== 'retry') {
      report(done);
      return result;
    }
    const next = nextWait(done);
    if ('wait' in next) {
      report(done, next.wait);
      throw new Again(() => pause(done, next.wait, next.named));
    }
    report(done);
    const final = verdict(next);
    if (final === 'retry') throw new Error('the last attempt was not judged as the last');
    return final;
  });
}
