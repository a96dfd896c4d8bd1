import type {Batch} from '../body/page.js';
import {members, writeObject} from '../json/members.js';
import type {Path} from '../json/path.js';
import type {Note} from '../log.js';
import {runSteps} from '../steps/run.js';
import type {Columns} from './parent-rows.js';

/**
 * Takes columns that come from the parent out of records that have a field of that name, so that no key appears twice
 * because of us. A page without such a name is returned as it is.
 */
export function withoutColumns(
  batch: Batch,
  columns: Columns,
  fields: readonly Path[],
  note: (note: Note) => void,
): Batch {
  const names = [...columns.keys()].filter((name) => mayHold(batch.bytes, name));
  return names.length === 0 ? batch : runSteps([(page) => removeKeys(page, new Set(names))], batch, fields, note);
}

/** The name as JSON writes it, or any escape at all, which may spell it. */
const mayHold = (bytes: Buffer, name: string): boolean => bytes.includes(JSON.stringify(name)) || bytes.includes('\\u');

function removeKeys(batch: Batch, names: ReadonlySet<string>): Batch {
  const parts: Buffer[] = [];
  const spans = new Int32Array(2 * batch.count);
  let at = 0;
  for (let i = 0; i < batch.count; i++) {
    const start = batch.spans[2 * i] ?? 0;
    const end = batch.spans[2 * i + 1] ?? 0;
    const all = members({bytes: batch.bytes, start, end});
    const kept = all.filter(({key}) => !names.has(key));
    const text = kept.length === all.length ? batch.bytes.subarray(start, end) : writeObject(kept);
    parts.push(text);
    spans[2 * i] = at;
    at += text.length;
    spans[2 * i + 1] = at;
  }
  return {bytes: Buffer.concat(parts), count: batch.count, spans, fields: []};
}
