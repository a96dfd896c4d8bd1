import {counted} from '../counted.js';
import {ConnectorError, configError} from '../errors.js';
import type {Answer} from '../http/answer.js';
import type {RequestSpec} from '../http/request.js';
import type {JsonObject} from '../json/exact.js';
import type {Path} from '../json/path.js';
import type {Note} from '../log.js';
import type {CommonOptions} from './common-keys.js';
import {pathAt} from './compile-path.js';
import {evidence} from './evidence.js';
import {withoutFirstPageOnly} from './first-page.js';
import {readFlags} from './flag.js';
import type {Lack} from './lacking.js';
import type {Next, PaginatorContext, Position, Repeat} from './paginator.js';
import {compilePlace, type Place, put} from './place.js';
import {afterPage, numberAt, type Progress, pageSize, progressOf, wasShort, withProgress} from './progress.js';
import {compileStopWhen} from './stop-when.js';
import {knownTotal, readTotals, type TotalSources} from './total.js';

/** What one paginator type wants of the rules that all share. */
interface RuleDefaults {
  /** Where `limit` goes when no place is written. */
  readonly limitParam?: string;
  /** `limit` where none is written. */
  readonly limit?: number;
  readonly stopAfterEmptyPage?: boolean;
  /** `total_path` where none is written. */
  readonly totalPath?: string;
  /** The main total counts pages. */
  readonly totalIsPages?: boolean;
  /** Paths that the type reads itself. */
  readonly facts?: readonly Path[];
}

/** A page as the rules see it: what is known after it. */
export interface Reading {
  readonly answer: Answer;
  readonly progress: Progress;
  /** The progress before it; absent for an answer that is no page. */
  readonly before?: Progress;
  readonly says: 'more' | 'no' | undefined;
  /** A total was on this very page. */
  readonly totalHere: boolean;
  readonly notes: readonly Note[];
}

/** Why a walk ends, and what the rules have to know to judge it. */
interface End {
  readonly reason: string;
  /** Items covered by the walk when they are not the rows received; null: not comparable. */
  readonly covered?: number | null;
  /** A maximum of the configuration or a single page: nothing the server says contradicts it. */
  readonly wanted?: boolean;
  readonly suspicious?: boolean;
  readonly error?: Error;
  readonly notes?: readonly Note[];
  readonly drop?: string;
  /** The paginator's own next link was left unused. */
  readonly leavesLink?: boolean;
}

/** The rules of config-language §5 that every paginator obeys, compiled once from its common keys. */
export interface Rules {
  readonly options: CommonOptions;
  readonly place: string;
  readonly facts: readonly Path[];
  readonly resumable: boolean;
  /** The page size that is sent; undefined: none. */
  readonly limit: number | undefined;
  readonly totals: TotalSources;
  readonly hasFlag: boolean;
  /** The request for a position: page size placed, first_page_only left out after the first page. */
  request(base: RequestSpec, at: Position): RequestSpec;
  /** The same for a followed link, whose own query wins. */
  linkRequest(base: RequestSpec, at: Position, url: string): RequestSpec;
  read(at: Position, answer: Answer): Reading;
  /** Ends 1 and 2 of config-language §5: an empty page, a flag, stop_when. */
  stop(reading: Reading, covered?: number | null): Next | undefined;
  /** `stop_on_short_page`. */
  stopShort(reading: Reading, covered?: number | null): Next | undefined;
  go(reading: Reading, own: JsonObject, drop?: string): Next;
  end(reading: Reading, end: End): Next;
  /** An answer that is no page and no end of this type: throws its refusal. */
  refuse(answer: Answer): never;
  /** What `on_repeat` says to a repeat; `describe` gives the error's text. */
  repeated(at: Position, answer: Answer, what: Repeat, describe: () => string): Next | undefined;
  totalItems(answer: Answer): number | undefined;
}

const emptyPagesToWarn = 100;

function totalSources(options: CommonOptions, defaults: RuleDefaults, place: string): TotalSources {
  const header = options.total_header ?? undefined;
  const fallback = header === undefined && !options.total_items_path ? defaults.totalPath : undefined;
  const main = options.total_path === undefined ? fallback : options.total_path;
  const written = (['total_path', 'total_header', 'total_items_path'] as const).filter((key) => options[key]);
  return {
    main: pathAt(main, `${place}.total_path`),
    header,
    items: pathAt(options.total_items_path, `${place}.total_items_path`),
    written: new Set(written),
  };
}

