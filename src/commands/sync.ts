import {createHash} from 'node:crypto';
import {readFile, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {firstSyncId} from '../airbyte/configured-catalog.js';
import {readInput, streamKey} from '../airbyte/input.js';
import {parseState} from '../airbyte/state-file.js';
import {readConfig} from '../config/load.js';
import type {Progress as Applied} from '../destinations/apply.js';
import {parseTargets} from '../destinations/catalog.js';
import type {Destination, Saved} from '../destinations/destination.js';
import {openDestination} from '../destinations/places.js';
import {withoutPassword} from '../destinations/without-password.js';
import {configError} from '../errors.js';
import {openScratch} from '../scratch.js';
import {type Command, flagOption, type Host, type Invocation, textOption} from './command.js';
import {type ConfigFile, openConfigFile} from './config-file.js';
import {discover} from './discover-child.js';
import {Progress} from './progress.js';
import {storeConfig} from './store-config.js';
import {
  type Chosen,
  choose,
  configuredCatalog,
  type Discovered,
  refuseUnknown,
  select,
  stateFile,
} from './sync-catalog.js';
import {nextStep, reportText, resultOf, type StreamResult} from './sync-report.js';
import {type Heard, runRead} from './sync-run.js';

export const command: Command = {
  summary: 'read all streams into a DuckDB file, a folder or PostgreSQL; again: only what changed',
  options: [
    {flags: '--config <file>', text: 'the configuration, JSON or YAML (default: the only one here)'},
    {
      flags: '--into <place>',
      text: 'a DuckDB file, a folder (out/), or postgres://user@host/database?schema=public, the password in PGPASSWORD (default: warehouse.duckdb)',
    },
    {flags: '--format <format>', text: 'of a folder: jsonl (default) or parquet'},
    {flags: '--streams <names>', text: 'only these, with commas between them'},
    {flags: '--state <file>', text: 'start from these states, not from those kept with the data'},
    {flags: '--full-refresh', text: 'read everything again and replace what is there once it is complete'},
    {flags: '--limit <rows>', text: 'a sample: at most so many rows of each stream'},
    {flags: '--quiet', text: 'print errors only'},
    {flags: '--json', text: 'print the result as JSON'},
  ],
  example: 'sync --config acme.yaml --into acme.duckdb',
  run: sync,
};

interface Asked {
  readonly into: string;
  readonly format: string | undefined;
  readonly streams: readonly string[] | undefined;
  readonly state: string | undefined;
  readonly fullRefresh: boolean;
  readonly limit: number | undefined;
  readonly quiet: boolean;
  readonly json: boolean;
}

function readOptions(invocation: Invocation): Asked {
  const limit = textOption(invocation, 'limit');
  if (limit !== undefined && !/^[1-9]\d*$/.test(limit))
    throw configError(`--limit ${limit}: must be a number from 1 up`);
  const names = textOption(invocation, 'streams')
    ?.split(',')
    .map((name) => name.trim());
  return {
    into: textOption(invocation, 'into') ?? 'warehouse.duckdb',
    format: textOption(invocation, 'format'),
    streams: names?.filter((name) => name !== ''),
    state: textOption(invocation, 'state'),
    fullRefresh: flagOption(invocation, 'fullRefresh'),
    limit: limit === undefined ? undefined : Number(limit),
    quiet: flagOption(invocation, 'quiet'),
    json: flagOption(invocation, 'json'),
  };
}

async function sync(invocation: Invocation, host: Host): Promise<number> {
  const asked = readOptions(invocation);
  // A file that cannot be used is said before anything is asked or made.
  if (asked.state !== undefined) parseState(asked.state, await readInput('state', asked.state));
  const config = await openConfigFile(textOption(invocation, 'config'), host.environment);
  const progress = asked.quiet ? undefined : new Progress(progressOptions(host));
  for (const warning of config.warnings) progress?.say(`! ${warning}`);
  const began = host.clock.now();
  const known = await streamNames(config, host);
  // What is wrong with a configuration is for discover to say, before a place is made for nothing.
  const control = async (stored: string): Promise<void> => {
    const problem = await storeConfig(config.file, stored);
    if (problem !== undefined) progress?.say(`! a renewed token was not stored: ${problem}`);
  };
  if (known === undefined) await discover(config, host, progress, control);
  else if (asked.streams !== undefined) refuseUnknown(asked.streams, known);
  const destination = await openDestination(asked.into, asked.format, host.clock);
  const folder = await openScratch();
  try {
    const streams = await discover(config, host, progress, control).catch((thrown: unknown) => {
      if (!host.signal.aborted) throw thrown;
      return undefined;
    });
    if (streams === undefined || host.signal.aborted) {
      progress?.say('interrupted: nothing was read yet; run the same again');
      return 130;
    }
    const found = select(streams, asked.streams);
    const outcome = await transfer({asked, config, host, progress, control, destination, folder, found});
    const ms = host.clock.now() - began;
    await print(outcome.results, asked, host, ms);
    return await exitCode(outcome, host);
  } finally {
    await destination.close().finally(() => rm(folder, {recursive: true, force: true}));
  }
}

/** The streams that the configuration names, as discover will find them; undefined where it is invalid. */
async function streamNames({file, environment}: ConfigFile, host: Host): Promise<readonly string[] | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const {config} = readConfig({text}, {secrets: host.secrets, env: environment});
  return config?.resources.filter(({selected}) => selected).map(({name}) => name);
}

