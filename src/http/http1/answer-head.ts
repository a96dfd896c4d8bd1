import type {AnswerHeaders} from '../answer-headers.js';
import {OpenError} from '../open.js';

/** How the end of a body is known (RFC 9112 §6.3). */
export type Framing =
  | {readonly kind: 'none'}
  | {readonly kind: 'length'; readonly length: number}
  | {readonly kind: 'chunked'}
  | {readonly kind: 'close'};

/** The head of an answer. */
export interface ParsedHead {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly bare: boolean;
  readonly framing: Framing;
  /** The connection may be used again after the body. */
  readonly keepAlive: boolean;
  /** ms for which the server keeps an idle connection, as far as it says so. */
  readonly idleFor: number;
}

const LF = 0x0a;
const CR = 0x0d;

/** Some servers call what they write 2.0; Node's client takes that as well. */
const statusLine = /^HTTP\/(?:1\.([01])|2\.0) (\d{3})(?: .*)?$/;
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Of these a second one counts nothing, as with Node's client: joined they would mean nothing. */
const single = new Set(
  (
    'age authorization content-type etag expires from host if-modified-since if-unmodified-since last-modified ' +
    'location max-forwards proxy-authorization referer retry-after server user-agent'
  ).split(' '),
);

const invalid = (reason: string): OpenError => new OpenError(reason, 'HPE_INVALID');

/**
 * The index behind the blank line that ends a head which begins at `from`; -1 while there is none. A line feed alone ends a line
 * (RFC 9112 §2.2). `resume`: where to look on, at most two bytes before what is new.
 */
export function headEnd(bytes: Buffer, from: number, to: number, resume = from): number {
  for (let at = bytes.indexOf(LF, resume); at >= 0 && at < to; at = bytes.indexOf(LF, at + 1)) {
    const next = bytes[at + 1] === CR ? at + 2 : at + 1;
    if (next < to && bytes[next] === LF) return next + 1;
  }
  return -1;
}

/** Where an answer begins: empty lines before it are passed over (RFC 9112 §2.2). */
export function headStart(bytes: Buffer, from: number, to: number): number {
  let at = from;
  while (at < to && (bytes[at] === CR || bytes[at] === LF)) at++;
  return at;
}

/** Whether what came so far may still become an answer. */
export function beginsHead(bytes: Buffer, from: number, to: number): boolean {
  return 'HTTP/'.startsWith(bytes.toString('latin1', from, Math.min(to, from + 5)));
}

/** Whether what lies behind a body is more of it, and neither blank lines nor another answer that nobody asked for. */
export function isMore(bytes: Buffer, from: number, to: number): boolean {
  const at = headStart(bytes, from, to);
  return at < to && !beginsHead(bytes, at, to);
}

/**
 * Parses the head in `text` (Latin-1, its blank line included). Strict where leniency could mix up answers: names are tokens
 * directly before their colon, lengths agree and are numbers. Control characters in values are kept, folded lines joined (RFC
 * 9110 §5.5, RFC 9112 §5.2). Throws OpenError.
 */
export function parseHead(text: string, method: string): ParsedHead {
  const lines = text.split('\n');
  const [, minor, code] = statusLine.exec(trimmedEnd(lines[0] ?? '')) ?? [];
  if (code === undefined) throw invalid('Expected HTTP/1.1, a space and a status of three digits');
  const headers = parseHeaders(lines);
  const status = Number(code);
  const isOld = minor === '0';
  const {framing, isAmbiguous} = framingOf(status, headers, method, isOld);
  const connection = (headers.get('connection') ?? '').toLowerCase();
  const keepAlive = !/\bclose\b/.test(connection) && (!isOld || /\bkeep-alive\b/.test(connection));
  const hint = /(?:^|[,\s])timeout=(\d+)/i.exec(headers.get('keep-alive') ?? '')?.[1];
  const idleFor = hint === undefined ? Number.POSITIVE_INFINITY : Number(hint) * 1_000;
  return {status, headers, bare: headers.size === 0, framing, keepAlive: keepAlive && !isAmbiguous, idleFor};
}

const trimmedEnd = (line: string): string => (line.endsWith('\r') ? line.slice(0, -1) : line);

/**
 * Without the blanks around it. `trim` would take more: the last byte of some texts in UTF-8, and characters that hide a length
 * from others.
 */
