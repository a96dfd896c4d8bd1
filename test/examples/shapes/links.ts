import {expect, test} from 'vitest';
import {json, type Recorded} from '../../support/api-server.js';
import {FakeClock} from '../../support/fake-clock.js';
import {Connection, column} from '../connection.js';
import {basic, serve} from '../serve.js';
import {hour, iso, now, range} from '../world.js';

/** The URL of the request with other parameters. */
const link = ({headers, path, query}: Recorded, params: Readonly<Record<string, string>>): string =>
  `http://${headers.host}${path}?${new URLSearchParams({...Object.fromEntries(query), ...params})}`;

test('PokeAPI: nothing but a path; details by name, one of them 404 in plain text', async () => {
  const names = range(45, (n) => `p${n}`);
  const clock = new FakeClock({now});
  await using api = await serve(clock, (request) => {
    const {path, query} = request;
    const name = /^\/api\/v2\/pokemon\/(p\d+)$/.exec(path)?.[1];
    if (name === 'p7') return {status: 404, headers: {'content-type': 'text/plain'}, body: 'Not Found'};
    if (name !== undefined) return json({id: Number(name.slice(1)), name, abilities: [{slot: 1}], moves: [{m: 1}]});
    const offset = Number(query.get('offset') ?? '0');
    const limit = Number(query.get('limit') ?? '20');
    return json({
      count: names.length,
      next: offset + limit < names.length ? link(request, {offset: String(offset + limit), limit: '20'}) : null,
      previous: null,
      results: names.slice(offset, offset + limit).map((each) => ({name: each, url: `${path}/${each}/`})),
    });
  });
  const source = new Connection(
    `client: {base_url: "${api.url}/api/v2"}
resources:
- {name: pokemon, primary_key: name}
- {name: details, primary_key: id, endpoint: "pokemon/{resources.pokemon.name}"}`,
    {},
    clock,
  );
  expect(await source.check()).toMatchObject({status: 'SUCCEEDED'});
  expect(await source.discover()).toMatchObject({details: {key: [['id']], properties: {abilities: {}, moves: {}}}});
  const read = await source.read();
  expect(column(read, 'pokemon', 'name')).toEqual(names);
  expect(column(read, 'details', 'name').toSorted()).toEqual(names.filter((name) => name !== 'p7').toSorted());
  expect(read.logs('WARN').join('\n')).toMatch(/details: .*404/);
});

test('OData: @odata.nextLink and value are found, $filter goes out as text', async () => {
  const clock = new FakeClock({now});
  const rows = range(120, (id) => ({id: `i${id}`, lastModifiedDateTime: iso(now - hour + id * 1_000)}));
  await using api = await serve(clock, (request) => {
    const {headers, query} = request;
    if (headers.authorization !== 'Bearer graph') {
      return json({error: {code: 'InvalidAuthenticationToken', message: 'Access token is empty.'}}, {status: 401});
    }
    const since = /^lastModifiedDateTime ge (\S+Z)$/.exec(query.get('$filter') ?? '')?.[1];
    if (since === undefined)
      return json({error: {code: 'BadRequest', message: 'Invalid filter clause'}}, {status: 400});
    const found = rows.filter(({lastModifiedDateTime}) => lastModifiedDateTime >= since);
    const skip = Number(query.get('$skiptoken') ?? '0');
    const next = skip + 50 < found.length ? {'@odata.nextLink': link(request, {$skiptoken: String(skip + 50)})} : {};
    return json({'@odata.context': `${api.url}/$metadata#items`, ...next, value: found.slice(skip, skip + 50)});
  });
  const source = new Connection(
    `client: {base_url: "${api.url}/v1.0", auth: bearer}
resources:
- name: items
  primary_key: id
  endpoint:
    path: sites/root/items
    params: {$filter: "lastModifiedDateTime ge {incremental.start_value}", $orderby: lastModifiedDateTime}
    incremental: {cursor_path: lastModifiedDateTime, initial_value: "2024-01-01T00:00:00Z", row_order: asc}`,
    {token: 'graph'},
    clock,
  );
  expect(await source.check()).toMatchObject({status: 'SUCCEEDED'});
  expect(await source.discover()).toMatchObject({items: {key: [['id']], cursor: ['lastModifiedDateTime']}});
  const first = await source.read();
  expect(column(first, 'items', 'id')).toEqual(rows.map(({id}) => id));
  clock.time += hour;
  rows.push({id: 'late', lastModifiedDateTime: rows[119]?.lastModifiedDateTime ?? ''});
  rows.push({id: 'new', lastModifiedDateTime: iso(now)});
  const again = await source.read(first);
  expect(column(again, 'items', 'id')).toEqual(['late', 'new']);
});

