import {expect, test} from 'vitest';
import {type Api, json, startApi} from '../support/api-server.js';
import {expectSoundRead} from '../support/protocol.js';
import {type Ended, runCli} from '../support/run-cli.js';
import {endOf, failed, fine} from './ends.js';

const at = '2025-03-01T00:00:00Z';
const serve = () => startApi(() => json([{id: 1, at}]));
const config = (url: string): object => ({
  client: {base_url: url, paginator: 'single_page'},
  resource_defaults: {primary_key: 'id'},
  resources: [
    {name: 'rows', endpoint: {incremental: {cursor_path: 'at', initial_value: '2025-01-01T00:00:00Z'}}},
    'plain',
    {name: 'hidden', selected: false},
  ],
});
const read = (api: Api, catalog: object, state: object = []): Promise<Ended> =>
  runCli(['read', '--config', config(api.url), '--catalog', catalog, '--state', state]);

const schema = {type: 'object', properties: {id: {}, at: {}}};
const stream = (name: string, more: object = {}) => ({
  stream: {name, json_schema: schema, supported_sync_modes: ['full_refresh', 'incremental']},
  sync_mode: 'incremental',
  destination_sync_mode: 'append',
  ...more,
});

/** Airbyte's own: `orjson.dumps(asdict(catalog))` writes every optional field. */
const withNulls = {
  stream: {
    name: 'rows',
    json_schema: schema,
    supported_sync_modes: ['full_refresh', 'incremental'],
    source_defined_cursor: null,
    default_cursor_field: null,
    source_defined_primary_key: null,
    namespace: null,
    is_resumable: null,
    is_file_based: null,
  },
  sync_mode: 'incremental',
  destination_sync_mode: 'append',
  cursor_field: null,
  destination_object_name: null,
  primary_key: null,
  generation_id: null,
  minimum_generation_id: null,
  sync_id: null,
  include_files: null,
};

test.concurrent.each<readonly [string, object]>([
  ['explicit nulls everywhere', {streams: [withNulls]}],
  [
    'keys nobody knows, in another order',
    {
      note: 1,
      streams: [
        {
          mapper: {},
          destination_sync_mode: 'append',
          sync_mode: 'incremental',
          stream: {format: 'x', json_schema: schema, name: 'rows'},
        },
      ],
    },
  ],
  [
    'a destination sync mode of another platform',
    {streams: [stream('rows', {destination_sync_mode: 'overwrite_dedup'})]},
  ],
  ['a destination sync mode of null', {streams: [stream('rows', {destination_sync_mode: null})]}],
  [
    'numbers as floats',
    Buffer.from(`{"streams":[${JSON.stringify(stream('rows')).slice(0, -1)},"sync_id":41.0,"generation_id":2.0}]}`),
  ],
  ['no schema', {streams: [{...stream('rows'), stream: {name: 'rows'}}]}],
  ['a schema without properties', {streams: [{...stream('rows'), stream: {name: 'rows', json_schema: {}}}]}],
])('%s', async (_, catalog) => {
  await using api = await serve();
  const run = await read(api, catalog);
  expect(endOf(run)).toEqual(fine);
  expectSoundRead(run.messages, ['rows']);
  expect(run.messages.records('rows')).toEqual([{id: 1, at}]);
});

test.concurrent.each<readonly [string, unknown, object]>([
  ['null', null, {}],
  ['empty', '', {namespace: ''}],
  ['x', 'x', {namespace: 'x'}],
])('a namespace that is %s is repeated as it came', async (_, namespace, repeated) => {
  await using api = await serve();
  const catalog = {streams: [{...stream('rows'), stream: {...stream('rows').stream, namespace}}]};
  const first = await read(api, catalog);
  expect(endOf(first)).toEqual(fine);
  const [status] = first.messages.statusTraces();
  const [state] = first.messages.stateMessages();
  const [record] = first.messages.recordMessages();
  expect(status?.stream_descriptor).toEqual({name: 'rows', ...repeated});
  expect(state?.state.stream.stream_descriptor).toEqual({name: 'rows', ...repeated});
  const {stream: name, namespace: own} = record?.record ?? {};
  expect({name, ...(own === undefined ? {} : {namespace: own})}).toEqual({name: 'rows', ...repeated});

  const second = await read(api, catalog, JSON.parse(first.messages.stateFile()));
  expect(second.messages.records()).toEqual([]);
});

