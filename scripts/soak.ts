/**
 * Plays random scenarios of the model until the time is up: npm run test:soak -- [--minutes 10] [--seed N]
 * With --play and a counterexample as it was printed it plays that one, and shows every request and state.
 */
import {parseArgs} from 'node:util';
import fc from 'fast-check';
import {play} from '../test/model/play.js';
import {anyScenario, type Scenario, sensible} from '../test/model/scenario.js';

const {values} = parseArgs({
  options: {
    minutes: {type: 'string', default: '10'},
    seed: {type: 'string', default: String(Date.now() % 1_000_000_007)},
    play: {type: 'string'},
  },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function soak(minutes: number, first: number): Promise<void> {
  const until = Date.now() + minutes * 60_000;
  const total = {cases: 0, requests: 0, excused: 0, skipped: 0};
  const sum = (): string =>
    `${total.cases} cases, ${total.requests} requests, ${total.excused} rows excused, ${total.skipped} skipped`;
  for (let seed = first; Date.now() < until; seed++) {
    say(`seed ${seed}: ${sum()}`);
    const property = fc.asyncProperty(anyScenario.map(sensible), async (scenario) => {
      const {requests, excused, skipped} = await play(scenario);
      total.cases++;
      total.requests += requests;
      total.excused += excused;
      if (skipped !== undefined) total.skipped++;
    });
    const left = Math.max(1, until - Date.now());
    await fc.assert(property, {numRuns: 1000, seed, interruptAfterTimeLimit: left, markInterruptAsFailure: false});
  }
  say(`nothing was lost: ${sum()}`);
}

if (values.play === undefined) await soak(Number(values.minutes), Number(values.seed));
else {
  const scenario: Scenario = JSON.parse(values.play);
  await play(scenario, say);
}
