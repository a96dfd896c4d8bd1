import type {Config} from '../config/config.js';
import type {ResponseAction as ActionConfig} from '../config/schema/response-actions.js';
import type {Retry} from '../config/schema/retry.js';
import type {RateLimit} from '../http/rate-limit.js';
import type {ResponseAction} from '../http/response-actions.js';
import type {RetryPolicy} from '../http/retry-wait.js';
import {compilePath, type Segment} from '../json/path.js';
import type {Report} from './report.js';

const periods = {second: 1_000, minute: 60_000, hour: 3_600_000} as const;

/** `rate_limit` as the limits of requests take it; undefined where none is written. */
export const rateOf = ({requests, per}: Config['client']['rate_limit']): RateLimit | undefined =>
  requests === undefined || per === undefined ? undefined : {requests, per: periods[per]};

export const retryOf = (retry: Retry): RetryPolicy => ({
  maxRetries: retry.max_retries,
  backoffFactor: retry.backoff_factor,
  maxDelay: retry.max_delay / 1000,
  statusCodes: retry.status_codes,
});

/** An entry of `response_actions`; undefined (and reported) where its path is none. */
export function actionOf(
  {status_code, content, json, action, message}: ActionConfig,
  place: readonly Segment[],
  report: Report,
): ResponseAction | undefined {
  const condition =
    json === undefined
      ? undefined
      : report.attempt([...place, 'json', 'path'], () => ({
          path: compilePath(json.path),
          ...(json.equals === undefined ? {} : {equals: json.equals}),
          ...(json.exists === undefined ? {} : {exists: json.exists}),
        }));
  if (json !== undefined && condition === undefined) return undefined;
  return {
    action,
    ...(status_code === undefined ? {} : {status: String(status_code)}),
    ...(content === undefined ? {} : {content}),
    ...(condition === undefined ? {} : {json: condition}),
    ...(message === undefined ? {} : {message}),
  };
}
