import {counted} from '../counted.js';
import {didYouMean} from '../did-you-mean.js';
import {formatSegments, type Path, type Segment} from '../json/path.js';
import type {Note} from '../log.js';
import {describeBody, type FoundArray, findArrays, holdsObjects, isPlainObject, listed} from './arrays.js';
import {BodyError} from './body-error.js';
import {listNames, matchesName, sameName, shallowMembers} from './names.js';
import type {Selection} from './page.js';
import type {Missed} from './selection.js';

function resembles(array: FoundArray, path: Path, selection: Selection): boolean {
  const last = (path.segments ?? path.stem).findLast((segment) => typeof segment === 'string');
  return (
    selection.strict ||
    selection.names.some((name) => sameName(array.name, name)) ||
    matchesName(array.name, listNames) ||
    (last !== undefined && sameName(array.name, String(last)))
  );
}

/**
 * A written or settled selector matches nothing in a page that is not empty: an empty page with a notice, or, where rows
 * could be lost, BodyError (`selector`) naming the lists that are there (config-language §6). Gives what was seen.
 */
export function missedSelector(path: Path, value: unknown, selection: Selection, note: (note: Note) => void): string {
  const seen = describeBody(value);
  const elsewhere = findArrays(value).find((array) => holdsObjects(array) && resembles(array, path, selection));
  const isError = selection.required ?? elsewhere !== undefined;
  if (isError) {
    const write =
      elsewhere === undefined
        ? 'Write the data_selector of the records'
        : `Write data_selector: "${formatSegments(elsewhere.path)}" if those are the records`;
    throw new BodyError(
      'selector',
      `the data_selector ${path.text} matches nothing: ${seen}. ${write}, or data_selector_required: false if such an answer is an empty page`,
    );
  }
  note({
    level: 'info',
    key: 'selector.missed',
    text: `data_selector ${path.text} matches nothing, an empty page: ${seen}`,
  });
  return seen;
}

/** The value at the singular beginning of a path; undefined where it is missing. */
export function atStem(value: unknown, stem: readonly Segment[]): unknown {
  let reached = value;
  for (const segment of stem) {
    if (Array.isArray(reached) && typeof segment === 'number') reached = reached.at(segment);
    else if (isPlainObject(reached) && Object.hasOwn(reached, segment)) reached = reached[segment];
    else return undefined;
  }
  return reached;
}

/** The path without its quoted names, so that what is left of its signs means something. */
export const unquoted = (path: Path): string => path.text.replace(/'(\\.|[^'\\])*'|"(\\.|[^"\\])*"/g, '');

/** What a path with wildcards passed without a match: how many elements, and their keys with the one that is meant. */
function describePassed(path: Path, value: unknown): string {
  const outermost = atStem(value, path.stem);
  const elements: readonly unknown[] = Array.isArray(outermost) ? outermost : Object.values(Object(outermost));
  const first = elements.find(isPlainObject);
  const none = `none of ${counted(elements.length, 'element')} under ${formatSegments(path.stem)} matches`;
  if (first === undefined) return `${none}, and none is an object`;
  const last = path.text.match(/[\p{L}_@][\p{L}\p{N}_@-]*/gu)?.at(-1) ?? '';
  const names = shallowMembers(first).map((member) => member.path.at(-1) ?? '');
  return `${none}; the first has the keys ${listed(Object.keys(first))}${didYouMean(last, names)}`;
}

/**
 * What to say if a path with wildcards passes rows and matches none of them on any page: a filter may let nothing through,
 * anything else is probably misspelt.
 */
export const noneMatches = (path: Path, value: unknown, {required}: Selection): Missed => ({
  seen: describePassed(path, value),
  level: unquoted(path).includes('?') || required === false ? 'info' : 'warn',
});

/** A selector that leads to something that is neither a list nor a record. */
export function wrongKind(path: Path, what: string, value: unknown): BodyError {
  return new BodyError(
    'selector',
    `the data_selector ${path.text} selects ${what}, neither a list of records nor a record: ${describeBody(value)}. Write the data_selector of the records`,
  );
}
