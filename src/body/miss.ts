import {formatSegments, type Path} from '../json/path.js';
import type {Note} from '../log.js';
import {describeBody, type FoundArray, findArrays, holdsObjects} from './arrays.js';
import {BodyError} from './body-error.js';
import {listNames, matchesName, sameName} from './names.js';
import type {Selection} from './page.js';

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
        ? 'write the data_selector of the records'
        : `write data_selector: "${formatSegments(elsewhere.path)}" if those are the records`;
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

/** A selector that leads to something that is neither a list nor a record. */
export function wrongKind(path: Path, what: string, value: unknown): BodyError {
  return new BodyError(
    'selector',
    `the data_selector ${path.text} selects ${what}, neither a list of records nor a record: ${describeBody(value)}. Write the data_selector of the records`,
  );
}
