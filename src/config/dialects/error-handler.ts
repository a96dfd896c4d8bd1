import type {Json, JsonObject} from '../../json/exact.js';
import {isJsonObject} from '../schema/values.js';
import {emptyObject, withMembers, without} from './edit.js';
import {dialect, type Notes} from './notes.js';
import {mapMember, mapResources, type Path} from './places.js';

/** `error_handler` of a resource, an endpoint or the client: `retry` and `response_actions`. */
export const errorHandler = dialect('error-handler', (document, notes) => {
  const client = mapMember(document, 'client', (value) =>
    isJsonObject(value) && value['error_handler'] !== undefined ? ofClient(value, ['client'], notes) : value,
  );
  return mapResources(client, (resource, path) => {
    // The endpoint's own comes first: what is written there wins.
    const inner = mapMember(resource, 'endpoint', (endpoint) =>
      isJsonObject(endpoint) && endpoint['error_handler'] !== undefined
        ? ofEndpoint(endpoint, [...path, 'endpoint'], notes)
        : endpoint,
    );
    return intoEndpoint(inner, path, notes);
  });
});

const advice =
  'cannot be translated: write retry: {max_retries, backoff_factor, status_codes} and response_actions: [{status_code, action}]';

interface Meaning {
  readonly retry: JsonObject;
  readonly ignored: readonly Json[];
}

const names: readonly (readonly [string, string])[] = [
  ['max_retries', 'max_retries'],
  ['backoff_factor', 'backoff_factor'],
  ['retry_on_status_codes', 'status_codes'],
];

/** undefined, and reported, where the block has other keys. */
function meaning(block: Json | undefined, path: Path, notes: Notes): Meaning | undefined {
  if (!isJsonObject(block)) {
    notes.refused(path, advice);
    return undefined;
  }
  const known = [...names.map(([seen]) => seen), 'ignore_status_codes'];
  const other = Object.keys(block).find((key) => !known.includes(key));
  if (other !== undefined) {
    notes.refused([...path, other], advice);
    return undefined;
  }
  const retry = emptyObject();
  for (const [seen, canonical] of names) {
    const value = block[seen];
    if (value !== undefined) retry[canonical] = value;
  }
  const ignored = block['ignore_status_codes'];
  return {retry, ignored: Array.isArray(ignored) ? ignored : ignored === undefined ? [] : [ignored]};
}

function spelled({retry, ignored}: Meaning): string {
  const parts = [
    ...(Object.keys(retry).length > 0 ? [`retry: {${Object.keys(retry).join(', ')}}`] : []),
    ...(ignored.length > 0 ? ['response_actions: [{status_code, action: ignore}]'] : []),
  ];
  return parts.join(' and ') || 'retry';
}

/** What is written in `retry` wins, its codes are kept too. */
function withRetry(owner: JsonObject, retry: JsonObject): JsonObject {
  if (Object.keys(retry).length === 0) return owner;
  const own = owner['retry'];
  if (!isJsonObject(own)) return withMembers(owner, {retry});
  const merged = {...retry, ...own};
  const [added, written] = [retry['status_codes'], own['status_codes']];
  if (Array.isArray(added) && Array.isArray(written)) merged['status_codes'] = [...new Set([...written, ...added])];
  return withMembers(owner, {retry: merged});
}

function ofEndpoint(endpoint: JsonObject, path: Path, notes: Notes): JsonObject {
  const at = [...path, 'error_handler'];
  const rest = without(endpoint, ['error_handler']);
  const found = meaning(endpoint['error_handler'], at, notes);
  if (found === undefined) return rest;
  notes.translated(at, 'error_handler', spelled(found));
  const retrying = withRetry(rest, found.retry);
  if (found.ignored.length === 0) return retrying;
  const written = rest['response_actions'];
  const actions = found.ignored.map((status_code) => ({status_code, action: 'ignore'}));
  return withMembers(retrying, {response_actions: [...(Array.isArray(written) ? written : []), ...actions]});
}

function ofClient(client: JsonObject, path: Path, notes: Notes): JsonObject {
  const at = [...path, 'error_handler'];
  const rest = without(client, ['error_handler']);
  const found = meaning(client['error_handler'], at, notes);
  if (found === undefined) return rest;
  if (found.ignored.length > 0) {
    notes.refused(
      [...at, 'ignore_status_codes'],
      'belongs to endpoints: write resource_defaults.endpoint.response_actions: [{status_code, action: ignore}]',
    );
  }
  notes.translated(at, 'error_handler', spelled({...found, ignored: []}));
  return withRetry(rest, found.retry);
}

/** One that stands beside the endpoint instead of in it. */
function intoEndpoint(resource: JsonObject, path: Path, notes: Notes): JsonObject {
  if (resource['error_handler'] === undefined) return resource;
  const {endpoint} = resource;
  const rest = without(resource, ['error_handler']);
  const target = isJsonObject(endpoint) ? endpoint : typeof endpoint === 'string' ? {path: endpoint} : {};
  const translated = ofEndpoint(withMembers(target, {error_handler: resource['error_handler']}), path, notes);
  return withMembers(rest, {endpoint: translated});
}
