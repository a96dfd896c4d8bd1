import type {Clock} from '../clock.js';
import type {AnswerHeaders} from './answer-headers.js';
import {acceptEncoding, undoCodings} from './content-coding.js';
import type {Call, Open} from './open.js';
import {openDirect} from './open-direct.js';
import {isPrivateName, publicLookup} from './private-address.js';
import {isSuccess, privateHost, type ReceiveOptions, receive} from './receiving.js';
import {TransportError} from './transport-error.js';
import type {WireRequest} from './wire.js';

export interface RawAnswer {
  readonly status: number;
  /** Repeated headers joined with ", ". */
  readonly headers: AnswerHeaders;
  /** Without content coding, whole. */
  readonly body: Buffer;
}

/** One request over the wire: no credentials, no redirects, no repeats. Throws TransportError, or the signal's reason. */
export type Transport = (request: WireRequest, options: ReceiveOptions) => Promise<RawAnswer>;

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
 * The one place that sends: over connections of our own, or over axios where the environment names a proxy. The body is read and
 * its coding undone here, because that has to stop when the budget is used up, and because axios takes half a gzip stream for
 * a whole one.
 */
export function createTransport(context: TransportContext): Transport {
  const {clock, publicOnly, userAgent} = context;
  const lookup = publicOnly ? publicLookup(context.proxies) : undefined;
  const direct = context.direct === true;
  const open = direct
    ? openDirect(lookup)
    : openLater(() => import('./open-proxied.js').then(({openProxied}) => openProxied(clock, lookup)));
  const ours = {'user-agent': userAgent, 'accept-encoding': acceptEncoding};
  return async (request, options) => {
    if (options.signal.aborted) throw options.signal.reason;
    if (publicOnly && !direct) await refusePrivate(request.url);
    const {head, body} = await receive({...request, headers: {...ours, ...request.headers}}, open, options, clock);
    const {status, headers} = head;
    if (status === 200 && body.length === 0 && head.bare) {
      throw new TransportError('cut', 'the connection ended after "200" alone, without any header or body');
    }
    const coding = headers.get('content-encoding');
    return {status, headers, body: coding === null ? body : await decoded(body, coding, status, options.maxBytes)};
  };
}

/** What it needs is loaded with the first request. */
function openLater(load: () => Promise<Open>): Open {
  let loading: Promise<Open> | undefined;
  return (request, timeout, receiver) => {
    let call: Call | undefined;
    let aborted = false;
    loading ??= load();
    loading
      .then((open) => {
        if (!aborted) call = open(request, timeout, receiver);
      })
      .catch((error: unknown) => receiver.fail(error));
    return {
      pause: () => call?.pause(),
      resume: () => call?.resume(),
      abort: () => {
        aborted = true;
        call?.abort();
      },
    };
  };
}

/** Before a proxy is asked: it would connect to whatever it is told. */
async function refusePrivate({hostname}: URL): Promise<void> {
  if (await isPrivateName(hostname)) throw privateHost(`${hostname} has a private address`);
}

/** The body of an error counts less than its status: it stays as it is where its coding cannot be undone. */
async function decoded(body: Buffer, coding: string, status: number, maxBytes: number): Promise<Buffer> {
  try {
    return await undoCodings(body, coding, maxBytes);
  } catch (error) {
    if (isSuccess(status)) throw error;
    return body;
  }
}
