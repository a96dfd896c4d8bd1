import {get} from 'node:http';
import type {Socket} from 'node:net';
import {type AnswerHead, type Call, type Open, OpenError} from '../../../src/http/open.js';

/** An answer as a client gives it. */
export interface Heard {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface Asked {
  readonly answer: Promise<Heard>;
  readonly call: Call;
  /** Of the body, as far as it came. */
  readonly received: () => number;
  /** How often the server was silent for as long as is allowed. */
  readonly silences: () => number;
}

interface Request {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  /** ms */
  readonly timeout?: number;
  /** Bytes of a piece that is put into its place. */
  readonly room?: number;
  readonly onHead?: (head: AnswerHead) => void;
  readonly onData?: () => void;
  readonly onSilence?: () => void;
}

/** Sends a request by `open` and gathers what comes. */
export function ask(open: Open, url: string, request: Request = {}): Asked {
  const {method = 'GET', headers = {}, body, timeout = 5_000, room: most = 50_000} = request;
  const {promise, resolve, reject} = withResolvers<Heard>();
  const pieces: Buffer[] = [];
  let head: AnswerHead | undefined;
  let placed: Buffer | undefined;
  let size = 0;
  let silences = 0;
  const add = (piece: Buffer): void => {
    pieces.push(Buffer.from(piece));
    size += piece.length;
    request.onData?.();
  };
  const call = open({method, url: new URL(url), headers, body}, timeout, {
    head: (came) => {
      if (head !== undefined) reject(new Error('a second head'));
      head = came;
      request.onHead?.(came);
    },
    data: (bytes, from, to) => add(bytes.subarray(from, to)),
    room: (wanted) => {
      placed = most === 0 || wanted === 0 ? undefined : Buffer.alloc(Math.min(wanted, most));
      return placed;
    },
    filled: (count) => add(placed?.subarray(0, count) ?? Buffer.alloc(0)),
    end: () =>
      resolve({
        status: head?.status ?? 0,
        headers: Object.fromEntries(head?.headers ?? []),
        body: Buffer.concat(pieces),
      }),
    fail: reject,
    silence: () => {
      silences++;
      request.onSilence?.();
    },
  });
  promise.catch(() => undefined);
  return {answer: promise, call, received: () => size, silences: () => silences};
}

/** The same by Node's client, a connection for each. */
export function askNode(url: string): Promise<Heard> {
  return new Promise((resolve, reject) => {
    const request = get(url, {agent: false, maxHeaderSize: 65_536}, (message) => {
      const pieces: Buffer[] = [];
      message.on('data', (piece: Buffer) => pieces.push(piece));
      message.on('error', reject);
      message.on('end', () => {
        const headers = Object.entries(message.headers).map(([name, value]) => [name, [value].flat().join(', ')]);
        resolve({
          status: message.statusCode ?? 0,
          headers: Object.fromEntries(headers),
          body: Buffer.concat(pieces),
        });
      });
    });
    request.on('error', reject);
    request.on('close', () => reject(new Error('closed')));
  });
}

/** What an answer came to, in words that can be compared. */
export async function outcome(answer: Promise<Heard>): Promise<Heard | 'failed'> {
  try {
    return await answer;
  } catch {
    return 'failed';
  }
}

/** The message of the OpenError that an answer ends with. */
export async function failure({answer}: Pick<Asked, 'answer'>): Promise<string> {
  try {
    const {status} = await answer;
    return `answered ${status}`;
  } catch (error) {
    return error instanceof OpenError ? `${error.code ?? 'no code'}: ${error.message}` : String(error);
  }
}

/** Writes pieces one after the other, each in a turn of its own. */
export async function inPieces(socket: Socket, pieces: readonly (Buffer | string)[]): Promise<void> {
  socket.setNoDelay(true);
  for (const piece of pieces) {
    if (socket.destroyed) return;
    socket.write(piece);
    await turn();
    await turn();
  }
}

export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export function withResolvers<T>() {
  let resolve: (value: T) => void = () => undefined;
  let reject: (reason: unknown) => void = () => undefined;
  const promise = new Promise<T>((done, failed) => {
    resolve = done;
    reject = failed;
  });
  return {promise, resolve, reject};
}
