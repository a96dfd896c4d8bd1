import type {EndpointConfig} from '../config/config.js';
import {placeOf} from '../config/problem.js';
import {configError, located} from '../errors.js';
import {setQuery} from '../http/placement.js';
import type {RequestBody, RequestSpec} from '../http/request.js';
import {checkHeader} from '../http/wire.js';
import {ExactNumber, type Json} from '../json/exact.js';
import type {Segment} from '../json/path.js';
import {isResolve} from './references.js';
import {compileJson, compileText, type TextRenderer, textOf} from './render.js';
import {boundResolver} from './resolve.js';
import type {RenderInput, Resolver, Scope} from './scope.js';
import {compileUrl} from './url-template.js';

/** The request of an endpoint before its pagination, rendered for one slice. */
export type RequestRenderer = (input: RenderInput, baseUrl: string) => RequestSpec;

type Entry = (input: RenderInput) => readonly (readonly [string, string])[];

/** Compiles path, params, headers and body. `clientHeaders` are rendered apart: they know other placeholders. */
export function compileRequest(
  endpoint: EndpointConfig,
  clientHeaders: readonly (readonly [string, TextRenderer])[],
  scope: Scope,
  place: readonly Segment[],
  usedInPath: ReadonlySet<string>,
): RequestRenderer {
  const url = compileUrl(endpoint.path, scope, [...place, 'path']);
  const query: Entry[] = [];
  for (const [name, value] of Object.entries(endpoint.params)) {
    if (usedInPath.has(name) || isResolve(value)) continue;
    query.push(entry(name, value as Json, scope, [...place, 'params', name]));
  }
  const headers = compileHeaders(endpoint, clientHeaders, scope, place);
  const body = compileBody(endpoint, scope, place);
  const {start_param: start, end_param: end} = endpoint.incremental ?? {};
  const bounds: (readonly [string, Resolver, string])[] = [];
  if (scope.cursor !== undefined) {
    const {cursor} = scope;
    if (start !== undefined) bounds.push([start, boundResolver(cursor, 'since'), `${cursor.place}.start_param`]);
    if (end !== undefined) bounds.push([end, boundResolver(cursor, 'until'), `${cursor.place}.end_param`]);
    if (end !== undefined && cursor.end === undefined && cursor.step === undefined) {
      scope.warn(
        [...(endpoint.incremental?.place ?? place), 'end_param'],
        'is never sent: there is no end_value (such as now) and no step',
      );
    }
  }
  return (input, baseUrl) => {
    const rendered = body(input);
    let spec: RequestSpec = {
      method: endpoint.method,
      url: url(input, baseUrl),
      query: query.flatMap((pairs) => pairs(input)),
      headers: headers(input),
      ...(rendered === undefined ? {} : {body: rendered}),
    };
    for (const [name, value, at] of bounds) {
      const bound = value(input);
      if (bound !== undefined) spec = located(at, () => setQuery(spec, name, bound));
    }
    return spec;
  };
}

/** One param or form field: lists repeat the name, null drops it; one without a value is left out. */
function entry(name: string, value: Json, scope: Scope, place: readonly Segment[]): Entry {
  const key = compileText(name, 'value', scope, place);
  const values = (Array.isArray(value) ? value : [value])
    .filter((item: Json) => item !== null)
    .map(
      (item: Json): TextRenderer =>
        typeof item === 'string' ? compileText(item, 'value', scope, place) : () => textOf(item),
    );
  return (input) => {
    const name = key(input);
    if (name === undefined) return [];
    return values.flatMap((item) => {
      const text = item(input);
      return text === undefined ? [] : [[name, text] as const];
    });
  };
}

function compileHeaders(
  endpoint: EndpointConfig,
  clientHeaders: readonly (readonly [string, TextRenderer])[],
  scope: Scope,
  place: readonly Segment[],
): (input: RenderInput) => Readonly<Record<string, string>> {
  const removed = new Set<string>();
  const own: HeaderRenderer[] = [];
  for (const [name, value] of Object.entries(endpoint.headers)) {
    const at = [...place, 'headers', name];
    if (value === null) removed.add(name.toLowerCase());
    else own.push(compileHeader(name, value, scope, at));
  }
  return (input) => {
    const headers: Record<string, string> = {};
    for (const [name, value] of clientHeaders) {
      const text = value(input);
      if (text !== undefined && !removed.has(name.toLowerCase())) headers[name.toLowerCase()] = text;
    }
    for (const header of own) {
      const rendered = header(input);
      if (rendered !== undefined) headers[rendered[0]] = rendered[1];
    }
    return headers;
  };
}

type HeaderRenderer = (input: RenderInput) => readonly [name: string, value: string] | undefined;

function compileHeader(
  name: string,
  value: string | number | boolean | ExactNumber,
  scope: Scope,
  place: readonly Segment[],
): HeaderRenderer {
  const nameOf = compileText(name, 'value', scope, place);
  const textIn = typeof value === 'string' ? compileText(value, 'value', scope, place) : () => textOf(value);
  return (input) => {
    const key = nameOf(input)?.toLowerCase();
    const text = textIn(input);
    if (key === undefined || text === undefined) return undefined;
    located(placeOf(place), () => checkHeader(key, text));
    return [key, text];
  };
}

function compileBody(
  endpoint: EndpointConfig,
  scope: Scope,
  place: readonly Segment[],
): (input: RenderInput) => RequestBody | undefined {
  const {json, data} = endpoint;
  if (json !== undefined) {
    const value = compileJson(json, scope, [...place, 'json']);
    return (input) => ({kind: 'json', value: value(input)});
  }
  if (data === undefined) return () => undefined;
  if (typeof data === 'string') {
    const text = compileText(data, 'value', scope, [...place, 'data']);
    return (input) => {
      const rendered = text(input);
      if (rendered === undefined)
        throw configError(
          `${placeOf([...place, 'data'])}: the body has no value for its placeholder: give incremental.initial_value`,
        );
      return {kind: 'text', text: rendered};
    };
  }
  const list: readonly (readonly [string, Json])[] = Array.isArray(data) ? data : Object.entries(data);
  const pairs = list.map(([name, value]) => entry(name, value, scope, [...place, 'data', name]));
  if (pairs.length === 0) return () => undefined;
  return (input) => ({kind: 'form', pairs: pairs.flatMap((pair) => pair(input))});
}

/** dlt's bare {name}: the resolver of a param, be it static or `resolve`; undefined where there is no such param. */
export function paramResolver(
  endpoint: EndpointConfig,
  name: string,
  parentField: (parent: string, path: string) => Resolver | undefined,
): Resolver | undefined {
  if (!Object.hasOwn(endpoint.params, name)) return undefined;
  const value = endpoint.params[name];
  if (isResolve(value)) return parentField(value.resource, value.field);
  if (value === undefined || value === null || (typeof value === 'object' && !(value instanceof ExactNumber)))
    return undefined;
  return () => value as Json;
}
