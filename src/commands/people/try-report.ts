import {counted} from '../../counted.js';
import {printExact} from '../../json/exact.js';
import type {StreamPlan} from '../../stream/stream-plan.js';
import type {CollectedLog} from './collected-log.js';
import {authText} from './credential-text.js';
import {recordTable} from './record-table.js';
import {originOf} from './request-text.js';
import {describeTrial, schemaRows, schemaTable} from './schema-table.js';
import {sizeText} from './sizes.js';
import {keyCandidates, type Suggestion} from './suggestions.js';
import type {Trace} from './trace.js';
import type {Trial} from './trial.js';
import type {TriedResource} from './trial-stream.js';
import type {WalkRecord} from './walk-record.js';
import {walkTable} from './walk-table.js';

export interface Report {
  readonly trial: Trial;
  readonly trace: Trace;
  readonly tried: TriedResource;
  readonly log: CollectedLog;
  readonly rows: number;
  readonly safe: (text: string) => string;
  readonly width: number;
}

/** Warnings of the stream, the engine's and ours, without its name before them. */
export const warningsOf = ({plan, doubts}: Trial, {warnings}: CollectedLog): readonly string[] => [
  ...doubts,
  ...warnings.flatMap((text) => (text.startsWith(`${plan.name}: `) ? [text.slice(plan.name.length + 2)] : [])),
];

/** What one stream came to: requests, ends, warnings, rows, schema, state. */
export function trialText(report: Report): string {
  const {trial, trace, tried, log, safe, width} = report;
  const walks = trace.walksOf(trial.plan.name);
  const {paginator} = tried;
  const parts = [headText(report, walks), ...credentialLines(report)];
  if (walks.length > 0) {
    parts.push(walkTable(walks, {plan: trial.plan, paginator, safe, width, endOf: (walk) => endText(walk, trial)}));
  } else if (trial.interrupted) {
    parts.push(' interrupted before its first request');
  } else if (trial.error === undefined && trial.plan.staticRecords === undefined) {
    parts.push(' no request: the parent gave no rows');
  }
  if (trial.cut !== undefined) parts.push(` ${trial.cut}`);
  if (trial.error !== undefined) {
    parts.push(` ✘ ${safe(trial.error.message)}`);
    if (trial.error.detail !== undefined) parts.push(`   ${safe(trial.error.detail)}`);
  }
  // Where nothing was read, what the schema lacks follows from what is said above.
  const ofSchema = trial.error !== undefined && trial.observed.values === 0 ? [] : describeTrial(trial).warnings;
  const warnings = new Set([...warningsOf(trial, log), ...ofSchema]);
  for (const warning of warnings) parts.push(` ! ${safe(warning)}`);
  if (trial.emitted > 0 || trial.error === undefined) parts.push(rowsText(report, walks));
  if (trial.observed.values > 0) {
    const rows = schemaRows(trial, describeTrial(trial).entry, keyCandidates(trial));
    parts.push(schemaTable(rows, safe, width));
  }
  if (trial.state !== undefined) parts.push(`${stateLabel(trial, walks)}   ${safe(printExact(trial.state))}`);
  return parts.join('\n');
}

function headText({trial, trace, tried, safe}: Report, walks: readonly WalkRecord[]): string {
  const {plan} = trial;
  const {endpoint} = tried.resource;
  const [spec] = walks.flatMap(({sent}) => sent.map((one) => one.spec));
  const type = String(tried.paginator['type']);
  const found = walks.flatMap(({sent}) =>
    sent.flatMap(({next}) => (next === undefined ? [] : [String(next.by['type'])])),
  )[0];
  const head = [
    plan.name,
    ...(spec === undefined ? [] : [originOf(spec)]),
    ...(endpoint === undefined ? ['static records'] : [`auth ${authText(endpoint.auth)}`]),
    ...(endpoint === undefined ? [] : [`pages ${type === 'auto' ? `auto → ${found ?? 'one page'}` : type}`]),
    ...(plan.parent === undefined ? [] : [parentText(trial, trace)]),
  ];
  return safe(head.join('   '));
}

/** `parent repos: 2 of 2 partitions`; a plus: the parent was not read to its end. */
function parentText({plan}: Trial, trace: Trace): string {
  const parent = plan.parent?.plan;
  if (parent === undefined) return '';
  const read = partitionsOf(plan, trace);
  const all = Math.max(rowsOf(parent, trace), read);
  return `parent ${parent.name}: ${read} of ${all}${isWhole(parent, trace) ? '' : '+'} partitions`;
}

