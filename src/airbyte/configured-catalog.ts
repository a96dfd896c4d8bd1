import {configError} from '../errors.js';
import type {Json, JsonObject} from '../json/exact.js';
import {listOr, objectOr, parseInput, streamKey} from './input.js';
import type {Descriptor} from './messages.js';
import type {SyncMode} from './protocol.generated.js';

/** What the host wants of one stream. */
export interface ConfiguredStream {
  /** Name and namespace as given: they are repeated in every line. */
  readonly stream: Descriptor;
  readonly mode: SyncMode;
  /** The destination replaces what it has. */
  readonly overwrite: boolean;
  /** The platform's number of this sync; undefined where it tells no sync from another. */
  readonly syncId: number | undefined;
  /** Top-level fields of the schema the host keeps: it drops the others. undefined: the catalog has none. */
  readonly fields: readonly string[] | undefined;
}

/**
 * Below it a `sync_id` is none: PyAirbyte sends 1 with every sync (its `with_default_values`), older releases 0. Taken for an id, a
 * second read on the same day would find the first one done and bring nothing.
 */
export const firstSyncId = 2;

/** The file of `--catalog`. Every optional field may be null. Throws a config_error that names the place. */
export function parseCatalog(file: string, text: string): readonly ConfiguredStream[] {
  if (text.trim() === '') throw configError(`--catalog ${file}: the file is empty`);
  const root = objectOr(parseInput('catalog', file, text));
  const streams = listOr(root?.['streams'] ?? objectOr(root?.['catalog'])?.['streams']);
  if (streams === undefined) {
    throw configError(`--catalog ${file}: no list "streams" (a configured catalog is {"streams": [{"stream": …}]})`);
  }
  const seen = new Set<string>();
  return streams.map((entry, index) => {
    const configured = parseStream(entry, `--catalog ${file}: streams[${index}]`);
    const {name} = configured.stream;
    if (seen.has(name)) throw configError(`--catalog ${file}: the stream ${name} is configured twice`);
    seen.add(name);
    return configured;
  });
}

/** The key under which a stream's state is found. */
export const keyOf = ({name, namespace}: Descriptor): string => streamKey(name, namespace);

function parseStream(entry: Json, place: string): ConfiguredStream {
  const configured = objectOr(entry);
  const stream = objectOr(configured?.['stream']);
  if (configured === undefined || stream === undefined) {
    const isDiscovered = configured?.['json_schema'] !== undefined;
    const why = isDiscovered ? '; this is the catalog of discover, and read takes a configured one' : '';
    throw configError(
      `${place}: no object "stream"${why} ({"streams": [{"stream": …, "sync_mode": …, "destination_sync_mode": …}]})`,
    );
  }
  const name = stream['name'];
  if (typeof name !== 'string' || name === '') throw configError(`${place}.stream: no "name"`);
  const namespace = stream['namespace'] ?? undefined;
  if (namespace !== undefined && typeof namespace !== 'string') {
    throw configError(`${place}.stream.namespace: must be a string or null`);
  }
  const mode = configured['sync_mode'];
  if (mode !== 'full_refresh' && mode !== 'incremental') {
    throw configError(
      `${place}.sync_mode: ${shown(mode)} is not a sync mode; there are "full_refresh" and "incremental"`,
    );
  }
  const destinationMode = configured['destination_sync_mode'];
  const syncId = configured['sync_id'];
  const properties = objectOr(objectOr(stream['json_schema'])?.['properties']);
  return {
    stream: namespace === undefined ? {name} : {name, namespace},
    mode,
    overwrite: typeof destinationMode === 'string' && destinationMode.startsWith('overwrite'),
    syncId: typeof syncId === 'number' && syncId >= firstSyncId ? syncId : undefined,
    fields: properties === undefined ? undefined : fieldNames(properties),
  };
}

const fieldNames = (properties: JsonObject): readonly string[] | undefined => {
  const names = Object.keys(properties);
  return names.length === 0 ? undefined : names;
};

const shown = (value: Json | undefined): string =>
  typeof value === 'string' ? JSON.stringify(value) : value === undefined || value === null ? 'none' : 'this value';
