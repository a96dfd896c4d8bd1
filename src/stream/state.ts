import {configError} from '../errors.js';
import {type Json, type JsonObject, printExact} from '../json/exact.js';
import type {Note} from '../log.js';
import type {Hashes} from './boundary.js';
import {oneDay, type Resume, readResume} from './resume.js';
import {fromState, fromStateValue, integerOf, listOf, objectOf, wordFor} from './state-values.js';
import type {ShardPlan, StreamPlan} from './stream-plan.js';

export type Mode = 'full_refresh' | 'incremental';

export interface Partition {
  readonly key: readonly Json[];
  readonly cursor: Json;
  /** Of an unfinished sync: the row of the parent that moved it, by its digest. Rows that only share the key have not been read as far. */
  readonly digest?: string;
}

/** A stream's state as read: what does not count has been set aside. */
export interface Saved {
  readonly cursor: Json | undefined;
  readonly boundary: Hashes;
  /** By the JSON text of the key. */
  readonly partitions: ReadonlyMap<string, Partition>;
  readonly shared: boolean;
  /** 48-bit hashes of the parents' keys, base64 of 6 bytes each, sorted. */
  readonly known: string | undefined;
  readonly parentState: JsonObject | undefined;
  readonly resume: Resume | undefined;
  /** The final state of a full refresh of this very job. */
  readonly done: boolean;
}

export const emptySaved: Saved = {
  cursor: undefined,
  boundary: new Map(),
  partitions: new Map(),
  shared: false,
  known: undefined,
  parentState: undefined,
  resume: undefined,
  done: false,
};

/** The name of the cursor in a state: its path without the `$.` that may be written. */
export const cursorName = (plan: StreamPlan): string | undefined => plan.cursor?.path.text.replace(/^\$\.?(?=.)/, '');

/** Names of the bound fields of a child, as `by` says them. */
export const boundNames = (plan: StreamPlan): readonly string[] =>
  (plan.parent?.fields.slice(0, plan.parent.bound) ?? []).map((path) => path.text);

export interface StateContext {
  readonly plan: StreamPlan;
  readonly request: {
    readonly state: JsonObject | undefined;
    readonly syncId: number | undefined;
    readonly overwrite: boolean;
  };
  /** After `incremental` was found to be impossible for a stream without cursor. */
  readonly mode: Mode;
  /** Epoch ms. */
  readonly now: number;
  readonly note: (note: Note) => void;
}

/**
 * Reads a stream's state by the rules of the contract. Throws a config_error that says to reset the stream for a state that
 * cannot be read, is from a newer version or belongs to another split; never reads fully in silence.
 */
export function readState(context: StateContext): Saved {
  const {plan, request} = context;
  const state = request.state;
  if (state === undefined || Object.keys(state).length === 0) return emptySaved;
  if (!Object.hasOwn(state, 'v')) return foreign(context, state);
  const version = integerOf(state['v']);
  if (version === undefined || version < 1) throw unreadable(plan, 'its version "v" is no number');
  if (version > 1) throw unreadable(plan, `it was written by a newer version of this connector (v ${version})`);
  checkShard(plan, state);
  const cursor = cursorOf(context, state);
  const partitions = partitionsOf(context, state);
  if (cursor !== undefined || partitions.size > 0) noteChangedStart(context, state);
  return {
    cursor,
    boundary: cursor === undefined && partitions.size === 0 ? new Map() : boundaryOf(plan, state),
    partitions,
    shared: state['shared'] === true && cursor !== undefined,
    known: knownOf(plan, state),
    parentState: memberOf(plan, state, 'parent_state'),
    resume: resumeOf(context, state),
    done: doneOf(context, state),
  };
}

function unreadable(plan: StreamPlan, why: string): Error {
  return configError(
    `${plan.name}: its saved state cannot be used: ${why}. Reset the stream (clear its data and state) to read it from the beginning`,
  );
}

/** An object of the state; undefined where it is not there. Throws a config_error for anything else. */
function memberOf(plan: StreamPlan, state: JsonObject, name: string): JsonObject | undefined {
  const value = state[name];
  if (value === undefined || value === null) return undefined;
  const object = objectOf(value);
  if (object === undefined) throw unreadable(plan, `its ${name} is no object`);
  return object;
}

/** A bare {"updated_at": "…"} of another connector, or written by hand. */
function foreign({plan, mode, note}: StateContext, state: JsonObject): Saved {
  const name = cursorName(plan);
  const value = name === undefined ? undefined : state[name];
  if (value !== undefined) {
    const cursor = fromStateValue(value);
    if (cursor === undefined) throw unreadable(plan, `${name} is ${printExact(value).slice(0, 60)}`);
    note({
      level: 'info',
      key: 'state-foreign',
      text: `a state without version is taken: ${name} from ${printExact(cursor)}`,
    });
    return {...emptySaved, cursor};
  }
  const keys = Object.keys(state).slice(0, 5).join(', ');
  if (mode === 'incremental') {
    throw unreadable(plan, `it has no version and holds ${keys}, not ${name ?? 'what this stream needs'}`);
  }
  note({
    level: 'info',
    key: 'state-foreign',
    text: `a state of another connector (${keys}) is not used in full_refresh`,
  });
  return emptySaved;
}

/** `by` of the state's shard: the key of the partitions, or the windows' step. */
export function shardNames(plan: StreamPlan): readonly string[] {
  const names = boundNames(plan);
  if (names.length > 0) return names;
  const step = plan.cursor?.step;
  if (step === undefined) return [];
  return [step.kind === 'number' ? printExact(step.value) : `P${step.months}MT${step.ms / 1000}S`];
}

