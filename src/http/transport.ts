import {ClientRequest, Agent as HttpAgent, type IncomingMessage} from 'node:http';
import {Agent as HttpsAgent} from 'node:https';
import {Axios, AxiosError, type AxiosResponse} from 'axios';
import type {Clock} from '../clock.js';
import {type AnswerHeaders, answerHeaders} from './answer-headers.js';
import type {BodyShare} from './body-budget.js';
import {acceptEncoding, tooLarge, undoCodings} from './content-coding.js';
import {createDirectAdapter} from './direct-adapter.js';
import {Gathering} from './gathering.js';
import {isPrivateName, privateAddressCode, publicLookup} from './private-address.js';
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
  readonly headers: AnswerHeaders;
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
  /** No proxy is named in the environment: then the stock adapter is not needed. */
  readonly direct?: boolean;
  /** Hosts of the proxies that it names: they may have private addresses. */
  readonly proxies?: readonly string[];
}

/**
 * The one place that sends over axios: by its stock adapter where the environment names a proxy, else by ours. The body is
 * read here and not by axios, because it has to stop when the budget is used up, and undone here, because axios takes half a
 * gzip stream for a whole one.
 */
export function createTransport(context: TransportContext): Transport {
  const connection = {keepAlive: true, ...(context.publicOnly ? {lookup: publicLookup(context.proxies)} : {})};
  const agents = {http: new HttpAgent(connection), https: new HttpsAgent(connection)};
  // Without axios' defaults: each of them would be merged for every page.
  const client = new Axios({
    adapter: 'http',
    httpAgent: agents.http,
    httpsAgent: agents.https,
    responseType: 'stream',
    decompress: false,
    validateStatus: null,
    maxRedirects: 0,
  });
  const bare = new Axios({});
  const open = (request: WireRequest, {timeout, signal}: TransportOptions): Promise<AxiosResponse<IncomingMessage>> => {
    const {method, url, body: data} = request;
    const headers = {'user-agent': context.userAgent, 'accept-encoding': acceptEncoding, ...request.headers};
    const asked = {method, url, data, timeout, signal};
    if (context.direct === true) return bare.request({...asked, adapter: createDirectAdapter(agents, headers)});
    // false: axios would make every POST a form.
    return client.request({...asked, headers: {'content-type': false, ...headers}});
  };
  const send: Transport = (request, options) => {
    if (options.signal.aborted) throw options.signal.reason;
    return withinTotal(context.clock, options, (limited) => exchange(() => open(request, limited), limited));
  };
  if (!context.publicOnly || context.direct === true) return send;
  return async (request, options) => {
    await refusePrivate(request.url);
    return send(request, options);
  };
}

/** Before a proxy is asked: it would connect to whatever it is told. */
async function refusePrivate(url: string): Promise<void> {
  const {hostname} = new URL(url);
  if (await isPrivateName(hostname)) throw privateHost(`${hostname} has a private address`);
}

const privateHost = (text: string): TransportError =>
  new TransportError('address', `${text}, which is not allowed in the cloud`);

type Open = () => Promise<AxiosResponse<IncomingMessage>>;

async function exchange(open: Open, options: TransportOptions): Promise<RawAnswer> {
  const response = await connect(open, options);
  const headers = answerHeaders(response.data.headers);
  const body = await collect(response.data, options);
  const coding = headers.get('content-encoding');
  return {
    status: response.status,
    headers,
    body: coding === null ? body : await undoCodings(body, coding, options.maxBytes),
  };
}

/** Up to the head of the answer. */
async function connect(open: Open, options: TransportOptions): Promise<AxiosResponse<IncomingMessage>> {
  try {
    return await open();
  } catch (thrown) {
    if (!isStaleSocket(thrown) || options.signal.aborted) throw failure(thrown, options);
  }
  return open().catch((thrown: unknown) => {
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
  if (thrown.code === privateAddressCode) return privateHost(text);
  if (thrown.code === 'ECONNABORTED') return new TransportError('timeout', `no answer for ${timeout / 1000} s`);
  return new TransportError('connection', tlsText(text));
}

/** What OpenSSL says is for who wrote it; two mistakes of configuration look like this. */
function tlsText(text: string): string {
  if (/EPROTO.*wrong version number/s.test(text))
    return 'no TLS is spoken at this port: is it http:// rather than https://?';
  if (/certificate/i.test(text)) return `${text} (NODE_EXTRA_CA_CERTS names the file of a further authority)`;
  return text;
}

/** The whole body. By events: iterating over the message costs several promises a chunk. */
function collect(message: IncomingMessage, {maxBytes, share, signal, timeout}: TransportOptions): Promise<Buffer> {
  const announced = Number(message.headers['content-length'] ?? 0);
  const {socket} = message;
  return new Promise((resolve, reject) => {
    const body = new Gathering(announced <= maxBytes ? announced : 0);
    let waiting = false;
    let ended = false;
    let done = false;
    const finish = (): void => {
      done = true;
      socket.off('timeout', onSilence);
      signal.removeEventListener('abort', onAbort);
    };
    const fail = (reason: unknown): void => {
      if (done) return;
      finish();
      message.destroy();
      reject(signal.aborted ? signal.reason : reason);
    };
    const succeed = (): void => {
      finish();
      resolve(body.take());
    };
    const onAbort = (): void => fail(signal.reason);
    const onSilence = (): void => {
      if (waiting) socket.setTimeout(timeout);
      else fail(new TransportError('timeout', `the answer stopped for ${timeout / 1000} s`));
    };
    const cut = (): void => {
      if (!done && !ended)
        fail(new TransportError('cut', `the connection ended after ${body.length} bytes of the body`));
    };
    message.on('data', (chunk: Buffer) => {
      body.add(chunk);
      if (body.length > maxBytes) fail(new TransportError('too_large', tooLarge(maxBytes)));
      else if (!share.take(chunk.length)) {
        waiting = true;
        message.pause();
        share.grow(chunk.length, signal).then(() => {
          waiting = false;
          // A message that had ended before it was read says so even while it is paused.
          if (ended) succeed();
          else message.resume();
        }, fail);
      }
    });
    message.once('end', () => {
      if (!message.complete) return cut();
      ended = true;
      if (!waiting) succeed();
    });
    message.on('error', cut);
    message.once('close', cut);
    // The time that ends with the head of the answer goes on and reports here.
    socket.on('timeout', onSilence);
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) onAbort();
    else if (announced > maxBytes) fail(new TransportError('too_large', tooLarge(maxBytes)));
  });
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
