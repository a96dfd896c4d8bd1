import type {ResourceConfig} from '../../src/config/config.js';
import {isJsonObject} from '../../src/config/schema/values.js';
import type {Json, JsonObject} from '../../src/json/exact.js';
import {compilePath, type Segment} from '../../src/json/path.js';
import type {StreamPlan} from '../../src/stream/stream-plan.js';
import type {Recorded, Reply} from '../support/api-server.js';

/** The paginator that a stream has, with its keys as they are written. */
export interface Spoken {
  readonly type: string;
  readonly options: JsonObject;
}

/** In which of the ways that the configuration leaves open the server behaves. */
export interface World {
  /** Rows of a walk, from the page size in force. */
  rows(size: number): number;
  /** The most rows that one page holds, whatever is asked for. */
  readonly cap: number;
  /** The first page's number, where the configuration names none. */
  readonly base: 0 | 1;
  /** How the last page says that there is no next one. */
  readonly noNext: 'null' | 'absent';
  /** What comes after the last page of a counted walk. */
  readonly past: 'empty' | 'not found';
  /** Where a cursor stands that no cursor_path names: dlt's default, or under the parameter's own name. */
  readonly cursorAt: 'default' | 'parameter';
}

/** What one page of a walk is made of. */
interface PageParts {
  readonly world: World;
  readonly rows: readonly JsonObject[];
  readonly from: number;
  readonly size: number;
  readonly request: Recorded;
  readonly origin: string;
}

/** The parameter that this server's own links carry. */
const linkParam = '__from';

const text = (value: Json | undefined): string | undefined => (typeof value === 'string' ? value : undefined);

function segmentsOf(path: Json | undefined): readonly Segment[] {
  if (typeof path !== 'string' && !Array.isArray(path)) return [];
  return compilePath(typeof path === 'string' ? path : path.map(String)).segments ?? [];
}

/** Without a leading `response.`, which bodies do not have unless the selector says so. */
function factPath(path: Json | undefined, stem: readonly Segment[]): readonly Segment[] {
  const segments = segmentsOf(path);
  return segments[0] === 'response' && segments.length > 1 && stem[0] !== 'response' ? segments.slice(1) : segments;
}

type Growing = Record<string, unknown>;

const isObject = (value: unknown): value is Growing =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function put(root: Growing, path: readonly Segment[], value: unknown): void {
  let at: unknown = root;
  for (const [index, segment] of path.entries()) {
    const isLast = index === path.length - 1;
    if (Array.isArray(at)) {
      const position = Number(segment) < 0 ? at.length + Number(segment) : Number(segment);
      if (isLast) at[position] = value;
      at = at[position];
    } else if (isObject(at)) {
      const name = String(segment);
      if (isLast) at[name] = value;
      else at[name] ??= typeof path[index + 1] === 'number' && Number(path[index + 1]) >= 0 ? [] : {};
      at = at[name];
    } else return;
  }
}

/** Where a cursor or number was sent: the query, or a dot path in the body. */
function sent(request: Recorded, param: string | undefined, bodyPath: string | undefined): string | undefined {
  if (bodyPath === undefined) return param === undefined ? undefined : (request.query.get(param) ?? undefined);
  const isForm = /form/.test(request.headers['content-type'] ?? '');
  let at: unknown = isForm ? Object.fromEntries(new URLSearchParams(request.body)) : JSON.parse(request.body || '{}');
  for (const name of isForm ? [bodyPath] : bodyPath.split('.')) at = isObject(at) ? at[name] : undefined;
  return at === undefined || at === null ? undefined : String(at);
}

/** The page size asked for, within what this server gives at once. */
export function pageSize({options, type}: Spoken, request: Recorded, cap: number): number {
  const param =
    text(options['limit_param']) ??
    (type === 'offset' && options['limit_body_path'] === undefined ? 'limit' : undefined);
  const asked = Number(sent(request, param, text(options['limit_body_path'])) ?? Number.NaN);
  return Number.isInteger(asked) && asked > 0 ? Math.min(asked, cap) : cap;
}

