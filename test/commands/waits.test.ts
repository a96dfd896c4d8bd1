import {expect, test} from 'vitest';
import {clockTime, isWaitLine} from '../../src/commands/wait-line.js';
import {json, startApi} from '../support/api-server.js';
import {runSource} from '../support/run-source.js';

const catalog = {
  streams: [
    {
      stream: {name: 'rows', json_schema: {type: 'object'}, supported_sync_modes: ['full_refresh']},
      sync_mode: 'full_refresh',
      destination_sync_mode: 'append',
    },
  ],
};

const limited = (seconds: string) => () => {
  let asked = 0;
  return () => (asked++ === 0 ? json({}, {status: 429, headers: {'retry-after': seconds}}) : json([{id: 1}]));
};

test('read and discover log a wait of 5 s or more with its reason, and no secret', async () => {
  await using api = await startApi({'/rows': limited('60')()});
  const config = {
    client: {
      base_url: api.url,
      paginator: 'single_page',
      auth: {type: 'api_key', name: 'key', location: 'query', api_key: '{secrets.key}'},
    },
    resources: ['rows'],
    secrets: {key: 'sk_live_12345'},
  };
  const read = await runSource(['read', '--config', config, '--catalog', catalog]);
  const [line, ...others] = read.messages.logs('INFO').filter(isWaitLine);
  expect(others).toEqual([]);
  expect(line).toMatch(
    /^rows: waiting until \d\d:\d\d:\d\d \(60 s\), the server asks to: GET http:\/\/127\S+\/rows\S* answered 429$/,
  );
  expect(read.stdout).not.toContain('sk_live');
  await using again = await startApi({'/rows': limited('60')()});
  const found = await runSource(['discover', '--config', {...config, client: {...config.client, base_url: again.url}}]);
  expect(found.messages.logs('INFO').filter(isWaitLine)).toHaveLength(1);
});

test('our own wait says which try it is before; short ones are silent', async () => {
  let asked = 0;
  await using api = await startApi({'/rows': () => (asked++ < 3 ? json({}, {status: 503}) : json([{id: 1}]))});
  const config = {client: {base_url: api.url, paginator: 'single_page'}, resources: ['rows']};
  const {messages} = await runSource(['read', '--config', config, '--catalog', catalog]);
  expect(messages.logs('INFO').filter(isWaitLine)).toEqual([expect.stringContaining('(8 s), before try 4: GET')]);
});

test('another day is named', () => {
  const noon = new Date(2026, 0, 5, 12, 3, 10).getTime();
  expect(clockTime(noon + 60_000, noon)).toBe('12:04:10');
  expect(clockTime(noon + 86_400_000, noon)).toMatch(/^2026-01-06 12:03:10$/);
});

test('a LOG_LEVEL that is none is a warning', async () => {
  await using api = await startApi({'/rows': () => json([{id: 1}])});
  const config = {client: {base_url: api.url}, resources: ['rows']};
  const levels = async (level: string) =>
    (await runSource(['check', '--config', config], {environment: {LOG_LEVEL: level}})).messages.logs('WARN');
  expect(await levels('bogus')).toEqual(['LOG_LEVEL=bogus is no level: debug, info, warn or error; info is used']);
  expect(await levels('Warning')).toEqual([]);
});
