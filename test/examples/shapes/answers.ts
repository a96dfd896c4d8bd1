import {expect, test} from 'vitest';
import {json} from '../../support/api-server.js';
import {FakeClock} from '../../support/fake-clock.js';
import {Connection, column} from '../connection.js';
import {at, serve} from '../serve.js';
import {hour, iso, now, range} from '../world.js';

test('GraphQL with partial data and errors: the rows come, the errors are quoted', async () => {
  const clock = new FakeClock({now});
  let fatal = false;
  await using api = await serve(clock, ({headers, body}) => {
    if (headers.authorization !== 'lin_1')
      return json(
        {errors: [{message: 'Authentication required', extensions: {code: 'AUTHENTICATION_ERROR'}}]},
        {status: 401},
      );
    if (fatal) return json({data: null, errors: [{message: 'Query too complex', extensions: {code: 'COMPLEXITY'}}]});
    const after = at(body, 'variables.after');
    const start = Number(after ?? '0');
    const errors = start === 50 ? {errors: [{message: 'Could not load assignee', path: ['issues']}]} : {};
    const edges = range(50, (n) => ({node: {id: String(start + n)}, cursor: String(start + n)}));
    return json({
      data: {issues: {edges, pageInfo: {hasNextPage: start + 50 < 150, endCursor: String(start + 50)}}},
      ...errors,
    });
  });
  const source = new Connection(
    `client: {base_url: "${api.url}", auth: {type: api_key, api_key: "{secrets.key}"}}
resources:
- name: issues
  primary_key: id
  endpoint:
    path: graphql
    method: POST
    json: {query: "query($after: String) { issues(first: 50, after: $after) { edges { node { id } } pageInfo { hasNextPage endCursor } } }"}
    data_selector: data.issues.edges[*].node
    paginator: {type: cursor, cursor_path: data.issues.pageInfo.endCursor, cursor_body_path: variables.after, has_more_path: data.issues.pageInfo.hasNextPage}`,
    {key: 'lin_1'},
    clock,
  );
  expect(await source.check()).toMatchObject({status: 'SUCCEEDED'});
  await source.discover();
  const read = await source.read();
  expect(column(read, 'issues', 'id')).toEqual(range(150, String));
  expect(read.logs('WARN').join('\n')).toMatch(/Could not load assignee/);
  fatal = true;
  expect(await source.check()).toMatchObject({status: 'FAILED', message: expect.stringMatching(/Query too complex/)});
});

test('Zendesk by time: next_page never null, end_of_stream', async () => {
  const clock = new FakeClock({now});
  const rows = range(250, (n) => ({id: n, updated_at: iso(now - 10 * hour + n * 1_000)}));
  await using api = await serve(clock, ({query, path}) => {
    const start = Number(query.get('start_time'));
    const found = rows.filter(({updated_at}) => Date.parse(updated_at) / 1_000 >= start);
    const page = found.slice(0, 100);
    const last = page.at(-1);
    const end = last === undefined ? start : Date.parse(last.updated_at) / 1_000;
    return json({
      tickets: page,
      count: page.length,
      end_time: end,
      next_page: `${api.url}${path}?start_time=${end}`,
      end_of_stream: found.length <= 100,
    });
  });
  const source = new Connection(
    `client: {base_url: "${api.url}"}
resources:
- name: tickets
  primary_key: id
  endpoint:
    path: api/v2/incremental/tickets.json
    data_selector: tickets
    paginator: {type: json_link, next_url_path: next_page, last_page_path: end_of_stream}
    incremental: {cursor_path: updated_at, initial_value: "2024-01-01T00:00:00Z", start_param: start_time, convert: epoch_seconds, delay: PT1M, row_order: asc}`,
    {},
    clock,
  );
  expect(await source.check()).toMatchObject({status: 'SUCCEEDED'});
  await source.discover();
  const first = await source.read();
  expect(new Set(column(first, 'tickets', 'id'))).toEqual(new Set(range(250, (n) => n)));
  expect(first.records()).toHaveLength(252);
  clock.time += hour;
  rows.push({id: 900, updated_at: iso(now)});
  const again = await source.read(first);
  expect(column(again, 'tickets', 'id')).toEqual([900]);
});

