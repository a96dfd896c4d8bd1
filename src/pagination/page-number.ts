import * as z from 'zod';
import {configError} from '../errors.js';
import type {Answer} from '../http/answer.js';
import type {JsonObject} from '../json/exact.js';
import {echoedBase} from './base.js';
import {commonKeys, countingKeys, jsonPath, name} from './common-keys.js';
import {type Compared, lacksEnd, type Maximum, nextCounted, refusedCounted, sameAgain} from './counting.js';
import {recordsHash} from './loops.js';
import type {Next, Paginator, PaginatorContext, Position} from './paginator.js';
import {paginatorKind} from './paginator.js';
import {compilePlace, placeName, put} from './place.js';
import {numberAt, pageSize, progressOf} from './progress.js';
import {compileRules, type Reading} from './rules.js';

const schema = z.strictObject({
  type: z.literal('page_number'),
  ...commonKeys,
  ...countingKeys,
  base_page: z
    .int()
    .nonnegative()
    .nullish()
    .meta({description: 'Number of the first page. Neither it nor `page` written: found out.', default: 0}),
  page: z
    .int()
    .nonnegative()
    .nullish()
    .meta({description: 'Number of the page to begin with; base_page when it is not written.'}),
  page_param: name.nullish().meta({description: 'Query parameter that carries the page number.', default: 'page'}),
  page_body_path: name.nullish().meta({description: 'Dot path in the JSON or form body that carries the page number.'}),
  total_path: jsonPath
    .nullish()
    .meta({description: 'JSONPath of the total of pages; null: none is looked for.', default: 'total'}),
  total_header: name.nullish().meta({description: 'Header with the total of pages, e.g. X-WP-TotalPages.'}),
  maximum_page: z.int().nonnegative().nullish().meta({
    description:
      'No request is made for a page number that is not below it (dlt: with base_page 1 and maximum_page 3 pages 1 and 2 are read); the first page is always read.',
  }),
});

type Options = z.output<typeof schema>;

/** What a position of page_number says beside its progress. No `page`: the request carries no number. */
interface Place {
  readonly page: number | undefined;
  readonly base: number | undefined;
  /** The number that the first request had to carry. */
  readonly explicit: number | undefined;
  /** Hash of the first page's records, to be compared with those of page 1 (trap T2). */
  readonly first: string | undefined;
  /** A request with a number has succeeded. */
  readonly worked: boolean;
}

const placeOf = (at: Position): Place => ({
  page: numberAt(at, 'page'),
  base: numberAt(at, 'base'),
  explicit: numberAt(at, 'explicit'),
  first: typeof at['first'] === 'string' ? at['first'] : undefined,
  worked: at['worked'] === true,
});

const toJson = ({page, base, explicit, first, worked}: Place): JsonObject => ({
  ...(page !== undefined && {page}),
  ...(base !== undefined && {base}),
  ...(explicit !== undefined && {explicit}),
  ...(first !== undefined && {first}),
  ...(worked && {worked}),
});

function startOf(options: Options): Position {
  const page = options.page ?? options.base_page;
  if (page === undefined || page === null) return {};
  // `page` alone says where to begin, not what the first page is called, unless it is 0.
  const base = options.base_page ?? (page === 0 ? 0 : undefined);
  return {page, ...(base !== undefined && {base})};
}

