import {describe, expect, test} from 'vitest';
import {json} from '../../support/api-server.js';
import {FakeClock} from '../../support/fake-clock.js';
import {Connection, column} from '../connection.js';
import {at, serve} from '../serve.js';
import {hour, iso, now, range} from '../world.js';

test('PostgREST: 206, a silent cap, 416 behind the end, integers of 64 bits', async () => {
  const clock = new FakeClock({now});
  const rows = range(150, (n) => ({
    n,
    updated_at: new Date(now - hour + n * 1_000).toISOString().replace('Z', '+00:00'),
  }));
  const text = (found: typeof rows) =>
    `[${found.map(({n, updated_at}) => `{"id":${9007199254740993n + BigInt(n)},"updated_at":"${updated_at}"}`).join()}]`;
  await using api = await serve(clock, ({headers, query}) => {
    if (headers['apikey'] !== 'anon' || headers.authorization !== 'Bearer anon') {
      return json({message: 'No API key found in request', hint: 'No `apikey` request header'}, {status: 401});
    }
    const since = /^gte\.(.+)$/.exec(query.get('updated_at') ?? '')?.[1];
    if (since === undefined || Number.isNaN(Date.parse(since))) {
      return json({code: '22007', message: `invalid input syntax for timestamp: "${since}"`}, {status: 400});
    }
    const found = rows.filter(({updated_at}) => Date.parse(updated_at) >= Date.parse(since));
    const offset = Number(query.get('offset') ?? '0');
    if (offset > 0 && offset >= found.length) {
      const details = `An offset of ${offset} was requested, but there are only ${found.length} rows.`;
      return json({code: 'PGRST103', message: 'Requested range not satisfiable', details, hint: null}, {status: 416});
    }
    const page = found.slice(offset, offset + Math.min(Number(query.get('limit')), 60));
    const range = `${offset}-${offset + page.length - 1}/${found.length}`;
    return json(text(page), {status: page.length < found.length ? 206 : 200, headers: {'content-range': range}});
  });
  const source = new Connection(
    `client:
  base_url: ${api.url}/rest/v1
  auth: [{type: api_key, name: apikey, api_key: "{secrets.key}"}, {type: bearer, token: "{secrets.key}"}]
  headers: {Prefer: count=exact}
resources:
- name: orders
  primary_key: id
  endpoint:
    params: {updated_at: "gte.{incremental.start_value}", order: "updated_at,id"}
    paginator: {type: offset, limit: 100}
    incremental: {cursor_path: updated_at, initial_value: "2024-01-01T00:00:00Z", row_order: asc}`,
    {key: 'anon'},
    clock,
  );
  expect(await source.check()).toMatchObject({status: 'SUCCEEDED'});
  expect(await source.discover()).toMatchObject({orders: {properties: {id: {type: ['null', 'integer']}}}});
  api.take();
  const first = await source.read();
  expect([...first.text.matchAll(/"id":(\d+)/g)].map(([, id = '']) => BigInt(id) - 9007199254740993n)).toEqual(
    rows.map(({n}) => BigInt(n)),
  );
  expect(api.take().map(({query}) => query.get('offset'))).toEqual(['0', '60', '120', '150']);
  expect(first.logs('WARN').join('\n')).toMatch(/60/);
  clock.time += hour;
  rows.push({n: 150, updated_at: iso(now)});
  const again = await source.read(first);
  expect(api.take()[0]?.query.get('updated_at')).toBe(`gte.${rows[149]?.updated_at}`);
  expect(again.records()).toHaveLength(1);
});

describe('Baserow: 400 behind the last page', () => {
  for (const count of [400, 450]) {
    for (const paginator of [
      'auto',
      '{type: page_number, base_page: 1, total_items_path: count, limit: 200, limit_param: size}',
    ]) {
      test(`${count} rows, ${paginator}`, async () => {
        const clock = new FakeClock({now});
        const rows = range(count, (n) => ({id: n + 1, order: '1.00'}));
        await using api = await serve(clock, ({headers, path, query}) => {
          if (headers.authorization !== 'Token t')
            return json({error: 'ERROR_TOKEN_DOES_NOT_EXIST', detail: 'no'}, {status: 401});
          const page = Number(query.get('page') ?? '1');
          const size = Math.min(Number(query.get('size') ?? '100'), 200);
          if (page < 1 || (page - 1) * size >= rows.length) {
            return json({error: 'ERROR_INVALID_PAGE', detail: 'Invalid page.'}, {status: 400});
          }
          const next =
            page * size < rows.length ? `${api.url}${path}?page=${page + 1}&size=${size}&user_field_names=true` : null;
          return json({count: rows.length, next, previous: null, results: rows.slice((page - 1) * size, page * size)});
        });
        const source = new Connection(
          `client: {base_url: "${api.url}/api/database", auth: {type: api_key, api_key: "{secrets.t}", prefix: Token}}
resources:
- name: rows
  primary_key: id
  endpoint: {path: rows/table/7/, params: {user_field_names: true, size: 200}, data_selector: results, paginator: ${paginator}}`,
          {t: 't'},
          clock,
        );
        expect(await source.check()).toMatchObject({status: 'SUCCEEDED'});
        await source.discover();
        expect(column(await source.read(), 'rows', 'id')).toEqual(rows.map(({id}) => id));
        expect(api.requests.every(({query}) => query.get('user_field_names') === 'true')).toBe(true);
      });
    }
  }
});

