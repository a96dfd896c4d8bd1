import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {Api} from '../support/api-server.js';
import {json} from '../support/api-server.js';
import {comments, detail, posts, startMockApi} from './mock-api.js';
import {attempt, errorsOf, type Resource, type Run, run, serve, source} from './run.js';

let api: Api & AsyncDisposable;

beforeAll(async () => {
  api = await startMockApi();
});

afterAll(() => api.close());

const allComments = posts.flatMap(({id}) => comments(id));
const byIds = (rows: readonly Record<string, unknown>[]) =>
  rows.map((row) => `${row['post_id']}/${row['id']}/${row['body']}`).toSorted();

function expectFamily({records}: Run): void {
  expect(records('posts')).toEqual(posts);
  expect(byIds(records('comments'))).toEqual(byIds(allComments));
  expect(records('details')).toHaveLength(25);
  expect(
    records('details')
      .map(({body}) => body)
      .toSorted(),
  ).toEqual(posts.map(({id}) => detail(id).body).toSorted());
}

/** Where the next link would lose what names the parent. */
const paginator = {type: 'page_number', base_page: 1, total_path: 'total_pages'};

const resolve = {type: 'resolve', resource: 'posts', field: 'id'};

describe('25 posts, 1250 comments, 25 details: five ways to name the parent', () => {
  const styles: Record<string, readonly Resource[]> = {
    resolve: [
      {name: 'comments', endpoint: {path: 'posts/{post_id}/comments', params: {post_id: resolve}}},
      {name: 'details', endpoint: {path: 'posts/{post_id}', params: {post_id: resolve}}},
    ],
    'in the path': [
      {name: 'comments', endpoint: {path: 'posts/{resources.posts.id}/comments'}},
      {name: 'details', endpoint: 'posts/{resources.posts.id}'},
    ],
    'in the query': [
      {name: 'comments', endpoint: {path: 'post_comments', params: {post_id: '{resources.posts.id}'}, paginator}},
      {name: 'details', endpoint: {path: 'post_detail', params: {post_id: '{resources.posts.id}'}}},
    ],
    'in the JSON body': [
      {
        name: 'comments',
        endpoint: {path: 'post_comments', method: 'POST', json: {post_id: '{resources.posts.id}'}, paginator},
      },
      {name: 'details', endpoint: {path: 'post_detail', method: 'POST', json: {post_id: '{resources.posts.id}'}}},
    ],
    'in a header': [
      {name: 'comments', endpoint: {path: 'post_comments_via_headers', headers: {post_id: '{resources.posts.id}'}}},
      {name: 'details', endpoint: {path: 'post_detail_via_headers', headers: {post_id: '{resources.posts.id}'}}},
    ],
  };

  test.each(Object.keys(styles))('%s', async (style) => {
    expectFamily(await run(api, source(api, ['posts', ...(styles[style] ?? [])])));
  });

  test('raw text and form of the parent', async () => {
    const path = 'post_comments_via_form_data';
    const parent = {name: 'posts', processing_steps: [{filter: 'r.id < 3'}]};
    for (const data of [
      '{resources.posts.id}',
      {post_id: '{resources.posts.id}'},
      [['post_id', '{resources.posts.id}']],
    ]) {
      const config = source(api, [parent, {name: 'comments', endpoint: {path, method: 'POST', data, paginator}}]);
      const {records} = await run(api, config, {streams: ['comments']});
      expect(byIds(records('comments'))).toEqual(byIds(allComments.slice(0, 150)));
    }
  });

  test('pairs with one name twice', async () => {
    const data = [
      ['a', '{resources.posts.id}'],
      ['a', 'x'],
      ['b', ''],
    ];
    const endpoint = {path: 'post_form_data', method: 'POST', data, data_selector: 'data'};
    const {records, requests} = await run(api, source(api, ['posts', {name: 'echo', endpoint}]), {streams: ['echo']});
    expect(records('echo')).toHaveLength(25);
    expect(records('echo')).toContainEqual({a: ['7', 'x'], b: ['']});
    expect(requests.filter(({body}) => body === 'a=7&a=x&b=')).toHaveLength(1);
  });

  test('a parent value in path and body', async () => {
    const endpoint = {
      path: 'posts/search_by_id/{resources.posts.id}',
      method: 'POST',
      json: {
        post_id: '{resources.posts.id}',
        more: {title: '{resources.posts.title}'},
        more_array: ['{resources.posts.id}'],
      },
    };
    const {records} = await run(api, source(api, ['posts', {name: 'found', endpoint}]), {streams: ['found']});
    expect(records('found')).toHaveLength(25);
    expect(records('found')).toContainEqual({
      id: 7,
      title: 'Post 7',
      body: 'Post body 7',
      more: 'More is equale to id: 7',
    });
  });

  test.each([false, true])(
    'several pages of parents, parallelized: %s, with a column from the parent',
    async (parallelized) => {
      const child = {
        name: 'comments',
        parallelized,
        include_from_parent: ['title'],
        endpoint: 'posts/{resources.posts.id}/comments',
      };
      const {records} = await run(api, source(api, ['posts', child]), {streams: ['comments']});
      expect(records('comments')).toHaveLength(1250);
      for (const {post_id, _posts_title} of records('comments')) expect(_posts_title).toBe(`Post ${post_id}`);
    },
  );

  test('incremental on a child: 25 × 5 rows, not fewer (dlt issue 2429)', async () => {
    const incremental = {cursor_path: 'id', initial_value: 45};
    const child = {name: 'comments', endpoint: {path: 'posts/{resources.posts.id}/comments', incremental}};
    const {values} = await run(api, source(api, ['posts', child]), {streams: ['comments']});
    expect(values('id').toSorted()).toEqual([45, 46, 47, 48, 49].flatMap((id) => posts.map(() => id)));
  });
});

