import type {Clock} from '../clock.js';
import type {BodyShare} from './body-budget.js';
import {tooLarge} from './content-coding.js';
import {Gathering} from './gathering.js';
import {collectBodies, growHeapFor} from './large-bodies.js';
import {type AnswerHead, type Call, isLongerBody, largestHead, type Open, OpenError, type Receiver} from './open.js';
import {privateAddressCode} from './private-address.js';
import {TransportError} from './transport-error.js';
import type {WireRequest} from './wire.js';

export interface ReceiveOptions {
  readonly signal: AbortSignal;
  /** ms of silence, before and within the answer; 0: no limit. */
  readonly timeout: number;
  /** ms for the whole answer, less those in which its body waits for room. */
  readonly totalTimeout: number;
  /** Of the body. */
  readonly maxBytes: number;
  readonly share: BodyShare;
}

/** An answer with its whole body, its content coding on. */
export interface Received {
  readonly head: AnswerHead;
  readonly body: Buffer;
}

/** Sends a request and receives its answer, within its limits of time and size. Throws TransportError, or the signal's reason. */
export function receive(request: WireRequest, open: Open, options: ReceiveOptions, clock: Clock): Promise<Received> {
  return new Promise((resolve, reject) => new Receiving(request, open, options, clock, resolve, reject).start());
}

export const isSuccess = (status: number): boolean => status >= 200 && status < 300;

/** One answer on its way. An object of its own for each page: what it does per piece of a body needs no promise and no event. */
class Receiving implements Receiver {
  readonly #request: WireRequest;
  readonly #open: Open;
  readonly #options: ReceiveOptions;
  readonly #clock: Clock;
  readonly #resolve: (received: Received) => void;
  readonly #reject: (reason: unknown) => void;
  #call: Call | undefined;
  /** It was sent again, because an idle connection was gone. */
  #isRepeated = false;
  #head: AnswerHead | undefined;
  #body = new Gathering(0);
  #ended = false;
  #done = false;
  /** Bytes that wait for room in the budget; what ends the wait. */
  #owed = 0;
  #waiting: AbortController | undefined;
  #waitsSince = 0;
  #waited = 0;
  #lift: () => void;

