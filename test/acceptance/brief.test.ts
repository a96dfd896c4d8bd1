import {expect, test} from 'vitest';
import {startApi} from '../support/api-server.js';
import {expectSoundCatalog, expectSoundRead} from '../support/protocol.js';
import {configured, runCli} from '../support/run-cli.js';
import {apiKey, brief, onceEach, rowsOf} from './brief.js';
import {endOf, fine} from './ends.js';
import {numbers} from './numbers.js';

const quick = 'retry: {backoff_factor: 0.01}';

test.concurrent('1,037 rows of an API that answers 429, 500 and 503 now and then', async () => {
  const failures = [{status: 429}, {status: 500, body: '<h1>oops</h1>'}, {status: 503}, undefined];
  await using api = await startApi(onceEach((page) => failures[page % 4], rowsOf(1_037)));
  const config = brief(api.url, quick);

  const check = await runCli(['check', '--config', config]);
  expect(check.messages.answers()).toEqual([{type: 'CONNECTION_STATUS', connectionStatus: {status: 'SUCCEEDED'}}]);
  const discover = await runCli(['discover', '--config', config]);
  expectSoundCatalog(discover.messages);
  expect(discover.messages.answers()).toMatchObject([
    {
      catalog: {
        streams: [
          {
            name: 'resource_name',
            source_defined_primary_key: [['id']],
            supported_sync_modes: ['full_refresh'],
            json_schema: {properties: {id: {type: ['null', 'integer']}, name: {type: ['null', 'string']}}},
          },
        ],
      },
    },
  ]);

  const before = api.requests.length;
  const read = await runCli(['read', '--config', config, '--catalog', configured(discover.messages)]);
  for (const run of [check, discover, read]) {
    expect(endOf(run)).toEqual(fine);
    expect(run.stdout).not.toContain(apiKey);
  }
  expectSoundRead(read.messages, ['resource_name']);
  expect(read.messages.records().map(({id}) => id)).toEqual(numbers(1, 1_037));
  expect(read.messages.records()[1_036]).toEqual({id: 1_037, name: 'row 1037'});
  const asked = api.requests.slice(before);
  expect([...new Set(asked.map(({query}) => query.get('offset')))]).toEqual(
    [...numbers(0, 10).map((page) => page * 100), 1_037].map(String),
  );
  for (const {method, path, query} of asked) {
    expect([method, path, query.get('limit'), query.get('api_key')]).toEqual(['GET', '/v1/resource', '100', apiKey]);
  }
  const repeated = asked.filter(({target}, index) => target === asked[index + 1]?.target).length;
  expect(repeated).toBeGreaterThan(3);
  expect(read.messages.statuses()).toEqual(['STARTED', 'RUNNING', 'COMPLETE']);
});

test.concurrent('a wait that the server names is kept, and seen by the platform', async () => {
  const limited = {status: 429, headers: {'retry-after': '1'}};
  await using api = await startApi(onceEach((page) => (page === 1 ? limited : undefined), rowsOf(150)));
  const started = Date.now();
  const read = await runCli(['read', '--config', brief(api.url), '--catalog', catalog]);
  expect(Date.now() - started).toBeGreaterThan(1_000);
  expect(endOf(read)).toEqual(fine);
  expectSoundRead(read.messages, ['resource_name']);
  expect(read.messages.records()).toHaveLength(150);
  expect(read.messages.statuses()).toEqual(['STARTED', 'RUNNING', 'RATE_LIMITED', 'RUNNING', 'COMPLETE']);
  const reset = read.messages.statusTraces().flatMap(({reasons}) => reasons?.[0].rate_limited.quota_reset ?? []);
  expect(reset).toEqual([expect.any(Number)]);
  expect(Number(reset[0])).toBeGreaterThan(started);
  const order = read.messages.all.flatMap((message) =>
    message.type === 'STATE' ? ['STATE'] : message.type === 'TRACE' ? [message.trace.type] : [],
  );
  expect(order.slice(0, 4)).toEqual(['STREAM_STATUS', 'STREAM_STATUS', 'STATE', 'STREAM_STATUS']);
});

test.concurrent('without a word from the server the first wait is two seconds', async () => {
  await using api = await startApi(onceEach((page) => (page === 0 ? {status: 503} : undefined), rowsOf(5)));
  const started = Date.now();
  const read = await runCli(['read', '--config', brief(api.url), '--catalog', catalog, '--debug']);
  expect(Date.now() - started).toBeGreaterThan(2_000);
  expect(endOf(read)).toEqual(fine);
  expect(read.messages.logs('DEBUG').join('\n')).toMatch(/503.*again in 2\.0 s.*\(retry 1\) → 200/s);
  expect(read.messages.records()).toHaveLength(5);
});

const catalog = {
  streams: [
    {
      stream: {name: 'resource_name', json_schema: {type: 'object', properties: {id: {}, name: {}}}},
      sync_mode: 'full_refresh',
      destination_sync_mode: 'overwrite',
    },
  ],
};
