import {type Path, pathOf} from '../json/path.js';
import type {Note} from '../log.js';
import type {Selection} from './page.js';

/**
 * The selector of one resource during one sync: written, or settled by the first page that shows it. Whoever takes a page
 * with `settled` as data calls `settle(page.selector)`; later calls change nothing.
 */
export interface SelectionState {
  current(): Selection;
  settle(path: Path): void;
  /** The decoder reports what a written or settled selector found. */
  report(found: boolean, seen: string): void;
  /** After the last page: the warning for a selector that never matched although it was looked for. */
  neverMatched(): Note | undefined;
}

export function createSelection(selection: Selection): SelectionState {
  let current = selection;
  let matched = false;
  let missed: string | undefined;
  return {
    current: () => current,
    settle(path) {
      if (current.path === undefined) current = {...current, path};
    },
    report(found, seen) {
      if (found) matched = true;
      else missed ??= seen;
    },
    neverMatched() {
      if (matched || missed === undefined || current.path === undefined) return undefined;
      return {
        level: 'warn',
        key: 'selector.never_matched',
        text: `data_selector ${current.path.text} matched nothing in any page: ${missed}`,
      };
    },
  };
}

export const rootPath: Path = pathOf([]);