test('Xata: a filter is forbidden beside a cursor', async () => {
  const clock = new FakeClock({now});
  await using api = await serve(clock, ({body}) => {
    const cursor = at(body, 'page.after');
    if (cursor !== undefined && (at(body, 'filter') !== undefined || at(body, 'sort') !== undefined)) {
      return json({id: 'e', message: 'filter or sort is not allowed with a cursor'}, {status: 400});
    }
    const start = Number(cursor ?? '0');
    const records = range(20, (n) => ({id: `rec_${start + n}`, xata: {updatedAt: iso(now - hour)}}));
    return json({records, meta: {page: {cursor: String(start + 20), more: start + 20 < 60, size: 20}}});
  });
  const source = new Connection(
    `client: {base_url: "${api.url}"}
resources:
- name: users
  primary_key: id
  endpoint:
    path: db/main/tables/users/query
    method: POST
    json: {page: {size: 20}, sort: {xata.updatedAt: asc}, filter: {xata.updatedAt: {$ge: "{incremental.start_value}"}}}
    data_selector: records
    paginator: {type: cursor, cursor_path: meta.page.cursor, cursor_body_path: page.after, has_more_path: meta.page.more, first_page_only: [filter, sort]}
    incremental: {cursor_path: xata.updatedAt, initial_value: "2024-01-01T00:00:00Z"}`,
    {},
    clock,
  );
  expect(await source.check()).toMatchObject({status: 'SUCCEEDED'});
  await source.discover();
  expect(column(await source.read(), 'users', 'id')).toEqual(range(60, (n) => `rec_${n}`));
});

test('Salesforce Bulk results: CSV, a locator in a header that is the text null at the end', async () => {
  const clock = new FakeClock({now});
  await using api = await serve(clock, ({query}) => {
    const start = Number(query.get('locator') ?? '0');
    const lines = range(10, (n) => `"001${start + n}","a, ""b""\n${n}"`);
    const headers = {
      'content-type': 'text/csv',
      'sforce-locator': start < 20 ? String(start + 10) : 'null',
      'sforce-numberofrecords': '10',
    };
    return {headers, body: `"Id","Name"\n${lines.join('\n')}\n`};
  });
  const source = new Connection(
    `client: {base_url: "${api.url}"}
resources:
- {name: results, primary_key: Id, endpoint: {path: jobs/query/750/results, paginator: {type: header_cursor, cursor_key: Sforce-Locator, cursor_param: locator}}}`,
    {},
    clock,
  );
  expect(await source.check()).toMatchObject({status: 'SUCCEEDED'});
  await source.discover();
  const read = await source.read();
  expect(column(read, 'results', 'Id')).toEqual(range(30, (n) => `001${n}`));
  expect(read.records()[3]).toEqual({Id: '0013', Name: 'a, "b"\n3'});
});

test('SeaTable: a token from another host, which also names the server', async () => {
  const clock = new FakeClock({now});
  await using data = await serve(clock, ({headers, query}) => {
    if (headers.authorization !== 'Bearer base') return json({error_msg: 'Permission denied'}, {status: 403});
    const start = Number(query.get('start') ?? '0');
    const rows = range(Math.max(0, Math.min(1_000, 2_000 - start)), (n) => ({
      _id: String(start + n),
      _mtime: iso(now - hour),
    }));
    return json({rows});
  });
  await using login = await serve(clock, ({headers}) => {
    if (headers.authorization !== 'Bearer api-token') return json({error_message: 'Invalid token'}, {status: 401});
    return json({access_token: 'base', dtable_server: `${data.url}/api-gateway/`, dtable_uuid: 'u1'});
  });
  const source = new Connection(
    `client:
  base_url: "{auth.dtable_server}api/v2/dtables/{auth.dtable_uuid}"
  auth:
    type: session_token
    login: {path: "${login.url}/api/v2.1/dtable/app-access-token/", method: GET, headers: {Authorization: "Bearer {secrets.api_token}"}}
    token_path: access_token
    name: Authorization
    prefix: Bearer
resources:
- name: rows
  primary_key: _id
  endpoint: {path: rows/, params: {table_name: T}, data_selector: rows, paginator: {type: offset, offset_param: start, limit: 1000}}`,
    {api_token: 'api-token'},
    clock,
  );
  expect(await source.check()).toMatchObject({status: 'SUCCEEDED'});
  await source.discover();
  expect((await source.read()).records()).toHaveLength(2_000);
});

