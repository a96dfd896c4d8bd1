import type {JsonObject} from '../../src/json/exact.js';
import {parseExact} from '../../src/json/exact.js';
import {objectOf} from '../../src/stream/state-values.js';
import {type Api, type Handler, startApi} from '../support/api-server.js';
import {startCli} from '../support/run-cli.js';
import {answer} from './api.js';
import {configurationOf} from './configuration.js';
import {epoch} from './kinds.js';
import type {Random} from './random.js';
import type {Scenario} from './scenario.js';
import type {Destinations} from './verdict.js';
import {idBelow, type World} from './world.js';

export interface Served {
  readonly api: Api & AsyncDisposable;
  /** Whether the API changes and fails. */
  calm: boolean;
  /** What was asked and answered. Processes are scheduled by the system: a case is shown, it cannot be played again. */
  readonly journal: string[];
}

/** Our clock, whatever day it is: a year ahead of the API's when a process starts. */
const ourClock = `--import=data:text/javascript,${encodeURIComponent(
  `const start=${epoch / 1000 + 365 * 86_400_000},real=Date.now,began=real();Date.now=()=>start+real()-began`,
)}`;

/** The scenario's API behind a real socket. Its own time is in its Date header; ours is far ahead of it. */
export async function serve(world: World, random: Random): Promise<Served> {
  let served: Served | undefined;
  const {scenario} = world;
  const handler: Handler = (request) => {
    if (served?.calm !== true) {
      if (scenario.busy > 0 && random.chance(scenario.busy / 6)) world.change(true);
      if (scenario.failing > 0 && random.chance(scenario.failing / 30)) {
        served?.journal.push(`${request.target} failed`);
        return {status: 500};
      }
      world.pass(random.between(0, 1));
    }
    const url = new URL(request.target, 'http://api.test');
    url.host = request.headers.host ?? '';
    const body: Readonly<Record<string, string>> = request.body === '' ? {} : JSON.parse(request.body);
    const {
      status,
      body: text,
      headers,
    } = answer(world, {url, values: {...Object.fromEntries(url.searchParams), ...body}}, 0);
    served?.journal.push(`${request.target} ${request.body} ${status} ${text}`);
    const date = new Date(Math.floor(world.now / 1_000_000) * 1000).toUTCString();
    return {status, body: text, headers: {...headers, date}};
  };
  served = {api: await startApi(handler), calm: false, journal: []};
  return served;
}

export interface RunOptions {
  readonly scenario: Scenario;
  readonly base: string;
  readonly destinations: Destinations;
  readonly shard: number | undefined;
  /** The shard is told by the environment, as a Kubernetes Indexed Job tells it. */
  readonly byEnvironment: boolean;
  readonly job: number;
  /** kill -9 behind this line. */
  readonly lines: number;
  readonly newness: (n: number) => number;
}

export interface Ran {
  readonly code: number | null;
  readonly errors: readonly string[];
}

/** One `read` of the built program against the destinations: what it had printed by its `lines`-th line counts. */
export async function run(options: RunOptions): Promise<Ran> {
  const {scenario, base, destinations, shard, byEnvironment, job, lines} = options;
  const environment = {
    CHECKPOINT_INTERVAL_SECONDS: '0',
    NODE_OPTIONS: ourClock,
    ...(byEnvironment &&
      shard !== undefined && {JOB_COMPLETION_INDEX: String(shard), SHARD_COUNT: String(scenario.shards)}),
  };
  const states = [...destinations].flatMap(([name, {state}]) => (state === undefined ? [] : [stateOf(name, state)]));
  const args = [
    'read',
    '--config',
    Buffer.from(configurationOf(scenario, base, byEnvironment ? undefined : shard)),
    '--catalog',
    {streams: [...destinations].map(([name, {mode}]) => configured(name, mode, job))},
    '--state',
    Buffer.from(`[${states.join(',')}]`),
    ...(byEnvironment ? ['--env'] : []),
  ];
  for (const destination of destinations.values()) destination.begin(job);
  const child = startCli(args, {environment});
  const printed: string[] = [];
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const [...arrived] = (rest + text).split('\n');
    rest = arrived.pop() ?? '';
    printed.push(...arrived);
    if (printed.length >= lines) child.kill('SIGKILL');
  });
  child.stderr.resume();
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  const errors = printed.slice(0, lines).flatMap((line) => take(line, options));
  for (const destination of destinations.values()) destination.abandon(false);
  return {code, errors};
}

const stateOf = (name: string, state: JsonObject): string =>
  `{"type":"STREAM","stream":{"stream_descriptor":{"name":${JSON.stringify(name)}},"stream_state":${JSON.stringify(state)}}}`;

function configured(name: string, mode: Scenario['mode'], job: number): object {
  return {
    stream: {
      name,
      json_schema: {type: 'object', properties: {id: {type: 'integer'}}},
      supported_sync_modes: ['full_refresh', 'incremental'],
    },
    sync_mode: mode === 'incremental' ? 'incremental' : 'full_refresh',
    destination_sync_mode: mode === 'incremental' ? 'append_dedup' : mode,
    // 1 is none: PyAirbyte sends it with every sync.
    sync_id: job + 2,
    generation_id: job + 1,
    minimum_generation_id: mode === 'overwrite' ? job + 1 : 0,
  };
}

/** A line at its destination; what a TRACE ERROR says. States stay as they were printed: JSON of doubles. */
function take(line: string, {destinations, newness}: RunOptions): string[] {
  const message = JSON.parse(line);
  if (message.type === 'RECORD') {
    const {stream, data} = message.record;
    destinations.get(stream)?.record({id: idBelow(data.id, data._parents_id), n: data.n, newness: newness(data.n)});
  } else if (message.type === 'STATE') {
    const {stream_descriptor: stream, stream_state: state} = message.state.stream;
    const read = objectOf(parseExact(JSON.stringify(state)));
    if (read !== undefined) destinations.get(stream.name)?.commit(read);
  } else if (message.type === 'TRACE' && message.trace.type === 'ERROR') return [message.trace.error.message];
  return [];
}
