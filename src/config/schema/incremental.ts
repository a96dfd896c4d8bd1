import * as z from 'zod';
import {must} from '../issues.js';
import {span} from './duration.js';
import {primaryKey} from './primary-key.js';
import {isScalar, name, optional, type Scalar} from './values.js';

const value = z
  .custom<Exclude<Scalar, null | boolean>>((given) => isScalar(given) && given !== null && typeof given !== 'boolean', {
    error: must('text or number'),
  })
  .meta({type: 'text or number'});

/** A spelling of cursor values: a name, a strftime pattern, or {from, to, tz, plus} (config-language §8, *Formats*). */
export const formatKeys = z.strictObject({
  from: optional(name).meta({description: 'How the value that comes in is spelled; needed where it is not ISO 8601.'}),
  to: optional(name).meta({description: 'How the value that goes out is spelled.'}),
  tz: optional(name).meta({description: 'IANA time zone of the text.', default: 'UTC'}),
  plus: optional(z.string()).meta({description: 'ISO 8601 duration that is added, -P1D is subtracted.'}),
});

const format = z.union([name, formatKeys]).meta({type: 'format'});

export type CursorFormat = z.output<typeof format>;

/** Keys of `endpoint.incremental`; values stay as written. */
export const incremental = z.strictObject({
  cursor_path: name.meta({description: 'Where the cursor is in each record, after the steps (JSONPath).'}),
  initial_value: optional(value).meta({description: 'Start of the first run; now-P2Y counts back from now.'}),
  end_value: optional(value).meta({
    description:
      'Rows from here on are left out. `now`: the moment at which the sync starts, which is the default with step.',
  }),
  start_param: optional(name).meta({description: 'Query parameter that gets the start.'}),
  end_param: optional(name).meta({description: 'Query parameter that gets the end.'}),
  convert: optional(format).meta({
    description: 'How start and end are spelled in requests; as the start value is when absent.',
  }),
  cursor_format: optional(z.union([format, z.array(format).min(1)])).meta({
    description: 'How records spell the cursor; needed only where that is neither ISO 8601 nor a number.',
    type: 'format or list of formats',
  }),
  last_value_func: optional(z.enum(['max', 'min'])).meta({
    description: 'max: the cursor grows; min: it falls.',
    default: 'max',
  }),
  row_order: optional(z.enum(['asc', 'desc'])).meta({
    description:
      'The order in which the server returns rows: asc lets the cursor move inside a walk, desc ends it early.',
  }),
  range_start: optional(z.enum(['closed', 'open'])).meta({
    description: 'closed keeps rows equal to the start.',
    default: 'closed',
  }),
  range_end: optional(z.enum(['closed', 'open'])).meta({
    description: 'open drops rows equal to the end.',
    default: 'open',
  }),
  on_cursor_value_missing: optional(z.enum(['include', 'exclude', 'raise'])).meta({
    description: 'Rows without a cursor value.',
    default: 'include',
  }),
  primary_key: optional(primaryKey).meta({description: 'Key of the de-duplication at the boundary; [] turns it off.'}),
  lag: optional(span).meta({
    description: 'Moves the start back: days for dates, seconds for times, itself for numbers, or ISO 8601.',
  }),
  lookback: optional(span).meta({description: 'The same as lag.'}),
  delay: optional(span).meta({description: 'Neither start nor end passes now minus this.'}),
  step: optional(span).meta({
    description:
      'Length of a window: the time from start to end is read in windows of this length, each a walk of its own; without it one walk reads everything.',
  }),
  window_limit: optional(z.int().min(1)).meta({description: 'A window whose total is above this is halved first.'}),
});

export type IncrementalShape = z.output<typeof incremental>;
