import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

/** A folder for PATH with a `docker` in it that starts the built CLI (docker.mjs). */
export function standInDocker(folder: string): string {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  const script = fileURLToPath(new URL('docker.mjs', import.meta.url));
  writeFileSync(join(bin, 'docker'), `#!/bin/sh\nexec "${process.execPath}" "${script}" "$@"\n`, {mode: 0o755});
  return bin;
}
