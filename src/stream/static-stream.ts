import type {Batch} from '../body/page.js';
import {runSteps} from '../steps/run.js';
import type {StreamEvent, StreamPlan} from './stream-plan.js';

/** The rows of a static parent as a stream of its own: one page, nothing is requested. */
export function staticBatch(plan: StreamPlan, records: readonly string[]): Extract<StreamEvent, {type: 'records'}> {
  const bytes = Buffer.from(records.join('\n'));
  const spans = new Int32Array(2 * records.length);
  let at = 0;
  for (const [index, record] of records.entries()) {
    spans[2 * index] = at;
    at += Buffer.byteLength(record);
    spans[2 * index + 1] = at;
    at += 1;
  }
  const raw: Batch = {bytes, count: records.length, spans, fields: []};
  // A step that changes nothing has the wanted fields located.
  const steps = plan.steps.length > 0 ? plan.steps : [(batch: Batch) => batch];
  return {type: 'records', batch: runSteps(steps, raw, plan.fields, (note) => plan.notes.add(note))};
}
