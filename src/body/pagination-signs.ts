import type {Segment} from '../json/path.js';
import {isPlainObject} from './arrays.js';
import {
  addressNames,
  findNamed,
  flagNames,
  matchesName,
  type Named,
  shallowMembers,
  totalItemNames,
  totalPageNames,
} from './names.js';

/** Names of tokens; other names beginning `next` count only with a link: next_billing_date belongs to a record. */
const tokenNames = [
  'next',
  'next_cursor',
  'next_page_token',
  'next_token',
  'next_page',
  'next_offset',
  'next_link',
  'next_url',
];

const isLink = (value: unknown): boolean => typeof value === 'string' && /^(https?:\/\/|\/|\?)/.test(value);

const isPositive = (value: unknown): boolean =>
  typeof value === 'number' ? value !== 0 : typeof value === 'string' && value !== '';

/** Whether a flag says more: true, 1, or spelled so (dlt's spellings). */
function isTrue(value: unknown): boolean {
  return value === true || value === 1 || (typeof value === 'string' && /^(true|1|yes)$/i.test(value.trim()));
}

function isNext({path, value}: Named): boolean {
  const key = path.at(-1) ?? '';
  if (!/^(@odata\.)?next/i.test(key)) return false;
  if (isPlainObject(value)) return addressNames.some((name) => isLink(value[name]));
  return isLink(value) || (isPositive(value) && matchesName(key, tokenNames));
}

/** Signs beside the records that there are more pages or other records: links and tokens, totals, flags. */
export interface PaginationSigns {
  /** A link or token under a name that begins with `next`. */
  readonly next: Named | undefined;
  readonly total: Named | undefined;
  readonly flag: Named | undefined;
  /** The flag that says more. */
  readonly more: Named | undefined;
}

/**
 * Signs at most `depth` keys deep and outside the records (`outside`). `value` is a parsed body.
 */
export function paginationSigns(value: unknown, outside?: readonly Segment[], depth = 3): PaginationSigns {
  const within = ({path}: Named): boolean => path.length <= depth;
  const totals = [...findNamed(value, totalItemNames, outside), ...findNamed(value, totalPageNames, outside)];
  const flags = findNamed(value, flagNames, outside).filter(within);
  return {
    next: shallowMembers(value, {outside, depth}).find(isNext),
    total: totals.find((named) => within(named) && typeof named.value !== 'object'),
    flag: flags[0],
    more: flags.find((named) => isTrue(named.value)),
  };
}
