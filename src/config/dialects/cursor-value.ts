import type {Json, JsonObject} from '../../json/exact.js';
import {formatSegments} from '../../json/path.js';
import {replaceMember, withMembers, without} from './edit.js';
import {type Expression, parseJinja} from './jinja-expression.js';
import {dialect, type Notes} from './notes.js';
import {mapPaginators, type Path} from './places.js';

/** `cursor_value: "{{ response.next }}"`, and the names `last_record`, `headers` and `{{ }}` in a cursor_path. */
export const cursorValue = dialect('cursor-value', (document, notes) =>
  mapPaginators(document, (paginator, path) => ofPath(ofValue(paginator, path, notes), path, notes)),
);

const advice =
  'is no path: write cursor_path (JSONPath in the body), with cursor_from: last_record for a field of the last record';

function ofValue(paginator: JsonObject, path: Path, notes: Notes): JsonObject {
  const value = paginator['cursor_value'];
  if (value === undefined) return paginator;
  const at = [...path, 'cursor_value'];
  const found = typeof value === 'string' ? positionOf(parseJinja(value)) : undefined;
  if (found === undefined) {
    notes.refused(at, advice);
    return without(paginator, ['cursor_value']);
  }
  if (paginator['cursor_path'] !== undefined) {
    notes.dropped(at, 'cursor_value', 'cursor_path says it');
    return without(paginator, ['cursor_value']);
  }
  notes.translated(at, 'cursor_value', spelled(found));
  return placed(paginator, 'cursor_value', found);
}

/** A cursor_path that is written as an expression. `response.` alone is a path of dlt: the body decides about it. */
function ofPath(paginator: JsonObject, path: Path, notes: Notes): JsonObject {
  const value = paginator['cursor_path'];
  if (typeof value !== 'string' || !/^\s*\{\{|^last_record[.[]|\.get\(|^headers\[/.test(value)) return paginator;
  const at = [...path, 'cursor_path'];
  const found = positionOf(parseJinja(value));
  if (found === undefined) {
    notes.refused(at, advice);
    return without(paginator, ['cursor_path']);
  }
  notes.translated(at, 'an expression in cursor_path', spelled(found));
  return placed(paginator, 'cursor_path', found);
}

/** In place of the word; the type that it takes replaces the written one. */
function placed(paginator: JsonObject, key: string, members: JsonObject): JsonObject {
  const {type} = members;
  const typed = type === undefined ? paginator : withMembers(paginator, {type});
  return replaceMember(typed, key, members);
}

const spelled = (members: JsonObject): string =>
  Object.entries(members)
    .map(([key, value]) => `${key}: ${String(value)}`)
    .join(', ');

/** Where the cursor is, as members of the paginator. */
function positionOf(expression: Expression | undefined): Readonly<Record<string, Json>> | undefined {
  if (expression === undefined) return undefined;
  if (expression.kind === 'or') {
    return expression.right.kind === 'literal' ? positionOf(expression.left) : undefined;
  }
  if (expression.kind !== 'path') return undefined;
  const {root, segments} = expression;
  if (root === 'headers') {
    const [header, ...rest] = segments;
    return typeof header === 'string' && rest.length === 0 ? {type: 'header_cursor', cursor_key: header} : undefined;
  }
  if (root === 'last_record') {
    return segments.length === 0 ? undefined : {cursor_path: formatSegments(segments), cursor_from: 'last_record'};
  }
  if (root === 'response') return segments.length === 0 ? undefined : {cursor_path: formatSegments(segments)};
  return isName(root) ? {cursor_path: formatSegments([root, ...segments])} : undefined;
}

/** Names that Airbyte gives a meaning of its own. */
const isName = (root: string): boolean =>
  !/^(?:config|parameters|stream_\w+|next_page_token|last_page_\w+|last_record\w*|now\w*|today\w*)$/.test(root);