describe('a tree of resources', () => {
  const tree = [
    {id: 'a', sub: {code: 'x'}},
    {id: 'b', sub: {code: 'y'}},
  ];
  const read = async (resources: readonly Resource[], streams?: readonly string[]) => {
    await using own = await serve(({path}) => json(path === '/p' ? tree : [{id: path}]));
    return await run(own, source(own, resources), streams === undefined ? {} : {streams});
  };
  const childCalls = ({calls}: Run) => calls.filter((call) => call !== '/p').toSorted();

  test('a nested field, several fields, two placeholders', async () => {
    const run = await read(['p', {name: 'c', endpoint: 'c/{resources.p.sub.code}/{resources.p.id}/z'}]);
    expect(childCalls(run)).toEqual(['/c/x/a/z', '/c/y/b/z']);
    const bound = {
      path: 'c/{code}/{id}/z',
      params: {
        code: {type: 'resolve', resource: 'p', field: 'sub.code'},
        id: {type: 'resolve', resource: 'p', field: 'id'},
      },
    };
    expect(childCalls(await read(['p', {name: 'c', endpoint: bound}]))).toEqual(['/c/x/a/z', '/c/y/b/z']);
  });

  test('two children of one parent: the parent is read once', async () => {
    const run = await read([
      'p',
      {name: 'c', endpoint: 'c/{resources.p.id}/z'},
      {name: 'd', endpoint: 'd/{resources.p.id}/z'},
    ]);
    expect(childCalls(run)).toEqual(['/c/a/z', '/c/b/z', '/d/a/z', '/d/b/z']);
    expect(run.calls.filter((call) => call === '/p')).toHaveLength(1);
  });

  test.each([
    ['references', 'g/{resources.c.id}'],
    ['resolve', {path: 'g/{id}', params: {id: {type: 'resolve', resource: 'c', field: 'id'}}}],
    ['query', {path: 'g', params: {id: '{resources.c.id}'}}],
  ])('grandchildren by %s, whatever the order of the resources', async (_, endpoint) => {
    const run = await read([{name: 'g', endpoint}, {name: 'c', endpoint: 'c/{resources.p.id}/z'}, 'p']);
    expect(run.records('g')).toHaveLength(2);
    const asked = run.calls.filter((call) => call.startsWith('/g')).map((call) => decodeURIComponent(call));
    expect(asked.map((call) => call.slice(-6)).toSorted()).toEqual(['/c/a/z', '/c/b/z']);
  });

  test('included columns pass on to grandchildren', async () => {
    const {records} = await read([
      'p',
      {name: 'c', include_from_parent: ['id'], endpoint: 'c/{resources.p.id}/z'},
      {name: 'g', include_from_parent: ['id', '_p_id'], endpoint: 'g/{resources.c._p_id}/z'},
    ]);
    expect(records('g').toSorted((a, b) => String(a['id']).localeCompare(String(b['id'])))).toEqual([
      {id: '/g/a/z', _c_id: '/c/a/z', _c__p_id: 'a'},
      {id: '/g/b/z', _c_id: '/c/b/z', _c__p_id: 'b'},
    ]);
  });

  test('a hidden parent is read, not synced; equal parents are asked for once', async () => {
    await using own = await serve(({path}) => json(path === '/p' ? [{id: 1}, {id: 1}, {id: 2}] : [{x: path}]));
    const config = source(own, [
      {name: 'p', selected: false},
      {name: 'c', endpoint: 'c/{resources.p.id}/z'},
    ]);
    const {values, records} = await run(own, config);
    expect(values('x', 'c').toSorted()).toEqual(['/c/1/z', '/c/2/z']);
    expect(records('p')).toEqual([]);
  });

  test('records written in the configuration are a parent (dlt: a Python resource)', async () => {
    const {records, calls} = await read(
      [
        {name: 'repos', records: [{name: 'dlt'}, {name: 'a b'}]},
        {name: 'c', endpoint: 'r/{resources.repos.name}/z'},
      ],
      ['repos', 'c'],
    );
    expect(records('repos')).toEqual([{name: 'dlt'}, {name: 'a b'}]);
    expect(calls.toSorted()).toEqual(['/r/a%20b/z', '/r/dlt/z']);
  });

  test('a whole URL from the parent', async () => {
    await using own = await serve(({path, headers}) =>
      json(path === '/p' ? [{url: `http://${headers.host}/from/parent?x=1`}] : [{id: 1}]),
    );
    const config = source(own, ['p', {name: 'c', endpoint: {path: '{resources.p.url}', data_selector: '$'}}]);
    expect((await run(own, config)).calls).toEqual(['/p', '/from/parent?x=1']);
  });

  test('include_from_parent: a missing field is null, a field of that name is replaced', async () => {
    await using own = await serve(({path}) => json(path === '/p' ? [{id: 1}] : [{id: 2, _p_id: 'own'}]));
    const child = {name: 'c', include_from_parent: ['id', 'gone'], endpoint: 'c/{resources.p.id}/z'};
    expect((await run(own, source(own, ['p', child]))).records('c')).toEqual([{id: 2, _p_id: 1, _p_gone: null}]);
  });

  test('a child that is refused fails alone', async () => {
    await using own = await serve(({path}) => (path === '/p' ? json([{id: 1}]) : json({}, {status: 400})));
    const {records, code, messages} = await attempt(
      own,
      source(own, ['p', {name: 'c', endpoint: 'c/{resources.p.id}/z'}]),
    );
    expect([code, records('p').length]).toEqual([1, 1]);
    expect([messages.statuses('p').at(-1), messages.statuses('c').at(-1)]).toEqual(['COMPLETE', 'INCOMPLETE']);
  });
});

