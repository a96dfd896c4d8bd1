import {counted} from '../counted.js';
import {ConnectorError, configError} from '../errors.js';
import type {Attempt} from '../http/answer.js';
import {type Command, type Host, type Invocation, textOption} from './command.js';
import {applySuggestions} from './people/apply-suggestions.js';
import {CollectedLog} from './people/collected-log.js';
import {withConfigArgument} from './people/config-argument.js';
import {givenStates} from './people/given-state.js';
import {nextRun, nextRunText} from './people/next-run.js';
import {compileOpened, invalid, openConfig, usable} from './people/open-config.js';
import {runTrials} from './people/run-trials.js';
import {openScreen} from './people/screen.js';
import {withSince} from './people/since.js';
import {seconds} from './people/sizes.js';
import {type Suggestion, suggestions} from './people/suggestions.js';
import {Trace, type TraceListener} from './people/trace.js';
import {Trial} from './people/trial.js';
import {triedResource} from './people/trial-stream.js';
import {TryEvents} from './people/try-events.js';
import {chosenStreams, tryOptions} from './people/try-options.js';
import {report, reportEvents, type TryRun, warnAhead} from './people/try-print.js';

export const command: Command = {
  summary: 'read a little of a stream and show the requests, the rows and why it ended',
  arguments: '[resource...]',
  options: [
    {flags: '--config <file>', text: 'the configuration, JSON or YAML (default: the only one here)'},
    {flags: '--pages <number>', text: 'pages of each walk (default 3; 0: all)'},
    {flags: '--records <number>', text: 'rows of each walk, to the end of a page (default 1000; 0: all)'},
    {flags: '--partitions <number>', text: 'parents or windows of a stream (default 2; 0: all)'},
    {flags: '--rows <number>', text: 'rows to show (default 5)'},
    {flags: '--row <number>', text: 'show this row whole'},
    {flags: '--all', text: 'every stream, one line each'},
    {flags: '--state <file>', text: 'start from this state'},
    {flags: '--since <value>', text: 'start here, in place of initial_value'},
    {flags: '--then', text: 'say what the next run would ask'},
    {flags: '--show <parts>', text: 'more of: requests,headers,bodies,schema,state,curl'},
    {flags: '--apply [numbers...]', text: 'write suggestions into the file; comments stay'},
    {flags: '--quiet', text: 'print problems only'},
    {flags: '--json', text: 'print events, one a line'},
  ],
  example: 'try orders --config acme.yaml',
  run: tryStreams,
};

async function tryStreams(given: Invocation, host: Host): Promise<number> {
  const invocation = await withConfigArgument(given);
  const screen = openScreen(invocation, host);
  const options = tryOptions(invocation);
  const opened = await openConfig(textOption(invocation, 'config'), host);
  screen.nameBy(opened.read.worded);
  const log = new CollectedLog();
  let observe: (attempt: Attempt) => void = () => undefined;
  const watching = {log, observe: (attempt: Attempt) => observe(attempt)};
  const written = usable(opened);
  const compiledFor = (config: typeof written) => {
    const compiled = compileOpened(opened, config, host, watching);
    if (compiled.problems.some(({level}) => level === 'error')) throw invalid(opened, compiled.problems);
    return compiled;
  };
  let compiled = compiledFor(written);
  const chosen = chosenStreams(invocation, compiled.plans);
  if (options.since !== undefined) compiled = compiledFor(withSince(written, chosen.names, options.since));
  const stateOf = await givenStates(options.state, chosen.names);
  const keep = Math.max(options.rows, options.row ?? 0);
  const trials = chosen.names.flatMap((name) => {
    const plan = compiled.plans.get(name);
    return plan === undefined ? [] : [new Trial(plan, keep)];
  });
  const tried = new Map(trials.map(({plan}) => [plan.name, triedResource(written, plan.name)]));
  const run: TryRun = {
    opened,
    options,
    host,
    screen,
    log,
    trials,
    triedOf: ({plan}) => {
      const found = tried.get(plan.name);
      if (found === undefined) throw configError(`there is no resource ${plan.name}`);
      return found;
    },
    all: chosen.all,
    again: ['try', ...given.args].join(' '),
  };
  const events = options.json
    ? new TryEvents(screen, (stream) => compiled.plans.get(stream), options.limits.records)
    : undefined;
  await warnAhead(run, compiled.problems, events);
  const trace = new Trace(options.limits, listener(run, events), {keepBodies: options.shown.has('bodies')});
  observe = trace.observe;
  const plans = trace.plans(compiled.plans);
  await runTrials({
    plans,
    trials,
    stateOf,
    log,
    host,
    event: async (trial, event) => {
      if (event.type === 'waiting') {
        screen.progress(`${trial.plan.name}: waits ${seconds(event.until - host.clock.now())} for the API`);
      }
      await events?.event(trial, event);
    },
  });
  screen.progress('');
  const found = trials.flatMap((trial) => {
    const seen = {trial, walks: trace.walksOf(trial.plan.name), ...run.triedOf(trial)};
    return trial.error === undefined ? suggestions(seen) : [];
  });
  await (events === undefined ? report(run, trace, found) : reportEvents(run, trace, found, events));
  if (options.nextRun && !host.signal.aborted) {
    const next = new Trace(options.limits, {attempt: () => undefined, page: () => undefined, ended: () => undefined});
    observe = next.observe;
    await runAgain(run, {trace, next, plans: next.plans(compiled.plans)}, events);
  }
  if (options.apply !== undefined && !host.signal.aborted) await apply(run, found, options.apply);
  return exitCode(trials, trace, host);
}

