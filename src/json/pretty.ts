import {ExactNumber, type Json, type JsonObject, printExact} from './exact.js';

/** JSON text on several lines, `indent` spaces a level; numbers as they were written. Empty lists and objects stay on one line. */
export function printPretty(value: Json, indent = 2): string {
  return print(value, indent, '\n');
}

function print(value: Json, indent: number, line: string): string {
  if (typeof value !== 'object' || value === null || value instanceof ExactNumber) return printExact(value);
  const inner = line + ' '.repeat(indent);
  if (isList(value))
    return block(
      '[',
      ']',
      value.map((item) => print(item, indent, inner)),
      {line, inner},
    );
  const members = Object.entries(value).map(([key, item]) => `${printExact(key)}: ${print(item, indent, inner)}`);
  return block('{', '}', members, {line, inner});
}

const isList = (value: readonly Json[] | JsonObject): value is readonly Json[] => Array.isArray(value);

const block = (
  open: string,
  close: string,
  items: readonly string[],
  at: {readonly line: string; readonly inner: string},
): string => (items.length === 0 ? open + close : `${open}${at.inner}${items.join(`,${at.inner}`)}${at.line}${close}`);