function limitPlace(options: CommonOptions, defaults: RuleDefaults, context: PaginatorContext): Place | undefined {
  const fallback = options.limit_param === null ? undefined : defaults.limitParam;
  const written = {param: options.limit_param, bodyPath: options.limit_body_path};
  const place = compilePlace(written, {param: 'limit_param', bodyPath: 'limit_body_path'}, fallback, context);
  if (place !== undefined && (options.limit ?? defaults.limit) === undefined) {
    throw configError(`${context.place}: limit_param and limit_body_path need limit, the page size to send`);
  }
  return place;
}

export function compileRules(options: CommonOptions, context: PaginatorContext, defaults: RuleDefaults = {}): Rules {
  const {place} = context;
  const sizePlace = limitPlace(options, defaults, context);
  const size = options.limit ?? defaults.limit;
  const limit = sizePlace === undefined ? undefined : size;
  const flags = {
    more: pathAt(options.has_more_path, `${place}.has_more_path`),
    last: pathAt(options.last_page_path, `${place}.last_page_path`),
  };
  const totals = totalSources(options, defaults, place);
  const stopWhen = options.stop_when ? compileStopWhen(options.stop_when, context) : undefined;
  const stopsAfterEmpty = options.stop_after_empty_page ?? defaults.stopAfterEmptyPage ?? false;
  const onRepeat = options.on_repeat ?? 'error';
  const maxPages = options.max_pages ?? context.maxPages;
  const flagPaths = [flags.more, flags.last].filter((path) => path !== undefined);
  const totalPaths = [totals.main, totals.items].filter((path) => path !== undefined);
  const own = [...(defaults.facts ?? []), ...flagPaths];

  const withLimit = (request: RequestSpec): RequestSpec =>
    sizePlace === undefined || size === undefined ? request : put(request, sizePlace, size);
  const later = (base: RequestSpec, at: Position): RequestSpec =>
    (numberAt(at, 'pages') ?? 0) === 0 ? base : withoutFirstPageOnly(base, options.first_page_only ?? []);

  const pageNotes = (before: Progress, progress: Progress): Note[] => {
    const notes: Note[] = [];
    if (progress.capped && !before.capped && limit !== undefined && pageSize(progress, limit) < limit) {
      const text = `the server gives at most ${counted(progress.longest, 'row')} per page, not the ${limit} asked for; set limit`;
      notes.push({level: 'warn', key: 'pagination.cap', text});
    }
    if (progress.empty === emptyPagesToWarn) {
      notes.push({level: 'warn', key: 'pagination.empty', text: `${emptyPagesToWarn} empty pages in a row`});
    }
    if (before.pages === 0 && options.limit != null && sizePlace === undefined && options.limit_param !== null) {
      const text = `limit ${options.limit} is not sent: name its place in limit_param or limit_body_path`;
      notes.push({level: 'info', key: 'pagination.limit', text});
    }
    return notes;
  };

  const totalItems = (answer: Answer): number | undefined => {
    const seen = readTotals(answer, totals, true);
    return seen.items ?? (defaults.totalIsPages === true ? undefined : seen.main) ?? knownTotal(answer)?.total;
  };

  const lackAt = ({before, progress, says}: Reading): Lack => ({
    rows: before?.rows ?? 0,
    numbered: defaults.stopAfterEmptyPage === true,
    short: before !== undefined && wasShort(before, limit),
    agreed: says === 'no' || (defaults.totalIsPages === true && (progress.total ?? Infinity) <= progress.pages),
  });

  const end = (reading: Reading, why: End): Next => {
    const {progress, answer} = reading;
    const covered = why.covered === null ? undefined : (why.covered ?? progress.rows);
    const claims = {
      own: why.leavesLink === true ? flagPaths : own,
      more: progress.more,
      covered,
      pages: covered === undefined ? undefined : progress.pages,
      total: progress.items ?? (defaults.totalIsPages === true ? undefined : progress.total),
      lack: lackAt(reading),
    };
    const isRefusal = answer.verdict !== 'page';
    const against = why.wanted === true ? [] : evidence(isRefusal ? undefined : answer, claims);
    return {
      end: against.length === 0 ? why.reason : `${why.reason}, although ${against.join(', ')}`,
      ...((why.suspicious === true || against.length > 0) && {suspicious: true}),
      ...(why.drop !== undefined && {drop: why.drop}),
      ...(why.error !== undefined && {error: why.error}),
      notes: [...reading.notes, ...(why.notes ?? [])],
    };
  };

  return {
    options,
    place,
    facts: [...own, ...totalPaths],
    resumable: onRepeat !== 'follow',
    limit,
    totals,
    hasFlag: flagPaths.length > 0,
    request: (base, at) => withLimit(later(base, at)),
    linkRequest(base, at, url) {
      const request = {...later(base, at), url, query: []};
      return sizePlace !== undefined && 'bodyPath' in sizePlace ? withLimit(request) : request;
    },
    read(at, answer) {
      const before = progressOf(at);
      const flag = readFlags(answer, flags, before.pages === 0 && answer.rows > 0);
      const known = before.total !== undefined || before.items !== undefined || answer.rows === 0;
      const seen = readTotals(answer, totals, known);
      const progress = {
        ...afterPage(before, answer.rows, limit),
        more: flag.says === 'more',
        total: seen.main ?? before.total,
        items: seen.items ?? before.items,
      };
      return {
        answer,
        progress,
        before,
        says: flag.says,
        totalHere: seen.main !== undefined || seen.items !== undefined,
        notes: [...flag.notes, ...seen.notes, ...pageNotes(before, progress)],
      };
    },
    stop(reading, covered) {
      const {answer, says} = reading;
      const why = (reason: string) => end(reading, {reason, ...(covered !== undefined && {covered})});
      const isWritten = options.stop_after_empty_page === true;
      if (answer.rows === 0 && stopsAfterEmpty && (isWritten || says !== 'more')) return why('empty page');
      if (says === 'no') return why('the flag says that there are no more pages');
      return stopWhen?.(answer) === true ? why('stop_when holds') : undefined;
    },
    stopShort(reading, covered) {
      if (options.stop_on_short_page !== true || !wasShort(reading.progress, limit)) return undefined;
      const reason = `short page of ${counted(reading.progress.last, 'row')}`;
      return end(reading, {reason, leavesLink: true, ...(covered !== undefined && {covered})});
    },
    go(reading, position, drop) {
      const {progress} = reading;
      if (progress.pages >= maxPages) {
        const error = configError(
          `${place}: max_pages ${maxPages} reached and the walk is not at its end; raise max_pages, or ask for less at once`,
        );
        return end(reading, {reason: `max_pages ${maxPages} reached`, wanted: true, error});
      }
      return {
        go: withProgress(position, progress),
        notes: reading.notes,
        ...(drop !== undefined && {drop}),
      };
    },
    end,
    refuse(answer) {
      throw answer.refusal ?? configError(`${place}: the request was refused with status ${answer.status}`);
    },
    repeated(at, answer, what, describe) {
      if (onRepeat === 'follow') {
        return what === 'position' && answer.rows === 0 ? {end: 'empty page'} : undefined;
      }
      const drop = what === 'records' ? {drop: 'it repeats the records of the page before'} : {};
      const reason = what === 'records' ? 'the page before was repeated' : 'the next position was requested before';
      if (onRepeat === 'end') return {end: reason, ...drop};
      if (what === 'position' && answer.rows === 0) {
        // Some servers name a next position for ever: that is no doubt where all that they counted has come.
        const {rows, items} = progressOf(at);
        const total = items ?? totalItems(answer);
        return {end: reason, suspicious: total === undefined || total > rows};
      }
      if (what === 'records' && size !== undefined && answer.rows > size) {
        const text = `${counted(answer.rows, 'row')} came where limit is ${size}, and again on the next page: the server gives everything at once`;
        return {end: reason, suspicious: true, ...drop, notes: [{level: 'warn', key: 'pagination.repeat', text}]};
      }
      const request = `${answer.request.method} ${answer.url.href}`;
      return {end: reason, ...drop, error: configError(`${context.resource}: ${place}: ${describe()} (${request})`)};
    },
    totalItems,
  };
}

/** A refusal with the entry that makes it an end of the walk. */
export function withStopHint(answer: Answer): ConnectorError | undefined {
  const {refusal, status} = answer;
  if (refusal === undefined || status < 400 || status > 499 || status === 401 || status === 403) return refusal;
  const hint = `if it means that there are no more pages, add {status_code: ${status}, action: stop} to response_actions`;
  return new ConnectorError(refusal.failureType, `${refusal.message}; ${hint}`, {
    cause: refusal,
    ...(refusal.detail !== undefined && {detail: refusal.detail}),
  });
}
