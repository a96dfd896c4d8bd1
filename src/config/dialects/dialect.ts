import type {JsonObject} from '../../json/exact.js';
import type {Problem} from '../problem.js';

/**
 * Words of another dialect, put into the language's own (config-language §14): a pure function document → document, run
 * after the doors and before validation. The document is dlt's shape with shorthands still in place and unvalidated; a
 * part may be of every type, and what is wrong is left for validation to report. Never changes its argument.
 */
export interface Dialect {
  /** The file's name, for messages of ours. */
  readonly name: string;
  translate(document: JsonObject): Translation;
}

interface Translation {
  readonly document: JsonObject;
  /**
   * One warning (`fixable: true`) for each word that was translated, giving the canonical spelling; an error for what cannot
   * be translated. Paths are those of the document that was handed in.
   */
  readonly problems: readonly Problem[];
}
