import {setFlagsFromString} from 'node:v8';

/** In bytes. */
const large = 262_144;

let grown = false;

/**
 * Called with the length of every body. V8 counts bodies, which lie outside its heap, as growth of it, and marks the whole heap
 * every 14 MB: with large pages that takes a third of the time. Allowed to grow to three times what lives in it, it does so
 * every 40 MB, at the same peak memory (bench/README.md).
 */
export function growHeapFor(length: number): void {
  if (grown || length < large) return;
  grown = true;
  setFlagsFromString('--heap-growing-percent=200');
}
