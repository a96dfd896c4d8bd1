import * as z from 'zod';
import {json, name, optional} from './values.js';

const statusCode = z
  .union([
    z.int().min(100).max(599),
    z.string().regex(/^[1-5](\d\d|[xX]{2})$/, {error: 'must be a status such as 404 or "4xx"'}),
  ])
  .meta({type: 'status or "4xx"'});

const member = z
  .strictObject({
    path: name.meta({description: 'JSONPath within the body.'}),
    equals: json.optional().meta({description: 'The value there, typed.'}),
    exists: optional(z.boolean()).meta({description: 'false for a missing value, null and [].'}),
  })
  .refine((value) => (value.equals === undefined) !== (value.exists === undefined), {
    error: 'needs exactly one of equals and exists',
  });

/** What an answer means; the first entry that matches wins, before the defaults (config-language §10). */
export const responseAction = z
  .strictObject({
    status_code: optional(statusCode).meta({description: 'A status, or "4xx".'}),
    content: optional(z.string().min(1)).meta({description: 'Text within the body.'}),
    json: optional(member).meta({
      description: 'A member of the body: {path, equals} or {path, exists}.',
      type: '{path, equals|exists}',
    }),
    action: z.enum(['ignore', 'stop', 'retry', 'raise']).meta({description: 'What happens; the page is dropped.'}),
    message: optional(z.string()).meta({description: 'Text of the error for raise.'}),
  })
  .refine((value) => value.status_code !== undefined || value.content !== undefined || value.json !== undefined, {
    error: 'has no condition: give status_code, content or json',
  });

export type ResponseAction = z.output<typeof responseAction>;
