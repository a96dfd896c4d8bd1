import {compareNumbers, ExactNumber, type Json, type JsonObject} from '../json/exact.js';
import type {Path} from '../json/path.js';

/** One entry of `response_actions` (config-language §10): conditions that all have to hold, and what is done then. */
export interface ResponseAction {
  /** '404', or '4xx' for a class. */
  readonly status?: string;
  /** Text that the body contains. */
  readonly content?: string;
  readonly json?: {readonly path: Path; readonly equals?: Json; readonly exists?: boolean};
  readonly action: 'ignore' | 'stop' | 'retry' | 'raise';
  readonly message?: string;
}

/** What conditions look at. `fact`: first match of a path in the body, undefined where the body is no JSON or lacks it. */
export interface Answered {
  readonly status: number;
  text(): string;
  fact(path: Path): Json | undefined;
}

/** The first entry whose conditions all hold. */
export function matchAction(actions: readonly ResponseAction[], answered: Answered): ResponseAction | undefined {
  return actions.find(
    (action) =>
      matchesStatus(action.status, answered.status) &&
      (action.json === undefined || matchesJson(action.json, answered)) &&
      (action.content === undefined || answered.text().includes(action.content)),
  );
}

function matchesStatus(pattern: string | undefined, status: number): boolean {
  if (pattern === undefined) return true;
  return /^[1-5]xx$/i.test(pattern) ? pattern.charAt(0) === String(status).charAt(0) : pattern === String(status);
}

function matchesJson(condition: NonNullable<ResponseAction['json']>, answered: Answered): boolean {
  const value = answered.fact(condition.path);
  if (condition.equals !== undefined && (value === undefined || !sameJson(value, condition.equals))) return false;
  if (condition.exists === undefined) return condition.equals !== undefined || isThere(value);
  return isThere(value) === condition.exists;
}

/** null and [] do not exist. */
const isThere = (value: Json | undefined): boolean =>
  value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);

/** Equality by type and value: 1 equals 1.0, but not "1". */
function sameJson(a: Json, b: Json): boolean {
  const [x, y] = [numberOf(a), numberOf(b)];
  if (x !== undefined || y !== undefined) return x !== undefined && y !== undefined && compareNumbers(x, y) === 0;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [first, second] = [a as JsonObject, b as JsonObject];
  const keys = Object.keys(first);
  return (
    keys.length === Object.keys(second).length &&
    keys.every((key) => {
      const [left, right] = [first[key], second[key]];
      return left !== undefined && right !== undefined && sameJson(left, right);
    })
  );
}

function numberOf(value: Json): string | undefined {
  if (value instanceof ExactNumber) return value.text;
  return typeof value === 'number' ? String(value) : undefined;
}
