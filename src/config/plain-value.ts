import {compareNumbers, ExactNumber, type Json} from '../json/exact.js';
import type {Segment} from '../json/path.js';
import {lonePlaceholder} from './lone-placeholder.js';
import type {Problem} from './problem.js';

/** Deeper configurations are refused: no request needs them, and recursion stays safe. */
export const maxDepth = 200;

/** A copy as plain JSON: null prototypes, exact integers. What is no JSON is reported and left out. */
export function plainValue(value: unknown, problems: Problem[], path: readonly Segment[] = []): Json | undefined {
  const wrong = (message: string) => {
    problems.push({level: 'error', path, message});
    return undefined;
  };
  if (path.length > maxDepth) {
    problems.push({level: 'error', path: path.slice(0, 8), message: `is nested more than ${maxDepth} levels deep`});
    return undefined;
  }
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (value instanceof ExactNumber) return exactNumber(value);
  if (typeof value === 'bigint') return exactInteger(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : wrong('is no JSON number');
  if (Array.isArray(value)) return value.map((item, index) => plainValue(item, problems, [...path, index]) ?? null);
  if (typeof value !== 'object') return wrong(`is no JSON value but a ${typeof value}`);
  const entries = Object.entries(value);
  const only = entries.length === 1 ? entries[0] : undefined;
  const placeholder = only?.[1] === null ? lonePlaceholder(only[0]) : undefined;
  if (placeholder !== undefined) return placeholder;
  const object: Record<string, Json> = Object.create(null);
  for (const [key, member] of entries) {
    const plain = member === undefined ? undefined : plainValue(member, problems, [...path, key]);
    if (plain !== undefined) object[key] = plain;
  }
  return object;
}

/** A number where a double holds the same value (1.10 is 1.1), else as it is. */
function exactNumber(value: ExactNumber): number | ExactNumber {
  const number = Number(value.text);
  return Number.isFinite(number) && compareNumbers(value.text, String(number)) === 0 ? number : value;
}

/** A number where a double prints as the integer, else its digits. */
export function exactInteger(value: bigint): number | ExactNumber {
  const number = Number(value);
  return String(number) === String(value) ? number : new ExactNumber(String(value));
}