test('If-Modified-Since as the cursor, no content as the answer', async () => {
  const clock = new FakeClock({now});
  const rows = [{id: 1, modified: '2026-05-01T10:00:00Z'}];
  await using api = await serve(clock, ({headers}) => {
    const since = Date.parse(headers['if-modified-since'] ?? '');
    const found = rows.filter(({modified}) => Date.parse(modified) > since);
    return found.length === 0 ? {status: 304} : json({Invoices: found});
  });
  const source = new Connection(
    `client: {base_url: "${api.url}"}
resources:
- name: Invoices
  primary_key: id
  endpoint:
    headers: {If-Modified-Since: "{incremental.start_value|%a, %d %b %Y %H:%M:%S GMT}"}
    response_actions: [{status_code: 304, action: ignore}]
    paginator: single_page
    incremental: {cursor_path: modified, initial_value: "2024-01-01T00:00:00Z"}`,
    {},
    clock,
  );
  await source.discover();
  const first = await source.read();
  expect(first.records()).toHaveLength(1);
  const again = await source.read(first);
  expect(again.records()).toEqual([]);
  expect(api.requests.at(-1)?.headers['if-modified-since']).toBe('Fri, 01 May 2026 10:00:00 GMT');
});

test('Google: 403 with a reason in the body, told to be retried', async () => {
  const clock = new FakeClock({now});
  await using api = await serve(clock, ({query}, index) => {
    if (index === 3)
      return json(
        {error: {code: 403, message: 'Rate Limit Exceeded', errors: [{reason: 'rateLimitExceeded'}]}},
        {status: 403},
      );
    const token = query.get('pageToken');
    const start = Number(token ?? '0');
    const end = start + 10 >= 30;
    return json({
      kind: 'calendar#events',
      items: range(10, (n) => ({id: String(start + n)})),
      ...(end ? {nextSyncToken: 'sync'} : {nextPageToken: String(start + 10)}),
    });
  });
  const source = new Connection(
    `client: {base_url: "${api.url}"}
resources:
- {name: events, primary_key: id, endpoint: {path: calendars/primary/events, response_actions: [{status_code: 403, json: {path: "error.errors[0].reason", equals: rateLimitExceeded}, action: retry}]}}`,
    {},
    clock,
  );
  await source.discover();
  const read = await source.read();
  expect(column(read, 'events', 'id')).toEqual(range(30, String));
});

test("what is not read in this version is the configuration's fault, an HTML page may be an outage", async () => {
  const clock = new FakeClock({now});
  const bodies: Readonly<Record<string, string>> = {
    zip: 'PK\u0003\u0004\u0014',
    rss: '<?xml version="1.0"?><rss><channel/></rss>',
    lines: '{"id":1}\n{"id":2}\n',
    login: '<!doctype html><html><head><title>Log in</title></head></html>',
  };
  await using api = await serve(clock, ({path}) => ({
    headers: {'content-type': 'text/plain'},
    body: bodies[path.slice(1)] ?? '',
  }));
  const check = (name: string) =>
    new Connection(`client: {base_url: "${api.url}"}\nresources: [${name}]`, {}, clock).check();
  expect(await check('zip')).toMatchObject({status: 'FAILED', message: expect.stringMatching(/zip archive.*ask for/)});
  expect(await check('rss')).toMatchObject({status: 'FAILED', message: expect.stringMatching(/XML.*ask for JSON/)});
  expect(await check('lines')).toMatchObject({status: 'FAILED', message: expect.stringMatching(/\{format: jsonl\}/)});
  expect(clock.sleeps).toEqual([]);
  expect(await check('login')).toMatchObject({status: 'none', message: expect.stringMatching(/page titled "Log in"/)});
  expect(clock.sleeps).toEqual([2_000, 4_000, 8_000]);
});

test('a form as body with the cursor and the credential in it', async () => {
  const clock = new FakeClock({now});
  await using api = await serve(clock, ({headers, body}) => {
    const form = new URLSearchParams(body);
    const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
    if (!isForm || form.get('token') !== 'k') return json({error: 'no token'}, {status: 401});
    const start = Number(form.get('cursor') ?? '0');
    return json({items: range(10, (n) => ({id: start + n})), cursor: start < 20 ? start + 10 : null});
  });
  const source = new Connection(
    `client: {base_url: "${api.url}", auth: {type: api_key, name: token, api_key: "{secrets.k}", location: body}}
resources:
- name: items
  primary_key: id
  endpoint:
    method: POST
    data: {kind: all, q: "a&b"}
    paginator: {type: cursor, cursor_path: cursor, cursor_body_path: cursor}`,
    {k: 'k'},
    clock,
  );
  expect(await source.check()).toMatchObject({status: 'SUCCEEDED'});
  await source.discover();
  api.take();
  expect(column(await source.read(), 'items', 'id')).toEqual(range(30, (n) => n));
  expect(api.take().map(({body}) => body)).toEqual([
    'kind=all&q=a%26b&token=k',
    'kind=all&q=a%26b&cursor=10&token=k',
    'kind=all&q=a%26b&cursor=20&token=k',
  ]);
});
