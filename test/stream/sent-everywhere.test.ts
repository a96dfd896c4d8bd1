import {expect, test} from 'vitest';
import {json, startApi} from '../support/api-server.js';
import {runSource} from '../support/run-source.js';

/* Start and end go wherever a request has room: query, path, header, body, and inside an expression of the API's own. */

const start = '{incremental.start_value|iso_date}';
const end = '{incremental.end_value|epoch_seconds}';
const endpoints = {
  query: {path: 'rows', params: {since: start, until: end}},
  expression: {path: 'rows', params: {filter: `at ge '${start}' and at lt ${end}`}},
  path: {path: `rows/${start}/${end}`},
  header: {path: 'rows', headers: {'x-since': start, 'x-until': end}},
  body: {path: 'rows', method: 'POST', json: {where: {since: start, expression: `at<${end}`}}},
  form: {path: 'rows', method: 'POST', data: {since: start, until: end}},
};
const until = Date.UTC(2025, 0, 20) / 1000;
const sent = {
  query: (since: string) => `GET /rows?since=${since}&until=${until}`,
  expression: (since: string) => `GET /rows?filter=at ge '${since}' and at lt ${until}`,
  path: (since: string) => `GET /rows/${since}/${until}`,
  header: (since: string) => `GET /rows ${since} ${until}`,
  body: (since: string) => `POST /rows {"where":{"since":"${since}","expression":"at<${until}"}}`,
  form: (since: string) => `POST /rows since=${since}&until=${until}`,
};

test('in the query, in an expression, the path, a header, the body and a form, of the first sync and of the next', async () => {
  const asked: string[] = [];
  await using api = await startApi(({method, target, headers, body}) => {
    const extra = [headers['x-since'], headers['x-until'], body].filter((part) => part !== undefined && part !== '');
    asked.push([method, decodeURIComponent(target.replaceAll('+', ' ')), ...extra].join(' '));
    return json({data: [{id: 1, at: '2025-01-15T12:00:00Z'}]});
  });
  const incremental = {cursor_path: 'at', initial_value: '2025-01-02T00:00:00Z', end_value: '2025-01-20T00:00:00Z'};
  const config = {
    client: {base_url: api.url, concurrency: 1},
    resource_defaults: {primary_key: 'id', endpoint: {data_selector: 'data', paginator: 'single_page', incremental}},
    resources: Object.entries(endpoints).map(([name, endpoint]) => ({name, endpoint})),
  };
  const streams = Object.keys(endpoints).map((name) => ({
    stream: {name, json_schema: {type: 'object', properties: {id: {}, at: {}}}, supported_sync_modes: ['incremental']},
    sync_mode: 'incremental',
    destination_sync_mode: 'append',
  }));
  const args = ['read', '--config', config, '--catalog', {streams}];
  const first = await runSource(args);
  expect([first.code, first.messages.errors()]).toEqual([0, []]);
  expect(asked.sort()).toEqual(
    Object.values(sent)
      .map((line) => line('2025-01-02'))
      .sort(),
  );
  asked.length = 0;
  const second = await runSource([...args, '--state', JSON.parse(first.messages.stateFile())]);
  expect([second.code, second.messages.errors()]).toEqual([0, []]);
  expect(asked.sort()).toEqual(
    Object.values(sent)
      .map((line) => line('2025-01-15'))
      .sort(),
  );
});
