import {readFile} from 'node:fs/promises';
import {systemError} from '../errors.js';
import type {Command} from './command.js';
import {commonOptions, speakProtocol} from './protocol.js';

/** The generated spec.json beside package.json, from src/ and from dist/ alike. */
const file = new URL('../../spec.json', import.meta.url);

export const command: Command = {
  summary: 'print the specification of the configuration (Airbyte)',
  options: commonOptions,
  example: 'spec',
  protocol: true,
  run: (invocation, host) =>
    speakProtocol(invocation, host, {holdControl: false}, async (output) => {
      const spec: unknown = JSON.parse(await readFile(file, 'utf8'));
      if (!isSpec(spec)) throw systemError('internal error: spec.json has no connectionSpecification');
      await output.spec(spec);
      return 0;
    }),
};

const isSpec = (value: unknown): value is {connectionSpecification: object} =>
  typeof value === 'object' && value !== null && 'connectionSpecification' in value;
