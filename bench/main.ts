import {spawn} from 'node:child_process';
import {mkdtempSync} from 'node:fs';
import {cpus, tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {type Measure, measure, median} from './measure.js';
import type {Peer} from './peers/peer.js';
import {readers, syncers} from './peers/table.js';
import {type SourceShape, sourceFiles} from './source-files.js';

/**
 * `npm run bench [-- --peers [--long]] [--runs N] [--quick] [--only NAMES]`: the connector beside the transport limit (the same
 * pages fetched and thrown away), in one run on one machine. Absolute figures depend on the machine; the ratios are what counts.
 * NAMES, with commas: throughput latency children shards memory sync start.
 */
const flag = (name: string): boolean => process.argv.includes(`--${name}`);
const option = (name: string): string | undefined => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : process.argv[at + 1];
};
const quick = flag('quick');
const runs = Number(option('runs') ?? (quick ? 1 : 3));
const only = option('only')?.split(',');
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const connector = here('../dist/main.js');
const million = quick ? 100_000 : 1_000_000;
const recordBytes = 450;

const rows: string[][] = [
  ['what', 'records', 'page', 'wall s', 'records/s', 'of limit', 'of ideal', 'CPU s', 'CPU s/GB', 'peak MB'],
];

interface Row {
  readonly records?: number;
  readonly page?: number;
  readonly limit?: Measure;
  /** Seconds that waiting alone takes. */
  readonly ideal?: number;
}

function report(what: string, result: Measure, {records, page, limit, ideal}: Row): void {
  const number = (value: number | undefined, digits = 0) =>
    value === undefined
      ? ''
      : value.toLocaleString('en', {minimumFractionDigits: digits, maximumFractionDigits: digits});
  rows.push([
    what,
    number(records),
    number(page),
    number(result.wall, 2),
    number(records === undefined ? undefined : records / result.wall),
    limit === undefined ? '' : `${((100 * limit.wall) / result.wall).toFixed(0)} %`,
    ideal === undefined ? '' : `${(result.wall / ideal).toFixed(2)}×`,
    number(result.cpu, 2),
    number(records === undefined ? undefined : result.cpu / ((records * recordBytes) / 1e9), 2),
    number(result.rss),
  ]);
  process.stderr.write(
    `${rows
      .at(-1)
      ?.filter((cell) => cell !== '')
      .join(' · ')}\n`,
  );
}

async function withServer(parameters: readonly string[], use: (url: string) => Promise<void>): Promise<void> {
  const child = spawn(process.execPath, ['--import', 'tsx', here('server.ts'), ...parameters], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    await use(
      await new Promise<string>((resolve) =>
        child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim())),
      ),
    );
  } finally {
    child.kill();
  }
}

async function read(shape: SourceShape, records: number, pause?: number): Promise<Measure> {
  const {config, catalog} = sourceFiles(shape);
  const parameters = [connector, 'read', '--config', config, '--catalog', catalog];
  const result = await measure(parameters, pause === undefined ? {} : {pause});
  if (result.lines < records) throw new Error(`${result.lines} lines for ${records} records`);
  return result;
}

/** With --peers: the same API read by each of them. */
async function beside(peers: readonly Peer[], url: string, row: Row & {records: number; page: number}): Promise<void> {
  for (const peer of flag('peers') ? peers : []) {
    const ready = peer.prepare(url, row.page, row.records);
    if (ready === undefined) process.stderr.write(`${peer.name}: could not be installed here\n`);
    else report(peer.name, await measure(ready.parameters, ready), row);
  }
}

async function throughput(): Promise<void> {
  const sizes = [
    ...(quick ? [] : [[200_000, 100] as const]),
    [million, 100],
    [million, 1_000],
    [million, 10_000],
  ] as const;
  for (const [records, page] of sizes) {
    await withServer(['--total', String(records)], async (url) => {
      const parameters = [url, String(records), String(page)];
      const discard = [here('discard.mjs'), ...parameters];
      await measure(discard);
      const limit = await median(runs, () => measure(discard));
      report('limit: fetch and discard', limit, {records, page, limit});
      const forward = await median(runs, () => measure([here('forward.mjs'), ...parameters]));
      report('fetch and write, unread', forward, {records, page, limit});
      for (const incremental of [false, true]) {
        const result = await median(runs, () => read({url, page, incremental}, records));
        report(incremental ? 'read, incremental' : 'read', result, {records, page, limit});
      }
      if (records === million && page === 100) await beside(readers, url, {records, page, limit});
    });
  }
}

