/** One body's share of the budget. */
export interface BodyShare {
  /** Takes `bytes` more, if there is room. */
  take(bytes: number): boolean;
  /** Takes `bytes` more; waits while there is no room, its socket being paused then. Rejects when the signal aborts. */
  grow(bytes: number, signal: AbortSignal): Promise<void>;
  /** Gives everything back. */
  close(): void;
}

export interface BodyBudget {
  open(): BodyShare;
  /**
   * Counts a page that is being written, which needs nothing but its reader to be done with. Only while there is none may a body
   * go beyond the budget. Returns what gives it back.
   */
  hold(bytes: number): () => void;
}

/** Bytes that all bodies in flight may have together: `max_response_bytes`, at most a quarter of the memory limit, if any. */
export function bodyBudgetBytes(maxResponseBytes: number, memoryLimit: number | undefined): number {
  // Without a limit Node reports 0 or a number beyond any machine's memory.
  if (memoryLimit === undefined || memoryLimit <= 0 || memoryLimit > 2 ** 50) return maxResponseBytes;
  return Math.min(maxResponseBytes, Math.floor(memoryLimit / 4));
}

/**
 * Bounds the sum of the bodies that are being received, and of the pages that are being written (architecture, Budgets). Of the
 * bodies whoever began first waits for pages alone, so one may use it all and no two can wait for each other; the sum exceeds
 * `limit` at most by that one.
 */
export function createBodyBudget(limit: number): BodyBudget {
  /** In order of their first byte. */
  const shares = new Map<BodyShare, {held: number; wake: (() => void) | undefined}>();
  let sum = 0;
  /** Of `sum`, what is being written. */
  let written = 0;

  const wakeAll = (): void => {
    for (const share of shares.values()) share.wake?.();
  };
  const isOldest = (share: BodyShare): boolean => shares.keys().next().value === share;

  const open = (): BodyShare => {
    const state: {held: number; wake: (() => void) | undefined} = {held: 0, wake: undefined};
    const share: BodyShare = {
      take(bytes) {
        if (!shares.has(share)) shares.set(share, state);
        if (sum + bytes > limit && (written > 0 || !isOldest(share))) return false;
        state.wake = undefined;
        state.held += bytes;
        sum += bytes;
        return true;
      },
      async grow(bytes, signal) {
        while (!share.take(bytes)) {
          await new Promise<void>((resolve, reject) => {
            const stop = (): void => reject(signal.reason);
            signal.addEventListener('abort', stop, {once: true});
            state.wake = () => {
              signal.removeEventListener('abort', stop);
              resolve();
            };
            if (signal.aborted) stop();
          });
        }
      },
      close() {
        sum -= state.held;
        state.held = 0;
        shares.delete(share);
        wakeAll();
      },
    };
    return share;
  };
  const hold = (bytes: number): (() => void) => {
    sum += bytes;
    written += bytes;
    return () => {
      sum -= bytes;
      written -= bytes;
      wakeAll();
    };
  };
  return {open, hold};
}
