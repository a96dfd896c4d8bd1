import type {JsonObject} from '../src/json/exact.js';
import {configurations, type Entry, hasCorpus, seedFamily} from '../test/corpus/corpus.js';
import {startFakeApi} from '../test/corpus/fake-api.js';
import {open, readCompletely} from '../test/corpus/gate.js';
import {withOpenValues} from '../test/corpus/open-values.js';
import {worlds} from '../test/corpus/worlds.js';

/**
 * Reads every stream of every configuration of ../shared/corpus from servers of each kind, and prints how many are
 * accepted, compile and are read completely, and why the rest are refused.
 */
interface Tally {
  all: number;
  accepted: number;
  compiled: number;
  complete: number;
  streams: number;
  readonly refused: string[];
  readonly incomplete: string[];
}

/** The invalid ones are not helped: nothing that they leave open is given. */
const given = (entry: Entry, url: string): JsonObject =>
  entry.kind === 'dlt-test-invalid' ? entry.config : withOpenValues(entry.config, url);

async function run(title: string, entries: readonly Entry[]): Promise<void> {
  const tally: Tally = {
    all: entries.length,
    accepted: 0,
    compiled: 0,
    complete: 0,
    streams: 0,
    refused: [],
    incomplete: [],
  };
  await using api = await startFakeApi();
  for (const entry of entries) {
    const {name} = entry;
    const {ready, errors, accepted} = open(given(entry, api.url));
    if (accepted) tally.accepted += 1;
    if (ready === undefined) {
      tally.refused.push(`${name}\n${errors.map((line) => `    ${line}`).join('\n')}`);
      continue;
    }
    tally.compiled += 1;
    let isComplete = true;
    for (const [stream, plan] of ready.plans) {
      if (plan.staticRecords !== undefined) continue;
      tally.streams += 1;
      for (const [kind, world] of Object.entries(worlds)) {
        const problem = await readCompletely(api, ready, stream, world);
        if (problem === undefined) continue;
        isComplete = false;
        tally.incomplete.push(`${name} ${stream}, from a server that ${kind}:\n    ${problem}`);
      }
    }
    if (isComplete) tally.complete += 1;
  }
  print(title, tally);
}

function print(title: string, {all, accepted, compiled, complete, streams, refused, incomplete}: Tally): void {
  const part = (count: number): string => `${count} of ${all} (${((100 * count) / all).toFixed(1)} %)`;
  console.log(`${title}\n  accepted         ${part(accepted)}\n  compiled         ${part(compiled)}`);
  console.log(
    `  read completely  ${part(complete)}: ${streams} streams from ${Object.keys(worlds).length} kinds of servers`,
  );
  for (const [head, lines] of [
    ['refused', refused],
    ['not read completely', incomplete],
  ] as const) {
    if (lines.length > 0) console.log(`\n${head}:\n${lines.map((line) => `  ${line}`).join('\n')}`);
  }
  console.log('');
}

if (!hasCorpus) {
  console.error(
    'There is no ../shared/corpus beside this repository; the tests in test/corpus use a small set of their own.',
  );
  process.exitCode = 1;
} else {
  const all = configurations();
  const isInvalid = ({kind}: Entry): boolean => kind === 'dlt-test-invalid';
  await run(
    'configurations that dlt accepts',
    all.filter(({dlt}) => dlt === 'ACCEPT'),
  );
  await run(
    'configurations in other dialects, or with code',
    all.filter((entry) => entry.dlt === 'REJECT' && !isInvalid(entry)),
  );
  await run('invalid configurations', all.filter(isInvalid));
  await run("the brief's family", seedFamily());
}
