import type {AuthKind} from './kind.js';

/** Every auth type. A new one is its file and a line here. */
export const authKinds: readonly AuthKind[] = [];
