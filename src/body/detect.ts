import {counted} from '../counted.js';
import {formatSegments} from '../json/path.js';
import type {Note} from '../log.js';
import {type FoundArray, findArrays, holdsObjects, isPlainObject} from './arrays.js';
import {BodyError} from './body-error.js';
import {
  flagNames,
  listNames,
  matchesName,
  metadataNames,
  pageNumberNames,
  sameName,
  totalItemNames,
  totalPageNames,
} from './names.js';
import type {Selection} from './page.js';
import {paginationSigns} from './pagination-signs.js';

/** Where the records of a page are that no selector names. */
export interface Detection {
  readonly path: readonly string[];
  /** This page shows it: the path is kept for the resource. */
  readonly settled: boolean;
  /** The page is empty, whatever lies at `path`. */
  readonly empty: boolean;
  readonly note?: Note;
}

const chosen = (path: readonly string[], why: string, level: Note['level'] = 'info'): Detection => ({
  path,
  settled: true,
  empty: false,
  note: {
    level,
    key: 'selector.detected',
    text: `records found under ${formatSegments(path)} (${why}); data_selector: "${formatSegments(path)}" says it for good`,
  },
});

/** Arrays under the resource's names (c), else under the usual names (d): those with rows first, then by depth. */
function expected(arrays: readonly FoundArray[], names: readonly string[]): FoundArray | undefined {
  const withRowsFirst = (found: readonly FoundArray[]): FoundArray | undefined =>
    found.find((array) => (array.items?.length ?? 0) > 0) ?? found[0];
  const byList = (found: readonly FoundArray[]): FoundArray[] =>
    [...found].sort((a, b) => a.path.length - b.path.length || rank(a.name) - rank(b.name));
  const isOwn = (name: string): boolean => names.some((own) => sameName(name, own));
  // A null deep inside an entity is a field without a value; only an envelope's null is a list with nothing to show.
  const candidates = arrays.filter(
    ({path, items}) =>
      items !== undefined || path.slice(0, -1).every((name) => isOwn(name) || matchesName(name, listNames)),
  );
  return (
    withRowsFirst(candidates.filter((array) => isOwn(array.name))) ??
    withRowsFirst(byList(candidates.filter((array) => matchesName(array.name, listNames))))
  );
}

const rank = (name: string): number => listNames.findIndex((known) => matchesName(name, [known]));

function hasKey(value: unknown, selection: Selection): boolean {
  return selection.key.length > 0 && isPlainObject(value) && selection.key.every((path) => path.find(value).length > 0);
}

/** (b): the primary key at the root, nothing of pagination beside it, no list of objects with that key. */
function isOneRecord(value: unknown, candidate: FoundArray | undefined, selection: Selection): boolean {
  if (!hasKey(value, selection)) return false;
  const {next, total, flag} = paginationSigns(value);
  if (next !== undefined || total !== undefined || flag !== undefined) return false;
  return candidate?.items?.some((item) => hasKey(item, selection)) !== true;
}

const besideNames = [...flagNames, ...totalItemNames, ...totalPageNames, ...pageNumberNames, ...metadataNames];

/** An object that holds nothing but empty lists and what belongs to pagination: a page without rows, not a record. */
function holdsNoRecord(value: unknown): boolean {
  if (!isPlainObject(value)) return false;
  const members = Object.entries(value);
  return (
    members.some(([, member]) => Array.isArray(member)) &&
    members.every(([key, member]) => (Array.isArray(member) && member.length === 0) || matchesName(key, besideNames))
  );
}

/** Rule (a) of config-language §6, for which no value has to be looked into. */
export const bodyIsList: Detection = chosen([], 'the body is a list');

/** Rules (a) to (f) of config-language §6 on a parsed body, for an unset selector. Pure. */
export function detectRecords(value: unknown, selection: Selection): Detection {
  if (Array.isArray(value)) {
    return {...bodyIsList, settled: value.length > 0};
  }
  const arrays = findArrays(value);
  const candidate = expected(arrays, selection.names);
  if (isOneRecord(value, candidate, selection)) {
    return chosen([], 'the body has the primary key at its root');
  }
  if (candidate !== undefined) {
    if ((candidate.items?.length ?? 0) === 0) return {path: candidate.path, settled: false, empty: true};
    return chosen(candidate.path, 'a list under a usual name');
  }
  const withObjects = arrays.filter(holdsObjects);
  const [first] = withObjects;
  if (first !== undefined) {
    if (withObjects.length === 1) return chosen(first.path, 'the only list of objects');
    const others = withObjects.slice(1).map((array) => formatSegments(array.path));
    return chosen(first.path, `the first of several lists, beside ${others.join(', ')}`, 'warn');
  }
  return {path: [], settled: false, empty: holdsNoRecord(value)};
}

/**
 * For a resource taken for one entity because of its path: throws BodyError when the answer's root holds a list of objects
 * beside a next link, token or true flag.
 */
export function refuseListOfEntities(value: unknown): void {
  if (!isPlainObject(value)) return;
  const list = findArrays(value).find((array) => array.path.length === 1 && holdsObjects(array));
  if (list === undefined) return;
  const containers = Object.entries(value).filter(([key]) => matchesName(key, metadataNames));
  const signs = [value, ...containers.map(([, member]) => member)].map((part) => paginationSigns(part, undefined, 1));
  const sign = signs.flatMap(({next, more}) => [next, more]).find((named) => named !== undefined);
  if (sign === undefined) return;
  throw new BodyError(
    'selector',
    `the path ends in a placeholder, so its answer is read as one record; but it holds the list ${formatSegments(list.path)} (${counted(list.items?.length ?? 0, 'object')}) beside ${sign.path.join('.')}. Write both data_selector (${formatSegments(list.path)}, or $ for one record) and paginator (single_page for one page)`,
  );
}
