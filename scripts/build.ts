import {spawnSync} from 'node:child_process';
import {chmodSync, existsSync, readdirSync, renameSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {buildSync} from 'esbuild';

// Checks src/ and bundles it into dist/, unless nothing changed since the last time; dist/main.js is executable. Bundled with
// what it imports, a command starts in half the time: finding and reading some 400 files is most of a start (bench/README.md).

const root = fileURLToPath(new URL('..', import.meta.url));
const source = join(root, 'src');
const dist = join(root, 'dist');
const stamp = join(dist, '.built');

if (isCurrent()) process.exit(0);

const manifest = createRequire(import.meta.url).resolve('typescript/package.json');
const compiler = join(dirname(manifest), 'bin', 'tsc');
const {status} = spawnSync(process.execPath, [compiler, '-p', join(root, 'tsconfig.build.json'), '--noEmit'], {
  cwd: root,
  stdio: 'inherit',
});
if (status !== 0) process.exit(status ?? 1);

// Built beside the old one and put in its place at the end: a program that is running keeps what it needs.
const fresh = join(root, 'node_modules', `.build-${process.pid}`);
const commands = readdirSync(join(source, 'commands'))
  .filter((name) => name.endsWith('.ts'))
  .map((name) => join(source, 'commands', name));
buildSync({
  // Every file that is imported on demand keeps its place, from which it finds spec.json and package.json.
  entryPoints: [join(source, 'main.ts'), join(source, 'cli.ts'), ...commands],
  outbase: source,
  outdir: fresh,
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  minifyWhitespace: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  external: ['@duckdb/node-api', 'pg-native'],
  // Of libraries in CommonJS that require a module of Node.
  banner: {js: "import {createRequire as requireFrom} from 'node:module';const require=requireFrom(import.meta.url);"},
  logLevel: 'warning',
});
chmodSync(join(fresh, 'main.js'), 0o755);
writeFileSync(join(fresh, '.built'), '');
const old = `${fresh}-old`;
if (existsSync(dist)) renameSync(dist, old);
renameSync(fresh, dist);
rmSync(old, {recursive: true, force: true});

/** Every source and setting is older than the last build, and none was removed since (a folder's own time tells). */
function isCurrent(): boolean {
  if (!existsSync(stamp) || !existsSync(join(dist, 'main.js'))) return false;
  const built = statSync(stamp).mtimeMs;
  const settings = ['tsconfig.json', 'tsconfig.build.json', 'package-lock.json'].map((name) => join(root, name));
  const sources = readdirSync(source, {recursive: true, encoding: 'utf8'}).map((name) => join(source, name));
  return [source, fileURLToPath(import.meta.url), ...settings, ...sources].every(
    (file) => statSync(file).mtimeMs < built,
  );
}
