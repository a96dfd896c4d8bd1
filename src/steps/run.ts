import {locateFields} from '../body/fields.js';
import type {Batch} from '../body/page.js';
import {isEmptyObject, pickRecords} from '../body/records.js';
import type {Path} from '../json/path.js';
import type {Note} from '../log.js';
import type {Step} from './step.js';

function withoutEmpty(batch: Batch): Batch {
  const kept: number[] = [];
  for (let record = 0; record < batch.count; record += 1) {
    if (!isEmptyObject(batch.bytes, batch.spans[2 * record] ?? 0)) kept.push(record);
  }
  return pickRecords(batch, kept);
}

/**
 * The records of a page after all steps, in their order: what is `{}` in the end is dropped, and the wanted fields are
 * located again where a step changed the records. Throws ConnectorError (config_error) for an expression that fails.
 */
export function runSteps(
  steps: readonly Step[],
  batch: Batch,
  fields: readonly Path[],
  note: (note: Note) => void,
): Batch {
  if (steps.length === 0) return batch;
  let current = batch;
  for (const step of steps) current = step(current, note);
  const {bytes, count, spans, fields: known} = withoutEmpty(current);
  const isIndexed = known.length === fields.length;
  return {bytes, count, spans, fields: isIndexed ? known : locateFields(bytes, spans, count, fields)};
}
