import type {Json, JsonObject} from '../json/exact.js';
import {isJsonObject} from './schema/values.js';

/**
 * A resource over resource_defaults: the resource wins, endpoint key by key; params, json and headers merge one level,
 * columns deep by name, null overrides (config-language §12). Both are objects without shorthands.
 */
export function mergeDefaults(defaults: JsonObject, resource: JsonObject): JsonObject {
  const merged = overlay(defaults, resource);
  const {endpoint: below} = defaults;
  const {endpoint: above} = resource;
  if ('records' in resource) delete merged['endpoint'];
  else if (isJsonObject(below) && (isJsonObject(above) || above === undefined))
    merged['endpoint'] = mergeEndpoint(below, above ?? {});
  if (isJsonObject(defaults['columns'] ?? null) || Array.isArray(defaults['columns'])) {
    merged['columns'] = mergeColumns(defaults['columns'], resource['columns']);
  }
  return merged;
}

function overlay(below: JsonObject, above: JsonObject): Record<string, Json> {
  return Object.assign(Object.create(null), below, above);
}

function mergeEndpoint(below: JsonObject, above: JsonObject): JsonObject {
  const merged = overlay(below, above);
  delete merged['path'];
  if (above['path'] !== undefined) merged['path'] = above['path'];
  for (const key of ['params', 'json', 'headers']) {
    const lower = below[key];
    const upper = above[key];
    if (isJsonObject(lower) && isJsonObject(upper))
      merged[key] = overlay(key === 'headers' ? withoutNames(lower, upper) : lower, upper);
  }
  if (above['paginator'] === 'inherit') {
    if (below['paginator'] === undefined) delete merged['paginator'];
    else merged['paginator'] = below['paginator'];
  }
  return merged;
}

/** Header names differ in case only by spelling (RFC 9110 §5.1): the resource's replaces, or by null removes, any of them. */
function withoutNames(headers: JsonObject, replaced: JsonObject): JsonObject {
  const names = new Set(Object.keys(replaced).map((name) => name.toLowerCase()));
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.has(name.toLowerCase())));
}

function mergeColumns(below: Json | undefined, above: Json | undefined): Json {
  if (above === null) return null;
  const lower = byName(below);
  const upper = byName(above);
  const merged = overlay(lower, upper);
  for (const [name, hint] of Object.entries(upper)) {
    const inherited = lower[name];
    if (isJsonObject(inherited) && isJsonObject(hint)) merged[name] = overlay(inherited, hint);
  }
  return merged;
}

function byName(columns: Json | undefined): JsonObject {
  if (isJsonObject(columns)) return columns;
  const object: Record<string, Json> = Object.create(null);
  if (!Array.isArray(columns)) return object;
  for (const hint of columns) {
    const name = isJsonObject(hint) ? hint['name'] : undefined;
    if (typeof name === 'string') object[name] = hint;
  }
  return object;
}
