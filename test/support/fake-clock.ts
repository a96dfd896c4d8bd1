import type {Clock} from '../../src/clock.js';

/** A clock that moves only when told: sleepers wake when `advance` passes their time, or at once with `auto`. */
export class FakeClock implements Clock {
  time: number;
  /** Every sleep asked for, in ms. */
  readonly sleeps: number[] = [];
  readonly #auto: boolean;
  #sleepers: {at: number; wake: () => void}[] = [];

  /** `auto`: a sleep moves the clock itself and returns in the next turn of the event loop. */
  constructor(options: {readonly now?: number; readonly auto?: boolean} = {}) {
    this.time = options.now ?? Date.UTC(2026, 0, 1);
    this.#auto = options.auto ?? true;
  }

  now(): number {
    return this.time;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.sleeps.push(ms);
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason);
        return;
      }
      const at = this.time + ms;
      signal?.addEventListener('abort', () => reject(signal.reason), {once: true});
      if (this.#auto) {
        setImmediate(() => {
          this.time = Math.max(this.time, at);
          resolve();
        });
      } else this.#sleepers.push({at, wake: resolve});
    });
  }

  /** Moves time on and wakes whoever is due, in order. */
  advance(ms: number): void {
    this.time += ms;
    const due = this.#sleepers.filter((sleeper) => sleeper.at <= this.time).sort((a, b) => a.at - b.at);
    this.#sleepers = this.#sleepers.filter((sleeper) => sleeper.at > this.time);
    for (const sleeper of due) sleeper.wake();
  }
}
