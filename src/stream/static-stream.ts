import type {Batch} from '../body/page.js';
import {runSteps} from '../steps/run.js';
import type {StreamPlan} from './stream-plan.js';

/** Rows after the steps, which run once: their notes count for the stream and all its children. */
const batches = new WeakMap<StreamPlan, Batch>();

/** The rows of a static parent after its steps, one page of all: nothing is requested. */
export function staticBatch(plan: StreamPlan, records: readonly string[]): Batch {
  const known = batches.get(plan);
  if (known !== undefined) return known;
  const batch = read(plan, records);
  batches.set(plan, batch);
  return batch;
}

function read(plan: StreamPlan, records: readonly string[]): Batch {
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
  return runSteps(steps, raw, plan.fields, (note) => plan.notes.add(note));
}
