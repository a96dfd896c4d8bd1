import {describe, expect, test} from 'vitest';
import {json} from '../support/api-server.js';
import {run, serve, source} from './run.js';

/** What a first page alone gives away: records, and the request for the second page. */

const rows = [{id: 1}, {id: 2}];

describe('shapes of answers', () => {
  test.each([
    ['a bare list', rows, 'none'],
    ['results and an absolute link', {results: rows, next: 'http://HOST/things?page=2'}, '/things?page=2'],
    ['a relative link', {results: rows, next: '/things?page=2'}, '/things?page=2'],
    ['count, next, previous', {count: 4, next: '/things?offset=2', previous: null, results: rows}, '/things?offset=2'],
    ['links.next', {data: rows, links: {self: '/things', next: '/things?p=2'}}, '/things?p=2'],
    ['links.next.href', {data: rows, links: {next: {href: '/things?p=2'}}}, '/things?p=2'],
    ['_links.next.href', {items: rows, _links: {next: {href: '/things?p=2'}}}, '/things?p=2'],
    ['meta.pagination.next_url', {data: rows, meta: {pagination: {next_url: '/things?p=2'}}}, '/things?p=2'],
    ['OData', {value: rows, '@odata.nextLink': '/things?$skip=2'}, '/things?$skip=2'],
    ['next_cursor', {data: rows, next_cursor: 'abc'}, '/things?cursor=abc'],
    ['meta.next_cursor', {data: rows, meta: {next_cursor: 'abc'}}, '/things?cursor=abc'],
    ['nextPageToken', {items: rows, nextPageToken: 'abc'}, '/things?pageToken=abc'],
    ['next_page_token', {items: rows, next_page_token: 'abc'}, '/things?page_token=abc'],
    ['next_token', {items: rows, next_token: 'abc'}, '/things?next_token=abc'],
    ['next_page, a number', {items: rows, next_page: 2}, '/things?page=2'],
    ['next_offset', {items: rows, next_offset: 2}, '/things?offset=2'],
    ['a null token', {items: rows, next_cursor: null}, 'none'],
    ['page and total_pages', {items: rows, page: 1, total_pages: 3}, '/things?page=2'],
    ['total_pages without a page', {items: rows, total_pages: 3}, '/things?page=1'],
    ['pages in meta', {items: rows, meta: {page: 1, pages: 3}}, '/things?page=2'],
    ['offset, limit and total', {items: rows, offset: 0, limit: 2, total: 9}, '/things?offset=2&limit=2'],
    ['next_billing_date', {items: rows, next_billing_date: '2024-01-01'}, 'none'],
    ['next inside the records', [{id: 1, next: '/things?page=2'}], 'none'],
    ['nothing', {items: rows}, 'none'],
  ])('%s', async (_, body, expected) => {
    await using api = await serve(({headers}, index) => {
      const text = JSON.stringify(body).replace('HOST', headers.host ?? '');
      return index === 0 ? json(text) : json([]);
    });
    const {calls, records} = await run(api, source(api, [{name: 'r', endpoint: 'things'}]));
    const second = calls[1] ?? 'none';
    expect(decodeURIComponent(second).split(/[?&]/).toSorted()).toEqual(expected.split(/[?&]/).toSorted());
    expect(records()).toEqual(Array.isArray(body) ? body : rows);
  });

  test('a Link header before all else', async () => {
    const second = async (body: unknown, link: string) => {
      await using api = await serve((_, index) => (index === 0 ? json(body, {headers: {link}}) : json([])));
      return (await run(api, source(api, ['things']))).calls[1];
    };
    const links = '</things?page=7>; rel="next", </things?page=9>; rel="last"';
    expect(await second({items: rows, next: '/other'}, links)).toBe('/things?page=7');
    expect(await second(rows, links)).toBe('/things?page=7');
    expect(await second(rows, '</things?page=9>; rel="last"')).toBeUndefined();
  });
});

describe('paths that name one entity', () => {
  const record = {id: 'x', parts: [{n: 1}, {n: 2}]};
  const isOne = async (path: string) => {
    await using api = await serve(() => json(record));
    const resources = [
      {name: 'p', records: [{id: 'a', ab: {c: 'd'}}]},
      {name: 'r', endpoint: {path, ...(path.includes('{static}') ? {params: {static: 's'}} : {})}},
    ];
    const {records} = await run(api, source(api, resources, {variables: {v: 1}}), {streams: ['r']});
    return records().length === 1 && records()[0]?.['id'] === 'x';
  };

  test.each([
    '{resources.p.id}',
    '/{resources.p.id}',
    'users/{resources.p.id}',
    '/users/{resources.p.id}/',
    'users/{resources.p.id}?expand=all',
    'users/{resources.p.ab.c}',
    'a/{resources.p.id}/b/{resources.p.id}',
    'users/{static}',
    'users/{vars.v}',
    'users/{v}',
  ])('%s does', async (path) => {
    expect(await isOne(path)).toBe(true);
  });

  test.each([
    'users',
    'users/{resources.p.id}/parts',
    'users/{resources.p.id}.json',
    'users/{resources.p.id}_data',
    'users/x{resources.p.id}',
    'users/{resources.p.id}{resources.p.id}',
    'users?id={resources.p.id}',
    '{resources.p.id}/parts?x={resources.p.id}',
  ])('%s does not', async (path) => {
    await using api = await serve(() => json({parts: [{n: 1}, {n: 2}]}));
    const resources = [
      {name: 'p', records: [{id: 'a'}]},
      {name: 'r', endpoint: path},
    ];
    expect((await run(api, source(api, resources), {streams: ['r']})).records()).toEqual([{n: 1}, {n: 2}]);
  });
});

describe('selectors in dlt’s spellings', () => {
  const body = {
    items: [
      {id: 1, x: {y: 1}},
      {id: 2, x: {y: 2}},
    ],
    'a-b': [{id: 3}],
    '@odata': {value: [{id: 4}]},
    'x.y': [{id: 5}],
    'my items': [{id: 6}],
    map: {k: {id: 7}, l: {id: 8}},
    one: {id: 9},
    scalars: [1, null, 'x'],
  };

  test.each([
    ['items', [1, 2]],
    ['$.items', [1, 2]],
    ['$.items[*]', [1, 2]],
    ['items[0]', [1]],
    ['items[-1]', [2]],
    ['items[-1:]', [2]],
    ['items[?(@.id>1)]', [2]],
    ['items[?id>1]', [2]],
    ['a-b', [3]],
    ["['a-b']", [3]],
    ["'a-b'", [3]],
    ["['@odata'].value", [4]],
    ['["x.y"]', [5]],
    ["'x.y'", [5]],
    ["['my items']", [6]],
    ['map.*', [7, 8]],
    ['one', [9]],
  ])('%s', async (data_selector, ids) => {
    await using api = await serve(() => json(body));
    const config = source(api, [{name: 'r', endpoint: {data_selector, paginator: 'single_page'}}]);
    expect((await run(api, config)).values('id')).toEqual(ids);
  });

  test('scalars are records with a value, nulls are dropped', async () => {
    await using api = await serve(() => json(body));
    const config = source(api, [{name: 'r', endpoint: {data_selector: 'scalars', paginator: 'single_page'}}]);
    expect((await run(api, config)).records()).toEqual([{value: 1}, {value: 'x'}]);
  });
});
