import {counted} from '../counted.js';
import {ConnectorError, configError, transientError} from '../errors.js';
import {ExactNumber, type Json, type JsonObject, parseExact} from '../json/exact.js';
import type {Note} from '../log.js';
import {anonymous} from './anonymous.js';
import type {Observe} from './answer.js';
import type {AnswerHeaders} from './answer-headers.js';
import {attempts, type Verdict} from './attempts.js';
import {answerText, describe, requestText} from './describe.js';
import type {Exchange, Wire} from './exchange.js';
import {createHosts} from './hosts.js';
import {isUnreachable, judge} from './judge.js';
import type {RequestSpec} from './request.js';
import {type RetryPolicy, waitTooLong} from './retry-wait.js';
import type {RawAnswer, Transport} from './transport.js';
import {TransportError} from './transport-error.js';
import {joinUrl} from './url.js';

/** The answer of a token or login request. */
export interface CredentialAnswer {
  readonly status: number;
  readonly value: JsonObject;
  readonly headers: AnswerHeaders;
  readonly text: string;
}

export interface CredentialPlan {
  /** Of the auth block, for messages: client.auth */
  readonly place: string;
  /** Relative login paths are joined to it. */
  readonly baseUrl: string;
  readonly wire: Omit<Wire, 'authenticator' | 'hosts'>;
  readonly cloud: boolean;
  readonly note: (note: Note) => void;
  readonly retry: RetryPolicy;
  /** `rate_limit.max_wait` in ms. */
  readonly maxWait: number;
  readonly hurried: boolean;
  readonly observe?: Observe;
}

type Purpose = 'token' | 'renewal' | 'login';

/**
 * Sends token and login requests through transport, limits and retries; their host is allowed for this request only. A renewal
 * that has been sent is not aborted. Throws ConnectorError: what is refused, or is no JSON object, is for the user to correct.
 */
export function createCredentialFetch(
  plan: CredentialPlan,
): (request: RequestSpec, purpose: Purpose, signal: AbortSignal) => Promise<CredentialAnswer> {
  return async (request, purpose, signal) => {
    const url = joinUrl(plan.baseUrl, request.url);
    const hosts = createHosts({allowed: [], cloud: plan.cloud, note: plan.note});
    hosts.allow(url);
    const stats = {requests: 0, retries: 0, waitedMs: 0, bytes: 0, pages: 0};
    const transport = purpose === 'renewal' ? untilAnswered(plan.wire.transport) : plan.wire.transport;
    const wire: Wire = {...plan.wire, transport, hosts, authenticator: anonymous};
    const {retry, maxWait, hurried, place, observe} = plan;
    const shown = purpose === 'login' ? 'login' : 'token';
    const course = {wire, retry, maxWait, hurried, stream: place, purpose: shown, stats, observe} as const;
    try {
      return await attempts({...request, url}, course, {signal, onWait: () => undefined}, async (done) =>
        look(done, purpose, plan),
      );
    } catch (error) {
      if (!(error instanceof ConnectorError) || error.message.startsWith(place)) throw error;
      throw new ConnectorError(error.failureType, plan.wire.redact(`${place}: ${error.message}`));
    }
  };
}

/** Aborted before it is sent, or never. */
const untilAnswered =
  (transport: Transport): Transport =>
  (request, options) => {
    options.signal.throwIfAborted();
    return transport(request, {...options, signal: new AbortController().signal});
  };

function look(
  done: Exchange,
  purpose: Purpose,
  {place, wire, retry, hurried}: CredentialPlan,
): Verdict<CredentialAnswer> {
  const {outcome} = done;
  const address = purpose === 'login' ? `client.base_url and ${place}.login.path` : `${place}.token_url`;
  const said = (): string => `${place}: ${describe(done, wire.redact)}`;
  const rules = {retryStatuses: retry.statusCodes, actions: [], rootIsRecord: true, key: []};
  if (outcome instanceof TransportError) {
    return (last) => {
      const ruling = judge({failure: outcome}, rules, {resumed: false, last: last !== undefined});
      if (ruling.do === 'retry') return 'retry';
      if (ruling.do === 'fail' && ruling.failureType === 'config_error') throw configError(said());
      throw transientError(isUnreachable(outcome) ? `${said()}. Check ${address}: nothing answers there` : said());
    };
  }
  const {status, headers} = outcome;
  const text = answerText(outcome);
  const answered = {status, text: () => text, fact: () => undefined};
  return (last) => {
    const ruling = judge({answered, headers}, rules, {resumed: false, last: last !== undefined});
    if (ruling.do === 'retry') return 'retry';
    if (ruling.do === 'fail') {
      const wait = last?.until === undefined ? 'Try again later' : waitTooLong(last.until, hurried);
      throw transientError(`${said()}. ${wait}`);
    }
    if (ruling.do === 'refuse')
      throw configError(`${said()}. ${refusal(done, outcome, {text, purpose, place, address})}`);
    const value = parsed(text);
    if (isObject(value)) return {status, headers, text, value};
    const request = `${place}: ${requestText(done, wire.redact)}`;
    throw configError(`${request} answered ${status} with ${kindOf(text, headers)}, no JSON object: check ${address}`);
  };
}

/** A good answer is not quoted: it may be the token. */
function kindOf(text: string, headers: AnswerHeaders): string {
  if (text.trim() === '') return 'an empty body';
  if (/^\s*<(!doctype|html|head|body)/i.test(text)) return 'an HTML page';
  const type = headers.get('content-type')?.split(';', 1)[0]?.trim().slice(0, 60) ?? '';
  return `${counted(text.length, 'character')}${type === '' || /json/i.test(type) ? '' : ` of ${type}`}`;
}

interface Refused {
  readonly text: string;
  readonly purpose: Purpose;
  readonly place: string;
  readonly address: string;
}

/** What to change after a status that refuses. OAuth names its errors (RFC 6749 §5.2). */
function refusal(done: Exchange, {status}: RawAnswer, {text, purpose, place, address}: Refused): string {
  if (done.unfollowed !== undefined || [404, 405, 410].includes(status))
    return `Check ${address}: it is not answered there`;
  if (/"error"\s*:\s*"invalid_grant"/.test(text)) {
    return `What ${place} offers is no longer valid, or was given to another application: obtain a new refresh token, or correct what it sends`;
  }
  if (purpose === 'login') return `Check the credentials in ${place}.login, and ${address}`;
  return `Check client_id, client_secret, scopes and client_auth of ${place}, and token_url`;
}

function parsed(text: string): Json | undefined {
  try {
    return parseExact(text);
  } catch {
    return undefined;
  }
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber);
