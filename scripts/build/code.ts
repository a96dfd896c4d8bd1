import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {Script} from 'node:vm';
import {crc32} from 'node:zlib';

/** What dist/program/bundle.js evaluates to: runs the program. `url` is its own, from which it finds other files. */
export type Program = (load: NodeJS.Require, url: string) => void;

export const bundleFile = (dist: string): string => join(dist, 'program', 'bundle.js');

/** Commands whose code is kept apart, as they share little with others. */
const apart = ['spec', 'sync'];

/** Where the code lies that this Node compiled of the bundle for a command. V8 compares its version and flags, not the platform. */
export function codeFile(dist: string, command: string | undefined): string {
  const name = apart.find((each) => each === command) ?? 'read';
  return join(dist, 'program', `${name}-${process.version}-${process.platform}-${process.arch}.code`);
}

/** The bundle is ASCII: as Latin-1 it stays outside the heap. V8 keeps the name with the code, so it tells nothing of where it was built. */
export const compile = (source: Buffer, code?: Buffer): Script =>
  new Script(source.toString('latin1'), {filename: 'dist/program/bundle.js', ...(code && {cachedData: code})});

const sumSize = 4;

/** Without its checksum. */
export const codeOf = (kept: Buffer): Buffer => kept.subarray(0, -sumSize);

/** Keeps the code that V8 has compiled by now, followed by the checksum. */
export function keep(script: Script, source: Buffer, file: string): void {
  const code = script.createCachedData();
  const sum = Buffer.alloc(sumSize);
  sum.writeUInt32LE(checksum(source, code));
  writeFileSync(file, Buffer.concat([code, sum]));
}

/**
 * The program with the code of the file; undefined where that is absent, damaged or of another bundle. V8 refuses the code with other
 * flags (NODE_OPTIONS) and has compiled the source by then.
 */
export function recall(bundle: string, file: string): Program | undefined {
  try {
    const kept = readFileSync(file);
    const code = codeOf(kept);
    const source = readFileSync(bundle);
    if (kept.readUInt32LE(code.length) !== checksum(source, code)) return undefined;
    return compile(source, code).runInThisContext();
  } catch {
    return undefined;
  }
}

/** V8 itself compares no more than the length of the source: changed code would crash it, code of another bundle would run. */
const checksum = (source: Buffer, code: Buffer): number => crc32(code, crc32(source));
