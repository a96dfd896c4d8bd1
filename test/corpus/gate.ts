import type {Config} from '../../src/config/config.js';
import {readConfig} from '../../src/config/load.js';
import {type Problem, placeOf} from '../../src/config/problem.js';
import type {Json} from '../../src/json/exact.js';
import type {Log} from '../../src/log.js';
import {type Compiled, compile} from '../../src/plan/compile.js';
import {Secrets} from '../../src/secrets.js';
import {openSync} from '../../src/stream/sync.js';
import {FakeClock} from '../support/fake-clock.js';
import type {FakeApi, Served} from './fake-api.js';
import type {World} from './fake-pages.js';

const quiet: Log = {debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined};

/** A configuration, accepted and compiled, or the errors that refuse it, each with its place. */
export interface Opened {
  readonly ready?: {readonly config: Config; readonly plans: Compiled['plans']};
  readonly errors: readonly string[];
  readonly warnings: readonly Problem[];
  /** The errors come from the plan, the document itself was accepted. */
  readonly accepted: boolean;
}

const line = ({path, message}: Problem): string => `${placeOf(path)} ${message}`;

export function open(value: Json): Opened {
  const secrets = new Secrets();
  const read = readConfig({value}, {secrets});
  const warnings = read.problems.filter(({level}) => level === 'warning');
  const errors = read.problems.filter(({level}) => level === 'error').map(line);
  if (read.config === undefined) return {errors, warnings, accepted: false};
  const {plans, problems} = compile(read.config, {
    clock: new FakeClock(),
    log: quiet,
    secrets,
    secretValues: read.secretValues,
    signal: new AbortController().signal,
    cloud: false,
    rotated: () => Promise.resolve(),
  });
  const broken = problems.filter(({level}) => level === 'error').map(line);
  if (broken.length > 0) return {errors: broken, warnings, accepted: true};
  return {ready: {config: read.config, plans}, errors: [], warnings, accepted: true};
}

/**
 * Reads one stream from a server that speaks its own pagination and selector. Returns what went wrong; undefined: every row
 * of every walk arrived exactly once.
 */
export async function readCompletely(
  api: FakeApi,
  ready: NonNullable<Opened['ready']>,
  name: string,
  world: World,
): Promise<string | undefined> {
  const plan = ready.plans.get(name);
  if (plan === undefined) return 'no such plan';
  const served: Served = {...ready, name, world, walks: new Map(), complaints: []};
  api.speak(served);
  const mode = plan.cursor === undefined ? 'full_refresh' : 'incremental';
  const sync = openSync(ready.plans, [{name, mode, state: undefined, syncId: undefined, overwrite: false}], {
    clock: new FakeClock(),
    log: quiet,
    signal: new AbortController().signal,
  });
  const received: string[] = [];
  try {
    for await (const event of sync.read(name)) {
      if (event.type !== 'records') continue;
      const {bytes, count, spans} = event.batch;
      for (let index = 0; index < count; index += 1) {
        const row: unknown = JSON.parse(bytes.toString('utf8', spans[2 * index], spans[2 * index + 1]));
        received.push(String(typeof row === 'object' && row !== null && '_row' in row ? row._row : undefined));
      }
    }
  } catch (error) {
    return [error instanceof Error ? error.message : String(error), ...served.complaints].join('; ');
  }
  return difference(served, plan.parent?.plan.name, received);
}

function difference(
  {walks, name, complaints}: Served,
  parent: string | undefined,
  received: readonly string[],
): string | undefined {
  if (complaints.length > 0) return complaints.join('; ');
  const own = walks.get(name);
  const parents = parent === undefined ? undefined : walks.get(parent);
  const wanted = parents === undefined ? undefined : [...parents.values()].flat().length;
  // An ancestor without rows leaves nothing to ask for.
  const isOrphan = [...walks.values()].some((walk) => [...walk.values()].flat().length === 0);
  if (own === undefined) return parent !== undefined && isOrphan ? undefined : 'nothing was requested';
  const there = [...own.values()].flat();
  const missing = there.filter((marker) => !received.includes(marker));
  const twice = received.filter((marker, index) => received.indexOf(marker) !== index);
  const foreign = received.filter((marker) => !there.includes(marker));
  if (missing.length + twice.length + foreign.length > 0) {
    return `of ${there.length} rows ${missing.length} are missing, ${twice.length} came twice, ${foreign.length} are unknown`;
  }
  return wanted !== undefined && own.size < wanted ? `${own.size} walks for ${wanted} parents` : undefined;
}
