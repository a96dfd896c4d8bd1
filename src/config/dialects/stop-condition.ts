import type {Json, JsonObject} from '../../json/exact.js';
import {compilePath, formatSegments, PathSyntaxError, type Segment} from '../../json/path.js';
import {withMembers, without} from './edit.js';
import {conditionInCel, type Roots} from './jinja-cel.js';
import {type Expression, parseJinja, unwrapped} from './jinja-expression.js';
import {dialect, type Notes} from './notes.js';
import {mapPaginators, type Path} from './places.js';

/** `stop_condition` in Jinja as the keys that say the same (config-language §5, §14). */
export const stopCondition = dialect('stop-condition', (document, notes) =>
  mapPaginators(document, (paginator, path, endpoint) => translate(paginator, path, endpoint, notes)),
);

function translate(paginator: JsonObject, path: Path, endpoint: JsonObject | undefined, notes: Notes): JsonObject {
  const value = paginator['stop_condition'];
  if (value === undefined) return paginator;
  const at = [...path, 'stop_condition'];
  const rest = without(paginator, ['stop_condition']);
  if (isBare(value)) {
    notes.dropped(at, 'stop_condition', 'the walk ends when nothing names a next page');
    return rest;
  }
  const expression = typeof value === 'string' ? parseJinja(value) : undefined;
  const members = expression === undefined ? undefined : endings(expression, rest, selectorOf(endpoint));
  if (members === undefined) {
    notes.refused(
      at,
      'cannot be translated: write has_more_path or last_page_path (a flag in the body) or stop_when, CEL over response, headers, record_count, first, last',
    );
    return rest;
  }
  const entries = Object.entries(members);
  if (entries.length === 0) notes.dropped(at, 'stop_condition', 'the walk ends by itself there');
  else notes.translated(at, 'stop_condition', entries.map(([key, member]) => `${key}: ${String(member)}`).join(', '));
  return withMembers(rest, members);
}

/** One word says nothing: `none`, `no_more_pages`. */
const isBare = (value: Json): boolean =>
  value === null || typeof value === 'boolean' || (typeof value === 'string' && /^[\w-]*$/.test(unwrapped(value)));

type Members = Record<string, Json>;

/** What the alternatives of the condition are here. undefined: one of them cannot be said. */
function endings(
  condition: Expression,
  paginator: JsonObject,
  selector: readonly Segment[] | undefined,
): Members | undefined {
  const members: Members = {};
  const expressions: string[] = [];
  for (const alternative of alternativesOf(condition)) {
    const found = ending(alternative, {...paginator, ...members}, selector);
    const taken = found !== undefined && Object.keys(found).some((key) => key in members || key in paginator);
    if (found !== undefined && !taken) {
      Object.assign(members, found);
      continue;
    }
    const cel = conditionInCel(alternative, roots);
    if (cel === undefined) return undefined;
    expressions.push(cel);
  }
  if (expressions.length === 0) return members;
  const written = paginator['stop_when'];
  const all = [...(typeof written === 'string' ? [written] : []), ...expressions];
  members['stop_when'] = all.length === 1 ? (all[0] ?? '') : all.map((part) => `(${part})`).join(' || ');
  return members;
}

function alternativesOf(expression: Expression): Expression[] {
  return expression.kind === 'or'
    ? [...alternativesOf(expression.left), ...alternativesOf(expression.right)]
    : [expression];
}

/** The members of one alternative that is no mere expression; {} where it is how the walk ends anyway. */
function ending(
  expression: Expression,
  paginator: JsonObject,
  selector: readonly Segment[] | undefined,
): Members | undefined {
  if (isEmptyPage(expression, selector)) return emptyPage(paginator);
  const flag = flagOf(expression);
  if (flag !== undefined) return {[flag.more ? 'has_more_path' : 'last_page_path']: formatSegments(flag.path)};
  const missing = missingOf(expression);
  return missing === undefined ? undefined : missingEnd(missing, paginator);
}

const emptyPage = (paginator: JsonObject): Members =>
  paginator['type'] === 'offset' || paginator['type'] === 'page_number' ? {} : {stop_after_empty_page: true};

/** Length of the list or last_page_size = 0, or `not` the list. */
function isEmptyPage(expression: Expression, selector: readonly Segment[] | undefined): boolean {
  if (expression.kind === 'not') return isRecords(expression.of, selector);
  if (expression.kind !== 'compare' || expression.right.kind !== 'literal') return false;
  const {left, operator, right} = expression;
  const isZero =
    (right.value === 0 && (operator === '==' || operator === '<=')) || (right.value === 1 && operator === '<');
  if (!isZero) return false;
  if (left.kind === 'path') return left.root === 'last_page_size' && left.segments.length === 0;
  return left.kind === 'length' && isRecords(left, selector);
}

/** The list that the selector names, or its length; where no selector is written any length. */
function isRecords(expression: Expression, selector: readonly Segment[] | undefined): boolean {
  const list = expression.kind === 'length' ? expression.of : expression;
  const path = bodyPath(list);
  if (path === undefined) return false;
  return selector === undefined ? expression.kind === 'length' : formatSegments(path) === formatSegments(selector);
}

