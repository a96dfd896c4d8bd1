import {findNamed, flagNames, lastFlagNames, type Named, shallowMembers} from '../body/names.js';
import type {Page} from '../body/page.js';
import type {Path} from '../json/path.js';
import {envelope} from './envelope.js';
import {flagText} from './flag.js';
import {knownTotal} from './total.js';

/** Values under a name like next_billing_date tell of something else than pages. */
const dateLike = /^\d{4}-\d{2}-\d{2}/;

const isOdata = (key: string): boolean => key.toLowerCase() === '@odata.nextlink';

/** Members whose name begins with `next`, outside the records, the shallower first. */
export const nextMembers = (outside: unknown, page: Page): readonly Named[] =>
  shallowMembers(outside, {outside: page.selector.stem}).filter(({path}) => {
    const key = path.at(-1) ?? '';
    return /^next/i.test(key) || isOdata(key);
  });

/** A link or token as text: of a member itself or of its `href` or `url`; undefined where there is none. */
export function nextText({path, value}: Named): {readonly path: readonly string[]; readonly text: string} | undefined {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    for (const [key, inner] of Object.entries(value)) {
      if (/^(href|url)$/i.test(key) && typeof inner === 'string' && inner !== '')
        return {path: [...path, key], text: inner};
    }
    return undefined;
  }
  if (typeof value === 'string') return value === '' || flagText(value) === false ? undefined : {path, text: value};
  return typeof value === 'number' && value !== 0 ? {path, text: String(value)} : undefined;
}

const isOwn = (path: readonly string[], own: readonly Path[]): boolean =>
  own.some(({segments}) => segments !== undefined && segments.length > 0 && segments.every((s, i) => s === path[i]));

/** What of the last page contradicts the end of a walk: its flags, unused next links and tokens, totals of items. */
interface Claims {
  /** Paths that the paginator reads itself. */
  readonly own: readonly Path[];
  /** The configured flag says more. */
  readonly more: boolean;
  /** Items that the walk has covered; undefined: not comparable, it began in the middle. */
  readonly covered: number | undefined;
  /** A total of items of this or an earlier page. */
  readonly total: number | undefined;
}

/** The contradictions in words, with the numbers; empty where the end is plausible (config-language §5). */
export function evidence(page: Page | undefined, claims: Claims): readonly string[] {
  const outside = page === undefined ? undefined : envelope(page);
  const found: string[] = [];
  const flagged = (names: readonly string[], says: (value: unknown) => boolean): Named | undefined =>
    page === undefined
      ? undefined
      : findNamed(outside, names, page.selector.stem).find(({path, value}) => !isOwn(path, claims.own) && says(value));
  // A number is no flag under a name such as last_page.
  const flag =
    flagged(flagNames, (value) => value === true || value === 1 || flagText(String(value)) === true) ??
    flagged(lastFlagNames, (value) => String(value).toLowerCase() === 'false');
  if (claims.more) found.push('the flag says more');
  else if (flag !== undefined) found.push(`${flag.path.join('.')} is ${String(flag.value)}`);
  const unused = page === undefined ? [] : nextMembers(outside, page);
  const next = unused
    .map((member) => nextText(member))
    .find((member) => member !== undefined && !isOwn(member.path, claims.own) && !dateLike.test(member.text));
  if (next !== undefined) found.push(`${next.path.join('.')} is ${JSON.stringify(next.text.slice(0, 80))}`);
  const total = claims.total ?? (page === undefined ? undefined : knownTotal(page, outside)?.total);
  if (claims.covered !== undefined && total !== undefined && total > claims.covered) {
    found.push(`the total is ${total}, the rows received are ${claims.covered}`);
  }
  return found;
}
