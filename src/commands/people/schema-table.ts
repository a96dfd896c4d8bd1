import {type CatalogEntry, type Described, describe} from '../../schema/catalog.js';
import type {JsonSchema} from '../../schema/schema-plan.js';
import {table} from '../table.js';
import type {Trial} from './trial.js';

export interface SchemaRow {
  readonly name: string;
  readonly type: string;
  /** Records without a value, in percent; undefined where no record was seen. */
  readonly nulls: number | undefined;
  readonly notes: readonly string[];
}

/** The stream as `discover` would describe it by these records. */
export const describeTrial = ({plan, observed}: Trial): Described =>
  describe(plan.name, plan.schema, observed.values === 0 ? undefined : observed);

export function schemaRows(trial: Trial, entry: CatalogEntry, keys: readonly string[]): readonly SchemaRow[] {
  const {observed, plan} = trial;
  const properties = entry.json_schema['properties'];
  const own = new Set((entry.source_defined_primary_key ?? []).map(([name]) => name));
  return Object.entries(typeof properties === 'object' && properties !== null ? properties : {}).map(
    ([name, schema]: [string, JsonSchema]) => {
      const seen = observed.members.get(name);
      const filled = seen === undefined ? 0 : seen.values - seen.nulls;
      const notes: string[] = [];
      if (own.has(name)) notes.push('key');
      else if (keys.includes(name)) notes.push('unique: can be the key');
      if (plan.cursor?.path.segments?.[0] === name) notes.push('cursor');
      if (Object.hasOwn(plan.schema.columns, name)) notes.push('declared');
      else if (seen !== undefined && filled === 0) notes.push('only null seen: declared as nullable string');
      if (seen === undefined && observed.values > 0 && !plan.schema.schemaless) notes.push('in no record');
      const nulls =
        observed.values === 0 || plan.schema.schemaless
          ? undefined
          : Math.round((100 * (observed.values - filled)) / observed.values);
      return {name, type: typeText(schema), nulls, notes};
    },
  );
}

export function schemaTable(rows: readonly SchemaRow[], safe: (text: string) => string, width: number): string {
  const cells = rows.map(({name, type, nulls, notes}) => [
    safe(name),
    type,
    nulls === undefined ? '–' : `${nulls} %`,
    notes.join('; '),
  ]);
  const text = table([{title: 'schema'}, {title: ''}, {title: 'null', numeric: true}, {title: 'notes'}], cells, width);
  return text.trimStart();
}

/** `integer`, `timestamp with zone`, `list of string`, `integer or string`. */
export function typeText(schema: JsonSchema): string {
  const union = schema['oneOf'];
  if (Array.isArray(union)) {
    const types = union.map((one: JsonSchema) => typeText(one)).filter((text) => text !== 'null');
    return types.join(' or ');
  }
  const [type] = [schema['type']].flat().filter((one) => one !== 'null');
  if (type === undefined) return schema['type'] === 'null' ? 'null' : 'any';
  const zoned = String(schema['airbyte_type'] ?? '').includes('with_timezone') ? ' with zone' : '';
  if (schema['format'] === 'date-time') return `timestamp${zoned}`;
  if (schema['format'] === 'date' || schema['format'] === 'time') return `${schema['format']}${zoned}`;
  if (type !== 'array') return String(type);
  const items = schema['items'];
  return `list of ${typeof items === 'object' && items !== null ? typeText({...items}) : 'any'}`;
}