test('PocketBase: a token from a login, which runs out; a total of -1; dates with a space', async () => {
  const clock = new FakeClock({now});
  const spaced = (time: number) => new Date(time).toISOString().replace('T', ' ');
  const rows = range(130, (n) => ({id: `r${n}`, updated: spaced(now - hour + n * 1_000)}));
  let logins = 0;
  let valid = 0;
  await using api = await serve(clock, ({headers, method, path, query, body}) => {
    if (path === '/api/collections/_superusers/auth-with-password') {
      if (method !== 'POST' || at(body, 'password') !== 'pw')
        return json({status: 400, message: 'Failed to authenticate.', data: {}}, {status: 400});
      logins++;
      valid = logins;
      return json({token: `eyJ.${logins}`, record: {id: 'u1', email: 'a@example.com'}});
    }
    if (headers.authorization !== `eyJ.${valid}`)
      return json(
        {status: 401, message: 'The request requires valid record authorization token.', data: {}},
        {status: 401},
      );
    const since = /^\(updated>='(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z)'\)$/.exec(query.get('filter') ?? '')?.[1];
    if (since === undefined) return json({status: 400, message: 'Invalid filter parameters.', data: {}}, {status: 400});
    const found = rows.filter(({updated}) => updated >= since);
    const page = Number(query.get('page') ?? '1');
    const perPage = Math.min(Number(query.get('perPage')), 1_000);
    if (page === 2 && logins === 1) valid = -1;
    const items = found.slice((page - 1) * perPage, page * perPage);
    return json({page, perPage, totalItems: -1, totalPages: -1, items});
  });
  const source = new Connection(
    `client:
  base_url: ${api.url}/api
  auth:
    type: session_token
    login: {path: collections/_superusers/auth-with-password, method: POST, json: {identity: a@example.com, password: "{secrets.password}"}}
    token_path: token
    name: Authorization
resources:
- name: posts
  primary_key: id
  endpoint:
    path: collections/posts/records
    params: {skipTotal: 1, sort: updated, filter: "(updated>='{incremental.start_value}')"}
    data_selector: items
    paginator: {type: page_number, base_page: 1, total_path: totalPages, limit: 50, limit_param: perPage}
    incremental: {cursor_path: updated, initial_value: "2024-01-01 00:00:00.000Z", row_order: asc}`,
    {password: 'pw'},
    clock,
  );
  expect(await source.check()).toMatchObject({status: 'SUCCEEDED'});
  expect(await source.discover()).toMatchObject({posts: {key: [['id']], cursor: ['updated']}});
  logins = 0;
  const first = await source.read();
  expect(column(first, 'posts', 'id')).toEqual(rows.map(({id}) => id));
  expect(logins).toBe(2);
  clock.time += hour;
  rows.push({id: 'new', updated: spaced(now)}, {id: 'late', updated: rows[129]?.updated ?? ''});
  rows.sort((a, b) => (a.updated < b.updated ? -1 : 1));
  const again = await source.read(first);
  expect(column(again, 'posts', 'id').toSorted()).toEqual(['late', 'new']);
});

test('WordPress: pages in a header, 400 behind the last one', async () => {
  const clock = new FakeClock({now});
  const rows = range(200, (id) => ({id, title: {rendered: `t${id}`}}));
  await using api = await serve(clock, ({query}) => {
    const page = Number(query.get('page') ?? '1');
    const size = Number(query.get('per_page') ?? '10');
    if (page > Math.ceil(rows.length / size)) {
      return json(
        {
          code: 'rest_post_invalid_page_number',
          message: 'The page number requested is larger than the number of pages available.',
          data: {status: 400},
        },
        {status: 400},
      );
    }
    const headers = {'x-wp-total': String(rows.length), 'x-wp-totalpages': String(Math.ceil(rows.length / size))};
    return json(rows.slice((page - 1) * size, page * size), {headers});
  });
  const source = new Connection(
    `client: {base_url: "${api.url}/wp-json/wp/v2"}
resources:
- name: posts
  primary_key: id
  endpoint: {path: posts, paginator: {type: page_number, base_page: 1, total_header: X-WP-TotalPages, limit: 100, limit_param: per_page}}`,
    {},
    clock,
  );
  await source.discover();
  expect(column(await source.read(), 'posts', 'id')).toEqual(rows.map(({id}) => id));
});