const partitionsOf = ({name}: StreamPlan, trace: Trace): number =>
  new Set(trace.walksOf(name).map(({slice}) => JSON.stringify(slice.parent?.values))).size;

const rowsOf = ({name, staticRecords}: StreamPlan, trace: Trace): number =>
  staticRecords?.length ?? trace.walksOf(name).reduce((sum, {rows}) => sum + rows, 0);

/** All its walks came to the API's end, and no parent of it was left out. */
function isWhole(plan: StreamPlan, trace: Trace): boolean {
  if (plan.staticRecords !== undefined) return true;
  if (trace.cut.has(plan.name) || trace.walksOf(plan.name).some(({ended}) => ended?.kind !== 'api')) return false;
  const parent = plan.parent?.plan;
  return parent === undefined || (partitionsOf(plan, trace) >= rowsOf(parent, trace) && isWhole(parent, trace));
}

/** Token and login requests of the whole run. */
function credentialLines({trace, safe}: Report): readonly string[] {
  return trace.credentials.map(({purpose, request, url, status, ms, bytes, error}) => {
    const result =
      status === undefined ? (error ?? 'no answer') : `${status}   ${Math.round(ms)} ms   ${sizeText(bytes)}`;
    return ` ${purpose}  ${safe(`${request.method} ${url}`)}   ${safe(result)}`;
  });
}

/** Why a walk ended, and what that means for its rows. */
export function endText({ended, rows, sent, pages}: WalkRecord, {error, cut, plan, interrupted}: Trial): string {
  const count = counted(rows, 'row');
  const waiting = sent.some(({answered, attempts}) => answered === undefined && attempts.length > 0);
  if (ended?.kind === 'limit') return `ended: ${ended.reason}: ${count} so far`;
  if (ended?.kind === 'api') return `ended: ${ended.reason}. complete: ${count}`;
  if (ended !== undefined) return `failed after ${count}: ${ended.reason}`;
  if (interrupted) return `interrupted: ${count} so far`;
  if (error !== undefined && (waiting || pages === 0)) return `failed after ${count}`;
  if (plan.cursor?.order !== undefined && error === undefined && cut === undefined) {
    return `ended: row_order: rows older than the start were reached. complete: ${count}`;
  }
  return `not read to its end: ${count} so far`;
}

function rowsText({trial, tried, rows, safe, width}: Report, walks: readonly WalkRecord[]): string {
  const received = walks.reduce((sum, walk) => sum + walk.rows, 0);
  const shown = Math.min(rows, trial.kept.length);
  // More by steps; less by steps, the cursor, and null in place of rows.
  const sent = received > 0 && received !== trial.emitted ? `; the API sent ${received}` : '';
  const head = `rows (${shown < trial.emitted ? `${shown} of ` : ''}${trial.emitted}${sent})`;
  if (shown === 0) return head;
  const cursor = trial.plan.cursor?.path.text.replace(/^\$\.?/, '');
  const key =
    tried.resource.primary_key.length > 0
      ? tried.resource.primary_key.map((path) => path.join('.'))
      : keyCandidates(trial).slice(0, 1);
  return `${head}\n${recordTable(trial.kept.slice(0, shown), {key, cursor, safe, width})}`;
}

/** Only walks that the API ended say what a sync would keep; of others it is what an end here would mean. */
export function stateLabel({isFinal, error, interrupted}: Trial, walks: readonly WalkRecord[]): string {
  if (interrupted) return 'state so far';
  if (error !== undefined) return 'state that stands';
  const limited = walks.some(({ended}) => ended?.kind === 'limit');
  if (limited) return 'state it would save, if these were all rows';
  return isFinal ? 'state it would save' : 'state so far';
}

/** Suggestions with their numbers, and the command that writes them: on one line where they fit. */
export function suggestionText(
  found: readonly Suggestion[],
  command: string,
  {safe, width, named}: {readonly safe: (text: string) => string; readonly width: number; readonly named: boolean},
): string {
  const texts = found.map(({text, stream, caution}, k) => {
    const care = caution === undefined ? '' : ` (${caution})`;
    return safe(`${k + 1} ${named ? `${stream}: ` : ''}${text}${care}`);
  });
  const apply = `→ ${command} --apply ${found.map((_, k) => k + 1).join(' ')}`;
  const line = `suggestions  ${texts.join('   ')}   ${apply}`;
  if (line.length <= Math.min(width, 120)) return line;
  return [`suggestions  ${apply}`, ...texts.map((text) => `  ${text}`)].join('\n');
}
