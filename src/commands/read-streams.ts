import type {ConfiguredStream} from '../airbyte/configured-catalog.js';
import type {Output} from '../airbyte/output.js';
import type {Clock} from '../clock.js';
import {type ConnectorError, configError} from '../errors.js';
import type {JsonObject} from '../json/exact.js';
import {MissingKey} from '../schema/missing-key.js';
import {UnknownFields} from '../schema/unknown-fields.js';
import type {StreamEvent, StreamPlan} from '../stream/stream-plan.js';
import type {Sync} from '../stream/sync.js';
import {Checkpoints} from './checkpoints.js';
import {emitStream} from './emit-stream.js';
import {Failures} from './failures.js';
import {heartbeat} from './heartbeat.js';
import {printSummary, summarize, summaryType} from './stream-summary.js';
import {summaryLine} from './summary.js';

/** Streams read at once: enough to use waits and slow hosts, few enough that pages in memory stay few. */
const atOnce = 4;

export interface ReadOptions {
  readonly plans: ReadonlyMap<string, StreamPlan>;
  /** In the order in which they are read: parents before their children. */
  readonly configured: readonly ConfiguredStream[];
  readonly sync: Sync;
  /** What was given: printed again where a stream fails before its first checkpoint. */
  readonly stateOf: (configured: ConfiguredStream) => JsonObject | undefined;
  readonly output: Output;
  readonly clock: Clock;
  /** The heartbeat's own timer: the clock, or one that a test moves by itself. */
  readonly alarm: Clock;
  readonly signal: AbortSignal;
  /** `client.unportable: replace`. */
  readonly replaceUnportable: boolean;
  /** ms between STATEs of a stream, in place of one and ten minutes. */
  readonly checkpointInterval: number | undefined;
}

/** Reads every configured stream, a few at once. Returns whether all are complete. Throws StdoutClosed only. */
export async function readStreams(options: ReadOptions): Promise<boolean> {
  const {output, configured} = options;
  const failures = new Failures(output);
  const active = new Set<Checkpoints>();
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const beating = heartbeat(
    {clock: options.alarm, signal},
    () => output.lastData,
    async () => {
      for (const checkpoints of active) if (await checkpoints.beat()) break;
      await output.flush();
    },
  );
  const waiting = [...configured];
  const work = async (): Promise<void> => {
    for (let stream = waiting.shift(); stream !== undefined && !signal.aborted; stream = waiting.shift()) {
      await readOne(stream, {...options, signal}, failures, active);
    }
  };
  try {
    await Promise.all(Array.from({length: Math.min(atOnce, configured.length)}, work));
    if (options.signal.aborted) return false;
    return !(await failures.end(configured.length));
  } finally {
    stop.abort();
    await beating;
  }
}

async function readOne(
  configured: ConfiguredStream,
  options: ReadOptions,
  failures: Failures,
  active: Set<Checkpoints>,
): Promise<void> {
  const {output, clock, signal, sync} = options;
  const {stream} = configured;
  const plan = options.plans.get(stream.name);
  const out = output.stream({
    stream,
    schemaless: plan?.schema.schemaless ?? false,
    replaceUnportable: options.replaceUnportable,
    key: plan?.key ?? [],
  });
  const checkpoints = new Checkpoints(out, {
    clock,
    start: options.stateOf(configured) ?? {v: 1},
    interval: options.checkpointInterval,
  });
  const known = plan?.schema.schemaless === true ? undefined : configured.fields;
  const unknownFields = known === undefined ? undefined : new UnknownFields(known);
  const missingKey = missingKeyOf(plan);
  active.add(checkpoints);
  try {
    const events = (): AsyncGenerator<StreamEvent> => {
      if (plan?.selected !== true) throw notThere(stream.name, options.plans);
      return sync.read(stream.name);
    };
    const hold = plan?.hold;
    const flush = (): Promise<void> => output.flush();
    const end = await emitStream(events, {out, checkpoints, unknownFields, missingKey, clock, signal, hold, flush});
    if (plan !== undefined && end.type === 'stopped')
      output.info(summaryLine(plan.name, out.written, plan.stats, 'stopped'));
    if (end.type === 'stopped') return;
    if (plan !== undefined) {
      const reasons = end.type === 'complete' ? end.reasons : undefined;
      warn(plan, unknownFields, output);
      const lacking = missingKey?.warning;
      if (lacking !== undefined) output.warn(`${plan.name}: ${lacking}`);
      output.info(summaryLine(plan.name, out.written, plan.stats, reasons ?? 'failed'));
      await output.analytics(summaryType, printSummary(summarize(stream, out.written, plan.stats, reasons)));
    }
    if (end.type === 'failed') await failures.add(end.error, stream);
    await out.status(end.type === 'complete' ? 'COMPLETE' : 'INCOMPLETE');
  } finally {
    active.delete(checkpoints);
  }
}

/** A schemaless stream publishes no key. */
function missingKeyOf(plan: StreamPlan | undefined): MissingKey | undefined {
  if (plan === undefined || plan.key.length === 0 || plan.schema.schemaless) return undefined;
  return new MissingKey(plan.key, plan.schema.keyIsDefault);
}

/** The stream's warnings. */
function warn(plan: StreamPlan, unknownFields: UnknownFields | undefined, output: Output): void {
  plan.notes.flush(output);
  const lacking = unknownFields?.names ?? [];
  if (lacking.length > 0) {
    const shown = lacking.slice(0, 20).join(', ') + (lacking.length > 20 ? ` and ${lacking.length - 20} more` : '');
    output.warn(
      `${plan.name}: the configured schema lacks ${shown}: the platform drops these fields, sync keeps them. ` +
        'Refresh the schema of the source, or declare them in columns.',
    );
  }
}

function notThere(name: string, plans: ReadonlyMap<string, StreamPlan>): ConnectorError {
  if (plans.has(name)) {
    return configError(`${name} has selected: false in the configuration: select it, or remove it from the catalog`);
  }
  const names = [...plans.values()].filter((plan) => plan.selected).map((plan) => plan.name);
  return configError(
    `the configuration has no resource ${name}, only ${names.join(', ')}: refresh the schema of the source`,
  );
}
