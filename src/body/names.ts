import type {Segment} from '../json/path.js';

/** Names known without configuration (config-language §5, *Names*, and §6). All are found in camelCase too. */
export const flagNames: readonly string[] = ['has_more', 'has_next', 'has_next_page', 'more'];
/** Flags that are true on the last page. */
export const lastFlagNames: readonly string[] = [
  'is_last',
  'is_last_page',
  'last_page',
  'last',
  'end_of_stream',
  'done',
];
export const totalItemNames: readonly string[] = [
  'total',
  'total_count',
  'total_items',
  'total_records',
  'total_results',
];
export const totalPageNames: readonly string[] = ['total_pages', 'page_count', 'last_page', 'pages'];
export const pageNumberNames: readonly string[] = ['page', 'current_page', 'page_number', 'number'];

/** Under these an object that stands for a link has its address. */
export const addressNames: readonly string[] = ['href', 'url', 'uri', 'link'];

/** Names under which a list of records is expected, the likelier first (§6 (d)). */
export const listNames: readonly string[] = [
  'data',
  'items',
  'results',
  'records',
  'entries',
  'rows',
  'values',
  'value',
  'list',
  'entities',
  'payload',
  'content',
  'objects',
  'docs',
  'hits',
];

/** Names beside the records, never around them (§6). */
export const metadataNames: readonly string[] = [
  'meta',
  'metadata',
  'pagination',
  'paging',
  'links',
  'headers',
  'errors',
  'warnings',
  'included',
];

const plain = (name: string): string => name.replace(/[_-]/g, '').toLowerCase();

const plainLists = new WeakMap<readonly string[], ReadonlySet<string>>();

/** Whether `key` is one of `list`, whatever its case and separators: hasMore, HasMore and has-more are has_more. */
export function matchesName(key: string, list: readonly string[]): boolean {
  let names = plainLists.get(list);
  if (names === undefined) {
    names = new Set(list.map(plain));
    plainLists.set(list, names);
  }
  return names.has(plain(key));
}

/** Equal but for case, `_`, `-` and a final s (§6). */
export function sameName(a: string, b: string): boolean {
  const singular = (name: string): string => plain(name).replace(/s$/, '');
  return singular(a) === singular(b);
}

/** A member of a parsed body, with the keys that lead to it. */
export interface Named {
  readonly path: readonly string[];
  readonly value: unknown;
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Members at most `depth` keys deep, the shallower first, then in their order. Lists are not entered, nor what lies at
 * `outside` (the records) or under a key that `enter` refuses.
 */
export function shallowMembers(
  value: unknown,
  options: {
    readonly depth?: number;
    readonly outside?: readonly Segment[] | undefined;
    readonly enter?: (key: string) => boolean;
  } = {},
): Named[] {
  const {depth = 3, outside, enter = () => true} = options;
  const found: Named[] = [];
  const isOutside = (path: readonly string[]): boolean =>
    outside !== undefined && path.length === outside.length && path.every((key, position) => key === outside[position]);
  if (outside?.length === 0) return found;
  let level: Named[] = [{path: [], value}];
  for (let reached = 0; reached < depth && level.length > 0; reached += 1) {
    const next: Named[] = [];
    for (const parent of level) {
      if (!isObject(parent.value)) continue;
      for (const [key, member] of Object.entries(parent.value)) {
        const path = [...parent.path, key];
        if (isOutside(path)) continue;
        const named = {path, value: member};
        found.push(named);
        if (enter(key)) next.push(named);
      }
    }
    level = next;
  }
  return found;
}

/**
 * Members named in `list`, at most three keys deep and outside the records (`outside`: the selector's segments), the
 * shallower first. `value` is a parsed body (Page.value()).
 */
export function findNamed(value: unknown, list: readonly string[], outside?: readonly Segment[]): readonly Named[] {
  return shallowMembers(value, {outside}).filter(({path}) => matchesName(path.at(-1) ?? '', list));
}
