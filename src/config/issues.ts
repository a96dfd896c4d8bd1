import * as z from 'zod';
import {counted} from '../counted.js';
import {didYouMean, nearest} from '../did-you-mean.js';
import {ExactNumber} from '../json/exact.js';
import type {Segment} from '../json/path.js';
import type {Problem} from './problem.js';

/** An object or a list that was written into a text: encoded twice, or within quotes. A placeholder is none. */
export const holdsJson = (text: string): boolean => /^\s*(?:\{\s*["}]|\[\s*[[{"\]])/.test(text);

/** A value's kind in words: "a string". Never the value itself. */
function kindOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string' && holdsJson(value)) return 'a string that holds JSON: remove the quotes around it';
  if (value instanceof ExactNumber) return 'a number that a double cannot hold';
  return typeof value === 'object' ? 'an object' : typeof value === 'boolean' ? 'true or false' : `a ${typeof value}`;
}

/** An error function for schemas of our own: "must be text or number, is a list". */
export const must =
  (expected: string) =>
  (issue: {readonly input?: unknown}): string =>
    issue.input === undefined ? 'is missing' : `must be ${expected}, is ${kindOf(issue.input)}`;

const expectedWords: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'an integer',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'an object',
  record: 'an object',
};

/** zod's messages in words for people; handed to every parse. What is wrong, never the value. */
export function explain(issue: z.core.$ZodRawIssue): string {
  const word = (expected: string) => expectedWords[expected] ?? expected;
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'is missing';
      if (issue.expected === 'int' && typeof issue.input === 'number') return 'must be an integer';
      return `must be ${isInteger(issue.inst) ? 'an integer' : word(issue.expected)}, is ${kindOf(issue.input)}`;
    case 'invalid_value': {
      const values = issue.values.map(String);
      const one = values.length === 1 ? '' : 'one of ';
      if (issue.input === undefined) return `is missing; one of ${values.join(', ')}`;
      if (typeof issue.input === 'boolean') return `must be ${one}${values.join(', ')}, is ${issue.input}`;
      if (typeof issue.input !== 'string') return `must be ${one}${values.join(', ')}, is ${kindOf(issue.input)}`;
      const near = nearest(issue.input, values);
      return `must be ${one}${values.join(', ')}${near === undefined ? '' : `; did you mean ${near}?`}`;
    }
    case 'too_small':
      return bound(issue.origin, 'at least', issue.minimum, issue.inclusive !== false);
    case 'too_big':
      if (typeof issue.maximum === 'number' && issue.maximum >= Number.MAX_SAFE_INTEGER) return 'is too large';
      return bound(issue.origin, 'at most', issue.maximum, issue.inclusive !== false);
    case 'unrecognized_keys':
      return `${unknownKeys}${JSON.stringify(knownKeys(issue.inst))}`;
    case 'invalid_format':
      return issue.format === 'regex' ? `does not match ${String(issue.pattern)}` : `is no valid ${issue.format}`;
    case 'invalid_union':
      return Array.isArray(issue.options)
        ? unknownOption(issue.input, issue.discriminator, issue.options)
        : 'is not valid here';
    case 'invalid_key':
      return 'has a name that is not allowed';
    case 'invalid_element':
    case 'not_multiple_of':
    case 'custom':
      return 'is not valid';
  }
}

/** The `type` of a choice names none of its branches, or is missing. */
function unknownOption(input: unknown, key: unknown, options: readonly unknown[]): string {
  const list = options.map(String);
  const written: unknown =
    typeof input === 'object' && input !== null && typeof key === 'string' ? Reflect.get(input, key) : undefined;
  if (written === undefined) return `is missing; one of ${list.join(', ')}`;
  const hint = typeof written === 'string' ? didYouMean(written, list) : '';
  return `must be one of ${list.join(', ')}${hint}`;
}

const unknownKeys = 'unknown keys beside ';

function knownKeys(schema: unknown): string[] {
  const def = isZod(schema) ? schema._zod.def : undefined;
  return def !== undefined && 'shape' in def && typeof def.shape === 'object' && def.shape !== null
    ? Object.keys(def.shape)
    : [];
}

/** zod reports an integer that is no number as a missing number. */
const isInteger = (schema: unknown): boolean =>
  isZod(schema) && 'format' in schema._zod.def && schema._zod.def.format === 'safeint';

const isZod = (schema: unknown): schema is {readonly _zod: {readonly def: object}} =>
  typeof schema === 'object' && schema !== null && '_zod' in schema;

