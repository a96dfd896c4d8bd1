import {once} from 'node:events';
import {createServer, type OnReadOpts, Socket} from 'node:net';
import {Connection} from '../../../src/http/http1/connection.js';
import {requestHead} from '../../../src/http/http1/request-text.js';
import {type AnswerHead, type Call, type Open, OpenError, type Receiver} from '../../../src/http/open.js';
import type {WireRequest} from '../../../src/http/wire.js';
import {type Listening, listening} from '../../support/listening.js';

/** Takes an answer down. Throws for what a receiver must never see: a second head, a body without one, anything after the end. */
export class Taken implements Receiver {
  status: number | undefined;
  headers: [string, string][] = [];
  length: number | undefined;
  body = Buffer.alloc(0);
  /** Pieces of the body. */
  pieces = 0;
  silences = 0;
  error: unknown;
  /** Called within, as the answer comes. */
  onHead: () => void = () => undefined;
  onData: () => void = () => undefined;
  #isOver = false;
  #asked = 0;
  #room: Buffer | undefined;
  /** Resolves when the answer has ended or failed. */
  readonly over: Promise<this>;
  readonly #tell: () => void;

  constructor() {
    let tell: () => void = () => undefined;
    this.over = new Promise((resolve) => {
      tell = () => resolve(this);
    });
    this.#tell = tell;
  }

  get text(): string {
    return this.body.toString('latin1');
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** '' where it ended as it should. */
  get failure(): string {
    if (this.error === undefined) return '';
    return this.error instanceof OpenError ? `${this.error.code}: ${this.error.message}` : String(this.error);
  }

  head({status, headers, length}: AnswerHead): void {
    if (this.#isOver || this.status !== undefined) throw new Error('a head out of turn');
    this.status = status;
    this.headers = [...headers];
    this.length = length;
    this.onHead();
  }

  data(bytes: Buffer, from: number, to: number): void {
    if (this.#isOver || this.status === undefined || to <= from) throw new Error('data out of turn');
    this.body = Buffer.concat([this.body, bytes.subarray(from, to)]);
    this.pieces += 1;
    this.onData();
  }

  /** Every other piece is put into its place. */
  room(most: number): Buffer | undefined {
    if (this.#isOver || this.status === undefined) throw new Error('room out of turn');
    this.#asked += 1;
    this.#room = most > 0 && this.#asked % 2 === 0 ? Buffer.alloc(Math.min(most, 40_000)) : undefined;
    return this.#room;
  }

  filled(size: number): void {
    if (this.#room === undefined) throw new Error('nothing was made room for');
    this.data(this.#room, 0, size);
    this.#room = undefined;
  }

  end(): void {
    if (this.#isOver || this.status === undefined) throw new Error('an end out of turn');
    this.#isOver = true;
    this.#tell();
  }

  fail(error: unknown): void {
    if (this.#isOver) throw new Error('a failure after the end');
    this.#isOver = true;
    this.error = error;
    this.#tell();
  }

  silence(): void {
    if (this.#isOver) throw new Error('silence after the end');
    this.silences += 1;
  }
}

export interface Question {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  /** ms; 0, none, when absent. */
  readonly timeout?: number;
}

const toRequest = (url: string, {method = 'GET', headers = {}, body}: Question): WireRequest => ({
  method,
  url: new URL(url),
  headers,
  body,
});

/** An answer on its way. */
export interface Asked extends Call {
  readonly taken: Taken;
  readonly over: Promise<Taken>;
}

export function ask(open: Open, url: string, question: Question = {}): Asked {
  const taken = new Taken();
  return {...open(toRequest(url, question), question.timeout ?? 0, taken), taken, over: taken.over};
}

/** A connection whose bytes the test hands in itself, in the pieces it likes, beside what became of it. */
export interface Fed {
  readonly taken: Taken;
  /** How often it was given back for the next request, and whether it was given up. */
  readonly idle: number;
  readonly isGone: boolean;
  feed(piece: Buffer): void;
  /** The server closes it. */
  end(): void;
}

export function fed(method = 'GET'): Fed {
  let onread: OnReadOpts | undefined;
  let idle = 0;
  let isGone = false;
  const socket = Object.assign(new Socket(), {write: () => true});
  const connect = (options: OnReadOpts): Socket => {
    onread = options;
    return socket;
  };
  const owner = {
    idle: () => {
      idle += 1;
    },
    gone: () => {
      isGone = true;
    },
    stale: () => undefined,
  };
  const taken = new Taken();
  const request = toRequest('http://a.example/', {method});
  new Connection(connect, undefined, owner).send(request, requestHead(request), 0, taken);
  return {
    taken,
    get idle() {
      return idle;
    },
    get isGone() {
      return isGone;
    },
    feed(piece) {
      for (let from = 0; from < piece.length; ) {
        if (socket.destroyed || typeof onread?.buffer !== 'function') return;
        const buffer = onread.buffer();
        const part = piece.subarray(from, from + buffer.length);
        buffer.set(part);
        onread.callback(part.length, buffer);
        from += part.length;
      }
    },
    end: () => void socket.emit('end'),
  };
}

/** A server that does nothing by itself: the test speaks through its connections. */
export interface Handed extends Listening, AsyncDisposable {
  /** The next connection that comes, once a request lies in it. */
  next(): Promise<Socket>;
}

export async function handed(): Promise<Handed> {
  const server = createServer({noDelay: true});
  const at = await listening(server);
  const next = async (): Promise<Socket> => {
    const [socket] = await once(server, 'connection');
    if (!(socket instanceof Socket)) throw new Error('no socket');
    await once(socket, 'data');
    return socket;
  };
  return {
    url: at.url,
    port: at.port,
    get connections() {
      return at.connections;
    },
    close: at.close,
    next,
    [Symbol.asyncDispose]: at.close,
  };
}

/** What was handed to the system has arrived, and what it says has been read. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
