import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {Api} from '../support/api-server.js';
import {posts, startMockApi} from './mock-api.js';
import {errorsOf, run, source} from './run.js';

let api: Api & AsyncDisposable;

beforeAll(async () => {
  api = await startMockApi();
});

afterAll(() => api.close());

const read = async (processing_steps: object[], endpoint = 'posts') =>
  (await run(api, source(api, [{name: 'rows', endpoint, processing_steps}]))).records();

const reactions = 'posts_with_reactions';
const explode = {yield_map: {explode: 'reactions', keep_parent: false}};

describe('one resource', () => {
  test('filter: one post', async () => {
    expect(await read([{filter: 'r.id == 1'}])).toEqual([{id: 1, title: 'Post 1'}]);
  });

  test('a column less', async () => {
    expect(await read([{map: {remove: ['title']}}])).toEqual(posts.map(({id}) => ({id})));
  });

  test('a column made anonymous, one in lower case', async () => {
    const set = {title: "'***'", low: 'record.title.lowerAscii()'};
    expect((await read([{map: {set}}]))[3]).toEqual({id: 3, title: '***', low: 'post 3'});
  });

  test('steps run in order', async () => {
    const times = {map: {set: {id: 'r.id * 10'}}};
    const ten = {filter: 'r.id == 10'};
    expect(await read([times, ten])).toEqual([{id: 10, title: 'Post 1'}]);
    expect(await read([ten, times])).toEqual([{id: 100, title: 'Post 10'}]);
  });

  test('yield_map: 125 reactions', async () => {
    const rows = await read([explode], reactions);
    expect(rows).toHaveLength(125);
    expect(rows[7]).toEqual({id: 2, title: 'Reaction 2 for post 1'});
    const kept = await read([{yield_map: {explode: 'reactions', as: 'reaction'}}], reactions);
    expect(kept[7]).toEqual({id: 1, title: 'Post 1', reaction: {id: 2, title: 'Reaction 2 for post 1'}});
  });

  test('filter, then yield_map: 120', async () => {
    expect(await read([{filter: 'r.id > 0'}, explode], reactions)).toHaveLength(120);
  });

  test('yield_map, then filter: 100', async () => {
    expect(await read([explode, {filter: 'r.id > 0'}], reactions)).toHaveLength(100);
  });
});

describe('families', () => {
  const filtered = {name: 'posts', processing_steps: [{filter: 'r.id == 1 || r.id == 10'}]};

  test.each([
    ['a reference', 'posts/{resources.posts.id}/comments'],
    ['resolve', {path: 'posts/{id}/comments', params: {id: {type: 'resolve', resource: 'posts', field: 'id'}}}],
  ])('filtered parent and child by %s: 2 rows', async (_, endpoint) => {
    const child = {name: 'comments', endpoint, processing_steps: [{filter: 'r.id == 1'}]};
    const {records, requests} = await run(api, source(api, [filtered, child]));
    expect(
      records('comments')
        .map(({post_id, id}) => [post_id, id])
        .toSorted(),
    ).toEqual(
      [
        [1, 1],
        [10, 1],
      ].toSorted(),
    );
    expect(new Set(requests.map(({path}) => path))).toEqual(
      new Set(['/posts', '/posts/1/comments', '/posts/10/comments']),
    );
  });

  test('a column made by a step of the parent names the child', async () => {
    const parent = {name: 'posts', processing_steps: [{filter: 'r.id == 2'}, {map: {set: {next: 'r.id + 1'}}}]};
    const {records} = await run(api, source(api, [parent, {name: 'd', endpoint: 'posts/{resources.posts.next}'}]));
    expect(records('d')).toEqual([{id: 3, body: 'Post body 3'}]);
  });

  test('columns from the parent are added after the steps of the child (dlt: before)', async () => {
    const child = {
      name: 'comments',
      include_from_parent: ['title'],
      endpoint: 'posts/{resources.posts.id}/comments',
      processing_steps: [{map: {keep: ['id']}}, {filter: 'r.id == 0'}],
    };
    const {records} = await run(api, source(api, [filtered, child]));
    expect(
      records('comments')
        .map((row) => row['_posts_title'])
        .toSorted(),
    ).toEqual(['Post 1', 'Post 10']);
  });

  test('yield_map on a child: 250 rows', async () => {
    const child = {
      name: 'all',
      endpoint: {path: reactions, params: {x: '{resources.posts.id}'}},
      processing_steps: [explode],
    };
    const {records} = await run(api, source(api, [filtered, child]), {streams: ['all']});
    expect(records('all')).toHaveLength(250);
  });
});

describe('steps before the incremental filter', () => {
  test('a step makes the cursor', async () => {
    const resource = {
      name: 'posts',
      processing_steps: [{map: {set: {rank: 'r.id * 2'}}}],
      endpoint: {incremental: {cursor_path: 'rank', initial_value: 40}},
    };
    const {values} = await run(api, source(api, [resource]));
    expect(values('rank')).toEqual([40, 42, 44, 46, 48]);
  });
});

describe('steps that cannot be', () => {
  const errors = (step: unknown) =>
    errorsOf(source({url: 'https://api.example.com'}, [{name: 'r', processing_steps: [step]}])).join('\n');

  test.each([
    [{filter: 'r.id =='}, /^resources\[0\]\.processing_steps\[0\]\.filter/],
    [{filter: '<callable keep>'}, /^resources\[0\]\.processing_steps\[0\]\.filter is code.*CEL/],
    [{map: '<callable drop>'}, /^resources\[0\]\.processing_steps\[0\]\.map is code/],
    [{yield_map: '<callable each>'}, /^resources\[0\]\.processing_steps\[0\]\.yield_map is code/],
    [{fold: 'x'}, /^resources\[0\]\.processing_steps\[0\]/],
    [{map: {drop: ['a']}}, /^resources\[0\]\.processing_steps\[0\]\.map/],
    [{filter: 'unknown > 1'}, /^resources\[0\]\.processing_steps\[0\]\.filter/],
    [{filter: "r.x.matches('^(a+)+$')"}, /^resources\[0\]\.processing_steps\[0\]\.filter/],
    [{}, /^resources\[0\]\.processing_steps\[0\]/],
  ])('%j', (step, expected) => {
    expect(errors(step)).toMatch(expected);
  });
});
