import type {StepKind} from './step.js';

/** Every processing step. A new one is its file and a line here. */
export const stepKinds: readonly StepKind[] = [];
