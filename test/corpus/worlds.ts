import type {World} from './fake-pages.js';

/** Servers that one configuration must be read from alike. */
export const worlds: Readonly<Record<string, World>> = {
  'caps its pages': {rows: () => 7, cap: 3, base: 1, noNext: 'null', past: 'empty', cursorAt: 'default'},
  'ends with a full page': {
    rows: (size) => 2 * size,
    cap: 3,
    base: 0,
    noNext: 'absent',
    past: 'empty',
    cursorAt: 'parameter',
  },
  'honours the page size': {
    rows: (size) => 2 * size + 1,
    cap: 500,
    base: 1,
    noNext: 'absent',
    past: 'not found',
    cursorAt: 'default',
  },
  'has one short page': {rows: () => 2, cap: 3, base: 0, noNext: 'null', past: 'empty', cursorAt: 'parameter'},
  'is empty': {rows: () => 0, cap: 3, base: 1, noNext: 'null', past: 'empty', cursorAt: 'default'},
};
