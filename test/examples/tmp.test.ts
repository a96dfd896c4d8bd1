import {expect, test} from 'vitest';
import {json} from '../support/api-server.js';
import {FakeClock} from '../support/fake-clock.js';
import {Connection, column} from './connection.js';
import {at, serve} from './serve.js';
import {hour, iso, now, range} from './world.js';

test('NocoDB v2', async () => {
  const clock = new FakeClock({now});
  await using api = await serve(clock, ({query}) => {
    const offset = Number(query.get('offset') ?? '0');
    const size = Math.min(Number(query.get('limit')), 50);
    if (offset >= 150) return json({error: 'INVALID_OFFSET_VALUE', message: 'Offset value is invalid'}, {status: 422});
    return json({list: range(Math.min(size, 150 - offset), (n) => ({Id: offset + n})), pageInfo: {totalRows: 150, page: 1, pageSize: size, isFirstPage: offset === 0, isLastPage: offset + size >= 150}});
  });
  const source = new Connection(`client: {base_url: "${api.url}"}
resources:
- {name: rows, primary_key: Id, endpoint: {path: api/v2/tables/t/records, paginator: {type: offset, limit: 100, total_path: pageInfo.totalRows}}}
- {name: flag, primary_key: Id, endpoint: {path: api/v2/tables/t/records, paginator: {type: offset, limit: 100, last_page_path: pageInfo.isLastPage}}}
- {name: bare, primary_key: Id, endpoint: {path: api/v2/tables/t/records, paginator: {type: offset, limit: 100}}}`, {}, clock);
  console.log(await source.check());
  await source.discover();
  const run = await source.readAnyhow();
  console.log(['rows','flag','bare'].map((s) => column(run.messages, s, 'Id').length), run.messages.errors().map((e) => e.message), run.messages.logs());
});

test('GitHub 204 and 202', async () => {
  const clock = new FakeClock({now});
  await using api = await serve(clock, ({path}, index) => {
    if (path === '/contributors') return {status: 204};
    if (path === '/stats') return index % 2 === 0 ? json('{}', {status: 202}) : json([{total: 1}]);
    return json([]);
  });
  const source = new Connection(`client: {base_url: "${api.url}"}
resources:
- contributors
- {name: stats, endpoint: {path: stats, response_actions: [{status_code: 202, action: retry}]}}`, {}, clock);
  console.log(await source.check());
  await source.discover();
  const run = await source.readAnyhow();
  console.log(run.code, run.messages.records(), run.messages.errors().map((e) => e.message), run.messages.logs());
});

test('zip, xml', async () => {
  const clock = new FakeClock({now});
  await using api = await serve(clock, ({path}) => {
    if (path === '/zip') return {headers: {'content-type': 'application/zip'}, body: Buffer.from('PK\u0003\u0004xxxxxxxx')};
    if (path === '/html') return {headers: {'content-type': 'text/html'}, body: '<!doctype html><html><body>Login</body></html>'};
    return {headers: {'content-type': 'application/rss+xml'}, body: '<?xml version="1.0"?><rss><channel><item/></channel></rss>'};
  });
  for (const name of ['zip', 'xml', 'html']) {
    const source = new Connection(`client: {base_url: "${api.url}", retry: {max_retries: 0}}\nresources: [${name}]`, {}, clock);
    console.log(name, await source.check());
  }
});

test('form body, auth in body, links[rel=next]', async () => {
  const clock = new FakeClock({now});
  await using api = await serve(clock, ({path, body, headers, query}) => {
    if (path === '/form') {
      const form = new URLSearchParams(body);
      if (form.get('token') !== 'k' || headers['content-type']?.startsWith('application/x-www-form-urlencoded') !== true) return json({error: `no token in ${body}`}, {status: 401});
      const start = Number(form.get('cursor') ?? '0');
      return json({items: range(10, (n) => ({id: start + n, updated: iso(now - hour)})), cursor: start < 20 ? start + 10 : null});
    }
    if (path === '/json') {
      if (at(body, 'token') !== 'k') return json({error: 'no token'}, {status: 401});
      const start = Number(at(body, 'paging.offset') ?? '0');
      return json({items: range(start < 30 ? 10 : 0, (n) => ({id: start + n}))});
    }
    const page = Number(query.get('offset') ?? '0');
    return json({items: range(10, (n) => ({id: page + n})), hasMore: page < 20, links: [{rel: 'self', href: `${path}`}, ...(page < 20 ? [{rel: 'next', href: `/ords/x?offset=${page + 10}`}] : [])]});
  });
  const source = new Connection(`client: {base_url: "${api.url}", auth: {type: api_key, name: token, api_key: "{secrets.k}", location: body}}
resources:
- {name: form, primary_key: id, endpoint: {method: POST, data: {kind: all, since: "{incremental.start_value}"}, paginator: {type: cursor, cursor_path: cursor, cursor_body_path: cursor}, incremental: {cursor_path: updated, initial_value: "2024-01-01T00:00:00Z"}}}
- {name: json, primary_key: id, endpoint: {method: POST, json: {kind: all}, paginator: {type: offset, limit: 10, limit_param: null, limit_body_path: paging.limit, offset_body_path: paging.offset}}}
- {name: x, primary_key: id, endpoint: {path: ords/x, auth: null, paginator: {type: json_link, next_url_path: "links[?(@.rel == 'next')].href", has_more_path: hasMore}}}`, {k: 'k'}, clock);
  console.log(await source.check());
  await source.discover();
  const run = await source.readAnyhow();
  console.log(['form','json','x'].map((s) => column(run.messages, s, 'id').length), run.messages.errors().map((e) => e.message), run.messages.logs());
  console.log(api.requests.slice(-12).map((r) => r.target + ' ' + r.body));
});

test('xero dates', async () => {
  const clock = new FakeClock({now});
  await using api = await serve(clock, () => json({Items: [{id: 1, UpdatedDateUTC: '/Date(1573755038314+0000)/'}, {id: 2, UpdatedDateUTC: '/Date(1573755039314+0000)/'}]}));
  const source = new Connection(`client: {base_url: "${api.url}"}
resources:
- {name: Items, primary_key: id, endpoint: {paginator: single_page, incremental: {cursor_path: UpdatedDateUTC, initial_value: "2019-01-01T00:00:00Z"}}}`, {}, clock);
  console.log(await source.check());
  await source.discover();
  const run = await source.readAnyhow();
  console.log(run.code, run.messages.records(), run.messages.errors().map((e) => e.message), run.messages.logs());
});
