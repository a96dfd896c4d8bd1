import {table} from '../table.js';
import {pathOf} from './request-text.js';
import type {Trace} from './trace.js';
import type {Trial} from './trial.js';
import type {TriedResource} from './trial-stream.js';
import {endText} from './try-report.js';
import type {WalkRecord} from './walk-record.js';

export interface AllRow {
  readonly trial: Trial;
  readonly tried: TriedResource;
  readonly warnings: readonly string[];
}

const columns = [
  {title: 'stream'},
  {title: 'status'},
  {title: 'requests', numeric: true},
  {title: 'rows', numeric: true},
  {title: 'ended'},
  {title: 'key'},
  {title: 'cursor'},
  {title: 'problem'},
] as const;

/** One line per stream, and how many work. */
export function allTable(rows: readonly AllRow[], trace: Trace, safe: (text: string) => string, width: number): string {
  const cells = rows.map(({trial, tried, warnings}) => {
    const {plan, error, emitted, interrupted} = trial;
    const walks = trace.walksOf(plan.name);
    const requests = walks.reduce((sum, {sent}) => sum + sent.reduce((all, {attempts}) => all + attempts.length, 0), 0);
    const key = tried.resource.primary_key.map((path) => path.join('.')).join(', ');
    return [
      plan.name,
      interrupted ? 'interrupted' : error === undefined ? 'ok' : 'failed',
      String(requests),
      error === undefined ? String(emitted) : '–',
      error === undefined ? endsText(walks, trial) : '–',
      error === undefined && key !== '' ? safe(key) : '–',
      error === undefined && plan.cursor !== undefined ? safe(plan.cursor.path.text) : '–',
      safe(problemOf(trial, key, warnings, walks)),
    ];
  });
  const interrupted = rows.filter(({trial}) => trial.interrupted).length;
  const works = rows.filter(({trial}) => trial.error === undefined && !trial.interrupted).length;
  const all = rows.length;
  const failures = rows.flatMap(({trial}) => (trial.error === undefined ? [] : [` ✘ ${safe(trial.error.message)}`]));
  const stopped = interrupted === 0 ? '' : `Interrupted: ${interrupted} of ${all} not tried to the end. `;
  const summary = works === all ? `${all === 1 ? 'It works' : `All ${all} work`}.` : `${works} of ${all} work.`;
  return [table(columns, cells, width), ...failures, `${stopped}${summary}`].join('\n');
}

function endsText(walks: ReturnType<Trace['walksOf']>, trial: Trial): string {
  if (trial.plan.staticRecords !== undefined) return 'static records';
  const reasons = new Map<string, number>();
  for (const walk of walks) {
    const reason =
      walk.ended?.reason.split(':', 1)[0] ??
      (trial.interrupted ? 'interrupted' : undefined) ??
      endText(walk, trial).replace(/^ended: |[.:] (?:complete: )?\d+ rows?.*$/g, '');
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  if (trial.cut !== undefined) reasons.set(trial.cut, 1);
  const texts = [...reasons].map(([reason, times]) => (times > 1 ? `${reason} (${times} times)` : reason));
  if (texts.length === 0) return trial.interrupted ? 'not begun' : 'no parents';
  return texts.join(', ');
}

function problemOf(
  {error, plan, emitted, observed}: Trial,
  key: string,
  [warning]: readonly string[],
  walks: readonly WalkRecord[],
): string {
  if (error !== undefined) {
    const sent = walks.flatMap((walk) => walk.sent).findLast(({answered}) => answered?.verdict !== 'page');
    const attempt = sent?.attempts.at(-1);
    if (sent === undefined || attempt === undefined) return `${error.message.slice(0, 100)} (${plan.place})`;
    const place = attempt.status === 404 || attempt.status === 410 ? `${plan.place}.endpoint.path` : plan.place;
    return `${attempt.status ?? attempt.error ?? ''} ${pathOf(sent.spec)} (${place})`.trimStart();
  }
  if (warning !== undefined) return warning;
  if (key === '' && plan.cursor !== undefined && emitted > 0 && observed.values > 0)
    return 'no primary key: rows will be appended';
  return '';
}
