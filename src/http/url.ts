import {configError} from '../errors.js';

/** A url's own query as it is written: `raw` is untouched, `name` decoded. */
interface QueryPart {
  readonly raw: string;
  readonly name: string;
}

/** Cuts a url into what precedes the query, the parts of the query and the fragment (with its #), without changing a byte. */
export function splitQuery(url: string): {
  readonly path: string;
  readonly parts: readonly QueryPart[];
  readonly fragment: string;
} {
  const hash = url.indexOf('#');
  const whole = hash < 0 ? url : url.slice(0, hash);
  const fragment = hash < 0 ? '' : url.slice(hash);
  const mark = whole.indexOf('?');
  if (mark < 0) return {path: whole, parts: [], fragment};
  const parts = whole
    .slice(mark + 1)
    .split('&')
    .filter((raw) => raw !== '')
    .map((raw) => ({raw, name: decoded(raw.split('=', 1)[0] ?? '')}));
  return {path: whole.slice(0, mark), parts, fragment};
}

function decoded(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

/** A name or value percent-encoded once (RFC 3986, a space is %20); a lone surrogate becomes U+FFFD. */
const encode = (text: string): string => encodeURIComponent(text.toWellFormed());

/** Names and values as a query, without the question mark. */
function queryText(pairs: readonly (readonly [string, string])[]): string {
  let text = '';
  for (const pair of pairs) text += `${text === '' ? '' : '&'}${encode(pair[0])}=${encode(pair[1])}`;
  return text;
}

/** application/x-www-form-urlencoded (WHATWG): as a query, but a space is a plus. */
export const formText = (pairs: readonly (readonly [string, string])[]): string =>
  queryText(pairs).replaceAll('%20', '+');

/** The url with further parameters after its own query, which stays as it is; a fragment is dropped. */
export function withQuery(url: string, pairs: readonly (readonly [string, string])[]): string {
  const hash = url.indexOf('#');
  const whole = hash < 0 ? url : url.slice(0, hash);
  if (pairs.length === 0) return whole;
  const mark = whole.indexOf('?');
  const glue = mark < 0 ? '?' : mark === whole.length - 1 || whole.endsWith('&') ? '' : '&';
  return `${whole}${glue}${queryText(pairs)}`;
}

/** Whether a path is a URL of its own. */
export const isAbsoluteUrl = (path: string): boolean => /^https?:\/\//i.test(path);

/**
 * `path` below `base`, as dlt joins them: an absolute URL is taken as it is, an empty part gives the other one, a leading
 * slash does not leave the base. The base's own query comes before the path's. Throws ConnectorError for a path whose dot
 * segments lead out of the base.
 */
export function joinUrl(base: string, path: string): string {
  if (isAbsoluteUrl(path) || base === '') return path;
  if (path === '') return base;
  const from = splitQuery(base);
  const mark = path.search(/[?#]/);
  const below = mark < 0 ? path : path.slice(0, mark);
  const rest = mark < 0 ? '' : path.slice(mark);
  const root = from.path.replace(/\/+$/, '');
  const tail = below.replace(/^\/+/, '');
  const joined = tail === '' && !below.startsWith('/') ? from.path : `${root}/${tail}`;
  const whole = withBaseQuery(joined, from.parts, rest);
  // Tabs and line breaks vanish when a URL is parsed, so what a segment will be is only known afterwards.
  if (/\.|%2e/i.test(below) && isOutside(root, whole)) {
    throw configError(`the path "${path}" leads out of base_url ${displayUrl(base, [])}: remove the dot segments`);
  }
  return whole;
}

function withBaseQuery(url: string, own: readonly QueryPart[], rest: string): string {
  if (own.length === 0) return `${url}${rest}`;
  const query = own.map(({raw}) => raw).join('&');
  return `${url}?${query}${rest.startsWith('?') && rest.length > 1 ? `&${rest.slice(1)}` : rest.replace(/^\?/, '')}`;
}

function isOutside(root: string, whole: string): boolean {
  if (!URL.canParse(root) || !URL.canParse(whole)) return false;
  const inner = new URL(whole);
  const outer = new URL(root);
  const prefix = outer.pathname.replace(/\/+$/, '');
  return inner.origin !== outer.origin || !(inner.pathname === prefix || inner.pathname.startsWith(`${prefix}/`));
}

/** A URL for people: without user, password and the parameters of these names. */
export function displayUrl(url: string, secretNames: readonly string[]): string {
  const {path, parts} = splitQuery(url);
  const kept = parts.filter(({name}) => !secretNames.includes(name)).map(({raw}) => raw);
  return `${withoutUser(path)}${kept.length > 0 ? `?${kept.join('&')}` : ''}`;
}

/** The url without the user and password before its host. */
export const withoutUser = (url: string): string => url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, '$1');

/** Parses a url that a request or an answer named. Throws ConnectorError when it is none. */
export function parseUrl(url: string): URL {
  try {
    return new URL(url);
  } catch {
    throw configError(`"${displayUrl(url, []).slice(0, 200)}" is no URL: check base_url and path`);
  }
}
