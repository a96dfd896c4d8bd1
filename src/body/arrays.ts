import {counted} from '../counted.js';
import {formatSegments} from '../json/path.js';
import {matchesName, metadataNames, shallowMembers} from './names.js';

/** A list in a parsed body, at most three keys deep and outside metadata. */
export interface FoundArray {
  readonly path: readonly string[];
  readonly name: string;
  /** undefined: the member is null, so it may be a list that has nothing to show. */
  readonly items: readonly unknown[] | undefined;
}

export const isPlainObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Lists and nulls at most three keys deep and outside `meta, links, errors, …` (§6), the shallower first. */
export function findArrays(value: unknown): FoundArray[] {
  const enter = (key: string): boolean => !matchesName(key, metadataNames);
  const found: FoundArray[] = [];
  for (const {path, value: member} of shallowMembers(value, {enter})) {
    const name = path.at(-1) ?? '';
    if (!enter(name)) continue;
    if (Array.isArray(member)) found.push({path, name, items: member});
    else if (member === null) found.push({path, name, items: undefined});
  }
  return found;
}

/** Whether it holds an object: what records look like. */
export const holdsObjects = (array: FoundArray): boolean => array.items?.some(isPlainObject) === true;

const shown = 8;

/** The first of many names, for a message. */
export function listed(names: readonly string[]): string {
  const first = names.slice(0, shown).join(', ');
  return names.length > shown ? `${first}, …` : first;
}

function describeArray({path, items}: FoundArray): string {
  const count = items?.length ?? 0;
  const first = items?.find(isPlainObject);
  const what =
    first === undefined ? counted(count, 'value') : `${counted(count, 'object')} with ${listed(Object.keys(first))}`;
  return `${formatSegments(path)} (${what})`;
}

/** What a body holds, for messages: its lists with sizes and keys, else its keys. */
export function describeBody(value: unknown): string {
  if (Array.isArray(value)) return `the body is a list of ${value.length}`;
  if (!isPlainObject(value)) return `the body is ${value === null ? 'null' : `a ${typeof value}`}`;
  const arrays = findArrays(value).filter((array) => array.items !== undefined);
  const keys = Object.keys(value);
  const seen = keys.length === 0 ? 'the body is {}' : `the body has the keys ${listed(keys)}`;
  if (arrays.length === 0) return `${seen} and no list`;
  const lists = arrays.slice(0, shown).map(describeArray).join('; ');
  return `${seen}; lists: ${lists}${arrays.length > shown ? '; …' : ''}`;
}
