import {skipValue} from '../json/skip.js';
import {JsonSyntaxError} from '../json/syntax-error.js';
import {CLOSE_OBJECT, COMMA, Notes, OPEN_OBJECT, QUOTE, skipBlanks, skipColon, skipString} from '../json/tokens.js';

/** Where a member's value lies, by name. */
export type Spans = ReadonlyMap<string, {readonly start: number; readonly end: number}>;

/** The members of the object at `at`; of duplicate names the last one. Throws JsonSyntaxError. */
export function memberSpans(bytes: Buffer, at: number, end: number): Spans {
  const notes = new Notes();
  const spans = new Map<string, {start: number; end: number}>();
  let i = skipBlanks(bytes, at, end);
  if (bytes[i] !== OPEN_OBJECT) throw new JsonSyntaxError('not an object', bytes, i);
  i = skipBlanks(bytes, i + 1, end);
  if (i < end && bytes[i] === CLOSE_OBJECT) return spans;
  for (;;) {
    if (i >= end || bytes[i] !== QUOTE) throw new JsonSyntaxError('a member without a name', bytes, i);
    const nameEnd = skipString(bytes, i + 1, end, notes);
    const name = nameOf(bytes, i, nameEnd);
    const start = skipColon(bytes, nameEnd, end);
    const valueEnd = skipValue(bytes, start, end, 1, notes);
    spans.set(name, {start, end: valueEnd});
    i = skipBlanks(bytes, valueEnd, end);
    if (i < end && bytes[i] === CLOSE_OBJECT) return spans;
    if (i >= end || bytes[i] !== COMMA) throw new JsonSyntaxError('no comma between two members', bytes, i);
    i = skipBlanks(bytes, i + 1, end);
  }
}

/** The name between the quotes at `start` and before `end`, without its escapes. */
export function nameOf(bytes: Buffer, start: number, end: number): string {
  const text = bytes.toString('utf8', start + 1, end - 1);
  return text.includes('\\') ? String(JSON.parse(`"${text}"`)) : text;
}
