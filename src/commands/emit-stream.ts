import {StdoutClosed} from '../airbyte/stdout.js';
import type {StreamOutput} from '../airbyte/stream-output.js';
import type {Clock} from '../clock.js';
import {type ConnectorError, toConnectorError} from '../errors.js';
import type {MissingKey} from '../schema/missing-key.js';
import type {UnknownFields} from '../schema/unknown-fields.js';
import type {StreamEvent, StreamPlan} from '../stream/stream-plan.js';
import type {Checkpoints} from './checkpoints.js';

export type StreamEnd =
  | {readonly type: 'complete'; readonly reasons: ReadonlyMap<string, number>}
  | {readonly type: 'failed'; readonly error: ConnectorError}
  /** By the signal: the last STATE is out, no status follows. */
  | {readonly type: 'stopped'};

export interface EmitOptions {
  readonly out: StreamOutput;
  readonly checkpoints: Checkpoints;
  readonly unknownFields: UnknownFields | undefined;
  readonly missingKey: MissingKey | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly hold: StreamPlan['hold'];
  /** Everything so far is taken by the other side. */
  readonly flush: () => Promise<void>;
}

/**
 * One stream's events as lines: STARTED, RUNNING, records and states, the last STATE. COMPLETE or INCOMPLETE is the caller's,
 * which knows what else is to be said before it. Throws StdoutClosed only.
 */
export async function emitStream(open: () => AsyncGenerator<StreamEvent>, options: EmitOptions): Promise<StreamEnd> {
  const {out, checkpoints, signal} = options;
  await out.status('STARTED');
  await out.status('RUNNING');
  let end: StreamEnd;
  let events: AsyncGenerator<StreamEvent> | undefined;
  try {
    events = open();
    end = await emitEvents(events, options);
  } catch (thrown) {
    if (thrown instanceof StdoutClosed) {
      close(events);
      throw thrown;
    }
    end = signal.aborted ? {type: 'stopped'} : {type: 'failed', error: toConnectorError(thrown)};
  }
  if (end.type === 'stopped') close(events);
  try {
    await checkpoints.end();
  } catch (thrown) {
    if (thrown instanceof StdoutClosed) throw thrown;
    if (end.type === 'complete') end = {type: 'failed', error: toConnectorError(thrown)};
  }
  return end;
}

/** Lets go of what the stream holds, as soon as it can: it may be in the middle of a request. */
function close(events: AsyncGenerator<StreamEvent> | undefined): void {
  events?.return(undefined).catch(() => undefined);
}

async function emitEvents(events: AsyncGenerator<StreamEvent>, options: EmitOptions): Promise<StreamEnd> {
  const {signal} = options;
  let stop = (): void => undefined;
  const onAbort = (): void => stop();
  // One listener for all events: a race with the signal would keep every page.
  signal.addEventListener('abort', onAbort);
  /** The next event, or undefined as soon as the signal aborts. */
  const next = (): Promise<IteratorResult<StreamEvent, unknown> | undefined> =>
    new Promise((resolve, reject) => {
      if (signal.aborted) {
        resolve(undefined);
        return;
      }
      stop = () => resolve(undefined);
      events.next().then(resolve, reject);
    });
  try {
    return await emitAll(next, options);
  } finally {
    // A signal outlives the stream, and would keep it.
    signal.removeEventListener('abort', onAbort);
  }
}

async function emitAll(
  next: () => Promise<IteratorResult<StreamEvent, unknown> | undefined>,
  {out, checkpoints, unknownFields, missingKey, clock, hold, flush}: EmitOptions,
): Promise<StreamEnd> {
  let limited = false;
  let reasons: ReadonlyMap<string, number> = new Map();
  for (;;) {
    const result = await next();
    if (result === undefined) return {type: 'stopped'};
    if (result.done === true) return {type: 'complete', reasons};
    const event = result.value;
    if (limited && event.type !== 'waiting') {
      // Only a record would clear RATE_LIMITED by itself, and the next page may be empty.
      await out.status('RUNNING');
      limited = false;
    }
    switch (event.type) {
      case 'records': {
        const {batch, suffix} = event;
        unknownFields?.observe(batch, suffix);
        missingKey?.observe(batch, suffix);
        // The page's memory counts until its reader has taken it.
        const release = hold?.(batch.bytes.length);
        try {
          await out.records(batch, suffix);
        } finally {
          release?.();
        }
        break;
      }
      case 'checkpoint':
        await checkpoints.offer(event);
        break;
      case 'waiting':
        await checkpoints.beforeWait(event.until - clock.now());
        await out.status('RUNNING', event.until);
        await flush();
        limited = true;
        break;
      case 'end':
        reasons = event.reasons;
        break;
    }
  }
}
