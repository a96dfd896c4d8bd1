import {ExactNumber, type Json, type JsonObject, numberText, parseExact} from '../json/exact.js';

/**
 * How a value stands in a state: numbers that a double cannot hold as {"number": "…"}, because hosts parse states and write
 * them anew (contract, State).
 */
export function toStateValue(value: Json): Json {
  return value instanceof ExactNumber ? {number: value.text} : value;
}

/** The value that `toStateValue` wrote; undefined for what is no cursor or key value. */
export function fromStateValue(value: Json | undefined): Json | undefined {
  if (
    typeof value === 'string' ||
    typeof value === 'number' ||
    typeof value === 'boolean' ||
    value instanceof ExactNumber
  ) {
    return value;
  }
  const text = objectOf(value)?.['number'];
  if (typeof text !== 'string' || !/^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text)) return undefined;
  return parseExact(text);
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

export const listOf = (value: Json | undefined): readonly Json[] | undefined =>
  Array.isArray(value) ? (value as readonly Json[]) : undefined;
