import {spawnSync} from 'node:child_process';
import {chmodSync, existsSync, readdirSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

// Compiles src/ into dist/, unless nothing changed since the last time; dist/main.js is executable.

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const stamp = join(dist, '.built');

if (isCurrent()) process.exit(0);

rmSync(dist, {recursive: true, force: true});
const manifest = createRequire(import.meta.url).resolve('typescript/package.json');
const compiler = join(dirname(manifest), 'bin', 'tsc');
const {status} = spawnSync(process.execPath, [compiler, '-p', join(root, 'tsconfig.build.json')], {
  cwd: root,
  stdio: 'inherit',
});
if (status !== 0) process.exit(status ?? 1);
chmodSync(join(dist, 'main.js'), 0o755);
writeFileSync(stamp, '');

/** Every source and setting is older than the last build, and none was removed since (a folder's own time tells). */
function isCurrent(): boolean {
  if (!existsSync(stamp) || !existsSync(join(dist, 'main.js'))) return false;
  const built = statSync(stamp).mtimeMs;
  const settings = ['tsconfig.json', 'tsconfig.build.json', 'package-lock.json'].map((name) => join(root, name));
  const sources = readdirSync(join(root, 'src'), {recursive: true, encoding: 'utf8'}).map((name) =>
    join(root, 'src', name),
  );
  return [join(root, 'src'), ...settings, ...sources].every((file) => statSync(file).mtimeMs < built);
}
