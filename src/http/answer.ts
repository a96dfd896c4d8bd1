import type {Page} from '../body/page.js';
import type {ConnectorError} from '../errors.js';
import type {AnswerHeaders} from './answer-headers.js';
import type {RequestSpec} from './request.js';

/**
 * page: a page of records. ignore, stop: a `response_actions` entry ended the walk here (config-language §10); its records
 * are dropped. refused: a status that may be the end of a walk, a skipped parent or a stale position; whoever does not
 * take it as one throws `refusal`.
 */
export type Verdict = 'page' | 'ignore' | 'stop' | 'refused';

export interface Answer extends Page {
  readonly status: number;
  /** Of the last request, after redirects: relative links resolve against it. Without credentials in its query. */
  readonly url: URL;
  /** Repeated headers joined with ", ". */
  readonly headers: AnswerHeaders;
  readonly verdict: Verdict;
  /** Set with `refused`, `stop` and `ignore`: the error that names resource, request, answer and remedy. */
  readonly refusal: ConnectorError | undefined;
  /** With `ignore`: the defaults (config-language §2) would have repeated this status, so the slice is not finished by it. */
  readonly retryable: boolean;
  /** Epoch ms: the moment the request was sent, our clock or the answer's Date less its duration, whichever is earlier. */
  readonly sentAt: number;
  /** Of the body as decoded. */
  readonly bytes: number;
  /** The request as it was sent, without credentials. */
  readonly request: RequestSpec;
}

interface SendOptions {
  readonly signal: AbortSignal;
  /** The server named a wait, until this epoch ms: called before the wait begins. */
  readonly onWait?: (until: number) => void;
  /** The first request of a resumed walk: a 4xx may mean a stale position, so `response_actions` wait (contract, State). */
  readonly resumed?: boolean;
}

/** Permit, credentials, retries, decoding and verdict behind one call. Throws ConnectorError. */
export type Send = (request: RequestSpec, options: SendOptions) => Promise<Answer>;

/** One attempt as it went over the wire, for `try`, --debug and tests. `request` is without credentials. */
export interface Attempt {
  readonly stream: string;
  readonly purpose: 'data' | 'token' | 'login';
  readonly request: RequestSpec;
  readonly url: string;
  readonly status: number | undefined;
  /** What went wrong when there is no status: the connection error in words. */
  readonly error: string | undefined;
  readonly startedAt: number;
  readonly ms: number;
  readonly bytes: number;
  /** 0 for the first try. */
  readonly retry: number;
  /** ms that are waited before the next try; undefined when there is none. */
  readonly wait: number | undefined;
  /** The body as received, up to 64 kB, for `try --show bodies`. */
  readonly body: Buffer | undefined;
  readonly responseHeaders: AnswerHeaders | undefined;
}

/** Counters of one stream, for its summary line. Updated by `send` and the walk. */
export interface RequestStats {
  requests: number;
  retries: number;
  waitedMs: number;
  bytes: number;
  pages: number;
}

/**
 * Told of attempts: of those that are repeated after a wait (`waits`), of all of them, or of all with the start of their bodies
 * (the default), which costs a copy of each.
 */
export type Observe = ((attempt: Attempt) => void) & {readonly detail?: 'waits' | 'all' | 'bodies'};
