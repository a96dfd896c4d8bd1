import {spawnSync} from 'node:child_process';
import {chmodSync, existsSync, readdirSync, renameSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

// Compiles src/ into dist/, unless nothing changed since the last time; dist/main.js is executable.

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const stamp = join(dist, '.built');

if (isCurrent()) process.exit(0);

// Compiled beside the old one and put in its place at the end: a program that is running keeps what it needs.
const fresh = join(root, 'node_modules', `.build-${process.pid}`);
const manifest = createRequire(import.meta.url).resolve('typescript/package.json');
const compiler = join(dirname(manifest), 'bin', 'tsc');
const {status} = spawnSync(process.execPath, [compiler, '-p', join(root, 'tsconfig.build.json'), '--outDir', fresh], {
  cwd: root,
  stdio: 'inherit',
});
if (status !== 0) {
  rmSync(fresh, {recursive: true, force: true});
  process.exit(status ?? 1);
}
chmodSync(join(fresh, 'main.js'), 0o755);
writeFileSync(join(fresh, '.built'), '');
rmSync(dist, {recursive: true, force: true});
renameSync(fresh, dist);

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
