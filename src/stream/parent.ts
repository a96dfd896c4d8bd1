import type {Json} from '../json/exact.js';

/** A parent of this sync. */
export interface Parent {
  readonly key: readonly Json[];
  /** JSON text of the key. */
  readonly text: string;
  /** Of all that is used of its row; undefined where that is the key alone. */
  readonly digest?: string;
  /**
   * Another one with its key was begun before it in this sync, before an interruption too: what that one has reached is the
   * cursor of both.
   */
  readonly again: boolean;
}
