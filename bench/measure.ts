import {spawn} from 'node:child_process';
import {mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath, pathToFileURL} from 'node:url';

/** What one run came to. A command that starts others is counted with them: CPU and peak memory are sums. */
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

interface Options {
  readonly env?: Readonly<Record<string, string>>;
  /** The program; this Node when absent. */
  readonly program?: string;
  /** The reader of stdout pauses so many ms after each piece of up to 64 kB. */
  readonly pause?: number;
}

const preload = pathToFileURL(fileURLToPath(new URL('usage.mjs', import.meta.url))).href;

/** Runs a program (`node ...arguments`) to its end, reading and counting its stdout. Throws when it fails. */
export async function measure(parameters: readonly string[], options: Options = {}): Promise<Measure> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const started = performance.now();
  const child = spawn(options.program ?? process.execPath, parameters, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {...process.env, LOG_LEVEL: 'warn', ...options.env, NODE_OPTIONS: `--import ${preload}`, BENCH_USAGE: folder},
  });
  let bytes = 0;
  let lines = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines++;
    if (options.pause === undefined) return;
    child.stdout.pause();
    setTimeout(() => child.stdout.resume(), options.pause);
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  const wall = (performance.now() - started) / 1000;
  let cpu = 0;
  let rss = 0;
  for (const name of readdirSync(folder)) {
    const used = JSON.parse(readFileSync(join(folder, name), 'utf8')) as {cpu: number; rss: number};
    cpu += used.cpu;
    rss += used.rss;
  }
  rmSync(folder, {recursive: true});
  if (code !== 0) throw new Error(`${parameters.slice(0, 2).join(' ')} ended with ${code}`);
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
