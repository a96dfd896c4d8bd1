import {execFileSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {type Handler, json, startApi} from '../support/api-server.js';
import {expectSoundRead, Messages} from '../support/protocol.js';
import {type Argument, type Ended, runCli, startCli} from '../support/run-cli.js';
import {catalogOf} from './catalog-of.js';
import {numbers} from './numbers.js';

const everyPage = {CHECKPOINT_INTERVAL_SECONDS: '0'};

/** Pages of 10; the one at `stuckAt` never comes. */
const stuck =
  (stuckAt: number): Handler =>
  ({query}) => {
    const offset = Number(query.get('offset'));
    return offset === stuckAt
      ? new Promise(() => undefined)
      : json(numbers(offset + 1, offset + 10).map((id) => ({id})));
  };

const config = (url: string): object => ({
  client: {base_url: url, paginator: {type: 'offset', limit: 10, total_path: null}},
  resources: ['rows'],
});
const catalog = catalogOf(['rows'], 'full_refresh', {sync_id: 3});

/** Sends the signal when the text on stdout is as told. */
function signalled(
  args: readonly Argument[],
  signal: NodeJS.Signals,
  when: (text: string) => boolean,
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  let sent = false;
  return runCli(args, {
    environment,
    onStdout(text, kill) {
      if (sent || !when(text)) return;
      sent = true;
      kill(signal);
    },
  });
}

const records = (count: number) => (text: string) => (text.match(/"type":"RECORD"/g)?.length ?? 0) >= count;

/** Records that a STATE was printed for. */
const covered = (messages: Messages): number =>
  messages.stateMessages().reduce((sum, {state}) => sum + state.sourceStats.recordCount, 0);

test.concurrent.each([
  // A minute has not passed: the state that is due at the end is the only one.
  ['SIGTERM', {}],
  ['SIGINT', everyPage],
] as const)('%s: the last state, no status, death by the signal', async (signal, environment) => {
  await using api = await startApi(stuck(30));
  const args = ['read', '--config', config(api.url), '--catalog', catalog];
  const run = await signalled(args, signal, records(15), environment);
  expect([run.code, run.signal, run.stderr]).toEqual([null, signal, '']);
  expectSoundRead(run.messages, ['rows'], 'stopped');
  expect(run.messages.statuses()).toEqual(['STARTED', 'RUNNING']);
  expect(run.messages.errors()).toEqual([]);
  expect(covered(run.messages)).toBe(run.messages.records().length);

  const state = JSON.parse(run.messages.stateFile());
  await using healed = await startApi(({query}) => {
    const offset = Number(query.get('offset'));
    return json(numbers(offset + 1, Math.min(50, offset + 10)).map((id) => ({id})));
  });
  const next = await runCli(['read', '--config', config(healed.url), '--catalog', catalog, '--state', state]);
  const ids = [...run.messages.records(), ...next.messages.records()].map(({id}) => id);
  expect(ids).toEqual(numbers(1, 50));
});

test.concurrent('SIGTERM while the API makes us wait for an hour', async () => {
  const full = {status: 429, headers: {'retry-after': '3500'}};
  await using api = await startApi(({query}) => (query.get('offset') === '0' ? json([{id: 1}]) : full));
  const args = ['read', '--config', config(api.url), '--catalog', catalog];
  const run = await signalled(args, 'SIGTERM', (text) => text.includes('RATE_LIMITED'));
  expect([run.code, run.signal, run.stderr]).toEqual([null, 'SIGTERM', '']);
  expect(run.messages.statuses()).toEqual(['STARTED', 'RUNNING', 'RATE_LIMITED']);
  expect([covered(run.messages), run.messages.records().length]).toEqual([1, 1]);
});

test.concurrent('SIGTERM in check and discover: no answer, death by the signal', async () => {
  await using api = await startApi(stuck(0));
  const runs = await Promise.all(
    ['check', 'discover'].map(async (command) => {
      const child = startCli([command, '--config', config(api.url)]);
      let said = '';
      for (const pipe of [child.stdout, child.stderr]) {
        pipe.on('data', (chunk) => {
          said += String(chunk);
        });
      }
      const end = new Promise((resolve) => child.once('close', (code, signal) => resolve([code, signal, said])));
      return {child, end};
    }),
  );
  await until(() => api.requests.length === 2);
  for (const {child} of runs) child.kill('SIGTERM');
  for (const {end} of runs) expect(await end).toEqual([null, 'SIGTERM', '']);
});

/** Polls for what a test cannot be told. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}

if (canUnshare()) {
  test.concurrent('as PID 1 of a container: the same, and exit code 143', async () => {
    await using api = await startApi(stuck(30));
    const inside = ['unshare', '--pid', '--fork', '--mount-proc'];
    const args = ['read', '--config', config(api.url), '--catalog', catalog];
    const child = startCli(args, {environment: everyPage, inside});
    let stdout = '';
    let stderr = '';
    let sent = false;
    child.stderr.on('data', (chunk) => {
      stderr += String(chunk);
    });
    child.stdout.on('data', (chunk) => {
      stdout += String(chunk);
      if (sent || !records(20)(stdout)) return;
      sent = true;
      const [init] = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ');
      process.kill(Number(init), 'SIGTERM');
    });
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect([code, stderr]).toEqual([143, '']);
    const messages = new Messages(stdout);
    expectSoundRead(messages, ['rows'], 'stopped');
    expect(messages.statuses()).toEqual(['STARTED', 'RUNNING']);
    expect(messages.records()).toHaveLength(covered(messages));
  });
}

/** A process namespace of its own needs root, and a kernel that lets it. */
function canUnshare(): boolean {
  try {
    execFileSync('unshare', ['--pid', '--fork', '--mount-proc', 'true'], {stdio: 'ignore'});
    return true;
  } catch {
    return false;
  }
}
