import {spawn} from 'node:child_process';
import {mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {catalogOf} from '../acceptance/catalog-of.js';
import {startApi} from '../support/api-server.js';
import {main, runCli} from '../support/run-cli.js';

/** A cgroup of version 1 or 2 with a memory limit around another one without; undefined where none can be made. */
function nestedGroup(bytes: number): {readonly inner: string; remove(): void} | undefined {
  for (const [root, file] of [
    ['/sys/fs/cgroup/memory', 'memory.limit_in_bytes'],
    ['/sys/fs/cgroup', 'memory.max'],
  ] as const) {
    const outer = join(root, `source-rest-api-${process.pid}`);
    const inner = join(outer, 'inner');
    const remove = (): void => {
      for (const group of [inner, outer]) {
        try {
          rmdirSync(group);
        } catch {}
      }
    };
    try {
      mkdirSync(inner, {recursive: true});
      writeFileSync(join(outer, file), String(bytes));
      readFileSync(join(inner, 'cgroup.procs'));
      return {inner, remove};
    } catch {
      remove();
    }
  }
  return undefined;
}

const megabyte = 1_000_000;
/** Megabytes. One of them fits, and a little of another. */
const bodySize = 80;

test('bodies in flight stay within the memory of a cgroup around the own one', async ({skip}) => {
  const group = nestedGroup(300 * megabyte);
  if (group === undefined) return skip('no cgroup can be made here: that needs root and the memory controller');
  const folder = mkdtempSync(join(tmpdir(), 'source-rest-api-'));
  try {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const body = Buffer.from(
      JSON.stringify(Array.from({length: bodySize}, (_, id) => ({id, text: 'x'.repeat(megabyte)}))),
    );
    await using api = await startApi(() => ({headers: {'content-type': 'application/json'}, body}));
    const config = {client: {base_url: api.url, paginator: 'single_page', concurrency: 6}, resources: names};
    writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
    writeFileSync(join(folder, 'catalog.json'), JSON.stringify(catalogOf(names)));
    const command = `echo $$ > ${group.inner}/cgroup.procs && exec "$0" "$1" read --config config.json --catalog catalog.json`;
    const child = spawn('sh', ['-c', command, process.execPath, main], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let records = 0;
    let errors = '';
    child.stdout.on('data', (chunk: Buffer) => {
      for (let at = chunk.indexOf('"type":"RECORD"'); at >= 0; at = chunk.indexOf('"type":"RECORD"', at + 1)) records++;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
    });
    const end = await new Promise((resolve) => child.once('close', (code, signal) => resolve(signal ?? code)));
    expect([end, errors]).toEqual([0, '']);
    expect(records).toBeGreaterThan(names.length * bodySize - 10);
  } finally {
    rmSync(folder, {recursive: true});
    group.remove();
  }
});

test('where few addresses may be reserved, records are read all the same', async ({skip}) => {
  // On macOS they cannot be limited.
  if (process.platform !== 'linux') return skip('ulimit -v is needed');
  const rows = Array.from({length: 1_000}, (_, id) => ({id, text: 'x'.repeat(100)}));
  await using api = await startApi(() => ({
    headers: {'content-type': 'application/json'},
    body: JSON.stringify(rows),
  }));
  const config = {client: {base_url: api.url, paginator: 'single_page'}, resources: ['a']};
  const inside = ['sh', '-c', 'ulimit -v 6000000 && exec "$0" "$@"'];
  const run = await runCli(['read', '--config', config, '--catalog', catalogOf(['a'])], {inside});
  expect([run.code, run.messages.records().length]).toEqual([0, rows.length]);
});
