import * as z from 'zod';
import {defaulted} from './values.js';

export const discover = z.strictObject({
  sample_pages: defaulted(z.int().min(1), 2).meta({
    description: 'Pages read per stream to infer its schema; none for a stream with schema.',
  }),
  sample_records: defaulted(z.int().min(1), 1000).meta({
    description:
      'Records looked at per stream, at most; a field that only later records have is missing in the catalog.',
  }),
});

export type Discover = z.output<typeof discover>;
