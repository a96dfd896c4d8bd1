import {spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import type {Host} from './hosts/host.js';
import {meltano} from './hosts/meltano.js';
import {pyairbyte} from './hosts/pyairbyte.js';
import {Missing} from './hosts/python.js';
import {serverless} from './hosts/serverless.js';
import {standardTests} from './hosts/standard-tests.js';

// `npm run test:hosts [NAME…]`: the built CLI under the programs that run Airbyte connectors, each in a virtual environment of its
// own, against local APIs. A host that cannot run here is skipped with the reason; one that fails makes the exit code 1.

const root = fileURLToPath(new URL('..', import.meta.url));
const hosts: readonly Host[] = [pyairbyte, standardTests, serverless, meltano];

async function main(names: readonly string[]): Promise<number> {
  const wanted = hosts.filter(({name}) => names.length === 0 || names.includes(name));
  if (wanted.length === 0) {
    console.error(`no such host; there are ${hosts.map(({name}) => name).join(', ')}`);
    return 2;
  }
  const {status} = spawnSync('npm', ['run', 'build', '--silent'], {cwd: root, stdio: 'inherit'});
  if (status !== 0) return 1;
  let failures = 0;
  for (const host of wanted) {
    const folder = mkdtempSync(join(tmpdir(), 'source-rest-api-'));
    const begun = Date.now();
    const say = (text: string): void => console.log(`${host.name}: ${text}`);
    try {
      const cache = join(root, 'node_modules', '.cache', 'hosts');
      await host.run({cache, executable: join(root, 'dist', 'main.js'), folder});
      say(`passed in ${((Date.now() - begun) / 1_000).toFixed(0)} s`);
    } catch (thrown) {
      if (!(thrown instanceof Missing)) failures++;
      const text = thrown instanceof Error ? thrown.message : String(thrown);
      say(thrown instanceof Missing ? `skipped: ${text}` : `FAILED: ${text}`);
    } finally {
      rmSync(folder, {recursive: true, force: true});
    }
  }
  return failures > 0 ? 1 : 0;
}

process.exitCode = await main(process.argv.slice(2));
