import * as z from 'zod';
import {form, groups} from '../../src/config/form.js';

/** Node of a JSON Schema while it is adjusted. */
interface Schema {
  [key: string]: unknown;
}

/** spec.json: the payload of the SPEC message, from the form's schema alone (contract, *spec.json and the web form*). */
export function specJson(): string {
  const {$schema, ...schema} = z.toJSONSchema(form, {
    target: 'draft-7',
    io: 'input',
    unrepresentable: 'any',
    override: adjust,
  });
  const specification = {
    $schema,
    title: 'REST API',
    ...schema,
    groups,
    additionalProperties: true,
  };
  const payload = {
    documentationUrl: 'https://docs.airbyte.com/integrations/sources/rest-api',
    protocol_version: '0.3.2',
    supported_destination_sync_modes: [],
    connectionSpecification: specification,
  };
  return `${JSON.stringify(payload, null, 2)}\n`;
}

/** What the form's renderer wants otherwise than zod writes it. */
function adjust({jsonSchema}: {jsonSchema: Schema}): void {
  if (jsonSchema['type'] === 'object') jsonSchema['additionalProperties'] = true;
  if (Array.isArray(jsonSchema['oneOf'])) jsonSchema['type'] = 'object';
  if (jsonSchema['maximum'] === Number.MAX_SAFE_INTEGER) delete jsonSchema['maximum'];
  if (jsonSchema['minimum'] === Number.MIN_SAFE_INTEGER) delete jsonSchema['minimum'];
  const required = jsonSchema['required'];
  if (Array.isArray(required) && required.length === 0) delete jsonSchema['required'];
}
