import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';

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

/** In bytes: of a body that counts, and of those that may be left behind. */
const veryLarge = 16 * 1024 * 1024;
const leftBehind = 64 * 1024 * 1024;

let received = 0;
let collect: (() => void) | undefined;

/**
 * Called with the length of every body, once it is there. What very large ones leave behind lies outside V8's heap, which hardly
 * grows while they are read: several would be kept before it looks for them, and a container's memory ends before that.
 */
export function collectBodies(length: number): void {
  if (length < veryLarge) return;
  received += length;
  if (received < leftBehind) return;
  received = 0;
  collect ??= garbageCollector();
  collect();
}

function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('gc');
  return typeof gc === 'function' ? () => void gc() : () => undefined;
}
