import * as z from 'zod';
import {ExactNumber, type Json, type JsonObject} from '../../json/exact.js';
import {must} from '../issues.js';

/** Any JSON, kept exactly: numbers that a double cannot hold stay ExactNumber, no key is special. */
export const json = z.custom<Json>((value) => value !== undefined).meta({type: 'any JSON'});

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber);

export const jsonObject = z
  .custom<JsonObject>(isJsonObject, {error: must('an object'), abort: true})
  .meta({type: 'object'});

/** A scalar that goes into a query, a form or a header. */
export type Scalar = string | number | boolean | null | ExactNumber;

export const isScalar = (value: unknown): value is Scalar =>
  typeof value !== 'object' || value === null || value instanceof ExactNumber;

/** A key that may be left out or null, both meaning absent. */
export function optional<S extends z.ZodType>(schema: S) {
  return schema.nullish().transform((value): z.output<S> | undefined => value ?? undefined);
}

/** A key with a default, that may be left out or null. */
export function defaulted<S extends z.ZodType>(schema: S, value: z.output<S>) {
  return schema
    .nullish()
    .transform((given): z.output<S> => given ?? value)
    .meta({default: value});
}

export const name = z.string().min(1);

/** An object with names of the user's own. */
export function byName<K extends z.core.$ZodRecordKey, V extends z.core.SomeType>(key: K, value: V) {
  return z
    .unknown()
    .refine((given) => !isJsonObject(given) || !Object.hasOwn(given, '__proto__'), {
      error: 'has a member __proto__, which is no usable name',
      abort: true,
    })
    .pipe(z.record(key, value));
}
