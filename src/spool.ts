import {open, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {openScratch} from './scratch.js';

/** Bytes that are too many for memory, in a temporary file that nobody else can open. */
export interface Spool {
  append(bytes: Buffer): Promise<void>;
  /** Up to `length` bytes from `position` on; empty at the end. */
  read(position: number, length: number): Promise<Buffer>;
  close(): Promise<void>;
}

export type OpenSpool = () => Promise<Spool>;

/** Rejects where no file can be written (a read-only root without a temporary folder). */
export async function openSpool(): Promise<Spool> {
  const folder = await openScratch();
  const file = await open(join(folder, 'rows'), 'wx+', 0o600);
  // Without a name it disappears with the process, however that ends.
  await rm(folder, {recursive: true, force: true});
  let size = 0;
  return {
    append: async (bytes) => {
      for (let at = 0; at < bytes.length; ) {
        const {bytesWritten} = await file.write(bytes, at, bytes.length - at, size);
        at += bytesWritten;
        size += bytesWritten;
      }
    },
    read: async (position, length) => {
      const buffer = Buffer.allocUnsafe(length);
      const {bytesRead} = await file.read(buffer, 0, length, position);
      return buffer.subarray(0, bytesRead);
    },
    close: () => file.close(),
  };
}
