import {spawn} from 'node:child_process';
import {mkdtempSync, writeFileSync} from 'node:fs';
import {createServer, type Server} from 'node:http';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterEach, expect, test} from 'vitest';
import {expectSoundRead, Messages} from '../support/protocol.js';
import {type RunOptions, runCli} from '../support/run-cli.js';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** Pages of 10 without end; from page `stuckAt` on no answer comes. */
async function serve(stuckAt: number, text = ''): Promise<{readonly base: string; readonly requests: () => number}> {
  let requests = 0;
  const started = createServer((request, response) => {
    requests++;
    const page = Number(new URL(request.url ?? '/', 'http://x').searchParams.get('offset')) / 10;
    if (page >= stuckAt) return;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(Array.from({length: 10}, (_, i) => ({id: page * 10 + i, text}))));
  });
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  const address = started.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {base: `http://127.0.0.1:${address.port}`, requests: () => requests};
}

const config = (base: string) => ({
  client: {base_url: base},
  resources: [{name: 'rows', endpoint: {path: 'rows', paginator: {type: 'offset', limit: 10, total_path: null}}}],
});
const catalog = {
  streams: [
    {stream: {name: 'rows', json_schema: {properties: {id: {}, text: {}}}}, sync_mode: 'full_refresh', sync_id: 3},
  ],
};
const environment = {CHECKPOINT_INTERVAL_SECONDS: '0'};

const killAt = (records: number, signal: NodeJS.Signals): RunOptions => {
  let sent = false;
  return {
    environment,
    onStdout(text, kill) {
      if (sent || (text.match(/"RECORD"/g)?.length ?? 0) < records) return;
      sent = true;
      kill(signal);
    },
  };
};

test('SIGTERM in the middle of a request: the last STATE, no status, death by the signal; the next read goes on', async () => {
  const {base} = await serve(5);
  const stopped = await runCli(['read', '--config', config(base), '--catalog', catalog], killAt(50, 'SIGTERM'));
  expect([stopped.code, stopped.signal, stopped.stderr]).toEqual([null, 'SIGTERM', '']);
  expectSoundRead(stopped.messages, ['rows'], 'stopped');
  expect(stopped.messages.statuses()).toEqual(['STARTED', 'RUNNING']);
  expect(stopped.messages.records()).toHaveLength(50);
  server?.closeAllConnections();
  server?.close();

  const again = await serve(8);
  const state = JSON.parse(stopped.messages.stateFile());
  const resumed = await runCli(
    ['read', '--config', config(again.base), '--catalog', catalog, '--state', state],
    killAt(30, 'SIGTERM'),
  );
  expect(resumed.messages.records().map(({id}) => id)).toEqual(Array.from({length: 30}, (_, i) => 50 + i));
});

test('kill -9 at any moment: the records of both runs together are complete', async () => {
  const {base} = await serve(20);
  for (const moment of [1, 57]) {
    const killed = await runCli(['read', '--config', config(base), '--catalog', catalog], killAt(moment, 'SIGKILL'));
    const lines = killed.stdout.slice(0, killed.stdout.lastIndexOf('\n') + 1);
    const first = new Messages(lines);
    const state = JSON.parse(first.stateFile());
    const second = await runCli(
      ['read', '--config', config(base), '--catalog', catalog, '--state', state],
      killAt(1, 'SIGTERM'),
    );
    const ids = new Set([...first.records(), ...second.messages.records()].map(({id}) => id));
    for (let id = 0; id < first.records().length; id++) expect(ids.has(id)).toBe(true);
    const next = second.messages.records()[0]?.['id'];
    const covered = first.stateMessages().reduce((sum, {state: {sourceStats}}) => sum + sourceStats.recordCount, 0);
    expect(next).toBeLessThanOrEqual(covered);
  }
});

test('stdout closed: the process ends by itself, quietly, and asks for nothing more', async () => {
  const {base, requests} = await serve(1_000_000, 'x'.repeat(1_000));
  const folder = mkdtempSync(join(tmpdir(), 'closed-'));
  const file = (name: string, value: object): string => {
    writeFileSync(join(folder, name), JSON.stringify(value));
    return join(folder, name);
  };
  const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
  const args = ['read', '--config', file('config', config(base)), '--catalog', file('catalog', catalog)];
  const child = spawn(process.execPath, [main, ...args], {stdio: ['ignore', 'pipe', 'pipe']});
  let stderr = '';
  child.stderr.on('data', (text) => {
    stderr += String(text);
  });
  child.stdout.once('data', () => child.stdout.destroy());
  const ended = await new Promise<{code: number | null}>((resolve) => child.on('close', (code) => resolve({code})));
  expect(ended.code).toBe(1);
  expect(stderr).toBe('');
  const after = requests();
  await new Promise((resolve) => setImmediate(resolve));
  expect(requests()).toBe(after);
});

/** Runs a line of JavaScript inside the process once the read is under way. */
const inside = (code: string): RunOptions => {
  let sent = false;
  const hook = `process.on("SIGUSR2", () => setImmediate(() => {${code}}))`;
  return {
    environment: {NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(hook)}`},
    onStdout(text, kill) {
      if (sent || !text.includes('"RUNNING"')) return;
      sent = true;
      kill('SIGUSR2');
    },
  };
};

test('an exception nobody caught is a TRACE system_error, exit 1, and nothing on stderr', async () => {
  const {base} = await serve(0);
  const args = ['read', '--config', config(base), '--catalog', catalog];
  const {code, stderr, messages} = await runCli(args, inside('throw new TypeError("boom")'));
  expect([code, stderr]).toEqual([1, '']);
  expect(messages.errors()).toMatchObject([{failure_type: 'system_error', message: 'internal error: boom'}]);
});

test("Node's warnings are LOG WARN", async () => {
  const {base} = await serve(0);
  const args = ['read', '--config', config(base), '--catalog', catalog];
  const {stderr, messages} = await runCli(
    args,
    inside('process.emitWarning("careful"); process.kill(process.pid, "SIGTERM")'),
  );
  expect(stderr).toBe('');
  expect(messages.logs('WARN')).toContain('Warning: careful');
});
