import {configError} from '../errors.js';

/**
 * Whether a text is a link: an http(s) URL, or a path that contains a query or starts with the request's own
 * (config-language §5, *Reading*). Tokens may begin with a slash (base64), so a slash alone proves nothing.
 */
export function isLink(text: string, request: URL): boolean {
  if (/\s/.test(text)) return false;
  if (/^https?:\/\//i.test(text)) return true;
  if (/^[\w.~%/-]*\?[^=&]+=/.test(text)) return true;
  return text.startsWith('/') && request.pathname !== '/' && text.startsWith(request.pathname);
}

/** What a configured base_url can be resolved against: `{auth.instance_url}/v1` has the origin of the request. */
function baseOf(baseUrl: string, request: URL): URL | undefined {
  if (URL.canParse(baseUrl)) return new URL(baseUrl);
  const path = baseUrl.slice(baseUrl.lastIndexOf('}') + 1);
  return URL.canParse(path, request.origin) ? new URL(path, request.origin) : undefined;
}

/**
 * A link as an absolute URL. Relative ones resolve against the request URL (RFC 3986); with `baseUrl` they are joined
 * below it, unless they repeat its path or are only a query. Throws ConnectorError for what is no URL.
 */
export function resolveLink(link: string, request: URL, place: string, baseUrl: string | undefined): string {
  const isRelative = !/^[a-z][a-z0-9+.-]*:/i.test(link) && !link.startsWith('//');
  const base = baseUrl === undefined || !isRelative || link.startsWith('?') ? undefined : baseOf(baseUrl, request);
  if (base !== undefined) {
    const root = base.pathname.endsWith('/') ? base.pathname : `${base.pathname}/`;
    const joined = link.startsWith(root) ? link : root + link.replace(/^\/+/, '');
    if (URL.canParse(joined, base.href)) return new URL(joined, base).href;
  } else if (URL.canParse(link, request.href)) {
    const url = new URL(link, request);
    if (url.protocol === 'http:' || url.protocol === 'https:') return url.href;
  }
  throw configError(`${place}: the next link is no http(s) URL: ${JSON.stringify(link.slice(0, 200))}`);
}
