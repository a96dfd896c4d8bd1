import type {JsonSyntaxError} from '../json/syntax-error.js';
import {validate} from '../json/validate.js';
import {BodyError} from './body-error.js';

const blank = /[\s\u0000-\u001f]+/g;

function firstCharacters(bytes: Buffer): string {
  return bytes.toString('utf8', 0, 400).trim().slice(0, 40).replace(blank, ' ');
}

/** The title of an HTML page: of a login or an outage, so the next try may bring JSON. */
function page(bytes: Buffer): string | undefined {
  if (!bytes.toString('utf8', 0, 400).trimStart().startsWith('<')) return undefined;
  const title = /<title[^>]*>([^<]*)/i
    .exec(bytes.toString('utf8', 0, 4000))?.[1]
    ?.trim()
    .replace(blank, ' ');
  return title === undefined || title === '' ? 'an HTML page' : `an HTML page titled "${title.slice(0, 80)}"`;
}

/** A format that this version does not read (config-language §15), and what to ask for in its place. */
function otherFormat(bytes: Buffer): {readonly name: string; readonly instead: string} | undefined {
  const start = bytes.toString('latin1', 0, 400).trimStart();
  if (start.startsWith('PK\u0003\u0004')) return {name: 'a zip archive', instead: 'JSON, CSV or gzip'};
  if (!/^<(\?xml|soap|rss|feed)/i.test(start) || /<html/i.test(start)) return undefined;
  return {name: 'XML', instead: 'JSON or CSV, by a param such as format=json or headers: {accept: application/json}'};
}

/** Whether an object follows an object: lines, each a document of its own. (The scanner has made line breaks blanks.) */
function looksLikeLines(bytes: Buffer, offset: number): boolean {
  if (bytes[offset] !== 0x7b) return false;
  return bytes
    .toString('utf8', Math.max(0, offset - 16), offset)
    .trimEnd()
    .endsWith('}');
}

export const beginsLikeJson = (bytes: Buffer): boolean => /^\s*[{[]/.test(bytes.toString('latin1', 0, 1_000));

/** Looks at a copy: a table has to keep its line breaks. */
function isWholeJson(bytes: Buffer): boolean {
  if (!beginsLikeJson(bytes)) return false;
  try {
    validate(Buffer.from(bytes), 0, bytes.length);
    return true;
  } catch {
    return false;
  }
}

/**
 * The error for bytes that are something else than a table though they could be split into cells, as anything can: HTML of a
 * login, JSON that says "not yet". Undefined where they may be one.
 */
export function noTable(bytes: Buffer): BodyError | undefined {
  const begins = (): string => `it begins ${JSON.stringify(firstCharacters(bytes))}`;
  const other = otherFormat(bytes);
  if (other !== undefined) return new BodyError('format', `${other.name} came back instead of CSV; ${begins()}`);
  if (/^\s*<(!doctype|html|head|body)\b/i.test(bytes.toString('latin1', 0, 400))) {
    const text = `${page(bytes) ?? 'HTML'} came back instead of CSV: check base_url and the path, or auth; ${begins()}`;
    return new BodyError('syntax', text);
  }
  if (!isWholeJson(bytes)) return undefined;
  return new BodyError(
    'syntax',
    `JSON came back instead of CSV: write response: {format: json} if it is the data, or say in response_actions what it means; ${begins()}`,
  );
}

/**
 * The error for bytes that are not JSON: the byte offset and the 40 characters around it, or what else came.
 * `line` counts from 1, for formats of lines.
 */
export function syntaxError(bytes: Buffer, error: JsonSyntaxError, line?: number): BodyError {
  const begins = (): string => `it begins ${JSON.stringify(firstCharacters(bytes))}`;
  const other = otherFormat(bytes);
  if (other !== undefined) {
    const message = `${other.name} came back, which is not read in this version: ask for ${other.instead}; ${begins()}`;
    return new BodyError('format', message, {cause: error});
  }
  const html = page(bytes);
  if (html !== undefined)
    return new BodyError(
      'syntax',
      `${html} came back instead of JSON: check base_url and the path, or auth; ${begins()}`,
      {cause: error},
    );
  const message = `the body is no valid JSON${line === undefined ? '' : `, line ${line}`}: ${error.message}`;
  if (line !== undefined || !looksLikeLines(bytes, error.offset))
    return new BodyError('syntax', message, {cause: error});
  return new BodyError('format', `${message}; for JSON Lines write response: {format: jsonl}`, {cause: error});
}