function bound(origin: string, side: string, limit: number | bigint, inclusive: boolean): string {
  if (origin === 'string')
    return side === 'at least' ? 'must not be empty' : `must have at most ${counted(Number(limit), 'character')}`;
  if (origin === 'array' || origin === 'set') {
    return side === 'at least' && Number(limit) === 1
      ? 'must not be empty'
      : `must have ${side} ${counted(Number(limit), 'entry', 'entries')}`;
  }
  const words = inclusive ? side : side === 'at least' ? 'above' : 'below';
  return `must be ${words} ${limit}`;
}

/** zod's issues as located one-line problems below `base`. Of a union only the branch that fits best is reported. */
export function problemsOf(issues: readonly z.core.$ZodIssue[], base: readonly Segment[]): Problem[] {
  const problems: Problem[] = [];
  for (const issue of issues) {
    const path = [...base, ...issue.path.map((segment) => (typeof segment === 'symbol' ? String(segment) : segment))];
    const error = (at: readonly Segment[], message: string) => problems.push({level: 'error', path: at, message});
    if (issue.code === 'unrecognized_keys') {
      const known = issue.message.startsWith(unknownKeys) ? parseKeys(issue.message.slice(unknownKeys.length)) : [];
      for (const key of issue.keys) error([...path, key], unknownKey(key, known));
    } else if (issue.code === 'invalid_union' && issue.errors.length > 0) {
      for (const problem of unionProblems(issue.errors, path)) problems.push(problem);
    } else if (issue.code === 'invalid_key') {
      error(path, issue.issues[0]?.message ?? issue.message);
    } else {
      problems.push(...inOurWords(issue.message, path));
    }
  }
  return problems;
}

/** The problems of what a schema's `parse` threw; undefined for anything else. */
export const problemsOfThrown = (thrown: unknown, base: readonly Segment[]): Problem[] | undefined =>
  thrown instanceof z.ZodError ? problemsOf(thrown.issues, base) : undefined;

/** zod's own English, from a schema that parses within another without `explain`. */
function inOurWords(message: string, path: readonly Segment[]): Problem[] {
  const error = (at: readonly Segment[], text: string): Problem => ({level: 'error', path: at, message: text});
  if (/^Unrecognized keys?: /.test(message)) {
    return [...message.matchAll(/"([^"]*)"/g)].map(([, key = '']) => error([...path, key], 'unknown key'));
  }
  const [, expected = '', received = ''] = /^Invalid input: expected (\w+), received (\w+)$/.exec(message) ?? [];
  if (received === 'undefined') return [error(path, 'is missing')];
  if (expected !== '')
    return [error(path, `must be ${expectedWords[expected] ?? expected}, is ${expectedWords[received] ?? received}`)];
  if (message.startsWith('Too small: ')) return [error(path, 'must not be empty')];
  return [error(path, message.startsWith('Invalid input') ? 'is not valid here' : message)];
}

function parseKeys(text: string): string[] {
  const keys: unknown = JSON.parse(text);
  return Array.isArray(keys) ? keys.map(String) : [];
}

function unknownKey(key: string, known: readonly string[]): string {
  const hint = didYouMean(key, known);
  return `unknown key${hint !== '' || known.length === 0 || known.length > 12 ? hint : ` (there are ${known.join(', ')})`}`;
}

/** The branch whose type fits; where none does, all the types that would. */
function unionProblems(branches: readonly (readonly z.core.$ZodIssue[])[], path: readonly Segment[]): Problem[] {
  const atRoot = (issue: z.core.$ZodIssue) =>
    issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'custom');
  const fitting = branches.filter((issues) => !issues.some(atRoot));
  const [best] = fitting.sort((a, b) => depth(b) - depth(a) || a.length - b.length);
  if (best !== undefined) return problemsOf(best, path);
  const pattern = /^must be (.+), is (.+)$/s;
  const found = branches.flatMap((issues) => issues.filter(atRoot).map((issue) => pattern.exec(issue.message)));
  const expected = [...new Set(found.flatMap((match) => match?.[1] ?? []))];
  const actual = found.find((match) => match !== null)?.[2];
  const message =
    expected.length > 0 && actual !== undefined
      ? `must be ${expected.join(' or ')}, is ${actual}`
      : (branches[0]?.find(atRoot)?.message ?? 'is not valid here');
  return [{level: 'error', path, message}];
}

const depth = (issues: readonly z.core.$ZodIssue[]): number => Math.max(0, ...issues.map((issue) => issue.path.length));
