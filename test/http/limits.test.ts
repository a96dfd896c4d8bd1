import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {createLimits, type Limits} from '../../src/http/limits.js';
import {FakeClock} from '../support/fake-clock.js';
import {running} from './setup.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const acquire = (limits: Limits, host = 'a', onWait: (until: number) => void = () => undefined): Promise<() => void> =>
  limits.acquire({host, signal: running(), onWait});

/** Acquires and notes when (ms since the start) it was granted. */
function grants(clock: FakeClock): {take(limits: Limits, name: string, host?: string): void; readonly log: string[]} {
  const start = clock.now();
  const log: string[] = [];
  return {
    log,
    take(limits, name, host) {
      void acquire(limits, host).then((release) => {
        log.push(`${name}@${clock.now() - start}`);
        release();
      });
    },
  };
}

describe('concurrency', () => {
  test('never more in flight than allowed, first come first served', async () => {
    const limits = createLimits({clock: new FakeClock(), concurrency: 2});
    const order: number[] = [];
    const releases: (() => void)[] = [];
    for (let index = 0; index < 5; index += 1) {
      void acquire(limits).then((release) => {
        order.push(index);
        releases.push(release);
      });
    }
    await turn();
    expect(order).toEqual([0, 1]);
    releases[1]?.();
    releases[1]?.();
    await turn();
    expect(order).toEqual([0, 1, 2]);
    releases[0]?.();
    releases[2]?.();
    await turn();
    expect(order).toEqual([0, 1, 2, 3, 4]);
  });

  test('an abort leaves the queue and takes no permit', async () => {
    const limits = createLimits({clock: new FakeClock(), concurrency: 1});
    const release = await acquire(limits);
    const controller = new AbortController();
    const waiting = limits.acquire({host: 'a', signal: controller.signal, onWait: () => undefined});
    const after = acquire(limits);
    controller.abort(new Error('stopped'));
    await expect(waiting).rejects.toThrow('stopped');
    release();
    (await after)();
    await expect(limits.acquire({host: 'a', signal: controller.signal, onWait: () => undefined})).rejects.toThrow(
      'stopped',
    );
    (await acquire(limits))();
  });
});

describe('rate', () => {
  test('the allowance at once, the next one when the first is a period old', async () => {
    const clock = new FakeClock({auto: false});
    const limits = createLimits({clock, concurrency: 10, rate: {requests: 2, per: 1000}});
    const {take, log} = grants(clock);
    for (const name of 'abcde') take(limits, name);
    await turn();
    for (let ms = 0; ms < 25; ms += 1) {
      clock.advance(100);
      await turn();
    }
    expect(log).toEqual(['a@0', 'b@0', 'c@1000', 'd@1000', 'e@2000']);
  });

  test('an endpoint has its own budget inside the shared one, and lets others pass', async () => {
    const clock = new FakeClock({auto: false});
    const limits = createLimits({clock, concurrency: 1, rate: {requests: 3, per: 1000}});
    const slow = limits.within({requests: 1, per: 5000});
    const {take, log} = grants(clock);
    for (const name of ['s1', 's2']) take(slow, name);
    for (const name of ['a', 'b', 'c']) take(limits, name);
    for (let ms = 0; ms < 60; ms += 1) {
      await turn();
      clock.advance(100);
    }
    expect(log).toEqual(['s1@0', 'a@0', 'b@0', 'c@1000', 's2@5000']);
  });

  test('never more than the allowance in any window, never idle while there is some', async () => {
    const burst = fc.record({pause: fc.integer({min: 0, max: 700}), count: fc.integer({min: 1, max: 6})});
    await fc.assert(
      fc.asyncProperty(
        fc.integer({min: 1, max: 4}),
        fc.array(burst, {minLength: 1, maxLength: 12}),
        async (requests, bursts) => {
          const clock = new FakeClock({auto: false, now: 0});
          const limits = createLimits({clock, concurrency: 100, rate: {requests, per: 1000}});
          const asked: number[] = [];
          const granted: number[] = [];
          const advance = async (ms: number): Promise<void> => {
            for (let left = ms; left > 0; left -= 50) {
              clock.advance(Math.min(50, left));
              await turn();
            }
          };
          for (const {pause, count} of bursts) {
            await advance(Math.ceil(pause / 50) * 50);
            for (let index = 0; index < count; index += 1) {
              asked.push(clock.now());
              void acquire(limits).then((release) => {
                granted.push(clock.now());
                release();
              });
            }
            await turn();
          }
          await advance(1000 * asked.length);
          expect(granted).toHaveLength(asked.length);
          for (const [index, at] of granted.entries()) {
            const before = granted[index - requests];
            if (before !== undefined) expect(at - before).toBeGreaterThanOrEqual(1000);
            const earliest = Math.max(asked[index] ?? 0, before === undefined ? 0 : before + 1000);
            expect(at).toBe(earliest);
          }
        },
      ),
      {numRuns: 40},
    );
  });
});

describe('waits', () => {
  test('a pause holds one host, and long ones are announced once', async () => {
    const clock = new FakeClock({auto: false});
    const limits = createLimits({clock, concurrency: 1});
    const start = clock.now();
    limits.pauseUntil('a', start + 30_000);
    limits.pauseUntil('a', start + 10_000);
    const waits: number[] = [];
    const held = acquire(limits, 'a', (until) => waits.push(until - start));
    (await acquire(limits, 'b'))();
    clock.advance(29_999);
    await turn();
    expect(waits).toEqual([30_000]);
    limits.pauseUntil('a', start + 60_000);
    clock.advance(1);
    await turn();
    expect(waits).toEqual([30_000, 60_000]);
    clock.advance(30_000);
    (await held)();
  });

  test('short waits for quota are not announced, long ones are', async () => {
    const clock = new FakeClock();
    const waits: number[] = [];
    for (const per of [1000, 60_000]) {
      const limits = createLimits({clock, concurrency: 9, rate: {requests: 1, per}});
      for (let index = 0; index < 2; index += 1)
        (await acquire(limits, 'a', (until) => waits.push(until - clock.now())))();
    }
    expect(waits).toEqual([60_000]);
  });

  test('no timer is left when nobody waits', async () => {
    const clock = new FakeClock({auto: false});
    const aborted: boolean[] = [];
    const sleep = clock.sleep.bind(clock);
    clock.sleep = (ms, signal) => {
      signal?.addEventListener('abort', () => aborted.push(true));
      return sleep(ms, signal);
    };
    const limits = createLimits({clock, concurrency: 1});
    limits.pauseUntil('a', clock.now() + 3_600_000);
    const controller = new AbortController();
    const waiting = limits.acquire({host: 'a', signal: controller.signal, onWait: () => undefined});
    controller.abort(new Error('stopped'));
    await expect(waiting).rejects.toThrow('stopped');
    expect(aborted).toEqual([true]);
  });
});
