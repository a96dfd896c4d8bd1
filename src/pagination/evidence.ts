import {findNamed, flagNames, lastFlagNames, type Named, totalPageNames} from '../body/names.js';
import type {Answer} from '../http/answer.js';
import type {Path} from '../json/path.js';
import {envelope} from './envelope.js';
import {flagText} from './flag.js';
import {headerEvidence} from './header-evidence.js';
import {type Lack, lacking} from './lacking.js';
import {nextMembers, nextText, relatedNext, tokenWithin} from './next-members.js';
import {knownTotal, wholeOf} from './total.js';

/** Values under a name like next_billing_date tell of something else than pages. */
const dateLike = /^\d{4}-\d{2}-\d{2}/;

const isOwn = (path: readonly string[], own: readonly Path[]): boolean =>
  own.some(({segments}) => segments !== undefined && segments.length > 0 && segments.every((s, i) => s === path[i]));

/** What of the last page contradicts the end of a walk: its flags, unused next links and tokens, totals of items and of pages. */
interface Claims {
  /** Paths that the paginator reads itself. */
  readonly own: readonly Path[];
  /** The configured flag says more. */
  readonly more: boolean;
  /** Items that the walk has covered; undefined: not comparable, it began in the middle. */
  readonly covered: number | undefined;
  /** Pages of the walk; undefined like `covered`. */
  readonly pages: number | undefined;
  /** A total of items of this or an earlier page. */
  readonly total: number | undefined;
  /** What is known where this page has no records. */
  readonly lack: Lack;
}

/** The contradictions in words, with the numbers; empty where the end is plausible (config-language §5). */
export function evidence(page: Answer | undefined, claims: Claims): readonly string[] {
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
    .map((member) => nextText(member) ?? tokenWithin(member))
    .find((member) => member !== undefined && !isOwn(member.path, claims.own) && !dateLike.test(member.text));
  const related = page === undefined ? undefined : relatedNext(outside, page);
  if (next !== undefined) found.push(`${next.path.join('.')} is ${JSON.stringify(next.text.slice(0, 80))}`);
  else if (related !== undefined) found.push(`${related.path} is ${JSON.stringify(related.text.slice(0, 80))}`);
  const total = claims.total ?? (page === undefined ? undefined : knownTotal(page, outside)?.total);
  if (claims.covered !== undefined && total !== undefined && total > claims.covered) {
    found.push(`the total is ${total}, the rows received are ${claims.covered}`);
  }
  const {pages} = claims;
  const count = pages === undefined ? undefined : flagged(totalPageNames, (value) => (wholeOf(value) ?? 0) > pages);
  if (count !== undefined) {
    found.push(`${count.path.join('.')} is ${String(count.value)}, the pages received are ${pages}`);
  }
  if (page !== undefined && found.length === 0) found.push(...headerEvidence(page.headers, claims.covered));
  const isReached = claims.covered !== undefined && total !== undefined && total <= claims.covered;
  const lack =
    page === undefined ? undefined : lacking(page, outside, {...claims.lack, agreed: claims.lack.agreed || isReached});
  if (lack !== undefined) found.push(lack);
  return found;
}
