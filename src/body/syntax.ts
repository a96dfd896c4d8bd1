import type {JsonSyntaxError} from '../json/scan.js';
import {BodyError} from './body-error.js';

const blank = /[\s\u0000-\u001f]+/g;

function firstCharacters(bytes: Buffer): string {
  return bytes.toString('utf8', 0, 400).trim().slice(0, 40).replace(blank, ' ');
}

/** What came instead of JSON, where the first bytes tell. */
function markup(bytes: Buffer): string | undefined {
  const start = bytes.toString('utf8', 0, 400).trimStart();
  if (!start.startsWith('<')) return undefined;
  if (/^<(\?xml|soap|rss|feed)/i.test(start) && !/<html/i.test(start)) return 'XML';
  const title = /<title[^>]*>([^<]*)/i
    .exec(bytes.toString('utf8', 0, 4000))?.[1]
    ?.trim()
    .replace(blank, ' ');
  return title === undefined || title === '' ? 'an HTML page' : `an HTML page titled "${title.slice(0, 80)}"`;
}

/** Whether a document of several lines, each of its own, was read as one: the error is at the start of a later line. */
function looksLikeLines(bytes: Buffer, offset: number): boolean {
  const next = bytes[offset];
  if (next !== 0x7b && next !== 0x5b) return false;
  const before = bytes.toString('utf8', Math.max(0, offset - 16), offset).trimEnd();
  return before.endsWith('}') || before.endsWith(']');
}

/**
 * The error for bytes that are not JSON: the byte offset and the 40 characters around it, or that HTML or XML came.
 * `line` counts from 1, for formats of lines.
 */
export function syntaxError(bytes: Buffer, error: JsonSyntaxError, line?: number): BodyError {
  const came = markup(bytes);
  const message =
    came === undefined
      ? `the body is no valid JSON${line === undefined ? '' : `, line ${line}`}: ${error.message}`
      : `${came} came back instead of JSON; it begins ${JSON.stringify(firstCharacters(bytes))}`;
  const hint =
    line === undefined && looksLikeLines(bytes, error.offset) ? '; for JSON Lines write response: {format: jsonl}' : '';
  return new BodyError('syntax', message + hint, {cause: error});
}
