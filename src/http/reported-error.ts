import type {Page} from '../body/page.js';
import {ExactNumber, type Json, parseExact, printExact} from '../json/exact.js';
import {type Path, pathOf} from '../json/path.js';
import {textOf} from '../json/text.js';
import type {Answered} from './response-actions.js';

interface Sign {
  readonly name: string;
  readonly path: Path;
  reports(value: Json): boolean;
}

const isFalse = (value: Json): boolean => value === false;

/** An error that says something: `error: false`, 0, "", [] and {} are how others say that there is none. */
const saysSomething = (value: Json): boolean =>
  value !== null &&
  value !== false &&
  value !== 0 &&
  value !== '' &&
  (typeof value !== 'object' || Object.keys(value).length > 0);

const sign = (name: string, reports: (value: Json) => boolean): Sign => ({name, path: pathOf([name]), reports});

const signs: readonly Sign[] = [
  sign('ok', isFalse),
  sign('success', isFalse),
  sign('errors', saysSomething),
  sign('error', saysSomething),
];

/**
 * The condition that an entry of `response_actions` would have. Of a scalar the value: `exists` would also match the `false`
 * or `""` of the pages that are fine.
 */
function conditionOf(name: string, value: Json): string {
  const text = printExact(value);
  const isScalar = typeof value !== 'object' || value instanceof ExactNumber;
  return `{path: ${name}, ${isScalar && text.length <= 80 ? `equals: ${text}` : 'exists: true'}}`;
}

/** What `reportedError` reads of every page: to be added to `Wanted.facts`, so that it costs no search. */
export const errorFacts: readonly Path[] = signs.map(({path}) => path);

/** What a selection says about the root of the body. */
export interface RootRule {
  /** The root itself is the record, as configured: its members are data. */
  readonly rootIsRecord: boolean;
  /** Primary key: a root that has it is a record. */
  readonly key: readonly Path[];
}

export interface Reported {
  readonly name: string;
  /** The condition of an entry that catches it. */
  readonly condition: string;
  /** The error itself as JSON text, which may hold secrets; undefined for a mere `false`. */
  readonly value: string | undefined;
}

/**
 * The sign by which a 2xx answer reports an error outside its records (config-language §10); undefined when it does not.
 * `page` is undefined when the body held no page at all.
 */
export function reportedError(answered: Answered, page: Page | undefined, rule: RootRule): Reported | undefined {
  if (page?.rowsAreRecords === true) return undefined;
  const top = page?.selector.stem[0];
  if (page !== undefined && top === undefined && (rule.rootIsRecord || hasKey(page, rule.key))) return undefined;
  for (const {name, path, reports} of signs) {
    const value = name === top ? undefined : answered.fact(path);
    if (value !== undefined && reports(value)) {
      return {name, condition: conditionOf(name, value), value: value === false ? undefined : printExact(value)};
    }
  }
  return undefined;
}

const hasKey = (page: Page, key: readonly Path[]): boolean =>
  key.length > 0 && key.every((path) => page.fact(path) !== undefined);

/** Above so many bytes no condition needs a value itself, and parsed it would take many times its size. */
const largest = 1 << 20;

/** Reads a page's facts as exact JSON; of a huge one only the beginning, as a text. */
export function factOf(page: Page, path: Path): Json | undefined {
  const text = page.fact(path);
  if (text === undefined) return undefined;
  return text.end - text.start > largest ? textOf({...text, end: text.start + 65_536}) : parseExact(text);
}
