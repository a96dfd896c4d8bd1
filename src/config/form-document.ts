import {type Json, type JsonObject, parseExact} from '../json/exact.js';
import type {Segment} from '../json/path.js';
import {secretKeys} from './auth-blocks.js';
import {type Form, type FormStream, form} from './form.js';
import {explain, problemsOf} from './issues.js';
import {type Problem, placeOf} from './problem.js';
import {isJsonObject} from './schema/values.js';

export const formFields = ['base_url', 'auth', 'pagination', 'request_headers', 'streams'] as const;

/** The value is what an untouched form sends for the field, or nothing: such fields do not count (contract). */
export function isDefault(field: (typeof formFields)[number], value: Json): boolean {
  const filled = filledIn(value);
  if (filled === undefined) return true;
  const preselected = {auth: 'none', pagination: 'auto'};
  if (!isJsonObject(filled) || (field !== 'auth' && field !== 'pagination')) return false;
  return Object.keys(filled).length === 1 && filled['type'] === preselected[field];
}

/**
 * The document that a filled-in form stands for; problems are reported at the form's fields. Texts are trimmed, and empty
 * texts, nulls, empty lists and objects count as not filled in: so the platform stores them, and so they mean the same before.
 */
export function toDocument(fields: JsonObject, problems: Problem[]): JsonObject | undefined {
  const result = form.safeParse(filledIn(fields), {error: explain});
  if (!result.success) {
    for (const problem of problemsOf(result.error.issues, [])) problems.push(problem);
    return undefined;
  }
  const {base_url, auth, pagination, request_headers, streams} = result.data;
  const client = object({
    base_url,
    headers: headers(request_headers, ['request_headers'], problems),
    auth: auth === undefined || auth.type === 'none' ? undefined : authBlock(auth, problems),
    paginator: pagination === undefined ? undefined : object(pagination),
  });
  return object({client, resources: (streams ?? []).map((stream, index) => resource(stream, index, problems))});
}

function authBlock(auth: NonNullable<Form['auth']>, problems: Problem[]): JsonObject {
  if (auth.type === 'http_basic') return object({username: '', ...auth});
  if (auth.type !== 'session_token' || !('login_path' in auth)) return object(auth);
  const {login_path, login_method, login_body, ...rest} = auth;
  const json = login_body === undefined ? undefined : body(login_body, ['auth', 'login_body'], problems);
  return object({...rest, login: object({path: login_path, method: login_method, json})});
}

function resource(stream: FormStream, index: number, problems: Problem[]): JsonObject {
  const {name, primary_key, include_from_parent, incremental, pagination} = stream;
  const place = ['streams', index];
  if (incremental !== undefined && incremental.cursor_path === undefined) {
    problems.push({
      level: 'error',
      path: [...place, 'incremental', 'cursor_path'],
      message: 'is missing: the field that says when a record changed',
    });
  }
  const endpoint = object({
    path: stream.path,
    method: stream.method,
    data_selector: stream.data_selector,
    params: pairs(stream.query_parameters),
    headers: headers(stream.request_headers, [...place, 'request_headers'], problems),
    json: stream.json_body === undefined ? undefined : body(stream.json_body, [...place, 'json_body'], problems),
    paginator: pagination === undefined || pagination.type === 'inherit' ? undefined : object(pagination),
    incremental: incremental === undefined ? undefined : object(incremental),
  });
  return object({name, primary_key, include_from_parent, endpoint});
}

interface Pair {
  readonly name: string;
  readonly value: string;
}

/** A header is sent once. */
function headers(
  list: readonly Pair[] | undefined,
  path: readonly Segment[],
  problems: Problem[],
): JsonObject | undefined {
  const names = list?.map(({name}) => name.toLowerCase()) ?? [];
  for (const [index, name] of names.entries()) {
    const first = names.indexOf(name);
    if (first === index) continue;
    const message = `is the name of ${placeOf([...path, first])} already: a header is sent once, several values are joined with a comma`;
    problems.push({level: 'error', path: [...path, index, 'name'], message});
  }
  return pairs(list);
}

/** A repeated name repeats the parameter. */
function pairs(list: readonly Pair[] | undefined): JsonObject | undefined {
  if (list === undefined) return undefined;
  const map: Record<string, Json> = Object.create(null);
  for (const {name, value} of list) {
    const before = map[name];
    map[name] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value];
  }
  return map;
}

function body(text: string, path: readonly Segment[], problems: Problem[]): Json | undefined {
  try {
    return parseExact(text);
  } catch {
    problems.push({
      level: 'error',
      path,
      message: 'is no valid JSON: names and texts stand in double quotes, no comma after the last entry',
    });
    return undefined;
  }
}

function object(members: Readonly<Record<string, Json | undefined>>): JsonObject {
  const result: Record<string, Json> = Object.create(null);
  for (const [key, value] of Object.entries(members)) if (value !== undefined) result[key] = value;
  return result;
}

/** Without what a form does not fill in. A value of a pair may be empty: it is then ''. Credentials stay as they are. */
function filledIn(value: Json, key?: string): Json | undefined {
  if (typeof value === 'string') {
    const text = value.trim();
    if (text === '') return undefined;
    return key !== undefined && secretKeys.includes(key) ? value : text;
  }
  if (value === null) return undefined;
  if (Array.isArray(value)) {
    const items = value.flatMap((item: Json) => filledIn(item) ?? []);
    return items.length === 0 ? undefined : items;
  }
  if (!isJsonObject(value)) return value;
  const result: Record<string, Json> = Object.create(null);
  for (const [name, member] of Object.entries(value)) {
    const filled = filledIn(member, name);
    if (filled !== undefined) result[name] = filled;
  }
  if (Object.keys(result).length === 0) return undefined;
  return 'name' in value && 'value' in value && !('value' in result) ? {...result, value: ''} : result;
}

const placeInText =
  /\b(?:resources\[\d+\]|client(?=\.(?:base_url|auth|paginator|headers)\b))(?:\.[A-Za-z_][\w-]*|\[\d+\])*/g;

/** A message with the form's fields in place of paths in the document made from it. */
export const inFormWords = (text: string): string =>
  text.replaceAll(placeInText, (place) =>
    placeOf(
      formPath([...place.matchAll(/([A-Za-z_][\w-]*)|\[(\d+)\]/g)].map(([, name, index]) => name ?? Number(index))),
    ),
  );

/** The form's field of a path in the document made from it. */
export function formPath(path: readonly Segment[]): readonly Segment[] {
  const [first, second, third, ...rest] = path;
  const renamed: Readonly<Record<string, string>> = {
    headers: 'request_headers',
    params: 'query_parameters',
    paginator: 'pagination',
    json: 'json_body',
  };
  const isLogin = second === 'auth' && third === 'login' && rest.length > 0;
  if (first === 'client' && isLogin) return ['auth', rest[0] === 'json' ? 'login_body' : `login_${rest[0]}`];
  const field = (name: Segment | undefined): Segment[] => (name === undefined ? [] : [renamed[name] ?? name]);
  if (first === 'client') return [...field(second), ...(third === undefined ? [] : [third]), ...rest];
  if (first !== 'resources') return path;
  const stream = ['streams', ...(second === undefined ? [] : [second])];
  return third === 'endpoint'
    ? [...stream, ...field(rest[0]), ...rest.slice(1)]
    : [...stream, ...(third === undefined ? [] : [third])];
}
