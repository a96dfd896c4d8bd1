import type {Json, JsonObject} from '../../json/exact.js';
import {isJsonObject} from '../schema/values.js';
import {withMembers} from './edit.js';

/** Airbyte's `{inject_into, field_name}`: where a value goes in the request. */
export interface RequestOption {
  readonly key: 'params' | 'headers' | 'json' | 'data';
  /** The name, of `json` the names that lead to it. */
  readonly path: readonly string[];
}

const targets: Readonly<Record<string, RequestOption['key']>> = {
  query: 'params',
  request_parameter: 'params',
  params: 'params',
  header: 'headers',
  body: 'json',
  json: 'json',
  body_json: 'json',
  data: 'data',
  body_data: 'data',
};

/** undefined for what is none. A text is the name of a query parameter. */
export function requestOption(option: Json | undefined): RequestOption | undefined {
  if (typeof option === 'string' && option !== '') return {key: 'params', path: [option]};
  if (!isJsonObject(option)) return undefined;
  const into = option['inject_into'] ?? 'request_parameter';
  const key = typeof into === 'string' && Object.hasOwn(targets, into) ? targets[into] : undefined;
  if (key === undefined) return undefined;
  const {field_name: name, field_path: path} = option;
  if (key === 'json' && Array.isArray(path) && path.length > 0 && path.every((part) => typeof part === 'string'))
    return {key, path};
  return typeof name === 'string' && name !== '' ? {key, path: [name]} : undefined;
}

/** The endpoint with the value at that place; what is written there already stays. */
export function inject(endpoint: JsonObject, {key, path}: RequestOption, value: string): JsonObject {
  const below = endpoint[key];
  if (below !== undefined && !isJsonObject(below)) return endpoint;
  return withMembers(endpoint, {[key]: put(below ?? {}, path, value)});
}

function put(object: JsonObject, [name, ...rest]: readonly string[], value: string): JsonObject {
  if (name === undefined) return object;
  const there = object[name];
  if (rest.length === 0) return there === undefined ? withMembers(object, {[name]: value}) : object;
  return withMembers(object, {[name]: put(isJsonObject(there) ? there : {}, rest, value)});
}
