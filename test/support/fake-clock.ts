import type {Clock} from '../../src/clock.js';

/** A clock that moves only when told: sleepers wake when `advance` passes their time, or at once with `auto`. */
export class FakeClock implements Clock {
  time: number;
  /** Every sleep asked for, in ms. */
  readonly sleeps: number[] = [];
  readonly #auto: boolean;
  #sleepers: {at: number; wake: () => void}[] = [];
  #alarms: {at: number; ring: () => void}[] = [];

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

  /** Fires by `advance` only: a limit is not reached by itself, as a sleep is over. */
  after(ms: number, action: () => void): () => void {
    const alarm = {at: this.time + ms, ring: action};
    this.#alarms.push(alarm);
    return () => {
      this.#alarms = this.#alarms.filter((other) => other !== alarm);
    };
  }

  /** Limits that are set and neither reached nor lifted. */
  get alarms(): number {
    return this.#alarms.length;
  }

  /** Moves time on and wakes whoever is due, in order. */
  advance(ms: number): void {
    this.time += ms;
    const due = this.#sleepers.filter((sleeper) => sleeper.at <= this.time).sort((a, b) => a.at - b.at);
    this.#sleepers = this.#sleepers.filter((sleeper) => sleeper.at > this.time);
    for (const sleeper of due) sleeper.wake();
    const reached = this.#alarms.filter((alarm) => alarm.at <= this.time);
    this.#alarms = this.#alarms.filter((alarm) => alarm.at > this.time);
    for (const alarm of reached) alarm.ring();
  }
}
