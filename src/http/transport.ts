import {ClientRequest, Agent as HttpAgent, type IncomingMessage} from 'node:http';
import {Agent as HttpsAgent} from 'node:https';
import axios, {AxiosError, type AxiosInstance, type AxiosResponse} from 'axios';
import type {Clock} from '../clock.js';
import type {BodyShare} from './body-budget.js';
import {acceptEncoding, tooLarge, undoCodings} from './content-coding.js';
import {privateAddressCode, publicLookup} from './private-address.js';
import {TransportError} from './transport-error.js';
import type {WireRequest} from './wire.js';

interface TransportOptions {
  readonly signal: AbortSignal;
  /** ms of silence, before and within the answer; 0: no limit. */
  readonly timeout: number;
  /** ms for the whole answer. */
  readonly totalTimeout: number | undefined;
  /** Of the body, after decompression. */
  readonly maxBytes: number;
  readonly share: BodyShare;
}

export interface RawAnswer {
  readonly status: number;
  /** Repeated headers joined with ", ". */
  readonly headers: Headers;
  /** Without content coding, whole. */
  readonly body: Buffer;
}

/** One request over the wire: no credentials, no redirects, no repeats. Throws TransportError, or the signal's reason. */
export type Transport = (request: WireRequest, options: TransportOptions) => Promise<RawAnswer>;

interface TransportContext {
  readonly clock: Clock;
  /** source-rest-api/<version> */
  readonly userAgent: string;
  /** Connections to private addresses are refused (DEPLOYMENT_MODE=cloud). */
  readonly publicOnly: boolean;
}

/**
 * The one place that sends over axios: its stock adapter, which brings proxies from the environment. The body is read here and
 * not by axios, because it has to stop when the budget is used up, and undone here, because axios takes half a gzip
 * stream for a whole one.
 */
export function createTransport(context: TransportContext): Transport {
  const connection = {keepAlive: true, ...(context.publicOnly ? {lookup: publicLookup()} : {})};
  const client = axios.create({
    adapter: 'http',
    httpAgent: new HttpAgent(connection),
    httpsAgent: new HttpsAgent(connection),
    responseType: 'stream',
    decompress: false,
    transformRequest: [],
    transformResponse: [],
    validateStatus: null,
    maxRedirects: 0,
  });
  return (request, options) => {
    if (options.signal.aborted) throw options.signal.reason;
    return withinTotal(context.clock, options, (limited) => exchange(client, context.userAgent, request, limited));
  };
}

async function exchange(
  client: AxiosInstance,
  userAgent: string,
  request: WireRequest,
  options: TransportOptions,
): Promise<RawAnswer> {
  const response = await connect(client, userAgent, request, options);
  const headers = toHeaders(response.headers);
  const body = await collect(response.data, headers, options);
  return {
    status: response.status,
    headers,
    body: await undoCodings(body, headers.get('content-encoding'), options.maxBytes),
  };
}

/** Up to the head of the answer. */
async function connect(
  client: AxiosInstance,
  userAgent: string,
  request: WireRequest,
  options: TransportOptions,
): Promise<AxiosResponse<IncomingMessage>> {
  const send = (): Promise<AxiosResponse<IncomingMessage>> =>
    client.request({
      method: request.method,
      url: request.url,
      // false: axios would make every POST a form.
      headers: {
        'user-agent': userAgent,
        'accept-encoding': acceptEncoding,
        'content-type': false,
        ...request.headers,
      },
      data: request.body,
      timeout: options.timeout,
      signal: options.signal,
    });
  try {
    return await send();
  } catch (thrown) {
    if (!isStaleSocket(thrown) || options.signal.aborted) throw failure(thrown, options);
  }
  return send().catch((thrown: unknown) => {
    throw failure(thrown, options);
  });
}

/** The server had closed an idle connection just when it was used again: the request never reached it. */
const isStaleSocket = (thrown: unknown): boolean =>
  thrown instanceof AxiosError &&
  thrown.request instanceof ClientRequest &&
  thrown.request.reusedSocket &&
  (thrown.code === 'ECONNRESET' || thrown.code === 'EPIPE');

function failure(thrown: unknown, {signal, timeout}: TransportOptions): unknown {
  if (signal.aborted) return signal.reason;
  if (!(thrown instanceof AxiosError)) return thrown;
  // With several addresses tried in turn Node's error has a code and no text.
  const text = thrown.message === '' ? (thrown.code ?? 'connection failed') : thrown.message;
  if (thrown.code === privateAddressCode)
    return new TransportError('address', `${text}, which is not allowed in the cloud`);
  if (thrown.code === 'ECONNABORTED') return new TransportError('timeout', `no answer for ${timeout / 1000} s`);
  return new TransportError('connection', text);
}

async function collect(message: IncomingMessage, headers: Headers, options: TransportOptions): Promise<Buffer> {
  const {maxBytes, share, signal, timeout} = options;
  const announced = Number(headers.get('content-length'));
  const {socket} = message;
  let waiting = false;
  const onSilence = (): void => {
    if (waiting) socket.setTimeout(timeout);
    else message.destroy(new TransportError('timeout', `the answer stopped for ${timeout / 1000} s`));
  };
  // axios' own limit ends with the head of the answer, but its timer goes on and reports here.
  socket.on('timeout', onSilence);
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    if (announced > maxBytes) throw new TransportError('too_large', tooLarge(maxBytes));
    for await (const chunk of message as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > maxBytes) throw new TransportError('too_large', tooLarge(maxBytes));
      waiting = true;
      await share.grow(chunk.length, signal);
      waiting = false;
      chunks.push(chunk);
    }
  } catch (thrown) {
    message.destroy();
    if (signal.aborted) throw signal.reason;
    if (thrown instanceof TransportError) throw thrown;
    throw new TransportError('cut', `the connection ended after ${length} bytes of the body`);
  } finally {
    socket.off('timeout', onSilence);
  }
  const [first, ...others] = chunks;
  return first !== undefined && others.length === 0 ? first : Buffer.concat(chunks, length);
}

function toHeaders(received: AxiosResponse['headers']): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(received)) {
    for (const one of Array.isArray(value) ? value : [value]) headers.append(name, String(one));
  }
  return headers;
}

/** Runs an exchange under `total_timeout`, if there is one. */
async function withinTotal(
  clock: Clock,
  options: TransportOptions,
  run: (options: TransportOptions) => Promise<RawAnswer>,
): Promise<RawAnswer> {
  const {totalTimeout, signal} = options;
  if (totalTimeout === undefined) return run(options);
  const controller = new AbortController();
  const finished = new AbortController();
  const stop = (): void => controller.abort(signal.reason);
  signal.addEventListener('abort', stop, {once: true});
  clock.sleep(totalTimeout, finished.signal).then(
    () => controller.abort(new TransportError('timeout', `no whole answer within ${totalTimeout / 1000} s`)),
    () => undefined,
  );
  try {
    return await run({...options, signal: controller.signal});
  } finally {
    finished.abort();
    signal.removeEventListener('abort', stop);
  }
}
