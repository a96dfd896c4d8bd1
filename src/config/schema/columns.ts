import * as z from 'zod';
import {must} from '../issues.js';
import {byName, isJsonObject, optional} from './values.js';

const dataTypes = [
  'text',
  'double',
  'bool',
  'timestamp',
  'bigint',
  'binary',
  'json',
  'decimal',
  'wei',
  'date',
  'time',
] as const;

/** Hints of a column that count here; dlt's others are taken out before (config-language §14). */
export const column = z.strictObject({
  name: optional(z.string().min(1)).meta({description: 'The column; needed in a list.'}),
  data_type: optional(z.enum(dataTypes)).meta({description: "dlt's type."}),
  nullable: optional(z.boolean()).meta({description: 'false: never null.', default: true}),
  primary_key: optional(z.boolean()).meta({description: 'Adds the column to the primary key.'}),
  precision: optional(z.int().min(0)).meta({description: 'Digits of a decimal, fraction digits of a time.'}),
  scale: optional(z.int().min(0)).meta({description: 'Digits after the point.'}),
  timezone: optional(z.boolean()).meta({description: 'false: times without a zone.', default: true}),
});

export type Column = z.output<typeof column>;

/** By name, or a list of hints with names; canonical is by name. */
export const columns = z
  .union([
    byName(z.string(), column),
    z.array(column.refine((hint) => hint.name !== undefined, {error: 'needs a name'})),
  ])
  .transform((given): Readonly<Record<string, Column>> => {
    const entries = Array.isArray(given)
      ? given.map((hint) => [hint.name ?? '', hint] as const)
      : Object.entries(given);
    return Object.fromEntries(entries);
  })
  .meta({type: 'columns by name, or a list'});

/** A stream's records are objects: a schema of anything else is one of the page, or of a field. */
const declared = z
  .custom<Readonly<Record<string, unknown>>>(isJsonObject, {error: must('object')})
  .refine(({type}) => type === undefined || [type].flat().includes('object'), {
    path: ['type'],
    error: 'must be object: the schema describes one record, not the list of them',
  })
  .refine(({properties}) => properties === undefined || isJsonObject(properties), {
    path: ['properties'],
    error: 'must be an object: the fields of a record with their schemas',
  });

/** A JSON Schema of the records, or the word schemaless (config-language §13). */
export const schema = z.union([z.literal('schemaless'), declared]).meta({type: 'JSON Schema or "schemaless"'});
