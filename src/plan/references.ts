import type {EndpointConfig} from '../config/config.js';
import type {Segment} from '../json/path.js';
import {parseTemplate, placeholders, type Site, splitReference, strings} from './template.js';

/** A field of a parent row that an endpoint uses. */
export interface Reference {
  readonly parent: string;
  readonly path: string;
  readonly place: readonly Segment[];
}

/** dlt's {type: resolve, resource, field}. */
export const isResolve = (
  value: unknown,
): value is {readonly type: 'resolve'; readonly resource: string; readonly field: string} =>
  typeof value === 'object' && value !== null && 'type' in value && value.type === 'resolve';

/** Every parent field that the endpoint's templates and resolve params use, in order of appearance. */
export function parentReferences(endpoint: EndpointConfig, place: readonly Segment[]): Reference[] {
  const found: Reference[] = [];
  const collect = (text: string, site: Site, at: readonly Segment[]): void => {
    for (const placeholder of placeholders(parseTemplate(text, site))) {
      if (placeholder.context !== 'resources') continue;
      const [parent, path] = splitReference(placeholder.name);
      if (path !== '') found.push({parent, path, place: at});
    }
  };
  collect(endpoint.path, 'path', [...place, 'path']);
  for (const [name, value] of Object.entries(endpoint.params)) {
    const at = [...place, 'params', name];
    collect(name, 'value', at);
    if (isResolve(value)) found.push({parent: value.resource, path: value.field, place: at});
    else for (const [text, path] of strings(value, at)) collect(text, 'value', path);
  }
  for (const [name, value] of Object.entries(endpoint.headers)) {
    collect(name, 'value', [...place, 'headers', name]);
    if (typeof value === 'string') collect(value, 'value', [...place, 'headers', name]);
  }
  for (const [text, path] of strings(endpoint.json, [...place, 'json'])) collect(text, 'json', path);
  for (const [text, path] of strings(endpoint.data, [...place, 'data'])) collect(text, 'value', path);
  return found;
}