/** `x is false`, `not x` on a name like has_more; `x`, `x is true` for the inverse flag. */
function flagOf(expression: Expression): {readonly path: readonly Segment[]; readonly more: boolean} | undefined {
  const flag = (of: Expression, more: boolean) => {
    const path = bodyPath(of);
    return path === undefined ? undefined : {path, more};
  };
  if (expression.kind === 'is' && expression.test === 'false') return flag(expression.of, true);
  if (expression.kind === 'is' && expression.test === 'true') return flag(expression.of, false);
  if (expression.kind === 'compare' && expression.operator === '==' && expression.right.kind === 'literal') {
    const {value} = expression.right;
    if (value === true || value === 'true') return flag(expression.left, false);
    if (value === false || value === 'false') return flag(expression.left, true);
    return undefined;
  }
  if (expression.kind === 'path') return flag(expression, false);
  const negated = expression.kind === 'not' ? bodyPath(expression.of) : undefined;
  return negated !== undefined && isFlagName(negated) ? {path: negated, more: true} : undefined;
}

function isFlagName(path: readonly Segment[]): boolean {
  const name = String(path.at(-1)).replace(/[_-]/g, '').toLowerCase();
  return /^(?:has|have|is|are)[a-z]*(?:more|next)|^more/.test(name);
}

interface Missing {
  readonly root: 'body' | 'last_record';
  readonly path: readonly Segment[];
}

/** `not x`, `x is none`, `x is not defined`, `'k' not in x`, `x == none`: what is missing then. */
function missingOf(expression: Expression): Missing | undefined {
  if (expression.kind === 'is' && expression.test === 'none') return missing(expression.of);
  if (expression.kind === 'compare') {
    const isNone =
      expression.operator === '==' && expression.right.kind === 'literal' && expression.right.value === null;
    return isNone ? missing(expression.left) : undefined;
  }
  if (expression.kind !== 'not') return undefined;
  const {of} = expression;
  if (of.kind === 'is') return of.test === 'defined' ? missing(of.of) : undefined;
  if (of.kind !== 'in') return missing(of);
  const name = of.left.kind === 'literal' ? of.left.value : undefined;
  if (typeof name !== 'string' || of.right.kind !== 'path') return undefined;
  return missing({...of.right, segments: [...of.right.segments, name]});
}

function missing(of: Expression): Missing | undefined {
  if (of.kind !== 'path') return undefined;
  if (of.root === 'last_record') return {root: 'last_record', path: of.segments};
  const path = bodyPath(of);
  return path === undefined ? undefined : {root: 'body', path};
}

/** A path that names no cursor yet becomes it; one beside the cursor stays a condition. */
function missingEnd({root, path}: Missing, paginator: JsonObject): Members | undefined {
  if (path.length === 0) return undefined;
  const type = paginator['type'];
  const key = type === 'cursor' ? 'cursor_path' : type === 'json_link' ? 'next_url_path' : undefined;
  if (key === undefined) return undefined;
  const written = paginator[key];
  const own = segmentsOf(written);
  if (written !== undefined && written !== null) {
    const isLast = paginator['cursor_from'] === 'last_record';
    return own !== undefined && isLast === (root === 'last_record') && related(own, path) ? {} : undefined;
  }
  if (root === 'body') return {[key]: formatSegments(path)};
  return key === 'cursor_path' ? {cursor_path: formatSegments(path), cursor_from: 'last_record'} : undefined;
}

/** One is the other or leads to it; `response.` before the one of them says nothing. */
function related(own: readonly Segment[], path: readonly Segment[]): boolean {
  const begins = (long: readonly Segment[], short: readonly Segment[]) =>
    short.every((segment, index) => long[index] === segment);
  const bare = own[0] === 'response' ? own.slice(1) : own;
  return [own, bare].some((mine) => mine.length > 0 && (begins(mine, path) || begins(path, mine)));
}

/** Of a path in the body its names; a first name of another meaning gives undefined. */
function bodyPath(expression: Expression): readonly Segment[] | undefined {
  if (expression.kind !== 'path') return undefined;
  const names = roots(expression.root);
  if (names?.[0] !== 'response') return undefined;
  const path = [...names.slice(1), ...expression.segments];
  return path.length === 0 ? undefined : path;
}

/** Names of Airbyte and their CEL; any other is a member of the body. */
const roots: Roots = (root) => {
  if (root === 'last_record') return ['last'];
  if (root === 'response' || root === 'headers') return [root];
  if (root === 'last_page_size') return ['record_count'];
  return /^(?:config|parameters|stream_\w+|next_page_token|last_\w+|now\w*|today\w*|record)$/.test(root)
    ? undefined
    : ['response', root];
};

function segmentsOf(path: Json | undefined): readonly Segment[] | undefined {
  if (typeof path !== 'string') return undefined;
  try {
    return compilePath(path).segments;
  } catch (error) {
    if (error instanceof PathSyntaxError) return undefined;
    throw error;
  }
}

function selectorOf(endpoint: JsonObject | undefined): readonly Segment[] | undefined {
  const selector = endpoint?.['data_selector'];
  if (Array.isArray(selector)) return selector.every((name) => typeof name === 'string') ? selector : undefined;
  return segmentsOf(selector);
}
