import * as z from 'zod';
import {must} from '../issues.js';
import {auth} from './auth.js';
import {positiveDuration} from './duration.js';
import {headers} from './header-map.js';
import {paginator} from './paginator.js';
import {rateLimit} from './rate-limit.js';
import {retry} from './retry.js';
import {size} from './size.js';
import {byName, defaulted, isScalar, name, optional, type Scalar} from './values.js';

const host = z.string().regex(/^(?:\*\.)?[^\s/:*@?#]+(?::\d{1,5})?$|^\[[0-9A-Fa-f:.]+\](?::\d{1,5})?$/, {
  error: 'must be host, host:port or *.example.com, without https://',
});

/** Values of {vars.NAME}. */
export const variables = byName(
  z.string().regex(/^[^{}|\s]+$/, {error: 'is no name for {vars.NAME}'}),
  z.custom<Exclude<Scalar, null>>((value) => isScalar(value) && value !== null, {
    error: must('text, number or boolean'),
  }),
).meta({type: 'values by name'});

export const client = z.strictObject({
  base_url: z
    .string()
    .refine(
      (text) =>
        /^https?:\/\/[^/?#\s]/i.test(text) ||
        /^\{(auth|vars|secrets)\.[^{}]+\}/.test(text) ||
        /^https?:\/\/\{/i.test(text),
      {
        error: ({input}) =>
          `must be a URL that begins with https:// or http://${/^[\s“”‘’«»]|\s$/.test(String(input)) ? ', without blanks or other quotes around it' : ''}`,
      },
    )
    .meta({description: 'The URL that paths are joined to; may hold {vars.NAME}, {secrets.NAME} and {auth.<path>}.'}),
  headers: optional(headers).meta({description: 'Sent with every request.'}),
  auth: auth.optional().meta({description: 'A type as text, an object, a list of them, or null.'}),
  paginator: paginator.optional().meta({
    description: 'Where the next page is, for every resource that names none; auto detects it.',
    default: 'auto',
  }),
  variables: optional(variables).meta({description: 'Values of {vars.NAME}.'}),
  retry: retry
    .nullish()
    .transform((value) => value ?? retry.parse({}))
    .meta({description: 'How failed requests are repeated.', type: 'object'}),
  rate_limit: rateLimit
    .nullish()
    .transform((value) => value ?? rateLimit.parse({}))
    .meta({description: 'One budget for all streams.', type: 'object'}),
  concurrency: defaulted(z.int().min(1).max(1000), 4).meta({description: 'Requests in flight, for the whole sync.'}),
  timeout: defaulted(positiveDuration, 60_000).meta({description: 'The longest silence of the server.', default: 60}),
  total_timeout: defaulted(positiveDuration, 1_800_000).meta({
    description:
      'The longest time for a whole answer, less what its body waits for other bodies (`max_response_bytes`).',
    default: 1800,
  }),
  allowed_hosts: defaulted(z.array(host), []).meta({description: 'Further hosts that may be requested.'}),
  check: optional(
    z.strictObject({
      resources: optional(z.array(name).min(1)).meta({description: 'What check tries, first page only.'}),
    }),
  ).meta({
    description:
      '{resources: [names]}: the resources whose first page check reads; else the first without a parent for each authentication and host.',
    type: '{resources}',
  }),
  max_response_bytes: defaulted(size, 268_435_456).meta({
    description: 'The largest body after decompression, and the bound on all bodies in flight.',
    default: '256MB',
  }),
  max_pages: defaulted(z.int().min(1), 100_000).meta({description: 'Pages per walk; reaching it is an error.'}),
  unportable: defaulted(z.enum(['keep', 'replace']), 'keep').meta({
    description:
      'Values that some hosts cannot read (half of a surrogate pair, deep nesting, numbers beyond a double): keep sends them as they are, replace puts null in their field and says so in meta.changes.',
  }),
});

export type ClientShape = z.output<typeof client>;
