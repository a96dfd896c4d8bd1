import {createDecoder} from '../../src/body/decode.js';
import {anonymous} from '../../src/http/anonymous.js';
import type {Attempt, RequestStats, Send} from '../../src/http/answer.js';
import type {Authenticator} from '../../src/http/authenticator.js';
import {createBodyBudget} from '../../src/http/body-budget.js';
import type {Wire} from '../../src/http/exchange.js';
import {createHosts} from '../../src/http/hosts.js';
import {createLimits, type Limits} from '../../src/http/limits.js';
import {errorFacts} from '../../src/http/reported-error.js';
import type {RequestSpec} from '../../src/http/request.js';
import type {ResponseAction} from '../../src/http/response-actions.js';
import type {RetryPolicy} from '../../src/http/retry-wait.js';
import {createSend} from '../../src/http/send.js';
import {createTransport} from '../../src/http/transport.js';
import {compilePath, type Path} from '../../src/json/path.js';
import type {Note} from '../../src/log.js';
import {Secrets} from '../../src/secrets.js';
import {FakeClock} from '../support/fake-clock.js';

export const get = (url: string, more: Partial<RequestSpec> = {}): RequestSpec => ({
  method: 'GET',
  url,
  query: [],
  headers: {},
  ...more,
});

export const defaultRetry: RetryPolicy = {maxRetries: 3, backoffFactor: 2, maxDelay: 300, statusCodes: []};

export interface Setting {
  readonly base: string;
  readonly allowed?: readonly string[];
  readonly authenticator?: Authenticator;
  readonly retry?: Partial<RetryPolicy>;
  readonly maxWait?: number;
  readonly actions?: readonly ResponseAction[];
  readonly selector?: string;
  readonly key?: readonly Path[];
  readonly timeout?: number;
  readonly totalTimeout?: number;
  readonly maxBytes?: number;
  readonly clock?: FakeClock;
  readonly limits?: Limits;
  readonly cloud?: boolean;
  /** true when absent: no proxy in the environment, so that our own adapter sends. */
  readonly direct?: boolean;
}

export interface Sending {
  readonly send: Send;
  readonly wire: Wire;
  readonly clock: FakeClock;
  readonly secrets: Secrets;
  readonly stats: RequestStats;
  readonly attempts: Attempt[];
  readonly notes: Note[];
  /** Sends and returns the message of the error; fails when there is none. */
  refusal(request: RequestSpec): Promise<string>;
}

/** A `send` against a real server, with a fake clock and everything observable. */
export function sending(setting: Setting): Sending {
  const clock = setting.clock ?? new FakeClock();
  const secrets = new Secrets();
  const notes: Note[] = [];
  const attempts: Attempt[] = [];
  const stats: RequestStats = {requests: 0, retries: 0, waitedMs: 0, bytes: 0, pages: 0};
  const maxBytes = setting.maxBytes ?? 1_000_000;
  const cloud = setting.cloud ?? false;
  const note = (added: Note): void => {
    notes.push(added);
  };
  const hosts = createHosts({allowed: setting.allowed ?? [], cloud, note});
  hosts.allow(setting.base);
  const wire: Wire = {
    clock,
    transport: createTransport({
      clock,
      userAgent: 'source-rest-api/test',
      publicOnly: cloud,
      direct: setting.direct ?? true,
    }),
    hosts,
    limits: setting.limits ?? createLimits({clock, concurrency: 4}),
    bodies: createBodyBudget(maxBytes),
    authenticator: setting.authenticator ?? anonymous,
    timeout: setting.timeout ?? 10_000,
    totalTimeout: setting.totalTimeout ?? 1_800_000,
    maxBytes,
    redact: (text) => secrets.redact(text),
  };
  const path = setting.selector === undefined ? undefined : compilePath(setting.selector);
  const key = setting.key ?? [];
  const send = createSend({
    resource: 'items',
    place: 'resources[0]',
    wire,
    retry: {...defaultRetry, ...setting.retry},
    maxWait: setting.maxWait ?? 3_600_000,
    hurried: false,
    rules: {actions: setting.actions ?? [], rootIsRecord: setting.selector === '$', key},
    decode: createDecoder({
      want: {
        records: {path, required: undefined, keyAs: undefined, names: ['items'], key, entity: false, strict: false},
        fields: [],
        facts: errorFacts,
      },
      format: 'auto',
      maxBytes,
    }),
    stats,
    observe: (attempt) => attempts.push(attempt),
  });
  const refusal = async (request: RequestSpec): Promise<string> => {
    try {
      const answer = await send(request, {signal: new AbortController().signal});
      if (answer.refusal !== undefined) return `${answer.verdict}: ${answer.refusal.message}`;
    } catch (error) {
      return error instanceof Error ? `${Reflect.get(error, 'failureType')}: ${error.message}` : String(error);
    }
    throw new Error('the request succeeded');
  };
  return {send, wire, clock, secrets, stats, attempts, notes, refusal};
}

export const running = (): AbortSignal => new AbortController().signal;
