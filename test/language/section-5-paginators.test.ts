import {describe, expect, test} from 'vitest';
import {attempt, errorsOf, problemsOf, run, serve, source} from '../dlt/run.js';
import {type Handler, json, type Recorded} from '../support/api-server.js';

const rows = (from: number, to: number) =>
  Array.from({length: Math.max(0, to - from)}, (_, index) => ({id: from + index}));

async function read(handler: Handler, paginator: unknown, endpoint: object = {}, client: object = {}) {
  await using api = await serve(handler);
  const own = paginator === undefined ? {} : {paginator};
  const config = source(api, [{name: 'rows', endpoint: {data_selector: 'data', ...own, ...endpoint}}], {...client});
  return await attempt(api, config);
}

const wrong = (paginator: unknown, endpoint: object = {}) =>
  errorsOf({client: {base_url: 'https://a.example'}, resources: [{name: 'rows', endpoint: {paginator, ...endpoint}}]});

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

describe('flags', () => {
  const flagged =
    (key: string, values: readonly unknown[]): Handler =>
    (_, index) =>
      json({data: rows(index, index + 1), flag: values[Math.min(index, values.length - 1)], page: 1 + index, key});

  test.each([false, 'false', 'no', 'n', 'f', 0, '0', 'FALSE'])('has_more_path %j ends', async (no) => {
    const {calls} = await read(flagged('', [true, no]), {type: 'page_number', base_page: 1, has_more_path: 'flag'});
    expect(calls).toHaveLength(2);
  });

  test.each([true, 'true', 'yes', 'y', 't', 1, '1', 'True'])('last_page_path %j ends', async (yes) => {
    const {calls} = await read(flagged('', [false, yes]), {type: 'page_number', base_page: 1, last_page_path: 'flag'});
    expect(calls).toHaveLength(2);
  });

  test('both: the one that says no more wins', async () => {
    const {calls} = await read(() => json({data: rows(0, 1), more: true, last: true}), {
      type: 'page_number',
      base_page: 1,
      has_more_path: 'more',
      last_page_path: 'last',
    });
    expect(calls).toHaveLength(1);
  });
});

describe('stop_when', () => {
  const pages: Handler = (_, index) =>
    json(
      {data: rows(index * 2, index * 2 + 2), meta: {left: 4 - index, done: index >= 2}},
      {headers: {'X-Page': String(index)}},
    );

  test.each([
    ['response.meta.done', 3],
    ['response.meta.left == 3', 2],
    ["headers['x-page'] == '1'", 2],
    ['record_count == 2', 1],
    ['first.id == 2', 2],
    ['last.id >= 5', 3],
    ['response.meta.nothing.at.all == 1 || response.meta.done', 3],
  ])('%s: the page is kept', async (stop_when, count) => {
    const {values, errors} = await read(pages, {type: 'page_number', base_page: 1, stop_when});
    expect(errors).toBe('');
    expect(values('id')).toEqual(rows(0, 2 * count).map(({id}) => id));
  });

  test('a missing key is false', async () => {
    const {calls} = await read((_, index) => (index < 3 ? pages({} as Recorded, index) : json({data: []})), {
      type: 'page_number',
      base_page: 1,
      stop_when: 'response.nothing == 1',
    });
    expect(calls).toHaveLength(4);
  });

  test('reading inside the records names record_count', async () => {
    const {errors} = await read(pages, {type: 'page_number', base_page: 1, stop_when: 'size(response.data) == 0'});
    expect(errors).toContain('record_count');
  });

  test('what does not compile is an error at its place', () => {
    expect(wrong({type: 'cursor', stop_when: 'record_count =='}).join()).toMatch(/paginator\.stop_when/);
  });
});

