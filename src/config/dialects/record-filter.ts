import type {Json, JsonObject} from '../../json/exact.js';
import {isJsonObject} from '../schema/values.js';
import {withMembers, without} from './edit.js';
import {conditionInCel, type Roots} from './jinja-cel.js';
import {parseJinja} from './jinja-expression.js';
import {dialect, type Notes} from './notes.js';
import {mapResources, type Path} from './places.js';

/** Airbyte's `record_filter`, of a resource or its endpoint, as the first processing step `{filter: CEL}`. */
export const recordFilter = dialect('record-filter', (document, notes) =>
  mapResources(document, (resource, path) => {
    const {endpoint} = resource;
    const inside = isJsonObject(endpoint) && endpoint['record_filter'] !== undefined;
    const written = inside ? endpoint['record_filter'] : resource['record_filter'];
    if (written === undefined) return resource;
    const at = [...path, ...(inside ? ['endpoint'] : []), 'record_filter'];
    const bare = inside ? withMembers(resource, {endpoint: without(endpoint, ['record_filter'])}) : resource;
    const rest = without(bare, ['record_filter']);
    const filter = filterOf(written, at, notes);
    if (filter === undefined) return rest;
    const steps = rest['processing_steps'];
    return withMembers(rest, {processing_steps: [{filter}, ...(Array.isArray(steps) ? steps : [])]});
  }),
);

const roots: Roots = (root) => (root === 'record' ? ['record'] : undefined);

function filterOf(written: Json, at: Path, notes: Notes): string | undefined {
  const condition = conditionOf(written);
  const expression = condition === undefined ? undefined : parseJinja(condition);
  const cel = expression === undefined ? undefined : conditionInCel(expression, roots);
  if (cel === undefined) {
    notes.refused(at, 'cannot be translated: write processing_steps: [{filter: "<CEL over record>"}]');
    return undefined;
  }
  notes.translated(at, 'record_filter', `processing_steps: [{filter: ${JSON.stringify(cel)}}]`);
  return cel;
}

function conditionOf(written: Json): string | undefined {
  if (typeof written === 'string') return written;
  const block: JsonObject = isJsonObject(written) ? written : {};
  const {type, condition} = block;
  if (typeof type === 'string' && /custom/i.test(type)) return undefined;
  return typeof condition === 'string' ? condition : undefined;
}
