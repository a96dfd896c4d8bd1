/** The only source of time. Tests hand in their own. */
export interface Clock {
  /** Epoch ms. */
  now(): number;
  /** Resolves after `ms`; rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls `action` after `ms`, unless what it returns is called first: a limit, where a sleep is a wait. */
  after(ms: number, action: () => void): () => void;
}

/** Timers count in signed 32 bits: longer waits would fire at once. */
const longestTimer = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason);
        return;
      }
      const onAbort = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(
        () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
        Math.min(Math.max(ms, 0), longestTimer),
      );
      signal?.addEventListener('abort', onAbort, {once: true});
    }),
  after: (ms, action) => {
    const timer = setTimeout(action, Math.min(Math.max(ms, 0), longestTimer));
    return () => clearTimeout(timer);
  },
};

/**
 * Resolves once the requests asked for in this turn of the event loop are handed to the system. Until then they pass through
 * several promises: whoever goes on at once does its work before the request leaves, and not while it is answered.
 */
export const departed = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));
