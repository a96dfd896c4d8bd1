import type {Json, JsonObject} from '../json/exact.js';
import {isJsonObject} from './schema/values.js';

/** Keys of dlt that mean nothing to an Airbyte source: accepted, with one notice for all (config-language §14). */
const ofResource = [
  'merge_key',
  'max_table_nesting',
  'table_name',
  'parent_table_name',
  'nested_hints',
  'references',
  'table_format',
  'file_format',
  'schema_contract',
  'parallelized',
  'write_disposition',
];
const ofIncremental = ['allow_external_schedulers'];
const ofAction = ['failure_type'];

/** Column hints of dlt that are not read; whatever begins with x- too. */
const ofColumn =
  /^(?:merge_key|unique|hard_delete|dedup_sort|partition|cluster|sort|row_key|parent_key|root_key|variant|description|incremental|foreign_key|references|active_record_timestamp|x-.*)$/;

/** A resource (or resource_defaults) without those keys; `note` gets each that was there. */
export function withoutIgnored(resource: JsonObject, note: (key: string) => void): Record<string, Json> {
  const hidden = isSkipped(resource);
  const rest = strip(resource, ofResource, (key) => {
    // `skip` is read: it hides the stream.
    if (key !== 'write_disposition' || hidden === false) note(key);
  });
  if (hidden === true && !('selected' in rest)) rest['selected'] = false;
  if (rest['columns'] !== undefined) rest['columns'] = columns(rest['columns'], note);
  const endpoint = rest['endpoint'];
  if (isJsonObject(endpoint)) rest['endpoint'] = ofEndpoint(endpoint, note);
  return rest;
}

/** Whether `write_disposition` hides the stream; undefined where it is not written. */
export function isSkipped({write_disposition: value}: JsonObject): boolean | undefined {
  if (value === undefined) return undefined;
  return (isJsonObject(value) ? value['disposition'] : value) === 'skip';
}

function ofEndpoint(endpoint: JsonObject, note: (key: string) => void): Record<string, Json> {
  const rest = strip(endpoint, [], note);
  const {incremental, params, response_actions: actions} = endpoint;
  if (isJsonObject(incremental)) rest['incremental'] = strip(incremental, ofIncremental, note);
  if (Array.isArray(actions)) {
    rest['response_actions'] = actions.map((entry: Json) =>
      isJsonObject(entry) ? strip(entry, ofAction, note) : entry,
    );
  }
  if (isJsonObject(params)) {
    const entries = Object.entries(params).map(
      ([name, value]) =>
        [
          name,
          isJsonObject(value) && value['type'] === 'incremental' ? strip(value, ofIncremental, note) : value,
        ] as const,
    );
    rest['params'] = Object.assign(Object.create(null), Object.fromEntries(entries));
  }
  return rest;
}

function columns(given: Json, note: (key: string) => void): Json {
  const column = (hint: Json): Json => {
    if (!isJsonObject(hint)) return hint;
    const unused = Object.keys(hint).filter((key) => ofColumn.test(key));
    return strip(hint, unused, (key) => note(`columns.*.${key}`));
  };
  if (Array.isArray(given)) return given.map(column);
  if (!isJsonObject(given)) return given;
  const object: Record<string, Json> = Object.create(null);
  for (const [name, hint] of Object.entries(given)) object[name] = column(hint);
  return object;
}

function strip(object: JsonObject, keys: readonly string[], note: (key: string) => void): Record<string, Json> {
  const rest: Record<string, Json> = Object.create(null);
  for (const [key, value] of Object.entries(object)) {
    if (keys.includes(key)) note(key);
    else rest[key] = value;
  }
  return rest;
}
