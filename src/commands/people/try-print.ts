import {formatProblems, type Problem} from '../../config/problem.js';
import {counted} from '../../counted.js';
import {parseExact} from '../../json/exact.js';
import {printPretty} from '../../json/pretty.js';
import type {Host} from '../command.js';
import {allTable} from './all-table.js';
import type {CollectedLog} from './collected-log.js';
import type {Opened} from './open-config.js';
import {requestDetails} from './request-details.js';
import {describeTrial, schemaRows} from './schema-table.js';
import type {Screen} from './screen.js';
import {keyCandidates, type Suggestion} from './suggestions.js';
import type {Trace} from './trace.js';
import type {Trial} from './trial.js';
import type {TriedResource} from './trial-stream.js';
import type {TryEvents} from './try-events.js';
import type {TryOptions} from './try-options.js';
import {stateLabel, suggestionText, trialText, warningsOf} from './try-report.js';
import type {WalkRecord} from './walk-record.js';

/** Everything about one run of the command. */
export interface TryRun {
  readonly opened: Opened;
  readonly options: TryOptions;
  readonly host: Host;
  readonly screen: Screen;
  readonly log: CollectedLog;
  readonly trials: readonly Trial[];
  readonly triedOf: (trial: Trial) => TriedResource;
  readonly all: boolean;
  /** What to type to have the same again. */
  readonly again: string;
}

/** Problems of the configuration that are no errors: said before anything is sent. */
export async function warnAhead(
  {opened, screen}: TryRun,
  compiled: readonly Problem[],
  events: TryEvents | undefined,
): Promise<void> {
  const warnings = [...opened.read.problems, ...compiled].filter(({level}) => level === 'warning');
  const texts = [...formatProblems(warnings, opened.read.document), ...opened.warnings];
  if (events !== undefined) for (const text of texts) events.warning(null, text);
  else if (texts.length > 0) await screen.print(texts.map((text) => ` ! ${text}`).join('\n'));
}

/** What the streams came to, for people. */
export async function report(run: TryRun, trace: Trace, found: readonly Suggestion[]): Promise<void> {
  const {trials, screen, log, options, all, triedOf} = run;
  const {safe, width} = screen;
  const own = trials.map((trial) => ({trial, tried: triedOf(trial), warnings: warningsOf(trial, log)}));
  if (screen.quiet) {
    const lines = own.flatMap(({trial, warnings}) => [
      ...(trial.error === undefined ? [] : [` ✘ ${safe(trial.error.message)}`]),
      ...warnings.map((warning) => ` ! ${trial.plan.name}: ${safe(warning)}`),
    ]);
    if (lines.length > 0) await screen.print(lines.join('\n'));
    return;
  }
  if (all) await screen.print(allTable(own, trace, safe, width));
  else {
    for (const {trial, tried} of own) {
      await screen.print(trialText({trial, trace, tried, log, rows: options.rows, safe, width}));
      await details(run, trace, trial);
    }
  }
  const named = new Set(trials.map(({plan}) => plan.name));
  const others = log.warnings.filter((text) => !named.has(text.split(': ', 1)[0] ?? ''));
  for (const text of others) await screen.print(` ! ${safe(text)}`);
  if (found.length > 0 && options.apply === undefined && !all)
    await screen.print(suggestionText(found, run.again, {safe, width, named: trials.length > 1}));
}

/** The walks of parents that are read for their children alone, and its own. */
function walksBehind({plan}: Trial, trials: readonly Trial[], trace: Trace): readonly WalkRecord[] {
  const above: string[] = [];
  for (let at = plan.parent?.plan; at !== undefined; at = at.parent?.plan) above.unshift(at.name);
  const hidden = above.filter((name) => !trials.some((trial) => trial.plan.name === name));
  return [...hidden, plan.name].flatMap((name) => trace.walksOf(name));
}

/** What --show and --row ask for beside the report. */
async function details(run: TryRun, trace: Trace, trial: Trial): Promise<void> {
  const {screen, options, opened, host} = run;
  const {shown, row} = options;
  const redact = (text: string) => host.secrets.redact(text);
  const {config, secretValues} = opened.read;
  const authOf = (stream: string) => config?.resources.find(({name}) => name === stream)?.endpoint?.auth ?? [];
  const sent = requestDetails(walksBehind(trial, run.trials, trace), {shown, authOf, secretValues, redact});
  if (sent !== '') await screen.print(sent);
  if (row !== undefined) {
    const record = trial.kept[row - 1];
    await screen.print(
      record === undefined
        ? `row ${row}: there ${trial.emitted === 1 ? 'is' : 'are'} ${counted(trial.emitted, 'row')}`
        : `row ${row}\n${printPretty(parseExact(record))}`,
    );
  }
  if (shown.has('schema')) {
    await screen.print(JSON.stringify(describeTrial(trial).entry.json_schema, undefined, 2));
  }
  if (shown.has('state') && trial.state !== undefined) await screen.print(printPretty(trial.state));
}

/** The same as events, after those of the requests. */
export async function reportEvents(
  run: TryRun,
  trace: Trace,
  found: readonly Suggestion[],
  events: TryEvents,
): Promise<void> {
  for (const trial of run.trials) {
    const {name} = trial.plan;
    if (trial.error !== undefined) events.failed(trial);
    if (trial.interrupted) events.interrupted(trial);
    for (const warning of warningsOf(trial, run.log)) events.warning(name, warning);
    if (trial.observed.values > 0) {
      const {entry} = describeTrial(trial);
      events.schema(name, entry.json_schema, schemaRows(trial, entry, keyCandidates(trial)));
    }
    events.state(trial, stateLabel(trial, trace.walksOf(name)));
  }
  for (const [index, suggestion] of found.entries()) events.suggestion(suggestion, index + 1);
  await events.left;
}
