import type {Observed} from './observe.js';
import type {JsonSchema} from './schema-plan.js';

/** A nested object with more names is a map from ids to values, not a list of columns. */
const mostMembers = 200;

/** Properties of the records: everything nullable, nothing required (config-language §13). */
export function inferProperties(records: Observed): Record<string, JsonSchema> {
  const properties = emptyProperties();
  for (const [name, observed] of records.members) properties[name] = inferType(observed);
  return properties;
}

/** Names may be anything, `__proto__` too. */
export const emptyProperties = (): Record<string, JsonSchema> => Object.create(null) as Record<string, JsonSchema>;

/** Only nulls seen: a nullable string, else the field would be missing and its values lost. */
export const unknownType: JsonSchema = {type: ['null', 'string']};

/** An object about which nothing is known. */
export const anyObject: JsonSchema = {type: ['null', 'object'], additionalProperties: true};

/**
 * Dates and times only where every text is one of the same spelling; integers widen to numbers; kinds that do not mix
 * become an Airbyte union, which destinations keep as JSON text.
 */
function inferType(observed: Observed): JsonSchema {
  const kinds = [stringType(observed), numberType(observed), booleanType(observed), objectType(observed)];
  const types = [...kinds, arrayType(observed)].filter((type) => type !== undefined);
  const [only] = types;
  if (only === undefined) return unknownType;
  if (types.length === 1) return {...only, type: ['null', only['type']]};
  return {oneOf: [{type: 'null'}, ...types]};
}

function stringType({dates, zonedTimes, localTimes, texts}: Observed): JsonSchema | undefined {
  const all = dates + zonedTimes + localTimes + texts;
  if (all === 0) return undefined;
  if (dates === all) return {type: 'string', format: 'date'};
  if (zonedTimes === all) return {type: 'string', format: 'date-time', airbyte_type: 'timestamp_with_timezone'};
  if (localTimes === all) return {type: 'string', format: 'date-time', airbyte_type: 'timestamp_without_timezone'};
  return {type: 'string'};
}

function numberType({integers, decimals}: Observed): JsonSchema | undefined {
  if (decimals > 0) return {type: 'number'};
  return integers > 0 ? {type: 'integer'} : undefined;
}

const booleanType = ({booleans}: Observed): JsonSchema | undefined => (booleans > 0 ? {type: 'boolean'} : undefined);

function objectType(observed: Observed): JsonSchema | undefined {
  if (observed.objects === 0) return undefined;
  if (observed.members.size === 0 || observed.members.size > mostMembers) {
    return {type: 'object', additionalProperties: true};
  }
  return {type: 'object', properties: inferProperties(observed), additionalProperties: true};
}

function arrayType(observed: Observed): JsonSchema | undefined {
  if (observed.arrays === 0) return undefined;
  const {elements} = observed;
  return {type: 'array', items: elements === undefined || elements.values === 0 ? {} : inferType(elements)};
}
