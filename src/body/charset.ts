import {isAscii, isUtf8} from 'node:buffer';
import iconv from 'iconv-lite';
import type {Note} from '../log.js';
import {BodyError} from './body-error.js';

const replacement = Buffer.from('\ufffd');

/** Labels whose bytes below 0x80 are not always ASCII: nothing is skipped for them. */
const notAscii = /^(utf-?(16|32|7)|ucs|iso-?2022|hz|unicode|cp037|ibm0?37|ebcdic)/i;

/** The WHATWG names of latin-1 all mean windows-1252; some Node versions decode them without its 27 extra characters. */
const latin1 = /^(windows-1252|cp-?1252|x-cp1252|iso-?8859-?1|iso_8859-1|latin-?1|l1|us-ascii|ascii)$/i;

function countOf(bytes: Buffer, what: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(what); at >= 0; at = bytes.indexOf(what, at + what.length)) count += 1;
  return count;
}

/** An encoding announced by the first bytes: a byte order mark, or JSON's own first character in UTF-16 (RFC 4627 §3). */
function announced(body: Buffer): {readonly label: string; readonly skip: number} | undefined {
  const [a, b, c] = body;
  if (a === 0xef && b === 0xbb && c === 0xbf) return {label: 'utf-8', skip: 3};
  if (a === 0xff && b === 0xfe) return {label: 'utf-16le', skip: 2};
  if (a === 0xfe && b === 0xff) return {label: 'utf-16be', skip: 2};
  return undefined;
}

function guessed(body: Buffer): string {
  const [a, b] = body;
  if (body.length < 2 || body.length % 2 !== 0) return 'utf-8';
  if (a === 0 && b !== 0) return 'utf-16be';
  return a !== 0 && b === 0 ? 'utf-16le' : 'utf-8';
}

/** A UTF-16 label says nothing of the byte order, and is wrong where no byte is zero. */
function believable(charset: string | undefined, body: Buffer): string | undefined {
  if (charset === undefined || !/^utf-?16$|^utf-?16[bl]e$/i.test(charset)) return charset;
  if (!body.includes(0) && isUtf8(body)) return undefined;
  return /16$/.test(charset) && guessed(body) === 'utf-16be' ? 'utf-16be' : charset;
}

function decoded(body: Buffer, label: string): string | undefined {
  if (latin1.test(label)) return iconv.decode(body, 'win1252');
  try {
    return new TextDecoder(label, {ignoreBOM: true}).decode(body);
  } catch {
    return iconv.encodingExists(label) ? iconv.decode(body, label) : undefined;
  }
}

/** Whether bodies can be read in an encoding of this name. */
export const isEncoding = (label: string): boolean => decoded(Buffer.alloc(0), label) !== undefined;

/** Bytes that claim to be UTF-8: as they are if they are, else with U+FFFD for what is not, counted in one warning. */
function repaired(body: Buffer, note: (note: Note) => void): Buffer {
  if (isUtf8(body)) return body;
  const bytes = Buffer.from(body.toString('utf8'), 'utf8');
  const count = Math.max(1, countOf(bytes, replacement) - countOf(body, replacement));
  note({
    level: 'warn',
    key: 'charset.replaced',
    text: 'bytes that are not valid UTF-8 became U+FFFD; if the server sends another charset, write response: {encoding: …}',
    count,
  });
  return bytes;
}

/**
 * A body as UTF-8 without byte order mark. A mark decides, then `encoding` of the configuration, then `charset=` of the
 * content type, then UTF-8. Nothing is copied where nothing changes. Throws BodyError for an unknown `encoding`.
 */
export function toUtf8(
  body: Buffer,
  options: {readonly encoding: string | undefined; readonly contentType: string | undefined},
  note: (note: Note) => void,
): Buffer {
  const mark = announced(body);
  const content = mark === undefined ? body : body.subarray(mark.skip);
  const charset = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(options.contentType ?? '')?.[1];
  const label = mark?.label ?? options.encoding ?? believable(charset, content) ?? guessed(content);
  if (/^(utf-?8|unicode-1-1-utf-8)$/i.test(label)) return repaired(content, note);
  if (!notAscii.test(label) && isAscii(content)) return content;
  const text = decoded(content, label);
  if (text !== undefined) return Buffer.from(text, 'utf8');
  if (label === options.encoding) {
    throw new BodyError(
      'charset',
      `"${label}" in response.encoding is no known encoding; examples: utf-8, latin1, shift_jis`,
    );
  }
  note({
    level: 'warn',
    key: 'charset.unknown',
    text: `the content type names the unknown charset "${label}"; read as UTF-8 (response: {encoding: …} names another)`,
  });
  return repaired(content, note);
}
