import type {Json, JsonObject} from '../json/exact.js';
import type {Position} from './paginator.js';

/** What every walk has seen so far. Kept in the position, so that a resumed walk judges as the first one did. */
export interface Progress {
  readonly pages: number;
  /** Rows received. */
  readonly rows: number;
  /** Rows of the longest page. */
  readonly longest: number;
  /** Rows of the last page. */
  readonly last: number;
  /** Empty pages in a row. */
  readonly empty: number;
  /** A page below `limit` was followed by rows: the server gives fewer than asked for (trap T6). */
  readonly capped: boolean;
  /** The flag of the last page says more. */
  readonly more: boolean;
  /** The last readable totals. */
  readonly total: number | undefined;
  readonly items: number | undefined;
}

export const numberAt = (at: Position, key: string): number | undefined => {
  const value: Json | undefined = at[key];
  return typeof value === 'number' ? value : undefined;
};

export const progressOf = (at: Position): Progress => ({
  pages: numberAt(at, 'pages') ?? 0,
  rows: numberAt(at, 'rows') ?? 0,
  longest: numberAt(at, 'longest') ?? 0,
  last: numberAt(at, 'last') ?? 0,
  empty: numberAt(at, 'empty') ?? 0,
  capped: at['capped'] === true,
  more: at['more'] === true,
  total: numberAt(at, 'total'),
  items: numberAt(at, 'items'),
});

/**
 * A position of `own` with the progress: only what says something, to keep states small. Assigned, for V8 takes 2 µs to put keys
 * behind a spread object.
 */
export function withProgress(own: JsonObject, progress: Progress): Position {
  const {pages, rows, longest, last} = progress;
  return Object.assign({}, own, {pages, rows, longest, last}, said(progress));
}

const said = ({empty, capped, more, total, items}: Progress): JsonObject => ({
  ...(empty > 0 && {empty}),
  ...(capped && {capped}),
  ...(more && {more}),
  ...(total !== undefined && {total}),
  ...(items !== undefined && {items}),
});

/** Progress after a page of `rows` rows, asked for with `limit` (undefined: no page size was sent). */
export const afterPage = (before: Progress, rows: number, limit: number | undefined): Progress => ({
  ...before,
  pages: before.pages + 1,
  rows: before.rows + rows,
  longest: Math.max(before.longest, rows),
  last: rows,
  empty: rows === 0 ? before.empty + 1 : 0,
  capped: before.capped || (limit !== undefined && rows > 0 && before.last > 0 && before.last < limit),
});

/** The size of a full page: `limit`, or the longest page where none is sent or the server has a cap of its own. */
export const pageSize = (progress: Progress, limit: number | undefined): number =>
  limit === undefined || progress.capped ? progress.longest : limit;

/** Whether the last page had fewer rows than a full one. The end is never guessed from it alone. */
export const wasShort = (progress: Progress, limit: number | undefined): boolean =>
  progress.last === 0 || progress.last < pageSize(progress, limit);
