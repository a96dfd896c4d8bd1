import * as z from 'zod';
import {configError} from '../errors.js';
import {commonKeys, countingKeys, jsonPath, name} from './common-keys.js';
import {type Compared, lacksEnd, type Maximum, nextCounted, refusedCounted, sameAgain} from './counting.js';
import type {Paginator, PaginatorContext, Position} from './paginator.js';
import {paginatorKind} from './paginator.js';
import {compilePlace, placeName, put} from './place.js';
import {numberAt, progressOf} from './progress.js';
import {compileRules} from './rules.js';

const schema = z.strictObject({
  type: z.literal('offset'),
  ...commonKeys,
  ...countingKeys,
  limit: z.int().positive().nullish().meta({description: 'Page size that is asked for.', default: 100}),
  limit_param: name
    .nullish()
    .meta({description: 'Query parameter that carries `limit`; null: it is not sent.', default: 'limit'}),
  offset: z.int().nonnegative().nullish().meta({description: 'Offset of the first request.', default: 0}),
  offset_param: name.nullish().meta({description: 'Query parameter that carries the offset.', default: 'offset'}),
  offset_body_path: name.nullish().meta({description: 'Dot path in the JSON or form body that carries the offset.'}),
  total_path: jsonPath
    .nullish()
    .meta({description: 'JSONPath of the total of items; null: none is looked for.', default: 'total'}),
  maximum_offset: z
    .int()
    .nonnegative()
    .nullish()
    .meta({description: 'No request is made for an offset that is not below it; the first page is always read.'}),
});

type Options = z.output<typeof schema>;

/** dlt's offset; the next offset is counted by the rows received, so a server's own cap loses no row (trap T6). */
function create(options: Options, context: PaginatorContext): Paginator {
  const limit = options.limit ?? 100;
  const first = options.offset ?? 0;
  const rules = compileRules(options, context, {
    limit,
    limitParam: 'limit',
    stopAfterEmptyPage: true,
    totalPath: 'total',
  });
  const written = {param: options.offset_param, bodyPath: options.offset_body_path};
  const keys = {param: 'offset_param', bodyPath: 'offset_body_path'};
  const place = compilePlace(written, keys, 'offset', context);
  const maximum: Maximum = {key: 'maximum_offset', value: options.maximum_offset ?? undefined};
  if (lacksEnd(rules, maximum)) {
    throw configError(
      `${context.place}: nothing ends the walk: stop_after_empty_page is false and total_path null; ` +
        'write total_path, maximum_offset, has_more_path or last_page_path',
    );
  }
  const offsetAt = (at: Position): number => numberAt(at, 'offset') ?? first;

  const next: Paginator['next'] = (at, answer) => {
    const offset = offsetAt(at);
    if (answer.verdict !== 'page') {
      const total = numberAt(at, 'items') ?? numberAt(at, 'total');
      return refusedCounted(rules, at, answer, {
        reached: total !== undefined && offset >= total,
        worked: true,
        covered: offset,
      });
    }
    const reading = rules.read(at, answer);
    const covered = first + reading.progress.rows;
    const stop = rules.stop(reading, covered);
    if (stop !== undefined) return stop;
    const following = offset + (answer.rows > 0 ? answer.rows : limit);
    const compare = (value: number | undefined): Compared | undefined =>
      value === undefined ? undefined : {value, reached: following, received: covered};
    const {total, items} = reading.progress;
    const isFull = answer.rows === rules.limit && rules.totals.written.size > 0 && (total ?? items) !== undefined;
    const isSteady = isFull && (reading.progress.pages === 1 || at['steady'] === true);
    const counted = {
      own: {offset: following, ...(isSteady && {steady: true})},
      next: following,
      total: compare(total),
      items: compare(items),
      covered,
    };
    return nextCounted(rules, reading, counted, maximum, context);
  };

  return {
    type: 'offset',
    start: {offset: first},
    facts: rules.facts,
    resumable: rules.resumable,
    // The offset before the limit, as dlt sends them: some servers match the query as text.
    request: (base, at) => rules.request(put(base, place, offsetAt(at)), at),
    next,
    ahead(at, answer, count) {
      // Without a total that is written no position is known before its page; `next` would be asked twice of each.
      if (rules.totals.written.size === 0) return [];
      const step = next(at, answer);
      if (!('go' in step) || step.go['steady'] !== true) return [];
      const from = offsetAt(step.go);
      const total = Math.min(numberAt(step.go, 'items') ?? Infinity, numberAt(step.go, 'total') ?? Infinity);
      const end = Math.min(total, maximum.value ?? Infinity);
      const offsets = Array.from({length: count}, (_, index) => from + index * limit);
      return offsets.filter((offset, index) => index === 0 || offset < end).map((offset) => ({...step.go, offset}));
    },
    numbered: () => true,
    repeated(at, answer, what) {
      const total = numberAt(at, 'items') ?? numberAt(at, 'total');
      if (what === 'records' && rules.resumable && total !== undefined && offsetAt(at) >= total) {
        return {end: 'total reached, the last page is repeated', drop: 'it repeats the records of the page before'};
      }
      return rules.repeated(at, answer, what, () =>
        what === 'position'
          ? `the offset ${offsetAt(at)} does not move on`
          : sameAgain(placeName(place), offsetAt(at), {hasWorked: progressOf(at).pages > 1, key: 'offset_param'}),
      );
    },
    totalItems: rules.totalItems,
  };
}

export const offset = paginatorKind('offset', schema, create);
