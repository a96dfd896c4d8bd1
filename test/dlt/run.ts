import {readConfig} from '../../src/config/load.js';
import {type Problem, placeOf} from '../../src/config/problem.js';
import {compile} from '../../src/plan/compile.js';
import {Secrets} from '../../src/secrets.js';
import {type Api, type Handler, type Recorded, startApi} from '../support/api-server.js';
import {FakeClock} from '../support/fake-clock.js';
import type {Messages} from '../support/protocol.js';
import {runSource} from '../support/run-source.js';

export type Resource = string | {readonly [key: string]: unknown};

/** What a configuration read, and what it asked for. */
export interface Run {
  readonly code: number;
  readonly messages: Messages;
  /** Of this run, in order of arrival. */
  readonly requests: readonly Recorded[];
  /** `/posts?page=2`, with the method in front where it is not GET. */
  readonly calls: readonly string[];
  readonly warnings: string;
  readonly notices: string;
  /** Headlines of the error traces. */
  readonly errors: string;
  /** ms asked for by waits. */
  readonly sleeps: readonly number[];
  /** The last STATE of each stream, as a host hands it back. */
  readonly state: unknown;
  records(stream?: string): Record<string, unknown>[];
  /** One field of every record. */
  values(field: string, stream?: string): unknown[];
}

interface Options {
  /** The run whose states are handed back. */
  readonly after?: Run;
  /** What is synced; all resources that are not hidden when absent. */
  readonly streams?: readonly string[];
  readonly fullRefresh?: boolean;
  readonly clock?: FakeClock;
}

/** A configuration for a server: client keys beside base_url, resources, other top-level keys. */
export function source(
  api: {readonly url: string},
  resources: readonly Resource[],
  client: {readonly [key: string]: unknown} = {},
  more: {readonly [key: string]: unknown} = {},
): {readonly [key: string]: unknown} {
  return {client: {base_url: api.url, ...client}, resources, ...more};
}

/** Reads every stream of a configuration by the command `read`, in this process. Does not expect it to succeed. */
export async function attempt(api: Api, config: object, options: Options = {}): Promise<Run> {
  const before = api.requests.length;
  const clock = options.clock ?? new FakeClock();
  const names = options.streams ?? streamsOf(config);
  const isIncremental = JSON.stringify(config).includes('"incremental"') && options.fullRefresh !== true;
  const catalog = {
    streams: names.map((name) => ({
      stream: {name, json_schema: {}},
      sync_mode: isIncremental ? 'incremental' : 'full_refresh',
      destination_sync_mode: 'append',
    })),
  };
  const state = options.after === undefined ? [] : ['--state', Object(options.after.state)];
  const {code, messages} = await runSource(['read', '--config', config, '--catalog', catalog, ...state], {clock});
  const requests = api.requests.slice(before);
  const lines = (level: 'WARN' | 'INFO'): string => messages.logs(level).join('\n');
  return {
    code,
    messages,
    requests,
    calls: requests.map(({method, target}) => (method === 'GET' ? target : `${method} ${target}`)),
    warnings: lines('WARN'),
    notices: lines('INFO'),
    errors: messages
      .errors()
      .map(({message}) => message)
      .join('\n'),
    sleeps: clock.sleeps,
    state: JSON.parse(messages.stateFile()),
    records: (stream) => messages.records(stream),
    values: (field, stream) => messages.records(stream).map((record) => record[field]),
  };
}

/** As `attempt`, and throws what went wrong where anything did. */
export async function run(api: Api, config: object, options: Options = {}): Promise<Run> {
  const done = await attempt(api, config, options);
  if (done.code !== 0 || done.errors !== '') throw new Error(`the read failed: ${done.errors}`);
  return done;
}

/** The errors of a configuration, `place message` each, in order; without a request. */
export const errorsOf = (config: unknown): string[] => problemsOf(config, 'error');

export function problemsOf(config: unknown, level: Problem['level']): string[] {
  const secrets = new Secrets();
  const {config: read, problems, secretValues} = readConfig({value: config}, {secrets});
  const log = {debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined};
  const all = [...problems];
  if (read !== undefined) {
    const using = {clock: new FakeClock(), log, secrets, secretValues, signal: new AbortController().signal};
    all.push(...compile(read, {...using, cloud: false, rotated: () => Promise.resolve()}).problems);
  }
  return all.filter((problem) => problem.level === level).map(({path, message}) => `${placeOf(path)} ${message}`);
}

/** A server of a test's own whose `Date` is the time at which the tests' clocks start. */
export function serve(handler: Handler): Promise<Api & AsyncDisposable> {
  const date = new Date(new FakeClock().now()).toUTCString();
  return startApi(async (request, index) => {
    const reply = await handler(request, index);
    return {...reply, headers: {date, ...reply.headers}};
  });
}

function streamsOf(config: object): string[] {
  const resources: unknown = Object(config).resources;
  if (!Array.isArray(resources)) throw new Error('no resources');
  return resources.flatMap((resource: unknown) => {
    if (typeof resource === 'string') return [resource];
    const {name, selected, write_disposition} = Object(resource);
    return selected === false || write_disposition === 'skip' ? [] : [String(name)];
  });
}
