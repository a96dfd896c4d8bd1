import {z} from 'zod';

export const shard = z
  .strictObject({
    index: z.int().min(0).meta({description: 'This part, counted from 0.'}),
    of: z.int().min(1).meta({description: 'How many parts there are.'}),
  })
  .refine((value) => value.index < value.of, {error: 'index counts from 0 and must be below of', path: ['index']});

export type Shard = z.output<typeof shard>;
