interface Flight<T> {
  readonly result: Promise<T>;
  readonly stop: AbortController;
  waiting: number;
}

/**
 * Runs `work` once for all who ask while it runs. Whoever aborts leaves alone; the work is aborted when the last one left. It
 * may come to its end all the same: no second one runs beside it, and who asks meanwhile gets what it brings.
 */
export function singleFlight<T>(work: (signal: AbortSignal) => Promise<T>): (signal: AbortSignal) => Promise<T> {
  let flight: Flight<T> | undefined;

  const begin = (): Flight<T> => {
    const stop = new AbortController();
    const started = {result: work(stop.signal), stop, waiting: 0};
    const clear = (): void => {
      flight = undefined;
    };
    started.result.then(clear, clear);
    return started;
  };

  const join = (joined: Flight<T>, signal: AbortSignal): Promise<T> => {
    joined.waiting += 1;
    return new Promise<T>((resolve, reject) => {
      const leave = (): void => {
        reject(signal.reason);
        joined.waiting -= 1;
        if (joined.waiting === 0) joined.stop.abort(signal.reason);
      };
      signal.addEventListener('abort', leave, {once: true});
      const settle = (): void => signal.removeEventListener('abort', leave);
      joined.result.finally(settle).then(resolve, reject);
    });
  };

  return async (signal) => {
    signal.throwIfAborted();
    while (flight?.stop.signal.aborted === true) {
      try {
        return await join(flight, signal);
      } catch {
        signal.throwIfAborted();
      }
    }
    flight ??= begin();
    return join(flight, signal);
  };
}