test.concurrent('incremental asked of every stream, as PyAirbyte does: one without a cursor is read fully', async () => {
  await using api = await serve();
  const ids = {sync_id: 1, generation_id: 1, minimum_generation_id: 1};
  const streams = [stream('plain', ids), stream('rows', ids)];
  const first = await read(api, {streams});
  expect(endOf(first)).toEqual(fine);
  expectSoundRead(first.messages, ['plain', 'rows']);
  expect(first.messages.logs('WARN').filter((line) => /^plain: incremental/.test(line))).toHaveLength(1);
  // It sends a sync_id of 1 with every sync, which is none: what was done once is done again.
  const second = await read(api, {streams}, JSON.parse(first.messages.stateFile()));
  expect(second.messages.records('plain')).toEqual([{id: 1, at}]);
  expect(second.messages.records('rows')).toEqual([]);
});

test.concurrent('streams that are not there, or hidden, fail; the others are read, and nothing else', async () => {
  await using api = await serve();
  const names = ['gone', 'rows', 'hidden', 'constructor'];
  const run = await read(api, {streams: names.map((name) => stream(name))});
  expect(endOf(run)).toEqual(failed);
  expectSoundRead(run.messages, names);
  expect(run.messages.records().length).toBe(1);
  expect(names.map((name) => run.messages.statuses(name).at(-1))).toEqual([
    'INCOMPLETE',
    'COMPLETE',
    'INCOMPLETE',
    'INCOMPLETE',
  ]);
  const errors = run.messages.errors();
  expect(errors.map(({failure_type, stream_descriptor}) => [failure_type, stream_descriptor?.name])).toEqual([
    ['config_error', expect.any(String)],
    ['config_error', expect.any(String)],
    ['config_error', expect.any(String)],
    ['config_error', undefined],
  ]);
  expect(errors.map(({message}) => message).join('\n')).toMatch(/no resource gone.*only rows, plain/s);
});

test.concurrent.each<readonly [string, object, RegExp]>([
  ['a sync mode that there is not', {streams: [stream('rows', {sync_mode: 'INVALID'})]}, /"INVALID"/],
  ['no sync mode', {streams: [stream('rows', {sync_mode: null})]}, /sync_mode/],
  ['a stream twice', {streams: [stream('rows'), stream('rows')]}, /rows.*twice/],
  ['a stream without a name', {streams: [{stream: {}, sync_mode: 'incremental'}]}, /streams\[0\]\.stream.*name/],
])('%s is a config_error before any request', async (_, catalog, text) => {
  await using api = await serve();
  const run = await read(api, catalog);
  expect(endOf(run)).toEqual(failed);
  expect(run.messages.errors()).toMatchObject([{failure_type: 'config_error', message: expect.stringMatching(text)}]);
  expect(api.requests).toEqual([]);
});

test.concurrent('a catalog without streams is a sync with nothing to do', async () => {
  await using api = await serve();
  const run = await read(api, {streams: []});
  expect(endOf(run)).toEqual(fine);
  expect(run.messages.all.filter(({type}) => type !== 'LOG')).toEqual([]);
});

test.concurrent('streams in another order than the configuration has, children before their parents', async () => {
  await using api = await startApi(({path}) => json(path === '/teams' ? [{id: 7}] : [{id: 1, path}]));
  const config = {
    client: {base_url: api.url, paginator: 'single_page'},
    resources: ['teams', {name: 'members', endpoint: 'teams/{resources.teams.id}/members'}, 'others'],
  };
  const full = {sync_mode: 'full_refresh'};
  const streams = ['members', 'others', 'teams'].map((name) => stream(name, full));
  const run = await runCli(['read', '--config', config, '--catalog', {streams}, '--state', []]);
  expect(endOf(run)).toEqual(fine);
  expectSoundRead(run.messages, ['members', 'others', 'teams']);
  expect(run.messages.records('members')).toEqual([{id: 1, path: '/teams/7/members'}]);
  expect(run.messages.records('teams')).toEqual([{id: 7}]);
  expect(run.messages.records('others')).toHaveLength(1);
});
