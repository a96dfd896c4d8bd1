import type {Json} from '../../json/exact.js';
import {isJsonObject} from '../schema/values.js';
import {withMembers, without} from './edit.js';
import {dialect, type Notes} from './notes.js';
import {mapBlocks, type Path} from './places.js';

/** Keys of a window that other dialects put into a paginator. */
const windowKeys = [
  'step',
  'start_time_option',
  'end_time_option',
  'cursor_field',
  'start_datetime',
  'end_datetime',
  'datetime_format',
];

/** `json_response` (dlt's old name), `custom`, and time windows that were taken for pagination. */
export const paginatorTypes = dialect('paginator-types', (document, notes) =>
  mapBlocks(document, 'paginator', (paginator, path) => translate(paginator, path, notes)),
);

function translate(paginator: Json, path: Path, notes: Notes): Json {
  if (paginator === 'json_response') {
    notes.translated(path, 'json_response', 'json_link');
    return 'json_link';
  }
  if (!isJsonObject(paginator)) return paginator;
  const type = paginator['type'];
  if (type === 'json_response') {
    notes.translated([...path, 'type'], 'json_response', 'json_link');
    return withMembers(paginator, {type: 'json_link'});
  }
  if (type === 'custom') {
    notes.refused(
      [...path, 'type'],
      'custom is code, which does not run here: write a type with its keys, such as {type: cursor, cursor_path, cursor_param, has_more_path, stop_when}',
    );
    return 'auto';
  }
  const window = windowKeys.find((key) => key in paginator);
  if (window === undefined) return paginator;
  notes.refused(
    [...path, window],
    'cuts the read into times, it is no pagination: write endpoint.incremental: {cursor_path, initial_value, start_param, end_param, step}',
  );
  return without(paginator, windowKeys);
}
