import {configError} from '../errors.js';
import {ExactNumber, type Json, type JsonObject, printExact} from '../json/exact.js';
import type {RequestBody, RequestSpec} from './request.js';
import {splitQuery} from './url.js';

type Pair = readonly [string, string];

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber);

/** The texts of a value in a query or form: lists repeat, null is none. Throws ConnectorError for what has no spelling. */
function texts(name: string, value: Json, inList = false): readonly string[] {
  if (value === null) return [];
  if (value instanceof ExactNumber) return [value.text];
  if (typeof value !== 'object') return [String(value)];
  if (isList(value) && !inList) return value.flatMap((item) => texts(name, item, true));
  throw configError(
    `the value for ${name} is ${isList(value) ? 'a list inside a list' : 'an object'}: ${printExact(value).slice(0, 100)}; a query or form takes text, numbers and lists of them (an object is spread by "*", or goes into a JSON body)`,
  );
}

function replacePairs(pairs: readonly Pair[], name: string, values: readonly string[]): readonly Pair[] {
  const added = values.map((value): Pair => [name, value]);
  const first = pairs.findIndex((pair) => pair[0] === name);
  if (first < 0) return added.length === 0 ? pairs : [...pairs, ...added];
  return [...pairs.slice(0, first), ...added, ...pairs.slice(first).filter(([key]) => key !== name)];
}

/**
 * Puts a value into the query, in place of every parameter of that name, also of one in the url itself (config-language §5,
 * Placement). A list repeats the name, null removes it, `*` as the name spreads an object. Throws ConnectorError.
 */
export function setQuery(spec: RequestSpec, name: string, value: Json): RequestSpec {
  if (name === '*') {
    if (!isObject(value)) throw notAnObject('spread over the query with "*"', value);
    return Object.entries(value).reduce((result, [key, member]) => setQuery(result, key, member), spec);
  }
  const {url} = withoutUrlQuery(spec, (key) => key === name);
  return {...spec, url, query: replacePairs(spec.query, name, texts(name, value))};
}

/** The request without the parameters of these names, in `query` and in the url; other bytes of the url stay. */
export function withoutQuery(spec: RequestSpec, names: readonly string[]): RequestSpec {
  if (names.length === 0) return spec;
  const {url} = withoutUrlQuery(spec, (key) => names.includes(key));
  return {...spec, url, query: spec.query.filter(([key]) => !names.includes(key))};
}

function withoutUrlQuery(spec: RequestSpec, drop: (name: string) => boolean): RequestSpec {
  if (!spec.url.includes('?')) return spec;
  const {path, parts, fragment} = splitQuery(spec.url);
  if (!parts.some(({name}) => drop(name))) return spec;
  const kept = parts.filter(({name}) => !drop(name)).map(({raw}) => raw);
  return {...spec, url: `${path}${kept.length > 0 ? `?${kept.join('&')}` : ''}${fragment}`};
}

/**
 * Puts a value into the JSON or form body at a dot path, in place of what is there; a request without a body gets a JSON one.
 * In JSON a numeric segment indexes an existing list and other missing members are created as objects. `$` merges an object
 * into the body. A form has names, not paths. Throws ConnectorError for another body and for a path that cannot be walked.
 */
export function setBody(spec: RequestSpec, path: string, value: Json): RequestSpec {
  return {...spec, body: placed(spec.body ?? {kind: 'json', value: {}}, path, value)};
}

function placed(body: RequestBody, path: string, value: Json): RequestBody {
  switch (body.kind) {
    case 'text':
      throw configError(`"${path}" cannot be put into a body of plain text: use json, or data with names and values`);
    case 'form':
      return {kind: 'form', pairs: placedInForm(body.pairs, path, value)};
    case 'json':
      return {kind: 'json', value: placedInJson(body.value, path, value)};
  }
}

function placedInForm(pairs: readonly Pair[], name: string, value: Json): readonly Pair[] {
  if (name !== '$') return replacePairs(pairs, name, texts(name, value));
  if (!isObject(value)) throw notAnObject('merged into the body with "$"', value);
  return Object.entries(value).reduce((result, [key, member]) => replacePairs(result, key, texts(key, member)), pairs);
}

function placedInJson(body: Json, path: string, value: Json): Json {
  if (path === '$') {
    if (!isObject(value)) throw notAnObject('merged into the body with "$"', value);
    if (!isObject(body)) throw configError('a value cannot be merged into a JSON body that is no object');
    return Object.assign(emptyObject(), body, value);
  }
  const segments = path.replace(/^\$\./, '').split('.');
  const place = (at: Json | undefined, depth: number): Json => {
    const segment = segments[depth];
    if (segment === undefined) return value;
    if (at !== undefined && isList(at)) {
      if (!/^\d+$/.test(segment) || Number(segment) >= at.length) {
        throw configError(`"${path}" does not fit the JSON body: "${segment}" is no index of a list of ${at.length}`);
      }
      return at.map((item, index) => (index === Number(segment) ? place(item, depth + 1) : item));
    }
    if (at !== undefined && at !== null && !isObject(at)) {
      throw configError(`"${path}" does not fit the JSON body: what is there before "${segment}" is no object`);
    }
    const object = Object.assign(emptyObject(), at);
    object[segment] = place(object[segment], depth + 1);
    return object;
  };
  return place(body, 0);
}

/** Without a prototype, so that `__proto__` is a member like any other. */
const emptyObject = (): Record<string, Json> => Object.create(null);

const notAnObject = (what: string, value: Json): Error =>
  configError(`only an object can be ${what}, and this is ${printExact(value).slice(0, 100)}`);
