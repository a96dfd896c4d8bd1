import type * as z from 'zod';
import {authKinds} from '../auth/table.js';
import type {Segment} from '../json/path.js';
import {paginators} from '../pagination/table.js';
import {client} from './schema/client.js';
import {document} from './schema/document.js';
import {endpoint} from './schema/endpoint.js';
import {incremental} from './schema/incremental.js';
import {resource} from './schema/resource.js';
import {response} from './schema/response.js';

type Block = 'document' | 'client' | 'resource' | 'endpoint' | 'paginator' | 'incremental' | 'response' | 'auth';

const keysOf = (schema: z.ZodObject): readonly string[] => Object.keys(schema.shape);

/** Keys by the block they belong to; the first block that knows a key is its home. */
const homes: readonly (readonly [Block, ReadonlySet<string>])[] = [
  ['document', new Set([...keysOf(document), 'secrets'])],
  ['client', new Set(keysOf(client))],
  ['resource', new Set(keysOf(resource))],
  ['endpoint', new Set(keysOf(endpoint))],
  ['incremental', new Set(keysOf(incremental))],
  ['response', new Set(keysOf(response))],
  ['paginator', new Set(paginators.flatMap(({schema}) => keysOf(schema)))],
  ['auth', new Set(authKinds.flatMap(({schema}) => keysOf(schema)))],
];

const home: Readonly<Record<Block, string>> = {
  document: 'the top level, beside client',
  client: 'client',
  resource: 'a resource: beside its name and endpoint',
  endpoint: 'the endpoint of a resource',
  paginator: 'paginator',
  incremental: 'endpoint.incremental',
  response: 'endpoint.response',
  auth: 'auth',
};

/** What people write for a key of the block, and what it is called here. */
const otherWords: Partial<Record<Block, Readonly<Record<string, string>>>> = {
  client: {
    url: 'base_url',
    baseURL: 'base_url',
    host: 'base_url',
    api_url: 'base_url',
    max_retries: 'retry: {max_retries}',
  },
  endpoint: {
    url: 'path',
    query: 'params',
    query_params: 'params',
    query_parameters: 'params',
    request_parameters: 'params',
    request_headers: 'headers',
    json_body: 'json',
    records_path: 'data_selector',
    data_path: 'data_selector',
    field_path: 'data_selector',
    selector: 'data_selector',
    form: 'data',
    pagination: 'paginator',
  },
  resource: {steps: 'processing_steps', key: 'primary_key', id: 'primary_key', transformations: 'processing_steps'},
  paginator: {
    per_page: 'limit, with limit_param: per_page',
    pageSize: 'limit, with limit_param: pageSize',
    size: 'limit, with limit_param: size',
    start_page: 'base_page',
    initial_page: 'base_page',
    page_size_param: 'limit_param',
    per_page_param: 'limit_param',
    param: 'the parameter of its type: offset_param, page_param or cursor_param',
    first_page: 'base_page',
    max_pages_count: 'max_pages',
  },
  incremental: {
    cursor_field: 'cursor_path',
    cursor: 'cursor_path',
    field: 'cursor_path',
    start: 'initial_value',
    start_date: 'initial_value',
    start_value: 'initial_value',
    end_date: 'end_value',
    param: 'start_param',
  },
};

/** What to say of an unknown key that has another name here, or belongs elsewhere; undefined where nothing is known. */
export function misplaced(path: readonly Segment[]): string | undefined {
  const key = path.at(-1);
  const block = blockOf(path.slice(0, -1));
  if (typeof key !== 'string' || block === undefined) return undefined;
  const words = otherWords[block] ?? {};
  if (Object.hasOwn(words, key)) return `unknown key; write ${words[key]}`;
  const order = block === 'document' || block === 'client' ? homes : homes.filter(([name]) => name !== 'client');
  // resource_defaults is a resource without what only one can have.
  const isDefaults = path.length === 2 && path[0] === 'resource_defaults';
  const owner = order.find(([name, keys]) => (name !== block || isDefaults) && keys.has(key))?.[0];
  return owner === undefined ? undefined : `unknown key here; it belongs to ${home[owner]}`;
}

function blockOf(path: readonly Segment[]): Block | undefined {
  const last = path.at(-1);
  if (last === undefined) return 'document';
  if (path.length === 1 && (last === 'client' || last === 'resource_defaults'))
    return last === 'client' ? 'client' : 'resource';
  if (typeof last === 'number') return path.length === 2 && path[0] === 'resources' ? 'resource' : undefined;
  return nested.find((block) => block === last);
}

/** Blocks that are called the same wherever they stand. */
const nested: readonly Block[] = ['endpoint', 'paginator', 'incremental', 'response', 'auth'];
