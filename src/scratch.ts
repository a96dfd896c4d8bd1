import {createHash} from 'node:crypto';
import {mkdtemp, readdir, readlink, rm} from 'node:fs/promises';
import {hostname, tmpdir} from 'node:os';
import {basename, join} from 'node:path';

/** How the folders of this host, or container, begin: process ids say nothing of those of another that shares the parent. */
async function prefixHere(): Promise<string> {
  const space = await readlink('/proc/self/ns/pid').catch(() => '');
  return `source-rest-api-${createHash('sha256').update(`${hostname()} ${space}`).digest('hex').slice(0, 8)}-`;
}

/** Of this process: a killed one may have had the same id. */
const own = new Set<string>();

/**
 * A new temporary folder, which its user removes. Those of processes that were killed before they could are removed here. Rejects
 * where no folder can be made.
 */
export async function openScratch(parent = tmpdir()): Promise<string> {
  const prefix = await prefixHere();
  const folder = await mkdtemp(join(parent, `${prefix}${process.pid}-`));
  own.add(basename(folder));
  for (const name of await readdir(parent).catch(() => [])) {
    if (isLeft(name, prefix)) await rm(join(parent, name), {recursive: true, force: true}).catch(() => undefined);
  }
  return folder;
}

function isLeft(name: string, prefix: string): boolean {
  const pid = name.startsWith(prefix) ? /^(\d+)-/.exec(name.slice(prefix.length))?.[1] : undefined;
  return pid !== undefined && !own.has(name) && (Number(pid) === process.pid || !isAlive(Number(pid)));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return !(thrown instanceof Error && 'code' in thrown && thrown.code === 'ESRCH');
  }
}
