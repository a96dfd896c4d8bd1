import type {Clock} from '../clock.js';
import {ConnectorError, configError} from '../errors.js';
import type {Attempt} from './answer.js';
import type {Authenticator} from './authenticator.js';
import type {BodyBudget} from './body-budget.js';
import type {Hosts} from './hosts.js';
import type {Limits} from './limits.js';
import {maxRedirects, redirectOf} from './redirects.js';
import type {RequestSpec} from './request.js';
import type {RawAnswer, Transport} from './transport.js';
import {TransportError} from './transport-error.js';
import {displayUrl, withQuery} from './url.js';
import {toWire} from './wire.js';

/** What every request of a resource goes through. Times in ms. */
export interface Wire {
  readonly clock: Clock;
  readonly transport: Transport;
  readonly hosts: Hosts;
  readonly limits: Limits;
  readonly bodies: BodyBudget;
  readonly authenticator: Authenticator;
  readonly timeout: number;
  readonly totalTimeout: number;
  readonly maxBytes: number;
  /** Text with every known secret masked. */
  readonly redact: (text: string) => string;
}

/** One request over the wire, as far as it got. */
export interface Exchange {
  /** Without credentials; after redirects the last one. */
  readonly request: RequestSpec;
  /** With credentials. */
  readonly sent: RequestSpec;
  /** Without credentials. */
  readonly url: string;
  readonly host: string;
  readonly startedAt: number;
  readonly ms: number;
  readonly outcome: RawAnswer | TransportError;
  /** Why a redirect was not followed. */
  readonly unfollowed: string | undefined;
}

export interface ExchangeOptions {
  readonly signal: AbortSignal;
  readonly onWait: (until: number) => void;
  /** Called for an answer that is followed. */
  readonly onRedirect: (exchange: Exchange) => void;
  /** ms spent waiting for a permit. */
  readonly onPermit: (ms: number) => void;
}

/**
 * Credentials, permit, transport, and the same again for each redirect: the host rule holds for every hop, and credentials are
 * put on anew. A connection that fails is an outcome; throws ConnectorError for what must not be sent, or the signal's reason.
 */
export async function exchange(request: RequestSpec, wire: Wire, options: ExchangeOptions): Promise<Exchange> {
  let hop = request;
  let before: string | undefined;
  for (let redirects = 0; ; redirects += 1) {
    const done = await oneHop(hop, before, wire, options);
    if (done.outcome instanceof TransportError) return done;
    const {status, headers} = done.outcome;
    const redirect = redirectOf(done.request, status, headers);
    if (redirect === undefined) return done;
    if ('refuse' in redirect) return done.notFollowed(redirect.refuse);
    if (redirects === maxRedirects) return done.notFollowed(`again, after ${maxRedirects} redirects already`);
    options.onRedirect(done);
    before = done.request.url;
    hop = redirect.follow;
  }
}

/** An exchange as it is put together. A class, for a literal with a getter costs V8 a shape of its own each time. */
class Hop implements Exchange {
  readonly request: RequestSpec;
  readonly sent: RequestSpec;
  readonly host: string;
  readonly startedAt: number;
  readonly ms: number;
  readonly outcome: RawAnswer | TransportError;
  unfollowed: string | undefined;
  readonly #wire: Wire;

  constructor(wire: Wire, done: Omit<Exchange, 'url' | 'unfollowed'>) {
    this.request = done.request;
    this.sent = done.sent;
    this.host = done.host;
    this.startedAt = done.startedAt;
    this.ms = done.ms;
    this.outcome = done.outcome;
    this.unfollowed = undefined;
    this.#wire = wire;
  }

  /** Needed only where something is said. */
  get url(): string {
    return display(this.request, this.#wire);
  }

  notFollowed(why: string): this {
    this.unfollowed = why;
    return this;
  }
}

async function oneHop(
  spec: RequestSpec,
  before: string | undefined,
  wire: Wire,
  options: ExchangeOptions,
): Promise<Hop> {
  const {authenticator, clock, hosts, limits} = wire;
  const request = allowed(spec, before, wire);
  const sent = await authenticator.apply(request, options.signal);
  const encoded = toWire(sent);
  if (hosts.isDowngrade(encoded.url.href, before) && carriesCredentials(sent, wire)) {
    throw configError(
      `${display(request, wire)} is plain http, and credentials never go from https to http: ask for https, or write base_url with http`,
    );
  }
  const {host} = encoded.url;
  const asked = clock.now();
  const release = await limits.acquire({host, signal: options.signal, onWait: options.onWait});
  const startedAt = clock.now();
  if (startedAt > asked) options.onPermit(startedAt - asked);
  const share = wire.bodies.open();
  let outcome: RawAnswer | TransportError;
  try {
    outcome = await wire.transport(encoded, {
      signal: options.signal,
      timeout: wire.timeout,
      totalTimeout: wire.totalTimeout,
      maxBytes: wire.maxBytes,
      share,
    });
  } catch (thrown) {
    if (!(thrown instanceof TransportError)) throw thrown;
    outcome = thrown;
  } finally {
    share.close();
    release();
  }
  return new Hop(wire, {request, sent, host, startedAt, ms: clock.now() - startedAt, outcome});
}

function allowed(spec: RequestSpec, before: string | undefined, wire: Wire): RequestSpec {
  try {
    const url = wire.hosts.check(spec.url);
    return url === spec.url ? spec : {...spec, url};
  } catch (error) {
    if (before === undefined || !(error instanceof ConnectorError)) throw error;
    throw configError(`${displayUrl(before, wire.authenticator.queryNames)} redirects elsewhere: ${error.message}`);
  }
}

/** Credentials of the authenticator, or a secret anywhere in what is configured. */
function carriesCredentials(sent: RequestSpec, {authenticator, redact}: Wire): boolean {
  if (authenticator.headerNames.length > 0 || authenticator.queryNames.length > 0) return true;
  const texts = [...Object.values(sent.headers), ...sent.query.flat(), toWire(sent).body?.toString('utf8') ?? ''];
  return texts.some((text) => redact(text) !== text);
}

const display = (request: RequestSpec, wire: Wire): string =>
  displayUrl(withQuery(request.url, request.query), wire.authenticator.queryNames);

/** An exchange for `try`, --debug and tests. `wait`: ms before the next try. */
export function toAttempt(
  done: Exchange,
  about: Pick<Attempt, 'stream' | 'purpose' | 'retry' | 'wait' | 'body'>,
): Attempt {
  const {outcome, request} = done;
  const answer = outcome instanceof TransportError ? undefined : outcome;
  const {method, url, query} = request;
  return {
    ...about,
    // Headers and body of a token request are credentials.
    request: about.purpose === 'data' ? request : {method, url, query, headers: {}},
    url: done.url,
    status: answer?.status,
    error: outcome instanceof TransportError ? outcome.message : undefined,
    startedAt: done.startedAt,
    ms: done.ms,
    bytes: answer?.body.length ?? 0,
    responseHeaders: answer?.headers,
  };
}
