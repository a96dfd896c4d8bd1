import {
  ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';
import {Agent as HttpsAgent, request as httpsRequest} from 'node:https';
import type {LookupFunction} from 'node:net';
import type {Duplex} from 'node:stream';
import {Axios, AxiosError} from 'axios';
import type {Clock} from '../clock.js';
import {answerHeaders} from './answer-headers.js';
import {hungUp, largestHead, type Open, OpenError, type Receiver, unanswered} from './open.js';
import {privateAddressCode} from './private-address.js';
import type {WireRequest} from './wire.js';

/** Over axios, which knows the proxies of the environment (HTTP_PROXY, NO_PROXY, …). */
export function openProxied(clock: Clock, lookup?: LookupFunction): Open {
  const connection = {keepAlive: true, ...(lookup === undefined ? {} : {lookup})};
  const httpAgent = new HttpAgent(connection);
  const httpsAgent = new HttpsAgent(connection);
  for (const agent of [httpAgent, httpsAgent]) agent.on('free', nowIdle);
  // Without axios' defaults: each of them would be merged for every page.
  const client = new Axios({
    adapter: 'http',
    httpAgent,
    httpsAgent,
    responseType: 'stream',
    decompress: false,
    validateStatus: null,
    maxRedirects: 0,
  });
  return (request, timeout, receiver) => {
    const aborted = new AbortController();
    let message: IncomingMessage | undefined;
    asked(client, clock, request, timeout, aborted.signal).then(
      (answer) => {
        if (aborted.signal.aborted) return;
        message = answer;
        pass(answer, timeout, receiver);
      },
      (error: unknown) => {
        if (aborted.signal.aborted) return;
        if (error instanceof Silence) receiver.silence();
        else receiver.fail(error);
      },
    );
    return {
      pause: () => message?.pause(),
      resume: () => message?.resume(),
      abort: () => {
        aborted.abort();
        message?.removeAllListeners().on('error', () => undefined);
        message?.destroy();
      },
    };
  };
}

/** Nothing came for as long as is allowed. */
class Silence extends Error {}

/** The head of the answer, its body unread. Throws OpenError or Silence. */
async function asked(
  client: Axios,
  clock: Clock,
  {method, url, headers, body: data}: WireRequest,
  timeout: number,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  // Node's timeout begins with the connection, and a proxy may never make one.
  const late = new AbortController();
  const connected = timeout > 0 ? clock.after(timeout, () => late.abort()) : () => undefined;
  const request = {
    method,
    url: url.href,
    data,
    timeout,
    signal: AbortSignal.any([signal, late.signal]),
    // false: axios would make every POST a form.
    headers: {'content-type': false, ...headers},
    transport: {
      request: (options: RequestOptions, answered: (message: IncomingMessage) => void) =>
        requestOf(options, answered, connected),
    },
  };
  try {
    return (await client.request<IncomingMessage>(request)).data;
  } catch (thrown) {
    if (!(thrown instanceof AxiosError)) throw thrown;
    const {message, code} = thrown;
    const reused = thrown.request instanceof ClientRequest && isUnanswered(thrown.request);
    if (late.signal.aborted || code === 'ECONNABORTED') throw new Silence();
    const about = code === privateAddressCode ? '' : proxyHint;
    throw new OpenError(`${message}${about}`, code, reused);
  } finally {
    connected();
  }
}

/** Hands an answer on as it comes. */
function pass(message: IncomingMessage, timeout: number, receiver: Receiver): void {
  const {socket} = message;
  const {'content-length': length} = message.headers;
  let isOver = false;
  const silent = (): void => {
    receiver.silence();
    if (!isOver) socket.setTimeout(timeout);
  };
  const over = (tell: () => void) => (): void => {
    if (isOver) return;
    isOver = true;
    socket.off('timeout', silent);
    tell();
  };
  const cut = over(() => receiver.fail(hungUp(false)));
  message.once('end', () => (message.complete ? over(() => receiver.end())() : cut()));
  message.on('error', cut);
  message.once('close', cut);
  // The time that ends with the head of the answer goes on and reports here.
  socket.on('timeout', silent);
  receiver.head({
    status: message.statusCode ?? 0,
    headers: answerHeaders(message.headers),
    bare: message.rawHeaders.length === 0,
    length: length === undefined ? undefined : Number(length),
  });
  message.on('data', (chunk: Buffer) => receiver.data(chunk, 0, chunk.length));
}

/** Which requests go through it is axios' to know. */
const proxyHint = ' (a proxy is named in the environment: HTTP_PROXY, HTTPS_PROXY, NO_PROXY)';

/** Bytes that each kept connection had brought when it was last given back. */
const brought = new WeakMap<object, number>();

function nowIdle(socket: Duplex): void {
  if ('bytesRead' in socket && typeof socket.bytesRead === 'number') brought.set(socket, socket.bytesRead);
}

/** Whether a request went over a kept connection that brought nothing since. */
const isUnanswered = ({reusedSocket, socket}: ClientRequest): boolean =>
  reusedSocket && socket !== null && brought.get(socket) === socket.bytesRead;

/** What axios leaves to Node's defaults: the limit of an answer's head, and an end without error or answer. */
function requestOf(
  options: RequestOptions,
  answered: (message: IncomingMessage) => void,
  connected: () => void,
): ClientRequest {
  const limited = {...options, maxHeaderSize: largestHead};
  const request = options.protocol === 'https:' ? httpsRequest(limited) : httpRequest(limited);
  let isAnswered = false;
  request.once('response', (message) => {
    isAnswered = true;
    answered(message);
  });
  request.once('close', () => {
    if (!isAnswered) request.emit('error', unanswered());
  });
  return request.once('socket', (socket) => {
    if (socket.connecting) socket.once('connect', connected);
    else connected();
  });
}
