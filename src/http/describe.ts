import {isUtf8} from 'node:buffer';
import {toUtf8} from '../body/charset.js';
import type {Exchange} from './exchange.js';
import type {RawAnswer} from './transport.js';
import {TransportError} from './transport-error.js';

/** `GET https://api.example.com/items answered 404: {"error": …}`: first 200 characters of the body, redacted then cut. */
export function describe(done: Exchange, redact: (text: string) => string): string {
  const request = requestText(done, redact);
  const {outcome} = done;
  if (outcome instanceof TransportError) return `${request} failed: ${redact(outcome.message)}`;
  if (done.unfollowed !== undefined) return `${request} answered ${outcome.status}, a redirect ${done.unfollowed}`;
  return `${request} answered ${outcome.status}${quote(outcome, redact)}`;
}

/** In characters: what links and cursors of the API make longer would hide the rest of a message. */
const longestUrl = 500;

/** `GET https://api.example.com/items`, redacted, then cut. */
export function requestText({request, url}: Exchange, redact: (text: string) => string): string {
  const shown = redact(url);
  const cut = shown.length > longestUrl ? `${shown.slice(0, longestUrl)}… (${shown.length} characters)` : shown;
  return `${request.method} ${cut}`;
}

function quote(answer: RawAnswer, redact: (text: string) => string): string {
  const start = {...answer, body: answer.body.subarray(0, 65_536)};
  if (start.body[0] === 0x1f && start.body[1] === 0x8b) return ` with ${answer.body.length} bytes of gzip`;
  const whole = answerText(start);
  const text = excerpt(whole, redact);
  if (text === '') return ' without a body';
  if (/[\0-\x06\x0e-\x1a]/.test(whole.slice(0, 200)) && !isUtf8(start.body.subarray(0, 200))) {
    return ` with ${answer.body.length} bytes that are no text`;
  }
  const type = answer.headers.get('content-type')?.split(';', 1)[0]?.trim() ?? '';
  const kind = /json/i.test(type) || type === '' ? '' : ` with ${type.slice(0, 60)}`;
  return `${kind}: ${text}`;
}

/** The first 200 characters on one line, redacted, then cut. */
export function excerpt(text: string, redact: (text: string) => string): string {
  const line = redact(text)
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}

/**
 * A body as text for conditions and messages, by its mark or charset. Of one that is neither UTF-8 nor says what it is every byte
 * is a character, so that a secret in it is still found; a server that says nothing mostly sends Latin-1. Without NUL, which would
 * hide a secret between its letters.
 */
export function answerText({body, headers}: Pick<RawAnswer, 'body' | 'headers'>): string {
  const contentType = headers.get('content-type') ?? undefined;
  let isDamaged = false;
  const utf8 = toUtf8(body, {encoding: undefined, contentType}, () => {
    isDamaged = true;
  });
  const text = isDamaged ? body.toString('latin1') : utf8.toString('utf8');
  return text.replaceAll('\0', '');
}

/** The first thing to look at; ignoring these statuses would only hide it. */
const remedies: Readonly<Record<number, string>> = {
  304: 'this answers the question whether something changed: remove if-none-match and if-modified-since from headers, or look for a cache between here and the API',
  401: 'the credentials are missing or were refused: check auth and the values of its secrets',
  407: 'a proxy refuses the request: write its user and password into HTTP_PROXY and HTTPS_PROXY',
};

const advice: Readonly<Record<number, string>> = {
  402: 'the account behind the credentials has nothing left, or its plan lacks this: ask the provider of the API',
  400: 'check the params and the body of the endpoint',
  403: 'the credentials may not read this: check auth, and the rights of the key or user',
  404: 'there is nothing at this address: check base_url and the path of the endpoint',
  405: 'check the method of the endpoint',
  406: 'check the accept header',
  410: 'this address is gone: look for a newer version of the API',
  414: 'the URL is too long: send fewer or shorter params, or a body',
  415: 'check the kind of body: json or data',
  422: 'check the params and the body of the endpoint',
  431: 'the URL or the headers of the request are too long: check params and headers, and the length of the credentials',
  501: 'the server cannot do this: check the method and the path of the endpoint',
};

/** What to change after a status that nothing else explains. `place`: of the resource, as resources[2]. */
export function advise(done: Exchange, place: string): string {
  const status = done.outcome instanceof TransportError ? 0 : done.outcome.status;
  if (done.unfollowed !== undefined) return `request the final address: correct base_url or the path of ${place}`;
  const remedy = remedies[status];
  if (remedy !== undefined) return `${remedy} (${place})`;
  const what = advice[status] ?? 'check the request';
  if (status < 100) return `${what} (${place}): the status is none of HTTP`;
  return `${what} (${place}), or say what it means in response_actions: {status_code: ${status}, action: ignore}`;
}

/** A sentence of ours; what users write themselves stays as it is. */
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
