import type {ConfiguredStream} from '../../src/airbyte/configured-catalog.js';
import type {Sink} from '../../src/airbyte/stdout.js';
import {readStreams} from '../../src/commands/read-streams.js';
import type {JsonObject} from '../../src/json/exact.js';
import {Notes} from '../../src/log.js';
import type {StreamEvent, StreamPlan} from '../../src/stream/stream-plan.js';
import {batchOf, testOutput} from '../airbyte/collect.js';
import type {FakeClock} from '../support/fake-clock.js';

export type Script = () => AsyncGenerator<StreamEvent>;

const refused = () => Promise.reject(new Error('not used'));

export function planOf(name: string, given: Partial<StreamPlan> = {}): StreamPlan {
  return {
    name,
    place: 'resources[0]',
    selected: true,
    fingerprint: '',
    paginator: {
      type: 'single_page',
      start: {},
      facts: [],
      resumable: true,
      request: (base) => base,
      next: () => ({end: ''}),
    },
    send: refused,
    want: {
      records: {
        path: undefined,
        required: undefined,
        keyAs: undefined,
        names: [],
        key: [],
        entity: false,
        strict: false,
      },
      fields: [],
      facts: [],
    },
    fields: [],
    steps: [],
    schema: {columns: {}, schemaless: false, samplePages: 1, sampleRecords: 1, keyIsDefault: false, key: []},
    key: [],
    width: 1,
    notes: new Notes(name),
    stats: {requests: 2, retries: 1, waitedMs: 1_500, bytes: 2_048, pages: 2},
    request: refused,
    withoutSecrets: (position) => position,
    ...given,
  };
}

export const page = (...ids: number[]): StreamEvent => ({
  type: 'records',
  batch: batchOf(ids.map((id) => `{"id":${id}}`)),
});
export const state = (cursor: number, final = false): StreamEvent => ({
  type: 'checkpoint',
  state: final ? {v: 1, done: {at: cursor}} : {v: 1, cursor: {id: cursor}},
  final,
});
export const end = (reason = 'empty page'): StreamEvent => ({type: 'end', reasons: new Map([[reason, 1]])});

export async function* events(...list: (StreamEvent | Error | (() => unknown))[]): AsyncGenerator<StreamEvent> {
  for (const item of list) {
    if (item instanceof Error) throw item;
    if (typeof item === 'function') await item();
    else yield item;
  }
}

interface Options {
  readonly clock?: FakeClock;
  readonly alarm?: FakeClock;
  readonly signal?: AbortSignal;
  readonly given?: Readonly<Record<string, JsonObject>>;
  readonly interval?: number;
  readonly plans?: ReadonlyMap<string, StreamPlan>;
  readonly fields?: readonly string[];
  readonly sink?: Sink;
}

export function setUp(scripts: Readonly<Record<string, Script>>, options: Options = {}) {
  const made = testOutput(options.sink === undefined ? {} : {sink: options.sink});
  const names = Object.keys(scripts);
  const configured = names.map(
    (name): ConfiguredStream => ({
      stream: {name},
      mode: 'full_refresh',
      overwrite: false,
      syncId: 1,
      fields: options.fields,
    }),
  );
  const plans = options.plans ?? new Map(names.map((name) => [name, planOf(name)]));
  const run = () =>
    readStreams({
      plans,
      configured,
      sync: {
        read(name) {
          const script = scripts[name];
          if (script === undefined) throw new Error(name);
          return script();
        },
      },
      stateOf: ({stream}) => options.given?.[stream.name],
      output: made.output,
      clock: options.clock ?? made.clock,
      alarm: options.alarm ?? made.clock,
      signal: options.signal ?? new AbortController().signal,
      replaceUnportable: false,
      checkpointInterval: options.interval,
    });
  return {...made, run};
}
