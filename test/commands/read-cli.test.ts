import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http';
import {afterEach, describe, expect, test} from 'vitest';
import {expectSoundCatalog, expectSoundRead} from '../support/protocol.js';
import {configured, runCli} from '../support/run-cli.js';
import {runSource} from '../support/run-source.js';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

async function serve(answer: (url: URL, response: ServerResponse, request: IncomingMessage) => void): Promise<string> {
  const started = createServer((request, response) =>
    answer(new URL(request.url ?? '/', 'http://x'), response, request),
  );
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  const address = started.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}`;
}

const json = (response: ServerResponse, value: unknown, status = 200): void => {
  response.writeHead(status, {'content-type': 'application/json'});
  response.end(JSON.stringify(value));
};

/** The configuration of the brief. */
const brief = (base: string) => ({
  client: {
    base_url: base,
    auth: {type: 'api_key', name: 'api_key', api_key: '{secrets.api_key}', location: 'query'},
  },
  secrets: {api_key: 'sk-very-secret'},
  resource_defaults: {primary_key: 'id', write_disposition: 'merge'},
  resources: [
    {
      name: 'resource_name',
      endpoint: {path: '/v1/resource', data_selector: 'data', paginator: {type: 'offset', limit: 100}},
    },
  ],
});

const rows = (count: number) => (url: URL, response: ServerResponse) => {
  const offset = Number(url.searchParams.get('offset'));
  const limit = Number(url.searchParams.get('limit'));
  if (url.searchParams.get('api_key') !== 'sk-very-secret') return json(response, {error: 'who are you?'}, 401);
  const ids = Array.from({length: Math.max(0, Math.min(limit, count - offset))}, (_, i) => offset + i + 1);
  json(response, {data: ids.map((id) => ({id, name: `row ${id}`}))});
};

describe("the brief's configuration", () => {
  test('check, discover and read', async () => {
    const base = await serve(rows(250));
    const check = await runCli(['check', '--config', brief(base)]);
    expect(check.messages.answers()).toEqual([{type: 'CONNECTION_STATUS', connectionStatus: {status: 'SUCCEEDED'}}]);
    const catalog = await runCli(['discover', '--config', brief(base)]);
    const read = await runCli(['read', '--config', brief(base), '--catalog', configured(catalog.messages)]);
    expectSoundCatalog(catalog.messages);
    expect(catalog.messages.answers()).toMatchObject([
      {catalog: {streams: [{name: 'resource_name', source_defined_primary_key: [['id']]}]}},
    ]);
    expectSoundRead(read.messages, ['resource_name']);
    expect(read.messages.records().map(({id}) => id)).toEqual(Array.from({length: 250}, (_, i) => i + 1));
    for (const run of [check, catalog, read]) {
      expect([run.code, run.signal, run.stderr]).toEqual([0, null, '']);
      expect(run.stdout).not.toContain('sk-very-secret');
    }
  });

  test('wrong credentials: FAILED with exit 0 in check, TRACE ERROR with exit 1 in read', async () => {
    const base = await serve((_, response) => json(response, {error: 'who are you?'}, 401));
    const check = await runSource(['check', '--config', brief(base)]);
    expect(check.code).toBe(0);
    expect(check.messages.answers()).toMatchObject([{connectionStatus: {status: 'FAILED'}}]);
    expect(check.stdout).toMatch(/resource_name.*401/);
    const catalog = {
      streams: [
        {stream: {name: 'resource_name', json_schema: null}, sync_mode: 'incremental', destination_sync_mode: 'append'},
      ],
    };
    const read = await runSource(['read', '--config', brief(base), '--catalog', catalog]);
    expect([read.code, read.stderr]).toEqual([1, '']);
    expectSoundRead(read.messages, ['resource_name']);
    expect(read.messages.errors()).toMatchObject([
      {failure_type: 'config_error', stream_descriptor: {name: 'resource_name'}},
    ]);
    for (const run of [check, read]) expect(run.stdout).not.toContain('sk-very-secret');
  });

  test('a refused stream keeps its place in the catalog, an outage fails discover', async () => {
    const refusing = await serve((_, response) => json(response, {}, 403));
    const refused = await runSource(['discover', '--config', brief(refusing)]);
    expectSoundCatalog(refused.messages);
    expect(refused.messages.logs('WARN').join()).toMatch(/403/);
    const config = {
      ...brief('http://127.0.0.1:1'),
      client: {...brief('http://127.0.0.1:1').client, retry: {max_retries: 0}},
    };
    const down = await runSource(['discover', '--config', config]);
    expect(down.code).toBe(1);
    expect(down.messages.answers()).toEqual([]);
    expect(down.messages.errors()).toMatchObject([{failure_type: 'transient_error'}]);
    const check = await runSource(['check', '--config', config]);
    expect([check.code, check.messages.answers()]).toEqual([1, []]);
  });

  test('CHECKPOINT_INTERVAL_SECONDS=0 prints a STATE after every page', async () => {
    const base = await serve(rows(250));
    const catalog = configured((await runSource(['discover', '--config', brief(base)])).messages);
    const environment = {CHECKPOINT_INTERVAL_SECONDS: '0'};
    const read = await runSource(['read', '--config', brief(base), '--catalog', catalog], {environment});
    expectSoundRead(read.messages, ['resource_name']);
    const counts = read.messages.stateMessages().map(({state}) => state.sourceStats.recordCount);
    expect(counts.filter((count) => count > 0)).toEqual([100, 100, 50]);
  });

  test('--debug logs every attempt without credentials', async () => {
    const base = await serve(rows(5));
    const {messages, stdout} = await runSource(['check', '--config', brief(base), '--debug']);
    expect(messages.logs('DEBUG').join()).toMatch(/GET http:\/\/127\.0\.0\.1:\d+\/v1\/resource.*200/);
    expect(stdout).not.toContain('sk-very-secret');
  });
});

describe('faults before any request', () => {
  const missing = '/no/such/file.json';
  test.each([
    ['no configuration', ['read', '--config', missing, '--catalog', missing], /no such file/],
    ['no --catalog', ['read', '--config', missing], /--catalog/],
    ['an invalid configuration', ['discover', '--config', {client: {}, resources: [{nam: 'x'}]}], /invalid/],
    [
      'an invalid catalog',
      [
        'read',
        '--config',
        brief('http://127.0.0.1:1'),
        '--catalog',
        {streams: [{stream: {name: 'x'}, sync_mode: 'INVALID'}]},
      ],
      /"INVALID" is not a sync mode/,
    ],
  ])('%s: TRACE ERROR config_error, exit 1, nothing on stderr', async (_, args, message) => {
    const {code, stderr, messages} = await runSource(args);
    expect([code, stderr]).toEqual([1, '']);
    expect(messages.errors()).toMatchObject([{failure_type: 'config_error', message: expect.stringMatching(message)}]);
    expect(messages.answers()).toEqual([]);
  });

  test('check answers FAILED with exit 0', async () => {
    const {code, messages} = await runSource(['check', '--config', {client: {}, resources: []}]);
    expect(code).toBe(0);
    expect(messages.answers()).toMatchObject([{connectionStatus: {status: 'FAILED'}}]);
    const none = await runSource(['check', '--config', missing]);
    expect([none.code, none.messages.answers()]).toMatchObject([0, [{connectionStatus: {status: 'FAILED'}}]]);
  });
});
