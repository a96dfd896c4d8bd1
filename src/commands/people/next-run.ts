import {counted} from '../../counted.js';
import {changes} from './request-text.js';
import type {Trial} from './trial.js';
import type {WalkRecord} from './walk-record.js';

/** What a run from the state of this one asked, in one line. */
export interface NextRun {
  /** What its requests have that those of this run lack: `since=2026-01-31T09:30:00Z`. */
  readonly sent: string;
  /** Rows received, and those of them that are new. */
  readonly rows: number;
  readonly records: number;
}

/** `first`: the walks of this run, `then`: those of the next one. */
export function nextRun(first: readonly WalkRecord[], then: readonly WalkRecord[], trial: Trial): NextRun {
  const before = new Map(first.map((walk) => [partition(walk), walk]));
  const sent = new Set<string>();
  for (const walk of then) {
    const spec = walk.sent[0]?.spec;
    const old = (before.get(partition(walk)) ?? first[0])?.sent[0]?.spec;
    if (spec !== undefined && old !== undefined) sent.add(changes(old, spec));
  }
  sent.delete('');
  const rows = then.reduce((sum, walk) => sum + walk.rows, 0);
  return {sent: [...sent].join(', '), rows, records: trial.emitted};
}

const partition = ({slice}: WalkRecord): string => JSON.stringify(slice.parent?.values);

/** `named`: several streams were tried. */
export function nextRunText({sent, rows, records}: NextRun, {error, plan}: Trial, named: boolean): string {
  const lead = `--then:${named ? ` ${plan.name}:` : ''} the next run`;
  if (error !== undefined) return `${lead} fails: ${error.message}`;
  const asks = sent === '' ? 'the same requests again' : sent;
  const verb = sent === '' ? 'make' : 'send';
  const count = counted(rows, 'row');
  const known = rows - records;
  const notes: string[] = [];
  if (rows > 0 && records === 0 && plan.cursor !== undefined) {
    notes.push(rows === 1 ? 'the boundary row again' : 'rows at or before the cursor again');
  } else if (known > 0) notes.push(`${records} new`);
  return `${lead} would ${verb} ${asks} → ${count}${notes.length === 0 ? '' : ` (${notes.join('; ')})`}`;
}