async function latency(): Promise<void> {
  const pages = quick ? 200 : 1_000;
  const records = pages * 100;
  await withServer(['--total', String(records), '--latency', '50'], async (url) => {
    const result = await read({url, page: 100, byCursor: true}, records);
    report('read by cursor, 50 ms a page', result, {records, page: 100, ideal: pages * 0.05});
  });
  await withServer(['--total', String(records), '--latency', '50', '--with-total'], async (url) => {
    for (const concurrency of [1, 8]) {
      const shape = {url, page: 100, concurrency, withTotal: concurrency > 1};
      const result = await read(shape, records);
      report(`read, 50 ms a page, concurrency ${concurrency}`, result, {
        records,
        page: 100,
        ideal: (pages * 0.05) / concurrency,
      });
    }
  });
}

const parents = quick ? 500 : 2_000;

async function children(): Promise<void> {
  await withServer(['--total', String(parents), '--latency', '20'], async (url) => {
    for (const concurrency of [1, 4, 8, 16]) {
      const result = await read({url, page: 100, children: true, concurrency}, 10 * parents);
      const ideal = (parents * 0.02) / concurrency;
      report(`read, ${parents} children at 20 ms, concurrency ${concurrency}`, result, {records: 10 * parents, ideal});
    }
  });
}

async function shards(): Promise<void> {
  await withServer(['--total', String(parents), '--latency', '20'], async (url) => {
    const shape = {url, page: 100, children: true, concurrency: 4};
    const started = performance.now();
    const parts = await Promise.all([0, 1, 2, 3].map((index) => read({...shape, shard: {index, of: 4}}, 0)));
    const sum = (of: (part: Measure) => number): number => parts.reduce((total, part) => total + of(part), 0);
    const wall = (performance.now() - started) / 1000;
    const all = {wall, cpu: sum((part) => part.cpu), rss: sum((part) => part.rss), code: 0, bytes: 0, lines: 0};
    if (sum((part) => part.lines) < 10 * parents) throw new Error('records are missing');
    report(`four shards of it, concurrency 4 each`, all, {records: 10 * parents, ideal: (parents * 0.02) / 16});
  });
}

async function memory(): Promise<void> {
  await withServer(['--total', '100000'], async (url) => {
    const row = {records: 100_000, page: 100};
    report('read, memory', await read({url, page: 100}, row.records), row);
    report('read, slow reader', await read({url, page: 100}, row.records, 5), row);
  });
  for (const records of quick ? [1_000, 10_000] : [10_000, 100_000]) {
    await withServer(['--total', String(records), '--items', '1'], async (url) => {
      const shape = {url, page: 1_000, children: true, incremental: true, concurrency: 4};
      report(`read, incremental, a child of each of ${records} parents`, await read(shape, records), {records});
    });
  }
  const whole = {records: 440_000, page: 440_000};
  await withServer(['--total', String(whole.records)], async (url) => {
    report('read, one body of 200 MB', await read({url, page: whole.page}, whole.records), whole);
  });
}

async function sync(): Promise<void> {
  for (const records of flag('peers') && !quick ? [100_000, million] : [million]) {
    await withServer(['--total', String(records)], async (url) => {
      const limit = await measure([here('discard.mjs'), url, String(records), '100']);
      const {config} = sourceFiles({url, page: 100, incremental: true});
      const into = join(mkdtempSync(join(tmpdir(), 'bench-')), 'bench.duckdb');
      const result = await measure([connector, 'sync', '--config', config, '--into', into, '--quiet']);
      const row = {records, page: 100, limit};
      report('sync into DuckDB, append_dedup', result, row);
      if (records === 100_000 || flag('long')) await beside(syncers, url, row);
    });
  }
}

async function start(): Promise<void> {
  await withServer(['--total', '1000'], async (url) => {
    const {config} = sourceFiles({url, page: 100});
    report('node alone', await median(5, () => measure(['-e', '0'])), {});
    report('spec', await median(5, () => measure([connector, 'spec'])), {});
    report('check', await median(5, () => measure([connector, 'check', '--config', config])), {});
  });
}

for (const [name, section] of Object.entries({throughput, latency, children, shards, memory, sync, start})) {
  if (only === undefined || only.includes(name)) await section();
}

process.stdout.write(
  `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, median of ${runs}\n`,
);
const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
for (const row of rows) {
  const cells = row.map((cell, column) => {
    const width = widths[column] ?? 0;
    return column === 0 ? cell.padEnd(width) : cell.padStart(width);
  });
  process.stdout.write(`${cells.join('  ').trimEnd()}\n`);
}