/** The index of the first row that the request asks for. */
export function firstRow({type, options}: Spoken, request: Recorded, size: number, world: World): number {
  const link = request.query.get(linkParam);
  if (link !== null) return Number(link);
  switch (type) {
    case 'offset': {
      const asked = sent(request, text(options['offset_param']) ?? 'offset', text(options['offset_body_path']));
      return Number(asked ?? 0) - Number(options['offset'] ?? 0);
    }
    case 'page_number': {
      const asked = sent(request, text(options['page_param']) ?? 'page', text(options['page_body_path']));
      const base = Number(options['page'] ?? options['base_page'] ?? world.base);
      return asked === undefined ? 0 : (Number(asked) - base) * size;
    }
    case 'cursor':
    case 'header_cursor': {
      const bodyPath = text(options['cursor_body_path']);
      const param = text(options['cursor_param']) ?? (bodyPath === undefined ? 'cursor' : undefined);
      const asked = sent(request, param, bodyPath);
      return asked === undefined || !/^(?:c-)?\d+$/.test(asked) ? 0 : Number(asked.replace('c-', ''));
    }
    default:
      return 0;
  }
}

/** Names of the query that only say which page is meant. */
export function positionParams({options}: Spoken): readonly string[] {
  const names = ['offset_param', 'page_param', 'cursor_param', 'limit_param'].flatMap(
    (key) => text(options[key]) ?? [],
  );
  return [...names, 'offset', 'page', 'cursor', 'limit', linkParam];
}

/** Members of the body that only say which page is meant. */
export const positionMembers = ({options}: Spoken): readonly string[] =>
  ['offset_body_path', 'page_body_path', 'cursor_body_path', 'limit_body_path'].flatMap(
    (key) => text(options[key]) ?? [],
  );

/** A page of the walk as this paginator's server would answer it. */
export function page(plan: StreamPlan, resource: ResourceConfig, spoken: Spoken, parts: PageParts): Reply {
  const {rows, from, size, world} = parts;
  const {type, options} = spoken;
  const selector = resource.endpoint?.data_selector;
  const isWhole = plan.want.records.entity && selector === undefined;
  const stem = selector === undefined ? (isWhole ? [] : ['data']) : compilePath(selector).stem;
  const isRoot = stem.length === 0;
  const needsBody = ['cursor', 'json_link'].includes(type) || (type === 'auto' && isRoot);
  const paged =
    type !== 'single_page' && !isWhole && !(isRoot && needsBody && options['cursor_from'] !== 'last_record');
  const shown = paged ? rows.slice(from, from + size) : rows;
  const hasMore = paged && from + size < rows.length;
  const counted = type === 'offset' || type === 'page_number';
  // After a full page a 404 would be an error by design: it might as well be a broken link.
  const endsShort = rows.length % size !== 0;
  if (counted && world.past === 'not found' && endsShort && from >= rows.length)
    return {status: 404, body: '{"message":"no such page"}'};
  const headers: Record<string, string> = {};
  const root: unknown = isWhole ? rows[0] : envelope(selector, shown);
  const body = isObject(root) ? root : {};
  const link = linkTo(parts, from + size);
  switch (type) {
    case 'cursor':
      if (options['cursor_from'] !== 'last_record')
        putNext(
          body,
          cursorPath(options, stem, world),
          hasMore ? cursorFor(options, from + size, link) : undefined,
          world,
        );
      break;
    case 'json_link':
      putNext(body, factPath(options['next_url_path'] ?? 'next', stem), hasMore ? link : undefined, world);
      break;
    case 'auto':
      if (isObject(root) && !isWhole) putNext(body, ['next'], hasMore ? link : undefined, world);
      break;
    case 'header_link':
      if (hasMore) headers['link'] = `<${link}>; rel="${text(options['links_next_key']) ?? 'next'}"`;
      break;
    case 'header_cursor':
      if (hasMore) headers[text(options['cursor_key']) ?? 'next'] = `c-${from + size}`;
      break;
  }
  if (options['has_more_path']) put(body, factPath(options['has_more_path'], []), hasMore);
  if (options['last_page_path']) put(body, factPath(options['last_page_path'], []), !hasMore);
  if (options['total_path']) {
    put(
      body,
      factPath(options['total_path'], stem),
      type === 'page_number' ? Math.ceil(rows.length / size) : rows.length,
    );
  }
  for (const match of (text(options['stop_when']) ?? '').matchAll(/response\.(\w+)/g)) {
    const name = match[1] ?? '';
    if (!(name in body) && name !== segmentsOf(options['cursor_path'])[0]) body[name] = shown.length;
  }
  return {headers: {'content-type': 'application/json', ...headers}, body: JSON.stringify(root)};
}

