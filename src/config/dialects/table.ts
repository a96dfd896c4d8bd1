import {authNames} from './auth-names.js';
import {cursorValue} from './cursor-value.js';
import type {Dialect} from './dialect.js';
import {errorHandler} from './error-handler.js';
import {headerLinks} from './header-links.js';
import {incrementalSync} from './incremental-sync.js';
import {incrementalWords} from './incremental-words.js';
import {jinjaPlaceholders} from './jinja-placeholders.js';
import {pageWords} from './page-words.js';
import {paginatorTypes} from './paginator-types.js';
import {partitionRouter} from './partition-router.js';
import {recordFilter} from './record-filter.js';
import {requestWords} from './request-words.js';
import {stopCondition} from './stop-condition.js';

/**
 * Every dialect, in the order in which they are applied: the Link header before cursors, cursors before their stop
 * condition, parents before placeholders that are left over. A new one is its file and a line here.
 */
export const dialects: readonly Dialect[] = [
  authNames,
  paginatorTypes,
  pageWords,
  headerLinks,
  cursorValue,
  stopCondition,
  errorHandler,
  requestWords,
  incrementalSync,
  incrementalWords,
  recordFilter,
  partitionRouter,
  jinjaPlaceholders,
];
