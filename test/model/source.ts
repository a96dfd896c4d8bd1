import {createDecoder} from '../../src/body/decode.js';
import {createSelection} from '../../src/body/selection.js';
import type {Config} from '../../src/config/config.js';
import {readConfig} from '../../src/config/load.js';
import {placeOf} from '../../src/config/problem.js';
import {configError, transientError} from '../../src/errors.js';
import type {Answer, Send} from '../../src/http/answer.js';
import {emptyPage} from '../../src/http/empty-page.js';
import {printExact} from '../../src/json/exact.js';
import {Notes} from '../../src/log.js';
import {compile} from '../../src/plan/compile.js';
import {Secrets} from '../../src/secrets.js';
import type {StreamPlan} from '../../src/stream/stream-plan.js';
import type {FakeClock} from '../support/fake-clock.js';
import type {Asked} from './api.js';
import type {Served} from './pages.js';

/** What comes back for a request: an answer, or a failure after all retries. */
type Wire = (asked: Asked, onWait: (until: number) => void) => Promise<Served | 'failure'>;

interface SourceOptions {
  readonly clock: FakeClock;
  readonly signal: AbortSignal;
  readonly wire: Wire;
  /** What the API's Date header says, in epoch ms. */
  readonly date: () => number;
}

/** Opens a connection for one run. */
export type Open = (options: SourceOptions) => ReadonlyMap<string, StreamPlan>;

/**
 * A configuration that is read once, for each of `shards` connections, and compiled once for each: plans hold nothing of a run
 * but what is made anew here, as each process makes it.
 */
export function openSource(configuration: string, shards: number, clock: FakeClock): readonly Open[] {
  const secrets = new Secrets();
  const {config, secretValues, problems} = readConfig({text: configuration}, {secrets});
  if (config === undefined) throw new Error(problemsOf(problems));
  return Array.from({length: shards}, (_, index) => {
    const own: Config = shards === 1 ? config : {...config, shard: {index, of: shards}};
    const plans = compiled(own, secrets, secretValues, clock);
    return (options) => ofRun(plans, options);
  });
}

function compiled(
  config: Config,
  secrets: Secrets,
  secretValues: Readonly<Record<string, string>>,
  clock: FakeClock,
): ReadonlyMap<string, StreamPlan> {
  const nothing = (): void => undefined;
  const {plans, problems} = compile(config, {
    clock,
    log: {debug: nothing, info: nothing, warn: nothing, error: nothing},
    secrets,
    secretValues,
    signal: new AbortController().signal,
    cloud: false,
    rotated: () => Promise.resolve(),
  });
  if (problems.some(({level}) => level === 'error')) throw new Error(problemsOf(problems));
  return plans;
}

/** Only what goes over the wire is simulated. */
function ofRun(plans: ReadonlyMap<string, StreamPlan>, options: SourceOptions): ReadonlyMap<string, StreamPlan> {
  const wired = new Map<string, StreamPlan>();
  for (const [name, plan] of plans) {
    const parent = plan.parent === undefined ? undefined : wired.get(plan.parent.plan.name);
    wired.set(name, {
      ...plan,
      notes: new Notes(name),
      stats: {requests: 0, retries: 0, waitedMs: 0, bytes: 0, pages: 0},
      send: sendOf(plan, options),
      ...(plan.parent !== undefined && parent !== undefined && {parent: {...plan.parent, plan: parent}}),
    });
  }
  return wired;
}

const problemsOf = (
  problems: readonly {readonly path: readonly (string | number)[]; readonly message: string}[],
): string => problems.map(({path, message}) => `${placeOf(path)}: ${message}`).join('\n');

/** As `http/send` judges: pages, statuses that others decide about, and one that response_actions ignore. */
function sendOf(plan: StreamPlan, {clock, wire, date}: SourceOptions): Send {
  const selection = createSelection(plan.want.records);
  const decode = createDecoder({want: plan.want, selection, format: 'auto', maxBytes: 1e9});
  return async (request, {signal, onWait = () => undefined}) => {
    signal.throwIfAborted();
    const startedAt = clock.now();
    const sentAt = Math.min(startedAt, date());
    const url = new URL(request.url);
    for (const [name, value] of request.query) url.searchParams.append(name, value);
    const served = await wire(
      {url, values: {...Object.fromEntries(url.searchParams), ...bodyOf(request.body)}},
      onWait,
    );
    signal.throwIfAborted();
    if (served === 'failure') throw transientError(`${plan.name}: 500 for ${url.href}`);
    const {status, body, headers} = served;
    const isPage = status === 200;
    const page = isPage ? await decode(Buffer.from(body), 'application/json') : emptyPage;
    if (page.settled) selection.settle(page.selector);
    const answer: Answer = {
      ...page,
      status,
      url,
      headers: new Headers(headers),
      verdict: isPage ? 'page' : status === 503 ? 'ignore' : 'refused',
      refusal: isPage ? undefined : configError(`${plan.name}: ${status} for ${url.href}`),
      retryable: status === 503,
      sentAt,
      bytes: body.length,
      request,
    };
    return answer;
  };
}

function bodyOf(body: Answer['request']['body']): Readonly<Record<string, string>> {
  if (body?.kind !== 'json' || typeof body.value !== 'object' || body.value === null) return {};
  const members = Object.entries(body.value);
  return Object.fromEntries(
    members.map(([name, value]) => [name, typeof value === 'string' ? value : printExact(value)]),
  );
}