function putNext(body: Growing, path: readonly Segment[], next: string | undefined, world: World): void {
  if (next !== undefined || world.noNext === 'null') put(body, path, next ?? null);
}

/** A token for a place in the request, a link where there is none. */
const cursorFor = (options: JsonObject, next: number, link: string): string =>
  options['cursor_param'] === undefined && options['cursor_body_path'] === undefined ? link : `c-${next}`;

/** Where the cursor stands in the body; the path may enter the last record. */
function cursorPath(options: JsonObject, stem: readonly Segment[], world: World): readonly Segment[] {
  if (options['cursor_path'] !== undefined) return factPath(options['cursor_path'], stem);
  const param = text(options['cursor_param']);
  const isPlain = param !== undefined && /^\w+$/.test(param) && param !== stem[0];
  return world.cursorAt === 'parameter' && isPlain ? [param] : ['cursors', 'next'];
}

function linkTo({request, origin}: PageParts, next: number): string {
  const url = new URL(request.target, origin);
  url.searchParams.set(linkParam, String(next));
  return url.href;
}

/** The records where the selector looks for them. */
function envelope(selector: Json | readonly string[] | undefined, records: readonly JsonObject[]): unknown {
  const names = selector === undefined ? ['data'] : namesOf(selector);
  const last = names.lastIndexOf('*');
  const tail = names.slice(last + 1);
  if (last < 0) return nest(names, records);
  return nest(
    names.slice(0, last),
    records.map((record) => nest(tail, record)),
  );
}

function nest(names: readonly string[], inner: unknown): unknown {
  const isEmpty = Array.isArray(inner) && inner.length === 0;
  return names.reduceRight<unknown>(
    (value, name) => (name === '*' ? (isEmpty ? [] : [value]) : {[name]: value}),
    inner,
  );
}

function namesOf(selector: Json | readonly string[]): readonly string[] {
  if (typeof selector !== 'string') return Array.isArray(selector) ? selector.map(String) : [];
  const {segments} = compilePath(selector);
  if (segments !== undefined) return segments.map(String);
  return selector
    .replaceAll('[*]', '.*')
    .replace(/^\$\.?/, '')
    .split('.')
    .filter((name) => name !== '');
}

export interface RowPlace {
  readonly plan: StreamPlan;
  readonly resource: ResourceConfig;
  readonly spoken: Spoken;
  readonly children: readonly StreamPlan[];
}

/** How many of the rows a maximum_page or maximum_offset lets through; the first page always. */
export function reachable({options}: Spoken, rows: number, size: number): number {
  const {maximum_page: pages, maximum_offset: items} = options;
  if (typeof items === 'number') return Math.min(rows, Math.max(size, Math.ceil(items / size) * size));
  if (typeof pages !== 'number') return rows;
  return Math.min(rows, Math.max(1, pages - Number(options['page'] ?? options['base_page'] ?? 1)) * size);
}

/** A row that has all that its stream, its cursor and its children read of it. */
export function rowOf(of: RowPlace, index: number, marker: string): JsonObject {
  const {plan, resource, spoken, children: bound} = of;
  const row: Growing = {};
  for (const {segments} of plan.key) if (segments !== undefined) put(row, segments, `${marker}`);
  for (const child of bound) {
    for (const {segments} of child.parent?.fields ?? []) if (segments !== undefined) put(row, segments, `v${marker}`);
  }
  const {options} = spoken;
  if (options['cursor_from'] === 'last_record') put(row, segmentsOf(options['cursor_path']), index + 1);
  const cursor = plan.cursor?.path.segments;
  if (cursor !== undefined && plan.cursor !== undefined)
    put(row, cursor, cursorValue(plan.cursor.initial, plan.cursor.rangeStart));
  for (const step of resource.processing_steps) {
    const equal = /^record(?:\.(\w+)|\["(\w+)"\]) == "([^"]*)"$/.exec(String(step.options));
    if (equal !== null) row[equal[1] ?? equal[2] ?? ''] = equal[3];
  }
  row['_row'] = marker;
  return isJsonObject(row) ? row : {};
}

/** At or just above the initial value. */
function cursorValue(initial: unknown, start: 'open' | 'closed'): unknown {
  if (initial === undefined || (typeof initial === 'string' && initial.startsWith('now')))
    return '2025-12-31T12:00:00Z';
  if (start === 'closed') return initial;
  return typeof initial === 'number' ? initial + 1 : '2025-12-31T12:00:00Z';
}
