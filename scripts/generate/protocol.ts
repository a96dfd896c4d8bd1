import {compile, type JSONSchema} from 'json-schema-to-typescript';

/** Types of the protocol's messages from their schema; unknown members are allowed but not typed. */
export async function protocolTypes(schema: string): Promise<string> {
  const root: unknown = JSON.parse(schema, (key, value) =>
    key === 'additionalProperties' && value === true ? undefined : value,
  );
  if (!isSchema(root)) throw new Error('src/airbyte/protocol.schema.json holds no schema');
  return compile(root, 'AirbyteMessage', {
    additionalProperties: false,
    bannerComment: '/* Generated from protocol.schema.json by `npm run generate`. Do not edit. */',
    style: {singleQuote: true, bracketSpacing: false, printWidth: 120},
    $refOptions: {resolve: {file: false, http: false}},
  });
}

const isSchema = (value: unknown): value is JSONSchema => typeof value === 'object' && value !== null;
