import {
  compareNumbers,
  ExactNumber,
  type Json,
  type JsonObject,
  numberText,
  parseExact,
  printExact,
} from '../json/exact.js';

/**
 * How a value stands in a state: numbers that a double cannot hold as {"number": "…"}, because hosts parse states and write
 * them anew (contract, State). An object of that very shape is put into another one, so that it comes back as it was.
 */
export function toStateValue(value: Json): Json {
  if (value instanceof ExactNumber) return {number: value.text};
  const list = listOf(value);
  if (list !== undefined) return list.map(toStateValue);
  const object = objectOf(value);
  if (object === undefined) return value;
  const members = mapMembers(object, toStateValue);
  return isBox(object) ? {number: members} : members;
}

/**
 * The value that `toStateValue` wrote, also where a host has spelled its numbers anew (41 as 41.0 or 4.1E1). Throws nothing:
 * what was not written by `toStateValue` stays as it is.
 */
export function fromState(value: Json): Json {
  if (value instanceof ExactNumber) {
    const number = Number(value.text);
    return Number.isFinite(number) && compareNumbers(value.text, String(number)) === 0 ? number : value;
  }
  const list = listOf(value);
  if (list !== undefined) return list.map(fromState);
  const object = objectOf(value);
  if (object === undefined) return value;
  const boxed = isBox(object) ? object['number'] : undefined;
  if (typeof boxed === 'string' && numeric.test(boxed)) return parseExact(boxed);
  const inner = objectOf(boxed);
  return mapMembers(inner ?? object, fromState);
}

const numeric = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

const isBox = (object: JsonObject): boolean => Object.keys(object).length === 1 && Object.hasOwn(object, 'number');

function mapMembers(object: JsonObject, change: (value: Json) => Json): JsonObject {
  const members: {[key: string]: Json} = Object.create(null);
  for (const [key, value] of Object.entries(object)) members[key] = change(value);
  return members;
}

/** A cursor or key value of a state; undefined for what is none. */
export function fromStateValue(value: Json | undefined): Json | undefined {
  const read = value === undefined ? undefined : fromState(value);
  return typeof read === 'object' && !(read instanceof ExactNumber) ? undefined : read;
}

/** A JSON object; undefined for anything else. */
export function objectOf(value: Json | undefined): JsonObject | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof ExactNumber)
    return undefined;
  return value as JsonObject;
}

/** A number that is a safe integer, as hosts may write it (41 or 41.0); undefined for anything else. */
export function integerOf(value: Json | undefined): number | undefined {
  const text = value === undefined || value === null ? undefined : numberText(value);
  const number = text === undefined ? Number.NaN : Number(text);
  return Number.isSafeInteger(number) ? number : undefined;
}

export function textOfValue(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** A value as a message says it: text as it is, else its JSON, cut. */
export const wordFor = (value: Json | undefined): string =>
  typeof value === 'string' ? value : printExact(value ?? null).slice(0, 60);

export const listOf = (value: Json | undefined): readonly Json[] | undefined =>
  Array.isArray(value) ? (value as readonly Json[]) : undefined;
