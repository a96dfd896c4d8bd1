import type {Json, JsonObject} from '../../json/exact.js';
import {isCode} from '../code.js';
import {isJsonObject, isScalar} from '../schema/values.js';
import {cursorFormats, sentFormat} from './date-formats.js';
import {emptyObject, withMembers, without} from './edit.js';
import {dialect, type Notes} from './notes.js';
import {mapResources, type Path} from './places.js';
import {inject, requestOption} from './request-option.js';

/** Airbyte's `incremental_sync`, of a resource or its endpoint, as `endpoint.incremental`. */
export const incrementalSync = dialect('incremental-sync', (document, notes) => {
  const client = document['client'];
  const variables = isJsonObject(client) && isJsonObject(client['variables']) ? client['variables'] : {};
  return mapResources(document, (resource, path) => {
    const {endpoint} = resource;
    const inside = isJsonObject(endpoint) && endpoint['incremental_sync'] !== undefined;
    const block = inside ? endpoint['incremental_sync'] : resource['incremental_sync'];
    if (block === undefined) return resource;
    const at = [...path, ...(inside ? ['endpoint'] : []), 'incremental_sync'];
    const target = isJsonObject(endpoint)
      ? without(endpoint, ['incremental_sync'])
      : typeof endpoint === 'string'
        ? {path: endpoint}
        : {};
    const translated = translate(block, target, {at, notes, variables});
    return withMembers(without(resource, ['incremental_sync']), {endpoint: translated});
  });
});

interface Context {
  readonly at: Path;
  readonly notes: Notes;
  readonly variables: JsonObject;
}

const read = [
  'cursor_field',
  'start_datetime',
  'end_datetime',
  'start_value',
  'datetime_format',
  'cursor_datetime_formats',
  'step',
  'lookback_window',
];
const options = ['start_time_option', 'end_time_option', 'start_time_param', 'end_time_param', 'start_value_option'];
/** Nothing is lost without them: cursors are compared exactly and filtered on our side. */
const silent = ['type', 'name', '$parameters', 'cursor_granularity', 'is_client_side_incremental'];

function translate(block: Json, endpoint: JsonObject, context: Context): JsonObject {
  const {at, notes} = context;
  const field = isJsonObject(block) ? block['cursor_field'] : undefined;
  if (!isJsonObject(block) || typeof field !== 'string') {
    notes.refused(at, 'has no cursor_field: write endpoint.incremental: {cursor_path, initial_value, start_param}');
    return endpoint;
  }
  if (endpoint['incremental'] !== undefined) {
    notes.refused(at, 'stands beside endpoint.incremental: keep that one alone');
    return endpoint;
  }
  const kind = block['type'];
  if (typeof kind === 'string' && /custom/i.test(kind)) {
    notes.refused(
      [...at, 'type'],
      'is code, which does not run here: write endpoint.incremental: {cursor_path, initial_value, start_param}',
    );
    return endpoint;
  }
  const other = Object.keys(block).find((key) => ![...read, ...options, ...silent].includes(key));
  if (other !== undefined) {
    notes.refused(
      [...at, other],
      'cannot be translated: write endpoint.incremental (cursor_path, initial_value, row_order, step, lag)',
    );
    return endpoint;
  }
  const sent = sentTimes(block, endpoint, context);
  const incremental = withMembers(emptyObject(), {cursor_path: field});
  const members = withMembers(incremental, {
    ...bounds(block, sent.ends, context),
    ...formats(block, sent.starts || sent.ends, context),
    ...sent.params,
  });
  notes.translated(at, 'incremental_sync', `endpoint.incremental: {${Object.keys(members).join(', ')}}`);
  return withMembers(sent.endpoint, {incremental: members});
}

function bounds(block: JsonObject, isEndSent: boolean, {at, notes, variables}: Context): JsonObject {
  const members = emptyObject();
  const start = ofTime(block['start_datetime'] ?? block['start_value'], variables);
  const key = block['start_datetime'] === undefined ? 'start_value' : 'start_datetime';
  if (start === null)
    notes.refused([...at, key], 'cannot be translated: write initial_value with the value itself, or now-P30D');
  else if (start !== undefined) members['initial_value'] = start;
  const step = block['step'];
  const end = ofTime(block['end_datetime'], variables);
  if (end === null)
    notes.refused([...at, 'end_datetime'], 'cannot be translated: write end_value: now, or the value itself');
  else if (end !== undefined && (end !== 'now' || (isEndSent && step === undefined))) members['end_value'] = end;
  else if (isEndSent && end === undefined && step === undefined) members['end_value'] = 'now';
  if (step !== undefined) members['step'] = step;
  const lookback = block['lookback_window'];
  if (lookback !== undefined) members['lag'] = lookback;
  return members;
}

/** A time as written, `now`, or the value of the variable that it names; null where it cannot be said. */
function ofTime(given: Json | undefined, variables: JsonObject): Json | undefined {
  const value = isJsonObject(given) ? given['datetime'] : given;
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') return isScalar(value) ? value : null;
  if (isCode(value)) return null;
  const inner = /^\s*\{\{\s*(.*?)\s*\}\}\s*$/s.exec(value)?.[1];
  if (inner === undefined) return value.includes('{{') ? null : value;
  if (/^(?:now_utc\(\)|today_utc\(\))(?:\.strftime\([^()]*\))?$/.test(inner)) return 'now';
  const name = /^config(?:\.(\w+)|\[\s*['"]([^'"]+)['"]\s*\])$/.exec(inner);
  const named = name?.[1] ?? name?.[2];
  const found = named !== undefined && Object.hasOwn(variables, named) ? variables[named] : undefined;
  return found ?? null;
}

function formats(block: JsonObject, isSent: boolean, {at, notes}: Context): JsonObject {
  const members = emptyObject();
  const format = block['datetime_format'];
  if (format === undefined && block['cursor_datetime_formats'] === undefined) return members;
  const sent = sentFormat(format);
  const cursors = cursorFormats(block['cursor_datetime_formats'] ?? format);
  if ((format !== undefined && sent === undefined) || cursors === undefined) {
    notes.refused(
      [...at, 'datetime_format'],
      'is no strftime pattern: write convert and cursor_format (epoch_seconds, epoch_ms, iso8601, iso_date or a pattern)',
    );
    return members;
  }
  members['cursor_format'] = cursors;
  if (isSent && sent !== undefined) members['convert'] = sent;
  return members;
}

interface Sent {
  readonly endpoint: JsonObject;
  readonly params: JsonObject;
  readonly starts: boolean;
  readonly ends: boolean;
}

/** Query parameters are start_param and end_param; elsewhere the value is a placeholder. */
function sentTimes(block: JsonObject, endpoint: JsonObject, {at, notes}: Context): Sent {
  const params = emptyObject();
  let result = endpoint;
  const send = (keys: readonly string[], param: 'start_param' | 'end_param', placeholder: string): boolean => {
    const key = keys.find((candidate) => block[candidate] !== undefined);
    if (key === undefined) return false;
    const option = requestOption(block[key]);
    if (option === undefined)
      notes.refused(
        [...at, key],
        `cannot be translated: write endpoint.incremental.${param}, or ${placeholder} where the value goes`,
      );
    else if (option.key === 'params') params[param] = option.path[0] ?? '';
    else result = inject(result, option, placeholder);
    return option !== undefined;
  };
  const starts = send(
    ['start_time_option', 'start_time_param', 'start_value_option'],
    'start_param',
    '{incremental.start_value}',
  );
  const ends = send(['end_time_option', 'end_time_param'], 'end_param', '{incremental.end_value}');
  return {endpoint: result, params, starts, ends};
}
