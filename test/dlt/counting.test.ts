import {describe, expect, test} from 'vitest';
import {type Handler, json, type Recorded} from '../support/api-server.js';
import {run, serve, source} from './run.js';

const rows = (from: number, to: number) =>
  Array.from({length: Math.max(0, to - from)}, (_, index) => ({id: from + index}));

/** A server with `count` rows behind offset and limit. */
const byOffset =
  (count: number, more: (from: number, request: Recorded) => object = () => ({})): Handler =>
  (request) => {
    const from = Number(request.query.get('offset'));
    const to = Math.min(count, from + Number(request.query.get('limit')));
    return json({data: rows(from, to), ...more(from, request)});
  };

/** Pages of 2 from `base` on, `count` of them. */
const byPage =
  (base: number, count: number, more: (page: number) => object = () => ({})): Handler =>
  ({query}) => {
    const page = Number(query.get('page') ?? base);
    const from = (page - base) * 2;
    return json({data: page - base < count ? rows(from, from + 2) : [], ...more(page)});
  };

async function read(handler: Handler, paginator: object, endpoint: object = {}) {
  await using api = await serve(handler);
  return await run(api, source(api, [{name: 'rows', endpoint: {data_selector: 'data', paginator, ...endpoint}}]));
}

const ids = (count: number) => rows(0, count).map(({id}) => id);

describe('offset', () => {
  test('default names, start and step', async () => {
    const {calls, values} = await read(byOffset(7), {type: 'offset', limit: 3});
    expect(values('id')).toEqual(ids(7));
    expect(calls).toEqual([0, 3, 6, 7].map((offset) => `/rows?offset=${offset}&limit=3`));
  });

  test('starts where it is told', async () => {
    const {calls, values} = await read(byOffset(170), {type: 'offset', offset: 123, limit: 42});
    expect(values('id')).toEqual(rows(123, 170).map(({id}) => id));
    expect(calls.slice(0, 2)).toEqual(['/rows?offset=123&limit=42', '/rows?offset=165&limit=42']);
  });

  test.each([20, '20', ' 20 '])('a total of %j is the end after a short page', async (total) => {
    const {calls, values} = await read(
      byOffset(20, () => ({total})),
      {type: 'offset', limit: 15},
    );
    expect(values('id')).toEqual(ids(20));
    expect(calls).toHaveLength(2);
  });

  test.each([undefined, null, 'invalid', -1])('a total of %j says nothing', async (total) => {
    const {values, warnings} = await read(
      byOffset(20, () => ({total})),
      {type: 'offset', limit: 15, total_path: 'total'},
    );
    expect(values('id')).toEqual(ids(20));
    expect(warnings).toContain('total');
  });

  test('maximum_offset is where the next request would start', async () => {
    const {calls} = await read(byOffset(500), {type: 'offset', limit: 50, maximum_offset: 100});
    expect(calls).toEqual(['/rows?offset=0&limit=50', '/rows?offset=50&limit=50']);
  });

  test.each([[false], ['false'], ['no'], [0], ['F'], ['n'], ['0']])('has_more %j ends', async (last) => {
    const more = (from: number) => ({has_more: from < 3 ? true : last});
    const {calls} = await read(byOffset(50, more), {type: 'offset', limit: 3, has_more_path: 'has_more'});
    expect(calls).toHaveLength(2);
  });

  test.each([[true], ['true'], ['Yes'], ['t'], ['y'], [1], ['1']])('has_more %j goes on', async (yes) => {
    const more = (from: number) => ({has_more: from < 6 ? yes : false});
    const {values} = await read(byOffset(9, more), {type: 'offset', limit: 3, has_more_path: 'has_more'});
    expect(values('id')).toEqual(ids(9));
  });

  test.each([[undefined], [null]])('a flag of %j says nothing, the empty page ends', async (flag) => {
    const more = () => ({has_more: flag});
    const {values, warnings} = await read(byOffset(5, more), {type: 'offset', limit: 3, has_more_path: 'has_more'});
    expect(values('id')).toEqual(ids(5));
    expect(warnings).toContain('has_more');
  });

  test('names of its own; the value wins over a static param of that name', async () => {
    const handler: Handler = ({query}) =>
      json({data: rows(Number(query.get('skip')), Math.min(4, Number(query.get('skip')) + 2))});
    const paginator = {type: 'offset', limit: 2, offset_param: 'skip', limit_param: 'top'};
    const {calls, values} = await read(handler, paginator, {params: {skip: 100, top: 9, keep: 1}});
    expect(values('id')).toEqual(ids(4));
    for (const call of calls) {
      const query = new URLSearchParams(call.split('?')[1]);
      expect([query.getAll('skip').length, query.getAll('top'), query.get('keep')]).toEqual([1, ['2'], '1']);
    }
  });

  test('into the body, nested, beside what is there', async () => {
    const bodies: unknown[] = [];
    const handler: Handler = ({body}) => {
      const value = JSON.parse(body);
      bodies.push(value);
      return json({data: rows(value.page.at, Math.min(3, value.page.at + 2))});
    };
    const paginator = {type: 'offset', limit: 2, offset_body_path: 'page.at', limit_body_path: 'page.size'};
    const {values} = await read(handler, paginator, {method: 'POST', json: {q: 1, page: {sort: 'id'}}});
    expect(values('id')).toEqual(ids(3));
    expect(bodies.slice(0, 2)).toEqual([0, 2].map((at) => ({q: 1, page: {sort: 'id', at, size: 2}})));
  });

  test('offset in the query, limit in the body', async () => {
    const handler: Handler = ({query, body}) => {
      const from = Number(query.get('offset'));
      return json({data: rows(from, Math.min(3, from + JSON.parse(body).limit))});
    };
    const paginator = {type: 'offset', limit: 2, limit_body_path: 'limit'};
    const {values} = await read(handler, paginator, {method: 'POST', json: {}});
    expect(values('id')).toEqual(ids(3));
  });

  test('an empty first page is the end', async () => {
    expect((await read(byOffset(0), {type: 'offset', limit: 3})).calls).toHaveLength(1);
  });
});

