import {spawnSync} from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {buildSync} from 'esbuild';
import {compileAhead} from './build/compile-ahead.js';

// Checks src/ and bundles it into dist/, unless nothing changed since the last time; dist/main.js is executable. Bundled with what it
// imports, and beside its compiled code, a command starts in a quarter of the time (bench/README.md). The bundle is CommonJS: of a
// module Node 20 takes no compiled code.

const root = fileURLToPath(new URL('..', import.meta.url));
const source = join(root, 'src');
const dist = join(root, 'dist');
const stamp = join(dist, '.built');
const parts = join(root, 'scripts', 'build');

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
const {outputFiles} = buildSync({
  entryPoints: [join(source, 'main.ts')],
  outfile: join(fresh, 'bundle.js'),
  write: false,
  bundle: true,
  minifyWhitespace: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20.19',
  external: ['@duckdb/node-api', 'pg-native'],
  // import() of a script needs a loader of its own.
  supported: {'dynamic-import': false},
  define: {'import.meta.url': 'mainUrl'},
  // A function of what it needs: the value of a script, and of a module of CommonJS (launcher.cjs).
  banner: {js: "(typeof module==='object'?module:{}).exports=(function(require,mainUrl){"},
  footer: {js: '})'},
  logLevel: 'warning',
});
mkdirSync(fresh, {recursive: true});
// Regular expressions are left as they are; with one other letter V8 would keep two bytes for each.
const ascii = (outputFiles[0]?.text ?? '').replace(
  /[^\0-\x7f]/g,
  (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
);
writeFileSync(join(fresh, 'bundle.js'), ascii);
writeFileSync(join(fresh, 'package.json'), '{"type": "commonjs"}\n');
copyFileSync(join(parts, 'launcher.cjs'), join(fresh, 'main.js'));
chmodSync(join(fresh, 'main.js'), 0o755);
await compileAhead(fresh, join(dist, 'main.js'));
writeFileSync(join(fresh, '.built'), '');
const old = `${fresh}-old`;
if (existsSync(dist)) renameSync(dist, old);
renameSync(fresh, dist);
rmSync(old, {recursive: true, force: true});

/** Built for this Node, and every source and setting is older and none was removed since (a folder's own time tells). */
function isCurrent(): boolean {
  if (!existsSync(stamp) || !existsSync(join(dist, 'compiled', `${process.version}-${process.arch}`))) return false;
  const built = statSync(stamp).mtimeMs;
  const settings = ['tsconfig.json', 'tsconfig.build.json', 'package-lock.json'].map((name) => join(root, name));
  const sources = [source, parts].flatMap((folder) => [
    folder,
    ...readdirSync(folder, {recursive: true, encoding: 'utf8'}).map((name) => join(folder, name)),
  ]);
  return [fileURLToPath(import.meta.url), ...settings, ...sources].every((file) => statSync(file).mtimeMs < built);
}
