import * as z from 'zod';
import {name} from './values.js';

/** One key, a compound one, or nested paths; [] clears it (config-language §13). */
export const primaryKey = z
  .union([name, z.array(z.union([name, z.array(name).min(1)]))])
  .meta({type: 'name, list of names, or list of paths'});

/** Paths of the key's parts: strings are literal names, dots included. */
export function keyPaths(key: z.output<typeof primaryKey>): readonly (readonly string[])[] {
  return typeof key === 'string' ? [[key]] : key.map((part) => (typeof part === 'string' ? [part] : part));
}
