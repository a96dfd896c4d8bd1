import type {Config, ResourceConfig} from '../../config/config.js';
import type {JsonObject} from '../../json/exact.js';
import {choosePaginator} from '../../plan/resource.js';

/** A resource and what its paginator is configured to be, its type among the options. */
export interface TriedResource {
  readonly resource: ResourceConfig;
  readonly paginator: JsonObject;
}

export function triedResource(config: Config, name: string): TriedResource | undefined {
  const resource = config.resources.find((one) => one.name === name);
  if (resource === undefined) return undefined;
  const {endpoint} = resource;
  if (endpoint === undefined) return {resource, paginator: {type: 'single_page'}};
  const {type, options} = choosePaginator(endpoint, config, [...resource.place, 'endpoint']);
  return {resource, paginator: {...options, type}};
}
