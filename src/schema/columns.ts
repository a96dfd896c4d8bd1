import type {JsonSchema} from './schema-plan.js';

/** A dlt column hint, as far as it says something about the type. */
export interface ColumnHint {
  readonly data_type?: string | undefined;
  /** Of a timestamp or time; default true for timestamps, false for times. */
  readonly timezone?: boolean | undefined;
}

/** dlt's data types; `complex` is the old name of `json`. */
export const columnTypes = [
  'text',
  'double',
  'bool',
  'timestamp',
  'bigint',
  'binary',
  'json',
  'complex',
  'decimal',
  'wei',
  'date',
  'time',
] as const;

/**
 * The JSON schema of a column with dlt hints, nullable like every column; `{}` (the type is inferred) without a data_type.
 * undefined: no data type of dlt's.
 */
export function columnSchema({data_type, timezone}: ColumnHint): JsonSchema | undefined {
  switch (data_type) {
    case undefined:
      return {};
    case 'text':
    case 'binary':
      return {type: ['null', 'string']};
    case 'double':
    case 'decimal':
    case 'wei':
      return {type: ['null', 'number']};
    case 'bigint':
      return {type: ['null', 'integer']};
    case 'bool':
      return {type: ['null', 'boolean']};
    case 'date':
      return {type: ['null', 'string'], format: 'date'};
    case 'timestamp':
      return {type: ['null', 'string'], format: 'date-time', airbyte_type: zoned('timestamp', timezone ?? true)};
    case 'time':
      return {type: ['null', 'string'], format: 'time', airbyte_type: zoned('time', timezone ?? false)};
    case 'json':
    case 'complex':
      return {oneOf: [{type: 'null'}, {type: 'object', additionalProperties: true}, {type: 'array', items: {}}]};
    default:
      return undefined;
  }
}

const zoned = (kind: 'timestamp' | 'time', zone: boolean): string => `${kind}_${zone ? 'with' : 'without'}_timezone`;