interface Transfer {
  readonly asked: Asked;
  readonly config: ConfigFile;
  readonly host: Host;
  readonly progress: Progress | undefined;
  /** Stores a renewed token in the configuration. */
  readonly control: (config: string) => Promise<void>;
  readonly destination: Destination;
  /** For the files that `read` is given. */
  readonly folder: string;
  readonly found: readonly Discovered[];
}

interface Outcome {
  readonly results: readonly StreamResult[];
  readonly heard: readonly Heard[];
}

async function transfer(job: Transfer): Promise<Outcome> {
  const {asked, config, destination, found, host} = job;
  const saved = await destination.saved();
  const before = (stream: Discovered) =>
    saved.streams.find((known) => streamKey(known.name, known.namespace) === streamKey(stream.name, stream.namespace));
  if (asked.limit !== undefined) refuseSample(found, saved, asked);
  const syncId = (saved.job?.syncId ?? firstSyncId - 1) + 1;
  const options = {
    fullRefresh: asked.fullRefresh,
    ignoreStates: asked.state !== undefined || asked.limit !== undefined,
    sameAsLast: saved.job?.fingerprint === (await fingerprint(config.file)),
    syncId,
    now: host.clock.now(),
  };
  const chosen = found.map((stream) => choose(stream, before(stream), options));
  // A stream that has enough cannot be told to stop while others go on: with a limit each has a run of its own.
  const runs = asked.limit === undefined ? [chosen] : chosen.map((one) => [one]);
  const outcomes: Outcome[] = [];
  for (const run of runs) {
    if (host.signal.aborted) break;
    outcomes.push(await runOnce(job, run, syncId));
  }
  return {results: outcomes.flatMap(({results}) => results), heard: outcomes.flatMap(({heard}) => heard)};
}

async function runOnce(job: Transfer, chosen: readonly Chosen[], syncId: number): Promise<Outcome> {
  const {asked, config, control, destination, folder, host, progress} = job;
  const catalog = configuredCatalog(chosen);
  const catalogFile = join(folder, 'catalog.json');
  await writeFile(catalogFile, catalog);
  const states = asked.state ?? join(folder, 'state.json');
  if (asked.state === undefined) await writeFile(states, stateFile(chosen));
  const sinks = await destination.begin(parseTargets(catalogFile, catalog), {sample: asked.limit !== undefined});
  const saveJob = async () => destination.saveJob({syncId, fingerprint: await fingerprint(config.file)});
  await saveJob();
  const args = ['read', '--config', config.file, '--env', '--catalog', catalogFile, '--state', states];
  const {heard, streams} = await runRead({
    host,
    environment: config.environment,
    args,
    sinks,
    limit: asked.limit,
    progress,
    control,
  });
  // A renewed token changes the file, but not what it asks.
  await saveJob();
  return {results: chosen.map((one) => toResult(one, streams, heard, job)), heard: [heard]};
}

function toResult(
  one: Chosen,
  streams: ReadonlyMap<string, Applied>,
  heard: Heard,
  {asked, host}: Transfer,
): StreamResult {
  const key = streamKey(one.discovered.name, one.discovered.namespace);
  const applied = streams.get(key);
  if (applied === undefined) throw configError(`${one.discovered.name}: no place was opened for it`);
  return resultOf(one, applied, {
    summary: heard.summaries.get(key),
    time: heard.times.get(key) ?? {since: undefined, until: undefined},
    error: applied.status === 'complete' ? undefined : (heard.errors.get(key) ?? heard.errors.get('')),
    limit: asked.limit ?? 0,
    interrupted: host.signal.aborted,
  });
}

/** A sample must not take the place of what is complete. */
function refuseSample(found: readonly Discovered[], saved: Saved, {into}: Asked): void {
  const full = saved.streams.find(
    ({name, generation, sample}) => generation !== undefined && !sample && found.some((stream) => stream.name === name),
  );
  if (full === undefined) return;
  throw configError(
    `--limit writes a sample, but ${withoutPassword(into)} holds ${full.name} already: name another place, --into sample.duckdb`,
  );
}

const fingerprint = async (file: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex');

const progressOptions = ({stderr, terminal, clock}: Host) => ({
  write: (text: string) => {
    stderr.write(Buffer.from(text, 'utf8'), () => undefined);
  },
  terminal: terminal.stderr,
  columns: terminal.columns,
  clock,
});

async function print(results: readonly StreamResult[], asked: Asked, host: Host, ms: number): Promise<void> {
  if (asked.quiet && !asked.json) return;
  const {format} = asked;
  const into = withoutPassword(asked.into);
  const width = host.terminal.stdout ? host.terminal.columns : Number.POSITIVE_INFINITY;
  const rows = results.reduce((sum, result) => sum + result.rows, 0);
  const text = asked.json
    ? `${JSON.stringify({into, rows, seconds: ms / 1_000, streams: results})}\n`
    : reportText(results, {into, ms, width, next: nextStep(results, {into, format, interrupted: host.signal.aborted})});
  await new Promise<void>((resolve) => {
    host.stdout.write(Buffer.from(host.secrets.redact(text), 'utf8'), () => resolve());
  });
}

async function exitCode({results, heard}: Outcome, host: Host): Promise<number> {
  if (host.signal.aborted) return 130;
  const complete = results.filter(({status}) => status !== 'incomplete').length;
  const failed = heard.find(({code}) => code !== 0);
  if (complete === results.length)
    return failed === undefined || results.some(({status}) => status === 'limited') ? 0 : 1;
  if (complete > 0) return 3;
  const isRefused = heard.every(({times, failure}) => times.size === 0 && failure === 'config_error');
  return isRefused ? 2 : 1;
}
