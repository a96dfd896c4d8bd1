import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {printExact} from '../../src/json/exact.js';
import {Destination} from './destination.js';
import {kinds} from './kinds.js';
import {type Ran, run, type Served, serve} from './process.js';
import {Random} from './random.js';
import {anyScenario, isProtected, type Scenario, sensible} from './scenario.js';
import {type Destinations, everythingArrived, modeOf} from './verdict.js';
import {World} from './world.js';

/** The built program over real sockets, killed with SIGKILL behind a random line, then run until it is done. */
async function survives(scenario: Scenario): Promise<void> {
  const random = new Random(scenario.seed);
  const world = new World(scenario, random);
  const served = await serve(world, random);
  await using _ = served.api;
  try {
    await live(scenario, random, world, served);
  } catch (error) {
    throw new Error([String(error), JSON.stringify(scenario), ...served.journal.slice(-80)].join('\n'), {cause: error});
  }
}

async function live(scenario: Scenario, random: Random, world: World, served: Served): Promise<void> {
  const names = scenario.levels > 1 && scenario.parentsRead ? ['parents', 'items'] : ['items'];
  const shards = Array.from(
    {length: scenario.shards},
    (): Destinations => new Map(names.map((name) => [name, new Destination(modeOf(scenario, name))])),
  );
  const read = (destinations: Destinations, index: number, job: number, lines: number): Promise<Ran> =>
    run({
      scenario,
      base: served.api.url,
      destinations,
      shard: scenario.shards > 1 ? index : undefined,
      byEnvironment: scenario.seed % 2 === 0,
      job,
      lines,
      newness: (n) => world.newness(n),
    });
  served.calm = !isProtected(scenario);
  const victim = random.between(0, shards.length - 1);
  for (const [index, destinations] of shards.entries()) {
    if (index !== victim) continue;
    served.journal.push(`shard ${index}, killed`);
    await read(destinations, index, 1, random.between(3, 18));
  }
  served.journal.push('to the end');
  served.calm = true;
  const changed = world.disturbed;
  const calm = world.now;
  // Whatever the coarsest spelling calls now lies behind.
  world.now += 3 * 86_400_000_000;
  const ran = await Promise.all(
    shards.map(async (destinations, index) => {
      // What was interrupted is finished, then one more run sees what changed behind it.
      const goesOn = [...destinations.values()].some(
        ({state}) => state !== undefined && printExact(state).includes('"resume"'),
      );
      const first = await read(destinations, index, 2, Number.POSITIVE_INFINITY);
      const again = scenario.mode === 'incremental' && goesOn && changed;
      return again ? read(destinations, index, 3, Number.POSITIVE_INFINITY) : first;
    }),
  );
  for (const {code, errors} of ran) expect([code, errors]).toEqual([0, []]);
  everythingArrived(world, shards, calm);
}

const cases = fc
  .sample(
    anyScenario.map((scenario) =>
      sensible({
        ...scenario,
        rows: 6 + (scenario.rows % 9),
        parents: Math.max(2, scenario.parents),
        expires: false,
        skew: 0,
        windowLimit: false,
        ignored: false,
      }),
    ),
    {numRuns: 24, seed: 20_260_115},
  )
  // Our clock is a year ahead of the API's: windows of seconds would be too many, a delay would protect nothing.
  .map((scenario, index): Scenario => {
    const fits =
      scenario.step === 0 || scenario.kind === 'date' || !kinds[scenario.kind === 'none' ? 'big' : scenario.kind].time;
    const shards = index % 6 === 0 ? 2 : 1;
    return sensible({...scenario, shards, late: 0, delay: 0, step: fits ? scenario.step : 0});
  });

const titleOf = ({seed, paginator, kind, mode, levels, shards, step}: Scenario): string =>
  [
    paginator,
    kind,
    mode,
    `${levels} levels`,
    `${shards} shards`,
    ...(step > 0 ? ['windows'] : []),
    `seed ${seed}`,
  ].join(', ');

describe('killed with SIGKILL', () => {
  test.concurrent.each(cases.map((scenario): [string, Scenario] => [titleOf(scenario), scenario]))(
    '%s',
    {timeout: 120_000},
    async (_, scenario) => {
      await survives(scenario);
    },
  );
});
