import {readInput} from '../airbyte/input.js';
import type {Output} from '../airbyte/output.js';
import type {Clock} from '../clock.js';
import type {Config} from '../config/config.js';
import {readConfig} from '../config/load.js';
import type {Place} from '../config/place.js';
import {type Problem, placeOf} from '../config/problem.js';
import {counted} from '../counted.js';
import {type ConnectorError, configError} from '../errors.js';
import type {Attempt, Observe} from '../http/answer.js';
import type {Segment} from '../json/path.js';
import {compile} from '../plan/compile.js';
import type {StreamPlan} from '../stream/stream-plan.js';
import {flagOption, type Host, type Invocation, textOption} from './command.js';
import {unknownLevel} from './protocol.js';
import {namesProxy, proxyHosts} from './proxies.js';
import {rotatedTokens} from './rotated-tokens.js';
import type {Limited} from './time-limit.js';
import {waitLine} from './wait-line.js';

/** A configuration that is ready to run. */
export interface Source {
  readonly config: Config;
  /** Every resource, parents before their children; hidden ones too. */
  readonly plans: ReadonlyMap<string, StreamPlan>;
}

/**
 * Reads and compiles the configuration of a protocol command. Everything wrong with it is one config_error with a line for
 * each problem; warnings and notices are logged. No request is made. `strict`: as `check` reads pages (config-language §6).
 */
export async function openSource(
  invocation: Invocation,
  host: Host,
  output: Output,
  options: {readonly strict?: boolean} & Partial<Limited> = {},
): Promise<Source> {
  const {clock, environment, memoryLimit, secrets, signal, unfinished} = host;
  const level = unknownLevel(environment['LOG_LEVEL']);
  if (level !== undefined) output.warn(level);
  const text = await readInput('config', textOption(invocation, 'config') ?? '');
  const env = flagOption(invocation, 'env') ? environment : undefined;
  const read = readConfig({text}, {secrets, ...(env === undefined ? {} : {env})});
  output.nameBy(read.worded);
  report(read.problems, output);
  if (read.config === undefined) throw invalid(read.problems);
  const compiled = compile(read.config, {
    clock,
    log: output,
    secrets,
    secretValues: read.secretValues,
    signal,
    cloud: environment['DEPLOYMENT_MODE']?.toLowerCase() === 'cloud',
    direct: !namesProxy(environment),
    proxies: proxyHosts(environment),
    observe: observer(output, clock),
    rotated: rotatedTokens(read.received, output),
    keep: (work) => unfinished.keep(work),
    ...options,
    ...(memoryLimit === undefined ? {} : {memoryLimit}),
  });
  const problems = compiled.problems.map(read.placed);
  report(problems, output);
  if (problems.some(({level}) => level === 'error')) throw invalid(problems);
  return {config: read.config, plans: compiled.plans};
}

/** Logs long waits, and with --debug every attempt. */
function observer(output: Output, clock: Clock): Observe {
  const detail = output.shows('debug') ? 'all' : 'waits';
  const logged = (attempt: Attempt): void => {
    if (detail === 'all') output.debug(attemptLine(attempt));
    const waits = waitLine(attempt, clock.now());
    if (waits !== undefined) output.info(waits);
  };
  return Object.assign(logged, {detail} as const);
}

function report(problems: readonly Problem[], output: Output): void {
  for (const {level, path, message} of problems) {
    if (level === 'warning') output.warn(`${placeOf(path)}: ${message}`);
    else if (level === 'info') output.info(`${placeOf(path)}: ${message}`);
  }
}

function invalid(problems: readonly Problem[]): ConnectorError {
  const lines = problems
    .filter(({level}) => level === 'error')
    .map(({path, position, message}) =>
      path.length === 0 && position === undefined
        ? `it ${message}`
        : `${position === undefined ? placeOf(path) : shown(position, path)}: ${message}`,
    );
  const count = lines.length === 1 ? '' : ` (${lines.length} problems)`;
  return configError(`the configuration is invalid${count}\n${lines.join('\n')}`);
}

/** Where the text itself is at fault, its line says more than a path, which may be empty. */
const shown = ({line, column}: Place, path: readonly Segment[]): string =>
  `${path.length === 0 ? '' : `${placeOf(path)}, `}line ${line}, column ${column}`;

/** One attempt as a line of the debug log; its URL is without credentials. */
function attemptLine({stream, purpose, request, url, status, error, ms, bytes, retry, wait}: Attempt): string {
  const what = purpose === 'data' ? '' : `${purpose} request: `;
  const result = status === undefined ? (error ?? 'no answer') : `${status}, ${counted(bytes, 'byte')}`;
  const again = wait === undefined ? '' : `; again in ${(wait / 1_000).toFixed(1)} s`;
  const nth = retry === 0 ? '' : ` (retry ${retry})`;
  return `${stream}: ${what}${request.method} ${url}${nth} → ${result} in ${Math.round(ms)} ms${again}`;
}