  constructor(
    request: WireRequest,
    open: Open,
    options: ReceiveOptions,
    clock: Clock,
    resolve: (received: Received) => void,
    reject: (reason: unknown) => void,
  ) {
    this.#request = request;
    this.#open = open;
    this.#options = options;
    this.#clock = clock;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#lift = clock.after(options.totalTimeout, this.#ring);
    options.signal.addEventListener('abort', this.#onAbort);
  }

  start(): void {
    try {
      this.#call = this.#open(this.#request, this.#options.timeout, this);
    } catch (error) {
      this.#give(error);
    }
  }

  head(head: AnswerHead): void {
    const {maxBytes} = this.#options;
    const {length = 0} = head;
    this.#head = head;
    if (length > maxBytes) this.#give(new TransportError('too_large', tooLarge(maxBytes)));
    else this.#body = new Gathering(length);
  }

  data(bytes: Buffer, from: number, to: number): void {
    if (this.#done) return;
    this.#body.add(bytes, from, to);
    this.#grown(to - from);
  }

  room(most: number): Buffer | undefined {
    return this.#body.room(most);
  }

  filled(size: number): void {
    if (this.#done) return;
    this.#body.filled(size);
    this.#grown(size);
  }

  #grown(bytes: number): void {
    const {maxBytes, share} = this.#options;
    if (this.#body.length > maxBytes) this.#give(new TransportError('too_large', tooLarge(maxBytes)));
    else if (this.#waiting !== undefined) this.#owed += bytes;
    else if (!share.take(bytes)) this.#wait(bytes);
  }

  end(): void {
    this.#ended = true;
    if (this.#waiting === undefined) this.#succeed();
  }

  fail(error: unknown): void {
    if (this.#done) return;
    if (!(error instanceof OpenError)) this.#give(error);
    else if (isLongerBody(error)) this.#give(new TransportError('cut', error.message));
    else if (this.#head !== undefined) this.#give(this.#cut(this.#head, error));
    else if (error.stale && !this.#isRepeated) {
      this.#isRepeated = true;
      this.start();
    } else this.#give(failure(error));
  }

  silence(): void {
    if (this.#waiting !== undefined) return;
    const seconds = this.#options.timeout / 1000;
    const text = this.#head === undefined ? `no answer for ${seconds} s` : `the answer stopped for ${seconds} s`;
    this.#give(new TransportError('timeout', text));
  }

  readonly #onAbort = (): void => {
    this.#finish();
    this.#call?.abort();
    this.#reject(this.#options.signal.reason);
  };

  /** `total_timeout` has passed; the server has no part in the time in which its body waited for others, and gets it once more. */
  readonly #ring = (): void => {
    const now = this.#clock.now();
    const more = this.#waited + (this.#waiting === undefined ? 0 : now - this.#waitsSince);
    this.#waited = 0;
    this.#waitsSince = now;
    if (more > 0) this.#lift = this.#clock.after(more, this.#ring);
    else this.#give(new TransportError('timeout', tooLong(this.#options.totalTimeout)), true);
  };

  /** Until there is room for so many bytes, and for those that were read already. */
  #wait(bytes: number): void {
    const {share} = this.#options;
    const controller = new AbortController();
    this.#waiting = controller;
    this.#waitsSince = this.#clock.now();
    this.#owed = 0;
    this.#call?.pause();
    share.grow(bytes, controller.signal).then(() => {
      this.#waited += this.#clock.now() - this.#waitsSince;
      this.#waiting = undefined;
      if (this.#done) return;
      if (this.#owed > 0 && !share.take(this.#owed)) this.#wait(this.#owed);
      else if (this.#ended) this.#succeed();
      else this.#call?.resume();
    }, this.#ignore);
  }

  /** Only a wait that was called off rejects. */
  readonly #ignore = (): void => undefined;

  #cut({length}: AnswerHead, {code, message}: OpenError): TransportError {
    const announced = length === undefined ? '' : ` of ${length}`;
    const why = code?.startsWith('HPE_') === true ? `: ${message}` : '';
    return new TransportError(
      'cut',
      `the connection ended after ${this.#body.length}${announced} bytes of the body${why}`,
    );
  }

  #succeed(): void {
    if (this.#done || this.#head === undefined) return;
    this.#finish();
    growHeapFor(this.#body.length);
    collectBodies(this.#body.length);
    this.#resolve({head: this.#head, body: this.#body.take()});
  }

  /** Ends with an error. Of an answer that is one itself the status says most: what came of its body is enough. */
  #give(error: unknown, always = false): void {
    if (this.#done) return;
    this.#finish();
    this.#call?.abort();
    if (always || this.#head === undefined || isSuccess(this.#head.status)) this.#reject(error);
    else this.#resolve({head: this.#head, body: this.#body.take()});
  }

  #finish(): void {
    this.#done = true;
    this.#lift();
    this.#options.signal.removeEventListener('abort', this.#onAbort);
    this.#waiting?.abort();
  }
}

const tooLong = (ms: number): string =>
  `no whole answer within ${ms / 1000} s: ask for smaller pages, or raise client.total_timeout`;

function failure({message, code}: OpenError): TransportError {
  // With several addresses tried in turn Node's error has a code and no text.
  const text = message === '' ? (code ?? 'connection failed') : message;
  if (code === privateAddressCode) return privateHost(text);
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new TransportError(
      'too_large',
      `the head of the answer is larger than ${largestHead} bytes: ask for fewer headers and cookies (a Link that repeats long params counts too)`,
    );
  }
  return new TransportError('connection', wordsFor(text, code));
}

export const privateHost = (text: string): TransportError =>
  new TransportError('address', `${text}, which is not allowed in the cloud`);

/** What a parser and OpenSSL say is for who wrote them; some mistakes of configuration look like this. */
function wordsFor(text: string, code: string | undefined): string {
  if (code?.startsWith('HPE_') === true) return `the answer is no valid HTTP: ${text.replace(/^Parse Error: /, '')}`;
  const tls = /:SSL routines:[^:]*:([^:]+):/.exec(text)?.[1];
  if (tls === 'wrong version number') return 'no TLS is spoken at this port: is it http:// rather than https://?';
  if (tls !== undefined) return `TLS: ${tls}`;
  if (/certificate/i.test(text)) return `${text} (NODE_EXTRA_CA_CERTS names the file of a further authority)`;
  return text;
}
