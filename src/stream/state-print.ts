import type {Json, JsonObject} from '../json/exact.js';
import type {Hashes} from './boundary.js';
import {printResume, type Resume} from './resume.js';
import {boundNames, cursorName, type Mode, type Partition, shardNames} from './state.js';

import {toStateValue} from './state-values.js';
import type {StreamPlan, StreamState} from './stream-plan.js';

/** What a checkpoint promises, ready to be written. */
export interface Snapshot {
  readonly cursor: Json | undefined;
  readonly boundary: Hashes;
  readonly partitions: ReadonlyMap<string, Partition>;
  readonly shared: boolean;
  readonly known: string | undefined;
  readonly parentState: JsonObject | undefined;
  readonly resume: Resume | undefined;
  readonly done: boolean;
}

export interface PrintContext {
  readonly plan: StreamPlan;
  readonly mode: Mode;
  readonly syncId: number | undefined;
  /** Epoch ms of the checkpoint. */
  readonly at: number;
}

/** The state as the contract writes it: only what applies. */
export function printState(snapshot: Snapshot, {plan, mode, syncId, at}: PrintContext): StreamState {
  const state: Record<string, Json> = {v: 1};
  const name = cursorName(plan);
  if (name !== undefined && snapshot.cursor !== undefined) state['cursor'] = {[name]: toStateValue(snapshot.cursor)};
  if (snapshot.boundary.size > 0) state['boundary'] = Object.fromEntries(snapshot.boundary);
  if (name !== undefined && snapshot.partitions.size > 0) {
    const cursors = [...snapshot.partitions.values()].map(({key, cursor, digest}) =>
      [...key, cursor, ...(digest === undefined ? [] : [digest])].map(toStateValue),
    );
    state['partitions'] = {by: [...boundNames(plan)], path: name, cursors};
  }
  const initial = plan.cursor?.initial;
  if (initial !== undefined && (snapshot.cursor !== undefined || snapshot.partitions.size > 0)) {
    state['initial'] = toStateValue(initial);
  }
  if (snapshot.shared) state['shared'] = true;
  if (snapshot.shared && snapshot.known !== undefined) state['known'] = snapshot.known;
  if (snapshot.parentState !== undefined) state['parent_state'] = snapshot.parentState;
  const by = shardNames(plan);
  if (plan.shard !== undefined) {
    state['shard'] = {index: plan.shard.index, of: plan.shard.of, ...(by.length > 0 && {by: [...by]})};
  }
  const id = syncId === undefined ? {} : {sync_id: syncId};
  if (snapshot.resume !== undefined) {
    state['resume'] = {mode, ...id, request: plan.fingerprint, at, ...printResume(snapshot.resume)};
  }
  if (snapshot.done) state['done'] = {...id, at};
  return state;
}
