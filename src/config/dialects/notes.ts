import type {JsonObject} from '../../json/exact.js';
import type {Problem} from '../problem.js';
import type {Dialect} from './dialect.js';
import type {Path} from './places.js';

/** What a dialect says about the words that it finds. */
export interface Notes {
  /** A word of another dialect was translated; `canonical` is what to write, in words that go on from "write …". */
  translated(path: Path, seen: string, canonical: string): void;
  /** A word that has no meaning here was left out. */
  dropped(path: Path, seen: string, why: string): void;
  /** Something that only looks wrong. */
  doubtful(path: Path, message: string): void;
  /** A word that cannot be translated; the message says what to write. The caller takes the word out of the document. */
  refused(path: Path, message: string): void;
}

/** A dialect of a function that maps the document and notes what it did. */
export function dialect(name: string, map: (document: JsonObject, notes: Notes) => JsonObject): Dialect {
  return {
    name,
    translate(document) {
      const problems: Problem[] = [];
      const warn = (path: Path, message: string, fixable: boolean) => {
        problems.push({level: 'warning', path, message, ...(fixable ? {fixable} : {})});
      };
      const translated = map(document, {
        translated: (path, seen, canonical) =>
          warn(path, `${seen} is another dialect's word: write ${canonical}`, true),
        dropped: (path, seen, why) => warn(path, `${seen} is another dialect's word: leave it out, ${why}`, true),
        doubtful: (path, message) => warn(path, message, false),
        refused: (path, message) => {
          problems.push({level: 'error', path, message});
        },
      });
      return {document: translated, problems};
    },
  };
}
