import fc from 'fast-check';
import {play} from './play.js';
import {anyScenario, type Scenario, sensible} from './scenario.js';

/** A turn of the event loop, in which the test runner can say that it is alive: a case on its own never gives one. */
const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * Plays so many scenarios and fails with the smallest one found: fast-check prints it with seed and path, and
 * `npm run test:soak -- --play '<it>'` shows what happens. `fixed` is put over every scenario.
 */
export async function holds(cases: number, seed: number, fixed: Partial<Scenario> = {}): Promise<void> {
  const scenarios = anyScenario.map((scenario) => sensible({...scenario, ...fixed}));
  await fc.assert(
    fc.asyncProperty(scenarios, async (scenario) => {
      await breathe();
      await play(scenario);
    }),
    {numRuns: cases, seed},
  );
}
