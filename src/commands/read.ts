import {type ConfiguredStream, keyOf, parseCatalog} from '../airbyte/configured-catalog.js';
import {readInput} from '../airbyte/input.js';
import type {Output} from '../airbyte/output.js';
import {type GivenStates, parseState} from '../airbyte/state-file.js';
import {openSpool} from '../spool.js';
import type {StreamPlan} from '../stream/stream-plan.js';
import {openSync} from '../stream/sync.js';
import {type Command, type Host, type Invocation, textOption} from './command.js';
import {openSource} from './open-source.js';
import {commonOptions, configOption, speakProtocol} from './protocol.js';
import {readStreams} from './read-streams.js';

export const command: Command = {
  summary: 'read the streams of a configured catalog (Airbyte)',
  options: [
    configOption,
    {flags: '--catalog <file>', text: 'the configured catalog', required: true},
    {flags: '--state <file>', text: 'the states of the last run'},
    ...commonOptions,
  ],
  example: 'read --config config.json --catalog catalog.json --state state.json',
  protocol: true,
  run: (invocation, host) =>
    speakProtocol(invocation, host, {holdControl: false}, (output) => read(invocation, host, output)),
};

async function read(invocation: Invocation, host: Host, output: Output): Promise<number> {
  const {clock, alarm, signal} = host;
  const catalogFile = textOption(invocation, 'catalog') ?? '';
  const catalog = parseCatalog(catalogFile, await readInput('catalog', catalogFile));
  const stateFile = textOption(invocation, 'state');
  const given = stateFile === undefined ? noStates : parseState(stateFile, await readInput('state', stateFile));
  const {config, plans} = await openSource(invocation, host, output);
  const configured = inOrder(catalog, plans).map((each) => ({...each, mode: modeOf(each, plans, output)}));
  for (const notice of [...given.notices, ...unused(given, configured)]) output.info(notice);
  const stateOf = ({stream}: ConfiguredStream) => given.states.get(keyOf(stream))?.state;
  const requests = configured
    .filter(({stream}) => plans.get(stream.name)?.selected === true)
    .map((each) => ({
      name: each.stream.name,
      mode: each.mode,
      state: stateOf(each),
      syncId: each.syncId,
      overwrite: each.overwrite,
    }));
  const complete = await readStreams({
    plans,
    configured,
    sync: openSync(plans, requests, {clock, log: output, signal, openSpool}),
    stateOf,
    output,
    clock,
    alarm,
    signal,
    replaceUnportable: config.client.unportable === 'replace',
    checkpointInterval: interval(host.environment['CHECKPOINT_INTERVAL_SECONDS']),
  });
  return complete ? 0 : 1;
}

const noStates: GivenStates = {states: new Map(), notices: []};

/** Parents before their children, as the plans are; streams without a plan last. */
function inOrder(
  catalog: readonly ConfiguredStream[],
  plans: ReadonlyMap<string, StreamPlan>,
): readonly ConfiguredStream[] {
  const order = [...plans.keys()];
  const place = ({stream}: ConfiguredStream): number => {
    const index = order.indexOf(stream.name);
    return index < 0 ? order.length : index;
  };
  return [...catalog].sort((a, b) => place(a) - place(b));
}

/** PyAirbyte asks for incremental of every stream: without a cursor, its own or (`parent_incremental`) its parent's, it is read fully. */
function modeOf(
  {stream, mode}: ConfiguredStream,
  plans: ReadonlyMap<string, StreamPlan>,
  output: Output,
): ConfiguredStream['mode'] {
  const plan = plans.get(stream.name);
  if (mode === 'full_refresh' || plan === undefined || plan.cursor !== undefined) return mode;
  if (plan.parent?.incremental === true) return mode;
  output.warn(
    `${stream.name}: incremental was asked for, but the resource has no incremental cursor: it is read fully`,
  );
  return 'full_refresh';
}

function unused(given: GivenStates, configured: readonly ConfiguredStream[]): readonly string[] {
  const known = new Set(configured.map(({stream}) => keyOf(stream)));
  return [...given.states]
    .filter(([key]) => !known.has(key))
    .map(([, {name}]) => `the state of ${name} is ignored: the catalog has no such stream`);
}

/** ms; undefined for none, or for what is no number. */
function interval(seconds: string | undefined): number | undefined {
  const value = seconds === undefined || seconds.trim() === '' ? Number.NaN : Number(seconds);
  return Number.isFinite(value) && value >= 0 ? value * 1_000 : undefined;
}
