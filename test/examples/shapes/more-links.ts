import {expect, test} from 'vitest';
import {json, type Recorded} from '../../support/api-server.js';
import {FakeClock} from '../../support/fake-clock.js';
import {Connection, column} from '../connection.js';
import {serve} from '../serve.js';
import {hour, iso, now, range} from '../world.js';

test('FHIR: the link whose relation is next, resources within entries', async () => {
  const clock = new FakeClock({now});
  await using api = await serve(clock, (request: Recorded) => {
    const page = Number(request.query.get('page') ?? '1');
    const link = [{relation: 'self', url: `${api.url}${request.target}`}];
    if (page < 3) link.push({relation: 'next', url: `${api.url}/fhir?page=${page + 1}`});
    const entry = range(10, (n) => ({
      fullUrl: 'x',
      resource: {resourceType: 'Patient', id: `${page}-${n}`, meta: {lastUpdated: iso(now - hour)}},
    }));
    return json(
      {resourceType: 'Bundle', type: 'searchset', total: 30, link, entry},
      {headers: {'content-type': 'application/fhir+json'}},
    );
  });
  const source = new Connection(
    `client: {base_url: "${api.url}/fhir"}
resources:
- name: Patient
  primary_key: id
  endpoint:
    params: {_lastUpdated: "gt{incremental.start_value}"}
    data_selector: entry[*].resource
    paginator: {type: json_link, next_url_path: "link[?(@.relation == 'next')].url"}
    incremental: {cursor_path: meta.lastUpdated, initial_value: "2024-01-01T00:00:00Z"}`,
    {},
    clock,
  );
  expect(await source.check()).toMatchObject({status: 'SUCCEEDED'});
  await source.discover();
  expect((await source.read()).records()).toHaveLength(30);
});

test('Shopify REST: with page_info no other parameter is allowed', async () => {
  const clock = new FakeClock({now});
  const rows = range(120, (id) => ({id, updated_at: iso(now - hour + id * 1_000).replace('Z', '+00:00')}));
  await using api = await serve(clock, ({query}) => {
    const info = query.get('page_info');
    if (info !== null && [...query.keys()].some((key) => !['page_info', 'limit'].includes(key))) {
      return json({errors: {page_info: 'Invalid value.'}}, {status: 400});
    }
    const min =
      info === null ? (query.get('updated_at_min') ?? '') : Buffer.from(info, 'base64url').toString().split('|')[0];
    const start = info === null ? 0 : Number(Buffer.from(info, 'base64url').toString().split('|')[1]);
    const found = rows.filter(({updated_at}) => Date.parse(updated_at) >= Date.parse(min ?? ''));
    const next =
      start + 50 < found.length
        ? `<${api.url}/admin/api/2025-07/orders.json?limit=50&page_info=${Buffer.from(`${min}|${start + 50}`).toString('base64url')}>; rel="next"`
        : '';
    const previous = start > 0 ? `<${api.url}/x?page_info=a>; rel="previous"` : '';
    return json(
      {orders: found.slice(start, start + 50)},
      {
        headers: {
          link: [previous, next].filter((l) => l !== '').join(', '),
          'x-shopify-shop-api-call-limit': '40/40',
          'retry-after': '2.0',
        },
      },
    );
  });
  const source = new Connection(
    `client: {base_url: "${api.url}/admin/api/2025-07"}
resources:
- name: orders
  primary_key: id
  endpoint:
    path: orders.json
    params: {limit: 50, status: any, order: "updated_at asc", updated_at_min: "{incremental.start_value}"}
    incremental: {cursor_path: updated_at, initial_value: "2024-01-01T00:00:00Z", row_order: asc}`,
    {},
    clock,
  );
  expect(await source.check()).toMatchObject({status: 'SUCCEEDED'});
  await source.discover();
  const first = await source.read();
  expect(column(first, 'orders', 'id')).toEqual(rows.map(({id}) => id));
  expect((await source.read(first)).records()).toEqual([]);
});

test('SWAPI: redirects to a trailing slash', async () => {
  const clock = new FakeClock({now});
  await using api = await serve(clock, ({path, query}) => {
    if (!path.endsWith('/')) return {status: 301, headers: {location: `${path}/${query.size > 0 ? `?${query}` : ''}`}};
    const page = Number(query.get('page') ?? '1');
    return json({
      count: 25,
      next: page < 3 ? `${api.url}/api/people?page=${page + 1}` : null,
      previous: null,
      results: range(page < 3 ? 10 : 5, (n) => ({name: `${page}-${n}`})),
    });
  });
  const source = new Connection(`client: {base_url: "${api.url}/api"}\nresources: [people]`, {}, clock);
  await source.discover();
  expect((await source.read()).records()).toHaveLength(25);
});

test('MS Graph delta: a deltaLink at the end is not followed', async () => {
  const clock = new FakeClock({now});
  await using api = await serve(clock, ({query}) => {
    const page = Number(query.get('$skiptoken') ?? '0');
    if (query.has('$deltatoken')) return json({error: {code: 'x'}}, {status: 410});
    const more =
      page < 2
        ? {'@odata.nextLink': `${api.url}/users/delta?$skiptoken=${page + 1}`}
        : {'@odata.deltaLink': `${api.url}/users/delta?$deltatoken=z`};
    return json({
      '@odata.context': 'c',
      ...more,
      value: range(5, (n) => ({id: `${page}${n}`, '@removed': n === 4 ? {reason: 'deleted'} : undefined})),
    });
  });
  const source = new Connection(
    `client: {base_url: "${api.url}"}\nresources: [{name: users, primary_key: id, endpoint: users/delta}]`,
    {},
    clock,
  );
  await source.discover();
  expect((await source.read()).records()).toHaveLength(15);
});
