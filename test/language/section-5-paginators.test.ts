import {describe, expect, test} from 'vitest';
import {attempt, serve, source} from '../dlt/run.js';
import {json, type Recorded} from '../support/api-server.js';
import {read, rows, wrong} from './pages.js';

describe('precedence: endpoint > resource_defaults > one-entity rule > client > auto', () => {
  /** What the first request shows: page_number sends a page, offset an offset, the others nothing. */
  const first = async (where: {endpoint?: object; defaults?: object; client?: object}, path = 'rows') => {
    await using api = await serve(() => json({data: [], total_pages: 1}));
    const resources = [
      {name: 'p', records: [{id: 1}]},
      {name: 'rows', endpoint: {path, data_selector: 'data', ...where.endpoint}},
    ];
    const defaults = where.defaults === undefined ? {} : {resource_defaults: {endpoint: where.defaults}};
    const {requests} = await attempt(api, source(api, resources, {...where.client}, defaults), {streams: ['rows']});
    const query = requests[0]?.query;
    return query?.has('page') ? 'page' : query?.has('offset') ? 'offset' : 'none';
  };
  const page = {paginator: {type: 'page_number', base_page: 1}};
  const offset = {paginator: 'offset'};

  test.each<[string, Parameters<typeof first>[0], string]>([
    ['nothing: auto', {}, 'none'],
    ['client', {client: offset}, 'offset'],
    ['defaults over client', {defaults: page, client: offset}, 'page'],
    ['endpoint over both', {endpoint: page, defaults: offset, client: offset}, 'page'],
    ['null cancels the defaults', {endpoint: {paginator: null}, defaults: page, client: offset}, 'offset'],
    ['null without defaults', {endpoint: {paginator: null}, client: offset}, 'offset'],
    ['inherit takes the next level', {endpoint: {paginator: 'inherit'}, defaults: page, client: offset}, 'page'],
    ['inherit past empty defaults', {endpoint: {paginator: 'inherit'}, client: offset}, 'offset'],
    ['inherit in the defaults', {defaults: {paginator: 'inherit'}, client: offset}, 'offset'],
    ['auto always detects', {endpoint: {paginator: 'auto'}, defaults: page, client: offset}, 'none'],
    ['auto as an object', {endpoint: {paginator: {type: 'auto'}}, defaults: page, client: offset}, 'none'],
  ])('%s', async (_, where, expected) => {
    expect(await first(where)).toBe(expected);
  });

  test.each<[string, Parameters<typeof first>[0], string]>([
    ['one entity over client', {client: offset}, 'none'],
    ['defaults over one entity', {defaults: page, client: offset}, 'page'],
    ['null leaves the one-entity rule', {endpoint: {paginator: null}, defaults: page, client: offset}, 'none'],
    ['inherit takes the defaults', {endpoint: {paginator: 'inherit'}, defaults: page}, 'page'],
  ])('%s', async (_, where, expected) => {
    expect(await first({...where, endpoint: {data_selector: null, ...where.endpoint}}, 'rows/{resources.p.id}')).toBe(
      expected,
    );
  });
});

