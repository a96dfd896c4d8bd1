import fc from 'fast-check';
import {play} from './play.js';
import {anyScenario, type Scenario, sensible} from './scenario.js';

/**
 * Plays so many scenarios and fails with the smallest one found: fast-check prints it with seed and path, and
 * `npm run test:soak -- --play '<it>'` shows what happens. `fixed` is put over every scenario.
 */
export async function holds(cases: number, seed: number, fixed: Partial<Scenario> = {}): Promise<void> {
  const scenarios = anyScenario.map((scenario) => sensible({...scenario, ...fixed}));
  await fc.assert(
    fc.asyncProperty(scenarios, async (scenario) => {
      await play(scenario);
    }),
    {numRuns: cases, seed},
  );
}
