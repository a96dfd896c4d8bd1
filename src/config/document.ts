import type {Json} from '../json/exact.js';
import type {Segment} from '../json/path.js';
import type {Place} from './place.js';
import type {Problem} from './problem.js';

/** A configuration as data, with the place each part came from. */
export interface Document {
  /** Objects have a null prototype; undefined where the text could not be read. */
  readonly value: Json | undefined;
  /** What is wrong with the text itself. */
  readonly problems: readonly Problem[];
  /** The text, where there is one. */
  readonly text: string | undefined;
  /**
   * Where the part, or the nearest one around it that exists, stands: of a member its key, of an element its start.
   * undefined without a text.
   */
  locate(path: readonly Segment[]): Place | undefined;
  /** The text with the scalar at `path` replaced by a string; everything else stays byte for byte. undefined: no such scalar. */
  replace(path: readonly Segment[], value: string): string | undefined;
}
