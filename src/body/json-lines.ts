import {replaceNonFinite} from '../json/non-finite.js';
import {JsonSyntaxError} from '../json/syntax-error.js';
import {validate} from '../json/validate.js';
import type {Note} from '../log.js';
import type {FormatKind, JsonDocument} from './format.js';
import {nonFiniteNote} from './scan-document.js';
import {syntaxError} from './syntax.js';

const newline = 0x0a;
const recordSeparator = 0x1e;

function isBlank(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at];
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d && byte !== newline) return false;
  }
  return true;
}

/**
 * The lines as one array: each is scanned strictly, as a value of its own. A body that begins with a record separator is
 * a JSON text sequence (RFC 7464), separated by those instead. Throws BodyError naming the line.
 */
function lines(utf8: Buffer): JsonDocument {
  const separator = utf8[0] === recordSeparator ? recordSeparator : newline;
  const bytes = Buffer.allocUnsafe(utf8.length + 2);
  const commas: number[] = [];
  let line = 0;
  for (let start = 0; start < utf8.length; ) {
    const found = utf8.indexOf(separator, start);
    const end = found < 0 ? utf8.length : found;
    line += 1;
    if (!isBlank(utf8, start, end)) {
      try {
        validate(utf8, start, end);
      } catch (error) {
        if (error instanceof JsonSyntaxError && !error.nonFinite) throw syntaxError(utf8, error, line);
        throw error;
      }
      commas.push(start);
    }
    start = end + 1;
  }
  utf8.copy(bytes, 1);
  for (let at = utf8.indexOf(separator); at >= 0; at = utf8.indexOf(separator, at + 1)) bytes[at + 1] = 0x20;
  // A row that begins at `start` begins at start + 1 here: its comma takes the place of the separator before it.
  for (const start of commas.slice(1)) bytes[start] = 0x2c;
  bytes[0] = 0x5b;
  bytes[utf8.length + 1] = 0x5d;
  return {bytes, start: 0, rowsAreRecords: true};
}

/** JSON Lines (NDJSON): the lines are the records, blank ones are skipped. */
export const jsonLines: FormatKind = {
  name: 'jsonl',
  mediaTypes: /^(application|text)\/(x-)?(ndjson|jsonl|json-?lines|json-seq|jsonstream|json-stream|stream\+json)$/,
  toJson(utf8: Buffer, _options: unknown, note: (note: Note) => void): JsonDocument {
    try {
      return lines(utf8);
    } catch (error) {
      if (!(error instanceof JsonSyntaxError)) throw error;
      const replaced = replaceNonFinite(utf8);
      if (replaced.count === 0) throw syntaxError(utf8, error);
      note(nonFiniteNote(replaced.count));
      return lines(replaced.bytes);
    }
  },
};
