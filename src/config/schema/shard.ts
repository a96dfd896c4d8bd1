import * as z from 'zod';

export const shard = z
  .strictObject({
    index: z.int().min(0).meta({description: 'The part of this connection, from 0 to of - 1.'}),
    of: z.int().min(1).meta({description: 'How many parts there are; the same in all of them.'}),
  })
  .refine((value) => value.index < value.of, {error: 'index counts from 0 and must be below of', path: ['index']});

export type Shard = z.output<typeof shard>;
