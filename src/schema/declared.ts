import {emptyProperties} from './infer.js';
import type {JsonSchema} from './schema-plan.js';

const asSchema = (value: unknown): JsonSchema | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonSchema) : undefined;

/**
 * The properties of a declared schema in the subset hosts read: no `$ref`, `allOf`, `not`, `required`, no forbidden
 * additional properties (contract, *Streams*). Local references are put in place, members of `allOf` are merged.
 */
export function declaredProperties(declared: JsonSchema): Record<string, JsonSchema> {
  const plain = plainSchema(declared, declared, []);
  return {...emptyProperties(), ...(asSchema(plain['properties']) as Record<string, JsonSchema> | undefined)};
}

/** `open`: the references being put in place; one that contains itself becomes any object. */
function plainSchema(schema: JsonSchema, root: JsonSchema, open: readonly string[]): JsonSchema {
  const reference = schema['$ref'];
  if (typeof reference === 'string') {
    const target = open.includes(reference) ? undefined : resolve(reference, root);
    return target === undefined ? {type: ['null', 'object']} : plainSchema(target, root, [...open, reference]);
  }
  const plain: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(schema)) {
    const inner = asSchema(value);
    if (['required', 'not', 'allOf', 'definitions', '$defs', '$schema', '$id'].includes(keyword)) continue;
    else if (keyword === 'additionalProperties') plain[keyword] = true;
    else if (keyword === 'properties' && inner !== undefined) plain[keyword] = plainProperties(inner, root, open);
    else if (keyword === 'items' && inner !== undefined) plain[keyword] = plainSchema(inner, root, open);
    else if ((keyword === 'oneOf' || keyword === 'anyOf') && Array.isArray(value)) {
      plain[keyword] = value.map((branch) => plainSchema(asSchema(branch) ?? {}, root, open));
    } else plain[keyword] = value;
  }
  const parts: unknown = schema['allOf'];
  return Array.isArray(parts) ? parts.reduce((whole, part) => merge(whole, part, root, open), plain) : plain;
}

function plainProperties(properties: JsonSchema, root: JsonSchema, open: readonly string[]): JsonSchema {
  const plain = emptyProperties();
  for (const [name, value] of Object.entries(properties)) plain[name] = plainSchema(asSchema(value) ?? {}, root, open);
  return plain;
}

function merge(whole: JsonSchema, part: unknown, root: JsonSchema, open: readonly string[]): JsonSchema {
  const added = plainSchema(asSchema(part) ?? {}, root, open);
  const properties = {...asSchema(whole['properties']), ...asSchema(added['properties'])};
  const merged = {...whole, ...added};
  return Object.keys(properties).length > 0 ? {...merged, properties} : merged;
}

/** A reference within the document: #/definitions/address */
function resolve(reference: string, root: JsonSchema): JsonSchema | undefined {
  if (!reference.startsWith('#/')) return undefined;
  let at: JsonSchema | undefined = root;
  for (const segment of reference.slice(2).split('/')) {
    at = asSchema(at?.[segment.replaceAll('~1', '/').replaceAll('~0', '~')]);
  }
  return at;
}
