import {replaceNonFinite} from '../json/non-finite.js';
import type {Scan, Scanner} from '../json/scan-plan.js';
import {JsonSyntaxError} from '../json/syntax-error.js';
import type {Note} from '../log.js';
import {syntaxError} from './syntax.js';

export const nonFiniteNote = (count: number): Note => ({
  level: 'warn',
  key: 'body.non_finite',
  text: 'NaN and Infinity are no JSON; they became null',
  count,
});

/** A scanned document; `bytes` is another buffer than the one given where NaN and ±Infinity had to become null. */
export interface Scanned {
  readonly bytes: Buffer;
  readonly scan: Scan;
}

/** Scans a whole document strictly. Throws BodyError (`syntax`) for what is not JSON. */
export function scanDocument(scanner: Scanner, bytes: Buffer, start: number, note: (note: Note) => void): Scanned {
  try {
    return {bytes, scan: scanner(bytes, start, bytes.length)};
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    if (!error.nonFinite) throw syntaxError(bytes, error);
    const replaced = replaceNonFinite(bytes.subarray(start));
    if (replaced.count === 0) throw syntaxError(bytes, error);
    note(nonFiniteNote(replaced.count));
    return scanDocument(scanner, replaced.bytes, 0, note);
  }
}
