import {skipValue} from './skip.js';
import {JsonSyntaxError} from './syntax-error.js';
import {Notes, OPEN_ARRAY, OPEN_OBJECT, QUOTE, skipOrdinary} from './tokens.js';

/**
 * A JSON value as received: bytes `start` (inclusive) to `end` (exclusive) of valid UTF-8 JSON without a raw line break.
 * Nothing sent, stored or emitted is rebuilt from a double: values travel as this.
 */
export interface JsonText {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

export type Kind = 'object' | 'array' | 'string' | 'number' | 'true' | 'false' | 'null';

/** Far below what JSON.parse, the expressions and the queries that run over values can take. */
const DEEPEST_VALUE = 900;

/** The JSON text itself, as written. */
export function textOf(text: JsonText): string {
  return text.bytes.toString('utf8', text.start, text.end);
}

/** JSON text written by us, in a Buffer of its own. `text` must be valid JSON. */
export function jsonText(text: string): JsonText {
  const bytes = Buffer.from(text);
  return {bytes, start: 0, end: bytes.length};
}

/** A copy that does not keep the page it came from in memory. */
export function copyOf(text: JsonText): JsonText {
  const bytes = Buffer.from(text.bytes.subarray(text.start, text.end));
  return {bytes, start: 0, end: bytes.length};
}

/** What kind of value begins with this byte. */
export function kindOfByte(first: number | undefined): Kind {
  switch (first) {
    case OPEN_OBJECT:
      return 'object';
    case OPEN_ARRAY:
      return 'array';
    case QUOTE:
      return 'string';
    case 0x74:
      return 'true';
    case 0x66:
      return 'false';
    case 0x6e:
      return 'null';
    default:
      return 'number';
  }
}

export function kindOf(text: JsonText): Kind {
  return kindOfByte(text.bytes[text.start]);
}

export function isNull(text: JsonText): boolean {
  return kindOf(text) === 'null';
}

/** The characters of a JSON string, its escapes resolved; undefined for any other value. */
export function stringValue(text: JsonText): string | undefined {
  return kindOf(text) === 'string' ? unquote(text.bytes, text.start, text.end) : undefined;
}

/** The characters of the valid JSON string from its opening quote at `start` to behind its closing one at `end`. */
export function unquote(bytes: Buffer, start: number, end: number): string {
  // Looked for in the string only: indexOf would run to the end of the page each time.
  if (skipOrdinary(bytes, start + 1) === end - 1) {
    return bytes.toString('utf8', start + 1, end - 1);
  }
  const value: unknown = JSON.parse(bytes.toString('utf8', start, end));
  return String(value);
}

/**
 * The value as JavaScript has it (numbers as doubles, objects with a null prototype), for expressions, queries and detection only.
 * Throws `JsonSyntaxError` for invalid text and beyond 900 levels.
 */
function parsedValue(text: JsonText): unknown {
  const {bytes, start, end} = text;
  const notes = new Notes();
  const stop = skipValue(bytes, start, end, 0, notes);
  if (stop !== end) {
    throw new JsonSyntaxError('something behind the end of the value', bytes, stop);
  }
  if (notes.deepest > DEEPEST_VALUE) {
    throw new JsonSyntaxError(
      `a value of ${notes.deepest} levels, more than the ${DEEPEST_VALUE} that can be looked into,`,
      bytes,
      start,
    );
  }
  const value: unknown = JSON.parse(textOf(text));
  dropPrototypes(value);
  return value;
}

export {parsedValue as valueOf};

function dropPrototypes(root: unknown): void {
  const left = [root];
  while (left.length > 0) {
    const value = left.pop();
    if (typeof value === 'object' && value !== null) {
      if (!Array.isArray(value)) {
        Object.setPrototypeOf(value, null);
      }
      for (const inner of Object.values(value)) {
        if (typeof inner === 'object' && inner !== null) {
          left.push(inner);
        }
      }
    }
  }
}
