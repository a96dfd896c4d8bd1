import {skipValue} from './skip.js';
import {JsonSyntaxError} from './syntax-error.js';
import {type JsonText, jsonText, kindOf, unquote} from './text.js';
import {
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  Notes,
  OPEN_OBJECT,
  skipBlanks,
  skipColon,
  skipString,
} from './tokens.js';

/** A member of an object as received. */
export interface Member {
  /** Unescaped. */
  readonly key: string;
  /** With its quotes and escapes. */
  readonly keyText: JsonText;
  readonly value: JsonText;
}

/** The members of an object in their order, duplicate keys kept. `text` must be a valid object. */
export function members(text: JsonText): Member[] {
  const {bytes, end} = text;
  const notes = new Notes();
  const found: Member[] = [];
  let i = skipBlanks(bytes, opened(text, 'object'), end);
  while (i < end && bytes[i] !== CLOSE_OBJECT) {
    const keyEnd = skipString(bytes, i + 1, end, notes);
    const start = skipColon(bytes, keyEnd, end);
    const stop = skipValue(bytes, start, end, 0, notes);
    found.push({
      key: unquote(bytes, i, keyEnd),
      keyText: {bytes, start: i, end: keyEnd},
      value: {bytes, start, end: stop},
    });
    i = behindComma(bytes, stop, end);
  }
  return found;
}

/** The elements of an array in their order. `text` must be a valid array. */
export function elements(text: JsonText): JsonText[] {
  const {bytes, end} = text;
  const notes = new Notes();
  const found: JsonText[] = [];
  let i = skipBlanks(bytes, opened(text, 'array'), end);
  while (i < end && bytes[i] !== CLOSE_ARRAY) {
    const stop = skipValue(bytes, i, end, 0, notes);
    found.push({bytes, start: i, end: stop});
    i = behindComma(bytes, stop, end);
  }
  return found;
}

function opened(text: JsonText, kind: 'object' | 'array'): number {
  if (kindOf(text) !== kind) {
    throw new JsonSyntaxError(`no ${kind}`, text.bytes, text.start);
  }
  return text.start + 1;
}

function behindComma(bytes: Buffer, from: number, end: number): number {
  const i = skipBlanks(bytes, from, end);
  return bytes[i] === COMMA ? skipBlanks(bytes, i + 1, end) : i;
}

/** A member written by us: the key gets its quotes and escapes. */
export function member(key: string, value: JsonText): Member {
  return {key, keyText: jsonText(JSON.stringify(key)), value};
}

/** An object from members, each key and value byte for byte, without blanks between them. */
export function writeObject(list: readonly Member[]): Buffer {
  let length = 2 + Math.max(0, list.length - 1);
  for (const {keyText, value} of list) {
    length += keyText.end - keyText.start + 1 + value.end - value.start;
  }
  const into = Buffer.allocUnsafe(length);
  let at = 0;
  into[at++] = OPEN_OBJECT;
  for (const {keyText, value} of list) {
    if (at > 1) {
      into[at++] = COMMA;
    }
    at += keyText.bytes.copy(into, at, keyText.start, keyText.end);
    into[at++] = COLON;
    at += value.bytes.copy(into, at, value.start, value.end);
  }
  into[at] = CLOSE_OBJECT;
  return into;
}
