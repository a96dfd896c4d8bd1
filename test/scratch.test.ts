import {spawnSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {basename, join} from 'node:path';
import {expect, test} from 'vitest';
import {openScratch} from '../src/scratch.js';

test('folders of processes that are gone are removed, those of others and of other hosts are not', async () => {
  const parent = mkdtempSync(join(tmpdir(), 'scratch-test-'));
  const first = await openScratch(parent);
  const [host = ''] = /^source-rest-api-[0-9a-f]{8}-/.exec(basename(first)) ?? [];
  const {pid: gone} = spawnSync(process.execPath, ['-e', '0']);
  const names = {
    gone: `${host}${gone}-abc123`,
    before: `${host}${process.pid}-abc123`,
    alive: `${host}${process.ppid}-abc123`,
    elsewhere: `source-rest-api-00000000-${gone}-abc123`,
    other: `${host}notes`,
  };
  for (const name of Object.values(names)) {
    mkdirSync(join(parent, name));
    writeFileSync(join(parent, name, 'rows'), 'x');
  }
  const second = await openScratch(parent);
  const kept = [names.alive, names.elsewhere, names.other, basename(first), basename(second)];
  expect(readdirSync(parent).sort()).toEqual(kept.sort());
  rmSync(parent, {recursive: true});
});
