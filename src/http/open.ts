import type {AnswerHeaders} from './answer-headers.js';
import type {WireRequest} from './wire.js';

/** Of an answer, what comes before its body. */
export interface AnswerHead {
  readonly status: number;
  readonly headers: AnswerHeaders;
  /** It names no header at all. */
  readonly bare: boolean;
  /** Bytes of the body as far as the server named them; a claim. */
  readonly length: number | undefined;
}

/**
 * Takes an answer as it comes: one `head`, then its body, then one `end`; or, at any point before `end`, one `fail`. Nothing after
 * that, nor after the call was aborted.
 */
export interface Receiver {
  head(head: AnswerHead): void;
  /** A piece of the body, its content coding on: `bytes` from `from` to `to`. The bytes are others after the call. */
  data(bytes: Buffer, from: number, to: number): void;
  /** Where the next piece may be put at once, at most `most` bytes of it; undefined where it is to be given to `data`. */
  room(most: number): Buffer | undefined;
  /** A piece of so many bytes was put into what `room` gave last. */
  filled(size: number): void;
  end(): void;
  /** No head came, or the connection ended within the body: an OpenError, or what nobody expected. */
  fail(error: unknown): void;
  /** Nothing came for `timeout` ms: it goes on, and may be silent for as long again. */
  silence(): void;
}

/** A request under way. Without effect once its answer has ended. */
export interface Call {
  /** From now on nothing comes, but for what was read already. */
  pause(): void;
  resume(): void;
  /** Nothing comes any more, and the connection is dropped. */
  abort(): void;
}

/** Sends a request. `timeout`: ms of silence, 0 for no limit. The receiver is called later, never within. */
export type Open = (request: WireRequest, timeout: number, receiver: Receiver) => Call;

/** No whole answer came. The message is Node's. */
export class OpenError extends Error {
  override readonly name = 'OpenError';
  /** Node's, or HPE_… for what is no HTTP. */
  readonly code: string | undefined;
  /** The server had closed an idle connection just when it was used again: nothing of an answer came. */
  readonly stale: boolean;

  constructor(message: string, code: string | undefined, unanswered = false) {
    super(message);
    this.code = code;
    this.stale = unanswered && (code === 'ECONNRESET' || code === 'EPIPE');
  }
}

/** An answer such as 101 is none for us. */
export const unanswered = (): OpenError => new OpenError('the connection ended without an answer', undefined);

/** In the words and by the code of Node's client. */
export const hungUp = (isReused: boolean): OpenError => new OpenError('socket hang up', 'ECONNRESET', isReused);

/** Of the headers of an answer, in bytes: four times Node's own limit, which some gateways and cookie-happy APIs exceed. */
export const largestHead = 65_536;

export const headTooLarge = (): OpenError => new OpenError('Header overflow', 'HPE_HEADER_OVERFLOW');

const longerCode = 'HPE_LONGER_BODY';

/** More came than the head of the answer announced. */
export const longerBody = (length: number): OpenError =>
  new OpenError(`the body is longer than the ${length} bytes of its Content-Length`, longerCode);

export const isLongerBody = ({code}: OpenError): boolean => code === longerCode;
