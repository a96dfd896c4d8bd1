import * as z from 'zod';
import {matchesName, shallowMembers} from '../body/names.js';
import {configError} from '../errors.js';
import type {Answer} from '../http/answer.js';
import type {Json, JsonObject} from '../json/exact.js';
import {printExact} from '../json/exact.js';
import {compilePath, formatSegments, type Path, pathOf} from '../json/path.js';
import type {Note} from '../log.js';
import {commonKeys, jsonPath, name} from './common-keys.js';
import {pathAt} from './compile-path.js';
import {detectToken, likelyParam} from './detect.js';
import {envelope} from './envelope.js';
import {noNext, repeatedPosition, textAt} from './following.js';
import {isLink, resolveLink} from './link.js';
import {nextText} from './next-members.js';
import {lastRecordValue, nextValue} from './next-value.js';
import type {Paginator, PaginatorContext, Position} from './paginator.js';
import {paginatorKind} from './paginator.js';
import {compilePlace, isJsonObject, type Place, put, takesMembers} from './place.js';
import {progressOf} from './progress.js';
import {compileRules, type Reading} from './rules.js';

const schema = z.strictObject({
  type: z.literal('cursor'),
  ...commonKeys,
  cursor_path: jsonPath
    .nullish()
    .meta({description: 'JSONPath of the next cursor; not written: found on the first page.', default: 'cursors.next'}),
  cursor_from: z
    .enum(['body', 'last_record'])
    .nullish()
    .meta({description: 'Whether cursor_path is within the body or within the last record.', default: 'body'}),
  cursor_param: name
    .nullish()
    .meta({description: 'Query parameter that carries the cursor; * spreads an object.', default: 'cursor'}),
  cursor_body_path: name
    .nullish()
    .meta({description: 'Dot path in the JSON or form body that carries the cursor; $ merges an object.'}),
});

/**
 * The path that a first page without cursor_path shows: cursors.next, a key named like the written parameter, a known token,
 * a key named like the parameter that is sent where none is written.
 */
function findPath(answer: Answer, param: string | undefined, place: Place): string | undefined {
  if (nextValue(answer, compilePath('cursors.next')) !== undefined) return 'cursors.next';
  const outside = envelope(answer);
  const named = (name: string): string | undefined => {
    const member = shallowMembers(outside, {outside: answer.selector.stem}).find(
      (candidate) => matchesName(candidate.path.at(-1) ?? '', [name]) && nextText(candidate) !== undefined,
    );
    return member === undefined || typeof member.value === 'object' ? undefined : formatSegments(member.path);
  };
  const like = param === undefined ? undefined : (named(param) ?? named(`next_${param}`));
  if (like !== undefined) return like;
  const token = detectToken(answer, outside);
  if (token !== undefined) return formatSegments(token.path);
  return param === undefined && 'param' in place ? named(place.param) : undefined;
}

/** Why the same page came again, where dlt's default names the parameter. */
function unknownParam(path: Path | undefined): string {
  const likely = path === undefined ? 'starting_after' : likelyParam(String(path.segments?.at(-1) ?? ''));
  const instead = likely === 'cursor' ? '' : `, perhaps ${likely}`;
  return `it was sent as "cursor", which the server may not know: write cursor_param, the name that the API gives it${instead}`;
}

const responseKey = pathOf(['response']);

/** The path without a leading `response.`, which is how other dialects name the body (config-language §14). */
function withoutResponse(path: Path | undefined): Path | undefined {
  const [first, ...rest] = path?.segments ?? [];
  return first === 'response' && rest.length > 0 ? pathOf(rest) : undefined;
}

