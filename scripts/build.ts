import {spawnSync} from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {buildSync} from 'esbuild';
import {bundleFile} from './build/code.js';
import {record} from './build/record.js';

// Checks src/ and bundles it into dist/, unless nothing changed since the last time; dist/main.js is executable. Bundled with
// what it imports, a command starts in half the time: finding and reading some 400 files is most of a start (bench/README.md). With
// the code that V8 compiled here for the usual commands it starts in half of that.

const root = fileURLToPath(new URL('..', import.meta.url));
const source = join(root, 'src');
const dist = join(root, 'dist');
const parts = join(root, 'scripts', 'build');
const stamp = join(dist, '.built');
/** Compiled code is good for one Node. */
const builder = `${process.version} ${process.platform} ${process.arch}`;

if (isCurrent()) process.exit(0);

const manifest = createRequire(import.meta.url).resolve('typescript/package.json');
const compiler = join(dirname(manifest), 'bin', 'tsc');
const {status} = spawnSync(process.execPath, [compiler, '-p', join(root, 'tsconfig.build.json'), '--noEmit'], {
  cwd: root,
  stdio: 'inherit',
});
if (status !== 0) process.exit(status ?? 1);

// Built beside the old one and put in its place at the end: a program that is running keeps what it needs.
const workplace = join(root, 'node_modules', `.build-${process.pid}`);
const fresh = join(workplace, 'dist');
const recorder = join(workplace, 'recorder.cjs');
const common = {
  bundle: true,
  minifyWhitespace: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20.19',
  logLevel: 'warning',
} as const;
const {outputFiles} = buildSync({
  ...common,
  entryPoints: [join(source, 'main.ts')],
  outfile: bundleFile(fresh),
  write: false,
  external: ['@duckdb/node-api', 'pg-native'],
  // One function, whose code can be kept (build/code.ts), and a module for `require`. A file that is imported on demand still runs
  // only then.
  banner: {js: "(typeof module==='object'?module:{}).exports=(function(require,bundleUrl){'use strict';"},
  footer: {js: '})'},
  define: {'import.meta.url': 'bundleUrl'},
  // What is not bundled is found by `require`: the script of a function cannot import.
  supported: {'dynamic-import': false},
});
mkdirSync(dirname(bundleFile(fresh)), {recursive: true});
writeFileSync(bundleFile(fresh), ascii(outputFiles[0]?.text ?? ''));
buildSync({
  ...common,
  entryPoints: [join(parts, 'launcher.ts')],
  outfile: join(fresh, 'main.js'),
  banner: {js: '#!/usr/bin/env node'},
});
buildSync({...common, entryPoints: [join(parts, 'recorder.ts')], outfile: recorder});
writeFileSync(join(fresh, 'package.json'), '{"type":"commonjs"}\n');
chmodSync(join(fresh, 'main.js'), 0o755);
copyFileSync(join(root, 'spec.json'), join(workplace, 'spec.json'));
await record(fresh, recorder).catch((error: unknown) => {
  console.warn(`dist/ works, but starts slower: its compiled code could not be kept: ${error}`);
});
writeFileSync(join(fresh, '.built'), builder);
if (existsSync(dist)) renameSync(dist, join(workplace, 'old'));
renameSync(fresh, dist);
rmSync(workplace, {recursive: true, force: true});

/** esbuild leaves regular expressions as they are: escapes what of them is not ASCII (build/code.ts). */
function ascii(text: string): string {
  return text.replace(/[^\0-\x7f]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Every source and setting is older than the last build, and none was removed since (a folder's own time tells). */
function isCurrent(): boolean {
  if (!existsSync(join(dist, 'main.js')) || !existsSync(stamp) || readFileSync(stamp, 'utf8') !== builder) return false;
  const built = statSync(stamp).mtimeMs;
  const settings = ['tsconfig.json', 'tsconfig.build.json', 'package-lock.json'].map((name) => join(root, name));
  const sources = [source, parts].flatMap((folder) => [
    folder,
    ...readdirSync(folder, {recursive: true, encoding: 'utf8'}).map((name) => join(folder, name)),
  ]);
  return [fileURLToPath(import.meta.url), ...settings, ...sources].every((file) => statSync(file).mtimeMs < built);
}
