import {ExactNumber, type Json, type JsonObject} from '../json/exact.js';
import type {Segment} from '../json/path.js';
import type {Secrets} from '../secrets.js';
import {isJsonObject} from './schema/values.js';
import {queryOf, userInfoOf} from './url-parts.js';

/** Keys of an auth block whose values are no secrets. */
const plain = new Set(
  'type name location prefix scopes scope client_auth token_url access_token_url client_id username token_path lifetime refresh_on grant_type default_token_expiration path method headers Accept Content-Type audience resource account_id user email'.split(
    ' ',
  ),
);

/** Whether what stands at this path of a client or endpoint is a credential, going by its key. */
export function isCredential(path: readonly Segment[]): boolean {
  const key = path.findLast((segment) => typeof segment === 'string') ?? '';
  if (path.includes('auth')) return key !== 'auth' && !plain.has(key);
  return path.includes('headers') && sensitive.test(key);
}

/** Names of headers and parameters that carry credentials. */
const sensitive =
  /^(?:authorization|proxy-authorization|cookie)$|(?:^|[_-])(?:token|secret|password|passwd|pwd|apikey|signature)$|api[_-]?key|access[_-]?key|[_-]auth$|-key$/i;

/** Names of positions, which only sound like credentials. */
const position = /^(?:page|next|cursor|continuation|sync|start|starting|resume)[_-]?(?:page[_-]?)?token$/i;

interface Found {
  readonly path: readonly Segment[];
  readonly value: string;
  /** What it is called, where the path's end does not say it. */
  readonly name?: string;
}

/** Every literal credential of the document: under auth blocks, under telling names in headers, params, bodies and URLs, before a host. */
export function credentials(document: JsonObject): Found[] {
  const found: Found[] = [];
  const add = (value: Json | undefined, path: readonly Segment[]): void => {
    if (typeof value === 'string') found.push({path, value});
    else if (Array.isArray(value)) for (const [index, item] of value.entries()) add(item, [...path, index]);
    else if (isJsonObject(value)) {
      for (const [key, member] of Object.entries(value))
        if (!plain.has(key) || isJsonObject(member)) add(member, [...path, key]);
    }
  };
  const named = (map: Json | undefined, path: readonly Segment[]): void => {
    if (Array.isArray(map)) for (const [index, item] of map.entries()) named(item, [...path, index]);
    if (!isJsonObject(map)) return;
    for (const [key, value] of Object.entries(map)) {
      if (!sensitive.test(key) || position.test(key)) named(value, [...path, key]);
      else add(value, [...path, key]);
    }
  };
  for (const {block, path} of requestBlocks(document)) {
    const auth = block['auth'];
    if (typeof auth !== 'string') add(auth, [...path, 'auth']);
    for (const key of ['headers', 'params', 'data', 'json']) named(block[key], [...path, key]);
  }
  for (const {url, path} of urlsOf(document)) {
    for (const [name, value] of queryOf(url))
      if (sensitive.test(name) && !position.test(name)) found.push({path, value, name});
    const {username, password} = userInfoOf(url) ?? {username: '', password: ''};
    if (password !== '') found.push({path, value: password, name: 'password'});
    else if (username !== '') found.push({path, value: username, name: 'username'});
  }
  return found;
}

interface Url {
  readonly url: string;
  readonly path: readonly Segment[];
}

/** Every URL and path of the document: of requests, in short form too, and of token and login requests. */
function urlsOf(document: JsonObject): readonly Url[] {
  const found: Url[] = [];
  const add = (url: Json | undefined, path: readonly Segment[]): void => {
    if (typeof url === 'string') found.push({url, path});
  };
  for (const {block, path} of requestBlocks(document)) {
    for (const key of ['base_url', 'path']) add(block[key], [...path, key]);
    const auth = block['auth'];
    const isList = Array.isArray(auth);
    for (const [index, one] of (isList ? auth : [auth]).entries()) {
      if (!isJsonObject(one)) continue;
      const at = [...path, 'auth', ...(isList ? [index] : [])];
      for (const key of ['token_url', 'access_token_url']) add(one[key], [...at, key]);
      if (isJsonObject(one['login'])) add(one['login']['path'], [...at, 'login', 'path']);
    }
  }
  const {resources} = document;
  for (const [index, resource] of (Array.isArray(resources) ? resources : []).entries()) {
    add(resource, ['resources', index]);
    if (isJsonObject(resource)) add(resource['endpoint'], ['resources', index, 'endpoint']);
  }
  return found;
}

