import type * as z from 'zod';
import type {Batch} from '../body/page.js';
import type {Note} from '../log.js';

/**
 * What happens to records before they are written, page by page. The result's `fields` may be empty: `runSteps` indexes
 * the wanted fields again after the last step.
 */
export type Step = (batch: Batch, note: (note: Note) => void) => Batch;

export interface StepContext {
  readonly resource: string;
  /** Place in the configuration, for messages: resources[0].processing_steps[1].filter */
  readonly place: string;
  /** Asks for what only the last record shows. */
  readonly atEnd: (source: () => Note | undefined) => void;
}

/** One processing step: the key that names it, the schema of its value, how it is built. One file, one line in table.ts. */
export interface StepKind {
  readonly name: string;
  readonly schema: z.ZodType;
  create(options: unknown, context: StepContext): Step;
}

export function stepKind<S extends z.ZodType>(
  name: string,
  schema: S,
  create: (options: z.output<S>, context: StepContext) => Step,
): StepKind {
  return {name, schema, create: (options, context) => create(schema.parse(options), context)};
}
