import type {JsonObject} from '../../json/exact.js';
import {replaceMember, withMembers, without} from './edit.js';
import {dialect, type Notes} from './notes.js';
import {mapPaginators, type Path} from './places.js';

const renamed: readonly (readonly [string, string])[] = [
  ['start_from_page', 'base_page'],
  ['page_size', 'limit'],
];

/** Words about page numbers and sizes: `start_from_page`, `page_size`, `offset` with `page_param`, a size that is not given. */
export const pageWords = dialect('page-words', (document, notes) =>
  mapPaginators(document, (paginator, path) =>
    withoutIdle(named(counting(paginator, path, notes), path, notes), path, notes),
  ),
);

function counting(paginator: JsonObject, path: Path, notes: Notes): JsonObject {
  if (paginator['type'] !== 'offset') return paginator;
  if (paginator['page_param'] !== undefined) {
    notes.translated([...path, 'type'], 'offset with page_param', 'page_number');
    return withMembers(without(paginator, ['offset_param']), {type: 'page_number'});
  }
  const name = paginator['offset_param'];
  if (typeof name === 'string' && /^page(?:_?(?:number|num|no|index))?$/i.test(name)) {
    notes.doubtful(
      [...path, 'offset_param'],
      `${name} gets the number of rows read so far; if the API counts pages, write {type: page_number, page_param: ${name}}`,
    );
  }
  return paginator;
}

function named(paginator: JsonObject, path: Path, notes: Notes): JsonObject {
  let result = paginator;
  for (const [seen, canonical] of renamed) {
    const value = result[seen];
    if (value === undefined) continue;
    notes.translated([...path, seen], seen, canonical);
    result = replaceMember(result, seen, {[canonical]: value});
  }
  return result;
}

function withoutIdle(paginator: JsonObject, path: Path, notes: Notes): JsonObject {
  let result = paginator;
  if (result['inject_on_first_request'] !== undefined) {
    const why = 'a written base_page is sent with the first request';
    notes.dropped([...path, 'inject_on_first_request'], 'inject_on_first_request', why);
    result = without(result, ['inject_on_first_request']);
  }
  const sendsNothing =
    result['type'] !== 'offset' && result['limit_param'] !== undefined && result['limit'] === undefined;
  if (!sendsNothing) return result;
  notes.dropped([...path, 'limit_param'], 'limit_param without limit', 'or write limit, the page size to send');
  return without(result, ['limit_param']);
}
