import type {Json} from '../json/exact.js';
import type {Path} from '../json/path.js';
import type {Format} from './formats.js';
import type {Span} from './spans.js';

/** All of config-language §8, compiled. Defaults are filled in. */
export interface CursorPlan {
  readonly path: Path;
  /** Index in StreamPlan.fields. */
  readonly field: number;
  /** As written; a string `now-P2Y` is resolved by the cursor. */
  readonly initial?: Json;
  /** As written; `now` (also the default with `step`) is the moment the sync began. */
  readonly end?: Json;
  readonly func: 'max' | 'min';
  readonly order?: 'asc' | 'desc';
  readonly rangeStart: 'closed' | 'open';
  readonly rangeEnd: 'closed' | 'open';
  readonly missing: 'include' | 'exclude' | 'raise';
  readonly lag?: Span;
  /** `lag` as written, for {incremental.lag}. */
  readonly lagWritten?: Json;
  readonly delay?: Span;
  readonly step?: Span;
  readonly windowLimit?: number;
  /** `cursor_format`: how records spell the cursor, tried in order; empty: detected. */
  readonly formats: readonly Format[];
  /** `convert`: how values are spelled when sent; undefined: as the start value is. */
  readonly convert?: Format;
  /** Further formats in which the start or end is sent ({window.start|iso_date}): windows lie on what all of them express. */
  readonly sent?: readonly Format[];
  /** Indexes in StreamPlan.fields of the de-dup key (`incremental.primary_key` or the stream's); 'off' for []. */
  readonly boundaryKey: readonly number[] | 'off';
  /** "; did you mean …?" where one of these names is near `path`, else "". */
  readonly suggest?: (names: readonly string[]) => string;
  /** For messages. */
  readonly place: string;
}
