import {counted, grouped} from '../counted.js';
import type {Progress as Applied} from '../destinations/apply.js';
import {duration, rate} from './numbers.js';
import {oneLine, visible} from './people/screen.js';
import type {StreamSummary} from './stream-summary.js';
import type {Chosen} from './sync-catalog.js';
import {table} from './table.js';

/** What a sync came to, for the table and for `--json`. */
export interface StreamResult {
  readonly stream: string;
  readonly namespace?: string;
  readonly mode: Chosen['mode'];
  /** Read from the start, so that its rows take the place of what was there. */
  readonly full: boolean;
  /** Fields of the key, by which rows are merged; empty: none. */
  readonly key: readonly string[];
  readonly status: 'complete' | 'limited' | 'incomplete';
  readonly rows: number;
  readonly new: number;
  readonly changed: number;
  readonly pages: number | null;
  readonly requests: number | null;
  readonly retries: number | null;
  readonly seconds: number;
  readonly ended: string;
  readonly error: string | null;
}

export interface Timed {
  readonly since: number | undefined;
  readonly until: number | undefined;
}

export function resultOf(
  {discovered, mode, incremental, minimumGeneration}: Chosen,
  applied: Applied,
  {
    summary,
    time,
    error,
    limit,
    interrupted,
  }: {
    summary: StreamSummary | undefined;
    time: Timed;
    error: string | undefined;
    limit: number;
    interrupted: boolean;
  },
): StreamResult {
  const status = applied.status === 'complete' || applied.status === 'limited' ? applied.status : 'incomplete';
  const {counts} = applied.sink;
  const ms = time.since === undefined || time.until === undefined ? 0 : time.until - time.since;
  return {
    stream: discovered.name,
    ...(discovered.namespace === undefined ? {} : {namespace: discovered.namespace}),
    mode,
    full: !incremental || minimumGeneration > 0,
    key: discovered.key,
    status,
    rows: counts.rows,
    new: counts.new,
    changed: counts.changed,
    pages: summary?.pages ?? null,
    requests: summary?.requests ?? null,
    retries: summary?.retries ?? null,
    seconds: ms / 1_000,
    ended:
      interrupted && status === 'incomplete' && error === undefined ? 'interrupted' : endText(status, summary, limit),
    // Messages of `read` begin with the stream's name where they concern one.
    error: error === undefined ? null : error.replace(new RegExp(`^${escaped(discovered.name)}: `), ''),
  };
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

function endText(status: StreamResult['status'], summary: StreamSummary | undefined, limit: number): string {
  if (status === 'limited') return `stopped by --limit ${limit}; more follow`;
  if (status === 'incomplete') return 'failed';
  const reasons = (summary?.reasons ?? []).map(([reason, times]) =>
    times > 1 ? `${reason} (${times} times)` : reason,
  );
  const retries = summary?.retries ?? 0;
  const again = retries === 0 ? '' : ` (${counted(retries, 'retry', 'retries')})`;
  return `${reasons.length === 0 ? 'complete' : reasons.join(', ')}${again}`;
}

const columns = [
  {title: 'stream'},
  {title: 'mode'},
  {title: 'rows', numeric: true},
  {title: 'new', numeric: true},
  {title: 'changed', numeric: true},
  {title: 'pages', numeric: true},
  {title: 'requests', numeric: true},
  {title: 'rows/s', numeric: true},
  {title: 'ended'},
] as const;

/** How a stream is read and written, in words; `mode` is the protocol's. */
function modeText({mode, full, key}: StreamResult): string {
  const written = mode === 'append_dedup' ? `merged by ${key.join(', ')}` : full ? 'replaced' : 'appended';
  return `${full ? 'full' : 'incremental'}, ${written}`;
}

const optional = (value: number | null): string => (value === null ? '–' : grouped(value));

/** The table of a sync, a line per failed stream, and the next step to type. */
export function reportText(
  results: readonly StreamResult[],
  {into, ms, width, next}: {into: string; ms: number; width: number; next: string},
): string {
  const rows = results.map((result) => [
    oneLine(result.stream),
    oneLine(modeText(result)),
    grouped(result.rows),
    // All rows of a table that is replaced are new to it: that says nothing of what changed in the source.
    result.full ? '–' : grouped(result.new),
    result.full ? '–' : grouped(result.changed),
    optional(result.pages),
    optional(result.requests),
    result.seconds > 0 && result.rows > 0 ? rate(result.rows / result.seconds) : '–',
    oneLine(result.ended),
  ]);
  const failures = results.flatMap(({stream, error}) =>
    error === null ? [] : [` ✘ ${oneLine(stream)}: ${visible(error)}`],
  );
  const total = results.reduce((sum, result) => sum + result.rows, 0);
  // What was there before has made way for nothing.
  const empty = results.filter((result) => result.full && result.status === 'complete' && result.rows === 0);
  const isKnown = total === 0 && empty.length === 0 && results.every(({status}) => status === 'complete');
  const names = empty.map(({stream}) => stream).join(', ');
  const left = empty.length === 0 ? '' : `; ${names} ${empty.length === 1 ? 'is' : 'are'} empty now`;
  const came = isKnown
    ? `nothing new in ${into}`
    : `${grouped(total)} ${total === 1 ? 'row' : 'rows'} came into ${into}${left}`;
  const last = oneLine(`${came}, ${duration(ms)}.   ${next}`);
  return `${[table(columns, rows, width), ...failures, last].join('\n')}\n`;
}

/** What to type next. */
export function nextStep(
  results: readonly StreamResult[],
  {into, format, interrupted}: {into: string; format: string | undefined; interrupted: boolean},
): string {
  if (interrupted) {
    const complete = results.filter(({status}) => status === 'complete').length;
    return `interrupted: ${complete} of ${counted(results.length, 'stream')} complete, what came is saved; run the same again: it goes on where it stopped`;
  }
  const failed = results.filter(({status}) => status === 'incomplete');
  const anew = results.every(({full}) => full) ? 'everything anew' : 'only what changed';
  const again = failed.length === 0 ? `again: ${anew}` : 'again: goes on where it stopped';
  if (results.some(({status}) => status === 'limited')) return 'a sample; all of it: the same without --limit';
  if (failed.length === results.length && results.length > 0) {
    const isSaid = failed.some(({error}) => error !== null);
    return `no stream is complete: ${isSaid ? 'correct what is said above, then' : 'the source ended early; run'} the same again`;
  }
  const full = results.find(({rows}) => rows > 0) ?? results[0];
  if (full === undefined) return again;
  const name = /^[a-z_][a-z0-9_]*$/i.test(full.stream) ? full.stream : `\\"${full.stream}\\"`;
  if (/^postgres(ql)?:\/\//i.test(into)) return `next: ${psql(into, full)}   ${again}`;
  if (/\.(duckdb|ddb|db)$/i.test(into)) return `next: duckdb ${into} "select * from ${name} limit 5"   ${again}`;
  const folder = into.replace(/\/$/, '');
  return `next: ${format === 'parquet' ? 'duckdb -c "from ' : 'head -3 '}${format === 'parquet' ? `'${folder}/${full.stream}.parquet'"` : `${folder}/${full.stream}.jsonl`}   ${again}`;
}

/** `into` without a password: psql takes it from PGPASSWORD too, or asks. */
function psql(into: string, {stream, namespace}: StreamResult): string {
  const url = new URL(into);
  const schema = namespace ?? url.searchParams.get('schema') ?? 'public';
  url.searchParams.delete('schema');
  const table = [schema, stream].map((name) => (/^[a-z_][a-z0-9_]*$/.test(name) ? name : `\\"${name}\\"`)).join('.');
  return `psql "${url.href}" -c "select * from ${table} limit 5"`;
}