test('JSON:API: a key with a prefix, brackets in names, an exclusive filter with a lag', async () => {
  const clock = new FakeClock({now});
  const rows = range(130, (n) => ({
    type: 'profile',
    id: `01${n}`,
    attributes: {
      email: `${n}@example.com`,
      updated: new Date(now - hour + n * 1_000).toISOString().replace('.000Z', '+00:00'),
    },
    relationships: {lists: {data: [{type: 'list', id: 'l1'}]}},
  }));
  await using api = await serve(clock, (request) => {
    const {headers, query} = request;
    const error = (status: number, code: string, detail: string) =>
      json({errors: [{id: 'e', status, code, title: code, detail, source: {pointer: '/data/'}}]}, {status});
    if (headers.authorization !== 'Klaviyo-API-Key pk_1') return error(401, 'not_authenticated', 'Missing API key');
    if (headers['revision'] !== '2025-04-15') return error(400, 'invalid', 'revision is missing');
    const since = /^greater-than\(updated,(\S+)\)$/.exec(query.get('filter') ?? '')?.[1];
    if (since === undefined || Number(query.get('page[size]')) > 100) return error(400, 'invalid', 'bad query');
    const found = rows.filter(({attributes}) => Date.parse(attributes.updated) > Date.parse(since));
    const at = Number(query.get('page[cursor]') ?? '0');
    const next = at + 100 < found.length ? link(request, {'page[cursor]': String(at + 100)}) : null;
    const included = [{type: 'list', id: 'l1', attributes: {name: 'all'}}];
    return json({data: found.slice(at, at + 100), included, links: {self: link(request, {}), next, prev: null}});
  });
  const text = `
client:
  base_url: ${api.url}/api
  auth: {type: api_key, api_key: "{secrets.key}", prefix: Klaviyo-API-Key}
  headers: {revision: "2025-04-15"}
resources:
- name: profiles
  primary_key: id
  endpoint:
    path: profiles
    params: {"page[size]": 100, filter: "greater-than(updated,{incremental.start_value})", sort: updated}
    data_selector: data
    paginator: {type: json_link, next_url_path: links.next}
    incremental: {cursor_path: attributes.updated, initial_value: "2024-01-01T00:00:00+00:00", row_order: asc, lag: PT1S}
`;
  const refused = await new Connection(text, {key: 'pk_other'}, clock).check();
  expect(refused).toMatchObject({status: 'FAILED', message: expect.stringMatching(/401.*Missing API key/s)});
  const source = new Connection(text, {key: 'pk_1'}, clock);
  expect(await source.check()).toMatchObject({status: 'SUCCEEDED'});
  await source.discover();
  const first = await source.read();
  expect(column(first, 'profiles', 'id')).toEqual(rows.map(({id}) => id));
  clock.time += hour;
  const last = rows.at(-1);
  if (last === undefined) throw new Error('no rows');
  rows.push({...last, id: '01late'});
  const again = await source.read(first);
  expect(column(again, 'profiles', 'id')).toContain('01late');
  expect(again.records().length).toBeLessThanOrEqual(2);
  expect(again.logs().join('\n')).not.toMatch(/exclusive/);
});

test('Twilio: a relative link, an operator in a name, RFC 2822 dates, days in the filter', async () => {
  const clock = new FakeClock({now});
  const day = 24 * hour;
  const rows = range(130, (n) => ({
    sid: `SM${n}`,
    date_sent: new Date(now - 2 * day + n * 60_000).toUTCString().replace('GMT', '+0000'),
  }));
  await using api = await serve(clock, ({headers, path, query}) => {
    if (headers.authorization !== basic('AC1', 'tw')) {
      return json(
        {code: 20003, message: 'Authenticate', more_info: 'https://www.twilio.com/docs/errors/20003', status: 401},
        {status: 401},
      );
    }
    if (path !== '/2010-04-01/Accounts/AC1/Messages.json') return json({code: 20404, status: 404}, {status: 404});
    const since = query.get('DateSent>') ?? '';
    if (!/^\d{4}-\d\d-\d\d$/.test(since))
      return json({code: 20001, message: `bad date ${since}`, status: 400}, {status: 400});
    const found = rows.filter(({date_sent}) => Date.parse(date_sent) >= Date.parse(since)).toReversed();
    const page = Number(query.get('Page') ?? '0');
    const size = Number(query.get('PageSize') ?? '50');
    const params = new URLSearchParams({
      'DateSent>': since,
      PageSize: String(size),
      Page: String(page + 1),
      PageToken: 'PA',
    });
    const next = (page + 1) * size < found.length ? `${path}?${params}` : null;
    return json({page, page_size: size, messages: found.slice(page * size, (page + 1) * size), next_page_uri: next});
  });
  const source = new Connection(
    `client: {base_url: "${api.url}", auth: {type: http_basic, username: AC1, password: "{secrets.token}"}}
resources:
- name: messages
  primary_key: sid
  endpoint:
    path: 2010-04-01/Accounts/AC1/Messages.json
    params: {PageSize: 50}
    data_selector: messages
    paginator: {type: json_link, next_url_path: next_page_uri}
    incremental: {cursor_path: date_sent, cursor_format: "%a, %d %b %Y %H:%M:%S %z", initial_value: "2024-01-01",
      start_param: "DateSent>", convert: iso_date, row_order: desc}`,
    {token: 'tw'},
    clock,
  );
  expect(await source.check()).toMatchObject({status: 'SUCCEEDED'});
  expect(await source.discover()).toMatchObject({messages: {key: [['sid']], cursor: ['date_sent']}});
  api.take();
  const first = await source.read();
  expect(new Set(column(first, 'messages', 'sid'))).toEqual(new Set(rows.map(({sid}) => sid)));
  expect(first.records()).toHaveLength(130);
  expect(api.take()[0]?.target).toContain('DateSent%3E=2024-01-01');
  clock.time += hour;
  rows.push({sid: 'SMnew', date_sent: new Date(now + 60_000).toUTCString().replace('GMT', '+0000')});
  const again = await source.read(first);
  expect(api.take()[0]?.query.get('DateSent>')).toBe('2026-05-30');
  expect(column(again, 'messages', 'sid')).toEqual(['SMnew']);
});

