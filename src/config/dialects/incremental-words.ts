import type {Json, JsonObject} from '../../json/exact.js';
import {isCode} from '../code.js';
import {isJsonObject} from '../schema/values.js';
import {sentFormat} from './date-formats.js';
import {replaceMember, without} from './edit.js';
import {dialect, type Notes} from './notes.js';
import {mapEndpoints, mapMember, type Path} from './places.js';

/** `transform` (dlt's old name of convert) and `cursor_type`, in endpoint.incremental and in incremental params. */
export const incrementalWords = dialect('incremental-words', (document, notes) =>
  mapEndpoints(document, (endpoint, path) => {
    const declared = mapMember(endpoint, 'incremental', (value) => words(value, [...path, 'incremental'], notes));
    return mapMember(declared, 'params', (params) => {
      if (!isJsonObject(params)) return params;
      let result: JsonObject = params;
      for (const name of Object.keys(params)) {
        result = mapMember(result, name, (value) =>
          isJsonObject(value) && value['type'] === 'incremental'
            ? words(value, [...path, 'params', name], notes)
            : value,
        );
      }
      return result;
    });
  }),
);

function words(value: Json, path: Path, notes: Notes): Json {
  return isJsonObject(value) ? transform(cursorType(value, path, notes), path, notes) : value;
}

/** Numbers, texts and ISO times are told apart by the values themselves; only epochs and patterns need a word. */
function cursorType(incremental: JsonObject, path: Path, notes: Notes): JsonObject {
  const type = incremental['cursor_type'];
  if (type === undefined) return incremental;
  const at = [...path, 'cursor_type'];
  const rest = without(incremental, ['cursor_type']);
  if (typeof type === 'string' && plain.test(type)) {
    notes.dropped(at, 'cursor_type', 'the type shows in the values');
    return rest;
  }
  const format = sentFormat(type);
  if (format === undefined) {
    notes.refused(
      at,
      'is unknown: leave it out, or write cursor_format (epoch_seconds, epoch_ms, iso8601, iso_date or a strftime pattern)',
    );
    return rest;
  }
  if (incremental['cursor_format'] !== undefined) {
    notes.dropped(at, 'cursor_type', 'cursor_format says it');
    return rest;
  }
  notes.translated(at, 'cursor_type', `cursor_format: ${format}`);
  return replaceMember(incremental, 'cursor_type', {cursor_format: format});
}

const plain =
  /^(?:int|integer|bigint|number|numeric|float|double|decimal|string|str|text|objectid|date|time|timestamp|timestamptz|datetime|date-time)$/i;

/** Code stays where it is: it is refused as code. */
function transform(incremental: JsonObject, path: Path, notes: Notes): JsonObject {
  const value = incremental['transform'];
  if (value === undefined || (typeof value === 'string' && isCode(value))) return incremental;
  const at = [...path, 'transform'];
  if (incremental['convert'] !== undefined) {
    notes.dropped(at, 'transform', 'convert says it');
    return without(incremental, ['transform']);
  }
  const format = isJsonObject(value) ? value : sentFormat(value);
  if (format === undefined) {
    notes.refused(
      at,
      'cannot be translated: write convert (epoch_seconds, epoch_ms, iso8601, iso_date or a strftime pattern)',
    );
    return without(incremental, ['transform']);
  }
  notes.translated(at, 'transform', typeof format === 'string' ? `convert: ${format}` : 'convert');
  return replaceMember(incremental, 'transform', {convert: format});
}
