import type {ClientRequest, IncomingMessage} from 'node:http';
import type {Duplex} from 'node:stream';
import type {WireRequest} from './wire.js';

export interface OpenOptions {
  /** ms of silence up to the head of the answer; 0: no limit. */
  readonly timeout: number;
  readonly signal: AbortSignal;
}

/** Sends a request; resolves with the head of the answer, its body unread and its content coding on. Throws OpenError. */
export type Open = (request: WireRequest, options: OpenOptions) => Promise<IncomingMessage>;

/** No head came. The message is Node's. */
export class OpenError extends Error {
  override readonly name = 'OpenError';
  /** Node's, or ECONNABORTED for silence. */
  readonly code: string | undefined;
  /** The server had closed an idle connection just when it was used again: nothing of an answer came. */
  readonly stale: boolean;

  constructor(message: string, code: string | undefined, unanswered: boolean) {
    super(message);
    this.code = code;
    this.stale = unanswered && (code === 'ECONNRESET' || code === 'EPIPE');
  }
}

export const silence = (): OpenError => new OpenError('silence', 'ECONNABORTED', false);

/** An answer such as 101 is none for us, and Node drops the connection without an error. */
export const unanswered = (): OpenError => new OpenError('the connection ended without an answer', undefined, false);

/** Bytes that each kept connection had brought when it was last given back. */
const brought = new WeakMap<object, number>();

/** Listens to `free` of the agents. */
export function nowIdle(socket: Duplex): void {
  if ('bytesRead' in socket && typeof socket.bytesRead === 'number') brought.set(socket, socket.bytesRead);
}

/** Whether a request went over a kept connection that brought nothing since. */
export const isUnanswered = ({reusedSocket, socket}: ClientRequest): boolean =>
  reusedSocket && socket !== null && brought.get(socket) === socket.bytesRead;

/** Of the headers of an answer, in bytes: four times Node's own limit, which some gateways and cookie-happy APIs exceed. */
export const largestHead = 65_536;
