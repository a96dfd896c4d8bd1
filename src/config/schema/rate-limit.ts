import * as z from 'zod';
import {duration} from './duration.js';
import {defaulted, optional} from './values.js';

/** A budget of requests; `max_wait` in ms (config-language §2). */
export const rateLimit = z
  .strictObject({
    requests: optional(z.int().min(1)).meta({description: 'Requests allowed in one period; no limit when absent.'}),
    per: optional(z.enum(['second', 'minute', 'hour'])).meta({description: 'The period of `requests`.'}),
    max_wait: defaulted(duration, 3_600_000).meta({
      description:
        'The longest sum of waits named by the server for one request (named too short again and again they grow to a minute); above it the stream fails and can be tried again.',
      default: 'PT1H',
    }),
  })
  .refine((value) => (value.requests === undefined) === (value.per === undefined), {
    error: 'requests and per belong together, for example {requests: 10, per: minute}',
  });

export type RateLimit = z.output<typeof rateLimit>;