function listener({trials, screen}: TryRun, events: TryEvents | undefined): TraceListener {
  const byName = new Map(trials.map((trial) => [trial.plan.name, trial]));
  let requests = 0;
  return {
    attempt: (attempt, sent) => {
      requests += 1;
      screen.progress(`${attempt.stream}: ${counted(requests, 'request')}`);
      events?.attempt(attempt, sent);
    },
    page: (sent, answer) => {
      byName.get(sent.stream)?.page(sent, answer);
      events?.page(sent);
    },
    ended: (walk) => events?.ended(walk),
  };
}

/** What a run from the states of this one asks. */
async function runAgain(
  {trials, screen, host, options}: TryRun,
  {trace, next, plans}: {readonly trace: Trace; readonly next: Trace; readonly plans: ReturnType<Trace['plans']>},
  events: TryEvents | undefined,
): Promise<void> {
  const states = new Map(trials.map(({plan, state}) => [plan.name, state]));
  const again = trials.filter(({error}) => error === undefined).map(({plan}) => new Trial(plan, options.rows));
  await runTrials({plans, trials: again, stateOf: (name) => states.get(name), log: new CollectedLog(), host});
  screen.progress('');
  for (const trial of again) {
    const {name} = trial.plan;
    const run = nextRun(trace.walksOf(name), next.walksOf(name), trial);
    if (events !== undefined) events.nextRun(name, run);
    else if (!screen.quiet) await screen.print(screen.safe(nextRunText(run, trial, again.length > 1)));
  }
  await events?.left;
}

async function apply(
  {opened, host, screen, options}: TryRun,
  found: readonly Suggestion[],
  wanted: readonly number[],
): Promise<void> {
  const missing = wanted.find((number) => found[number - 1] === undefined);
  if (missing !== undefined) {
    const there = found.length === 0 ? 'there are no suggestions' : `there are ${found.length}`;
    throw configError(`--apply ${missing}: ${there}`);
  }
  const chosen = wanted.length === 0 ? found : wanted.flatMap((number) => found[number - 1] ?? []);
  if (chosen.length === 0) {
    if (!options.json && !screen.quiet) await screen.print('no suggestions: nothing to write');
    return;
  }
  await applySuggestions(chosen, opened, host);
  if (options.json || screen.quiet) return;
  const lines = chosen.map(({stream, text}) => `  ${stream}: ${text}`);
  await screen.print(`written into ${opened.file}\n${lines.join('\n')}`);
}

/** 1: no stream works (2: and nothing was sent, so the configuration is at fault); 3: some do. */
function exitCode(trials: readonly Trial[], trace: Trace, host: Host): number {
  if (host.signal.aborted) return 130;
  const errors = trials.flatMap(({error}) => (error === undefined ? [] : [error]));
  if (errors.length === 0) return 0;
  if (errors.length < trials.length) return 3;
  const wasSent =
    trace.credentials.length > 0 || trace.walks.some(({sent}) => sent.some(({attempts}) => attempts.length > 0));
  const isConfig = errors.every((error) => error instanceof ConnectorError && error.failureType === 'config_error');
  return isConfig && !wasSent ? 2 : 1;
}
