import {spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath, pathToFileURL} from 'node:url';
import {buildSync} from 'esbuild';
import {parse} from 'yaml';
import {readConfig} from '../src/config/load.js';
import {formatProblems} from '../src/config/problem.js';
import {Secrets} from '../src/secrets.js';

// `npm run form [FILE.yaml]`: spec.json as the form that a person fills in, in headless Chromium, as docs/form.png. With a file the
// form is filled in with its values, all fields are unfolded, and the picture lies beside the file. What the form would send must load. The libraries are installed once into
// node_modules/.cache; Chromium must be there (Debian: apt-get install chromium; CHROMIUM=… names another).

const root = fileURLToPath(new URL('..', import.meta.url));
const cache = join(root, 'node_modules', '.cache', 'form');
const packages = [
  '@rjsf/core@6.11.1',
  '@rjsf/utils@6.11.1',
  '@rjsf/validator-ajv8@6.11.1',
  'react@19.3.1',
  'react-dom@19.3.1',
];
const width = 720;

function main(given: string | undefined): number {
  install();
  const specification: unknown = JSON.parse(readFileSync(join(root, 'spec.json'), 'utf8')).connectionSpecification;
  const filled: unknown = parse(readFileSync(given ?? join(root, 'scripts/form/filled.yaml'), 'utf8'));
  const page = writePage({schema: specification, filled, unfold: given !== undefined});
  const found = /<script id="output"[^>]*>([^<]*)</.exec(chromium(page, 900, '--dump-dom'))?.[1] ?? '';
  if (found === '') throw new Error('the page did not render');
  const output: {height: number; sends: unknown; errors: string[]} = JSON.parse(found);
  const picture = given === undefined ? join(root, 'docs', 'form.png') : `${given.replace(/\.ya?ml$/, '')}.png`;
  rmSync(picture, {force: true});
  chromium(page, output.height, `--screenshot=${picture}`);
  console.log(`${picture} (${width} × ${output.height})`);

  const {config, problems, document} = readConfig({value: output.sends}, {secrets: new Secrets()});
  for (const line of [...output.errors, ...formatProblems(problems, document)]) console.log(`  ${line}`);
  console.log(config === undefined ? 'what the form sends does not load' : `it sends ${JSON.stringify(output.sends)}`);
  return config === undefined || output.errors.length > 0 ? 1 : 0;
}

function install(): void {
  const stamp = join(cache, 'packages.json');
  const wanted = JSON.stringify(packages);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  mkdirSync(cache, {recursive: true});
  writeFileSync(join(cache, 'package.json'), '{"private": true}');
  console.log(`installing ${packages.join(', ')} into ${cache} (once)`);
  const flags = ['--no-audit', '--no-fund', '--ignore-scripts', '--silent'];
  const {status} = spawnSync('npm', ['install', ...flags, ...packages], {cwd: cache, stdio: 'inherit'});
  if (status !== 0) throw new Error('the form library could not be installed');
  writeFileSync(stamp, wanted);
}

function writePage(input: {schema: unknown; filled: unknown; unfold: boolean}): string {
  const {outputFiles} = buildSync({
    entryPoints: [join(root, 'scripts/form/page.mjs')],
    nodePaths: [join(cache, 'node_modules')],
    define: {'process.env.NODE_ENV': '"production"'},
    bundle: true,
    minify: true,
    format: 'iife',
    write: false,
    logLevel: 'warning',
  });
  const script = (outputFiles[0]?.text ?? '').replaceAll('</script', '<\\/script');
  const page = join(cache, 'page.html');
  writeFileSync(
    page,
    `<!doctype html><meta charset="utf-8"><style>${readFileSync(join(root, 'scripts/form/page.css'), 'utf8')}</style>
<div id="form"></div>
<script id="input" type="application/json">${JSON.stringify(input).replaceAll('<', '\\u003c')}</script>
<script id="output" type="application/json"></script>
<script>${script}</script>`,
  );
  return pathToFileURL(page).href;
}

/** What Chromium prints of the page. */
function chromium(page: string, height: number, ...parameters: readonly string[]): string {
  const program = process.env['CHROMIUM'] ?? 'chromium';
  // Without a sandbox, which a container's root does not get; the page is our own.
  const flags = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--hide-scrollbars',
    `--window-size=${width},${height}`,
  ];
  const {status, stdout, error} = spawnSync(program, [...flags, ...parameters, page], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  if (error !== undefined) throw new Error(`${program} cannot be started (Debian: apt-get install chromium)`);
  if (status !== 0) throw new Error(`${program} ended with ${status}`);
  return stdout;
}

process.exitCode = main(process.argv[2]);
