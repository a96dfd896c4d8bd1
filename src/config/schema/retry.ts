import * as z from 'zod';
import {duration} from './duration.js';
import {defaulted, optional} from './values.js';

const fields = {
  max_retries: z.int().min(0).max(100),
  backoff_factor: z.number().min(0),
  status_codes: z.array(z.int().min(100).max(599)),
  max_delay: duration,
};

const text = {
  max_retries: 'Repeats after the first attempt.',
  backoff_factor: 'Seconds of the first wait; each further one is twice as long (2, 4, 8).',
  status_codes: 'Statuses retried in addition to 408, 425, 429 and 5xx, before any other rule.',
  max_delay: 'The longest wait of our own.',
};

/** How failed requests are repeated; `max_delay` in ms (config-language §2, *Retries*). */
export const retry = z.strictObject({
  max_retries: defaulted(fields.max_retries, 3).meta({description: text.max_retries}),
  backoff_factor: defaulted(fields.backoff_factor, 2).meta({description: text.backoff_factor}),
  status_codes: defaulted(fields.status_codes, []).meta({description: text.status_codes}),
  max_delay: defaulted(fields.max_delay, 300_000).meta({description: text.max_delay, default: 300}),
});

export type Retry = z.output<typeof retry>;

/** The endpoint's retry: only what is written, merged over the client's key by key. */
export const retryOverride = z.strictObject({
  max_retries: optional(fields.max_retries).meta({description: text.max_retries}),
  backoff_factor: optional(fields.backoff_factor).meta({description: text.backoff_factor}),
  status_codes: optional(fields.status_codes).meta({description: text.status_codes}),
  max_delay: optional(fields.max_delay).meta({description: text.max_delay}),
});
