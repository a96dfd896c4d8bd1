import {ExactNumber, type Json, printExact} from '../json/exact.js';

/**
 * A value on one line: `json` with every text quoted, else as YAML with quotes where a plain text would be read as something
 * else.
 */
export function flowText(value: Json, json: boolean): string {
  if (typeof value === 'string') return json ? printExact(value) : scalarText(value);
  if (typeof value !== 'object' || value === null || value instanceof ExactNumber) return printExact(value);
  if (Array.isArray(value)) return `[${value.map((item: Json) => flowText(item, json)).join(', ')}]`;
  const members = Object.entries(value).map(([key, item]) => `${flowText(key, json)}: ${flowText(item, json)}`);
  return `{${members.join(', ')}}`;
}

/** Words of YAML 1.1 and 1.2 that are no text when they stand alone. */
const reserved = /^(?:true|false|null|yes|no|on|off|y|n|~)$/i;

const scalarText = (text: string): string =>
  /^[A-Za-z_][\w./-]*(?: [\w./-]+)*$/.test(text) && !reserved.test(text) ? text : printExact(text);
