import type {Json} from '../json/exact.js';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH';

export type RequestBody =
  | {readonly kind: 'json'; readonly value: Json}
  | {readonly kind: 'form'; readonly pairs: readonly (readonly [string, string])[]}
  | {readonly kind: 'text'; readonly text: string};

/** One request before credentials. Names and values are unencoded; encoding happens once, when it is sent. */
export interface RequestSpec {
  readonly method: Method;
  /** Absolute; may carry a query of its own (a path with `?`, a followed link), which is sent as it is. */
  readonly url: string;
  /** Appended to the url's own query, in order; a repeated name is sent repeatedly. */
  readonly query: readonly (readonly [string, string])[];
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: RequestBody;
}
