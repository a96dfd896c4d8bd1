import type {Answer, Send} from '../http/answer.js';
import type {RequestSpec} from '../http/request.js';

type Arrival = {readonly answer: Answer} | {readonly until: number};

/** A request on its way, and the wait that the server named for it. */
class Flight {
  readonly hash: string;
  #until: number | undefined;
  #outcome: Promise<Arrival> | undefined;
  #wake: ((arrival: Arrival | Promise<Arrival>) => void) | undefined;

  constructor(
    send: Send,
    request: RequestSpec,
    options: {readonly hash: string; readonly signal: AbortSignal; readonly resumed: boolean},
  ) {
    this.hash = options.hash;
    const sent = send(request, {
      signal: options.signal,
      resumed: options.resumed,
      onWait: (until) => {
        if (this.#wake === undefined) this.#until = until;
        else this.#wake({until});
        this.#wake = undefined;
      },
    });
    const arrive = (outcome: Promise<Arrival>): void => {
      this.#outcome = outcome;
      this.#wake?.(outcome);
      this.#wake = undefined;
    };
    sent.then(
      (answer) => arrive(Promise.resolve({answer})),
      (reason: unknown) => {
        const failed = Promise.reject(reason);
        // It may fail while the page before is still being written: whoever asks for it then gets the error.
        failed.catch(() => undefined);
        arrive(failed);
      },
    );
  }

  /** The answer, or the end (epoch ms) of a wait that was named since the last call. Rejects as `send` does. */
  next(): Promise<Arrival> {
    if (this.#outcome !== undefined) return this.#outcome;
    const until = this.#until;
    this.#until = undefined;
    if (until !== undefined) return Promise.resolve({until});
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
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

  launch(request: RequestSpec, hash: string, resumed: boolean): void {
    this.#queue.push(new Flight(this.#send, request, {hash, signal: this.#controller.signal, resumed}));
  }

  /** Keeps the requests that are on their way in this order, starts the missing ones, gives up the others. */
  plan(wanted: readonly {readonly request: RequestSpec; readonly hash: string}[]): void {
    const isKept = this.#queue.every((flight, index) => flight.hash === wanted[index]?.hash);
    if (!isKept) this.cancel();
    for (const {request, hash} of wanted.slice(this.#queue.length)) this.launch(request, hash, false);
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
