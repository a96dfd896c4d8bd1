import type {Json, JsonObject} from '../json/exact.js';
import type {Position} from '../pagination/paginator.js';
import {type Before, printBefore, readBefore} from './before.js';
import type {Frozen} from './frozen.js';
import {
  fromState,
  fromStateValue,
  integerOf,
  listOf,
  objectOf,
  textOfValue,
  toStateValue,
  wordFor,
} from './state-values.js';

/** Longest age of `resume` and `done`, in ms. */
export const oneDay = 86_400_000;

/** The unfinished slice at the frontier (contract, State: `resume`). */
export interface Resume extends Frozen {
  /** Key of the parent in progress; undefined: between two parents. */
  readonly parent?: readonly Json[];
  /** Digest of its row. */
  readonly row?: string;
  readonly before?: Before;
  readonly seen?: Json;
  readonly position?: Position;
  /** Epoch ms. */
  readonly began?: number;
}

export interface ResumeContext {
  readonly mode: string;
  readonly fingerprint: string;
  readonly syncId: number | undefined;
  readonly overwrite: boolean;
  /** Epoch ms. */
  readonly now: number;
}

/** Where an interrupted read goes on; a text where it may not, which says why. */
export function readResume(saved: JsonObject, context: ResumeContext): Resume | string {
  const {mode, fingerprint, syncId, overwrite, now} = context;
  const at = integerOf(saved['at']);
  if (saved['mode'] !== mode)
    return `the position of an interrupted ${wordFor(saved['mode'])} sync is not used in ${mode}`;
  if (at === undefined || Math.abs(now - at) > oneDay) {
    return 'the position of an interrupted sync is older than 24 hours and not used';
  }
  if (saved['request'] !== fingerprint) {
    return 'the position of an interrupted sync is not used: the request was changed in the configuration';
  }
  if (mode === 'full_refresh' && (syncId === undefined ? overwrite : syncId !== integerOf(saved['sync_id']))) {
    return 'the position of another full_refresh is not used';
  }
  const before = readBefore(textOfValue(saved['before']));
  const row = textOfValue(saved['row']);
  // Keys may be any JSON; numbers as everywhere in a state.
  const parent = listOf(saved['parent'])?.map(fromState);
  const position = objectOf(fromState(saved['position'] ?? null));
  const began = integerOf(saved['began']);
  return {
    ...(parent && {parent}),
    ...(row !== undefined && {row}),
    ...(before && {before}),
    ...valueAt(saved, 'since'),
    ...valueAt(saved, 'until'),
    ...valueAt(saved, 'end'),
    ...exactOf(saved),
    ...valueAt(saved, 'seen'),
    ...(position && {position}),
    ...(began !== undefined && {began}),
  };
}

function valueAt(saved: JsonObject, name: 'since' | 'until' | 'end' | 'seen'): {[key in typeof name]?: Json} {
  const value = fromStateValue(saved[name]);
  return value === undefined ? {} : {[name]: value};
}

function exactOf(saved: JsonObject): Pick<Resume, 'exact'> {
  const exact = objectOf(saved['exact']);
  if (exact === undefined) return {};
  const [since, until, end] = [exact['since'], exact['until'], exact['end']].map(textOfValue);
  return {
    exact: {...(since !== undefined && {since}), ...(until !== undefined && {until}), ...(end !== undefined && {end})},
  };
}

/** A position has members of its own, never `number` alone: they are what is written. */
const membersOf = (position: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(position).map(([name, value]) => [name, toStateValue(value)]));

/** As it stands in a state, beside what says when it counts. */
export function printResume(resume: Resume): JsonObject {
  const {began, parent, row, before, since, until, end, exact, seen, position} = resume;
  return {
    ...(began !== undefined && {began}),
    ...(parent && {parent: parent.map(toStateValue)}),
    ...(row !== undefined && {row}),
    ...(before && {before: printBefore(before)}),
    ...(since !== undefined && {since: toStateValue(since)}),
    ...(until !== undefined && {until: toStateValue(until)}),
    ...(end !== undefined && {end: toStateValue(end)}),
    ...(exact && {exact: {...exact}}),
    ...(seen !== undefined && {seen: toStateValue(seen)}),
    ...(position && {position: membersOf(position)}),
  };
}
