import {once} from 'node:events';
import {mkdtempSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {cli} from '../../src/cli.js';
import {gate, json, startApi} from '../support/api-server.js';
import {Messages} from '../support/protocol.js';
import {startCli} from '../support/run-cli.js';
import {runSource, testHost} from '../support/run-source.js';

const renewed = json({access_token: 'tok-1', refresh_token: 'rotated-1', expires_in: 3600});
const config = (url: string) => ({
  client: {
    base_url: url,
    auth: {type: 'oauth2_refresh_token', token_url: `${url}/token`, client_id: 'x', refresh_token: 'refresh-0'},
  },
  resources: ['rows'],
});
const catalog = {streams: [{stream: {name: 'rows', json_schema: {}}, sync_mode: 'full_refresh'}]};

const controls = (messages: Messages): string[] =>
  messages.answers().map((answer) => JSON.stringify(answer.type === 'CONTROL' ? answer.control : answer));

/** The built program, and what it has printed so far. */
function started(args: Parameters<typeof startCli>[0]) {
  const child = startCli(args);
  const said = {out: '', err: ''};
  child.stdout.on('data', (chunk) => {
    said.out += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    said.err += String(chunk);
  });
  return {child, said, closed: once(child, 'close')};
}

test('SIGTERM while the new token is on its way: it is stored before the process dies by the signal', async () => {
  const held = gate();
  await using api = await startApi({
    '/token': async () => {
      await held.opened;
      return renewed;
    },
  });
  const {child, said, closed} = started(['read', '--config', config(api.url), '--catalog', catalog]);
  await expect.poll(() => api.requests.length, {timeout: 30_000}).toBe(1);
  child.kill('SIGTERM');
  // The stop is known to the read once it has said its last state.
  await expect.poll(() => said.out, {timeout: 30_000}).toContain('"type":"STATE"');
  held.open();
  expect([...(await closed), said.err]).toEqual([null, 'SIGTERM', '']);
  expect(controls(new Messages(said.out))).toEqual([expect.stringContaining('rotated-1')]);
  expect(api.requests).toHaveLength(1);
});

test('SIGTERM just when the new token comes', async () => {
  let kill = (): unknown => undefined;
  await using api = await startApi({
    '/token': () => {
      kill();
      return renewed;
    },
    '/rows': () => new Promise(() => undefined),
  });
  const {child, said, closed} = started(['read', '--config', config(api.url), '--catalog', catalog]);
  kill = () => child.kill('SIGTERM');
  expect([...(await closed), said.err]).toEqual([null, 'SIGTERM', '']);
  expect(controls(new Messages(said.out))).toEqual([expect.stringContaining('rotated-1')]);
});

test('check that is stopped has no answer, but the new token', async () => {
  const stop = new AbortController();
  await using api = await startApi({
    '/token': () => {
      stop.abort(new Error('stopped'));
      return renewed;
    },
  });
  const {messages} = await runSource(['check', '--config', config(api.url)], {signal: stop.signal});
  expect(controls(messages)).toEqual([expect.stringContaining('rotated-1')]);
  expect(api.requests).toHaveLength(1);
});

test('try that is stopped has the new token in its file', async () => {
  const stop = new AbortController();
  await using api = await startApi({
    '/token': () => {
      stop.abort(new Error('stopped'));
      return renewed;
    },
  });
  const file = join(mkdtempSync(join(tmpdir(), 'renewal-')), 'acme.json');
  writeFileSync(file, JSON.stringify(config(api.url)));
  await cli(['try', '--config', file], testHost({signal: stop.signal}).host);
  expect(readFileSync(file, 'utf8')).toContain('rotated-1');
});

test('a renewal that is to be repeated is not, once the command is stopped', async () => {
  const stop = new AbortController();
  await using api = await startApi({
    '/token': () => {
      stop.abort(new Error('stopped'));
      return {status: 503};
    },
  });
  const {messages} = await runSource(['read', '--config', config(api.url), '--catalog', catalog], {
    signal: stop.signal,
  });
  expect(messages.answers()).toEqual([]);
  expect(api.requests).toHaveLength(1);
});
