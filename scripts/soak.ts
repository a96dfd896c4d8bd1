/** Plays random scenarios of the model until the time is up: npm run test:soak -- [--minutes 10] [--seed N] */
import {parseArgs} from 'node:util';
import fc from 'fast-check';
import {play} from '../test/model/play.js';
import {anyScenario, sensible} from '../test/model/scenario.js';

const {values} = parseArgs({
  options: {
    minutes: {type: 'string', default: '10'},
    seed: {type: 'string', default: String(Date.now() % 1_000_000_007)},
  },
});
const until = Date.now() + Number(values.minutes) * 60_000;
let seed = Number(values.seed);
let cases = 0;
let requests = 0;
let excused = 0;
let skipped = 0;
while (Date.now() < until) {
  process.stdout.write(
    `seed ${seed}: ${cases} cases, ${requests} requests, ${excused} rows excused, ${skipped} skipped\n`,
  );
  await fc.assert(
    fc.asyncProperty(anyScenario.map(sensible), async (scenario) => {
      const played = await play(scenario);
      cases++;
      requests += played.requests;
      excused += played.excused;
      if (played.skipped !== undefined) skipped++;
    }),
    {numRuns: 1000, seed, interruptAfterTimeLimit: Math.max(1, until - Date.now()), markInterruptAsFailure: false},
  );
  seed++;
}
process.stdout.write(
  `${cases} cases, ${requests} requests: nothing was lost (${excused} rows excused, ${skipped} skipped)\n`,
);