describe('placement', () => {
  const sent = async (paginator: object, endpoint: object, count = 2): Promise<Recorded[]> => {
    const {requests} = await read(
      (_, index) => json({data: rows(index, index + 1), next: index + 1 < count ? 'c2' : null}),
      paginator,
      endpoint,
    );
    return [...requests];
  };
  const token = {type: 'cursor', cursor_path: 'next'};

  test('a value replaces an equally named param or member; the first request has no cursor, the static one stays', async () => {
    const inQuery = await sent({...token, cursor_param: 'c'}, {params: {a: 1, c: 'first', b: 2}});
    expect(inQuery.map(({target}) => target)).toEqual(['/rows?a=1&c=first&b=2', '/rows?a=1&c=c2&b=2']);
    const inBody = await sent(
      {...token, cursor_body_path: 'page.after'},
      {method: 'POST', json: {page: {after: null, size: 2}}},
    );
    expect(inBody.map(({body}) => body)).toEqual([
      '{"page":{"after":null,"size":2}}',
      '{"page":{"after":"c2","size":2}}',
    ]);
    const inForm = await sent({...token, cursor_body_path: 'after'}, {method: 'POST', data: {after: '', q: 'x'}});
    expect(inForm.map(({body}) => body)).toEqual(['after=&q=x', 'after=c2&q=x']);
  });

  test('numeric segments index existing lists, missing members are created as objects', async () => {
    const [, second] = await sent(
      {...token, cursor_body_path: 'queries.1.a.0.b'},
      {method: 'POST', json: {queries: [{}, {x: 1}]}},
    );
    expect(second?.body).toBe('{"queries":[{},{"x":1,"a":{"0":{"b":"c2"}}}]}');
    const [only] = await sent({...token, cursor_body_path: 'after'}, {method: 'POST'}, 1);
    expect(only?.body).toBe('');
  });

  test.each([
    [
      {type: 'offset', offset_param: 'o', offset_body_path: 'o'},
      {method: 'POST', json: {}},
      /offset_param and offset_body_path/,
    ],
    [
      {type: 'offset', limit_param: 'o', limit_body_path: 'o'},
      {method: 'POST', json: {}},
      /limit_param and limit_body_path/,
    ],
    [
      {type: 'page_number', page_param: 'o', page_body_path: 'o'},
      {method: 'POST', json: {}},
      /page_param and page_body_path/,
    ],
    [
      {type: 'cursor', cursor_param: 'o', cursor_body_path: 'o'},
      {method: 'POST', json: {}},
      /cursor_param and cursor_body_path/,
    ],
    [{type: 'cursor', cursor_body_path: 'o'}, {method: 'POST', data: 'text'}, /body .* is text/],
    [{type: 'json_link', limit: 1, limit_body_path: 'o'}, {method: 'POST', data: 'text'}, /body .* is text/],
  ])('%j beside %j', (paginator, endpoint, expected) => {
    expect(wrong(paginator, endpoint).join()).toMatch(expected);
  });

  test("a link's own query wins, static params are not appended to it", async () => {
    const {calls} = await read(
      ({query}) => json({data: rows(0, 1), next: query.has('p') ? null : '/rows?p=2&a=9'}),
      'json_link',
      {params: {a: 1, b: 2}},
    );
    expect(calls).toEqual(['/rows?a=1&b=2', '/rows?p=2&a=9']);
  });

  test('an object is spread over the query and replaces what is there', async () => {
    const {calls} = await read(
      ({query}) => json({data: rows(0, 1), next: query.get('s') === '1' ? {s: 2, t: [1, 2], n: null} : null}),
      {type: 'cursor', cursor_path: 'next', cursor_param: '*'},
      {params: {s: 1, n: 'x'}},
    );
    expect(calls).toEqual(['/rows?s=1&n=x', '/rows?s=2&t=1&t=2']);
  });
});

describe('first_page_only and limit', () => {
  test('params and body members of the first request alone', async () => {
    const {calls} = await read(
      ({query}) => json({data: rows(0, 1), next: query.has('c') ? null : 'x'}),
      {type: 'cursor', cursor_path: 'next', cursor_param: 'c', first_page_only: ['filter', 'sort']},
      {params: {filter: 'f', sort: 's', keep: 1}},
    );
    expect(calls).toEqual(['/rows?filter=f&sort=s&keep=1', '/rows?keep=1&c=x']);
  });

  test.each(['page_number', 'cursor', 'json_link', 'header_link', 'header_cursor', 'single_page', 'auto'])(
    'limit without a place gives a notice for %s and is not sent',
    async (type) => {
      const {calls, notices} = await read(() => json({data: []}), {type, limit: 7});
      expect(calls[0]).not.toContain('limit');
      expect(notices).toMatch(/limit 7 is not sent/);
    },
  );

  test.each(['page_number', 'cursor', 'json_link', 'header_link', 'header_cursor', 'single_page', 'auto'])(
    'with a place it is sent by %s',
    async (type) => {
      const {calls} = await read(() => json({data: []}), {type, limit: 7, limit_param: 'n'});
      expect(calls[0]).toContain('n=7');
    },
  );

  test.each([
    [{type: 'cursor', limit_body_path: 'n'}],
    [{type: 'offset', limit: 0}],
    [{type: 'offset', limit: -1}],
    [{type: 'offset', limit: '5'}],
  ])('%j is an error', (paginator) => {
    expect(wrong(paginator)).toHaveLength(1);
  });
});
