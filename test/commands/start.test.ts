import {execFile} from 'node:child_process';
import {chmodSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {beforeEach, expect, test} from 'vitest';
import {main as built} from '../support/run-cli.js';

// How dist/main.js starts: with the code that V8 compiled when dist/ was built, and without where that is not to be trusted.

let folder = '';
let main = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'start-'));
  cpSync(dirname(built), join(folder, 'dist'), {recursive: true});
  cpSync(join(dirname(built), '..', 'spec.json'), join(folder, 'spec.json'));
  main = join(folder, 'dist', 'main.js');
  return () => rmSync(folder, {recursive: true, force: true});
});

const observer = fileURLToPath(new URL('watch-code.cjs', import.meta.url));
const used = 'code rejected: false\n';
const refused = 'code rejected: true\n';

/** `said`: what the observer wrote; empty where V8 was given no code. */
function start(
  file: string,
  args: readonly string[],
  flags: readonly string[] = [],
): Promise<{readonly code: number | string; readonly stdout: string; readonly said: string}> {
  const options = {cwd: '/', env: {PATH: process.env['PATH']}};
  return new Promise((resolve) => {
    execFile(process.execPath, [`--require=${observer}`, ...flags, file, ...args], options, (error, stdout, stderr) =>
      resolve({code: error?.code ?? 0, stdout, said: stderr}),
    );
  });
}

const spec: unknown = JSON.parse(readFileSync(new URL('../../spec.json', import.meta.url), 'utf8'));

/** What the observer wrote while `spec` printed what it has to. */
async function startSpec(file: string, flags: readonly string[] = []): Promise<string> {
  const {code, stdout, said} = await start(file, ['spec'], flags);
  expect(code).toBe(0);
  expect(stdout === `${JSON.stringify({type: 'SPEC', spec})}\n`).toBe(true);
  return said;
}

const kept = (): string[] => {
  const program = join(folder, 'dist', 'program');
  return readdirSync(program)
    .filter((name) => name.endsWith('.code'))
    .map((name) => join(program, name));
};

test.each(['spec', 'check', 'discover', 'read', 'sync'])('%s uses the code that the build kept', async (command) => {
  const {said} = await start(main, [command]);
  expect(said).toContain(used);
});

test('starts from a folder that cannot be written, through a link, and leaves it as it was', async () => {
  const files = () => readdirSync(folder, {recursive: true, encoding: 'utf8'}).sort();
  const before = files();
  for (const name of before)
    chmodSync(join(folder, name), name === 'dist' || name === join('dist', 'program') ? 0o555 : 0o444);
  const elsewhere = mkdtempSync(join(tmpdir(), 'start-link-'));
  try {
    const link = join(elsewhere, 'source-rest-api');
    symlinkSync(main, link);
    expect(await startSpec(link)).toBe(used);
    expect(files()).toEqual(before);
  } finally {
    rmSync(elsewhere, {recursive: true});
    for (const name of ['dist', join('dist', 'program')]) chmodSync(join(folder, name), 0o755);
  }
});

test('other flags of V8: it refuses the code, and the program runs', async () => {
  expect(await startSpec(main, ['--no-opt'])).toBe(refused);
});

test.each([0.001, 0.1, 0.5, 0.9, 1])('code that is damaged at %d of its length is not given to V8', async (part) => {
  for (const file of kept()) {
    const code = readFileSync(file);
    const at = Math.round((code.length - 1) * part);
    code.writeUInt8(code.readUInt8(at) ^ 1, at);
    writeFileSync(file, code);
  }
  expect(await startSpec(main)).toBe('');
});

test.each([0, 3, 100_000])('nor is code that ends after %d bytes', async (length) => {
  for (const file of kept()) writeFileSync(file, readFileSync(file).subarray(0, length));
  expect(await startSpec(main)).toBe('');
});

test('nor is code of another bundle, which may have the same length', async () => {
  const bundle = join(folder, 'dist', 'program', 'bundle.js');
  const text = readFileSync(bundle, 'utf8');
  const changed = text.replace('"print the specification', '"PRINT the specification');
  expect(changed).not.toBe(text);
  expect(changed).toHaveLength(text.length);
  writeFileSync(bundle, changed);
  const {stdout, said} = await start(main, ['spec', '--help']);
  expect(stdout).toContain('PRINT the specification');
  expect(said).toBe('');
});

test('without any code the program runs', async () => {
  for (const file of kept()) rmSync(file);
  expect(await startSpec(main)).toBe('');
});

test('the bundle is ASCII, which is Latin-1 as well', () => {
  const bundle = readFileSync(join(folder, 'dist', 'program', 'bundle.js'));
  expect(bundle.findIndex((byte) => byte > 0x7f)).toBe(-1);
});
