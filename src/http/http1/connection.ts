import type {OnReadOpts, Socket} from 'node:net';
import {
  type Call,
  headTooLarge,
  hungUp,
  largestHead,
  longerBody,
  OpenError,
  type Receiver,
  unanswered,
} from '../open.js';
import type {WireRequest} from '../wire.js';
import {beginsHead, type Framing, headEnd, headStart, isInformational, isMore, parseHead} from './answer-head.js';
import {Chunks} from './chunked.js';
import {asksToClose} from './request-text.js';

/** All connections read into it what has no place yet, one after the other: it is taken before the next read. */
const input = Buffer.allocUnsafeSlow(65_536);

/** The request that a connection is busy with. */
interface Busy {
  readonly method: string;
  readonly receiver: Receiver;
  readonly timeout: number;
  /** The head as far as it came, where it came in pieces. */
  head: Buffer | undefined;
  /** Set behind the head. */
  framing: Framing | undefined;
  keepAlive: boolean;
  /** ms for which the server keeps it afterwards. */
  idleFor: number;
  /** Of a body of known length. */
  left: number;
  chunks: Chunks | undefined;
}

/** Told when a connection can be used again, its answer being read to the end, and when it never can. */
export interface Owner {
  idle(connection: Connection): void;
  gone(connection: Connection): void;
  /** It was gone when it was used again: so are, most likely, those that are idle. */
  stale(): void;
}

/** One connection, one request at a time (RFC 9112). */
export class Connection {
  readonly #socket: Socket;
  readonly #owner: Owner;
  #busy: Busy | undefined;
  /** Written once a TLS connection is there and its certificate is checked. */
  #waiting: (() => void) | undefined;
  /** Answers so far, and whether anything came of the one under way. */
  #answers = 0;
  #anything = false;
  /** From the end of an answer until the system is asked for more: what is read then lay there before the next request. */
  #justAnswered = false;
  #armed = 0;
  /** The next read goes to where the receiver wants that piece of the body. */
  #inPlace = false;
  /** Epoch ms after which the server may close it. */
  #expires = Number.POSITIVE_INFINITY;

