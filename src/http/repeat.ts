import {Again} from './again.js';

/**
 * Runs attempts until one does not throw `Again`. The first one runs alone: most are the only one, and only what has to be
 * repeated needs the library that repeats.
 */
export function repeat<T>(attempt: () => Promise<T>): Promise<T> {
  return attempt().catch(async (reason: unknown) => {
    if (!(reason instanceof Again)) throw reason;
    const {repeatAfter} = await import('./repeat-by-axios.js');
    return repeatAfter(reason, attempt);
  });
}