test('Facebook: the next link carries the token, which is sent once and kept nowhere', async () => {
  const clock = new FakeClock({now});
  const token = 'EAAB-very-secret';
  let limited = true;
  await using api = await serve(clock, (request) => {
    const {query} = request;
    if (query.getAll('access_token').join() !== token) {
      return json({error: {message: 'Invalid OAuth access token.', type: 'OAuthException', code: 190}}, {status: 400});
    }
    const after = Number(query.get('after') ?? '0');
    if (after === 25 && limited) {
      limited = false;
      return json({error: {message: 'User request limit reached', type: 'OAuthException', code: 17}}, {status: 400});
    }
    const next = after + 25 < 70 ? {next: link(request, {after: String(after + 25)})} : {};
    const data = range(Math.min(25, 70 - after), (n) => ({id: String(after + n)}));
    return json({data, paging: {cursors: {before: 'b', after: String(after + 25)}, ...next}});
  });
  const source = new Connection(
    `client: {base_url: "${api.url}/v23.0", auth: {type: api_key, name: access_token, api_key: "{secrets.fb}", location: query}}
resources:
- name: ads
  primary_key: id
  endpoint:
    path: act_1/ads
    params: {limit: 25, fields: id}
    data_selector: data
    paginator: {type: json_link, next_url_path: paging.next}
    response_actions: [{status_code: 400, json: {path: error.code, equals: 17}, action: retry}]`,
    {fb: token},
    clock,
  );
  expect(await source.check()).toMatchObject({status: 'SUCCEEDED'});
  await source.discover();
  const read = await source.read();
  expect(column(read, 'ads', 'id')).toEqual(range(70, String));
  expect(clock.sleeps).toEqual([2_000]);
  expect(read.text).not.toContain(token);
  expect(read.text).not.toContain(encodeURIComponent(token));
});

test('Okta: several Link headers, a limit with its reset, an exclusive filter told about', async () => {
  const clock = new FakeClock({now});
  const rows = range(250, (n) => ({id: `00u${n}`, lastUpdated: new Date(now - hour + n * 1_000).toISOString()}));
  await using api = await serve(clock, (request, index) => {
    const {headers, query} = request;
    const error = (status: number, code: string, summary: string, more = {}) =>
      json(
        {errorCode: code, errorSummary: summary, errorLink: code, errorId: 'oae', errorCauses: []},
        {status, headers: more},
      );
    if (headers.authorization !== 'SSWS okta') return error(401, 'E0000011', 'Invalid token provided');
    if (index === 3) {
      const reset = String(clock.now() / 1_000 + 40);
      return error(429, 'E0000047', 'API call exceeded rate limit', {
        'x-rate-limit-remaining': '0',
        'x-rate-limit-reset': reset,
      });
    }
    const since = /^lastUpdated gt "([^"]+)"$/.exec(query.get('filter') ?? '')?.[1] ?? '';
    if (Number.isNaN(Date.parse(since))) return error(400, 'E0000031', 'Invalid search criteria.');
    const found = rows.filter(({lastUpdated}) => lastUpdated > since);
    const after = Number(query.get('after') ?? '0');
    const links = [`<${link(request, {})}>; rel="self"`];
    if (after + 100 < found.length) links.push(`<${link(request, {after: String(after + 100)})}>; rel="next"`);
    return json(found.slice(after, after + 100), {headers: {link: links}});
  });
  const source = new Connection(
    `client: {base_url: "${api.url}/api/v1", auth: {type: api_key, api_key: "{secrets.okta}", prefix: SSWS}}
resources:
- name: users
  primary_key: id
  endpoint:
    path: users
    params: {limit: 100, filter: 'lastUpdated gt "{incremental.start_value}"'}
    paginator: header_link
    incremental: {cursor_path: lastUpdated, initial_value: "2024-01-01T00:00:00.000Z"}`,
    {okta: 'okta'},
    clock,
  );
  expect(await source.check()).toMatchObject({status: 'SUCCEEDED'});
  await source.discover();
  const first = await source.read();
  expect(column(first, 'users', 'id')).toEqual(rows.map(({id}) => id));
  expect(clock.sleeps).toEqual([40_000]);
  clock.time += hour;
  const again = await source.read(first);
  expect(again.records()).toEqual([]);
  expect(again.logs('INFO').join('\n')).toMatch(/lag/);
});
