import type {Clock} from '../clock.js';
import {configError} from '../errors.js';
import type {Destination} from './destination.js';
import {withoutPassword} from './without-password.js';

/** How a destination is known by what people write after `--into`; the first that fits is taken. */
interface Place {
  readonly fits: (into: string, format: string | undefined) => boolean;
  readonly open: (into: string, clock: Clock) => Promise<Destination>;
}

const isUrl = (into: string): boolean => /^[a-z][a-z0-9+.-]+:\/\//i.test(into);
const isFolder = (into: string): boolean => !isUrl(into) && (/[/\\]$/.test(into) || !/\.[^./\\]+$/.test(into));

const places: readonly Place[] = [
  {
    fits: (into, format) => format === undefined && /^postgres(ql)?:\/\//i.test(into),
    open: async (into, clock) => (await import('./postgres.js')).openPostgres(into, clock),
  },
  {
    fits: (into, format) => format === undefined && !isUrl(into) && /\.(duckdb|ddb|db)$/i.test(into),
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

/**
 * Opens the place that `into` names: `x.duckdb`, a folder (`format`: jsonl or parquet), or `postgres://…`. Throws a config_error for
 * any other, and whatever stands in the way of this one; no message holds a password.
 */
export async function openDestination(into: string, format: string | undefined, clock: Clock): Promise<Destination> {
  if (into.trim() === '')
    throw configError('--into: no place is given; a DuckDB file (acme.duckdb), or a folder (out/)');
  const place = places.find(({fits}) => fits(into, format));
  if (place !== undefined) return place.open(into, clock);
  const asked = `--into ${withoutPassword(into)}${format === undefined ? '' : ` --format ${format}`}`;
  throw configError(
    `${asked}: there are a DuckDB file (acme.duckdb), a folder (out/) with --format jsonl (default) or parquet, and ` +
      'a PostgreSQL database (postgres://user@host/database)',
  );
}
