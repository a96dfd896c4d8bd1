/**
 * Runs `work` once for all who ask while it runs. Whoever aborts leaves alone; the work is aborted when the last one left.
 */
export function singleFlight<T>(work: (signal: AbortSignal) => Promise<T>): (signal: AbortSignal) => Promise<T> {
  let flight: {readonly result: Promise<T>; readonly stop: AbortController; waiting: number} | undefined;

  const begin = () => {
    const stop = new AbortController();
    const started = {result: work(stop.signal), stop, waiting: 0};
    const clear = (): void => {
      if (flight === started) flight = undefined;
    };
    started.result.then(clear, clear);
    return started;
  };

  return (signal) => {
    if (signal.aborted) return Promise.reject(signal.reason);
    flight ??= begin();
    const joined = flight;
    joined.waiting += 1;
    return new Promise<T>((resolve, reject) => {
      const leave = (): void => {
        reject(signal.reason);
        joined.waiting -= 1;
        if (joined.waiting > 0) return;
        if (flight === joined) flight = undefined;
        joined.stop.abort(signal.reason);
      };
      signal.addEventListener('abort', leave, {once: true});
      const settle = (): void => signal.removeEventListener('abort', leave);
      joined.result.finally(settle).then(resolve, reject);
    });
  };
}
