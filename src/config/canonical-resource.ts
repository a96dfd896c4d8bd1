import type {Json, JsonObject} from '../json/exact.js';
import type {Segment} from '../json/path.js';
import {paginators} from '../pagination/table.js';
import {stepKinds} from '../steps/table.js';
import {authBlocks} from './auth-blocks.js';
import type {
  ClientConfig,
  EndpointConfig,
  IncrementalConfig,
  PaginatorConfig,
  ResourceConfig,
  StepConfig,
} from './config.js';
import {defined} from './defined.js';
import {explain, problemsOf} from './issues.js';
import {takeParamIncremental} from './param-incremental.js';
import type {Problem} from './problem.js';
import type {EndpointShape} from './schema/endpoint.js';
import {optionsOf} from './schema/kinds.js';
import {keyPaths} from './schema/primary-key.js';
import {resource as resourceSchema} from './schema/resource.js';
import {isJsonObject, isScalar} from './schema/values.js';

/** A resource with its defaults merged in, shorthands resolved. `place`: ['resources', 2]. */
export interface Merged {
  readonly resource: JsonObject;
  readonly place: readonly Segment[];
  /** The primary key is the one of resource_defaults. */
  readonly keyIsDefault: boolean;
  /** Keys of the resource itself that say something only with a parent. */
  readonly needParent: readonly string[];
  /** Where `endpoint.auth` is written: of all resources that take it from resource_defaults the same. */
  readonly authPlace: readonly Segment[];
}

/** The resource as the rest of the code sees it; undefined where it is not valid. */
export function canonicalResource(
  merged: Merged,
  client: ClientConfig,
  problems: Problem[],
): ResourceConfig | undefined {
  const {place} = merged;
  const endpointPlace = [...place, 'endpoint'];
  const written = merged.resource['endpoint'];
  const taken = isJsonObject(written) ? takeParamIncremental(written, endpointPlace, problems) : undefined;
  const raw = taken === undefined ? merged.resource : {...merged.resource, endpoint: taken.endpoint};
  const result = resourceSchema.safeParse(raw, {error: explain});
  if (!result.success) {
    for (const problem of problemsOf(result.error.issues, place)) problems.push(problem);
    return undefined;
  }
  const {endpoint, name, records, primary_key, columns, ...rest} = result.data;
  const shape = typeof endpoint === 'object' && endpoint !== null ? endpoint : {};
  const key = keyWith(primary_key === undefined ? [] : keyPaths(primary_key), columns ?? {});
  return {
    name,
    place,
    ...defined({
      records,
      schema: rest.schema,
      endpoint:
        records === undefined
          ? canonicalEndpoint(
              shape,
              name,
              client,
              {
                endpoint: endpointPlace,
                incremental: [...endpointPlace, ...(taken?.place ?? ['incremental'])],
                auth: merged.authPlace,
              },
              problems,
            )
          : undefined,
    }),
    primary_key: key,
    key_is_default: merged.keyIsDefault && key.length > 0,
    columns: columns ?? {},
    include_from_parent: rest.include_from_parent ?? [],
    on_missing: rest.on_missing ?? 'skip',
    parent_incremental: rest.parent_incremental ?? false,
    parent_incremental_written: rest.parent_incremental !== undefined,
    need_parent: merged.needParent,
    processing_steps: steps(rest.processing_steps ?? [], [...place, 'processing_steps']),
    selected: rest.selected ?? true,
  };
}

/** `columns.x.primary_key: true` adds to the key. Each part counts once. */
function keyWith(
  key: readonly (readonly string[])[],
  columns: Readonly<Record<string, {readonly primary_key?: boolean | undefined}>>,
): readonly (readonly string[])[] {
  const added = Object.entries(columns).flatMap(([name, hint]) => (hint.primary_key === true ? [[name]] : []));
  const parts = [...key, ...added].map((part) => [JSON.stringify(part), part] as const);
  return [...new Map(parts).values()];
}

function steps(list: readonly JsonObject[], place: readonly Segment[]): readonly StepConfig[] {
  return list.flatMap((entry, index) =>
    stepKinds
      .filter((kind) => entry[kind.name] !== undefined)
      .map((kind) => ({name: kind.name, options: entry[kind.name] ?? null, place: [...place, index, kind.name]})),
  );
}

type Shape = Partial<EndpointShape>;

function canonicalEndpoint(
  shape: Shape,
  name: string,
  client: ClientConfig,
  places: {
    readonly endpoint: readonly Segment[];
    readonly incremental: readonly Segment[];
    readonly auth: readonly Segment[];
  },
  problems: Problem[],
): EndpointConfig {
  const place = places.endpoint;
  const json = shape.json ?? undefined;
  if (json !== undefined && shape.data !== undefined) {
    problems.push({
      level: 'error',
      path: [...place, 'data'],
      message: 'stands beside json: a request has one body, remove one of the two',
    });
  }
  return {
    path: shape.path ?? name,
    method: shape.method ?? 'GET',
    params: paramsOf(shape.params),
    headers: shape.headers ?? {},
    auth: shape.auth === undefined ? client.auth : authBlocks(shape.auth, places.auth),
    response_actions: shape.response_actions ?? [],
    retry: {...client.retry, ...defined(shape.retry ?? {})},
    ...defined({
      json,
      data: shape.data,
      paginator: paginatorOf(shape.paginator, [...place, 'paginator']),
      data_selector: shape.data_selector,
      data_selector_required: shape.data_selector_required,
      data_selector_key_as: shape.data_selector_key_as,
      incremental:
        shape.incremental === undefined ? undefined : incrementalOf(shape.incremental, places.incremental, problems),
      response: shape.response,
      rate_limit: shape.rate_limit,
    }),
  };
}

function paramsOf(params: Shape['params']): EndpointConfig['params'] {
  const result: Record<string, EndpointConfig['params'][string]> = Object.create(null);
  for (const [name, value] of Object.entries(params ?? {})) {
    if (isScalar(value)) result[name] = value;
    else if (Array.isArray(value)) result[name] = value.filter(isScalar);
    else if (isJsonObject(value))
      result[name] = {type: 'resolve', resource: String(value['resource']), field: String(value['field'])};
  }
  return result;
}

/** A valid paginator as its kind takes it; undefined for null and `inherit`. */
export function paginatorOf(value: Json | undefined, place: readonly Segment[]): PaginatorConfig | undefined {
  const block = typeof value === 'string' ? {type: value} : value;
  if (!isJsonObject(block)) return undefined;
  const kind = paginators.find((candidate) => candidate.type === block['type']);
  return kind === undefined ? undefined : {type: kind.type, options: optionsOf(kind, block), place};
}

function incrementalOf(
  shape: NonNullable<Shape['incremental']>,
  place: readonly Segment[],
  problems: Problem[],
): IncrementalConfig {
  const {primary_key, lookback, ...rest} = shape;
  if (lookback !== undefined && rest.lag !== undefined) {
    problems.push({
      level: 'error',
      path: [...place, 'lookback'],
      message: 'is the same key as lag: write one of the two',
    });
  }
  const lag = rest.lag ?? lookback;
  return {
    ...rest,
    lag,
    place,
    ...defined({primary_key: primary_key === undefined ? undefined : keyPaths(primary_key)}),
  };
}
