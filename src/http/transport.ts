import {Agent as HttpAgent, type IncomingMessage} from 'node:http';
import {Agent as HttpsAgent} from 'node:https';
import type {Clock} from '../clock.js';
import {type AnswerHeaders, answerHeaders} from './answer-headers.js';
import type {BodyShare} from './body-budget.js';
import {acceptEncoding, tooLarge, undoCodings} from './content-coding.js';
import {Gathering} from './gathering.js';
import {growHeapFor} from './large-bodies.js';
import {largestHead, nowIdle, type Open, OpenError} from './open.js';
import {openDirect} from './open-direct.js';
import {isPrivateName, privateAddressCode, publicLookup} from './private-address.js';
import {TransportError} from './transport-error.js';
import type {WireRequest} from './wire.js';

interface TransportOptions {
  readonly signal: AbortSignal;
  /** ms of silence, before and within the answer; 0: no limit. */
  readonly timeout: number;
  /** ms for the whole answer, less those in which its body waits for room. */
  readonly totalTimeout: number;
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
  /** No proxy is named in the environment. */
  readonly direct?: boolean;
  /** Hosts of the proxies that it names: they may have private addresses. */
  readonly proxies?: readonly string[];
}

/**
 * The one place that sends: by node:http alone, or over axios where the environment names a proxy. The body is read and its
 * coding undone here, because that has to stop when the budget is used up, and because axios takes half a gzip stream for a
 * whole one.
 */
export function createTransport(context: TransportContext): Transport {
  const connection = {keepAlive: true, ...(context.publicOnly ? {lookup: publicLookup(context.proxies)} : {})};
  const agents = {http: new HttpAgent(connection), https: new HttpsAgent(connection)};
  for (const agent of Object.values(agents)) agent.on('free', nowIdle);
  const ours = {'user-agent': context.userAgent, 'accept-encoding': acceptEncoding};
  const direct = context.direct === true;
  let opening: Promise<Open> | undefined;
  const proxied: Open = async (request, options) => {
    opening ??= import('./open-proxied.js').then(({openProxied}) => openProxied(agents, context.clock));
    return (await opening)(request, options);
  };
  const open = direct ? openDirect(agents) : proxied;
  const send: Transport = (request, options) => {
    if (options.signal.aborted) throw options.signal.reason;
    const wire = {...request, headers: {...ours, ...request.headers}};
    return withinTotal(context.clock, options, (limited) => exchange(() => open(wire, limited), limited));
  };
  if (!context.publicOnly || direct) return send;
  return async (request, options) => {
    await refusePrivate(request.url);
    return send(request, options);
  };
}

/** Before a proxy is asked: it would connect to whatever it is told. */
async function refusePrivate({hostname}: URL): Promise<void> {
  if (await isPrivateName(hostname)) throw privateHost(`${hostname} has a private address`);
}

const privateHost = (text: string): TransportError =>
  new TransportError('address', `${text}, which is not allowed in the cloud`);

type Opened = () => Promise<IncomingMessage>;

async function exchange(open: Opened, options: TransportOptions): Promise<RawAnswer> {
  const message = await connect(open, options);
  const headers = answerHeaders(message.headers);
  const body = await collect(message, options);
  const status = message.statusCode ?? 0;
  if (status === 200 && body.length === 0 && message.rawHeaders.length === 0) {
    throw new TransportError('cut', 'the connection ended after "200" alone, without any header or body');
  }
  const coding = headers.get('content-encoding');
  return {status, headers, body: coding === null ? body : await decoded(body, coding, status, options.maxBytes)};
}

const isSuccess = (status = 0): boolean => status >= 200 && status < 300;

/** The body of an error counts less than its status: it stays as it is where its coding cannot be undone. */
async function decoded(body: Buffer, coding: string, status: number, maxBytes: number): Promise<Buffer> {
  try {
    return await undoCodings(body, coding, maxBytes);
  } catch (error) {
    if (isSuccess(status)) throw error;
    return body;
  }
}

/** Up to the head of the answer; at once again where an idle connection was gone. */
async function connect(open: Opened, options: TransportOptions): Promise<IncomingMessage> {
  try {
    return await open();
  } catch (thrown) {
    const isStale = thrown instanceof OpenError && thrown.stale;
    if (!isStale || options.signal.aborted) throw failure(thrown, options);
  }
  return open().catch((thrown: unknown) => {
    throw failure(thrown, options);
  });
}

