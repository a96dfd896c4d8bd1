import {configError} from '../errors.js';
import {printExact} from '../json/exact.js';
import type {RequestBody, RequestSpec} from './request.js';
import {formText, parseUrl, withQuery} from './url.js';

/** A request as bytes and encoded text: what a transport sends. */
export interface WireRequest {
  readonly method: string;
  /** Without user and password. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
}

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Field values of RFC 9110 §5.5: visible characters, space, tab, and bytes above 0x7f. */
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/;

/** The headers that are sent although nobody wrote them: what is accepted, and the kind of the body. */
export function impliedHeaders({headers, body}: RequestSpec): Record<string, string> {
  const implied: Record<string, string> = {};
  if (headers['accept'] === undefined) implied['accept'] = 'application/json';
  const type = contentType(body);
  if (type !== undefined && headers['content-type'] === undefined) implied['content-type'] = type;
  return implied;
}

/** Encodes a request. Throws ConnectorError for a url or header that cannot be sent. */
export function toWire(spec: RequestSpec): WireRequest {
  const url = parseUrl(withQuery(spec.url, spec.query));
  const headers = impliedHeaders(spec);
  if (url.username !== '' || url.password !== '') {
    headers['authorization'] = basicOf(url);
    url.username = '';
    url.password = '';
  }
  Object.assign(headers, spec.headers);
  for (const [name, value] of Object.entries(headers)) checkHeader(name, value);
  return {method: spec.method, url, headers, body: bodyOf(spec.body)};
}

function contentType(body: RequestBody | undefined): string | undefined {
  if (body?.kind === 'json') return 'application/json';
  return body?.kind === 'form' && body.pairs.length > 0 ? 'application/x-www-form-urlencoded' : undefined;
}

function bodyOf(body: RequestBody | undefined): Buffer | undefined {
  switch (body?.kind) {
    case undefined:
      return undefined;
    case 'json':
      return Buffer.from(printExact(body.value), 'utf8');
    case 'form':
      return body.pairs.length === 0 ? undefined : Buffer.from(formText(body.pairs), 'utf8');
    case 'text':
      return Buffer.from(body.text, 'utf8');
  }
}

/** Throws ConnectorError for a header that cannot be sent; its value may be a secret and is not shown. */
export function checkHeader(name: string, value: string): void {
  if (!token.test(name)) {
    throw configError(`"${name.slice(0, 100)}" is no header name: use letters, digits and -_`);
  }
  if (fieldValue.test(value)) return;
  // The value may be a secret: only the kind of the character is named.
  const bad = [...value].find((character) => !fieldValue.test(character)) ?? '';
  const code = (bad.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  throw configError(
    `the value of the header ${name} holds the character U+${code}, which no header can carry: remove it (a line break often comes with a secret that was pasted or read from a file)`,
  );
}

/** The user and password in a URL, as HTTP clients send them (RFC 7617). */
function basicOf(url: URL): string {
  const decode = (text: string): string => {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  };
  return `Basic ${Buffer.from(`${decode(url.username)}:${decode(url.password)}`, 'utf8').toString('base64')}`;
}