function unpadded(value: string): string {
  let from = 0;
  let to = value.length;
  while (from < to && isBlank(value.charCodeAt(from))) from++;
  while (from < to && isBlank(value.charCodeAt(to - 1))) to--;
  return value.slice(from, to);
}

const isBlank = (code: number): boolean => code === 0x20 || code === 0x09;

function parseHeaders(lines: readonly string[]): HeaderMap {
  const headers = new HeaderMap();
  let name = '';
  let value = '';
  for (let index = 1; index < lines.length; index++) {
    const line = trimmedEnd(lines[index] ?? '');
    if (line.includes('\r') || line.includes('\0')) throw invalid('Invalid character in a header');
    if (line === '') break;
    if (line.startsWith(' ') || line.startsWith('\t')) {
      if (name === '') throw invalid('A folded line before the first header');
      value = `${value} ${unpadded(line)}`;
      continue;
    }
    if (name !== '') headers.add(name, value);
    const colon = line.indexOf(':');
    name = line.slice(0, Math.max(colon, 0));
    if (!token.test(name)) throw invalid('Invalid header token');
    value = line.slice(colon + 1);
  }
  if (name !== '') headers.add(name, value);
  return headers;
}

class HeaderMap implements AnswerHeaders {
  readonly #values = new Map<string, string>();

  get size(): number {
    return this.#values.size;
  }

  add(name: string, written: string): void {
    const key = name.toLowerCase();
    const value = unpadded(written);
    const before = this.#values.get(key);
    if (before === undefined) this.#values.set(key, value);
    else if (key === 'content-length') {
      if (before !== value) throw invalid('Duplicate Content-Length');
    } else if (!single.has(key)) this.#values.set(key, `${before}, ${value}`);
  }

  get(name: string): string | null {
    return this.#values.get(name) ?? this.#values.get(name.toLowerCase()) ?? null;
  }

  has(name: string): boolean {
    return this.get(name) !== null;
  }

  *[Symbol.iterator](): Generator<[string, string]> {
    for (const name of [...this.#values.keys()].sort()) yield [name, this.#values.get(name) ?? ''];
  }
}

/** Not the answer itself, which comes after it (RFC 9110 §15.2). */
export const isInformational = (status: number): boolean => status >= 100 && status < 200;

/** Chunks, also where the header comes twice: some gateways add their own. */
const chunked = /^(?:(?:identity|chunked)[ \t]*,[ \t]*)*chunked$/;
/** Codings that would have to be undone. */
const coded = /gzip|deflate|compress|br|zstd|chunked/;

/**
 * RFC 9112 §6.3. Where a length stands beside chunks, the chunks count; a Transfer-Encoding that is none, such as "binary", makes a
 * body that ends with the connection. What others might read otherwise is ambiguous: the connection is not used again.
 */
function framingOf(
  status: number,
  headers: AnswerHeaders,
  method: string,
  isOld: boolean,
): {framing: Framing; isAmbiguous: boolean} {
  const length = lengthOf(headers);
  const transfer = headers.get('transfer-encoding')?.toLowerCase();
  if (method === 'HEAD' || isInformational(status) || status === 204 || status === 304) {
    const hasBody = (length ?? 0) > 0 || transfer !== undefined;
    return {framing: {kind: 'none'}, isAmbiguous: status === 204 && hasBody};
  }
  if (transfer !== undefined && transfer !== 'identity') {
    if (chunked.test(transfer)) {
      return {framing: {kind: 'chunked'}, isAmbiguous: length !== undefined || transfer !== 'chunked' || isOld};
    }
    if (length !== undefined || coded.test(transfer)) {
      throw invalid(`Unknown Transfer-Encoding ${transfer.slice(0, 100)}`);
    }
  }
  const framing: Framing = length === undefined ? {kind: 'close'} : {kind: 'length', length};
  return {framing, isAmbiguous: transfer !== undefined};
}

function lengthOf(headers: AnswerHeaders): number | undefined {
  const written = headers.get('content-length');
  if (written === null) return undefined;
  if (!/^\d+$/.test(written)) throw invalid('Invalid character in Content-Length');
  const length = Number(written);
  if (!Number.isSafeInteger(length)) throw invalid('Content-Length overflow');
  return length;
}
