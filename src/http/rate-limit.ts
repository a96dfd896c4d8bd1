/** `rate_limit`: at most `requests` in any `per` ms. */
export interface RateLimit {
  readonly requests: number;
  readonly per: number;
}

/** Remembers when requests left, to know when the next one may. */
export interface RateWindow {
  /** Epoch ms from which one more request keeps within the limit; in the past while there is allowance. */
  readyAt(): number;
  /** A request leaves now. */
  take(now: number): void;
}

/**
 * A sliding window: the n-th request after another leaves at least `per` ms after it, so no window of that length ever has
 * more than `requests`, and none waits while there is allowance left.
 */
export function createRateWindow(limit: RateLimit): RateWindow {
  /** A ring of the last departures, as many as are allowed. */
  const departures: number[] = [];
  let next = 0;
  return {
    readyAt: () => (departures.length < limit.requests ? 0 : (departures[next] ?? 0) + limit.per),
    take(now) {
      departures[next] = now;
      next = (next + 1) % limit.requests;
    },
  };
}
