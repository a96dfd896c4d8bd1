import {ConnectorError, configError, transientError} from '../errors.js';
import {ExactNumber, type Json, type JsonObject, parseExact} from '../json/exact.js';
import type {Note} from '../log.js';
import {anonymous} from './anonymous.js';
import type {Observe} from './answer.js';
import type {AnswerHeaders} from './answer-headers.js';
import {attempts, type Verdict} from './attempts.js';
import {bodyText, describe} from './describe.js';
import type {Exchange, Wire} from './exchange.js';
import {createHosts} from './hosts.js';
import {judge} from './judge.js';
import type {RequestSpec} from './request.js';
import type {RetryPolicy} from './retry-wait.js';
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
  readonly observe?: Observe;
}

/**
 * Sends token and login requests through transport, limits and retries; their host is allowed for this request only. Throws
 * ConnectorError: what is refused, or is no JSON object, is for the user to correct.
 */
export function createCredentialFetch(
  plan: CredentialPlan,
): (request: RequestSpec, purpose: 'token' | 'login', signal: AbortSignal) => Promise<CredentialAnswer> {
  return async (request, purpose, signal) => {
    const url = joinUrl(plan.baseUrl, request.url);
    const hosts = createHosts({allowed: [], cloud: plan.cloud, note: plan.note});
    hosts.allow(url);
    const stats = {requests: 0, retries: 0, waitedMs: 0, bytes: 0, pages: 0};
    const wire: Wire = {...plan.wire, hosts, authenticator: anonymous};
    const {retry, maxWait, place, observe} = plan;
    const course = {wire, retry, maxWait, stream: place, purpose, stats, observe};
    try {
      return await attempts({...request, url}, course, {signal, onWait: () => undefined}, async (done) =>
        look(done, plan),
      );
    } catch (error) {
      if (!(error instanceof ConnectorError) || error.message.startsWith(place)) throw error;
      throw new ConnectorError(error.failureType, plan.wire.redact(`${place}: ${error.message}`));
    }
  };
}

function look(done: Exchange, {place, wire, retry}: CredentialPlan): Verdict<CredentialAnswer> {
  const {outcome} = done;
  const said = `${place}: ${describe(done, wire.redact)}`;
  const rules = {retryStatuses: retry.statusCodes, actions: [], rootIsRecord: true, key: []};
  if (outcome instanceof TransportError) {
    return (last) => {
      const ruling = judge({failure: outcome}, rules, {resumed: false, last: last !== undefined});
      if (ruling.do === 'retry') return 'retry';
      throw ruling.do === 'fail' && ruling.failureType === 'config_error' ? configError(said) : transientError(said);
    };
  }
  const {status, headers, body} = outcome;
  const text = bodyText(body);
  const answered = {status, text: () => text, fact: () => undefined};
  return (last) => {
    const ruling = judge({answered, headers}, rules, {resumed: false, last: last !== undefined});
    if (ruling.do === 'retry') return 'retry';
    if (ruling.do === 'fail') throw transientError(`${said}. Try again later`);
    if (ruling.do === 'refuse') throw configError(`${said}. Check the address and the credentials of ${place}`);
    return {status, headers, text, value: objectOf(text, `${place}: ${done.request.method} ${done.url}`)};
  };
}

/** A good answer is not quoted: it may be the token. */
function objectOf(text: string, request: string): JsonObject {
  const value = parsed(text);
  if (isObject(value)) return value;
  throw configError(`${request} answered with ${text.length} characters that are no JSON object: check the address`);
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
