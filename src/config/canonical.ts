import type * as z from 'zod';
import {didYouMean} from '../did-you-mean.js';
import type {Json, JsonObject} from '../json/exact.js';
import type {Segment} from '../json/path.js';
import {authBlocks, fillAuth} from './auth-blocks.js';
import {canonicalResource, type Merged, paginatorOf} from './canonical-resource.js';
import type {ClientConfig, Config, ResourceConfig} from './config.js';
import {mergeDefaults} from './defaults.js';
import {defined} from './defined.js';
import {explain, problemsOf} from './issues.js';
import {misplaced} from './misplaced.js';
import {type Problem, placeOf} from './problem.js';
import {document as documentSchema} from './schema/document.js';
import {isJsonObject, type Scalar} from './schema/values.js';
import {expand} from './shorthands.js';
import {findUnsupported, unsupportedKey} from './unsupported.js';

interface From {
  readonly secretValues: Readonly<Record<string, string>>;
  /** The document was made from the web form. */
  readonly form: boolean;
}

/** The canonical configuration of a document in the language's own words; undefined where its shape is not valid. */
export function canonical(document: JsonObject, from: From, problems: Problem[]): Config | undefined {
  const ignored = new Set<string>();
  const expanded = fillAll(
    expand(document, (key) => ignored.add(key)),
    from,
    problems,
  );
  if (ignored.size > 0) {
    problems.push({
      level: 'info',
      path: [],
      message: `not read here, they mean something to dlt only: ${[...ignored].join(', ')}`,
    });
  }
  problems.push(...ownPaths(expanded));
  const unsupported: Problem[] = [];
  findUnsupported(expanded, (problem) => unsupported.push(problem));
  for (const problem of unsupported) problems.push(problem);
  const result = documentSchema.safeParse(expanded, {error: explain});
  if (!result.success) {
    const shape = problemsOf(result.error.issues, []).map(precise);
    const said = new Set(unsupported.map(({path}) => placeOf(path)));
    for (const problem of shape) if (!said.has(placeOf(problem.path))) problems.push(problem);
    return undefined;
  }
  const client = canonicalClient(result.data, problems);
  const resources = canonicalResources(expanded, client, problems);
  checkNames(client, resources, problems);
  return {client, resources, discover: result.data.discover, ...defined({shard: result.data.shard})};
}

/** A path belongs to one resource: it is not inherited (as in dlt), which its writer may expect. */
function ownPaths({resource_defaults: defaults}: JsonObject): Problem[] {
  const endpoint = isJsonObject(defaults) ? defaults['endpoint'] : undefined;
  if (!isJsonObject(endpoint) || (endpoint['path'] ?? null) === null) return [];
  const message =
    'is not read: every resource has its own path; what all paths begin with belongs into client.base_url';
  return [{level: 'warning', path: ['resource_defaults', 'endpoint', 'path'], message}];
}

/** An unknown key that names something not in this version, or of another place, says so. */
function precise(problem: Problem): Problem {
  const key = problem.path.at(-1);
  if (placeOf(problem.path) === 'client' && problem.message === 'must be an object, is a string')
    return {...problem, message: `${problem.message}: write client: {base_url: https://…}`};
  const isUnknown = typeof key === 'string' && problem.message.startsWith('unknown key');
  const message = isUnknown ? (unsupportedKey(key) ?? misplaced(problem.path)) : undefined;
  return message === undefined ? problem : {...problem, message};
}

/** Every auth block with its missing secrets as {secrets.NAME}. */
function fillAll(document: JsonObject, {secretValues: secrets, form}: From, problems: Problem[]): JsonObject {
  const filled = (block: Json | undefined, path: readonly Segment[]): Json | undefined => {
    if (!isJsonObject(block) || block['auth'] === undefined) return block;
    return {...block, auth: fillAuth(block['auth'], [...path, 'auth'], {secrets, emptyPassword: form, problems})};
  };
  const withEndpoint = (owner: Json | undefined, path: readonly Segment[]): Json | undefined => {
    if (!isJsonObject(owner) || !isJsonObject(owner['endpoint'])) return owner;
    return {...owner, endpoint: filled(owner['endpoint'], [...path, 'endpoint']) ?? null};
  };
  const {client, resource_defaults: defaults, resources} = document;
  return {
    ...document,
    ...defined({
      client: filled(client, ['client']),
      resource_defaults: withEndpoint(defaults, ['resource_defaults']),
      resources: Array.isArray(resources)
        ? resources.map((resource: Json, index) => withEndpoint(resource, ['resources', index]) ?? null)
        : resources,
    }),
  };
}

function canonicalClient(shape: z.output<typeof documentSchema>, problems: Problem[]): ClientConfig {
  const {auth, paginator, variables, headers, check, ...rest} = shape.client;
  for (const name of Object.keys(shape.variables ?? {})) {
    if (variables === undefined || !Object.hasOwn(variables, name)) continue;
    problems.push({
      level: 'error',
      path: ['variables', name],
      message: `stands in client.variables too: give ${name} once`,
    });
  }
  return {
    ...rest,
    headers: headers ?? {},
    auth: authBlocks(auth, ['client', 'auth']),
    variables: {...shape.variables, ...variables} satisfies Readonly<Record<string, Scalar>>,
    check: defined({resources: check?.resources}),
    ...defined({paginator: paginatorOf(paginator, ['client', 'paginator'])}),
  };
}

function canonicalResources(
  document: JsonObject,
  client: ClientConfig,
  problems: Problem[],
): readonly ResourceConfig[] {
  const raw = document['resource_defaults'];
  const defaults = isJsonObject(raw) ? raw : {};
  const list = Array.isArray(document['resources']) ? document['resources'] : [];
  const inherits = (key: string, own: JsonObject) => own[key] === undefined && defaults[key] !== undefined;
  return list.flatMap((resource: Json, index) => {
    if (!isJsonObject(resource)) return [];
    const place = ['resources', index];
    const endpoint = resource['endpoint'];
    const ownAuth = isJsonObject(endpoint) && endpoint['auth'] !== undefined;
    const merged: Merged = {
      resource: mergeDefaults(defaults, resource),
      place,
      keyIsDefault: inherits('primary_key', resource),
      needParent: ['on_missing', 'parent_incremental'].filter((key) => (resource[key] ?? null) !== null),
      authPlace: ownAuth ? [...place, 'endpoint', 'auth'] : ['resource_defaults', 'endpoint', 'auth'],
    };
    return canonicalResource(merged, client, problems) ?? [];
  });
}

function checkNames(client: ClientConfig, resources: readonly ResourceConfig[], problems: Problem[]): void {
  const places = new Map<string, string>();
  for (const {name, place} of resources) {
    const first = places.get(name);
    if (first === undefined) places.set(name, placeOf(place));
    else
      problems.push({
        level: 'error',
        path: [...place, 'name'],
        message: `is the name of ${first} already: names are unique`,
      });
  }
  for (const [index, name] of (client.check.resources ?? []).entries()) {
    if (places.has(name)) continue;
    problems.push({
      level: 'error',
      path: ['client', 'check', 'resources', index],
      message: `is no resource${didYouMean(name, places.keys())}; there are ${[...places.keys()].slice(0, 10).join(', ')}`,
    });
  }
}
