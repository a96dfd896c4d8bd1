import {expect, test} from 'vitest';
import {type Handler, json, type Recorded, startApi} from '../support/api-server.js';
import {configured} from '../support/run-cli.js';
import {runSource} from '../support/run-source.js';
import {desk, github, githubConfig} from './try-support.js';

const rows = (from: number, count: number) =>
  Array.from({length: count}, (_, k) => ({
    id: from + k,
    updated_at: new Date(Date.UTC(2025, 0, 1) + (from + k) * 60_000).toISOString(),
  }));

const shop = (url: string) => `client:
  base_url: ${url}/v1?tenant=a%20b
  auth: {type: oauth2_client_credentials, client_id: me, client_secret: s3cret-s3cret, access_token_url: ${url}/token}
  headers: {X-Team: "data"}
  concurrency: 2
resources:
  - {name: offset, primary_key: id, endpoint: {data_selector: data, paginator: {type: offset, limit: 50, total_path: total}}}
  - name: cursor
    primary_key: id
    endpoint:
      method: POST
      json: {filter: {since: "{incremental.start_value}"}, big: 12345678901234567890}
      paginator: {type: cursor, cursor_path: next, cursor_body_path: page.after}
      incremental: {cursor_path: updated_at, initial_value: "2025-01-01T00:00:00.000Z"}
  - {name: links, endpoint: {paginator: json_link}}
  - {name: children, endpoint: "links/{resources.links.id}/children"}
  - name: windows
    endpoint:
      path: days
      incremental: {cursor_path: updated_at, initial_value: "2025-01-01T00:00:00Z", end_value: "2025-01-05T00:00:00Z", step: P2D, start_param: from, end_param: to}
`;

const shopRoutes: Readonly<Record<string, Handler>> = {
  'POST /token': () => json({access_token: 'tok-1234567', expires_in: 3600}),
  '/v1/offset': ({query}: Recorded) => {
    const offset = Number(query.get('offset'));
    return json({total: 230, data: rows(offset, Math.max(0, Math.min(50, 230 - offset)))});
  },
  'POST /v1/cursor': ({body}: Recorded) => {
    const after = Number(JSON.parse(body).page?.after ?? 0);
    return json({data: rows(after, 10), next: after < 20 ? after + 10 : null});
  },
  '/v1/links': ({query}: Recorded) => {
    const page = Number(query.get('page') ?? 1);
    return json({items: rows(page * 10, 2), next: page < 2 ? `/v1/links?page=${page + 1}&x=a+b` : null});
  },
  '/v1/days': () => json({data: []}),
};

/** As it arrived; the order of several at once is the server's. */
const wire = (requests: readonly Recorded[]) =>
  requests.map(({method, target, headers, body}) => JSON.stringify([method, target, headers, body])).sort();

type Routes = Readonly<Record<string, Handler>>;

test.each<readonly [string, (url: string) => string, Routes]>([
  ['pages, bodies, links, parents, windows and tokens', shop, shopRoutes],
  ['links and children of a cursor', githubConfig, {...github(), '/repos/acme/app/label': () => json([{id: 1}])}],
])('try sends byte for byte what read sends: %s', async (_, config, routes) => {
  await using api = await startApi((request, index) => {
    const route = routes[`${request.method} ${request.path}`] ?? routes[request.path];
    return route?.(request, index) ?? json([{id: 1}]);
  });
  const at = desk(config(api.url), 'token=ghp_secret_value\n');
  const environment = {token: 'ghp_secret_value'};
  const {messages: catalog} = await runSource(['discover', '--config', at.file, '--env'], {environment});
  const before = api.requests.length;
  const read = await runSource(['read', '--config', at.file, '--env', '--catalog', configured(catalog)], {environment});
  expect(read.code).toBe(0);
  const sentByRead = api.requests.slice(before);
  const tried = await at.run(['try', '--all', '--pages', '0', '--records', '0', '--partitions', '0']);
  expect([tried.code, tried.lines.at(-1)]).toEqual([0, expect.stringMatching(/^All \d work\.$/)]);
  const sentByTry = api.requests.slice(before + sentByRead.length);
  expect(wire(sentByTry)).toEqual(wire(sentByRead));
  expect(sentByTry.length).toBeGreaterThan(4);

  // With limits: a part of the same.
  const already = api.requests.length;
  await at.run(['try', '--all', '--pages', '2', '--partitions', '1']);
  const few = wire(api.requests.slice(already));
  const all = new Set(wire(sentByRead));
  expect(few.filter((request) => !all.has(request))).toEqual([]);
  expect(few.length).toBeLessThan(all.size);
});

test('rows and state are those of read', async () => {
  await using api = await startApi(github());
  const at = desk(
    githubConfig(api.url).replace('    primary_key: id\n', '    primary_key: id\n    selected: false\n'),
    'token=ghp_secret_value\n',
  );
  const environment = {token: 'ghp_secret_value'};
  const {messages: catalog} = await runSource(['discover', '--config', at.file, '--env'], {environment});
  const read = await runSource(
    ['read', '--config', at.file, '--env', '--catalog', configured(catalog, {only: ['issues']})],
    {environment},
  );
  const {events} = await at.run(['try', 'issues', '--json', '--pages', '0', '--records', '0']);
  const of = (type: string) => events.filter((event) => event['type'] === type);
  expect(of('record').map(({data}) => data)).toEqual(read.messages.records('issues'));
  expect(of('state').map(({state}) => state)).toEqual([read.messages.states('issues').at(-1)]);
  const stops = of('stop').filter(({stream}) => stream === 'issues');
  expect(stops.sort((a, b) => Number(a['walk']) - Number(b['walk']))).toMatchObject([
    {walk: 1, partition: 'repos.name=app', by: 'api', reason: 'no next link', pages: 3, rows: 231},
    {walk: 2, partition: 'repos.name=web', by: 'api', rows: 0},
  ]);
});
