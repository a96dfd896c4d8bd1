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
  /** The decoder reports that a written or settled selector found something. */
  found(): void;
  /** It found nothing in a page that is not empty: what was there, and how bad it is if it never finds anything. */
  missed(what: Missed): void;
  /** After the last page: the warning for a selector that never matched although it was looked for. */
  neverMatched(): Note | undefined;
}

/** What was there instead, and how bad it is if the selector never finds anything. */
export interface Missed {
  readonly seen: string;
  readonly level: Note['level'];
}

export function createSelection(selection: Selection): SelectionState {
  let current = selection;
  let matched = false;
  let missed: Missed | undefined;
  return {
    current: () => current,
    settle(path) {
      if (current.path === undefined) current = {...current, path};
    },
    found() {
      matched = true;
    },
    missed(what) {
      missed ??= what;
    },
    neverMatched() {
      if (matched || missed === undefined || current.path === undefined) return undefined;
      return {
        level: missed.level,
        key: 'selector.never_matched',
        text: `data_selector ${current.path.text} matched nothing in any page: ${missed.seen}`,
      };
    },
  };
}

export const rootPath: Path = pathOf([]);