describe('reading', () => {
  test.each([null, '', false, 0, [], {}, '0.0'])('%j', async (next) => {
    const {calls, errors} = await read(
      (_, index) => json({data: rows(index, index + 1), next: index === 0 ? 'a' : next}),
      {
        type: 'cursor',
        cursor_path: 'next',
        cursor_param: 'c',
      },
    );
    expect(calls).toHaveLength(next === '0.0' ? 3 : 2);
    if (next !== '0.0') expect(errors).toBe('');
  });

  test.each([0, false])('last_record: %j is a position', async (value) => {
    const {calls} = await read(({query}) => json({data: query.has('c') ? [] : [{id: value}]}), {
      type: 'cursor',
      cursor_from: 'last_record',
      cursor_path: 'id',
      cursor_param: 'c',
    });
    expect(calls).toEqual(['/rows', `/rows?c=${value}`]);
  });

  test('last_record is read before steps and filters', async () => {
    await using api = await serve(({query}) =>
      json({
        data: query.has('c')
          ? []
          : [
              {id: 1, k: 'a'},
              {id: 2, k: 'b'},
            ],
      }),
    );
    const paginator = {type: 'cursor', cursor_from: 'last_record', cursor_path: 'k', cursor_param: 'c'};
    const steps = [{filter: 'record.id == 1'}, {map: {remove: ['k']}}];
    const {calls, records} = await run(
      api,
      source(api, [{name: 'rows', endpoint: {data_selector: 'data', paginator}, processing_steps: steps}]),
    );
    expect(calls).toEqual(['/rows', '/rows?c=b']);
    expect(records()).toEqual([{id: 1}]);
  });

  test('paths may enter the records', async () => {
    const {calls} = await read(({query}) => json({data: query.has('c') ? [] : rows(1, 4)}), {
      type: 'cursor',
      cursor_path: 'data[-1].id',
      cursor_param: 'c',
    });
    expect(calls).toEqual(['/rows', '/rows?c=3']);
  });

  test.each(['', 'null', ' '])('a header cursor of %j is none', async (value) => {
    const {calls} = await read(
      (_, index) => json({data: rows(0, 1)}, {headers: {'X-Next': index === 0 ? 'a b' : value}}),
      {
        type: 'header_cursor',
        cursor_key: 'X-Next',
        cursor_param: 'c',
      },
    );
    expect(calls).toEqual(['/rows', '/rows?c=a%20b']);
  });

  test.each<[object, object, string]>([
    [{cursors: {next: 'a'}, next_cursor: 'z'}, {}, 'cursor=a'],
    [{cursor: 'a'}, {}, 'cursor=a'],
    [{cursor: 'a', next_token: 'z'}, {}, 'cursor=z'],
    [{marker: 'a', next_cursor: 'z'}, {cursor_param: 'marker'}, 'marker=a'],
    [{meta: {next_cursor: 'a'}}, {}, 'cursor=a'],
    [{nextPageToken: 'a'}, {cursor_param: 'pageToken'}, 'pageToken=a'],
  ])('without cursor_path %j with %j sends %s, and the choice is logged', async (beside, keys, expected) => {
    const {calls, notices} = await read(({query}) => json({data: rows(0, 1), ...(query.size === 0 ? beside : {})}), {
      type: 'cursor',
      ...keys,
    });
    expect(calls).toEqual(['/rows', `/rows?${expected}`]);
    expect(notices).toContain('cursor_path');
  });

  test.each([
    ['/rows?p=2', '/rows?p=2'],
    ['/rows/2', '/rows/2'],
    ['?p=2', '/rows?p=2'],
    ['/elsewhere/2', '/rows?cursor=%2Felsewhere%2F2'],
    ['a?b', '/rows?cursor=a%3Fb'],
  ])('a cursor %j with neither param nor body path: %s', async (next, expected) => {
    const {calls} = await read((_, index) => json({data: rows(0, 1), next: index === 0 ? next : null}), {
      type: 'cursor',
      cursor_path: 'next',
    });
    expect(calls[1]).toBe(expected);
  });

  test('next_url_base', async () => {
    await using api = await serve(({path}) =>
      json({data: rows(0, 1), next: path.endsWith('rows') ? 'more?p=2' : null}),
    );
    const config = (paginator: object) =>
      source({url: `${api.url}/v1`}, [{name: 'rows', endpoint: {path: 'deep/rows', data_selector: 'data', paginator}}]);
    expect((await run(api, config({type: 'json_link'}))).calls[1]).toBe('/v1/deep/more?p=2');
    expect((await run(api, config({type: 'json_link', next_url_base: 'base_url'}))).calls[1]).toBe('/v1/more?p=2');
  });
});

test('every end is logged with its reason', async () => {
  const ends: [Handler, unknown, RegExp][] = [
    [() => json({data: []}), 'offset', /empty page/],
    [() => json({data: rows(0, 1), total: 1}), 'offset', /total reached 1\/1/],
    [() => json({data: rows(0, 1)}), {type: 'offset', maximum_offset: 1}, /maximum_offset 1 reached/],
    [() => json({data: rows(0, 1), more: false}), {type: 'offset', has_more_path: 'more'}, /flag says/],
    [() => json({data: rows(0, 1)}), {type: 'offset', stop_when: 'true'}, /stop_when holds/],
    [(_, index) => (index === 0 ? json({data: rows(0, 1)}) : {status: 416}), 'offset', /416 past the end/],
    [() => json({data: rows(0, 1)}), 'json_link', /no next link/],
    [() => json({data: rows(0, 1)}), 'cursor', /no next cursor/],
    [() => json({data: rows(0, 1)}), 'single_page', /single page/],
    [() => json({data: rows(0, 1)}), 'auto', /one page/],
  ];
  for (const [handler, paginator, expected] of ends) {
    const {errors, notices} = await read(handler, paginator);
    expect(errors).toBe('');
    expect(notices).toMatch(expected);
  }
});

test('what is wrong in a paginator stands at its place', () => {
  expect(wrong('ofset').join()).toMatch(/^resources\[0\]\.endpoint\.paginator.*did you mean offset/);
  expect(wrong({type: 'offset', offset_parm: 'x'}).join()).toMatch(/offset_parm.*offset_param/);
  expect(wrong({type: 'offset', stop_after_empty_page: false, total_path: null}).join()).toMatch(
    /nothing ends the walk/,
  );
  expect(wrong({type: 'offset', stop_after_empty_page: false})).toEqual([]);
  expect(wrong({type: 'page_number', base_page: -1})).toHaveLength(1);
  expect(wrong({type: 'cursor', cursor_from: 'first_record'})).toHaveLength(1);
  expect(wrong({type: 'cursor', on_repeat: 'ignore'})).toHaveLength(1);
  expect(wrong(false)).toHaveLength(1);
  expect(
    problemsOf({client: {base_url: 'https://a.example', paginator: 'inherit'}, resources: ['a']}, 'error'),
  ).toHaveLength(0);
});
