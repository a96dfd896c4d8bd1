import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {ordered} from '../../src/stream/ordered.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function* list<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

async function take<T>(events: AsyncGenerator<T>): Promise<{got: T[]; error: unknown}> {
  const got: T[] = [];
  try {
    for await (const event of events) got.push(event);
    return {got, error: undefined};
  } catch (error) {
    return {got, error};
  }
}

describe('ordered', () => {
  test('emits in order, with at most `width` walks and one event ahead of each', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.integer({min: 0, max: 3}), {maxLength: 5}), {maxLength: 8}),
        fc.integer({min: 1, max: 4}),
        async (delays, width) => {
          let active = 0;
          let most = 0;
          const given = delays.map(() => 0);
          const read = delays.map(() => 0);
          const walks = delays.map(
            (turns, walk) =>
              async function* () {
                active++;
                most = Math.max(most, active);
                for (const [index, count] of turns.entries()) {
                  for (let i = 0; i < count; i++) await turn();
                  given[walk] = index + 1;
                  expect(index + 1 - (read[walk] ?? 0)).toBeLessThanOrEqual(2);
                  yield [walk, index] as const;
                }
                active--;
              },
          );
          const got: (readonly [number, number])[] = [];
          for await (const event of ordered(list(walks), width, () => {})) {
            got.push(event);
            read[event[0]] = event[1] + 1;
            await turn();
          }
          expect(got).toEqual(delays.flatMap((turns, walk) => turns.map((_, index) => [walk, index])));
          expect(most).toBeLessThanOrEqual(width);
        },
      ),
      {numRuns: 40},
    );
  });

  test('a failure surfaces in its place, and the others are cancelled', async () => {
    let cancelled = 0;
    let returned = 0;
    const good = async function* () {
      try {
        yield 'a';
        yield 'b';
      } finally {
        returned++;
      }
    };
    const bad = async function* () {
      yield 'c';
      throw new Error('broken');
    };
    const {got, error} = await take(
      ordered(list<() => AsyncGenerator<string>>([good, bad, good, good]), 3, () => void cancelled++),
    );
    expect(got).toEqual(['a', 'b', 'c']);
    expect(error).toMatchObject({message: 'broken'});
    expect([cancelled, returned]).toEqual([1, 3]);
  });

  test('a failing source surfaces after the walks before it', async () => {
    const source = (async function* () {
      yield async function* () {
        await turn();
        yield 1;
      };
      throw new Error('no more');
    })();
    const {got, error} = await take(ordered(source, 4, () => {}));
    expect(got).toEqual([1]);
    expect(error).toMatchObject({message: 'no more'});
  });

  test('a reader that stops ends walks that wait, and a source that waits', async () => {
    const stop = new AbortController();
    const waiting = () =>
      new Promise<never>((_, reject) => {
        stop.signal.addEventListener('abort', () => reject(stop.signal.reason));
      });
    let ended = 0;
    const source = (async function* () {
      try {
        yield async function* () {
          yield 1;
          yield await waiting();
        };
        yield async function* () {
          yield await waiting();
        };
        await waiting();
      } finally {
        ended++;
      }
    })();
    for await (const event of ordered<number>(source, 3, () => stop.abort(new Error('stop')))) {
      expect(event).toBe(1);
      break;
    }
    expect(ended).toBe(1);
  });
});
