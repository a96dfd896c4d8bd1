import * as z from 'zod';
import {client, variables} from './client.js';
import {discover} from './discover.js';
import {resource, resourceDefaults} from './resource.js';
import {shard} from './shard.js';
import {optional} from './values.js';

// A configuration is read once: compiling what reads it would cost every command a twentieth of its start.
z.config({jitless: true});

/** The whole document after the doors, with resources as objects. `secrets` and `config` belong to the doors. */
export const document = z.strictObject({
  client: client.meta({description: 'What all requests have in common.', type: 'object'}),
  resource_defaults: optional(resourceDefaults).meta({
    description: 'Merged into every resource; the resource wins.',
    type: 'object',
  }),
  resources: z.array(resource).min(1).meta({description: 'The streams; a text is name and path.', type: 'list'}),
  variables: optional(variables).meta({description: 'As client.variables; a name in both is an error.'}),
  discover: discover
    .nullish()
    .transform((value) => value ?? discover.parse({}))
    .meta({description: 'How many records are looked at to infer the schemas.', type: 'object'}),
  shard: optional(shard).meta({
    description: 'Which part of the work this connection does, where several share it.',
    type: '{index, of}',
  }),
});
