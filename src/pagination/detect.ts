import {findNamed, flagNames, type Named, shallowMembers, totalPageNames} from '../body/names.js';
import type {Answer} from '../http/answer.js';
import {formatSegments} from '../json/path.js';
import {envelope} from './envelope.js';
import {flagText} from './flag.js';
import {headerLink} from './header-link.js';
import {isLink} from './link.js';
import {nextMembers, nextText, relatedNext} from './next-members.js';
import {knownTotal, wholeOf} from './total.js';

/** What the first page shows: the options of a paginator, in pasteable form. */
export type Detected =
  | {readonly type: 'header_link'}
  | ({readonly type: 'json_link'; readonly next_url_path: string} & Flagged)
  | {readonly type: 'page_number'; readonly total_path: string}
  | ({readonly type: 'cursor'; readonly cursor_path: string; readonly cursor_param: string} & Flagged)
  | {readonly type: 'offset'; readonly limit: number; readonly offset: number; readonly total_path: string};

interface Flagged {
  readonly has_more_path?: string;
}

/** Tokens that are known by name, with the parameter that carries them. */
const tokenParams: ReadonlyMap<string, string> = new Map([
  ['next_cursor', 'cursor'],
  ['nextCursor', 'cursor'],
  ['nextPageToken', 'pageToken'],
  ['next_page_token', 'page_token'],
  ['next_token', 'next_token'],
  ['nextToken', 'nextToken'],
  ['next_page', 'page'],
  ['nextPage', 'page'],
  ['next_offset', 'offset'],
  ['nextOffset', 'offset'],
  ['next_start', 'start'],
  ['nextStart', 'start'],
  ['nextPageStart', 'start'],
]);

/** The parameter that probably carries what a body names so: `nextPageToken` is sent as `pageToken`, `endCursor` as `after`. */
export function likelyParam(name: string): string {
  if (/^end_?cursor$/i.test(name)) return 'after';
  const rest = name.replace(/^next[_-]?/i, '');
  return tokenParams.get(name) ?? (rest === '' ? 'cursor' : rest.charAt(0).toLowerCase() + rest.slice(1));
}

const pageNames = new Set(['next_page', 'nextPage']);

/** A known token outside the records: its path and parameter. A next page has to be a whole number. */
export function detectToken(
  answer: Answer,
  outside: unknown = envelope(answer),
): {readonly path: readonly string[]; readonly param: string} | undefined {
  for (const member of nextMembers(outside, answer)) {
    const key = member.path.at(-1) ?? '';
    const param = tokenParams.get(key);
    const text = nextText(member)?.text;
    if (param === undefined || text === undefined || typeof member.value === 'object') continue;
    if (pageNames.has(key) && !/^\d+$/.test(text)) continue;
    return {path: member.path, param};
  }
  return undefined;
}

function detectLink(members: readonly Named[], answer: Answer): readonly string[] | undefined {
  for (const member of members) {
    const key = (member.path.at(-1) ?? '').toLowerCase();
    const next = nextText(member);
    if (next === undefined || typeof member.value === 'number' || /(token|cursor|offset)$/.test(key)) continue;
    if (isLink(next.text, answer.url)) return next.path;
  }
  return undefined;
}

/**
 * A known flag that says on the first page that there are more: some APIs name a next position on their last page too. One that says
 * no beside a position may be one that never says anything else.
 */
function detectFlag(answer: Answer, outside: unknown): Flagged {
  const flag = findNamed(outside, flagNames, answer.selector.stem).find(({value}) => flagText(String(value)) === true);
  return flag === undefined ? {} : {has_more_path: formatSegments(flag.path)};
}

function detectOffset(answer: Answer, outside: unknown): Detected | undefined {
  const total = knownTotal(answer, outside);
  if (total === undefined) return undefined;
  const members = shallowMembers(outside, {outside: answer.selector.stem});
  const named = (name: string) =>
    wholeOf(
      members.find(({path, value}) => path.at(-1)?.toLowerCase() === name && wholeOf(value) !== undefined)?.value,
    );
  const offset = named('offset');
  const limit = named('limit');
  if (offset === undefined || limit === undefined || limit === 0) return undefined;
  return {type: 'offset', limit, offset, total_path: formatSegments(total.path)};
}

/** Tokens of the next page by other names. On a first page, for which none was sent, they are no echo. */
const otherTokens = [
  ...['cursor', 'end_cursor', 'after', 'starting_after', 'bookmark', 'scroll_id', '_scroll_id', 'page_token'],
  ...['pagination_token', 'continuation', 'continuation_token'],
];

/** A token on a first page whose parameter is not known: there is probably a next page, which cannot be asked for. */
export function unknownToken(answer: Answer): string | undefined {
  const outside = envelope(answer);
  const stem = answer.selector.stem;
  if (findNamed(outside, flagNames, stem).some(({value}) => flagText(String(value)) === false)) return undefined;
  const token = findNamed(outside, otherTokens, stem).find(({value}) => typeof value === 'string' && value !== '');
  return token && `${formatSegments(token.path)} is ${JSON.stringify(String(token.value).slice(0, 80))}`;
}

/**
 * How a list is paged, by its first page and never by its records (config-language §5, *Detection*): a Link header, a link
 * under a key beginning `next` or with that relation, a total of pages, a known token, an offset with limit and total. undefined: one page.
 */
export function detect(answer: Answer): Detected | undefined {
  if (headerLink(answer.headers, 'next') !== undefined) return {type: 'header_link'};
  const outside = envelope(answer);
  const link = detectLink(nextMembers(outside, answer), answer);
  if (link !== undefined) {
    return {type: 'json_link', next_url_path: formatSegments(link), ...detectFlag(answer, outside)};
  }
  const related = relatedNext(outside, answer);
  if (related !== undefined && isLink(related.text, answer.url)) {
    return {type: 'json_link', next_url_path: related.path};
  }
  const pages = findNamed(outside, totalPageNames, answer.selector.stem).find(
    ({value}) => wholeOf(value) !== undefined,
  );
  if (pages !== undefined) return {type: 'page_number', total_path: formatSegments(pages.path)};
  const token = detectToken(answer, outside);
  if (token !== undefined) {
    const cursor = {cursor_path: formatSegments(token.path), cursor_param: token.param};
    return {type: 'cursor', ...cursor, ...detectFlag(answer, outside)};
  }
  return detectOffset(answer, outside);
}
