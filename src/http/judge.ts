import type {BodyError} from '../body/body-error.js';
import type {Page} from '../body/page.js';
import type {AnswerHeaders} from './answer-headers.js';
import {capital} from './describe.js';
import {type RootRule, reportedError} from './reported-error.js';
import {type Answered, matchAction, type ResponseAction} from './response-actions.js';
import {isRateLimit} from './retry-wait.js';
import type {TransportError} from './transport-error.js';

/** What an attempt brought: no whole answer, or one whose body became a page or did not. */
export type Seen =
  | {readonly failure: TransportError}
  | {
      readonly failure?: undefined;
      readonly answered: Answered;
      readonly headers: AnswerHeaders;
      /** Of a 2xx: the page, or why there is none. */
      readonly page?: Page | BodyError;
    };

export interface Rules extends RootRule {
  /** `retry.status_codes` */
  readonly retryStatuses: readonly number[];
  readonly actions: readonly ResponseAction[];
}

export type Ruling =
  | {readonly do: 'page'; readonly warning?: string; readonly reported?: string | undefined}
  | {readonly do: 'ignore' | 'stop'; readonly action: ResponseAction; readonly retryable: boolean}
  /** Repeat; when that is used up the same attempt is judged again as the last one. */
  | {readonly do: 'retry'}
  /** A status that may be an end or a skip: the walk decides. */
  | {readonly do: 'refuse'; readonly retryable: boolean}
  | {
      readonly do: 'fail';
      readonly failureType: 'config_error' | 'transient_error';
      /** Of an action, or what to change. */
      readonly message?: string;
      /** The error that the body reports, as JSON text; it may hold secrets. */
      readonly reported?: string | undefined;
    };

/** A 4xx that does not speak of a stale position (contract, State). */
const notStale = [401, 403, 408, 425, 429];

/**
 * The error table and `response_actions` as one list of rules (architecture, Errors; config-language §2, §10). Pure.
 * `last`: no further repeat is possible.
 */
export function judge(seen: Seen, rules: Rules, at: {readonly resumed: boolean; readonly last: boolean}): Ruling {
  if (seen.failure !== undefined) return judgeFailure(seen.failure, at.last);
  const {answered, headers} = seen;
  const {status} = answered;
  const listed = rules.retryStatuses.includes(status);
  const isTransient = isPassing(status, headers);
  const retryable = listed || isTransient;
  if (listed && !at.last) return {do: 'retry'};
  if (at.resumed && status >= 400 && status < 500 && !notStale.includes(status)) return {do: 'refuse', retryable};
  const action = matchAction(rules.actions, answered);
  if (action !== undefined) return judgeAction(action, {isTransient, retryable, last: at.last});
  if (isTransient) return at.last ? {do: 'fail', failureType: 'transient_error'} : {do: 'retry'};
  if (status < 200 || status > 299) return {do: 'refuse', retryable};
  return judgeBody(answered, seen.page, rules, at.last);
}

/** Nobody is at the address. */
export const isUnreachable = ({kind, message}: TransportError): boolean =>
  kind === 'connection' && /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH/.test(message);

function judgeFailure(failure: TransportError, last: boolean): Ruling {
  const {kind} = failure;
  if (kind === 'too_large' || kind === 'coding' || kind === 'address') return {do: 'fail', failureType: 'config_error'};
  if (!last) return {do: 'retry'};
  return {
    do: 'fail',
    failureType: 'transient_error',
    ...(isUnreachable(failure) && {message: 'Check base_url: nothing answers there'}),
  };
}

/** Statuses that are repeated by default. */
function isPassing(status: number, headers: AnswerHeaders): boolean {
  if (status === 408 || status === 425 || status === 429) return true;
  if (status >= 500 && status !== 501 && status !== 505) return true;
  return status === 403 && isRateLimit(headers);
}

function judgeAction(
  action: ResponseAction,
  {isTransient, retryable, last}: {readonly isTransient: boolean; readonly retryable: boolean; readonly last: boolean},
): Ruling {
  const message = action.message === undefined ? {} : {message: action.message};
  switch (action.action) {
    case 'ignore':
      return retryable && !last ? {do: 'retry'} : {do: 'ignore', action, retryable};
    case 'stop':
      return {do: 'stop', action, retryable};
    case 'retry':
      return last ? {do: 'fail', failureType: 'transient_error', ...message} : {do: 'retry'};
    case 'raise':
      return {
        do: 'fail',
        failureType: isTransient ? 'transient_error' : 'config_error',
        message: action.message || 'An entry of response_actions raises it',
      };
  }
}

function judgeBody(answered: Answered, page: Page | BodyError | undefined, rules: Rules, last: boolean): Ruling {
  const decoded = page instanceof Error ? undefined : page;
  const reported = reportedError(answered, decoded, rules);
  if (page instanceof Error && page.kind === 'syntax' && reported === undefined) {
    return last ? {do: 'fail', failureType: 'transient_error', message: capital(page.message)} : {do: 'retry'};
  }
  if (reported !== undefined) {
    const found = `the answer reports an error in "${reported.name}"`;
    if (decoded !== undefined && decoded.selector.stem.length > 0 && decoded.batch.count > 0) {
      return {do: 'page', warning: `${found} beside its records`, reported: reported.value};
    }
    const record = decoded?.selector.stem.length === 0 ? ', or, if this is a record, write data_selector: $' : '';
    return {
      do: 'fail',
      failureType: 'config_error',
      reported: reported.value,
      message: `${capital(found)}: correct the request, or say what it means in response_actions: {json: ${reported.condition}, action: ignore}, or action: retry where it passes by itself${record}`,
    };
  }
  if (page instanceof Error) return {do: 'fail', failureType: 'config_error', message: capital(page.message)};
  return {do: 'page'};
}
