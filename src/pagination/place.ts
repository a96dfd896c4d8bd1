import {configError, located} from '../errors.js';
import {setBody, setQuery} from '../http/placement.js';
import type {RequestSpec} from '../http/request.js';
import {ExactNumber, type Json, type JsonObject} from '../json/exact.js';
import type {PaginatorContext} from './paginator.js';

/** Where a paginator puts a value: a query parameter, or a path in the body. `at`: the key that says so, for messages. */
export type Place = ({readonly param: string} | {readonly bodyPath: string}) & {readonly at: string};

/** Two keys of a paginator that name a place: `limit_param` and `limit_body_path`. */
interface PlaceKeys {
  readonly param: string;
  readonly bodyPath: string;
}

/** Their values. */
interface WrittenPlace {
  readonly param: string | null | undefined;
  readonly bodyPath: string | null | undefined;
}

/**
 * The place that the configuration names, else the parameter `fallback`. Throws ConnectorError for both at once, and for
 * a body path where the endpoint sends text (trap T14: the page would be the same every time).
 */
export function compilePlace(
  written: WrittenPlace,
  keys: PlaceKeys,
  fallback: string,
  context: PaginatorContext,
): Place;
export function compilePlace(
  written: WrittenPlace,
  keys: PlaceKeys,
  fallback: string | undefined,
  context: PaginatorContext,
): Place | undefined;
export function compilePlace(
  written: WrittenPlace,
  keys: PlaceKeys,
  fallback: string | undefined,
  context: PaginatorContext,
): Place | undefined {
  const param = written.param ?? undefined;
  const bodyPath = written.bodyPath ?? undefined;
  if (bodyPath === undefined) {
    const named = param ?? fallback;
    return named === undefined ? undefined : {param: named, at: `${context.place}.${keys.param}`};
  }
  if (param !== undefined) {
    throw configError(`${context.place}: ${keys.param} and ${keys.bodyPath} name two places for one value; write one`);
  }
  if (context.body === 'text') {
    throw configError(
      `${context.place}.${keys.bodyPath}: the body of ${context.resource} is text (data as a string); ` +
        `use json or a form, or ${keys.param}`,
    );
  }
  return {bodyPath, at: `${context.place}.${keys.bodyPath}`};
}

export const isJsonObject = (value: Json): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber);

/** Whether the place takes the members of an object: the parameter `*`, the body path `$`. */
export const takesMembers = (place: Place): boolean =>
  'param' in place ? place.param === '*' : place.bodyPath === '$';

/** The request with `value` at `place`; equally named parameters and members are replaced. */
export const put = (request: RequestSpec, place: Place, value: Json): RequestSpec =>
  located(place.at, () =>
    'param' in place ? setQuery(request, place.param, value) : setBody(request, place.bodyPath, value),
  );

/** The name of the place, for messages. */
export const placeName = (place: Place): string => ('param' in place ? place.param : place.bodyPath);
