import {type Json, type JsonObject, parseExact} from '../json/exact.js';
import type {Segment} from '../json/path.js';
import {type Form, type FormStream, form} from './form.js';
import {explain, problemsOf} from './issues.js';
import type {Problem} from './problem.js';
import {isJsonObject} from './schema/values.js';

export const formFields = ['base_url', 'auth', 'pagination', 'request_headers', 'streams'] as const;

/** The value is what an untouched form sends for the field, or nothing: such fields do not count (contract). */
export function isDefault(field: (typeof formFields)[number], value: Json): boolean {
  if (value === null || value === '' || (Array.isArray(value) && value.length === 0)) return true;
  const preselected = {auth: 'none', pagination: 'auto'};
  if (!isJsonObject(value) || (field !== 'auth' && field !== 'pagination')) return false;
  const keys = Object.keys(value);
  return keys.length === 0 || (keys.length === 1 && value['type'] === preselected[field]);
}

/**
 * The document that a filled-in form stands for; problems are reported at the form's fields. Empty texts, nulls, empty
 * lists and objects count as not filled in, as the form stores them.
 */
export function toDocument(fields: JsonObject, problems: Problem[]): JsonObject | undefined {
  const result = form.safeParse(filledIn(fields), {error: explain});
  if (!result.success) {
    problems.push(...problemsOf(result.error.issues, []));
    return undefined;
  }
  const {base_url, auth, pagination, request_headers, streams} = result.data;
  const client = object({
    base_url,
    headers: pairs(request_headers),
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
    headers: pairs(stream.request_headers),
    json: stream.json_body === undefined ? undefined : body(stream.json_body, [...place, 'json_body'], problems),
    paginator: pagination === undefined || pagination.type === 'inherit' ? undefined : object(pagination),
    incremental: incremental === undefined ? undefined : object(incremental),
  });
  return object({name, primary_key, include_from_parent, endpoint});
}

/** A repeated name repeats the parameter. */
function pairs(list: readonly {readonly name: string; readonly value: string}[] | undefined): JsonObject | undefined {
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

/** Without what a form does not fill in. A value of a pair may be empty: it is then ''. */
function filledIn(value: Json): Json | undefined {
  if (value === null || value === '') return undefined;
  if (Array.isArray(value)) {
    const items = value.flatMap((item: Json) => filledIn(item) ?? []);
    return items.length === 0 ? undefined : items;
  }
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).flatMap(([key, member]) => {
    const filled = filledIn(member);
    return filled === undefined ? [] : [[key, filled] as const];
  });
  if (entries.length === 0) return undefined;
  const result = Object.fromEntries(entries);
  return 'name' in value && 'value' in value && !('value' in result) ? {...result, value: ''} : result;
}

/** The form's field of a path in the document made from it. */
export function formPath(path: readonly Segment[]): readonly Segment[] {
  const [first, second, third, ...rest] = path;
  const renamed: Readonly<Record<string, string>> = {
    headers: 'request_headers',
    params: 'query_parameters',
    paginator: 'pagination',
    json: 'json_body',
  };
  const field = (name: Segment | undefined): Segment[] => (name === undefined ? [] : [renamed[name] ?? name]);
  if (first === 'client') return [...field(second), ...(third === undefined ? [] : [third]), ...rest];
  if (first !== 'resources') return path;
  const stream = ['streams', ...(second === undefined ? [] : [second])];
  return third === 'endpoint'
    ? [...stream, ...field(rest[0]), ...rest.slice(1)]
    : [...stream, ...(third === undefined ? [] : [third])];
}
