import type {Answer, Send} from '../http/answer.js';
import type {RequestSpec} from '../http/request.js';

/** A request on its way, and the wait that the server named for it. */
class Flight {
  readonly hash: string;
  readonly #answer: Promise<Answer>;
  #hasLanded = false;
  #until: number | undefined;
  #wake: ((until: number) => void) | undefined;

  constructor(send: Send, planned: Planned, signal: AbortSignal, resumed: boolean) {
    this.hash = planned.hash;
    const onWait = (until: number): void => {
      if (this.#wake === undefined) this.#until = until;
      else this.#wake(until);
      this.#wake = undefined;
    };
    this.#answer = send(planned.request, {signal, resumed, onWait});
    // It may fail while the page before is still being written: whoever asks for it then gets the error.
    const landed = (): void => {
      this.#hasLanded = true;
    };
    this.#answer.then(landed, landed);
  }

  /** The answer, or the end (epoch ms) of a wait that was named since the last call. Rejects as `send` does. */
  next(): Promise<Answer | number> {
    if (this.#hasLanded) return this.#answer;
    return new Promise((resolve, reject) => {
      if (this.#until !== undefined) {
        resolve(this.#until);
        this.#until = undefined;
        return;
      }
      this.#wake = resolve;
      this.#answer.then(resolve, reject);
    });
  }
}

/** A request and what it is known by (`requestHash`). */
export interface Planned {
  readonly request: RequestSpec;
  readonly hash: string;
}

/** The requests on their way, in the order of their pages. One failing or superseded is never left unhandled. */
export class Flights {
  readonly #send: Send;
  readonly #signal: AbortSignal;
  #controller = new AbortController();
  #queue: Flight[] = [];
  readonly #onAbort = (): void => this.#controller.abort(this.#signal.reason);

  constructor(send: Send, signal: AbortSignal) {
    this.#send = send;
    this.#signal = signal;
    if (signal.aborted) this.#onAbort();
    signal.addEventListener('abort', this.#onAbort);
  }

  launch(planned: Planned, resumed: boolean): void {
    this.#queue.push(new Flight(this.#send, planned, this.#controller.signal, resumed));
  }

  /** Keeps the requests that are on their way in this order, starts the missing ones, gives up the others. */
  plan(wanted: readonly Planned[]): void {
    const isKept = this.#queue.every((flight, index) => flight.hash === wanted[index]?.hash);
    if (!isKept) this.cancel();
    for (const planned of wanted.slice(this.#queue.length)) this.launch(planned, false);
  }

  get head(): Flight | undefined {
    return this.#queue[0];
  }

  landed(): void {
    this.#queue.shift();
  }

  cancel(): void {
    if (this.#queue.length === 0) return;
    this.#queue = [];
    this.#controller.abort(new Error('the request is no longer needed'));
    this.#controller = new AbortController();
    if (this.#signal.aborted) this.#onAbort();
  }

  close(): void {
    this.cancel();
    this.#signal.removeEventListener('abort', this.#onAbort);
  }
}