describe('families that cannot be', () => {
  const errors = (...resources: Resource[]) => errorsOf(source({url: 'https://api.example.com'}, resources)).join('\n');

  test.each([
    [
      'an unknown parent',
      ['issues', {name: 'c', endpoint: 'c/{resources.issuess.id}'}],
      /^resources\[1\]\.endpoint\.path .*issuess.*did you mean issues/,
    ],
    [
      'an unknown parent, resolve',
      ['issues', {name: 'c', endpoint: {path: 'c/{id}', params: {id: {...resolve, resource: 'issuess'}}}}],
      /^resources\[1\]\.endpoint\.params\.id.*issuess.*did you mean issues/,
    ],
    [
      'two parents',
      ['a', 'b', {name: 'c', endpoint: '{resources.a.id}/{resources.b.id}'}],
      /^resources\[2\].*two parents, a and b/,
    ],
    [
      'two parents, resolve',
      [
        'a',
        'b',
        {
          name: 'c',
          endpoint: {path: '{x}/{y}', params: {x: {...resolve, resource: 'a'}, y: {...resolve, resource: 'b'}}},
        },
      ],
      /^resources\[2\].*two parents, a and b/,
    ],
    [
      'a circle',
      [
        {name: 'a', endpoint: '{resources.b.id}'},
        {name: 'b', endpoint: '{resources.a.id}'},
      ],
      /its own parent/,
    ],
    ['its own parent', [{name: 'a', endpoint: '{resources.a.id}'}], /its own parent/],
    [
      'resolve that is not in the path',
      ['posts', {name: 'c', endpoint: {path: 'c', params: {id: resolve}}}],
      /^resources\[1\]\.endpoint\.params\.id .*not used in the path/,
    ],
    [
      'include_from_parent without a parent',
      [{name: 'a', include_from_parent: ['id']}],
      /^resources\[0\]\.include_from_parent/,
    ],
    ['the same name twice', ['a', 'a'], /^resources\[1\].*a/],
  ] as [string, Resource[], RegExp][])('%s', (_, resources, expected) => {
    expect(errors(...resources)).toMatch(expected);
  });
});
