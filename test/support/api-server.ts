import {createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse} from 'node:http';
import {listening} from './listening.js';

/** A request as it arrived. `target` is the raw request line's part: path and query, still encoded. */
export interface Recorded {
  readonly method: string;
  readonly target: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What to answer. `body` of chunks is written piece by piece: a test decides when the next one leaves. */
export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Buffer | AsyncIterable<string | Buffer>;
  /** Announce the whole length, send this many bytes, then destroy the connection. 0: after the head. */
  readonly cutAfter?: number;
  /** Destroy the connection without an answer. */
  readonly reset?: boolean;
}

/** `index` counts the requests of this handler from 0. */
export type Handler = (request: Recorded, index: number) => Reply | Promise<Reply>;

export interface Api {
  /** http://127.0.0.1:port, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Every request so far, in order of arrival. */
  readonly requests: readonly Recorded[];
  /** Requests being answered now, and the most there ever were at once. */
  readonly inFlight: number;
  readonly maxInFlight: number;
  readonly connections: number;
  close(): Promise<void>;
}

/**
 * A real server on 127.0.0.1. Either one handler for everything or routes: '/items' or 'POST /items' to a reply or handler;
 * what no route names is answered with 404 {"error":"no route"}. Close it in the test (`await using` works too).
 */
export async function startApi(
  routes: Handler | Readonly<Record<string, Handler | Reply>>,
): Promise<Api & AsyncDisposable> {
  const requests: Recorded[] = [];
  const counts = new Map<unknown, number>();
  let inFlight = 0;
  let maxInFlight = 0;

  const answer = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await record(message);
    requests.push(request);
    inFlight += 1;
    maxInFlight = Math.max(maxInFlight, inFlight);
    response.once('close', () => {
      inFlight -= 1;
    });
    const route =
      typeof routes === 'function' ? routes : (routes[`${request.method} ${request.path}`] ?? routes[request.path]);
    const index = counts.get(route) ?? 0;
    counts.set(route, index + 1);
    const reply = typeof route === 'function' ? await route(request, index) : route;
    await write(response, reply ?? json({error: 'no route'}, {status: 404}));
  };

  const server = createServer((message, response) => {
    answer(message, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 60_000;
  const at = await listening(server);
  return {
    url: at.url,
    port: at.port,
    requests,
    get inFlight() {
      return inFlight;
    },
    get maxInFlight() {
      return maxInFlight;
    },
    get connections() {
      return at.connections;
    },
    close: at.close,
    [Symbol.asyncDispose]: at.close,
  };
}

/** A JSON answer; a string is taken as JSON text, so that numbers can be written exactly. */
export function json(value: unknown, options: Omit<Reply, 'body'> = {}): Reply {
  const body = typeof value === 'string' ? value : JSON.stringify(value);
  return {...options, headers: {'content-type': 'application/json', ...options.headers}, body};
}

/** The first `times` requests get `failure`, all later ones what `then` says. */
export function failing(times: number, failure: Reply, then: Reply | Handler): Handler {
  return (request, index) => {
    if (index < times) return failure;
    return typeof then === 'function' ? then(request, index - times) : then;
  };
}

/** Something to await in a handler until the test calls `open`: a delay without time. */
export function gate(): {readonly opened: Promise<void>; open(): void} {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return {opened, open: () => open()};
}

async function record(message: IncomingMessage): Promise<Recorded> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const target = message.url ?? '/';
  const url = new URL(target, 'http://server.invalid');
  return {
    method: message.method ?? 'GET',
    target,
    path: url.pathname,
    query: url.searchParams,
    headers: message.headers,
    body: Buffer.concat(chunks).toString('utf8'),
  };
}

async function write(response: ServerResponse, reply: Reply): Promise<void> {
  if (reply.reset === true) {
    response.destroy();
    return;
  }
  const {body = ''} = reply;
  const whole = typeof body === 'string' || Buffer.isBuffer(body) ? Buffer.from(body) : undefined;
  response.statusCode = reply.status ?? 200;
  for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value);
  if (whole !== undefined && reply.status !== 204 && reply.status !== 304) {
    response.setHeader('content-length', whole.length);
  }
  if (reply.cutAfter !== undefined && whole !== undefined) {
    response.flushHeaders();
    const sent = whole.subarray(0, reply.cutAfter);
    await new Promise((resolve) => (sent.length === 0 ? resolve(undefined) : response.write(sent, resolve)));
    response.destroy();
    return;
  }
  if (whole !== undefined) {
    response.end(whole);
    return;
  }
  response.flushHeaders();
  for await (const chunk of body as AsyncIterable<string | Buffer>) response.write(chunk);
  response.end();
}
