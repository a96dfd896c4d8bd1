import * as z from 'zod';
import {readInput} from '../airbyte/input.js';
import {configError} from '../errors.js';
import type {FieldType, Target, WriteMode} from './destination.js';

const path = z.array(z.string());
const optionalId = z.number().nullish();

const configuredCatalog = z.object({
  streams: z.array(
    z.object({
      stream: z.object({
        name: z.string().min(1),
        namespace: z.string().nullish(),
        json_schema: z.object({properties: z.unknown().optional()}).nullish(),
        source_defined_primary_key: z.array(path).nullish(),
        default_cursor_field: path.nullish(),
      }),
      destination_sync_mode: z.string().nullish(),
      primary_key: z.array(path).nullish(),
      cursor_field: path.nullish(),
      generation_id: optionalId,
      minimum_generation_id: optionalId,
      sync_id: optionalId,
    }),
  ),
});

type ConfiguredStream = z.infer<typeof configuredCatalog>['streams'][number];

/** The configured catalog in a file, as a destination needs it. Throws a config_error. */
export async function readTargets(file: string): Promise<readonly Target[]> {
  return parseTargets(file, await readInput('catalog', file));
}

/** The same from its text; `place` names it in messages. */
export function parseTargets(place: string, text: string): readonly Target[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (thrown) {
    throw configError(`--catalog ${place}: not JSON (${thrown instanceof Error ? thrown.message : String(thrown)})`);
  }
  const parsed = configuredCatalog.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw configError(
      `--catalog ${place}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''} (a configured catalog is {"streams": [{"stream": …}]})`,
    );
  }
  return parsed.data.streams.map((entry) => toTarget(place, entry));
}

function toTarget(place: string, entry: ConfiguredStream): Target {
  const {stream} = entry;
  const mode = writeMode(place, stream.name, entry.destination_sync_mode ?? 'append');
  const given = entry.primary_key?.filter((part) => part.length > 0) ?? [];
  const key = given.length > 0 ? given : (stream.source_defined_primary_key ?? []).filter((part) => part.length > 0);
  if (mode === 'append_dedup' && key.length === 0) {
    throw configError(`--catalog ${place}: ${stream.name}: append_dedup needs a primary_key; give one, or use append`);
  }
  const cursor = entry.cursor_field?.length ? entry.cursor_field : (stream.default_cursor_field ?? []);
  return {
    name: stream.name,
    namespace: stream.namespace ?? undefined,
    mode,
    key,
    cursor: cursor.length > 0 ? cursor : undefined,
    fields: fieldTypes(stream.json_schema?.properties),
    generation: entry.generation_id ?? undefined,
    minimumGeneration: entry.minimum_generation_id ?? 0,
    syncId: entry.sync_id ?? undefined,
  };
}

function writeMode(place: string, stream: string, mode: string): WriteMode {
  switch (mode) {
    case 'append':
    case 'overwrite':
    case 'append_dedup':
      return mode;
    default:
      throw configError(
        `--catalog ${place}: ${stream}: destination_sync_mode ${JSON.stringify(mode)} is not supported; there are append, overwrite and append_dedup`,
      );
  }
}

/** Not through a schema of zod: it drops a field called `__proto__`. */
const fieldTypes = (properties: unknown): ReadonlyMap<string, FieldType> =>
  new Map(
    typeof properties === 'object' && properties !== null
      ? Object.entries(properties).map(([name, schema]) => [name, fieldType(schema)])
      : [],
  );

const property = z.object({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  format: z.string().optional(),
  airbyte_type: z.string().optional(),
});

/** What a JSON schema (Airbyte's well-known types) promises of a field. */
function fieldType(schema: unknown): FieldType {
  const parsed = property.safeParse(schema);
  if (!parsed.success) return undefined;
  const {type, format, airbyte_type: wellKnown} = parsed.data;
  const names = (typeof type === 'string' ? [type] : (type ?? [])).filter((name) => name !== 'null');
  const [only] = names;
  if (names.length > 1) return names.every((name) => name === 'integer' || name === 'number') ? 'number' : 'json';
  switch (only) {
    case 'boolean':
      return 'boolean';
    case 'integer':
      return 'integer';
    case 'number':
      return wellKnown === 'integer' ? 'integer' : 'number';
    case 'object':
    case 'array':
      return 'json';
    case 'string':
      return stringType(format, wellKnown);
    default:
      return undefined;
  }
}

function stringType(format: string | undefined, wellKnown: string | undefined): FieldType {
  if (format === 'date') return 'date';
  if (format !== 'date-time') return 'string';
  return wellKnown === 'timestamp_without_timezone' ? 'timestamp' : 'timestamp with zone';
}
