import type {Dialect} from './dialect.js';

/** Every dialect, in the order in which they are applied. A new one is its file and a line here. */
export const dialects: readonly Dialect[] = [];
