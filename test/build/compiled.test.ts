import {execFile} from 'node:child_process';
import {cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import {crc32} from 'node:zlib';
import {afterAll, beforeAll, expect, test} from 'vitest';

// dist/main.js runs the bundle with the code that V8 compiled when it was built, and only ever with code of this very bundle.

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'source-rest-api-'));
const codes = join('dist', 'compiled', `${process.version}-${process.arch}`);
beforeAll(() => {
  // Also in the image spec.json lies beside dist/ alone.
  cpSync(join(root, 'dist'), join(folder, 'built', 'dist'), {recursive: true});
  cpSync(join(root, 'spec.json'), join(folder, 'built', 'spec.json'));
});
afterAll(() => rmSync(folder, {recursive: true}));

/** A copy that may be changed. */
function copyOf(name: string): string {
  const copy = join(folder, name);
  cpSync(join(folder, 'built'), copy, {recursive: true});
  return copy;
}

/** What `spec` prints, started as `program`. */
async function spec(program: string, options: readonly string[] = []): Promise<string> {
  const {stdout, stderr} = await promisify(execFile)(process.execPath, [...options, program, 'spec'], {
    cwd: tmpdir(),
    env: {},
  });
  expect(stderr).toBe('');
  return stdout;
}

/** The bundle says SPEX in place of SPEC, and is as long as before: V8 takes it for the same. */
function reword(copy: string): Buffer {
  const file = join(copy, 'dist', 'bundle.js');
  const bundle = Buffer.from(readFileSync(file, 'latin1').replaceAll(/(["'])SPEC\1/g, '"SPEX"'), 'latin1');
  writeFileSync(file, bundle);
  return bundle;
}

test('there is code for each command that a host starts', () => {
  expect(readdirSync(join(root, codes)).sort()).toEqual(['check', 'discover', 'read', 'spec']);
});

test('code with the checksum of the bundle is what runs', async () => {
  const copy = copyOf('forged');
  const bundle = reword(copy);
  const file = join(copy, codes, 'spec');
  const code = readFileSync(file);
  code.writeUInt32LE(crc32(bundle), 0);
  writeFileSync(file, code);
  expect(await spec(join(copy, 'dist', 'main.js'))).toContain('"type":"SPEC"');
});

test('a bundle that was changed is compiled', async () => {
  const copy = copyOf('reworded');
  reword(copy);
  expect(await spec(join(copy, 'dist', 'main.js'))).toContain('"type":"SPEX"');
});

test.each([
  ['damaged', (code: Buffer) => code.fill(0xff, code.length / 2, code.length / 2 + 100)],
  ['cut short', (code: Buffer) => code.subarray(0, code.length / 2)],
  ['empty', () => Buffer.alloc(0)],
])('code that is %s is passed over', async (name, change) => {
  const copy = copyOf(name);
  for (const command of ['spec', 'read']) {
    const file = join(copy, codes, command);
    writeFileSync(file, change(readFileSync(file)));
  }
  expect(await spec(join(copy, 'dist', 'main.js'))).toContain('"type":"SPEC"');
});

test('without code, with flags that it was not made for, and through a link', async () => {
  const copy = copyOf('bare');
  rmSync(join(copy, 'dist', 'compiled'), {recursive: true});
  const said = await spec(join(folder, 'built', 'dist', 'main.js'));
  expect(said).toContain('"type":"SPEC"');
  expect(await spec(join(copy, 'dist', 'main.js'))).toBe(said);
  expect(await spec(join(folder, 'built', 'dist', 'main.js'), ['--max-lazy', '--stack-size=900'])).toBe(said);
  symlinkSync(join(folder, 'built', 'dist', 'main.js'), join(folder, 'source-rest-api'));
  expect(await spec(join(folder, 'source-rest-api'))).toBe(said);
});
