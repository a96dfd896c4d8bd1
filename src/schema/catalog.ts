import type {Path, Segment} from '../json/path.js';
import {declaredProperties} from './declared.js';
import {anyObject, emptyProperties, inferProperties, unknownType} from './infer.js';
import type {Observed} from './observe.js';
import type {JsonSchema, SchemaPlan} from './schema-plan.js';

/** A stream as `discover` describes it (AirbyteStream of the protocol). */
export interface CatalogEntry {
  readonly name: string;
  readonly json_schema: JsonSchema;
  readonly supported_sync_modes: ['full_refresh'] | ['full_refresh', 'incremental'];
  /** Required of resumable streams: every position of ours is JSON. */
  readonly source_defined_cursor: true;
  readonly is_resumable: true;
  readonly default_cursor_field?: string[];
  readonly source_defined_primary_key?: string[][];
}

export interface Described {
  readonly entry: CatalogEntry;
  readonly warnings: readonly string[];
}

/** Whether the records must be sampled: a complete declaration needs no request. */
export const needsSample = (plan: SchemaPlan): boolean => plan.declared === undefined && !plan.schemaless;

/** `observed`: the sampled records, undefined where none could be had or none were needed. */
export function describe(name: string, plan: SchemaPlan, observed: Observed | undefined): Described {
  const warnings: string[] = [];
  const cursor = plan.cursor === undefined ? undefined : namesOf(plan.cursor);
  const properties = plan.schemaless ? emptyProperties() : propertiesOf(plan, observed, warnings);
  const key = plan.schemaless ? undefined : publishedKey(plan, properties, observed, warnings);
  if (plan.schemaless && plan.key.length > 0) {
    warnings.push('a schemaless stream publishes no primary key: hosts take keys at the top level only');
  }
  for (const path of key ?? []) declarePath(properties, path);
  if (cursor !== undefined) declarePath(properties, cursor);
  const shown = plan.schemaless ? {data: {...anyObject, ...(hasNames(properties) ? {properties} : {})}} : properties;
  if (!hasNames(shown)) {
    shown['data'] = anyObject;
    warnings.push('no record was there to infer fields from: declare columns or a schema, else its fields are dropped');
  }
  const cursorField = cursor !== undefined && plan.schemaless ? ['data', ...cursor] : cursor;
  return {
    warnings,
    entry: {
      name,
      json_schema: {
        $schema: 'http://json-schema.org/draft-07/schema#',
        type: 'object',
        additionalProperties: true,
        properties: shown,
      },
      supported_sync_modes: isIncremental(plan) ? ['full_refresh', 'incremental'] : ['full_refresh'],
      source_defined_cursor: true,
      is_resumable: true,
      ...(cursorField === undefined ? {} : {default_cursor_field: cursorField}),
      ...(key === undefined ? {} : {source_defined_primary_key: key}),
    },
  };
}

const isIncremental = (plan: SchemaPlan): boolean => plan.cursor !== undefined || plan.changedParents === true;

function propertiesOf(
  plan: SchemaPlan,
  observed: Observed | undefined,
  warnings: string[],
): Record<string, JsonSchema> {
  const properties = baseOf(plan, observed);
  for (const [column, schema] of Object.entries(plan.columns)) {
    const typed = Object.keys(schema).length > 0;
    if (typed || properties[column] === undefined) properties[column] = typed ? schema : unknownType;
    const values = observed?.members.get(column);
    if (typed && values !== undefined && !isOfType(values, schema)) {
      warnings.push(`column ${column}: no value has the declared type; values are passed on as they come`);
    }
  }
  return properties;
}

function baseOf(plan: SchemaPlan, observed: Observed | undefined): Record<string, JsonSchema> {
  if (plan.declared !== undefined) return declaredProperties(plan.declared);
  return observed === undefined ? emptyProperties() : inferProperties(observed);
}

