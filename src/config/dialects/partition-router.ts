import type {Json, JsonObject} from '../../json/exact.js';
import type {Segment} from '../../json/path.js';
import {isJsonObject, isScalar} from '../schema/values.js';
import {withMembers, without} from './edit.js';
import {dialect, type Notes} from './notes.js';
import {mapMember, mapResources, type Path} from './places.js';
import {inject, requestOption} from './request-option.js';

/** Airbyte's `partition_router`: a substream is a reference to the parent, a list a static parent with `records`. */
export const partitionRouter = dialect('partition-router', (document, notes) => {
  const parents: JsonObject[] = [];
  const taken = namesOf(document['resources']);
  const mapped = mapResources(document, (resource, path) => {
    const {endpoint} = resource;
    const inside = isJsonObject(endpoint) && endpoint['partition_router'] !== undefined;
    const written = inside ? endpoint['partition_router'] : resource['partition_router'];
    if (written === undefined) return resource;
    const at = [...path, ...(inside ? ['endpoint'] : []), 'partition_router'];
    const own = isJsonObject(endpoint)
      ? without(endpoint, ['partition_router'])
      : typeof endpoint === 'string'
        ? {path: endpoint}
        : {};
    const found = routed(written, {at, notes, resource: resource['name'], taken});
    const rest = without(resource, ['partition_router']);
    if (found === undefined) return withMembers(rest, {endpoint: own});
    if (found.parent !== undefined) parents.push(found.parent);
    return withMembers(rest, {endpoint: bind(own, found)});
  });
  if (parents.length === 0) return mapped;
  return mapMember(mapped, 'resources', (resources) =>
    Array.isArray(resources) ? [...resources, ...parents] : resources,
  );
});

interface Context {
  readonly at: Path;
  readonly notes: Notes;
  readonly resource: Json | undefined;
  readonly taken: Set<string>;
}

interface Router {
  /** Name of the partition's value in paths and expressions. */
  readonly field: string;
  readonly placeholder: string;
  readonly option: Json | undefined;
  /** A static parent to be added. */
  readonly parent?: JsonObject;
}

function routed(written: Json, context: Context): Router | undefined {
  const {at, notes} = context;
  const routers = Array.isArray(written) ? written : [written];
  const [router, second] = routers;
  if (second !== undefined) {
    notes.refused(
      at,
      'has several routers: a resource has one parent, write {resources.<parent>.<field>} and a parent for each level',
    );
    return undefined;
  }
  if (!isJsonObject(router)) {
    notes.refused(at, advice);
    return undefined;
  }
  const type = typeof router['type'] === 'string' ? router['type'] : '';
  if (/substream/i.test(type)) return substream(router, context);
  if (/list/i.test(type)) return list(router, context);
  notes.refused([...at, 'type'], advice);
  return undefined;
}

const advice =
  'cannot be translated: write {resources.<parent>.<field>} in the path, params or json, or a parent with records: [...]';

function substream(router: JsonObject, {at, notes}: Context): Router | undefined {
  const configs = router['parent_stream_configs'];
  if (Array.isArray(configs) && configs.length > 1) {
    notes.refused(
      [...at, 'parent_stream_configs'],
      'has several parents: a resource has one, write a resource for each of them',
    );
    return undefined;
  }
  const only: Json | undefined = Array.isArray(configs) ? configs[0] : undefined;
  const block = withMembers(router, isJsonObject(only) ? only : {});
  const stream = block['parent_stream'] ?? block['stream'];
  const parent = isJsonObject(stream) ? stream['name'] : stream;
  const {parent_key: key, partition_field: field} = block;
  if (typeof parent !== 'string' || typeof key !== 'string') {
    notes.refused(at, 'needs parent_stream and parent_key: write {resources.<parent>.<field>} where the value goes');
    return undefined;
  }
  const placeholder = `{resources.${parent}.${key}}`;
  notes.translated(at, 'partition_router', placeholder);
  return {field: typeof field === 'string' ? field : key, placeholder, option: block['request_option']};
}

function list(router: JsonObject, {at, notes, resource, taken}: Context): Router | undefined {
  const {values} = router;
  const field = router['cursor_field'] ?? router['partition_field'];
  if (!Array.isArray(values) || values.length === 0 || !values.every(isScalar) || typeof field !== 'string') {
    notes.refused(
      [...at, 'values'],
      'must be a list of texts or numbers, with cursor_field as their name: write a resource with records: [{<field>: <value>}, …]',
    );
    return undefined;
  }
  if (typeof resource !== 'string') {
    notes.refused(
      at,
      'stands in no named resource: write a parent with records: [...] and {resources.<parent>.<field>}',
    );
    return undefined;
  }
  let name = `${resource}_${field}`;
  while (taken.has(name)) name += '_';
  taken.add(name);
  const placeholder = `{resources.${name}.${field}}`;
  notes.translated(at, 'partition_router', `${placeholder} and a resource ${name} with records`);
  const records = values.map((value: Json) => ({[field]: value}));
  return {field, placeholder, option: router['request_option'], parent: {name, selected: false, records}};
}

function namesOf(resources: Json | undefined): Set<string> {
  const names = Array.isArray(resources)
    ? resources.map((resource: Json) => (isJsonObject(resource) ? resource['name'] : resource))
    : [];
  return new Set(names.filter((name) => typeof name === 'string'));
}

/** The placeholder for the field in path, params, json, data and headers, and where the router itself puts it. */
function bind(endpoint: JsonObject, {field, placeholder, option}: Router): JsonObject {
  const name = field.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const access = `(?:\\.${name}|\\[\\s*['"]${name}['"]\\s*\\]|\\.get\\(\\s*['"]${name}['"]\\s*\\))`;
  const expression = new RegExp(`\\{\\{\\s*(?:stream_partition|stream_slice)${access}\\s*\\}\\}`, 'g');
  const bare = new RegExp(`(?<!\\{)\\{(?:${name})\\}(?!\\})|\\{\\{\\s*${name}\\s*\\}\\}`, 'g');
  const fill = (text: string, key: Segment) => {
    const filled = text.replace(expression, () => placeholder);
    return key === 'path' ? filled.replace(bare, () => placeholder) : filled;
  };
  let result = endpoint;
  for (const key of ['path', 'params', 'json', 'data', 'headers', 'body'])
    result = mapMember(result, key, (value) => mapTexts(value, (text) => fill(text, key)));
  const target = requestOption(option);
  return target === undefined ? result : inject(result, target, placeholder);
}

function mapTexts(value: Json, map: (text: string) => string): Json {
  if (typeof value === 'string') return map(value);
  if (Array.isArray(value)) return value.map((item: Json) => mapTexts(item, map));
  if (!isJsonObject(value)) return value;
  let result: JsonObject = value;
  for (const key of Object.keys(value)) result = mapMember(result, key, (member) => mapTexts(member, map));
  return result;
}