/** dlt's page_number, with the base found out where it is not written (config-language §5, trap T2). */
function create(options: Options, context: PaginatorContext): Paginator {
  const rules = compileRules(options, context, {stopAfterEmptyPage: true, totalPath: 'total', totalIsPages: true});
  const written = {param: options.page_param, bodyPath: options.page_body_path};
  const keys = {param: 'page_param', bodyPath: 'page_body_path'};
  const place = compilePlace(written, keys, 'page', context);
  const maximum: Maximum = {key: 'maximum_page', value: options.maximum_page ?? undefined};
  if (lacksEnd(rules, maximum)) {
    throw configError(
      `${context.place}: nothing ends the walk: stop_after_empty_page is false and total_path null; ` +
        'write total_path, maximum_page, has_more_path or last_page_path',
    );
  }
  const start = startOf(options);
  const isFound = start['page'] === undefined;
  const begins = numberAt(start, 'page');
  const base = options.base_page ?? undefined;
  /** The walk begins behind the first page, so its rows cannot be compared with a total of items. */
  const isPartial = begins !== undefined && begins > (base ?? 1);

  /** The place after the page at `at`; `drop`: it only repeats the first one. */
  const follow = (at: Place, answer: Answer, pages: number): {place: Place; drop?: string} => {
    const worked = at.page !== undefined;
    if (!isFound || at.base !== undefined) return {place: {...at, page: (at.page ?? at.base ?? 0) + 1, worked}};
    if (pages === 0) {
      const explicit = at.page;
      // Page 1 is only begun with where page 0 was refused.
      const found = explicit === 1 ? 1 : echoedBase(answer);
      if (found !== undefined) return {place: {...at, base: found, explicit, page: found + 1, worked}};
      return {place: {...at, explicit, page: 1, first: recordsHash(answer.batch), worked}};
    }
    const next = {...at, first: undefined, page: (at.page ?? 0) + 1, worked};
    if (at.first === undefined || recordsHash(answer.batch) !== at.first) return {place: next};
    return {place: {...next, base: 1}, drop: 'page 1 is the first page again: pages count from 1'};
  };

  /** What the totals are compared with after the page numbered `page`, with all that is known of the base. */
  const judge = (reading: Reading, page: number, known: number | undefined, isDropped: boolean) => {
    const {progress, answer} = reading;
    const count = known === undefined ? page : page - known + 1;
    const received = answer.rows > 0 && !isDropped ? Math.max(count, 1) : 0;
    const {total, items} = progress;
    const reached = progress.rows + progress.empty * Math.max(pageSize(progress, rules.limit), 1);
    const compared: {total: Compared | undefined; items: Compared | undefined} = {
      total: total === undefined ? undefined : {value: total, reached: count, received},
      items: items === undefined || isPartial ? undefined : {value: items, reached, received: progress.rows},
    };
    return compared;
  };

  const refused = (at: Position, answer: Answer): Next => {
    const {page, base: known, worked} = placeOf(at);
    const {pages, rows, total, items} = progressOf(at);
    if (isFound && pages === 0 && (answer.status === 400 || answer.status === 422)) {
      if (page === undefined) return {go: {page: 0}};
      if (page === 0) return {go: {page: 1}};
    }
    const before = (page ?? 0) - (known ?? 0);
    const isReached = (total !== undefined && before >= total) || (items !== undefined && !isPartial && rows >= items);
    return refusedCounted(rules, at, answer, {
      reached: isReached,
      worked: worked || !isFound,
      covered: isPartial ? null : rows,
    });
  };

  const next: Paginator['next'] = (at, answer) => {
    if (answer.verdict !== 'page') return refused(at, answer);
    const here = placeOf(at);
    const step = follow(here, answer, progressOf(at).pages);
    const isDropped = step.drop !== undefined;
    const read = rules.read(at, answer);
    const reading = isDropped ? {...read, progress: progressOf(at)} : read;
    const covered = isPartial ? null : reading.progress.rows;
    const stop = isDropped ? undefined : rules.stop(reading, covered);
    if (stop !== undefined) return stop;
    const known = step.place.base;
    const following = step.place.page ?? 0;
    const {total, items} = reading.progress;
    const hasTotal = rules.totals.written.size > 0 && (total ?? items) !== undefined;
    const isFull = answer.rows === rules.limit && known !== undefined && hasTotal;
    const isSteady = isFull && (reading.progress.pages === 1 || at['steady'] === true);
    return nextCounted(
      rules,
      reading,
      {
        own: {...toJson(step.place), ...(isSteady && {steady: true})},
        next: following,
        ...judge(reading, here.page ?? known ?? 0, known, isDropped),
        covered,
        ...(step.drop !== undefined && {drop: step.drop}),
      },
      maximum,
      context,
    );
  };

  return {
    type: 'page_number',
    start,
    facts: rules.facts,
    resumable: rules.resumable,
    request(base, at) {
      const page = numberAt(at, 'page');
      const request = rules.request(base, at);
      return page === undefined ? request : put(request, place, page);
    },
    next,
    ahead(at, answer, count) {
      if (rules.totals.written.size === 0) return [];
      const step = next(at, answer);
      if (!('go' in step) || step.go['steady'] !== true) return [];
      const from = numberAt(step.go, 'page') ?? 0;
      const known = numberAt(step.go, 'base') ?? 0;
      const {total, items, rows} = progressOf(step.go);
      const size = rules.limit ?? 1;
      const left = Math.min(
        (total ?? Infinity) - (from - known),
        Math.ceil(((items ?? Infinity) - rows) / size),
        (maximum.value ?? Infinity) - from,
      );
      return Array.from({length: Math.max(1, Math.min(count, left))}, (_, index) => ({...step.go, page: from + index}));
    },
    numbered: () => true,
    repeated(at, answer, what) {
      const {page, base: known, worked} = placeOf(at);
      const {total} = progressOf(at);
      const hint = base === 0 ? ', base_page: 1 if pages count from 1' : '';
      if (what === 'records' && rules.resumable && total !== undefined && (page ?? 0) - (known ?? 0) >= total) {
        return {end: 'total reached, the last page is repeated', drop: 'it repeats the records of the page before'};
      }
      const named = placeName(place);
      return rules.repeated(at, answer, what, () =>
        what === 'position'
          ? `the page number ${page ?? ''} does not move on`
          : sameAgain(named, page ?? '', {hasWorked: progressOf(at).pages > 1 && worked, key: `page_param${hint}`}),
      );
    },
    totalItems: rules.totalItems,
    learnt(at) {
      const {base: known, explicit, worked} = placeOf(at);
      if (!isFound || (known === undefined && explicit === undefined)) return undefined;
      return toJson({page: explicit, base: known, explicit, first: undefined, worked});
    },
  };
}

export const pageNumber = paginatorKind('page_number', schema, create);