/** undefined: none. A key nobody declared for this very stream is not published where no record has it. */
function publishedKey(
  plan: SchemaPlan,
  properties: Record<string, JsonSchema>,
  observed: Observed | undefined,
  warnings: string[],
): string[][] | undefined {
  if (plan.key.length === 0) return undefined;
  const paths = plan.key.map(namesOf).filter((path) => path !== undefined);
  if (paths.length < plan.key.length) {
    warnings.push(
      `the primary key is not published: ${plan.key.map((path) => path.text).join(', ')} is no list of names`,
    );
    return undefined;
  }
  const sampled = observed !== undefined && observed.values > 0;
  const missing = paths.find((path) => sampled && observedAt(observed, path) === undefined);
  if (missing !== undefined && plan.keyIsDefault) {
    warnings.push(
      `no sampled record has ${missing.join('.')}, the primary key from resource_defaults: it is not published. ` +
        'primary_key on the resource declares another, null none',
    );
    return undefined;
  }
  const composite = paths.find((path) => isComposite(schemaAt(properties, path)));
  if (composite !== undefined) {
    warnings.push(`the primary key is not published: ${composite.join('.')} is an object or a list`);
    return undefined;
  }
  if (missing !== undefined) warnings.push(`no sampled record has the primary key field ${missing.join('.')}`);
  return paths;
}

/** Member names only: hosts' paths have no indexes. */
function namesOf(path: Path): string[] | undefined {
  const {segments} = path;
  const isName = (segment: Segment): segment is string => typeof segment === 'string';
  return segments !== undefined && segments.length > 0 && segments.every(isName) ? [...segments] : undefined;
}

/** Sees that the path is in the schema, as hosts require of keys and cursors. */
function declarePath(properties: Record<string, JsonSchema>, path: readonly string[]): void {
  const [name, ...rest] = path;
  if (name === undefined) return;
  const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
  if (rest.length === 0) {
    properties[name] = known ?? unknownType;
    return;
  }
  const inner = Object.assign(emptyProperties(), propertiesIn(known));
  declarePath(inner, rest);
  const object = known !== undefined && known['oneOf'] === undefined ? known : anyObject;
  properties[name] = {...object, properties: inner};
}

function schemaAt(properties: Record<string, JsonSchema>, path: readonly string[]): JsonSchema | undefined {
  let schema: JsonSchema | undefined = {properties};
  for (const name of path) {
    const inner = propertiesIn(schema);
    schema = inner !== undefined && Object.hasOwn(inner, name) ? inner[name] : undefined;
  }
  return schema;
}

const propertiesIn = (schema: JsonSchema | undefined): Record<string, JsonSchema> | undefined =>
  schema?.['properties'] as Record<string, JsonSchema> | undefined;

function observedAt(observed: Observed, path: readonly string[]): Observed | undefined {
  return path.reduce<Observed | undefined>((at, name) => at?.members.get(name), observed);
}

const typesOf = (schema: JsonSchema | undefined): readonly unknown[] => [schema?.['type']].flat();

const isComposite = (schema: JsonSchema | undefined): boolean =>
  typesOf(schema).some((type) => type === 'object' || type === 'array');

const hasNames = (properties: Record<string, JsonSchema>): boolean => Object.keys(properties).length > 0;

/** Whether any value, if there are values at all, has one of the declared types. */
function isOfType(observed: Observed, schema: JsonSchema): boolean {
  const types = typesOf(schema);
  if (observed.values === observed.nulls || schema['type'] === undefined) return true;
  const {dates, zonedTimes, localTimes, texts} = observed;
  const format = schema['format'];
  const strings =
    format === 'date'
      ? dates
      : format === 'date-time'
        ? zonedTimes + localTimes
        : texts + dates + zonedTimes + localTimes;
  const counts: Readonly<Record<string, number>> = {
    string: strings,
    integer: observed.integers,
    number: observed.integers + observed.decimals,
    boolean: observed.booleans,
    object: observed.objects,
    array: observed.arrays,
  };
  return types.some((type) => typeof type === 'string' && (counts[type] ?? 0) > 0);
}
