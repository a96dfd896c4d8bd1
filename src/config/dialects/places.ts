import type {Json, JsonObject} from '../../json/exact.js';
import type {Segment} from '../../json/path.js';
import {isJsonObject} from '../schema/values.js';
import {withMembers} from './edit.js';

export type Path = readonly Segment[];

/** The member under `key`, mapped; the same object where nothing changed or there is no such member. */
export function mapMember(object: JsonObject, key: string, map: (value: Json) => Json): JsonObject {
  const value = object[key];
  if (value === undefined) return object;
  const mapped = map(value);
  return mapped === value ? object : withMembers(object, {[key]: mapped});
}

/** resource_defaults and every resource that is an object. */
export function mapResources(document: JsonObject, map: (resource: JsonObject, path: Path) => JsonObject): JsonObject {
  const one = (path: Path) => (resource: Json) => (isJsonObject(resource) ? map(resource, path) : resource);
  const defaults = mapMember(document, 'resource_defaults', one(['resource_defaults']));
  return mapMember(defaults, 'resources', (resources) => {
    if (!Array.isArray(resources)) return resources;
    const mapped = resources.map((resource: Json, index) => one(['resources', index])(resource));
    return mapped.some((resource, index) => resource !== resources[index]) ? mapped : resources;
  });
}

/** The endpoint of resource_defaults and every resource, where it is an object. */
export function mapEndpoints(
  document: JsonObject,
  map: (endpoint: JsonObject, path: Path, owner: JsonObject) => JsonObject,
): JsonObject {
  return mapResources(document, (resource, path) =>
    mapMember(resource, 'endpoint', (endpoint) =>
      isJsonObject(endpoint) ? map(endpoint, [...path, 'endpoint'], resource) : endpoint,
    ),
  );
}

/** What stands under `key` of client and of every endpoint; `endpoint` is undefined for client. */
export function mapBlocks(
  document: JsonObject,
  key: 'auth' | 'paginator',
  map: (block: Json, path: Path, endpoint: JsonObject | undefined) => Json,
): JsonObject {
  const client = mapMember(document, 'client', (value) =>
    isJsonObject(value) ? mapMember(value, key, (block) => map(block, ['client', key], undefined)) : value,
  );
  return mapEndpoints(client, (endpoint, path) =>
    mapMember(endpoint, key, (block) => map(block, [...path, key], endpoint)),
  );
}

/** Every paginator that is an object. */
export function mapPaginators(
  document: JsonObject,
  map: (paginator: JsonObject, path: Path, endpoint: JsonObject | undefined) => Json,
): JsonObject {
  return mapBlocks(document, 'paginator', (block, path, endpoint) =>
    isJsonObject(block) ? map(block, path, endpoint) : block,
  );
}
