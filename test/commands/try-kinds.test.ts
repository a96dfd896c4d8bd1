import {expect, test} from 'vitest';
import {json, startApi} from '../support/api-server.js';
import {desk} from './try-support.js';

test('windows are partitions, with their bounds', async () => {
  await using api = await startApi(({query}) => json({data: [{id: query.get('from'), day: query.get('from')}]}));
  const at = desk(`client: {base_url: "${api.url}"}
resources:
  - name: days
    endpoint:
      incremental: {cursor_path: day, initial_value: "2025-01-01", end_value: "2025-01-31", step: P7D, start_param: from, end_param: to}\n`);
  const {out} = await at.run(['try']);
  expect(out).toContain(' 2025-01-01 to 2025-01-08  /days\n');
  expect(out).toContain(' 2025-01-08 to 2025-01-15  /days\n');
  expect(out).toContain(' stopped by --partitions 2; more follow\n');
  expect(api.requests.map(({target}) => target)).toEqual([
    '/days?from=2025-01-01&to=2025-01-08',
    '/days?from=2025-01-08&to=2025-01-15',
  ]);
});

test('interrupted: neither complete nor ended, whatever the order', async () => {
  const stop = new AbortController();
  const api = await startApi(async (_, index) => {
    if (index === 0) {
      const rows = Array.from({length: 50}, (__, id) => ({
        id,
        at: `2025-03-${String(28 - (id >> 1)).padStart(2, '0')}`,
      }));
      return json(rows, {headers: {link: '</events?page=2>; rel="next"'}});
    }
    stop.abort(new Error('stopped by SIGINT'));
    await new Promise(() => undefined);
    return {};
  });
  const at = desk(`client: {base_url: "${api.url}"}
resources:
  - {name: events, endpoint: {paginator: header_link, incremental: {cursor_path: at, initial_value: "2025-01-01", row_order: desc}}}
`);
  const {code, out} = await at.run(['try', 'events'], {signal: stop.signal});
  expect(code).toBe(130);
  expect(out).toContain('interrupted: 50 rows so far');
  expect(out).not.toMatch(/complete|ended|would save/);
  await api.close();
  const aborted = AbortSignal.abort(new Error('stopped by SIGINT'));
  const events = await at.run(['try', 'events', '--json'], {signal: aborted});
  expect(events.events).toContainEqual(expect.objectContaining({type: 'stop', stream: 'events', by: 'interrupted'}));
  expect((await at.run(['try', 'events', '--all'], {signal: aborted})).out).toMatch(
    /events +interrupted[\s\S]*Interrupted: 1 of 1 not tried to the end/,
  );
});

test('the rows of a page that only repeats another are not counted', async () => {
  await using api = await startApi({'/rows': () => json([{id: 1}, {id: 2}])});
  const at = desk(`client: {base_url: "${api.url}"}
resources: [{name: rows, endpoint: {paginator: {type: offset, limit: 2, on_repeat: end}}}]\n`);
  const {out} = await at.run(['try', 'rows']);
  expect(out).toContain('ended: the page before was repeated. complete: 2 rows');
  expect(out).toContain('rows (2)\n');
});

test('newest first ends at the start, a refused child is skipped, static parents are no requests', async () => {
  await using api = await startApi({
    '/events': ({query}) => {
      const page = Number(query.get('page') ?? 1);
      const rows = Array.from({length: 2}, (_, k) => ({id: page * 10 + k, at: `2025-01-${30 - page * 2 - k}`}));
      return json(rows, {headers: {link: `</events?page=${page + 1}>; rel="next"`}});
    },
    '/de/cities': () => json([{id: 1}]),
    '/xx/cities': () => json({}, {status: 404}),
  });
  const at = desk(`client: {base_url: "${api.url}"}
resources:
  - {name: events, endpoint: {incremental: {cursor_path: at, initial_value: "2025-01-27", row_order: desc}}}
  - {name: countries, records: [{code: de}, {code: xx}]}
  - {name: cities, endpoint: "{resources.countries.code}/cities"}\n`);
  const events = await at.run(['try', 'events']);
  expect(events.out).toContain('ended: row_order: rows older than the start were reached. complete: 4 rows');
  expect(events.out).toContain('rows (2; the API sent 4)');
  const cities = await at.run(['try', 'cities']);
  expect(cities.out).toContain('parent countries: 2 of 2 partitions');
  expect(cities.out).toContain('ended: status 404 on the first page. complete: 0 rows');
  expect(cities.code).toBe(0);
  const countries = await at.run(['try', 'countries']);
  expect([countries.code, countries.lines[0]]).toEqual([0, 'countries   static records']);
  expect(countries.out).toContain(' de');
});

test('a renewed refresh token is written into the file before it is used, and shown nowhere', async () => {
  let refreshes = 0;
  await using api = await startApi({
    'POST /token': () => {
      refreshes += 1;
      return json({
        access_token: `access-${refreshes}-long`,
        refresh_token: `rotated-${refreshes}-long`,
        expires_in: 3600,
      });
    },
    '/a': () => json([{id: 1}, {id: 2}]),
  });
  const at = desk(
    `client:
  base_url: ${api.url}
  auth: {type: oauth2_refresh_token, token_url: "${api.url}/token", client_id: me, client_secret: "{secrets.cs}", refresh_token: first-long}  # ours
resources: [a]\n`,
    'cs=c-secret-9\n',
  );
  const {out, err, code} = await at.run(['try', '--apply', '--json']);
  expect(code).toBe(0);
  expect(at.text()).toContain('refresh_token: "rotated-1-long"}  # ours');
  expect(at.text()).toContain('resources: [{name: a, primary_key: id}]');
  expect(out + err).not.toMatch(/rotated|access-1|first-long|c-secret/);
});

test('a declared type that no value has, a field that only some records have', async () => {
  await using api = await startApi({
    '/a': () =>
      json([
        {id: 'x', n: '1', s: 1},
        {id: 'y', n: '2'},
      ]),
  });
  const at = desk(`client: {base_url: "${api.url}"}
resources:
  - name: a
    primary_key: id
    columns: {n: {data_type: bigint}}  # wrong\n`);
  const {out} = await at.run(['try', '--apply']);
  expect(out).toContain(' ! column n: no value has the declared type');
  expect(out).toMatch(/ s +integer +50 %/);
  expect(at.text()).toContain('columns: {n: {data_type: text}}  # wrong\n');
});

test('the form and the text door can be tried; what cannot be written there is said', async () => {
  await using api = await startApi({'/a': () => json([{id: 1}, {id: 2}])});
  const form = desk(JSON.stringify({base_url: api.url, streams: [{name: 'a', path: 'a'}]}));
  expect((await form.run(['try'])).out).toContain('rows (2)');
  const wrong = desk(JSON.stringify({base_url: api.url, streams: [{name: 'b', path: 'b'}]}));
  expect((await wrong.run(['try'])).out).toMatch(/answered 404.*\(streams\[0\]/);
  const applied = await form.run(['try', '--apply', '1']);
  expect([applied.code, applied.err]).toEqual([
    2,
    'acme.yaml is no document with resources, so nothing is written: paste the suggestions by hand\n',
  ]);
});
