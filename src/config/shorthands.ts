import type {Json, JsonObject} from '../json/exact.js';
import {isSkipped, withoutIgnored} from './ignored.js';
import {holdsJson} from './issues.js';
import {isJsonObject} from './schema/values.js';

/**
 * The document with resources and endpoints as objects (`resources: [posts]`, `endpoint: posts`) and without the keys that
 * are not read. Paths stay as they were; what is of another type is left for validation.
 */
export function expand(document: JsonObject, ignored: (key: string) => void): JsonObject {
  const result: Record<string, Json> = Object.assign(Object.create(null), document);
  const {resources, resource_defaults: defaults} = document;
  const hidden = isJsonObject(defaults) && isSkipped(defaults) === true;
  if (Array.isArray(resources))
    result['resources'] = resources.map((resource: Json) => expandResource(resource, hidden, ignored));
  if (isJsonObject(defaults)) result['resource_defaults'] = withoutIgnored(defaults, ignored);
  return result;
}

/** `hidden`: by the write_disposition of resource_defaults, over which the resource's own wins. */
function expandResource(resource: Json, hidden: boolean, ignored: (key: string) => void): Json {
  if (typeof resource === 'string' && !holdsJson(resource)) return {name: resource, endpoint: {path: resource}};
  if (!isJsonObject(resource)) return resource;
  const rest = withoutIgnored(resource, ignored);
  if (hidden && isSkipped(resource) === false && !('selected' in rest)) rest['selected'] = true;
  const {endpoint} = rest;
  return typeof endpoint === 'string' && !holdsJson(endpoint) ? {...rest, endpoint: {path: endpoint}} : rest;
}
