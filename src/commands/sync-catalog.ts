import {firstSyncId} from '../airbyte/configured-catalog.js';
import {listOr, objectOr} from '../airbyte/input.js';
import type {SavedStream, WriteMode} from '../destinations/destination.js';
import {didYouMean} from '../did-you-mean.js';
import {configError, systemError} from '../errors.js';
import {type Json, type JsonObject, parseExact, printExact} from '../json/exact.js';

/** A stream of the catalog that discover prints. */
export interface Discovered {
  readonly name: string;
  readonly namespace: string | undefined;
  /** Fields of its key, dotted where they lie deeper; empty: none. */
  readonly key: readonly string[];
  /** Later runs read only what changed: by its cursor, or by its parent's. */
  readonly incremental: boolean;
  /** As discover printed it. */
  readonly stream: JsonObject;
}

/** How a stream is read and written, with the ids that the platform would send. */
export interface Chosen {
  readonly discovered: Discovered;
  readonly mode: WriteMode;
  readonly incremental: boolean;
  readonly generation: number;
  readonly minimumGeneration: number;
  readonly syncId: number;
  /** State to start from; undefined: from the beginning. JSON. */
  readonly state: string | undefined;
}

/** The streams of a CATALOG message's `catalog`. */
export function readDiscovered(catalog: string): readonly Discovered[] {
  const streams = listOr(objectOr(parseExact(catalog))?.['streams']);
  if (streams === undefined) throw systemError('discover printed a catalog without streams');
  return streams.flatMap((entry) => {
    const stream = objectOr(entry);
    const name = stream?.['name'];
    if (stream === undefined || typeof name !== 'string') return [];
    const namespace = stream['namespace'];
    const modes = listOr(stream['supported_sync_modes']) ?? [];
    const key = (listOr(stream['source_defined_primary_key']) ?? []).map((path) => (listOr(path) ?? []).join('.'));
    const hasKey = key.length > 0;
    const hasCursor = (listOr(stream['default_cursor_field']) ?? []).length > 0;
    return [
      {
        name,
        namespace: typeof namespace === 'string' ? namespace : undefined,
        key,
        // Children of changed parents come again as a whole: without a key they would pile up.
        incremental: modes.includes('incremental') && (hasKey || hasCursor),
        stream,
      },
    ];
  });
}

/** Those that were asked for, all without a choice. Throws a config_error that lists what there is. */
export function select(streams: readonly Discovered[], names: readonly string[] | undefined): readonly Discovered[] {
  if (names === undefined) return streams;
  refuseUnknown(
    names,
    streams.map(({name}) => name),
  );
  return streams.filter(({name}) => names.includes(name));
}

/** Throws a config_error for the first name that is none of `known`. */
export function refuseUnknown(names: readonly string[], known: readonly string[]): void {
  if (names.length === 0) throw configError(`--streams: no name is given; there are ${known.join(', ')}`);
  const missing = names.find((name) => !known.includes(name));
  if (missing === undefined) return;
  const hint = didYouMean(missing, known);
  throw configError(
    `--streams ${missing}: no such stream${hint}${hint === '' ? ';' : ''} there are ${known.join(', ')}`,
  );
}

/** A walk that was cut off can be continued for 24 hours (contract, *State*); the read itself takes time too. */
const resumable = 23 * 3_600_000;

export interface ChooseOptions {
  readonly fullRefresh: boolean;
  /** Ask nothing of the saved states: others are given, or the result is a sample. */
  readonly ignoreStates: boolean;
  /** The last run asked the same of the source, so what it left unfinished can be continued. */
  readonly sameAsLast: boolean;
  readonly syncId: number;
  /** Epoch ms. */
  readonly now: number;
}

/**
 * Modes and ids as the platform chooses them. With a key rows are merged by it, without one they are appended or replace the table;
 * without a cursor the whole stream is read and what the table held before goes. A replacement gets a generation of its own, and goes on under the same ids when the last
 * run left it unfinished; rows and states of another generation do not count for it.
 */
export function choose(discovered: Discovered, saved: SavedStream | undefined, options: ChooseOptions): Chosen {
  const {incremental, key} = discovered;
  const mode = key.length > 0 ? 'append_dedup' : incremental ? 'append' : 'overwrite';
  const state = options.ignoreStates ? undefined : saved?.state;
  const latest = Math.max(saved?.generation ?? 0, saved?.pending ?? 0, saved?.state?.generation ?? 0);
  const of = {discovered, mode, incremental} as const;
  const isNew = saved?.generation === undefined;
  const replaced = !incremental || options.fullRefresh || saved?.sample === true || saved?.pending !== undefined;
  if (!replaced && !isNew) {
    const counts = state?.generation === saved.generation ? state.text : undefined;
    return {...of, generation: saved.generation, minimumGeneration: 0, syncId: options.syncId, state: counts};
  }
  const goesOn =
    state?.syncId !== undefined &&
    state.syncId >= firstSyncId &&
    options.sameAsLast &&
    saved?.pending === state.generation &&
    options.now - state.at < resumable;
  const generation = goesOn ? state.generation : latest + 1;
  return {
    ...of,
    generation,
    minimumGeneration: replaced ? generation : 0,
    syncId: goesOn ? state.syncId : options.syncId,
    state: goesOn ? state.text : undefined,
  };
}

/** The configured catalog, as the platform writes it. */
export function configuredCatalog(chosen: readonly Chosen[]): string {
  const streams = chosen.map(({discovered, mode, incremental, generation, minimumGeneration, syncId}): JsonObject => {
    const {stream} = discovered;
    return {
      stream,
      sync_mode: incremental ? 'incremental' : 'full_refresh',
      destination_sync_mode: mode,
      cursor_field: stream['default_cursor_field'] ?? [],
      primary_key: stream['source_defined_primary_key'] ?? [],
      generation_id: generation,
      minimum_generation_id: minimumGeneration,
      sync_id: syncId,
    };
  });
  return printExact({streams});
}

/** The states as `read --state` takes them; each is put in as the text it was saved as. */
export function stateFile(chosen: readonly Chosen[]): string {
  const states = chosen.flatMap(({discovered: {name, namespace}, state}) => {
    if (state === undefined) return [];
    const descriptor: Json = namespace === undefined ? {name} : {name, namespace};
    return [`{"type":"STREAM","stream":{"stream_descriptor":${printExact(descriptor)},"stream_state":${state}}}`];
  });
  return `[${states.join(',\n')}]\n`;
}
