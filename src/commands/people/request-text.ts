import type {RequestSpec} from '../../http/request.js';
import {splitQuery, withQuery} from '../../http/url.js';
import {ExactNumber, type Json, printExact} from '../../json/exact.js';

/** The request's URL as it is sent, without credentials that are put on later. */
export const urlOf = ({url, query}: RequestSpec): string => withQuery(url, query);

/** `/repos/acme/app/issues`, or the whole URL where it is none. */
export function pathOf(spec: RequestSpec): string {
  const {path} = splitQuery(spec.url);
  return URL.canParse(path) ? new URL(path).pathname : path;
}

/** `https://api.acme.io` */
export const originOf = ({url}: RequestSpec): string => (URL.canParse(url) ? new URL(url).origin : url);

/** The request beside the first one of its walk: method and query, the path where it differs, what changed in the body. */
export function shortRequest(spec: RequestSpec, first: RequestSpec): string {
  const path = pathOf(spec) === pathOf(first) ? '' : pathOf(spec);
  const query = queryOf(spec);
  const body = spec === first ? bodyText(spec) : bodyChanges(first, spec);
  return [spec.method, `${path}${query === '' ? '' : `?${query}`}`, body].filter((part) => part !== '').join(' ');
}

/** What a request has that the one before lacks: `page=2`, `after=abc`; the path where only that differs. */
export function changes(from: RequestSpec, to: RequestSpec): string {
  const before = new Set(pairsOf(from));
  const added = pairsOf(to).filter((pair) => !before.has(pair));
  const path = pathOf(from) === pathOf(to) ? [] : [pathOf(to)];
  return [...path, ...added, bodyChanges(from, to)].filter((part) => part !== '').join(' ');
}

const queryOf = (spec: RequestSpec): string => {
  const url = urlOf(spec);
  const mark = url.indexOf('?');
  return mark < 0 ? '' : url.slice(mark + 1);
};

const pairsOf = (spec: RequestSpec): readonly string[] =>
  queryOf(spec)
    .split('&')
    .filter((pair) => pair !== '')
    .map(decoded);

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

/** The body as text; empty where there is none. */
export function bodyText({body}: RequestSpec): string {
  switch (body?.kind) {
    case undefined:
      return '';
    case 'json':
      return printExact(body.value);
    case 'form':
      return body.pairs.map(([name, value]) => `${name}=${value}`).join('&');
    case 'text':
      return body.text;
  }
}

function bodyChanges(from: RequestSpec, to: RequestSpec): string {
  if (to.body === undefined || bodyText(from) === bodyText(to)) return '';
  if (to.body.kind === 'text') return 'another body';
  const leaves = ({body}: RequestSpec): readonly string[] =>
    body?.kind === 'json'
      ? leavesOf(body.value, '')
      : body?.kind === 'form'
        ? body.pairs.map(([name, value]) => `${name}=${value}`)
        : [];
  const before = new Set(leaves(from));
  return leaves(to)
    .filter((leaf) => !before.has(leaf))
    .join(' ');
}

function leavesOf(value: Json, path: string): readonly string[] {
  if (typeof value !== 'object' || value === null || value instanceof ExactNumber) {
    return [`${path}=${typeof value === 'string' ? value : printExact(value)}`];
  }
  return Object.entries(value).flatMap(([key, item]) => leavesOf(item, path === '' ? key : `${path}.${key}`));
}
