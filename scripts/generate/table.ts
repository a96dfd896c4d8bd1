import * as z from 'zod';

/** Node of a JSON Schema. */
interface Schema {
  readonly [key: string]: unknown;
}

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The keys of an object schema, as JSON Schemas, and which of them must be there. */
export function keysOf(schema: z.ZodType): {
  readonly keys: ReadonlyMap<string, Schema>;
  readonly required: readonly string[];
} {
  const json: Schema = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    target: 'draft-7',
    // The default of a key that is transformed is left out by zod: it is one of the output.
    override: ({zodSchema, jsonSchema}) => {
      const fallback = z.globalRegistry.get(zodSchema)?.['default'];
      if (fallback !== undefined) Object.assign(jsonSchema, {default: fallback});
    },
  });
  const {properties, required} = json;
  const keys = new Map<string, Schema>();
  if (isSchema(properties))
    for (const [key, value] of Object.entries(properties)) if (isSchema(value)) keys.set(key, value);
  return {keys, required: Array.isArray(required) ? required.map(String) : []};
}

/** A Markdown table of keys: type, default, meaning. `without` leaves out keys that are described elsewhere. */
export function table(schema: z.ZodType, without: ReadonlySet<string> = new Set()): string {
  const {keys, required} = keysOf(schema);
  const rows = [...keys]
    .filter(([key]) => !without.has(key))
    .map(([key, value]) => row(key, value, required.includes(key)));
  if (rows.length === 0) return 'No keys of its own.\n';
  return ['| key | type | default | meaning |', '|---|---|---|---|', ...rows, ''].join('\n');
}

function row(key: string, schema: Schema, required: boolean): string {
  const given = schema['default'];
  const fallback = required
    ? 'required'
    : given === undefined
      ? ''
      : code(typeof given === 'string' ? given : JSON.stringify(given));
  const description = schema['description'];
  return `| ${[code(key), cell(typeOf(schema)), fallback, cell(typeof description === 'string' ? description : '')].join(' | ')} |`;
}

const code = (text: string): string => `\`${cell(text)}\``;
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

const words: Readonly<Record<string, string>> = {string: 'text', boolean: 'true or false', array: 'list'};

function typeOf(schema: Schema): string {
  const {type, anyOf, oneOf, items} = schema;
  if (schema['const'] !== undefined) return JSON.stringify(schema['const']);
  if (Array.isArray(schema['enum'])) return schema['enum'].map(String).join(', ');
  if (type === 'array' && isSchema(items)) return `list of ${plural(typeOf(items))}`;
  if (typeof type === 'string') return words[type] ?? type;
  if (Array.isArray(type))
    return type
      .filter((name) => name !== 'null')
      .map((name) => words[String(name)] ?? String(name))
      .join(' or ');
  const branches = Array.isArray(anyOf) ? anyOf : Array.isArray(oneOf) ? oneOf : [];
  const types = branches
    .filter(isSchema)
    .map(typeOf)
    .filter((name) => name !== 'null');
  return [...new Set(types)].join(' or ') || 'any';
}

const plural = (name: string): string => (/^(?:text|number|integer|object)$/.test(name) ? `${name}s` : name);
