import {spawn} from 'node:child_process';
import {mkdtempSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {Readable} from 'node:stream';
import {expect, test} from 'vitest';
import {type Api, type Handler, json, startApi} from '../support/api-server.js';
import {main, runCli, startCli} from '../support/run-cli.js';
import {catalogOf} from './catalog-of.js';

const pageSize = 1_048_576;
const text = 'x'.repeat(pageSize / 8 - 20);

/** Pages of 1 MiB, eight records each. */
const large =
  (pages: number): Handler =>
  ({query}) => {
    const offset = Number(query.get('offset'));
    const ids = offset / 8 < pages ? [0, 1, 2, 3, 4, 5, 6, 7].map((id) => offset + id) : [];
    return json(ids.map((id) => ({id, text})));
  };

const config = (api: Api, names: readonly string[]): object => ({
  client: {base_url: api.url, paginator: {type: 'offset', limit: 8, total_path: null}},
  resources: names,
});

const ended = (child: ReturnType<typeof startCli>): Promise<number | null> =>
  new Promise((resolve) => child.once('close', resolve));

async function said(stream: Readable): Promise<string> {
  let all = '';
  for await (const chunk of stream) all += String(chunk);
  return all;
}

/** Until the source has asked for nothing more in a while: it is as far ahead as it will ever be. */
async function settled(api: Api): Promise<number> {
  for (let before = -1; before < api.requests.length; ) {
    before = api.requests.length;
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  return api.requests.length;
}

test.concurrent('a reader that sleeps stops the requests, and memory stays where it was', async () => {
  const pages = 60;
  await using api = await startApi(large(pages));
  const names = ['a', 'b'];
  const child = startCli(['read', '--config', config(api, names), '--catalog', catalogOf(names)]);
  const stderr = said(child.stderr);
  const end = ended(child);
  let peak = 0;
  let received = 0;
  let naps = 2;
  for await (const chunk of child.stdout) {
    received += chunk.length;
    const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
    peak = Math.max(peak, Number(/VmHWM:\s*(\d+)/.exec(status)?.[1] ?? 0) / 1_024);
    if (naps === 0 || received < (3 - naps) * 20 * pageSize) continue;
    naps--;
    // The pipe and the two ends' buffers hold a little; beyond that a page in hand and one ahead of each stream.
    expect((await settled(api)) - received / pageSize).toBeLessThan(8);
  }
  expect(await end).toBe(0);
  expect(received).toBeGreaterThan(2 * pages * pageSize * 0.95);
  expect(await stderr).toBe('');
  expect(peak).toBeGreaterThan(30);
  expect(peak).toBeLessThan(250);
});

test.concurrent('a pipe that closes: the end comes at once, quietly, and is no success', async () => {
  await using api = await startApi(large(100_000));
  const child = startCli(['read', '--config', config(api, ['a']), '--catalog', catalogOf(['a'])]);
  const stderr = said(child.stderr);
  child.stdout.once('data', () => child.stdout.destroy());
  expect(await ended(child)).toBe(1);
  expect(await stderr).toBe('');
  expect(api.requests.length).toBeLessThan(12);
});

const folder = (): string => mkdtempSync(join(tmpdir(), 'source-rest-api-'));

/** A line of shell in which $run is the program: how it ends, and what it says on stderr. */
function shell(
  line: string,
  args: readonly (readonly [string, object])[],
): Promise<{code: number | null; stderr: string}> {
  const files = folder();
  for (const [name, value] of args) writeFileSync(join(files, name), JSON.stringify(value));
  const environment = {PATH: process.env['PATH'], run: `${process.execPath} ${main}`};
  const child = spawn('bash', ['-c', line], {cwd: files, env: environment, stdio: ['ignore', 'ignore', 'pipe']});
  const stderr = said(child.stderr);
  return new Promise((resolve) => child.once('close', (code) => stderr.then((all) => resolve({code, stderr: all}))));
}

test.concurrent('what a shell does to stdout: head, a full disk, nobody there from the start', async () => {
  await using api = await startApi(large(50));
  const files = [
    ['config', config(api, ['a'])],
    ['catalog', catalogOf(['a'])],
  ] as const;
  const read = '$run read --config config --catalog catalog';
  const exitOfFirst = `exit $${'{PIPESTATUS[0]}'}`;
  const ends = await Promise.all([
    shell(`${read} | head -n 4 >/dev/null; ${exitOfFirst}`, files),
    shell(`${read} >/dev/full`, files),
    shell('$run spec >/dev/full', []),
    shell(`$run discover --config config | true; ${exitOfFirst}`, files),
    shell('$run check --config config >/dev/full', files),
  ]);
  expect(ends).toEqual(ends.map(() => ({code: 1, stderr: ''})));
});

test.concurrent('a promise that nobody keeps ends the process with 1', async () => {
  const hook = [
    'import promises from "node:fs/promises"',
    'import {syncBuiltinESMExports} from "node:module"',
    'const read = promises.readFile',
    // The loader of modules uses it too.
    'promises.readFile = (file, how) => String(file).endsWith(".json") ? new Promise(() => {}) : read(file, how)',
    'syncBuiltinESMExports()',
  ].join(';');
  const environment = {NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(hook)}`};
  const {code, stdout, stderr} = await runCli(['spec'], {environment});
  expect([code, stdout, stderr]).toEqual([1, '', '']);
});
