/** Name or index (negative counts from the end) of a singular path. */
export type Segment = string | number;

/** A compiled JSONPath (RFC 9535 in dlt's spellings, config-language §6). */
export interface Path {
  /** As written (lists joined), for messages. */
  readonly text: string;
  /** The segments of a singular path (names and indexes only), else undefined. `$` is []. */
  readonly segments: readonly Segment[] | undefined;
  /** The part before the first wildcard, filter, slice, union or `..`; equals `segments` for a singular path. */
  readonly stem: readonly Segment[];
  /** Normalised paths of all matches in a JSON.parse'd value, in document order of the query. */
  find(value: unknown): readonly (readonly Segment[])[];
}
