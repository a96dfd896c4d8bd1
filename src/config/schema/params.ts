import * as z from 'zod';
import type {Json, JsonObject} from '../../json/exact.js';
import {byName, isJsonObject, isScalar, type Scalar} from './values.js';

/** dlt's spelling of a value bound to a field of the parent. */
interface ResolveParam {
  readonly type: 'resolve';
  readonly resource: string;
  readonly field: string;
}

/** `{type: incremental}` has become `endpoint.incremental` in the canonical document. */
export type ParamValue = Scalar | readonly Scalar[] | ResolveParam;

/** Query parameters by name. An object is only dlt's resolve or incremental (config-language §4, §7). */
export const params = byName(
  z.string(),
  z
    .custom<Json>((value) => value !== undefined)
    .superRefine((value, context) => {
      if (isJsonObject(value) && value['type'] === 'resolve') checkResolve(value, context);
    }),
)
  .superRefine((values, context) => {
    for (const [name, value] of Object.entries(values)) {
      const message = refuse(name, value);
      if (message !== undefined) context.addIssue({code: 'custom', path: [name], message});
    }
  })
  .meta({type: 'values by name'});

function refuse(name: string, value: Json): string | undefined {
  if (Array.isArray(value))
    return value.every(isScalar) ? undefined : 'is a list of more than texts and numbers: repeat plain values';
  if (!isJsonObject(value)) return undefined;
  if (value['type'] === 'resolve' || value['type'] === 'incremental') return undefined;
  const key = Object.keys(value)[0] ?? 'key';
  return `is an object: query parameters are flat, write "${name}[${key}]" as the name`;
}

function checkResolve(value: JsonObject, context: z.core.$RefinementCtx<Json>): void {
  for (const key of ['resource', 'field']) {
    if (typeof value[key] !== 'string') {
      context.addIssue({
        code: 'custom',
        path: [key],
        message: value[key] === undefined ? 'is missing' : 'must be a text',
      });
    }
  }
  const unknown = Object.keys(value).filter((key) => !['type', 'resource', 'field'].includes(key));
  if (unknown.length > 0) context.addIssue({code: 'unrecognized_keys', keys: unknown, input: value} as never);
}
