import type {StreamOutput} from '../airbyte/stream-output.js';
import type {Clock} from '../clock.js';
import type {JsonObject} from '../json/exact.js';

const minute = 60_000;

/** Bytes of a state above which it is printed every ten minutes only: states of megabytes have killed hosts. */
const large = 100_000;

/** A wait shorter than a minute is no reason to print a large state. */
const longWait = minute;

/** A state that is built when it is read, which most are not. */
interface Offered {
  readonly state: JsonObject;
}

/**
 * Which of a stream's checkpoints become STATE lines: about one a minute, and always the last one, one before a wait and one
 * when the stream has been silent too long.
 */
export class Checkpoints {
  readonly #out: StreamOutput;
  readonly #clock: Clock;
  readonly #interval: number | undefined;
  #latest: Offered;
  #printed: Offered | undefined;
  #printedAt: number;
  #size = 0;

  /** `start`: what stands before the first checkpoint. `interval`: ms, in place of one and ten minutes. */
  constructor(
    out: StreamOutput,
    {
      clock,
      start,
      interval,
    }: {readonly clock: Clock; readonly start: JsonObject; readonly interval: number | undefined},
  ) {
    this.#out = out;
    this.#clock = clock;
    this.#interval = interval;
    this.#latest = {state: start};
    this.#printedAt = clock.now();
  }

  /** A checkpoint that covers everything written so far; the stream's final one is always printed. */
  async offer(checkpoint: Offered & {readonly final: boolean}): Promise<void> {
    this.#latest = checkpoint;
    const interval = this.#interval ?? (this.#size > large ? 10 * minute : minute);
    if (checkpoint.final || this.#clock.now() - this.#printedAt >= interval) await this.#print();
  }

  /** Before a wait of `ms`: the work so far is safe, whatever happens meanwhile. */
  async beforeWait(ms: number): Promise<void> {
    if (this.#latest === this.#printed || (this.#size > large && ms < longWait)) return;
    await this.#print();
  }

  /** When the stream ends, is stopped or fails: what was not printed yet, so that every stream has at least one STATE. */
  async end(): Promise<void> {
    if (this.#latest !== this.#printed) await this.#print();
  }

  /** A sign of life. False where none is possible: the same state again after records would break the protocol. */
  async beat(): Promise<boolean> {
    if (this.#latest === this.#printed && this.#out.uncovered) return false;
    await this.#print();
    return true;
  }

  async #print(): Promise<void> {
    const latest = this.#latest;
    this.#printedAt = this.#clock.now();
    this.#printed = latest;
    this.#size = (await this.#out.state(latest.state)).bytes;
  }
}
