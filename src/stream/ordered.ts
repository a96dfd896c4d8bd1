/** What a walk gives: its next event, its end, or its failure, in the order in which it asked. */
type Step<T> = IteratorResult<T, unknown> | {readonly error: unknown};

interface Running<T> {
  readonly walk: AsyncGenerator<T>;
  pending: Promise<Step<T>>;
}

/**
 * Runs up to `width` walks at once, each at most one event ahead, and emits in order: memory is `width` events. A failure
 * surfaces in its place, after all events before it. When the reader stops (or a walk fails), `cancel` is called and every
 * walk is returned, and awaited; nothing is left unhandled.
 */
export async function* ordered<T>(
  walks: AsyncIterable<() => AsyncGenerator<T>>,
  width: number,
  cancel: () => void,
): AsyncGenerator<T> {
  const source = walks[Symbol.asyncIterator]();
  const running: Running<T>[] = [];
  let exhausted = false;
  let failed: {readonly error: unknown} | undefined;
  let starting: Promise<void> | undefined;

  const fill = (): void => {
    if (starting !== undefined || exhausted || running.length >= width) return;
    starting = source.next().then(
      (result) => {
        starting = undefined;
        if (result.done === true) exhausted = true;
        else {
          const walk = result.value();
          running.push({walk, pending: step(walk)});
          fill();
        }
      },
      (error: unknown) => {
        starting = undefined;
        exhausted = true;
        failed = {error};
      },
    );
  };

  try {
    for (;;) {
      fill();
      const head = running[0];
      if (head === undefined) {
        if (starting !== undefined) {
          await starting;
          continue;
        }
        if (failed !== undefined) throw failed.error;
        return;
      }
      const result = await head.pending;
      if ('error' in result) throw result.error;
      if (result.done === true) {
        running.shift();
        continue;
      }
      head.pending = step(head.walk);
      yield result.value;
    }
  } finally {
    if (running.length > 0 || starting !== undefined || !exhausted) cancel();
    exhausted = true;
    await starting;
    await Promise.all(running.map(({walk}) => walk.return(undefined).catch(() => undefined)));
    await source.return?.(undefined)?.catch(() => undefined);
  }
}

const step = <T>(walk: AsyncGenerator<T>): Promise<Step<T>> => walk.next().catch(failed);

const failed = (error: unknown): {readonly error: unknown} => ({error});
