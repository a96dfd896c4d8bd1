import type * as z from 'zod';
import type {Clock} from '../clock.js';
import type {AnswerHeaders} from '../http/answer-headers.js';
import type {Authenticator} from '../http/authenticator.js';
import type {RequestSpec} from '../http/request.js';
import type {JsonObject} from '../json/exact.js';
import type {Log} from '../log.js';
import type {Secrets} from '../secrets.js';

/** What an auth type may use. */
export interface AuthContext {
  /** Place of the auth block, for messages: client.auth */
  readonly place: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly secrets: Secrets;
  /**
   * Sends a token or login request through transport, limits and retries (no credentials are added) and returns its
   * status and JSON answer. `url` may be relative to base_url. Throws ConnectorError. A `renewal` that was sent is awaited
   * whatever the signal says: the refresh token that it used up may have been the last.
   */
  fetch(
    request: RequestSpec,
    purpose: 'token' | 'renewal' | 'login',
    signal: AbortSignal,
  ): Promise<{
    readonly status: number;
    readonly value: JsonObject;
    readonly headers: AnswerHeaders;
    readonly text: string;
  }>;
  readonly baseUrl: string;
  /**
   * A refresh token was rotated: stores it where it was read (CONTROL) and returns when that is done. `keyPath` is the
   * path within the auth block, e.g. ['refresh_token'].
   */
  rotated(keyPath: readonly string[], value: string): Promise<void>;
  /** The process does not end before this work. */
  keep<T>(work: Promise<T>): Promise<T>;
}

/** One auth type: its keys and how it is built. One file per type, one line in table.ts. */
export interface AuthKind {
  readonly type: string;
  readonly schema: z.ZodObject;
  create(options: unknown, context: AuthContext): Authenticator;
}

export function authKind<S extends z.ZodObject>(
  type: string,
  schema: S,
  create: (options: z.output<S>, context: AuthContext) => Authenticator,
): AuthKind {
  return {type, schema, create: (options, context) => create(schema.parse(options), context)};
}
