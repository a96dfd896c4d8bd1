import {ExactNumber, type Json, type JsonObject} from '../../json/exact.js';
import {isJsonObject} from '../schema/values.js';
import {isCredential} from '../secret-values.js';
import {withMembers} from './edit.js';
import {dialect, type Notes} from './notes.js';
import {mapEndpoints, mapMember, type Path} from './places.js';

/**
 * `{{ config['x'] }}`, `{{ stream_partition.x }}` and `{{ stream_slice['x'] }}` anywhere in a request, `{{ x }}` in path and
 * base_url, and `{x}` and `${x}` in base_url: `{vars.x}`; where a credential stands `{secrets.x}`, unless there is a variable
 * of that name. Other braces are text.
 */
export const jinjaPlaceholders = dialect('jinja-placeholders', (document, told) => {
  const notes = {...told, variables: variableNames(document)};
  const client = mapMember(document, 'client', (value) => (isJsonObject(value) ? ofClient(value, notes) : value));
  const endpoints = mapEndpoints(client, (endpoint, path) => {
    let result = mapMember(endpoint, 'path', (value) => text(value, [...path, 'path'], notes, 'names'));
    for (const key of ['params', 'json', 'data', 'headers', 'auth']) {
      result = mapMember(result, key, (value) => texts(value, [...path, key], notes));
    }
    return result;
  });
  return mapMember(endpoints, 'resources', (resources) =>
    Array.isArray(resources) ? shorthands(resources, notes) : resources,
  );
});

/** Notes, and the names of the document's variables. */
type Told = Notes & {readonly variables: ReadonlySet<string>};

function variableNames({variables, client}: JsonObject): ReadonlySet<string> {
  const maps = [variables, isJsonObject(client) ? client['variables'] : undefined];
  return new Set(maps.flatMap((map) => (isJsonObject(map) ? Object.keys(map) : [])));
}

function ofClient(client: JsonObject, notes: Told): JsonObject {
  const based = mapMember(client, 'base_url', (value) => text(value, ['client', 'base_url'], notes, 'url'));
  const headers = mapMember(based, 'headers', (value) => texts(value, ['client', 'headers'], notes));
  return mapMember(headers, 'auth', (value) => texts(value, ['client', 'auth'], notes));
}

/** `resources: [posts]` and `endpoint: posts` are paths. */
function shorthands(resources: readonly Json[], notes: Told): readonly Json[] {
  const mapped = resources.map((resource, index) => {
    const path = ['resources', index];
    if (!isJsonObject(resource)) return resource;
    return mapMember(resource, 'endpoint', (value) =>
      typeof value === 'string' ? text(value, [...path, 'endpoint'], notes, 'names') : value,
    );
  });
  return mapped.some((resource, index) => resource !== resources[index]) ? mapped : resources;
}

/** Which bare names are placeholders: `{{ x }}` only, `{x}` and `${x}` too, or none. */
type Bare = 'none' | 'names' | 'url';

function texts(value: Json, path: Path, notes: Told): Json {
  if (typeof value === 'string') return text(value, path, notes, 'none');
  if (Array.isArray(value)) {
    const mapped = value.map((item: Json, index) => texts(item, [...path, index], notes));
    return mapped.some((item, index) => item !== value[index]) ? mapped : value;
  }
  if (typeof value !== 'object' || value === null || value instanceof ExactNumber || !isJsonObject(value)) return value;
  let result: JsonObject = value;
  for (const [key, member] of Object.entries(value)) {
    const mapped = texts(member, [...path, key], notes);
    if (mapped !== member) result = withMembers(result, {[key]: mapped});
  }
  return result;
}

const context =
  /^(?:config|parameters|stream_partition|stream_slice)(?:\.(\w+)|\[\s*['"]([^'"{}|]+)['"]\s*\]|\.get\(\s*['"]([^'"{}|]+)['"]\s*(?:,[^()]*)?\))$/;

/** An expression of a manifest that is no mere name: it would be sent as it stands. */
const expression =
  /^(?:config|parameters|stream_partition|stream_slice|stream_interval|stream_state|next_page_token|now_utc|today_utc|format_datetime|day_delta|timestamp)\b/;

function text(value: Json, path: Path, notes: Told, bare: Bare): Json {
  if (typeof value !== 'string' || !value.includes('{')) return value;
  const seen = new Map<string, string>();
  const refused: string[] = [];
  const vars = (match: string, name: string) => {
    const isSecret = isCredential(path) && !notes.variables.has(name);
    const written = `{${isSecret ? 'secrets' : 'vars'}.${name}}`;
    seen.set(match, written);
    return written;
  };
  const doubled = value.replace(/\{\{((?:[^{}]|\{\})*)\}\}/g, (match: string, written: string) => {
    const inner = written.trim();
    const [, dotted, indexed, got] = context.exec(inner) ?? [];
    const name = dotted ?? indexed ?? got ?? (bare !== 'none' && /^\w+$/.test(inner) ? inner : undefined);
    if (name !== undefined) return vars(match, name);
    if (bare !== 'none' || expression.test(inner)) refused.push(match);
    return match;
  });
  const result =
    bare === 'url'
      ? doubled.replace(/\$?\{(\w+)\}/g, (match: string, name: string) =>
          isEnvironment(match) ? match : vars(match, name),
        )
      : doubled;
  if (refused.length > 0) {
    notes.refused(
      path,
      `${refused[0]} is an expression, which does not run here: write {vars.NAME}, {resources.<parent>.<field>} or {incremental.start_value}`,
    );
    return result;
  }
  if (seen.size > 0) notes.translated(path, [...seen.keys()].join(', '), [...seen.values()].join(', '));
  return result;
}

/** `${NAME}` in capitals is the environment's (config-language §1). */
const isEnvironment = (match: string): boolean => /^\$\{[A-Z0-9_]+\}$/.test(match);
