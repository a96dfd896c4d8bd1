import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, expect, test} from 'vitest';
import {type Api, json, startApi} from '../support/api-server.js';
import {expectSoundRead} from '../support/protocol.js';
import {type Ended, runCli} from '../support/run-cli.js';
import {runSource} from '../support/run-source.js';
import {catalogOf} from './catalog-of.js';
import {endOf, failed, fine} from './ends.js';

const start = '2025-01-01T00:00:00Z';
const reached = '2025-03-01T00:00:00Z';
const rows = [start, reached, '2025-04-01T00:00:00Z'].map((at, index) => ({id: index + 1, at}));

const serve = () =>
  startApi(({query, path}) =>
    path === '/plain' ? json([{id: 1}]) : json(rows.filter(({at}) => at >= (query.get('since') ?? ''))),
  );

/** Two streams with a cursor and one without. */
const config = (url: string, more: object = {}): object => ({
  client: {base_url: url, paginator: 'single_page'},
  resource_defaults: {primary_key: 'id'},
  resources: [
    ...['rows', 'others'].map((name) => ({
      name,
      endpoint: {incremental: {cursor_path: 'at', initial_value: start, start_param: 'since', ...more}},
    })),
    'plain',
  ],
});

const read = (api: Api, state: Buffer | object, catalog = catalogOf(['rows'], 'incremental')): Promise<Ended> =>
  runCli(['read', '--config', config(api.url), '--catalog', catalog, '--state', state]);

const ours = {v: 1, cursor: {at: reached}};
const message = (stream_state: unknown = ours, name = 'rows', more: object = {}): object => ({
  type: 'STREAM',
  stream: {stream_descriptor: {name, ...more}, stream_state},
});
const text = (content: string): Buffer => Buffer.from(content, 'utf8');
const lines = (...values: object[]): Buffer => text(values.map((value) => `${JSON.stringify(value)}\n`).join(''));

const folder = mkdtempSync(join(tmpdir(), 'source-rest-api-'));
afterAll(() => rmSync(folder, {recursive: true}));
let files = 0;
function written(content: Buffer): string {
  const file = join(folder, `${files++}.json`);
  writeFileSync(file, content);
  return file;
}

/** As PyAirbyte and the platform write them: nothing optional is left out. */
const withNulls = {
  ...message(ours, 'rows', {namespace: null}),
  global: null,
  data: null,
  sourceStats: {recordCount: 1.0},
  destinationStats: null,
};

