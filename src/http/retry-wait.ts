import type {AnswerHeaders} from './answer-headers.js';
/** How requests are repeated (config-language §2). `backoffFactor` and `maxDelay` in seconds. */
export interface RetryPolicy {
  readonly maxRetries: number;
  readonly backoffFactor: number;
  readonly maxDelay: number;
  /** Statuses that are repeated in addition, before anything else is made of them. */
  readonly statusCodes: readonly number[];
}

/** Our own wait before the n-th retry (from 1), in ms: 2, 4, 8 s with the defaults, without jitter. */
export function backoff(policy: RetryPolicy, retry: number): number {
  return Math.min(policy.backoffFactor * 2 ** (retry - 1), policy.maxDelay) * 1000;
}

/**
 * The least wait of one request, in ms, after `before` answers in a row that named one: 1 s five times, for requests that compete
 * for a quota, then 2, 4 … 60 s. Such waits use up no retry: who says "0" for ever would be asked each second until `max_wait`.
 */
export const leastNamed = (before: number): number => Math.min(2 ** Math.max(before - 4, 0), 60) * 1000;

/** Why a wait is not waited. `hurried`: the command's limit is the shorter one. */
export function waitTooLong(until: number, hurried: boolean): string {
  const asked = `The server asks to wait until ${new Date(Math.min(until, 8.64e15)).toISOString()}, longer than`;
  if (hurried) return `${asked} the 4 minutes at most in check and discover: run it again then`;
  return `${asked} rate_limit.max_wait: run again then, or raise max_wait`;
}

const resetNames = [
  'ratelimit-reset',
  'x-ratelimit-reset',
  'x-rate-limit-reset',
  'x-ratelimit-reset-after',
  'x-ratelimit-retry-after',
  'x-retry-after',
];
const remainingNames = ['ratelimit-remaining', 'x-ratelimit-remaining', 'x-rate-limit-remaining'];

const number = /^\d+(\.\d+)?$/;
/** A year, a time and nothing that Date.parse would only guess at: HTTP dates and ISO 8601. */
const date =
  /^(?=.*\d{2}:\d{2})(?:[A-Za-z]{3,9},? \d{1,2}[ -][A-Za-z]{3}[ -]\d{2,4} |[A-Za-z]{3} [A-Za-z]{3} [ \d]\d |\d{4}-\d{2}-\d{2}[T ])/;

/**
 * The wait that an answer names, in ms, at least a second; undefined when it names none. `Retry-After` counts on every
 * status, reset headers only on 429 or beside a remaining quota of 0. Values that are no number or date name nothing.
 */
export function namedWait(status: number, headers: AnswerHeaders, now: number): number | undefined {
  const reference = serverTime(headers, now);
  const after = headers.get('retry-after-ms');
  if (after !== null && number.test(after)) return Math.max(Number(after), 1000);
  const retryAfter = headers.get('retry-after');
  const wait = retryAfter === null ? undefined : waitUntil(retryAfter, reference);
  if (wait !== undefined) return Math.max(wait, 1000);
  if (status !== 429 && !isQuotaUsedUp(headers)) return undefined;
  for (const name of resetNames) {
    const value = headers.get(name);
    const reset = value === null ? undefined : waitUntil(value, reference);
    if (reset !== undefined) return Math.max(reset, 1000);
  }
  return undefined;
}

/** A remaining quota of 0 by any of the usual headers. */
const isQuotaUsedUp = (headers: AnswerHeaders): boolean =>
  remainingNames.some((name) => Number.parseFloat(headers.get(name) ?? '') === 0);

/** 403 that is a rate limit (config-language §10). */
export const isRateLimit = (headers: AnswerHeaders): boolean => headers.has('retry-after') || isQuotaUsedUp(headers);

/** Below 1e9 seconds, below 1e12 epoch seconds, else epoch ms; or a date. Of a list the first one. */
function waitUntil(value: string, now: number): number | undefined {
  const text = value.trim();
  const first = text.split(/[,;]/, 1)[0]?.trim() ?? '';
  if (number.test(first)) {
    const amount = Number(first);
    if (amount < 1e9) return amount * 1000;
    return (amount < 1e12 ? amount * 1000 : amount) - now;
  }
  const time = date.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : time - now;
}

/** Times that a server names are by its own clock: its Date, unless that is more than a day away from ours. */
function serverTime(headers: AnswerHeaders, now: number): number {
  const sent = Date.parse(headers.get('date') ?? '');
  return Math.abs(sent - now) < 86_400_000 ? sent : now;
}
