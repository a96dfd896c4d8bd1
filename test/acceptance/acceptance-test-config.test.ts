import {existsSync, readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {Ajv} from 'ajv';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {parse} from 'yaml';
import {type DemoApi, startDemoApi} from '../../src/demo/api.js';
import {expectSoundCatalog, expectSoundRead} from '../support/protocol.js';
import {runCli} from '../support/run-cli.js';
import {endOf, fine} from './ends.js';

// The file that Airbyte's acceptance tests are run with, and the files it names.

const root = new URL('../../', import.meta.url);
const text = (name: string): string => readFileSync(new URL(name, root), 'utf8');
const config = parse(text('acceptance-test-config.yml'));

const texts = (...names: readonly string[]): object =>
  Object.fromEntries(names.map((name) => [name, {type: 'string'}]));
const flags = (...names: readonly string[]): object =>
  Object.fromEntries(names.map((name) => [name, {type: 'boolean'}]));
const closed = (properties: object, required: readonly string[] = []): object => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const bypass = closed(texts('bypass_reason'), ['bypass_reason']);
/** Either tests or a reason; unknown keys are an error in each of its models. */
const section = (properties: object): object => ({
  oneOf: [
    bypass,
    closed(
      {
        tests: {
          type: 'array',
          minItems: 1,
          items: closed({...texts('config_path'), timeout_seconds: {type: 'integer'}, ...properties}),
        },
      },
      ['tests'],
    ),
  ],
});
const named = {type: 'array', items: closed(texts('name', 'bypass_reason'), ['name', 'bypass_reason'])};
const compatible = closed(texts('previous_connector_version', 'disable_for_version'));

const schema = closed(
  {
    connector_image: {type: 'string'},
    test_strictness_level: {enum: ['high']},
    acceptance_tests: closed(
      {
        spec: section({
          ...texts('spec_path'),
          backward_compatibility_tests_config: compatible,
          auth_default_method: closed({oauth: {const: false}, ...texts('bypass_reason')}, ['oauth', 'bypass_reason']),
        }),
        connection: section({status: {enum: ['succeed', 'failed', 'exception']}}),
        discovery: section({
          backward_compatibility_tests_config: compatible,
          ...flags('validate_primary_keys_data_type'),
        }),
        basic_read: section({
          empty_streams: named,
          expect_records: {oneOf: [bypass, closed({...texts('path'), exact_order: {}}, ['path'])]},
          validate_schema: {const: true},
          ...flags('validate_data_points', 'validate_stream_statuses', 'validate_state_messages'),
          ...flags('validate_primary_keys_data_type', 'fail_on_extra_columns', 'expect_trace_message_on_failure'),
          file_types: closed({...flags('skip_test'), ...texts('bypass_reason')}),
        }),
        full_refresh: section({
          ...texts('configured_catalog_path'),
          ignored_fields: {type: 'object', additionalProperties: named},
        }),
        incremental: section({
          ...texts('configured_catalog_path'),
          ...flags('skip_comprehensive_incremental_tests'),
          future_state: {
            oneOf: [bypass, closed({...texts('future_state_path'), missing_streams: named}, ['future_state_path'])],
          },
        }),
        connector_attributes: section({
          streams_without_primary_key: named,
          allowed_hosts: bypass,
          suggested_streams: bypass,
        }),
        connector_documentation: section({}),
      },
      // Strictness `high` wants every section.
      [
        'spec',
        'connection',
        'discovery',
        'basic_read',
        'full_refresh',
        'incremental',
        'connector_attributes',
        'connector_documentation',
      ],
    ),
  },
  ['connector_image', 'test_strictness_level', 'acceptance_tests'],
);

test('the file is as its models want it', () => {
  const fits = new Ajv({strict: false}).compile(schema);
  expect([fits(config), fits.errors]).toEqual([true, null]);
  const {connection, incremental} = config.acceptance_tests;
  expect(connection.tests.map(({status}: {status: string}) => status).sort()).toEqual(['failed', 'succeed']);
  expect(incremental.tests[0].future_state).toBeDefined();
});

test('every file it names is there', () => {
  const paths = [...text('acceptance-test-config.yml').matchAll(/_path: (\S+)/g)].map(([, path]) => path ?? '');
  expect(new Set(paths).size).toBeGreaterThan(4);
  for (const path of paths) expect([path, existsSync(fileURLToPath(new URL(path, root)))]).toEqual([path, true]);
});

let api: DemoApi;
beforeAll(async () => {
  api = await startDemoApi({port: 0, epoch: 0, flaky: false});
});
afterAll(() => api.close());

/** The demo API of this test in place of the one that `npm run demo -- --serve` starts. */
function pointed(name: string): object {
  const given = text(`integration_tests/${name}`);
  expect(given).toContain('http://127.0.0.1:8787/v1');
  return JSON.parse(given.replace('http://127.0.0.1:8787/v1', api.url));
}
const given = (name: string): object => JSON.parse(text(`integration_tests/${name}`));

test.concurrent('the configurations do against the demo API what they are there for', async () => {
  const spec = JSON.parse(text('spec.json')).connectionSpecification;
  const fits = new Ajv({strict: false, validateFormats: false}).compile(spec);
  for (const name of ['config.json', 'invalid_config.json']) expect(fits(given(name)), name).toBe(true);
  const [good, bad, discover] = await Promise.all([
    runCli(['check', '--config', pointed('config.json')]),
    runCli(['check', '--config', pointed('invalid_config.json')]),
    runCli(['discover', '--config', pointed('config.json')]),
  ]);
  expect(good.messages.answers()).toMatchObject([{connectionStatus: {status: 'SUCCEEDED'}}]);
  expect(bad.messages.answers()).toMatchObject([{connectionStatus: {status: 'FAILED'}}]);
  expectSoundCatalog(discover.messages);
  const streams = discover.messages.all.flatMap((message) =>
    message.type === 'CATALOG' ? message.catalog.streams : [],
  );
  const configured: readonly {stream: object}[] = Object(given('configured_catalog.json')).streams;
  expect(configured.map(({stream}) => stream)).toEqual(streams);
});

test.concurrent('the catalog is read, the abnormal state brings nothing', async () => {
  const args = ['read', '--config', pointed('config.json'), '--catalog', given('configured_catalog.json')];
  const [all, none] = await Promise.all([runCli(args), runCli([...args, '--state', given('abnormal_state.json')])]);
  expect([endOf(all), endOf(none)]).toEqual([fine, fine]);
  const names = ['customers', 'orders', 'countries'];
  for (const {messages} of [all, none]) expectSoundRead(messages, names);
  expect(names.map((name) => all.messages.records(name).length)).toEqual([3_140, 6_430, 8]);
  expect(names.map((name) => none.messages.records(name).length)).toEqual([0, 0, 8]);
});