/** client, resource_defaults.endpoint and the endpoints: what has auth and headers. */
function* requestBlocks(document: JsonObject): Generator<{block: JsonObject; path: readonly Segment[]}> {
  const {client, resource_defaults: defaults, resources} = document;
  if (isJsonObject(client)) yield {block: client, path: ['client']};
  if (isJsonObject(defaults) && isJsonObject(defaults['endpoint']))
    yield {block: defaults['endpoint'], path: ['resource_defaults', 'endpoint']};
  if (!Array.isArray(resources)) return;
  for (const [index, resource] of resources.entries()) {
    const endpoint: unknown = isJsonObject(resource) ? resource['endpoint'] : undefined;
    if (isJsonObject(endpoint)) yield {block: endpoint, path: ['resources', index, 'endpoint']};
  }
}

/** Placeholders that have no value yet. */
const unfilled = /\$\{[A-Z0-9_]+\}|\{(?:secrets|vars|auth)\.[^{}]+\}|\{\{[^{}]*\}\}/;

/** Characters of a written part that count as a secret: fewer are words such as Bearer. */
const leastPart = 8;

/** Tells the registry every secret of the document, as rendered, and the Basic pairs (contract, *Secrets*). */
export function registerSecrets(
  document: JsonObject,
  values: Readonly<Record<string, string>>,
  secrets: Secrets,
): void {
  for (const value of Object.values(values)) secrets.add(value);
  const variables = variablesOf(document);
  const render = (text: string) =>
    text.replace(/\{(secrets|vars)\.([^{}|]+)\}/g, (whole, kind: string, name: string) => {
      const value = kind === 'secrets' ? values[name] : variables[name];
      if (kind === 'vars' && value !== undefined) secrets.add(value);
      return value ?? whole;
    });
  for (const {value} of credentials(document)) {
    const rendered = render(value);
    const parts = rendered.split(unfilled);
    if (parts.length > 1) {
      // Its names are for the messages; what is written around them may be a part of a secret.
      for (const part of parts) if (part.trim().length >= leastPart) secrets.add(part.trim());
      continue;
    }
    if (rendered !== value || !value.includes('{')) secrets.add(rendered);
    secrets.add(rendered.replace(/^(?:Bearer|Basic|Token|ApiKey)\s+/i, ''));
  }
  for (const {block} of requestBlocks(document)) {
    const auth = block['auth'];
    for (const one of Array.isArray(auth) ? auth : [auth])
      if (isJsonObject(one)) registerBasic(one, values, render, secrets);
  }
  for (const {url} of urlsOf(document)) {
    const info = userInfoOf(url);
    if (info !== undefined) secrets.addBasic(decoded(render(info.username)), decoded(render(info.password)));
  }
}

/** Without percent encoding; as it is where that is none. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function registerBasic(
  block: JsonObject,
  values: Readonly<Record<string, string>>,
  render: (text: string) => string,
  secrets: Secrets,
): void {
  const text = (value: Json | undefined, missing: string | undefined) =>
    typeof value === 'string' ? render(value) : missing;
  const username = text(block['username'], undefined);
  const password = text(block['password'], values['password']);
  if (username !== undefined && password !== undefined) secrets.addBasic(username, password);
  if (username !== undefined && (password ?? '') === '') secrets.add(username);
  const id = text(block['client_id'], undefined);
  const secret = text(block['client_secret'], values['client_secret']);
  if (id !== undefined && secret !== undefined) secrets.addBasic(id, secret);
}

function variablesOf(document: JsonObject): Readonly<Record<string, string>> {
  const all: Record<string, string> = Object.create(null);
  const client = document['client'];
  for (const map of [document['variables'], isJsonObject(client) ? client['variables'] : undefined]) {
    if (!isJsonObject(map)) continue;
    for (const [name, value] of Object.entries(map)) {
      if (typeof value === 'string') all[name] = value;
      else if (value instanceof ExactNumber) all[name] = value.text;
      else if (typeof value === 'number') all[name] = String(value);
    }
  }
  return all;
}
