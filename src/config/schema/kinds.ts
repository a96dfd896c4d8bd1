import type * as z from 'zod';
import type {JsonObject} from '../../json/exact.js';
import {explain} from '../issues.js';

/** A table's entry: a `type` and its keys. */
interface Kind {
  readonly type: string;
  readonly schema: z.ZodObject;
}

/** The block as the kind's schema takes it: `type` only where the schema has it. */
export function optionsOf(kind: Kind, block: JsonObject): JsonObject {
  const options: Record<string, JsonObject[string]> = Object.create(null);
  for (const [key, value] of Object.entries(block))
    if (key !== 'type' || 'type' in kind.schema.shape) options[key] = value;
  return options;
}

/** Adds what the kind's schema finds wrong in the block, at `path`. Keys that it does not know are errors. */
export function checkKind(
  kind: Kind,
  block: JsonObject,
  context: z.core.$RefinementCtx<unknown>,
  path: readonly PropertyKey[],
): void {
  const result = kind.schema.strict().safeParse(optionsOf(kind, block), {error: explain});
  if (result.success) return;
  for (const issue of result.error.issues) {
    context.issues.push({...issue, path: [...path, ...issue.path], input: undefined});
  }
}
