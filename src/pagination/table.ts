import {auto} from './auto.js';
import {cursor} from './cursor.js';
import {headerCursor} from './header-cursor.js';
import {headerLinkKind} from './header-link.js';
import {jsonLink} from './json-link.js';
import {offset} from './offset.js';
import {pageNumber} from './page-number.js';
import type {PaginatorKind} from './paginator.js';
import {singlePage} from './single-page.js';

/** Every paginator type. A new one is its file and a line here. */
export const paginators: readonly PaginatorKind[] = [
  auto,
  offset,
  pageNumber,
  cursor,
  jsonLink,
  headerLinkKind,
  headerCursor,
  singlePage,
];
