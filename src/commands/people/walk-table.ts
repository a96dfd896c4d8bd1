import {counted} from '../../counted.js';
import type {Attempt} from '../../http/answer.js';
import {type JsonObject, printExact} from '../../json/exact.js';
import type {StreamPlan} from '../../stream/stream-plan.js';
import {table} from '../table.js';
import {changes, pathOf, shortRequest} from './request-text.js';
import {seconds, sizeText} from './sizes.js';
import type {SentRecord, WalkRecord} from './walk-record.js';

const columns = [
  {title: '#', numeric: true},
  {title: 'request'},
  {title: 'status', numeric: true},
  {title: 'ms', numeric: true},
  {title: 'size', numeric: true},
  {title: 'rows', numeric: true},
  {title: 'next'},
] as const;

const widestRequest = 60;

export interface WalkTableOptions {
  readonly plan: StreamPlan;
  /** Options of the configured paginator. */
  readonly paginator: JsonObject;
  readonly safe: (text: string) => string;
  readonly width: number;
  /** What ended a walk of which nothing else says it. */
  readonly endOf: (walk: WalkRecord) => string;
}

/** The requests of every walk under its partition and path, and why it ended; of many the first and the last. */
export function walkTable(walks: readonly WalkRecord[], options: WalkTableOptions): string {
  const {safe, width, plan} = options;
  const shown = ends(walks).map(({item: walk, left}) => {
    const sent = ends(walk.sent.filter(({attempts}) => attempts.length > 0));
    return {walk, sent, left};
  });
  const rows = shown.flatMap(({sent}) => sent.map(({item}) => cells(item, options)));
  const [head = '', ...lines] = table(columns, rows, width - 1).split('\n');
  const out: string[] = [];
  for (const [index, {walk, sent, left}] of shown.entries()) {
    if (left > 0) out.push(` … ${counted(left, 'more partition')}`);
    const [first] = walk.sent;
    const label = [partitionText(walk, plan), first === undefined ? '' : pathOf(first.spec)];
    out.push(` ${safe(label.filter((part) => part !== '').join('  '))}`);
    if (index === 0) out.push(` ${head}`);
    for (const one of sent) {
      if (one.left > 0) out.push(`  … ${counted(one.left, 'more request')}`);
      out.push(` ${lines.shift() ?? ''}`);
    }
    out.push(`  ${safe(options.endOf(walk))}`);
  }
  return out.join('\n');
}

const firstShown = 9;
const lastShown = 3;

/** The first and the last of many; `left`: how many are left out before this one. */
function ends<T>(items: readonly T[]): readonly {readonly item: T; readonly left: number}[] {
  const left = items.length - firstShown - lastShown;
  if (left <= 1) return items.map((item) => ({item, left: 0}));
  const last = items.slice(-lastShown).map((item, k) => ({item, left: k === 0 ? left : 0}));
  return [...items.slice(0, firstShown).map((item) => ({item, left: 0})), ...last];
}

function cells(sent: SentRecord, {paginator, safe}: WalkTableOptions): readonly string[] {
  const [first] = sent.attempts;
  const base = sent.walk?.sent[0]?.spec ?? sent.spec;
  const request = safe(shortRequest(sent.spec, base));
  const again = sent.attempts.length > 1;
  const {answered} = sent;
  const next = nextText(sent, paginator);
  return [
    String(sent.number),
    request.length > widestRequest ? `${request.slice(0, widestRequest - 1)}…` : request,
    first?.status === undefined ? '–' : String(first.status),
    String(Math.round(first?.ms ?? 0)),
    sizeText(first?.bytes ?? 0),
    again || answered === undefined ? '–' : String(answered.rows),
    safe(
      again
        ? [repeats(sent), next === '–' || sent.answered === undefined ? '' : next]
            .filter((part) => part !== '')
            .join('; ')
        : next,
    ),
  ];
}

/** `waited 12 s (Retry-After), then 200, 0 rows` */
function repeats({attempts, answered}: SentRecord): string {
  const parts: string[] = [];
  const [first] = attempts;
  if (
    first?.error !== undefined &&
    attempts.every(({error, status}) => error === first.error && status === undefined)
  ) {
    const waits = attempts.slice(0, -1).map(({wait}) => seconds(wait ?? 0));
    return `${first.error}, ${attempts.length} times; waited ${waits.join(', ')}`;
  }
  for (const [index, attempt] of attempts.entries()) {
    if (index === 0) {
      if (attempt.error !== undefined) parts.push(attempt.error);
    } else parts.push(`then ${attempt.status ?? attempt.error ?? 'no answer'}`);
    if (attempt.wait !== undefined && attempt.wait > 0 && index < attempts.length - 1) {
      parts.push(`waited ${seconds(attempt.wait)}${waitHeader(attempt)}`);
    }
  }
  const rows = answered?.verdict === 'page' ? `, ${counted(answered.rows, 'row')}` : '';
  return `${parts.join(', ')}${rows}`;
}

function waitHeader({responseHeaders}: Attempt): string {
  const name = ['Retry-After', 'RateLimit-Reset', 'X-RateLimit-Reset'].find(
    (one) => responseHeaders?.has(one) === true,
  );
  return name === undefined ? '' : ` (${name})`;
}

/** `Link rel=next → page=2`; `–`: there is none. */
function nextText({attempts, answered, next, spec}: SentRecord, paginator: JsonObject): string {
  const error = answered === undefined ? attempts.at(-1)?.error : undefined;
  if (error !== undefined) return error;
  if (next === undefined) return '–';
  const source = sourceOf({...paginator, ...next.by});
  const change = changes(spec, next.spec);
  return source === '' ? change : `${source} → ${change}`;
}

/** Where a paginator finds the next position, by its own and its configured options. */
function sourceOf(options: JsonObject): string {
  const text = (name: string, usual: string): string => {
    const value = options[name] ?? usual;
    return typeof value === 'string' ? value : printExact(value);
  };
  switch (options['type']) {
    case 'header_link':
      return `Link rel=${text('links_next_key', 'next')}`;
    case 'json_link':
      return text('next_url_path', 'next');
    case 'cursor':
      return options['cursor_from'] === 'last_record'
        ? `${text('cursor_path', 'id')} of the last row`
        : text('cursor_path', '');
    case 'header_cursor':
      return `header ${text('cursor_key', 'next')}`;
    default:
      return '';
  }
}

/** `repos.name=app`, `2026-01-01 to 2026-02-01`; empty for a stream of one walk. */
export function partitionText({slice}: WalkRecord, plan: StreamPlan): string {
  const {parent} = plan;
  const bound = (parent?.fields.slice(0, parent.bound) ?? []).map((path, k) => {
    const value = slice.parent?.values[k] ?? 'null';
    return `${parent?.plan.name}.${path.text}=${unquoted(value)}`;
  });
  if (plan.cursor?.step !== undefined && (slice.since ?? slice.until) !== undefined) {
    const text = (bound: typeof slice.since) => (bound === undefined ? '…' : unquoted(printExact(bound.json)));
    bound.push(`${text(slice.since)} to ${text(slice.until)}`);
  }
  return bound.join(', ');
}

function unquoted(json: string): string {
  const value: unknown = JSON.parse(json);
  return typeof value === 'string' ? value : json;
}
