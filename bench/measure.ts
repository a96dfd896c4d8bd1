import {spawn} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath, pathToFileURL} from 'node:url';

export interface Measure {
  /** Seconds. */
  readonly wall: number;
  /** User and system, seconds. */
  readonly cpu: number;
  /** Peak resident memory, MB. */
  readonly rss: number;
  readonly code: number | null;
  /** Bytes and lines on stdout. */
  readonly bytes: number;
  readonly lines: number;
}

const preload = pathToFileURL(fileURLToPath(new URL('usage.mjs', import.meta.url))).href;

/** Runs `node ...arguments` to its end, reading and counting its stdout. */
export async function measure(
  parameters: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Measure> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const usage = join(folder, 'usage.json');
  const started = performance.now();
  const child = spawn(process.execPath, ['--import', preload, ...parameters], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {...process.env, ...env, BENCH_USAGE: usage},
  });
  let bytes = 0;
  let lines = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines++;
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  const wall = (performance.now() - started) / 1000;
  const {cpu, rss} = JSON.parse(readFileSync(usage, 'utf8')) as {cpu: number; rss: number};
  rmSync(folder, {recursive: true});
  return {wall, cpu, rss, code, bytes, lines};
}

/** The run with the median wall time of `runs`. */
export async function median(runs: number, run: () => Promise<Measure>): Promise<Measure> {
  const all: Measure[] = [];
  for (let index = 0; index < runs; index++) all.push(await run());
  all.sort((a, b) => a.wall - b.wall);
  const middle = all[Math.floor(all.length / 2)];
  if (middle === undefined) throw new Error('no runs');
  return middle;
}