test('World Bank: the rows are the second element, the pages are in the first', async () => {
  const clock = new FakeClock({now});
  await using api = await serve(clock, ({query}) => {
    const page = Number(query.get('page') ?? '1');
    if (query.get('format') !== 'json') return {headers: {'content-type': 'text/xml'}, body: '<wb:error/>'};
    const rows = range(page === 3 ? 7 : 50, (n) => ({id: `c${page * 100 + n}`}));
    return json([{page, pages: 3, per_page: '50', total: 107}, rows]);
  });
  const source = new Connection(
    `client: {base_url: "${api.url}/v2"}
resources:
- name: countries
  primary_key: id
  endpoint: {path: country, params: {format: json}, data_selector: "$[1]", paginator: {type: page_number, base_page: 1, total_path: "$[0].pages"}}`,
    {},
    clock,
  );
  expect(await source.check()).toMatchObject({status: 'SUCCEEDED'});
  await source.discover();
  expect((await source.read()).records()).toHaveLength(107);
});

test('ArcGIS: a flag that more follows, errors with 200', async () => {
  const clock = new FakeClock({now});
  await using api = await serve(clock, ({query}) => {
    if (query.get('token') !== 'arc') return json({error: {code: 498, message: 'Invalid token.', details: []}});
    const offset = Number(query.get('resultOffset') ?? '0');
    const count = Math.min(Number(query.get('resultRecordCount')), 40, 95 - offset);
    const features = range(Math.max(count, 0), (n) => ({attributes: {OBJECTID: offset + n}, geometry: {x: 1, y: 2}}));
    return json({objectIdFieldName: 'OBJECTID', features, ...(offset + count < 95 && {exceededTransferLimit: true})});
  });
  const text = `client: {base_url: "${api.url}/arcgis/rest/services", auth: {type: api_key, name: token, api_key: "{secrets.arc}", location: query}}
resources:
- name: parcels
  primary_key: [[attributes, OBJECTID]]
  endpoint:
    path: parcels/FeatureServer/0/query
    params: {where: "1=1", outFields: "*", f: json}
    data_selector: features
    paginator: {type: offset, offset_param: resultOffset, limit_param: resultRecordCount, limit: 1000, has_more_path: exceededTransferLimit}`;
  const refused = await new Connection(text, {arc: 'other'}, clock).check();
  expect(refused).toMatchObject({status: 'FAILED', message: expect.stringMatching(/Invalid token/)});
  const source = new Connection(text, {arc: 'arc'}, clock);
  expect(await source.check()).toMatchObject({status: 'SUCCEEDED'});
  expect(await source.discover()).toMatchObject({parcels: {key: [['attributes', 'OBJECTID']]}});
  expect(column(await source.read(), 'parcels', 'attributes.OBJECTID')).toEqual(range(95, (n) => n));
});

test('Jira before: startAt, a lower cap than asked for, a total', async () => {
  const clock = new FakeClock({now});
  await using api = await serve(clock, ({query}) => {
    const start = Number(query.get('startAt') ?? '0');
    const size = Math.min(Number(query.get('maxResults')), 50);
    const issues = range(Math.max(0, Math.min(size, 120 - start)), (n) => ({id: String(start + n)}));
    return json({startAt: start, maxResults: size, total: 120, issues});
  });
  const source = new Connection(
    `client: {base_url: "${api.url}"}
resources:
- {name: issues, primary_key: id, endpoint: {path: rest/api/2/search, paginator: {type: offset, limit: 100, offset_param: startAt, limit_param: maxResults}}}`,
    {},
    clock,
  );
  await source.discover();
  const read = await source.read();
  expect(column(read, 'issues', 'id')).toEqual(range(120, String));
});

test('Socrata: dollars and spaces in names and values', async () => {
  const clock = new FakeClock({now});
  await using api = await serve(clock, ({query}) => {
    const where = query.get('$where') ?? '';
    if (!/^:updated_at >= '\d{4}-\d\d-\d\dT[\d:.]+'$/.test(where))
      return json({message: `bad where ${where}`, errorCode: 'query.soql'}, {status: 400});
    const offset = Number(query.get('$offset') ?? '0');
    return json(
      range(Math.max(0, Math.min(Number(query.get('$limit')), 130 - offset)), (n) => ({
        ':id': `row-${offset + n}`,
        ':updated_at': iso(now - hour).replace('Z', '.000Z'),
      })),
    );
  });
  const source = new Connection(
    `client: {base_url: "${api.url}"}
resources:
- name: permits
  primary_key: ":id"
  endpoint:
    path: resource/abcd-1234.json
    params: {$select: ":*,*", $order: ":updated_at,:id", $where: ":updated_at >= '{incremental.start_value|%Y-%m-%dT%H:%M:%S.000}'"}
    paginator: {type: offset, limit: 50, offset_param: $offset, limit_param: $limit}
    incremental: {cursor_path: ":updated_at", initial_value: "2024-01-01T00:00:00Z"}`,
    {},
    clock,
  );
  expect(await source.check()).toMatchObject({status: 'SUCCEEDED'});
  await source.discover();
  expect((await source.read()).records()).toHaveLength(130);
});
