import type {Batch} from '../../src/body/page.js';
import {joinRecords} from '../../src/body/records.js';
import type {Path} from '../../src/json/path.js';
import type {Note} from '../../src/log.js';
import {runSteps} from '../../src/steps/run.js';
import type {Step} from '../../src/steps/step.js';
import {stepKinds} from '../../src/steps/table.js';

/** A step as the configuration writes it: `{filter: …}`. */
export function step(written: Readonly<Record<string, unknown>>): Step {
  const [name, options] = Object.entries(written)[0] ?? ['', undefined];
  const kind = stepKinds.find((candidate) => candidate.name === name);
  if (kind === undefined) throw new Error(`no step ${name}`);
  return kind.create(options, {
    resource: 'orders',
    place: `resources[0].processing_steps[0].${name}`,
    atEnd: () => undefined,
  });
}

export const batchOf = (records: readonly string[]): Batch => ({
  ...joinRecords(records.map((record) => Buffer.from(record))),
  fields: [],
});

const textsOf = (batch: Batch): string[] =>
  Array.from({length: batch.count}, (_, record) =>
    batch.bytes.toString('utf8', batch.spans[2 * record], batch.spans[2 * record + 1]),
  );

export function run(
  steps: readonly Readonly<Record<string, unknown>>[],
  records: readonly string[],
  fields: readonly Path[] = [],
): {readonly records: string[]; readonly notes: Note[]; readonly batch: Batch} {
  const notes: Note[] = [];
  const before = {...batchOf(records), fields: fields.map(() => new Int32Array(2 * records.length).fill(-1))};
  const batch = runSteps(steps.map(step), before, fields, (note) => {
    notes.push(note);
  });
  return {records: textsOf(batch), notes, batch};
}
