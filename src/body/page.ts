import type {Path} from '../json/path.js';
import type {JsonText} from '../json/text.js';
import type {Note} from '../log.js';

/**
 * The records of a page as spans of its bytes. `spans`: start, end, start, end, … (length 2 × count).
 * `fields[k]`: the same layout for the k-th wanted field of each record, -1 where absent.
 */
export interface Batch {
  readonly bytes: Buffer;
  readonly count: number;
  readonly spans: Int32Array;
  readonly fields: readonly Int32Array[];
  /**
   * What some hosts cannot read, as far as the scan of the whole page knows: greatest nesting, a number that is long or
   * has an exponent, an escaped lone surrogate. Absent: not known, the writer looks for itself.
   */
  readonly hazards?: {readonly depth: number; readonly longNumber: boolean; readonly loneSurrogate: boolean};
}

/** Which rows of a page are records; see config-language §6. `path` undefined: to be settled by the first page that shows it. */
export interface Selection {
  /** The written or settled selector. */
  readonly path: Path | undefined;
  /** `data_selector_required`: true makes every miss an error, false none, undefined: only where there were rows. */
  readonly required: boolean | undefined;
  /** `data_selector_key_as`: an object of records becomes records that keep their key under this name. */
  readonly keyAs: string | undefined;
  /** Hints for an unset selector: the resource's name, the last segment of its path, its primary key. */
  readonly names: readonly string[];
  readonly key: readonly Path[];
  /** One entity (path ends in a bound placeholder): a list beside a next link, token or true flag is an error. */
  readonly entity: boolean;
  /** In `check` any array of objects makes a miss of a written selector an error. */
  readonly strict: boolean;
}

/**
 * What a stream needs of every page, compiled once. `fields` are paths within a record (cursor, key, what children use);
 * `facts` are paths within the page as received (totals, flags, next cursors; they may enter the records: data[-1].id).
 */
export interface Wanted {
  readonly records: Selection;
  readonly fields: readonly Path[];
  readonly facts: readonly Path[];
}

export interface Page {
  readonly batch: Batch;
  /** Elements of the outermost array that the selector passes through, before filters: what every stop rule counts. */
  readonly rows: number;
  /** A value of the page as received (first match), for any path, best for those of `Wanted.facts`. */
  fact(path: Path): JsonText | undefined;
  /**
   * JSON.parse of the page with null prototypes: for CEL, filters and detection only, never to be sent, stored or emitted.
   * An empty body is null; JSON Lines and CSV give the array of their rows.
   */
  value(): unknown;
  /** The selector in force for this page: the written one, or what was settled or guessed for an unset one. */
  readonly selector: Path;
  /** An unset selector was settled by this page: keep `selector` for the resource. */
  readonly settled: boolean;
  /** A written or settled selector matches nothing in this page, which is therefore empty: what is there instead. */
  readonly missed?: string;
  /** Of jsonl and csv: the body would be whole without its last rows too. */
  readonly rowsAreRecords?: true;
  /** Dropped nulls, wrapped scalars, replaced characters, selector notices: to be logged once per stream. */
  readonly notes: readonly Note[];
}
