import type {Clock} from '../clock.js';
import {createRateWindow, type RateLimit, type RateWindow} from './rate-limit.js';

interface Acquire {
  /** host:port the request goes to. */
  readonly host: string;
  readonly signal: AbortSignal;
  /** Called when the wait is one for quota (ours, or one that the server named) of `longWait` or more, until epoch ms. */
  readonly onWait: (until: number) => void;
}

/** Permits for requests, first come first served. */
export interface Limits {
  /** Waits for a permit and returns what gives it back; rejects with the signal's reason. */
  acquire(request: Acquire): Promise<() => void>;
  /** A wait that the server named: nothing more leaves for this host before. */
  pauseUntil(host: string, time: number): void;
  /** The same permits, under a budget of an endpoint's own as well. */
  within(limit: RateLimit): Limits;
}

/** Waits for quota shorter than this, in ms, are not worth a status message. */
const longWait = 5_000;

interface Waiter {
  readonly request: Acquire;
  readonly windows: readonly RateWindow[];
  announced: number;
  grant(): void;
}

/**
 * One for the whole sync: `concurrency` requests in flight, `rate` for all streams together, pauses per host. A request whose
 * own host or endpoint has to wait lets others pass; a permit and the quota are taken together, so neither lies idle.
 */
export function createLimits(options: {
  readonly clock: Clock;
  readonly concurrency: number;
  readonly rate?: RateLimit;
}): Limits {
  const {clock} = options;
  const shared = options.rate === undefined ? [] : [createRateWindow(options.rate)];
  const pauses = new Map<string, number>();
  const queue: Waiter[] = [];
  let free = options.concurrency;
  let timer: {readonly at: number; readonly stop: AbortController} | undefined;

  const readyAt = (waiter: Waiter): number =>
    Math.max(pauses.get(waiter.request.host) ?? 0, ...waiter.windows.map((window) => window.readyAt()));

  const release = (): void => {
    free += 1;
    serve();
  };

  const serve = (): void => {
    const now = clock.now();
    let wake = Number.POSITIVE_INFINITY;
    for (const waiter of [...queue]) {
      const at = readyAt(waiter);
      if (at > now) {
        wake = Math.min(wake, at);
        announce(waiter, at, now);
      } else if (free > 0) {
        free -= 1;
        for (const window of waiter.windows) window.take(now);
        remove(waiter);
        waiter.grant();
      }
    }
    wakeAt(wake);
  };

  const announce = (waiter: Waiter, at: number, now: number): void => {
    if (at - now < longWait || waiter.announced >= at) return;
    waiter.announced = at;
    waiter.request.onWait(at);
  };

  const remove = (waiter: Waiter): void => {
    const index = queue.indexOf(waiter);
    if (index >= 0) queue.splice(index, 1);
  };

  /** One timer, for the earliest moment at which somebody may go; none while nobody waits, so that the process can end. */
  const wakeAt = (time: number): void => {
    if (timer?.at === time) return;
    timer?.stop.abort();
    timer = undefined;
    if (time === Number.POSITIVE_INFINITY) return;
    const stop = new AbortController();
    timer = {at: time, stop};
    clock.sleep(Math.max(time - clock.now(), 0), stop.signal).then(
      () => {
        if (timer?.stop === stop) timer = undefined;
        serve();
      },
      () => undefined,
    );
  };

  const enter = (request: Acquire, windows: readonly RateWindow[]): Promise<() => void> => {
    const isIdle = queue.length === 0 && free > 0 && pauses.size === 0 && windows.length === 0;
    if (isIdle && !request.signal.aborted) {
      free -= 1;
      return Promise.resolve(once(release));
    }
    return wait(request, windows);
  };

  const wait = (request: Acquire, windows: readonly RateWindow[]): Promise<() => void> =>
    new Promise((resolve, reject) => {
      const {signal} = request;
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      const onAbort = (): void => {
        remove(waiter);
        reject(signal.reason);
        serve();
      };
      const waiter: Waiter = {
        request,
        windows,
        announced: 0,
        grant: () => {
          signal.removeEventListener('abort', onAbort);
          resolve(once(release));
        },
      };
      signal.addEventListener('abort', onAbort, {once: true});
      queue.push(waiter);
      serve();
    });

  const limitsOver = (windows: readonly RateWindow[]): Limits => ({
    acquire: (request) => enter(request, windows),
    pauseUntil(host, time) {
      pauses.set(host, Math.max(pauses.get(host) ?? 0, time));
      serve();
    },
    within: (limit) => limitsOver([...windows, createRateWindow(limit)]),
  });
  return limitsOver(shared);
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    action();
  };
}
