import type {AuthBlock, Config, EndpointConfig, ResourceConfig} from '../../config/config.js';
import {ExactNumber, type Json} from '../../json/exact.js';
import {paginators} from '../../pagination/table.js';
import {parentReferences} from '../../plan/references.js';
import {choosePaginator} from '../../plan/resource.js';

/**
 * The configuration with every default written out, as a document that reads the same; durations in seconds. `redact` masks
 * what stands there in clear.
 */
export function resolvedDocument(config: Config, only: string | undefined, redact: (text: string) => string): Json {
  const {client, discover, shard} = config;
  const {auth, paginator, timeout, total_timeout, rate_limit, retry, ...rest} = client;
  const resources = config.resources.filter(({name}) => only === undefined || name === only);
  return toJson(
    {
      client: {
        ...rest,
        check: rest.check.resources === undefined ? undefined : rest.check,
        auth: authOf(auth),
        paginator: paginator === undefined ? 'auto' : paginatorOf(paginator.type, paginator.options),
        retry: inSeconds(retry),
        rate_limit: inSeconds(rate_limit),
        timeout: timeout / 1_000,
        total_timeout: total_timeout / 1_000,
      },
      resources: resources.map((resource) => resourceOf(resource, config)),
      discover,
      shard,
    },
    redact,
  );
}

const authOf = (blocks: readonly AuthBlock[]): unknown => {
  const written = blocks.map(({type, options}) => ({...options, type}));
  return written.length === 0 ? 'none' : written.length === 1 ? written[0] : written;
};

function paginatorOf(type: string, options: object): unknown {
  const kind = paginators.find((one) => one.type === type);
  const parsed = kind?.schema.safeParse(options);
  return {...(parsed?.success === true ? parsed.data : options), type};
}

const inSeconds = <T extends {readonly max_delay?: number; readonly max_wait?: number}>(value: T) => ({
  ...value,
  ...(value.max_delay === undefined ? {} : {max_delay: value.max_delay / 1_000}),
  ...(value.max_wait === undefined ? {} : {max_wait: value.max_wait / 1_000}),
});

function resourceOf(resource: ResourceConfig, config: Config): unknown {
  const {
    place: _,
    key_is_default: __,
    parent_incremental_written: ___,
    need_parent: ____,
    endpoint,
    primary_key,
    ...rest
  } = resource;
  const {on_missing, parent_incremental} = rest;
  const isChild = endpoint !== undefined && parentReferences(endpoint, []).length > 0;
  return {
    ...rest,
    // Without a parent they say nothing, and writing them would be a warning.
    ...(isChild ? {on_missing, parent_incremental} : {on_missing: undefined, parent_incremental: undefined}),
    primary_key: keyOf(primary_key),
    processing_steps: resource.processing_steps.map(({name, options}) => ({[name]: options})),
    endpoint: endpoint === undefined ? undefined : endpointOf(endpoint, resource, config),
  };
}

const keyOf = (paths: readonly (readonly string[])[]): unknown => {
  const [only] = paths;
  if (paths.length === 1 && only?.length === 1) return only[0];
  return paths.every((path) => path.length === 1) ? paths.flat() : paths;
};

function endpointOf(endpoint: EndpointConfig, {place}: ResourceConfig, config: Config): unknown {
  const {auth, incremental, retry, rate_limit} = endpoint;
  const chosen = choosePaginator(endpoint, config, [...place, 'endpoint']);
  const {place: _, primary_key, ...kept} = incremental ?? {place: []};
  return {
    ...endpoint,
    auth: authOf(auth),
    paginator: paginatorOf(chosen.type, chosen.options),
    retry: inSeconds(retry),
    rate_limit: rate_limit === undefined ? undefined : inSeconds(rate_limit),
    incremental: incremental === undefined ? undefined : {...kept, primary_key: primary_key && keyOf(primary_key)},
  };
}

/** Without what is absent or empty. */
function toJson(value: unknown, redact: (text: string) => string): Json {
  if (typeof value === 'string') return redact(value);
  if (typeof value === 'number' || typeof value === 'boolean' || value instanceof ExactNumber) return value;
  if (Array.isArray(value)) return value.map((item: unknown) => toJson(item, redact));
  if (typeof value !== 'object' || value === null) return null;
  const object: Record<string, Json> = Object.create(null);
  for (const [name, item] of Object.entries(value)) {
    if (item !== undefined) object[name] = toJson(item, redact);
  }
  return object;
}
