import type {JsonObject} from '../json/exact.js';
import type {RequestSpec} from './request.js';

/** Credentials onto a request. Shared by all resources that use the same auth block; refresh is single flight. */
export interface Authenticator {
  /** The request with credentials, for an allowed host only. May fetch a token; the caller holds no permit then. */
  apply(request: RequestSpec, signal: AbortSignal): Promise<RequestSpec>;
  /**
   * Called once after an answer in `refreshOn` (401): true when a new credential was obtained and a repeat makes sense.
   * `rejected` is the request as it was sent, so that a token already renewed by another stream is not renewed twice.
   */
  refresh?(rejected: RequestSpec, signal: AbortSignal): Promise<boolean>;
  readonly refreshOn: readonly number[];
  /** Values of the token response for {auth.<path>}; fetches a token when there is none. */
  values?(signal: AbortSignal): Promise<JsonObject>;
  /** Names that carry credentials: stripped from logged URLs and from positions kept in state, not added twice to links. */
  readonly queryNames: readonly string[];
  readonly headerNames: readonly string[];
}
