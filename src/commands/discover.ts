import {toConnectorError} from '../errors.js';
import {type CatalogEntry, describe, needsSample} from '../schema/catalog.js';
import type {Observed} from '../schema/observe.js';
import type {StreamPlan} from '../stream/stream-plan.js';
import type {Command} from './command.js';
import {openSource} from './open-source.js';
import {commonOptions, configOption, speakProtocol} from './protocol.js';
import {type SampleEffects, sampleStream} from './sample-stream.js';
import {withinTime} from './time-limit.js';

/** Streams sampled at once; the requests in flight are bounded by the configuration. */
const atOnce = 4;

/** Refusals that concern one stream: it keeps what is declared, and the others stay usable. */
const refusals: readonly (number | undefined)[] = [401, 403, 404, 410];

export const command: Command = {
  summary: 'print the catalog of streams and their schemas (Airbyte)',
  options: [configOption, ...commonOptions],
  example: 'discover --config config.json',
  protocol: true,
  run: (invocation, host) =>
    speakProtocol(invocation, host, {holdControl: true}, async (output) => {
      const entries = await withinTime(invocation, host, async (limited) => {
        const {plans} = await openSource(invocation, host, output, limited);
        const selected = [...plans.values()].filter((plan) => plan.selected);
        return describeAll(selected, {clock: host.clock, log: output, signal: limited.signal});
      });
      await output.catalog(entries);
      return 0;
    }),
};

/**
 * In the order of the plans. The first failure ends it: a smaller catalog would take columns from the destination. What is
 * under way is waited for, since a token may be renewed there that has to be stored.
 */
async function describeAll(plans: readonly StreamPlan[], effects: SampleEffects): Promise<CatalogEntry[]> {
  const entries: CatalogEntry[] = [];
  const waiting = [...plans.entries()];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, plan] = next;
      try {
        entries[index] = await describeOne(plan, effects);
      } catch (thrown) {
        waiting.length = 0;
        throw thrown;
      }
    }
  };
  const ends = await Promise.allSettled(Array.from({length: Math.min(atOnce, plans.length)}, work));
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return entries;
}

async function describeOne(plan: StreamPlan, effects: SampleEffects): Promise<CatalogEntry> {
  const observed = needsSample(plan.schema) ? await observedOf(plan, effects) : undefined;
  plan.notes.flush(effects.log);
  const {entry, warnings} = describe(plan.name, plan.schema, observed);
  for (const warning of warnings) effects.log.warn(`${plan.name}: ${warning}`);
  return entry;
}

async function observedOf(plan: StreamPlan, effects: SampleEffects): Promise<Observed | undefined> {
  const {samplePages: pages, sampleRecords: records} = plan.schema;
  try {
    return await sampleStream(plan, {pages, records}, effects);
  } catch (thrown) {
    const error = toConnectorError(thrown);
    if (!refusals.includes(error.status)) throw error;
    effects.log.warn(
      `${plan.name}: only its declared columns, key and cursor are known, since it was refused: ${error.message.replace(`${plan.name}: `, '')}`,
    );
    return undefined;
  }
}
