import {afterEach, describe, expect, test} from 'vitest';
import type {CatalogMessage} from '../../src/airbyte/protocol.generated.js';
import {type Api, type Handler, json, startApi} from '../support/api-server.js';
import {expectSoundCatalog, type Messages} from '../support/protocol.js';
import {runSource} from '../support/run-source.js';

let api: Api | undefined;
afterEach(async () => {
  await api?.close();
  api = undefined;
});

async function discover(handler: Handler, configuration: (url: string) => object) {
  api = await startApi(handler);
  const run = await runSource(['discover', '--config', configuration(api.url)]);
  expect(run.stderr).toBe('');
  return {...run, requests: api.requests};
}

const streamsOf = (messages: Messages): CatalogMessage['catalog']['streams'] =>
  messages.all.flatMap((message) => (message.type === 'CATALOG' ? message.catalog.streams : []));

const propertiesOf = (messages: Messages, name: string): unknown => {
  const schema: object = streamsOf(messages).find((stream) => stream.name === name)?.json_schema ?? {};
  return 'properties' in schema ? schema.properties : undefined;
};

describe('schemas', () => {
  test('declared ones and schemaless streams are not requested', async () => {
    const declared = {type: 'object', properties: {id: {type: 'integer'}}};
    const {code, messages, requests} = await discover(
      () => json([]),
      (url) => ({
        client: {base_url: url},
        resources: [
          {name: 'declared', primary_key: 'id', schema: declared, endpoint: 'declared'},
          {name: 'less', schema: 'schemaless', endpoint: 'less'},
        ],
      }),
    );
    expect(code).toBe(0);
    expect(requests).toEqual([]);
    expectSoundCatalog(messages);
    expect(propertiesOf(messages, 'declared')).toEqual({id: {type: 'integer'}});
  });

  test('the others are inferred from sample pages, in the order of the resources, hidden ones left out', async () => {
    const {messages, requests} = await discover(
      ({path, query}) =>
        json(query.get('offset') === '2' ? [{id: 3, late: true}] : [{id: path.length}, {id: 1.5, at: '2026-01-31'}]),
      (url) => ({
        client: {base_url: url, paginator: {type: 'offset', limit: 2, total_path: null}},
        discover: {sample_pages: 2},
        resources: ['a', 'b', {name: 'hidden', selected: false}, 'c', 'd', 'e', 'f'],
      }),
    );
    expectSoundCatalog(messages);
    expect(streamsOf(messages).map(({name}) => name)).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    expect(propertiesOf(messages, 'f')).toEqual({
      id: {type: ['null', 'number']},
      at: {type: ['null', 'string'], format: 'date'},
      late: {type: ['null', 'boolean']},
    });
    expect(requests.some(({path}) => path.includes('hidden'))).toBe(false);
  });
});

describe('refusals and outages', () => {
  test('a stream answered with 403 keeps its declared columns, key and cursor, with a warning', async () => {
    const {code, messages} = await discover(
      ({path}) => (path === '/secret' ? json({error: 'no'}, {status: 403}) : json([{id: 1}])),
      (url) => ({
        client: {base_url: url},
        resources: [
          'open',
          {
            name: 'secret',
            primary_key: 'id',
            columns: {price: {data_type: 'decimal'}},
            endpoint: {path: 'secret', incremental: {cursor_path: 'updated_at'}},
          },
        ],
      }),
    );
    expect(code).toBe(0);
    expectSoundCatalog(messages);
    expect(propertiesOf(messages, 'secret')).toEqual({
      price: {type: ['null', 'number']},
      id: {type: ['null', 'string']},
      updated_at: {type: ['null', 'string']},
    });
    expect(messages.logs('WARN').join()).toMatch(/secret: only its declared columns, key and cursor are known.*403/);
  });

  test('an outage of one stream fails the whole: no catalog that is smaller', async () => {
    const {code, messages} = await discover(
      ({path}) => (path === '/down' ? json({}, {status: 503}) : json([{id: 1}])),
      (url) => ({client: {base_url: url, retry: {max_retries: 0}}, resources: ['open', 'down']}),
    );
    expect(code).toBe(1);
    expect(messages.answers()).toEqual([]);
    expect(messages.errors()).toMatchObject([{failure_type: 'transient_error', message: expect.stringMatching(/503/)}]);
  });
});

test('a token renewed meanwhile is printed after the answer, and also when an error takes its place', async () => {
  for (const status of [200, 503]) {
    let tokens = 0;
    const {messages} = await discover(
      ({path}) => {
        if (path !== '/token') return json([{id: 1}], {status});
        tokens++;
        return json({access_token: `access-${tokens}`, refresh_token: `refresh-${tokens}`, expires_in: 3600});
      },
      (url) => ({
        client: {
          base_url: url,
          retry: {max_retries: 0},
          auth: {
            type: 'oauth2_refresh_token',
            token_url: `${url}/token`,
            client_id: 'c',
            client_secret: '{secrets.s}',
            refresh_token: '{secrets.r}',
          },
        },
        secrets: {s: 'client-secret', r: 'refresh-0'},
        resources: ['rows'],
      }),
    );
    const types = messages.all.map(({type}) => type).filter((type) => type !== 'LOG');
    expect(types).toEqual([status === 200 ? 'CATALOG' : 'TRACE', 'CONTROL']);
    const control = messages.all.find((message) => message.type === 'CONTROL');
    expect(control?.control.connectorConfig.config).toMatchObject({secrets: {s: 'client-secret', r: 'refresh-1'}});
    await api?.close();
  }
});