describe('page_number', () => {
  test('from 1, three pages, one more to see the end', async () => {
    const {calls, values} = await read(byPage(1, 3), {type: 'page_number', base_page: 1});
    expect(values('id')).toEqual(ids(6));
    expect(calls).toEqual([1, 2, 3, 4].map((page) => `/rows?page=${page}`));
  });

  test.each([3, '3'])('total %j counts pages', async (total) => {
    const {values, calls} = await read(
      byPage(1, 3, () => ({total})),
      {type: 'page_number', base_page: 1},
    );
    expect(values('id')).toEqual(ids(6));
    expect(calls.length).toBeLessThanOrEqual(4);
  });

  test.each([
    [1, 3, ['1', '2']],
    [0, 2, ['0', '1']],
  ])('maximum_page from %i: the page %i is not asked for', async (base, maximum, pages) => {
    const paginator = {type: 'page_number', base_page: base, maximum_page: maximum};
    const {calls} = await read(byPage(base, 9), paginator);
    expect(calls).toEqual(pages.map((page) => `/rows?page=${page}`));
  });

  test('starts at `page`, under a name of its own', async () => {
    const handler: Handler = ({query}) =>
      json({data: Number(query.get('p')) < 7 ? [{id: Number(query.get('p'))}] : []});
    const {calls} = await read(handler, {type: 'page_number', base_page: 1, page: 5, page_param: 'p'});
    expect(calls).toEqual(['/rows?p=5', '/rows?p=6', '/rows?p=7']);
  });

  test('into the body, nested', async () => {
    const bodies: unknown[] = [];
    const handler: Handler = ({body}) => {
      const value = JSON.parse(body);
      bodies.push(value);
      return json({data: value.meta.page < 3 ? [{id: value.meta.page}] : []});
    };
    const paginator = {type: 'page_number', base_page: 1, page_body_path: 'meta.page'};
    await read(handler, paginator, {method: 'POST', json: {meta: {x: 1}}});
    expect(bodies).toEqual([1, 2, 3].map((page) => ({meta: {x: 1, page}})));
  });

  test('has_more ends', async () => {
    const more = (page: number) => ({has_more: page < 2});
    const {calls} = await read(byPage(1, 9, more), {type: 'page_number', base_page: 1, has_more_path: 'has_more'});
    expect(calls).toHaveLength(2);
  });

  test('stop_after_empty_page: false goes on to the maximum', async () => {
    const paginator = {type: 'page_number', base_page: 1, stop_after_empty_page: false, maximum_page: 5};
    expect((await read(byPage(1, 1), paginator)).calls).toHaveLength(4);
  });
});

