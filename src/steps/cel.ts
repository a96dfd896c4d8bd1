import {Environment, EvaluationError, type ParseResult} from '@marcbachmann/cel-js';
import {configError} from '../errors.js';
import {type Chain, chainOf, chainsOf, problemOf} from './cel-analysis.js';
import {toCel} from './cel-values.js';
import {TookTooLong, withinTime} from './within-time.js';

const limits = {maxAstNodes: 5_000, maxDepth: 100};

/** For one evaluation of a page's expression, and for `chunk` records of a step. */
const maxMs = 5_000;
const chunk = 200;

/** A parsed and checked expression; `evaluate` gives undefined where a key is missing or a null is compared. */
export interface Expression {
  readonly source: string;
  readonly place: string;
  /** What it reads, by the roots it was compiled with. */
  readonly reads: readonly Chain[];
  /** Set if the expression is nothing but a chain of names. */
  readonly chain: Chain | undefined;
  /** `bool`, `int`, `dyn`, …, as far as it is known without values. */
  readonly type: string;
  /** Variables are CEL values (`toCel`). Throws ConnectorError. Without a time limit: see `inTime`. */
  evaluate(variables: Readonly<Record<string, unknown>>): unknown;
}

const calculations: readonly (readonly [string, (a: number, b: number) => number])[] = [
  ['+', (a, b) => a + b],
  ['-', (a, b) => a - b],
  ['*', (a, b) => a * b],
  ['/', (a, b) => a / b],
  ['%', (a, b) => a % b],
];

/** An environment with some variables; JSON's one kind of number mixes, so a price of 10 behaves like one of 10.5. */
function environment(variables: readonly string[]): Environment {
  const made = new Environment({homogeneousAggregateLiterals: false, limits});
  for (const name of variables) made.registerVariable(name, 'dyn');
  for (const [operator, calculate] of calculations) {
    const handler = (a: number | bigint, b: number | bigint): number => calculate(Number(a), Number(b));
    made.registerOperator(`int ${operator} double: double`, handler);
    made.registerOperator(`double ${operator} int: double`, handler);
  }
  made.registerOperator('double % double: double', (a: number, b: number) => a % b);
  return made;
}

const environments = new Map<string, Environment>();

function environmentFor(variables: readonly string[]): Environment {
  const key = variables.join(' ');
  const known = environments.get(key);
  if (known !== undefined) return known;
  const made = environment(variables);
  environments.set(key, made);
  return made;
}

const summaryOf = (error: unknown): string =>
  error instanceof Error && 'summary' in error
    ? String(error.summary)
    : error instanceof Error
      ? error.message
      : String(error);

/** A key that is not there, or a null where a value is needed: no answer, and no mistake of the expression. */
function isMissing(error: EvaluationError): boolean {
  return error.code === 'no_such_key' || error.code === 'index_out_of_bounds' || /\bnull\b/.test(error.summary);
}

/** Words that Python has in expressions and CEL has not, outside texts. */
const ofPython = (source: string): string =>
  /\b(and|or|not|is|lambda|None|True|False)\b/.test(source.replace(/"[^"]*"|'[^']*'/g, ''))
    ? '; CEL writes &&, ||, !, ==, null, true, false where Python has words'
    : '';

function parsed(source: string, variables: readonly string[], place: string): ParseResult & {readonly type: string} {
  const help = `${place}: ${JSON.stringify(source)} is no valid expression (CEL)`;
  let result: ParseResult;
  try {
    result = environmentFor(variables).parse(source);
  } catch (error) {
    throw configError(`${help}: ${summaryOf(error)}${ofPython(source)}`, {cause: error});
  }
  const problem = problemOf(result.ast);
  if (problem !== undefined) throw configError(`${place}: ${JSON.stringify(source)}: ${problem}`);
  const {valid, type, error} = result.check();
  if (!valid) throw configError(`${help}: ${summaryOf(error)}; variables: ${variables.join(', ')}`, {cause: error});
  return Object.assign(result, {type: type ?? 'dyn'});
}

/** Parses and checks an expression over `variables`. Throws ConnectorError (config_error) that names `place`. */
export function parseExpression(source: string, variables: readonly string[], place: string): Expression {
  const run = parsed(source, variables, place);
  return {
    source,
    place,
    reads: chainsOf(run.ast).filter(([root]) => variables.includes(root)),
    chain: chainOf(run.ast),
    type: run.type,
    evaluate(values) {
      try {
        const result: unknown = run({...values});
        return result;
      } catch (error) {
        if (error instanceof EvaluationError && isMissing(error)) return undefined;
        if (!(error instanceof Error) || error instanceof RangeError || error instanceof EvaluationError) {
          throw configError(`${place}: ${JSON.stringify(source)} fails: ${summaryOf(error)}`, {cause: error});
        }
        throw error;
      }
    },
  };
}

/** Runs work that evaluates expressions; breaks it off where one takes for ever. Throws ConnectorError then. */
export function inTime<T>(place: string, source: string, work: () => T, ms: number = maxMs): T {
  try {
    return withinTime(work, ms);
  } catch (error) {
    if (!(error instanceof TookTooLong)) throw error;
    throw configError(
      `${place}: ${JSON.stringify(source)} took longer than ${ms / 1000} s and was broken off; simplify it`,
    );
  }
}

/** `inTime` for each of `count` records, some at a time. */
export function forEachInTime(place: string, source: string, count: number, work: (record: number) => void): void {
  for (let from = 0; from < count; from += chunk) {
    inTime(place, source, () => {
      for (let record = from; record < Math.min(count, from + chunk); record += 1) work(record);
    });
  }
}

/** A compiled expression, with the chains of names that it reads, for whoever wants to refuse some of them. */
export type Evaluate = ((variables: Readonly<Record<string, unknown>>) => unknown) & {readonly reads: readonly Chain[]};

/**
 * Compiles an expression for one evaluation at a time, over parsed JSON: a paginator's `stop_when`. Integers go in as such,
 * and only what is read is converted. Gives undefined where a key is missing. Throws ConnectorError (config_error).
 */
export function compileExpression(source: string, variables: readonly string[], place = 'expression'): Evaluate {
  const expression = parseExpression(source, variables, place);
  const evaluate = (values: Readonly<Record<string, unknown>>): unknown => {
    const converted: Record<string, unknown> = {};
    for (const name of variables) converted[name] = toCel(readPart(values[name], name, expression.reads));
    return inTime(place, source, () => expression.evaluate(converted));
  };
  return Object.assign(evaluate, {reads: expression.reads});
}

/** The names of members that are read of a variable; undefined: all of it. */
export function membersRead(root: string, reads: readonly Chain[]): readonly string[] | undefined {
  const names = new Set<string>();
  for (const [variable, name] of reads) {
    if (variable !== root) continue;
    if (typeof name !== 'string') return undefined;
    names.add(name);
  }
  return [...names];
}

function readPart(value: unknown, root: string, reads: readonly Chain[]): unknown {
  const names = membersRead(root, reads);
  if (names === undefined || typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const part: Record<string, unknown> = Object.create(null);
  for (const [key, member] of Object.entries(value)) if (names.includes(key)) part[key] = member;
  return part;
}