function checkShard(plan: StreamPlan, state: JsonObject): void {
  const saved = memberOf(plan, state, 'shard');
  if (saved === undefined) return;
  const {shard} = plan;
  const by = JSON.stringify(listOf(saved['by']) ?? []);
  const same = shard !== undefined && integerOf(saved['index']) === shard.index && integerOf(saved['of']) === shard.of;
  if (same && by === JSON.stringify(shardNames(plan))) return;
  const text = (part: Pick<ShardPlan, 'index' | 'of'>, names: string) =>
    `shard ${part.index} of ${part.of} by ${names}`;
  const was = text({index: integerOf(saved['index']) ?? -1, of: integerOf(saved['of']) ?? -1}, by);
  const is = shard === undefined ? 'not split' : text(shard, JSON.stringify(shardNames(plan)));
  throw configError(
    `${plan.name}: its saved state is of ${was}, the stream is now ${is}: keep the split, or reset the stream in all its connections`,
  );
}

function cursorOf({plan, note}: StateContext, state: JsonObject): Json | undefined {
  const saved = memberOf(plan, state, 'cursor');
  if (saved === undefined) return undefined;
  const name = cursorName(plan);
  const [path] = Object.keys(saved);
  if (path === undefined) throw unreadable(plan, 'its cursor is empty');
  if (name === undefined || !Object.hasOwn(saved, name)) {
    const now = name === undefined ? 'the stream has no cursor now' : `cursor_path is now ${name}`;
    note({level: 'warn', key: 'cursor-path', text: `the saved cursor of ${path} is not used: ${now}`});
    return undefined;
  }
  const cursor = fromStateValue(saved[name]);
  if (cursor === undefined || cursor === null || typeof cursor === 'boolean') {
    throw unreadable(plan, `its cursor ${name} is ${printExact(saved[name] ?? null).slice(0, 60)}`);
  }
  return cursor;
}

function boundaryOf(plan: StreamPlan, state: JsonObject): Hashes {
  const hashes = new Map<string, number>();
  for (const [hash, value] of Object.entries(memberOf(plan, state, 'boundary') ?? {})) {
    const count = integerOf(value);
    if (count === undefined || count < 1)
      throw unreadable(plan, `its boundary holds ${printExact(value).slice(0, 60)}`);
    hashes.set(hash, count);
  }
  return hashes;
}

/** Whole hashes of 48 bits in base64: with anything else every parent would be a new one. */
function knownOf(plan: StreamPlan, state: JsonObject): string | undefined {
  const value = state['known'];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string' || value.length % 8 !== 0 || !/^[\w+/-]*$/.test(value))
    throw unreadable(plan, 'its known is not what was written');
  return value;
}

/** The state wins over another `initial_value` than the one it began with: said, for it may have been meant otherwise. */
function noteChangedStart({plan, mode, note}: StateContext, state: JsonObject): void {
  const before = fromStateValue(state['initial']);
  const initial = plan.cursor?.initial;
  if (mode !== 'incremental' || before === undefined || plan.cursor === undefined) return;
  const [was, is] = [printExact(before), initial === undefined ? 'none' : printExact(initial)];
  if (was === is) return;
  const text = `initial_value was ${was} and is now ${is}: the stream goes on from its state; reset it (clear its data and state) to read from the new start`;
  note({level: 'info', key: 'initial-changed', text});
}

/** The JSON text of a key: [7], ["a","b"]. */
export const keyText = (key: readonly Json[]): string => printExact(key);

function partitionsOf({plan, note}: StateContext, state: JsonObject): ReadonlyMap<string, Partition> {
  const found = new Map<string, Partition>();
  const saved = memberOf(plan, state, 'partitions');
  if (saved === undefined) return found;
  const name = cursorName(plan);
  const by = JSON.stringify(listOf(saved['by']) ?? []);
  if (name === undefined || saved['path'] !== name || by !== JSON.stringify(boundNames(plan))) {
    const text = `the saved cursors of ${wordFor(saved['path'])} by ${by} are not used: the stream is now read by ${JSON.stringify(boundNames(plan))} with the cursor ${name ?? '(none)'}`;
    note({level: 'warn', key: 'partitions', text});
    return found;
  }
  const rows = listOf(saved['cursors']);
  if (rows === undefined) throw unreadable(plan, 'its partitions hold no list of cursors');
  for (const row of rows) {
    const values = listOf(row)?.map(fromState) ?? [];
    const [cursor, digest, ...more] = values.splice(boundNames(plan).length);
    if (
      cursor === undefined ||
      cursor === null ||
      (digest !== undefined && typeof digest !== 'string') ||
      more.length > 0
    ) {
      throw unreadable(plan, `one of its partitions is ${printExact(row).slice(0, 60)}`);
    }
    const key = values.map((value) => value ?? null);
    found.set(keyText(key), {key, cursor, ...(digest !== undefined && {digest})});
  }
  return found;
}

function resumeOf({plan, request, mode, now, note}: StateContext, state: JsonObject): Resume | undefined {
  const saved = memberOf(plan, state, 'resume');
  if (saved === undefined) return undefined;
  const {syncId, overwrite} = request;
  const resume = readResume(saved, {mode, fingerprint: plan.fingerprint, syncId, overwrite, now});
  if (typeof resume !== 'string') return resume;
  note({level: 'info', key: 'resume-dropped', text: resume});
  return undefined;
}

function doneOf({plan, request, mode, now}: StateContext, state: JsonObject): boolean {
  const saved = memberOf(plan, state, 'done');
  const at = integerOf(saved?.['at']);
  if (saved === undefined || mode !== 'full_refresh' || request.syncId === undefined || at === undefined) return false;
  return integerOf(saved['sync_id']) === request.syncId && Math.abs(now - at) <= oneDay;
}
