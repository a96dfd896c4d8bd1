import type {Clock} from '../clock.js';
import {configError} from '../errors.js';
import type {Destination} from './destination.js';

/** How a destination is known by what people write after `--into`; the first that fits is taken. */
interface Place {
  readonly fits: (into: string, format: string | undefined) => boolean;
  readonly open: (into: string, clock: Clock) => Promise<Destination>;
}

const isFolder = (into: string): boolean => /[/\\]$/.test(into) || !/\.[^./\\]+$/.test(into);

const places: readonly Place[] = [
  {
    fits: (into, format) => format === undefined && /\.(duckdb|ddb|db)$/i.test(into),
    open: async (into, clock) => (await import('./duckdb.js')).openDuckDb(into, clock),
  },
  {
    fits: (into, format) => isFolder(into) && format === 'parquet',
    open: async (into, clock) => (await import('./parquet.js')).openParquet(into, clock),
  },
  {
    fits: (into, format) => isFolder(into) && (format === undefined || format === 'jsonl'),
    open: async (into, clock) => (await import('./files.js')).openFiles(into, clock),
  },
];

/** Opens the place that `into` names: `x.duckdb`, or a folder (`format`: jsonl or parquet). Throws a config_error for any other. */
export async function openDestination(into: string, format: string | undefined, clock: Clock): Promise<Destination> {
  const isUrl = /^[a-z][a-z0-9+.-]+:\/\//i.test(into);
  const place = isUrl ? undefined : places.find(({fits}) => fits(into, format));
  if (place !== undefined) return place.open(into, clock);
  const asked =
    format === undefined
      ? `--into ${isUrl ? into.replace(/\/\/[^/]*@/, '//') : into}`
      : `--into ${into} --format ${format}`;
  throw configError(
    `${asked}: there are a DuckDB file (acme.duckdb), and a folder (out/) with --format jsonl (default) or parquet`,
  );
}
