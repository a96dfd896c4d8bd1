import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {engineModule} from './generate/engine.js';
import {protocolTypes} from './generate/protocol.js';
import {reference} from './generate/reference.js';
import {specJson} from './generate/spec.js';

const root = new URL('../', import.meta.url);
const read = (path: string): string | undefined => {
  const url = new URL(path, root);
  return existsSync(url) ? readFileSync(url, 'utf8') : undefined;
};

/** Every generated file and how it is made. */
const files: readonly (readonly [string, () => Promise<string> | string])[] = [
  ['spec.json', specJson],
  ['docs/configuration.md', () => reference(read('scripts/generate/examples.yaml') ?? '')],
  ['src/airbyte/protocol.generated.ts', () => protocolTypes(read('src/airbyte/protocol.schema.json') ?? '')],
  ['src/json/scan-wasm.generated.ts', () => engineModule(read)],
];

/** Writes the generated files; with `--check` only says which are stale, and exits with 1. */
const check = process.argv.includes('--check');
for (const [path, make] of files) {
  const text = await make();
  if (read(path) === text) continue;
  if (!check) writeFileSync(new URL(path, root), text);
  process.stdout.write(check ? `stale: ${path} (npm run generate writes it)\n` : `written: ${path}\n`);
  if (check) process.exitCode = 1;
}
