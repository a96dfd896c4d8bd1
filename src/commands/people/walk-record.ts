import type {Attempt} from '../../http/answer.js';
import type {RequestSpec} from '../../http/request.js';
import type {JsonObject} from '../../json/exact.js';
import type {Slice} from '../../stream/stream-plan.js';

/** Who ended a walk: the API (or its refusal, which the configuration takes as an end), a limit of the command, a failure. */
type EndKind = 'api' | 'limit' | 'failed';

/** One walk as it went: the pages of one parent and window. */
export interface WalkRecord {
  readonly stream: string;
  /** From 1, within its stream. */
  readonly number: number;
  readonly slice: Slice;
  readonly sent: SentRecord[];
  pages: number;
  /** Rows of its pages, before filters; a page that only repeated another has none. */
  rows: number;
  ended: {readonly kind: EndKind; readonly reason: string} | undefined;
}

/** One request of a walk with all its attempts. */
export interface SentRecord {
  readonly stream: string;
  /** undefined: of no walk that is known. */
  readonly walk: WalkRecord | undefined;
  /** From 1, within its walk. */
  readonly number: number;
  /** Without credentials. */
  readonly spec: RequestSpec;
  readonly attempts: Attempt[];
  /** ms that the server made it wait. */
  waited: number;
  answered:
    | {readonly status: number; readonly rows: number; readonly bytes: number; readonly verdict: string}
    | undefined;
  /** The selector in force, where this page settled an unset one. */
  settled: string | undefined;
  /** Where the next page is; undefined: this is the last one. */
  next: Following | undefined;
}

interface Following {
  readonly spec: RequestSpec;
  /** The paginator that found it: of `auto` the detected one. */
  readonly by: JsonObject;
}