/** dlt's cursor, of any JSON kind and kept exactly; without a place for it a link is followed (config-language §5). */
function create(options: z.output<typeof schema>, context: PaginatorContext): Paginator {
  const pathPlace = `${context.place}.cursor_path`;
  const isLast = options.cursor_from === 'last_record';
  const written = pathAt(options.cursor_path, pathPlace);
  if (isLast && written === undefined) {
    throw configError(`${pathPlace}: cursor_from: last_record needs the path of the cursor within the record`);
  }
  const foreign = isLast ? undefined : withoutResponse(written);
  const facts = [
    ...(written === undefined || isLast ? [] : [written]),
    ...(foreign === undefined ? [] : [responseKey, foreign]),
  ];
  const rules = compileRules(options, context, {facts});
  const keys = {param: 'cursor_param', bodyPath: 'cursor_body_path'};
  const asked = {param: options.cursor_param, bodyPath: options.cursor_body_path};
  const named = compilePlace(asked, keys, undefined, context);
  const place = named ?? compilePlace(asked, keys, 'cursor', context);
  const baseUrl = options.next_url_base === 'base_url' ? context.baseUrl : undefined;

  const pathFor = (at: Position, answer: Answer): {path: Path | undefined; found: JsonObject; notes: Note[]} => {
    const kept = textAt(at, 'path');
    if (foreign !== undefined && answer.fact(responseKey) === undefined) {
      const text = `the body has no key response: write cursor_path: ${foreign.text}`;
      return {path: foreign, found: {}, notes: [{level: 'warn', key: 'pagination.response', text}]};
    }
    if (written !== undefined) return {path: written, found: {}, notes: []};
    if (kept !== undefined) return {path: compilePath(kept), found: {path: kept}, notes: []};
    const seen = findPath(answer, options.cursor_param ?? undefined, place);
    if (seen === undefined) return {path: undefined, found: {}, notes: []};
    const text = `the next cursor is found at cursor_path: ${seen}`;
    return {
      path: compilePath(seen),
      found: {path: seen},
      notes: [{level: 'info', key: 'pagination.cursor_path', text}],
    };
  };

  const cursorOf = (answer: Answer, path: Path | undefined): Json | undefined => {
    if (path === undefined) return undefined;
    const value = isLast ? lastRecordValue(answer, path) : nextValue(answer, path);
    if (value === undefined || !takesMembers(place) || isJsonObject(value)) return value;
    throw configError(
      `${pathPlace}: only an object can be spread over the query or merged into the body, and ${path.text} is ` +
        printExact(value).slice(0, 100),
    );
  };

  const missing = (at: Position, reading: Reading, path: Path | undefined) => {
    const {answer} = reading;
    const text = path?.text ?? 'cursors.next';
    const key = `cursor_path ${text}`;
    if (!isLast) return noNext(rules, reading, {reason: `no next cursor at ${text}`, key});
    if (answer.batch.count === 0 || reading.says === 'more')
      return noNext(rules, reading, {reason: 'no last record', key});
    // The first page shows whether records have the field at all.
    return rules.end(reading, {reason: `no ${text} in the last record`, suspicious: progressOf(at).pages === 0});
  };

  return {
    type: 'cursor',
    start: {},
    facts: rules.facts,
    resumable: rules.resumable,
    request(base, at) {
      const link = textAt(at, 'link');
      if (link !== undefined) return rules.linkRequest(base, at, link);
      const cursor = at['cursor'];
      const request = rules.request(base, at);
      return cursor === undefined ? request : put(request, place, cursor);
    },
    next(at, answer) {
      if (answer.verdict !== 'page') return rules.refuse(answer);
      const read = rules.read(at, answer);
      const stop = rules.stop(read);
      if (stop !== undefined) return stop;
      const {path, found, notes} = pathFor(at, answer);
      const reading = {...read, notes: [...read.notes, ...notes]};
      const value = cursorOf(answer, path);
      if (value === undefined) return missing(at, reading, path);
      const isFollowed = named === undefined && !isLast && typeof value === 'string' && isLink(value, answer.url);
      const step = isFollowed ? {link: resolveLink(value, answer.url, pathPlace, baseUrl)} : {cursor: value};
      return rules.stopShort(reading) ?? rules.go(reading, {...step, ...found});
    },
    repeated: (at, answer, what) => {
      const path = isLast ? undefined : pathFor(at, answer).path;
      const hint = named === undefined && textAt(at, 'link') === undefined ? `: ${unknownParam(path)}` : '';
      return repeatedPosition(rules, `cursor_path ${path?.text ?? ''}`.trimEnd(), hint)(at, answer, what);
    },
    totalItems: rules.totalItems,
  };
}

export const cursor = paginatorKind('cursor', schema, create);