describe('cursor', () => {
  /** Three pages; `more` adds to each. */
  const chain =
    (nexts: readonly unknown[], more: (index: number) => object = () => ({})): Handler =>
    (_, index) =>
      json({data: [{id: index}], cursors: {next: nexts[index]}, ...more(index)});

  test('default path and name', async () => {
    const {calls} = await read(chain(['a', 'b']), {type: 'cursor', cursor_param: 'cursor'});
    expect(calls).toEqual(['/rows', '/rows?cursor=a', '/rows?cursor=b']);
  });

  test.each([[''], [null], [0], [false]])('%j is no cursor', async (last) => {
    const {calls} = await read(chain(['a', last]), {
      type: 'cursor',
      cursor_path: 'cursors.next',
      cursor_param: 'cursor',
    });
    expect(calls).toHaveLength(2);
  });

  test('an empty page ends only where that is asked for', async () => {
    const handler: Handler = (_, index) =>
      json({data: index === 1 ? [] : [{id: index}], next: index < 2 ? `c${index}` : null});
    const paginator = {type: 'cursor', cursor_path: 'next', cursor_param: 'c'};
    expect((await read(handler, paginator)).values('id')).toEqual([0, 2]);
    expect((await read(handler, {...paginator, stop_after_empty_page: true})).values('id')).toEqual([0]);
  });

  test.each([
    [false, 1],
    ['false', 1],
    [true, 3],
  ])('has_more %j', async (flag, pages) => {
    const more = (index: number) => ({has_more: index === 2 ? false : flag});
    const paginator = {type: 'cursor', cursor_path: 'cursors.next', cursor_param: 'cursor', has_more_path: 'has_more'};
    expect((await read(chain(['a', 'b', 'c'], more), paginator)).calls).toHaveLength(pages);
  });

  test('a flag that is missing: the cursor decides', async () => {
    const paginator = {type: 'cursor', cursor_path: 'cursors.next', cursor_param: 'cursor', has_more_path: 'has_more'};
    expect((await read(chain(['a', null]), paginator)).calls).toHaveLength(2);
  });

  test('into the body, nested, created on the way, what is there stays', async () => {
    const bodies: unknown[] = [];
    const handler: Handler = ({body}, index) => {
      bodies.push(JSON.parse(body));
      return json({data: [{id: index}], next: index < 1 ? 'n' : null});
    };
    const paginator = {type: 'cursor', cursor_path: 'next', cursor_body_path: 'page.after.id'};
    await read(handler, paginator, {method: 'POST', json: {a: 1, page: {size: 2}}});
    expect(bodies).toEqual([
      {a: 1, page: {size: 2}},
      {a: 1, page: {size: 2, after: {id: 'n'}}},
    ]);
  });

  test('params of the first request stay', async () => {
    const {calls} = await read(
      chain(['a']),
      {type: 'cursor', cursor_path: 'cursors.next', cursor_param: 'cursor'},
      {params: {q: 'x'}},
    );
    expect(calls).toEqual(['/rows?q=x', '/rows?q=x&cursor=a']);
  });
});
