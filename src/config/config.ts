import type {Json, JsonObject} from '../json/exact.js';
import type {Segment} from '../json/path.js';
import type {ClientShape} from './schema/client.js';
import type {Column} from './schema/columns.js';
import type {Discover} from './schema/discover.js';
import type {RequestData} from './schema/endpoint.js';
import type {HeaderMap} from './schema/header-map.js';
import type {IncrementalShape} from './schema/incremental.js';
import type {ParamValue} from './schema/params.js';
import type {RateLimit} from './schema/rate-limit.js';
import type {ResponseConfig} from './schema/response.js';
import type {ResponseAction} from './schema/response-actions.js';
import type {Retry} from './schema/retry.js';
import type {Shard} from './schema/shard.js';
import type {Scalar} from './schema/values.js';

/**
 * The canonical document: doors, dialects, shorthands, resource_defaults and defaults are applied, names are the
 * language's. Durations of `client`, `retry` and `rate_limit` are ms, sizes bytes. A member that is absent or null in the
 * document is absent here, unless it says otherwise.
 */
export interface Config {
  readonly client: ClientConfig;
  readonly resources: readonly ResourceConfig[];
  readonly discover: Discover;
  readonly shard?: Shard;
}

export interface ClientConfig extends Omit<ClientShape, 'auth' | 'paginator' | 'variables' | 'headers' | 'check'> {
  readonly headers: HeaderMap;
  /** Empty: no authentication. Several: all of them together. */
  readonly auth: readonly AuthBlock[];
  readonly paginator?: PaginatorConfig;
  /** `client.variables` and the top level's. */
  readonly variables: Readonly<Record<string, Scalar>>;
  /** `check.resources` */
  readonly check: {readonly resources?: readonly string[]};
}

/** One auth block as `AuthKind.create` takes it: placeholders are still in `options`; missing secrets are {secrets.NAME}. */
export interface AuthBlock {
  readonly type: string;
  readonly options: JsonObject;
  /** Resources that share a block have the same place: ['client', 'auth'] or ['client', 'auth', 1]. */
  readonly place: readonly Segment[];
}

/** As `PaginatorKind.create` takes it; never `inherit`. */
export interface PaginatorConfig {
  readonly type: string;
  readonly options: JsonObject;
  readonly place: readonly Segment[];
}

/** As `StepKind.create` takes it. */
export interface StepConfig {
  readonly name: string;
  readonly options: Json;
  readonly place: readonly Segment[];
}

export interface ResourceConfig {
  readonly name: string;
  /** Where it stands in the document: ['resources', 2]. */
  readonly place: readonly Segment[];
  /** Absent for a static parent. */
  readonly endpoint?: EndpointConfig;
  /** A static parent's rows. */
  readonly records?: readonly JsonObject[];
  /** Paths of the key's parts, `columns.x.primary_key` included; empty: no key. */
  readonly primary_key: readonly (readonly string[])[];
  /** The key comes from resource_defaults. */
  readonly key_is_default: boolean;
  readonly columns: Readonly<Record<string, Column>>;
  readonly schema?: 'schemaless' | Readonly<Record<string, unknown>>;
  readonly include_from_parent: readonly string[];
  readonly on_missing: 'skip' | 'fail';
  readonly parent_incremental: boolean;
  /** `parent_incremental` is written, be it false: no notice then. */
  readonly parent_incremental_written: boolean;
  /** Keys written on the resource itself that say something only with a parent. */
  readonly need_parent: readonly string[];
  readonly processing_steps: readonly StepConfig[];
  readonly selected: boolean;
}

export interface EndpointConfig {
  readonly path: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  readonly params: Readonly<Record<string, ParamValue>>;
  readonly json?: Json;
  readonly data?: RequestData;
  /** Of the endpoint alone; null removes the client's. */
  readonly headers: HeaderMap;
  /** Of the endpoint or else the client's. */
  readonly auth: readonly AuthBlock[];
  /**
   * Of the endpoint or resource_defaults. Absent: the one-entity rule, then `client.paginator`, then auto
   * (config-language §5).
   */
  readonly paginator?: PaginatorConfig;
  readonly data_selector?: string | readonly string[];
  readonly data_selector_required?: boolean;
  readonly data_selector_key_as?: string;
  readonly incremental?: IncrementalConfig;
  readonly response_actions: readonly ResponseAction[];
  readonly response?: ResponseConfig;
  /** The client's, overlaid key by key. */
  readonly retry: Retry;
  readonly rate_limit?: RateLimit;
}

export interface IncrementalConfig extends Omit<IncrementalShape, 'primary_key' | 'lookback'> {
  /** Paths of the de-duplication key; empty: off; absent: the resource's key. */
  readonly primary_key?: readonly (readonly string[])[];
  /** Where it is written: ['resources', 2, 'endpoint', 'incremental'], or a param. */
  readonly place: readonly Segment[];
}
