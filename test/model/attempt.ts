import type {JsonObject} from '../../src/json/exact.js';
import type {Log} from '../../src/log.js';
import type {StreamEvent, StreamPlan} from '../../src/stream/stream-plan.js';
import {openSync, type StreamRequest} from '../../src/stream/sync.js';
import type {FakeClock} from '../support/fake-clock.js';
import type {Destination} from './destination.js';
import type {Random} from './random.js';
import {idBelow} from './world.js';

export interface AttemptOptions {
  readonly plans: ReadonlyMap<string, StreamPlan>;
  readonly requests: readonly StreamRequest[];
  readonly destinations: ReadonlyMap<string, Destination>;
  readonly random: Random;
  readonly clock: FakeClock;
  readonly log: Log;
  readonly abort: AbortController;
  /** The process is gone after so many lines. */
  readonly lines: number;
  /** One in so many checkpoints is printed; the final one always. */
  readonly every: number;
  readonly throughHost: (state: JsonObject) => JsonObject;
  /** Of a version: how new its cursor says it is. */
  readonly newness: (n: number) => number;
}

export interface Attempted {
  readonly killed: boolean;
  readonly errors: readonly unknown[];
}

/** One run of `read` against a destination, as commands/read prints it: all streams at once, line by line. */
export async function attempt(options: AttemptOptions): Promise<Attempted> {
  const {plans, requests, destinations, abort, clock, log, random} = options;
  const sync = openSync(plans, requests, {clock, log, signal: abort.signal});
  const errors: unknown[] = [];
  let left = options.lines;
  let killed = false;
  /** false: the line does not come any more. */
  const line = (): boolean => {
    if (left > 0) {
      left--;
      return true;
    }
    killed = true;
    return false;
  };
  const readOne = async ({name}: StreamRequest): Promise<void> => {
    const destination = destinations.get(name);
    if (destination === undefined) throw new Error(`no destination for ${name}`);
    let latest: Extract<StreamEvent, {type: 'checkpoint'}> | undefined;
    let printed: typeof latest;
    const print = (): boolean => {
      if (latest === undefined || latest === printed) return true;
      if (!line()) return false;
      printed = latest;
      destination.commit(options.throughHost(latest.state));
      return true;
    };
    const take = (event: StreamEvent): boolean => {
      if (event.type === 'records') {
        for (const row of rowsOf(event, options.newness)) {
          if (!line()) return false;
          destination.record(row);
        }
      } else if (event.type === 'checkpoint') {
        latest = event;
        if (event.final || random.chance(1 / options.every)) return print();
      } else if (event.type === 'waiting') return print();
      return true;
    };
    const events = sync.read(name);
    try {
      for await (const event of events) {
        if (killed || !take(event)) break;
      }
    } catch (error) {
      if (!killed) errors.push(error);
    }
    if (killed) {
      if (!abort.signal.aborted) abort.abort(new Error('killed'));
      await events.return(undefined).catch(() => undefined);
    } else print();
  };
  await Promise.all(requests.map(readOne));
  for (const destination of destinations.values()) destination.abandon(killed && random.chance(0.5));
  return {killed, errors};
}

function* rowsOf(
  {batch, suffix}: Extract<StreamEvent, {type: 'records'}>,
  newness: AttemptOptions['newness'],
): Generator<{readonly id: number; readonly n: number; readonly newness: number}> {
  for (let i = 0; i < batch.count; i++) {
    const text = batch.bytes.toString('utf8', batch.spans[2 * i], batch.spans[2 * i + 1]);
    const whole = suffix === undefined ? text : `${text.slice(0, -1)}${suffix.toString()}}`;
    const {id, n, _parents_id: parent}: {id: number; n: number; _parents_id?: number} = JSON.parse(whole);
    yield {id: idBelow(id, parent), n, newness: newness(n)};
  }
}
