import {filter} from './filter.js';
import {map} from './map.js';
import type {StepKind} from './step.js';
import {yieldMap} from './yield-map.js';

/** Every processing step. A new one is its file and a line here. */
export const stepKinds: readonly StepKind[] = [filter, map, yieldMap];
