import {type JsonObject, printExact} from '../../src/json/exact.js';
import type {StreamEvent, StreamPlan} from '../../src/stream/stream-plan.js';
import {openSync, type StreamRequest, type SyncOptions} from '../../src/stream/sync.js';
import type {Server} from './simulated.js';

/** What one read of one stream gave. */
export interface Result {
  readonly records: string[];
  readonly states: JsonObject[];
  /** Records that the last state covers. */
  readonly covered: number;
  readonly error: unknown;
  readonly reasons: ReadonlyMap<string, number>;
}

export const silentLog = {debug: () => {}, info: () => {}, warn: () => {}, error: () => {}};

/** Lines of the log by level. */
export function listLog(): SyncOptions['log'] & {readonly lines: string[]} {
  const lines: string[] = [];
  const at = (level: string) => (message: string) => void lines.push(`${level} ${message}`);
  return {lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error')};
}

export const requestOfStream = (name: string, extra: Partial<StreamRequest> = {}): StreamRequest => ({
  name,
  mode: 'incremental',
  state: undefined,
  syncId: undefined,
  overwrite: false,
  ...extra,
});

export function open(
  plans: readonly StreamPlan[],
  requests: readonly StreamRequest[],
  server: Server,
  extra: Partial<SyncOptions> = {},
): ReturnType<typeof openSync> {
  const signal = new AbortController().signal;
  return openSync(new Map(plans.map((plan) => [plan.name, plan])), requests, {
    clock: server.clock,
    log: silentLog,
    signal,
    ...extra,
  });
}

/** The records of an event, with the parent's columns as a writer would put them. */
export function recordsOf(event: StreamEvent): string[] {
  if (event.type !== 'records') return [];
  const {batch, suffix} = event;
  return Array.from({length: batch.count}, (_, i) => {
    const text = batch.bytes.toString('utf8', batch.spans[2 * i], batch.spans[2 * i + 1]);
    if (suffix === undefined) return text;
    return text === '{}' ? `{${suffix.toString().slice(1)}}` : `${text.slice(0, -1)}${suffix.toString()}}`;
  });
}

/** Reads a stream; after `events` events it is killed. */
export async function collect(read: AsyncGenerator<StreamEvent>, events = Number.POSITIVE_INFINITY): Promise<Result> {
  const records: string[] = [];
  const states: JsonObject[] = [];
  let covered = 0;
  let reasons: ReadonlyMap<string, number> = new Map();
  let error: unknown;
  let count = 0;
  try {
    for await (const event of read) {
      records.push(...recordsOf(event));
      if (event.type === 'checkpoint') {
        states.push(roundTrip(event.state));
        covered = records.length;
      }
      if (event.type === 'end') reasons = event.reasons;
      if (++count >= events) break;
    }
  } catch (thrown) {
    error = thrown;
  }
  return {records, states, covered, error, reasons};
}

/** As a host hands it back: parsed and written anew by a reader that only knows doubles. */
export function roundTrip(state: JsonObject): JsonObject {
  return JSON.parse(JSON.stringify(JSON.parse(printExact(state))));
}

export async function readOne(
  plan: StreamPlan,
  server: Server,
  request: Partial<StreamRequest> = {},
  log: SyncOptions['log'] = silentLog,
): Promise<Result> {
  const result = await collect(open([plan], [requestOfStream(plan.name, request)], server, {log}).read(plan.name));
  if (result.error !== undefined) throw result.error;
  return result;
}

export const ids = (records: readonly string[]): number[] => records.map((record) => JSON.parse(record).id);
