import {spawn} from 'node:child_process';
import {mkdtempSync, writeFileSync} from 'node:fs';
import {cpus, tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {type Measure, measure, median} from './measure.js';
import {peers} from './peers.js';

/**
 * `npm run bench [-- --peers] [--runs N] [--quick]`: `read` beside the transport limit (the same pages fetched and thrown
 * away), in one run on one machine. Absolute figures depend on the machine; the ratios are what counts.
 */
const flag = (name: string): boolean => process.argv.includes(`--${name}`);
const option = (name: string, fallback: number): number => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : Number(process.argv[at + 1]);
};
const runs = option('runs', 3);
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const connector = here('../dist/main.js');
const tsx = ['--import', 'tsx'];

interface Scenario {
  readonly records: number;
  readonly page: number;
  readonly incremental: boolean;
}

const scenarios: readonly Scenario[] = flag('quick')
  ? [{records: 100_000, page: 100, incremental: false}]
  : [
      {records: 200_000, page: 100, incremental: false},
      {records: 1_000_000, page: 100, incremental: false},
      {records: 1_000_000, page: 100, incremental: true},
      {records: 200_000, page: 1_000, incremental: false},
      {records: 1_000_000, page: 1_000, incremental: false},
      {records: 1_000_000, page: 10_000, incremental: false},
    ];

async function startServer(total: number): Promise<{url: string; stop(): void}> {
  const child = spawn(process.execPath, [...tsx, here('server.ts'), '--total', String(total)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise<string>((resolve) =>
    child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim())),
  );
  return {url, stop: () => child.kill()};
}

function files(url: string, {page, incremental}: Scenario): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const cursor = {cursor_path: 'updated_at', initial_value: '2025-01-01T00:00:00Z'};
  const config = {
    client: {base_url: url},
    resources: [
      {
        name: 'records',
        primary_key: 'id',
        endpoint: {
          path: 'records',
          data_selector: 'data',
          paginator: {type: 'offset', limit: page, total_path: null},
          ...(incremental ? {incremental: cursor} : {}),
        },
      },
    ],
  };
  const mode = incremental ? 'incremental' : 'full_refresh';
  const properties = Object.fromEntries(
    ['id', 'updated_at', 'name', 'active', 'amount', 'address', 'tags', 'note'].map((name) => [name, {}]),
  );
  const stream = {
    name: 'records',
    json_schema: {type: 'object', properties},
    supported_sync_modes: ['full_refresh', 'incremental'],
  };
  const catalog = {streams: [{stream, sync_mode: mode, destination_sync_mode: 'append'}]};
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  writeFileSync(join(folder, 'catalog.json'), JSON.stringify(catalog));
  return ['--config', join(folder, 'config.json'), '--catalog', join(folder, 'catalog.json')];
}

const rows: string[][] = [['what', 'records', 'page', 'records/s', 'of limit', 'CPU s', 'CPU s/GB', 'peak MB']];
function report(what: string, scenario: Scenario, result: Measure, limit: Measure, payload: number): void {
  if (result.code !== 0) throw new Error(`${what} ended with ${result.code}`);
  rows.push([
    what,
    String(scenario.records),
    String(scenario.page),
    Math.round(scenario.records / result.wall).toLocaleString('en'),
    `${((100 * limit.wall) / result.wall).toFixed(0)} %`,
    result.cpu.toFixed(2),
    (result.cpu / (payload / 1e9)).toFixed(2),
    result.rss.toFixed(0),
  ]);
}

for (const scenario of scenarios) {
  const server = await startServer(scenario.records);
  const discard = [here('discard.mjs'), server.url, String(scenario.records), String(scenario.page)];
  await measure(discard);
  const limit = await median(runs, () => measure(discard));
  const payload = scenario.records * 450;
  report('limit: fetch and discard', scenario, limit, limit, payload);
  const read = await median(runs, () =>
    measure([connector, 'read', ...files(server.url, scenario)], {LOG_LEVEL: 'warn'}),
  );
  if (read.lines < scenario.records) throw new Error(`${read.lines} lines for ${scenario.records} records`);
  report(scenario.incremental ? 'read, incremental' : 'read', scenario, read, limit, payload);
  if (flag('peers') && !scenario.incremental) {
    for (const peer of peers) {
      const parameters = peer.prepare(server.url, scenario.page);
      if (parameters === undefined) process.stderr.write(`${peer.name}: could not be installed here\n`);
      else report(peer.name, scenario, await median(1, () => measure(parameters)), limit, payload);
    }
  }
  server.stop();
}

process.stdout.write(`Node ${process.version}, ${cpus()[0]?.model ?? 'unknown processor'}, median of ${runs}\n`);
const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
for (const row of rows) {
  process.stdout.write(
    `${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ')}\n`,
  );
}
