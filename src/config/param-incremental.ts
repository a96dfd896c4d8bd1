import type {Json, JsonObject} from '../json/exact.js';
import type {Segment} from '../json/path.js';
import type {Problem} from './problem.js';
import {isJsonObject} from './schema/values.js';

interface Taken {
  readonly endpoint: JsonObject;
  /** Where the declaration stands, below the endpoint. */
  readonly place: readonly Segment[];
}

/**
 * dlt's `params: {since: {type: incremental, …}}` as `endpoint.incremental` with `start_param: since`. Two declarations in
 * one endpoint are an error (config-language §8).
 */
export function takeParamIncremental(endpoint: JsonObject, path: readonly Segment[], problems: Problem[]): Taken {
  const {params, incremental} = endpoint;
  const found = isJsonObject(params) ? Object.entries(params).filter(([, value]) => isDeclaration(value)) : [];
  const [first, second] = found;
  if (first === undefined || !isJsonObject(params)) return {endpoint, place: ['incremental']};
  const [name, declaration] = first;
  const another =
    second !== undefined ? ['params', second[0]] : isJsonObject(incremental) ? ['incremental'] : undefined;
  if (another !== undefined) {
    problems.push({
      level: 'error',
      path: [...path, ...another],
      message: `is a second incremental declaration beside params.${name}: an endpoint has one`,
    });
  }
  const rest: Record<string, Json> = Object.create(null);
  for (const [key, value] of Object.entries(params)) if (!isDeclaration(value)) rest[key] = value;
  const taken: Record<string, Json> = Object.create(null);
  for (const [key, value] of Object.entries(isJsonObject(declaration) ? declaration : {}))
    if (key !== 'type') taken[key] = value;
  taken['start_param'] = name;
  return {
    endpoint: Object.assign(Object.create(null), endpoint, {params: rest, incremental: taken}),
    place: ['params', name],
  };
}

const isDeclaration = (value: Json): boolean => isJsonObject(value) && value['type'] === 'incremental';
