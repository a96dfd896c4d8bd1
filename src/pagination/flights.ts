import type {Answer, Send} from '../http/answer.js';
import type {RequestSpec} from '../http/request.js';

/** A request on its way, and the wait that the server named for it. */
class Flight {
  readonly hash: string;
  readonly #answer: Promise<Answer>;
  #until: number | undefined;
  #wake: (() => void) | undefined;

  constructor(
    send: Send,
    request: RequestSpec,
    options: {readonly hash: string; readonly signal: AbortSignal; readonly resumed: boolean},
  ) {
    this.hash = options.hash;
    this.#answer = send(request, {
      signal: options.signal,
      resumed: options.resumed,
      onWait: (until) => {
        this.#until = until;
        this.#wake?.();
      },
    });
    // It may fail while the page before is still being written: whoever asks for it then gets the error.
    this.#answer.catch(() => undefined);
  }

  /** The answer, or the end (epoch ms) of a wait that was named since the last call. Rejects as `send` does. */
  async next(): Promise<{readonly answer: Answer} | {readonly until: number}> {
    const waited = new Promise<undefined>((resolve) => {
      this.#wake = () => resolve(undefined);
      if (this.#until !== undefined) resolve(undefined);
    });
    const answer = await Promise.race([this.#answer, waited]);
    const until = this.#until;
    if (answer !== undefined || until === undefined) return {answer: answer ?? (await this.#answer)};
    this.#until = undefined;
    return {until};
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
