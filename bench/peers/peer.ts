import {mkdirSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

/** A program and its parameters, for `measure`. */
export interface Runnable {
  readonly parameters: readonly string[];
  /** This Node when absent. */
  readonly program?: string;
}

/** Another reader of the same API: how it is installed into bench/.cache, and how it is run there. */
export interface Peer {
  readonly name: string;
  /** `records` records in pages of `page`; undefined where the peer could not be installed. */
  prepare(url: string, page: number, records: number): Runnable | undefined;
}

/** A folder of its own, which stays. */
export function cacheFolder(name: string): string {
  const folder = join(fileURLToPath(new URL('../.cache', import.meta.url)), name);
  mkdirSync(folder, {recursive: true});
  return folder;
}
