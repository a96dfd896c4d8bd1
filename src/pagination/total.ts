import {findNamed, totalItemNames} from '../body/names.js';
import type {Page} from '../body/page.js';
import type {Answer} from '../http/answer.js';
import type {AnswerHeaders} from '../http/answer-headers.js';
import type {Path} from '../json/path.js';
import {type JsonText, kindOf, stringValue, textOf} from '../json/text.js';
import type {Note} from '../log.js';
import {envelope} from './envelope.js';

const numeric = /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/;

/** A total that can be compared: a number that is not negative, or text that is one. */
function usable(text: string): number | undefined {
  const trimmed = text.trim();
  const number = numeric.test(trimmed) ? Number(trimmed) : Number.NaN;
  return Number.isFinite(number) && number >= 0 ? number : undefined;
}

/** A whole number that is not negative; numeric text is one too (config-language §5). */
export function wholeOf(value: unknown): number | undefined {
  const number = typeof value === 'number' || typeof value === 'string' ? usable(String(value)) : undefined;
  return number !== undefined && Number.isSafeInteger(number) ? number : undefined;
}

function totalOf(text: JsonText | undefined): number | undefined {
  if (text === undefined) return undefined;
  const kind = kindOf(text);
  if (kind === 'string') return usable(stringValue(text) ?? '');
  return kind === 'number' ? usable(textOf(text)) : undefined;
}

/** A total in a header; of `Content-Range: items 0-24/573` what follows the slash (RFC 9110). */
export function headerTotal(headers: AnswerHeaders, name: string): number | undefined {
  const value = headers.get(name);
  return value === null ? undefined : usable(value.slice(value.lastIndexOf('/') + 1));
}

/** Where the totals stand. `main` counts pages for page_number, items else; `items` always items. */
export interface TotalSources {
  readonly main: Path | undefined;
  readonly header: string | undefined;
  readonly items: Path | undefined;
  /** Keys that the configuration writes: a total that cannot be used is then a warning. */
  readonly written: ReadonlySet<'total_path' | 'total_header' | 'total_items_path'>;
}

interface Totals {
  readonly main: number | undefined;
  readonly items: number | undefined;
  readonly notes: readonly Note[];
}

/** The totals that this page names. `known`: an earlier page of the walk named them, so their absence is no matter. */
export function readTotals(answer: Answer, sources: TotalSources, known: boolean): Totals {
  const main =
    totalAt(answer, sources.main) ??
    (sources.header === undefined ? undefined : headerTotal(answer.headers, sources.header));
  const items = totalAt(answer, sources.items);
  const notes: Note[] = [];
  if (known) return {main, items, notes};
  if (main === undefined && sources.main !== undefined && sources.written.has('total_path')) {
    notes.push(noTotal(answer, 'total_path', sources.main.text, sources.main));
  }
  if (main === undefined && sources.header !== undefined) {
    notes.push(noTotal(answer, 'total_header', sources.header, undefined));
  }
  if (items === undefined && sources.items !== undefined) {
    notes.push(noTotal(answer, 'total_items_path', sources.items.text, sources.items));
  }
  return {main, items, notes};
}

const totalAt = (answer: Answer, path: Path | undefined): number | undefined =>
  path === undefined ? undefined : totalOf(answer.fact(path));

function noTotal(answer: Answer, key: string, name: string, path: Path | undefined): Note {
  const text = path === undefined ? undefined : answer.fact(path);
  const seen = text === undefined ? 'missing' : textOf(text).slice(0, 60);
  return {level: 'warn', key: `pagination.${key}`, text: `${key} ${name} is ignored, it is no total: ${seen}`};
}

/** A total of items under a name known without configuration (config-language §5, *Names*), with that name. */
export function knownTotal(
  page: Page,
  outside: unknown = envelope(page),
): {path: readonly string[]; total: number} | undefined {
  for (const {path, value} of findNamed(outside, totalItemNames, page.selector.stem)) {
    const total = wholeOf(value);
    if (total !== undefined) return {path, total};
  }
  return undefined;
}