  /** `connect` begins the connection; `secureEvent`: when it can be written to, undefined for at once. */
  constructor(connect: (onread: OnReadOpts) => Socket, secureEvent: string | undefined, owner: Owner) {
    this.#owner = owner;
    this.#socket = connect({buffer: () => this.#place(), callback: (length) => this.#read(length)});
    this.#socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#end(new OpenError(wordsOf(error), error.code, this.#isUnanswered()));
    });
    this.#socket.on('end', () => this.#finished());
    this.#socket.on('close', () => this.#finished());
    this.#socket.on('timeout', () => this.#silent());
    if (secureEvent === undefined) return;
    this.#waiting = () => undefined;
    this.#socket.once(secureEvent, () => {
      const write = this.#waiting;
      this.#waiting = undefined;
      write?.();
    });
  }

  /** Whether the server still keeps it, as far as is known. */
  get isUsable(): boolean {
    return !this.#socket.destroyed && Date.now() < this.#expires;
  }

  /** `head`: that of the request as it is written. */
  send({method, body}: WireRequest, head: string, timeout: number, receiver: Receiver): Call {
    const busy: Busy = {
      method,
      receiver,
      timeout,
      head: undefined,
      framing: undefined,
      keepAlive: !asksToClose(head),
      idleFor: 0,
      left: 0,
      chunks: undefined,
    };
    this.#busy = busy;
    this.#anything = false;
    this.#socket.ref();
    if (this.#armed !== timeout) {
      this.#armed = timeout;
      this.#socket.setTimeout(timeout);
    }
    const write = (): void => {
      if (body === undefined) this.#socket.write(head, 'latin1');
      else this.#socket.write(Buffer.concat([Buffer.from(head, 'latin1'), body]));
    };
    if (this.#waiting === undefined) write();
    else this.#waiting = write;
    return {
      pause: () => {
        if (this.#busy === busy) this.#socket.pause();
      },
      resume: () => {
        if (this.#busy !== busy) return;
        // What it was silent for was no fault of the server.
        this.#socket.setTimeout(timeout);
        this.#socket.resume();
      },
      abort: () => {
        if (this.#busy !== busy) return;
        this.#busy = undefined;
        this.drop();
      },
    };
  }

  /** Closes it. */
  drop(): void {
    this.#owner.gone(this);
    this.#socket.destroy();
  }

  /** Of a request over a connection that was used before: nothing came since. */
  #isUnanswered(): boolean {
    return this.#answers > 0 && !this.#anything;
  }

  /** Where the next read goes. The end of a body comes by way of `input`, where it shows what lies behind it. */
  #place(): Buffer {
    const busy = this.#busy;
    const room = busy?.framing?.kind === 'length' ? busy.receiver.room(busy.left - 1) : undefined;
    this.#inPlace = room !== undefined;
    return room ?? input;
  }

  /** Takes what was read. Always true: it goes on reading, unless it was paused meanwhile. */
  #read(length: number): boolean {
    this.#anything = true;
    if (this.#inPlace) this.#readInPlace(length);
    else this.#readInput(length);
    return true;
  }

  #readInPlace(length: number): void {
    const busy = this.#busy;
    if (busy === undefined) return;
    busy.left -= length;
    busy.receiver.filled(length);
  }

  #readInput(length: number): void {
    let at = 0;
    while (at < length) {
      const busy = this.#busy;
      // Bytes that nobody asked for, or that came after an abort.
      if (busy === undefined) {
        this.drop();
        return;
      }
      try {
        at =
          busy.framing === undefined
            ? this.#readHead(busy, at, length)
            : this.#readBody(busy, busy.framing, at, length);
      } catch (error) {
        this.#end(error);
      }
    }
  }

  /** Returns the index behind the head. */
  #readHead(busy: Busy, from: number, to: number): number {
    const before = busy.head?.length ?? 0;
    const start = before === 0 ? headStart(input, from, to) : 0;
    const bytes = busy.head === undefined ? input : Buffer.concat([busy.head, input.subarray(from, to)]);
    const limit = busy.head === undefined ? to : bytes.length;
    const end = headEnd(bytes, start, limit, Math.max(start, before - 2));
    const size = (end < 0 ? limit : end) - start;
    if (this.#justAnswered && size > 0) throw new OpenError('Bytes that nobody asked for', 'HPE_INVALID');
    if (!beginsHead(bytes, start, limit)) throw new OpenError('Expected HTTP/', 'HPE_INVALID');
    if (size > largestHead) throw headTooLarge();
    if (end < 0) {
      busy.head = size === 0 ? undefined : Buffer.from(bytes.subarray(start, limit));
      return to;
    }
    busy.head = undefined;
    const isEmpty = this.#begin(busy, bytes.toString('latin1', start, end));
    const next = bytes === input ? end : from + (end - before);
    if (isEmpty) this.#complete(busy, next, to);
    return next;
  }

  /** Returns whether there is no body. */
  #begin(busy: Busy, text: string): boolean {
    const {status, headers, bare, framing, keepAlive, idleFor} = parseHead(text, busy.method);
    if (status === 101) throw unanswered();
    if (isInformational(status)) return false;
    busy.framing = framing;
    busy.keepAlive = busy.keepAlive && keepAlive && framing.kind !== 'close';
    busy.idleFor = idleFor;
    if (framing.kind === 'length') busy.left = framing.length;
    if (framing.kind === 'chunked') busy.chunks = new Chunks();
    busy.receiver.head({status, headers, bare, length: framing.kind === 'length' ? framing.length : undefined});
    return framing.kind === 'none' || (framing.kind === 'length' && framing.length === 0);
  }

  /** Returns the index behind what was taken. */
  #readBody(busy: Busy, framing: Framing, from: number, to: number): number {
    const {receiver, chunks} = busy;
    if (chunks !== undefined) {
      const at = chunks.take(input, from, to, (bytes, start, end) => {
        if (this.#busy === busy) receiver.data(bytes, start, end);
      });
      if (chunks.isBroken) throw new OpenError('what follows is no valid chunk', 'HPE_INVALID');
      if (chunks.isDone) this.#complete(busy, at, to);
      return at;
    }
    const end = framing.kind === 'length' ? Math.min(from + busy.left, to) : to;
    busy.left -= end - from;
    receiver.data(input, from, end);
    if (framing.kind === 'length' && busy.left === 0) this.#complete(busy, end, to);
    return end;
  }

  /**
   * The answer has ended, and what lies in `input` from `from` to `to` nobody asked for: it is more of the body, or what came next over
   * this connection could not be trusted. The connection is free before the receiver knows, who may ask again at once.
   */
  #complete(busy: Busy, from = 0, to = 0): void {
    if (this.#busy !== busy) return;
    if (busy.framing?.kind === 'length' && isMore(input, from, to)) throw longerBody(busy.framing.length);
    this.#busy = undefined;
    this.#answers++;
    if (busy.keepAlive && from === to && this.#socket.writableLength === 0) {
      // A second early, so that a request and the end of the connection do not cross.
      this.#expires = Date.now() + busy.idleFor - 1_000;
      this.#justAnswered = true;
      setImmediate(this.#nextTurn);
      this.#socket.resume();
      this.#socket.unref();
      this.#owner.idle(this);
    } else {
      this.drop();
    }
    busy.receiver.end();
  }

  readonly #nextTurn = (): void => {
    this.#justAnswered = false;
  };

  /** The server has closed the connection. */
  #finished(): void {
    const busy = this.#busy;
    if (busy?.framing?.kind === 'close') this.#complete(busy);
    else this.#end(hungUp(this.#isUnanswered()));
  }

  #end(error: unknown): void {
    const busy = this.#busy;
    this.#busy = undefined;
    this.drop();
    if (error instanceof OpenError && error.stale) this.#owner.stale();
    busy?.receiver.fail(error);
  }

  #silent(): void {
    const busy = this.#busy;
    if (busy === undefined) {
      this.drop();
      return;
    }
    busy.receiver.silence();
    if (this.#busy === busy) this.#socket.setTimeout(busy.timeout);
  }
}

/** Of a name with several addresses that all refuse: what each of them said. */
const wordsOf = (error: Error): string =>
  error instanceof AggregateError ? error.errors.map((each: Error) => each.message).join(', ') : error.message;