function failure(thrown: unknown, {signal, timeout}: TransportOptions): unknown {
  if (signal.aborted) return signal.reason;
  if (!(thrown instanceof OpenError)) return thrown;
  // With several addresses tried in turn Node's error has a code and no text.
  const text = thrown.message === '' ? (thrown.code ?? 'connection failed') : thrown.message;
  if (thrown.code === privateAddressCode) return privateHost(text);
  if (thrown.code === 'ECONNABORTED') return new TransportError('timeout', `no answer for ${timeout / 1000} s`);
  if (thrown.code === 'HPE_HEADER_OVERFLOW') {
    return new TransportError(
      'too_large',
      `the head of the answer is larger than ${largestHead} bytes: ask for fewer headers and cookies (a Link that repeats long params counts too)`,
    );
  }
  return new TransportError('connection', wordsFor(text, thrown.code));
}

/** What Node's parser and OpenSSL say is for who wrote them; some mistakes of configuration look like this. */
function wordsFor(text: string, code: string | undefined): string {
  if (code?.startsWith('HPE_') === true) {
    const reason = text.replace(/^Parse Error: /, '');
    const lenient = /value char|be present|expected (CR|LF)/i.test(reason);
    return `the answer is no valid HTTP: ${reason}${lenient ? ' (NODE_OPTIONS=--insecure-http-parser reads it all the same)' : ''}`;
  }
  if (/EPROTO.*wrong version number/s.test(text))
    return 'no TLS is spoken at this port: is it http:// rather than https://?';
  if (/certificate/i.test(text)) return `${text} (NODE_EXTRA_CA_CERTS names the file of a further authority)`;
  return text;
}

/** The whole body. By events: iterating over the message costs several promises a chunk. */
function collect(message: IncomingMessage, {maxBytes, share, signal, timeout}: TransportOptions): Promise<Buffer> {
  const announced = Number(message.headers['content-length'] ?? 0);
  const announcedText = announced > 0 ? ` of ${announced}` : '';
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
      if (signal.aborted) reject(signal.reason);
      else if (isSuccess(message.statusCode)) reject(reason);
      // Of an error the status says most: what came of its body is enough.
      else resolve(body.take());
    };
    const succeed = (): void => {
      finish();
      growHeapFor(body.length);
      resolve(body.take());
    };
    const onAbort = (): void => fail(signal.reason);
    const onSilence = (): void => {
      if (waiting) socket.setTimeout(timeout);
      else fail(new TransportError('timeout', `the answer stopped for ${timeout / 1000} s`));
    };
    const cut = (): void => {
      if (!done && !ended)
        fail(new TransportError('cut', `the connection ended after ${body.length}${announcedText} bytes of the body`));
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

/** Runs an exchange under `total_timeout`. */
async function withinTotal(
  clock: Clock,
  options: TransportOptions,
  run: (options: TransportOptions) => Promise<RawAnswer>,
): Promise<RawAnswer> {
  const {totalTimeout, signal, share} = options;
  const controller = new AbortController();
  const stop = (): void => controller.abort(signal.reason);
  signal.addEventListener('abort', stop);
  // The server has no part in the time in which its body waits for other bodies: that is given to it once more.
  let waited = 0;
  let waitsSince: number | undefined;
  const counted: BodyShare = {
    ...share,
    async grow(bytes, until) {
      const since = clock.now();
      waitsSince = since;
      await share.grow(bytes, until).finally(() => {
        waitsSince = undefined;
        waited += clock.now() - since;
      });
    },
  };
  const ring = (): void => {
    const now = clock.now();
    const more = waited + (waitsSince === undefined ? 0 : now - waitsSince);
    waited = 0;
    if (waitsSince !== undefined) waitsSince = now;
    if (more > 0) lift = clock.after(more, ring);
    else controller.abort(new TransportError('timeout', tooLong(totalTimeout)));
  };
  let lift = clock.after(totalTimeout, ring);
  try {
    return await run({...options, signal: controller.signal, share: counted});
  } finally {
    lift();
    signal.removeEventListener('abort', stop);
  }
}

const tooLong = (ms: number): string =>
  `no whole answer within ${ms / 1000} s: ask for smaller pages, or raise client.total_timeout`;
