import type {FormatKind} from './format.js';

/** Every body format. A new one is its file and a line here. */
export const formats: readonly FormatKind[] = [];
