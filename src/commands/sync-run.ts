import {streamKey} from '../airbyte/input.js';
import {Application, type Progress as Applied} from '../destinations/apply.js';
import type {StreamSink} from '../destinations/destination.js';
import type {Message} from '../destinations/message.js';
import {systemError} from '../errors.js';
import {startChild} from './child.js';
import type {Host} from './command.js';
import {type Progress, sayLog, type Watched} from './progress.js';
import {readSummary, type StreamSummary, summaryType} from './stream-summary.js';

/** What a run of `read` said beside its rows. */
export interface Heard {
  readonly summaries: Map<string, StreamSummary>;
  /** By stream key; `""`: of the run as a whole. */
  readonly errors: Map<string, string>;
  readonly times: Map<string, {since: number | undefined; until: number | undefined; waitsUntil: number | undefined}>;
  /** Failure type of the first error. */
  failure: string | undefined;
  code: number;
}

export interface RunOptions {
  readonly host: Host;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Arguments of `read`. */
  readonly args: readonly string[];
  readonly sinks: ReadonlyMap<string, StreamSink>;
  readonly limit: number | undefined;
  readonly progress: Progress | undefined;
  readonly control: (config: string) => Promise<void>;
}

/** Runs `read` and applies what it prints. Resolves when all of it is committed, however the source ended. */
export async function runRead(options: RunOptions): Promise<{heard: Heard; streams: ReadonlyMap<string, Applied>}> {
  const {host, environment, args, sinks, limit, progress, control} = options;
  const {clock} = host;
  const heard: Heard = {summaries: new Map(), errors: new Map(), times: new Map(), failure: undefined, code: 0};
  const child = startChild(args, host, environment);
  const stored: Promise<void>[] = [];
  const application = new Application({
    input: child.stdout,
    sinks,
    clock,
    heard: (message) => {
      note(message, heard, clock.now());
      if (message.type === 'CONTROL') stored.push(control(message.config));
      if (message.type === 'LOG') sayLog(message, progress);
    },
    tick: () => progress?.update([...application.streams].map(([key, stream]) => watched(key, stream, heard))),
    ...(limit === undefined ? {} : {limit, limited: () => stopAtLimit()}),
  });
  const stopAtLimit = () => {
    const open = [...application.streams.values()].filter(({status}) => status !== 'limited' && status !== 'complete');
    if (open.length === 0) child.stop();
  };
  try {
    await application.run();
  } catch (thrown) {
    child.stop();
    throw thrown;
  } finally {
    progress?.clear();
  }
  await Promise.all(stored);
  const {code, stderr} = await child.ended;
  heard.code = code;
  if (code !== 0 && stderr !== '' && heard.errors.size === 0) {
    throw systemError(`read ended with code ${code} and said nothing of the protocol`, {
      detail: host.secrets.redact(stderr),
    });
  }
  return {heard, streams: application.streams};
}

function note(message: Message, heard: Heard, now: number): void {
  switch (message.type) {
    case 'STATUS': {
      const key = streamKey(message.stream.name, message.stream.namespace);
      const time = heard.times.get(key) ?? {since: undefined, until: undefined, waitsUntil: undefined};
      time.since ??= now;
      time.until = now;
      time.waitsUntil = message.waitsUntil;
      heard.times.set(key, time);
      return;
    }
    case 'ERROR': {
      const key = message.stream === undefined ? '' : streamKey(message.stream.name, message.stream.namespace);
      if (!heard.errors.has(key)) heard.errors.set(key, message.message);
      heard.failure ??= message.failure;
      return;
    }
    case 'ANALYTICS': {
      const summary = message.name === summaryType ? readSummary(message.value) : undefined;
      if (summary !== undefined) heard.summaries.set(streamKey(summary.stream, summary.namespace), summary);
      return;
    }
    default:
  }
}

function watched(key: string, {name, rows, status}: Applied, heard: Heard): Watched {
  const time = heard.times.get(key);
  return {name, rows, status, since: time?.since, waitsUntil: time?.waitsUntil};
}
