import type {Batch} from '../body/page.js';
import type {JsonObject} from '../json/exact.js';
import type {ParentItem, ParentSource, Tap} from './parent-feed.js';
import {type Columns, keysOf, pickRow, rowReader} from './parent-rows.js';
import type {StoredRow} from './row-store.js';
import {readState, type Saved} from './state.js';
import type {ParentPlan, StreamEvent, StreamState} from './stream-plan.js';

export interface ChangedParents {
  readonly relation: ParentPlan;
  /** The parent's state, kept in the child's (`parent_state`). */
  readonly state: JsonObject | undefined;
  /** Epoch ms. */
  readonly now: number;
  /** Epoch ms: the parent's cursor does not pass it, and so the child's neither. */
  readonly notPast?: number;
  /** Reads the parent from this state on and hands its rows to the tap. */
  open(saved: Saved, tap: Tap): AsyncGenerator<StreamEvent>;
}

/** Only parents that have changed since the child's last sync: a read of the parent for this child alone (config-language §9). */
export function changedParents({relation, state, now, notPast, open}: ChangedParents): ParentSource {
  const {plan, fields} = relation;
  const reduce = rowReader(plan, fields);
  const picks = fields.map((_, index) => index);
  let began: number | undefined;
  let keys: readonly string[] | undefined;
  async function* items(signal: AbortSignal): AsyncGenerator<ParentItem> {
    const request = {state, syncId: undefined, overwrite: false};
    // A parent at its cursor is visited again: the same bytes may stand for a later change below it.
    const read = readState({plan, request, mode: 'incremental', now, note: (note) => plan.notes.add(note)});
    const saved: Saved = {...read, boundary: new Map()};
    let rows: StoredRow[] = [];
    const tap: Tap = {
      began: (sentAt) => {
        began ??= Math.min(sentAt, notPast ?? sentAt);
      },
      rows: async (batch: Batch, columns: Columns) => {
        keys ??= keysOf(batch, columns);
        for (const row of reduce(batch, columns)) rows.push(row);
      },
    };
    let isFirst = true;
    for await (const event of open(saved, tap)) {
      signal.throwIfAborted();
      const arrived = rows;
      rows = [];
      for (const row of arrived) yield {type: 'row', row: pickRow(row, picks)};
      // The first checkpoint is the state that it starts from.
      if (event.type === 'checkpoint' && !isFirst) yield {type: 'state', state: () => withoutBoundary(event.state)};
      isFirst = false;
    }
  }
  return {items, began: () => began, keys: () => keys, whole: false};
}

const withoutBoundary = ({boundary: _, ...state}: StreamState): StreamState => state;
