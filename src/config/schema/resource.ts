import * as z from 'zod';
import {holdsJson, must} from '../issues.js';
import {columns, schema} from './columns.js';
import {endpoint} from './endpoint.js';
import {primaryKey} from './primary-key.js';
import {processingSteps} from './processing-steps.js';
import {jsonObject, name, optional} from './values.js';

/** Keys of a resource and, but for `name` and `records`, of `resource_defaults`. */
const shared = {
  endpoint: z
    .union([z.string().refine((text) => !holdsJson(text), {error: must('a path or an object')}), endpoint])
    .nullish()
    .meta({description: 'The request; a text is its path.', type: 'path or object'}),
  primary_key: optional(primaryKey).meta({description: 'Identifies a record; null or [] clears an inherited one.'}),
  columns: optional(columns).meta({
    description: "Types of some columns, in dlt's hints; the others are found in sample pages.",
  }),
  schema: optional(schema).meta({description: 'Declared schema: no request is made for it.'}),
  include_from_parent: optional(z.array(name)).meta({description: 'Fields of the parent, added as _<parent>_<field>.'}),
  on_missing: optional(z.enum(['skip', 'fail'])).meta({
    description: 'A parent row without the bound field.',
    default: 'skip',
  }),
  parent_incremental: optional(z.boolean()).meta({
    description:
      'On a child whose parent has a cursor. true: requests for the parents that changed since the last sync only; false: for all of them.',
    default: false,
  }),
  processing_steps: optional(processingSteps).meta({description: 'Steps of each record, in order.', type: 'list'}),
  selected: optional(z.boolean()).meta({
    description: 'false hides the stream but keeps it as a parent.',
    default: true,
  }),
};

export const resource = z
  .strictObject({
    name: name.meta({description: 'Name of the stream, and of {resources.<name>.<path>}.'}),
    records: optional(z.array(jsonObject).min(1)).meta({
      description: 'In place of endpoint: a static parent.',
      type: 'list of objects',
    }),
    ...shared,
  })
  .refine((value) => value.records === undefined || value.endpoint === undefined || value.endpoint === null, {
    error: 'has records and endpoint: a static parent makes no request, remove one',
  });

/** As a resource, without name. Merged into every resource; the resource wins (config-language §12). */
export const resourceDefaults = z.strictObject({
  ...shared,
  endpoint: optional(endpoint).meta({description: 'Merged into every endpoint.', type: 'object'}),
});