/** A state file, and where a read begins that was given it. In this process: what differs is only the file. */
test.concurrent.each<readonly [string, Buffer | object, string]>([
  ['an array of messages', [message()], reached],
  ['explicit nulls everywhere', [withNulls], reached],
  [
    'as PyAirbyte writes it: a key twice, counts as floats',
    text(
      `[${JSON.stringify(message(ours, 'rows', {namespace: null})).slice(0, -1)},"global_":null,"data":null,` +
        '"sourceStats":{"recordCount":2.0,"rejectedRecordCount":null},"destinationStats":null,"global_":null}\n, ' +
        `${JSON.stringify(message({v: 1, done: {sync_id: 1, at: 1}}, 'plain'))}]`,
    ),
    reached,
  ],
  ['wrapped messages', [{type: 'STATE', state: message()}], reached],
  ['one bare message', message(), reached],
  ['one wrapped message', {type: 'STATE', state: withNulls, log: null, record: null}, reached],
  ['lines, as a pipe leaves them', lines({type: 'STATE', state: message({v: 1})}, message()), reached],
  ['a bare stream', [{stream_descriptor: {name: 'rows'}, stream_state: ours}], reached],
  [
    'GLOBAL',
    [
      {
        type: 'GLOBAL',
        global: {shared_state: null, stream_states: [{stream_descriptor: {name: 'rows'}, stream_state: ours}]},
      },
    ],
    reached,
  ],
  ['the last of several', [message({v: 1, cursor: {at: start}}), message()], reached],
  ['other streams beside it', [message(ours, 'gone'), message(null, 'others'), message()], reached],
  ['a cursor written by hand, or by Airbyte', [message({at: reached})], reached],
  [
    'keys in another order, blanks, a BOM',
    text(`\ufeff [ ${JSON.stringify(message({cursor: {at: reached}, v: 1}), null, 2)} ]\n`),
    reached,
  ],
  ['a namespace that is empty', [message(ours, 'rows', {namespace: ''})], reached],
  ['an empty array', [], start],
  ['an empty file', text(''), start],
  ['null', text('null'), start],
  ['an empty object', {}, start],
  ['a state of null', [message(null)], start],
  ['a state of {}', [message({})], start],
  ['LEGACY without data', [{type: 'LEGACY', data: {}}], start],
  ['another namespace: another stream', [message(ours, 'rows', {namespace: 'x'})], start],
  ['only unknown streams', [message(ours, 'gone')], start],
])('%s', async (name, state, since) => {
  await using api = await serve();
  const args = ['--config', config(api.url), '--catalog', catalogOf(['rows'], 'incremental'), '--state'];
  const run = await runSource(['read', ...args, Buffer.isBuffer(state) ? written(state) : state]);
  expect([run.code, run.stderr]).toEqual([0, '']);
  expectSoundRead(run.messages, ['rows']);
  expect(api.requests.map(({query}) => query.get('since'))).toEqual([since]);
  expect(run.messages.states().at(-1)).toMatchObject({v: 1, cursor: {at: '2025-04-01T00:00:00Z'}});
  if (/unknown|other streams|another namespace/.test(name)) {
    expect(run.messages.logs('INFO').join('\n')).toMatch(/the state of \w+ is ignored/);
  }
});

test.concurrent.each<readonly [string, Buffer | object, RegExp]>([
  ['LEGACY with data', [{type: 'LEGACY', data: {rows: {at: reached}}}], /LEGACY/],
  ['a state that is a list', [message([1])], /rows/],
  ['a newer version', [message({v: 2, cursor: {at: reached}})], /rows.*reset/is],
  ['a cursor that cannot be read', [message({v: 1, cursor: {at: 'yesterday'}})], /rows.*yesterday.*reset/is],
  ['unknown keys alone', [message({page: 7, token: 'x'})], /rows.*reset/is],
])('%s: never a silent full read', async (_, state, text) => {
  await using api = await serve();
  const run = await read(api, state);
  expect(endOf(run)).toEqual(failed);
  expect(run.messages.errors()).toMatchObject([{failure_type: 'config_error', message: expect.stringMatching(text)}]);
  expect([api.requests, run.messages.records()]).toEqual([[], []]);
});

test.concurrent('a state that went through a host goes on: re-serialised, sorted, with floats', async () => {
  const big = '9007199254740993';
  const ids = ['9007199254740991', big, '9007199254740995'];
  await using api = await startApi(({query}) =>
    json(
      `[${ids
        .filter((id) => BigInt(id) >= BigInt(query.get('since') ?? 0))
        .map((id) => `{"id":${id},"n":1.0}`)
        .join(',')}]`,
    ),
  );
  const config = {
    client: {base_url: api.url, paginator: 'single_page'},
    resources: [
      {
        name: 'rows',
        primary_key: 'id',
        endpoint: {incremental: {cursor_path: 'id', initial_value: 0, start_param: 'since', row_order: 'asc'}},
      },
    ],
  };
  const catalog = catalogOf(['rows'], 'incremental');
  const first = await runCli(['read', '--config', config, '--catalog', catalog]);
  expect(endOf(first)).toEqual(fine);
  // What JSON.parse and JSON.stringify make of it is what a host makes of it.
  const handed = JSON.parse(first.messages.stateFile());
  const second = await runCli(['read', '--config', config, '--catalog', catalog, '--state', handed]);
  expect(endOf(second)).toEqual(fine);
  expect(api.requests.at(-1)?.query.get('since')).toBe('9007199254740995');
  expect(second.messages.records()).toEqual([]);
});
