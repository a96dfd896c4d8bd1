import {mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {cli} from '../../src/cli.js';
import {type Api, gate, json, startApi} from '../support/api-server.js';
import {FakeClock} from '../support/fake-clock.js';
import {Messages} from '../support/protocol.js';
import {runSource, testHost} from '../support/run-source.js';

const config = (api: Api, more: object = {}): object => ({
  client: {base_url: api.url, retry: {max_retries: 0}, ...more},
  resources: ['a', 'b'],
});

const limited = (seconds: number, times: number) =>
  startApi((_, index) => {
    if (index < times) return json({}, {status: 429, headers: {'retry-after': String(seconds)}});
    return json([{id: 1}]);
  });

test.each(['check', 'discover'])('%s: a wait beyond what the platform gives is an error at once', async (command) => {
  await using api = await limited(1_800, 100);
  const clock = new FakeClock();
  const {code, messages} = await runSource([command, '--config', config(api)], {clock});
  expect(code).toBe(1);
  expect(messages.answers()).toEqual([]);
  expect(messages.errors()).toMatchObject([
    {
      failure_type: 'transient_error',
      message: expect.stringMatching(/asks to wait until .*4 minutes at most in check/),
    },
  ]);
  expect(Math.max(0, ...clock.sleeps)).toBeLessThan(300_000);
});

test.each(['check', 'discover'])('%s: a short wait is waited', async (command) => {
  await using api = await limited(60, 1);
  const clock = new FakeClock();
  const {code, messages} = await runSource([command, '--config', config(api)], {clock});
  expect([code, messages.answers().length]).toEqual([0, 1]);
  expect(Math.max(...clock.sleeps)).toBeGreaterThanOrEqual(60_000);
});

test('the waits of one request add up, and max_wait may be smaller', async () => {
  await using api = await limited(100, 100);
  const three = await runSource(['discover', '--config', config(api)]);
  expect(three.messages.errors()).toMatchObject([{failure_type: 'transient_error'}]);
  await using other = await limited(100, 1);
  const small = await runSource(['discover', '--config', config(other, {rate_limit: {max_wait: 'PT1M'}})]);
  expect(small.messages.errors()).toMatchObject([{failure_type: 'transient_error'}]);
});

test('with --env, as sync asks, max_wait alone counts', async () => {
  await using api = await limited(1_800, 1);
  const clock = new FakeClock();
  const {code, messages} = await runSource(['discover', '--env', '--config', config(api)], {clock});
  expect([code, messages.answers().length]).toEqual([0, 1]);
  expect(Math.max(...clock.sleeps)).toBeGreaterThanOrEqual(1_800_000);
});

test.each(['check', 'discover'])('%s ends before the platform ends it', async (command) => {
  const never = gate();
  await using api = await startApi(async () => {
    await never.opened;
    return json([]);
  });
  const file = join(mkdtempSync(join(tmpdir(), 'source-rest-api-')), 'config.json');
  writeFileSync(file, JSON.stringify(config(api)));
  const {host, stdout} = testHost();
  const alarm = new FakeClock({auto: false});
  let ended = false;
  const run = cli([command, '--config', file], {...host, alarm}).finally(() => {
    ended = true;
  });
  while (api.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
  alarm.advance(509_000);
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(ended).toBe(false);
  alarm.advance(1_000);
  expect(await run).toBe(1);
  never.open();
  expect(alarm.sleeps[0]).toBeLessThan(9 * 60_000);
  const messages = new Messages(stdout());
  expect(messages.answers()).toEqual([]);
  expect(messages.errors()).toMatchObject([
    {failure_type: 'transient_error', message: expect.stringMatching(/^a: not finished after 8\.5 minutes/)},
  ]);
});
