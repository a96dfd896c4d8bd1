import type {Found} from './catch.js';
import type {Segment} from './path.js';

/** What a scan looks for. Paths are singular; a negative index is never found by the scan (`locate` finds it). */
export interface ScanPlan {
  /** The records' array, or the single record; undefined: only validate and find facts. */
  readonly records: readonly Segment[] | undefined;
  /** Paths within each record. */
  readonly fields: readonly (readonly Segment[])[];
  /** Paths from the root. */
  readonly facts: readonly (readonly Segment[])[];
}

/**
 * Scans the JSON text in `bytes` (valid UTF-8) from `start` to `end`, and overwrites raw line breaks between its tokens with
 * spaces. Throws `JsonSyntaxError` for what RFC 8259 does not allow.
 */
export type Scanner = (bytes: Buffer, start: number, end: number) => Scan;

/** Spans are byte offsets into the scanned buffer: pairs of start and end, -1, -1 where absent. */
export interface Scan {
  /** The root value. */
  readonly start: number;
  readonly end: number;
  /** What stands at the plan's `records`, and where; -1 if missing. */
  readonly found: Found;
  readonly foundStart: number;
  readonly foundEnd: number;
  /** Elements of the array found, nulls and scalars included; 1 for an object, 0 for anything else. */
  readonly count: number;
  readonly spans: Int32Array;
  readonly allObjects: boolean;
  readonly anyEmptyObject: boolean;
  /** A pair per element and wanted field. */
  readonly fields: readonly Int32Array[];
  /** A pair per wanted fact. */
  readonly facts: Int32Array;
  /** The deepest nesting inside the records: 1 for a flat record, 0 for scalars. */
  readonly depth: number;
  /** Some number of the document may be too long for a double: over 300 characters, or an exponent of three digits. */
  readonly longNumber: boolean;
  /** Some `\ud800`–`\udfff` of the document stands without its other half. */
  readonly loneSurrogate: boolean;
}
