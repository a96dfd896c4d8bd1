import {describe, expect, test} from 'vitest';
import {json} from '../support/api-server.js';
import {errorsOf, run, serve, source} from './run.js';

/** A parent row with a value of every type. */
const parent = {
  id: 7,
  text: 'a b',
  yes: true,
  no: false,
  half: 1.5,
  big: 9007199254740993n,
  zero: 0,
  list: [1, 'x'],
  object: {a: 1},
  nested: {deep: {id: 'd'}},
  many: [{id: 1}, {id: 2}],
  umlaut: 'ü/ö',
  empty: '',
};

/** JSON text with the big integer as a number. */
const rows = JSON.stringify([parent], (_, value) => (typeof value === 'bigint' ? `#${value}` : value)).replace(
  /"#(\d+)"/g,
  '$1',
);

async function childRequest(endpoint: object) {
  await using api = await serve(({path}) => json(path === '/p' ? rows : [{id: 1}]));
  const config = source(api, [
    {name: 'p', selected: false},
    {name: 'c', endpoint: {path: 'c', ...endpoint}},
  ]);
  const {requests} = await run(api, config);
  const child = requests.find(({path}) => path !== '/p');
  if (child === undefined) throw new Error('the child requested nothing');
  return child;
}

describe('in the query every value is text', () => {
  test.each([
    ['{resources.p.id}', '7'],
    ['{resources.p.text}', 'a b'],
    ['{resources.p.yes}', 'true'],
    ['{resources.p.no}', 'false'],
    ['{resources.p.half}', '1.5'],
    ['{resources.p.big}', '9007199254740993'],
    ['{resources.p.zero}', '0'],
    ['{resources.p.nested.deep.id}', 'd'],
    ['{resources.p.many[1].id}', '2'],
    ['{resources.p.umlaut}', 'ü/ö'],
    ['x-{resources.p.id}-y', 'x-7-y'],
    ['{resources.p.id}{resources.p.text}', '7a b'],
    ['{resources.p.id},{resources.p.id}', '7,7'],
    ['a&b=c {resources.p.id}', 'a&b=c 7'],
    ['ä {resources.p.id} 日本', 'ä 7 日本'],
  ])('%s is %s', async (written, expected) => {
    const request = await childRequest({params: {q: written}});
    expect(request.query.get('q')).toBe(expected);
  });

  test('names too', async () => {
    expect((await childRequest({params: {'f[{resources.p.id}]': 'x'}})).query.get('f[7]')).toBe('x');
  });
});

describe('braces that are no placeholder', () => {
  test.each([
    ['{{escaped}} {resources.p.id}', '{escaped} 7'],
    ['{{{resources.p.id}}}', '{7}'],
    ['{{"a": {{"b": 1}}}} {resources.p.id}', '{"a": {"b": 1}} 7'],
    ['query { user(id: {resources.p.id}) { name } }', 'query { user(id: 7) { name } }'],
    ['{"id": {resources.p.id}}', '{"id": 7}'],
    ['}{', '}{'],
    ['{}', '{}'],
    ['{{}}', '{}'],
  ])('%s is %s', async (written, expected) => {
    expect((await childRequest({params: {x: '{resources.p.id}', q: written}})).query.get('q')).toBe(expected);
    expect(
      JSON.parse((await childRequest({method: 'POST', params: {x: '{resources.p.id}'}, json: {q: written}})).body),
    ).toEqual({
      q: expected,
    });
  });
});

describe('in json a lone placeholder keeps its type', () => {
  test.each([
    ['{resources.p.id}', '7'],
    ['{resources.p.yes}', 'true'],
    ['{resources.p.half}', '1.5'],
    ['{resources.p.big}', '9007199254740993'],
    ['{resources.p.list}', '[1,"x"]'],
    ['{resources.p.object}', '{"a":1}'],
    ['{resources.p.text}', '"a b"'],
    ['{resources.p.id}!', '"7!"'],
    [' {resources.p.id}', '" 7"'],
    ['{resources.p.id}{resources.p.id}', '"77"'],
  ])('%s is %s', async (written, expected) => {
    expect((await childRequest({method: 'POST', json: {v: written}})).body).toBe(`{"v":${expected}}`);
  });

  test('in depth, in lists, in names', async () => {
    const body = {a: {b: ['{resources.p.id}', {'k{resources.p.id}': 'x{resources.p.id}'}]}};
    expect((await childRequest({method: 'POST', json: body})).body).toBe('{"a":{"b":[7,{"k7":"x7"}]}}');
  });
});

describe('headers, forms, text, paths', () => {
  test('names and values of headers, plain, empty, with braces', async () => {
    const headers = {'x-id': '{resources.p.id}', 'x-empty': '', 'x-braces': '{{a}}', 'x-{resources.p.id}': 'n'};
    expect((await childRequest({headers})).headers).toMatchObject({
      'x-id': '7',
      'x-empty': '',
      'x-braces': '{a}',
      'x-7': 'n',
    });
  });

  test('a form, pairs, text', async () => {
    const post = {method: 'POST'};
    expect((await childRequest({...post, data: {id: '{resources.p.id}', t: '{resources.p.text}'}})).body).toBe(
      'id=7&t=a+b',
    );
    expect(
      (
        await childRequest({
          ...post,
          data: [
            ['a', '{resources.p.id}'],
            ['a', '2'],
          ],
        })
      ).body,
    ).toBe('a=7&a=2');
    expect((await childRequest({...post, data: '{resources.p.id}'})).body).toBe('7');
    expect((await childRequest({...post, data: 'q={ x } {resources.p.id}'})).body).toBe('q={ x } 7');
  });

  test('a path takes a value as one segment', async () => {
    expect((await childRequest({path: 'c/{resources.p.umlaut}/x'})).target).toBe('/c/%C3%BC%2F%C3%B6/x');
    expect((await childRequest({path: 'c/{resources.p.umlaut|raw}/x'})).target).toBe('/c/%C3%BC/%C3%B6/x');
    expect((await childRequest({path: 'c/{resources.p.id}.json'})).target).toBe('/c/7.json');
    expect((await childRequest({path: 'c?id={resources.p.text}'})).query.get('id')).toBe('a b');
  });

  test('client headers know vars and secrets only; other braces stay, as in dlt', async () => {
    await using api = await serve(() => json([{id: 1}]));
    const client = {
      headers: {'x-a': '{vars.a}', 'x-b': '{b}', 'x-c': '{{c}}', 'x-s': '{secrets.s}'},
      variables: {a: 1, b: 'B'},
    };
    const {requests} = await run(api, source(api, ['rows'], client, {secrets: {s: 'S'}}));
    expect(requests[0]?.headers).toMatchObject({'x-a': '1', 'x-b': '{b}', 'x-c': '{c}', 'x-s': 'S'});
    expect(errorsOf(source(api, ['rows'], {headers: {'x-a': '{resources.rows.id}'}}))).toEqual([
      expect.stringMatching(/^client\.headers\S* .*resources\.rows\.id/),
    ]);
  });
});

describe('names that are not there', () => {
  const child = (endpoint: object) => ({
    client: {base_url: 'https://api.example.com'},
    resources: ['p', {name: 'c', endpoint}],
  });

  test.each([
    ['params', {params: {q: '{resources.missing.id}'}}, /resources\[1\]\.endpoint\.params\.q .*missing/],
    [
      'json',
      {method: 'POST', json: {q: ['{resources.missing.id}']}},
      /resources\[1\]\.endpoint\.json\.q\[0\] .*missing/,
    ],
    ['data', {method: 'POST', data: {q: '{resources.missing.id}'}}, /resources\[1\]\.endpoint\.data\.q .*missing/],
    ['headers', {headers: {q: '{resources.missing.id}'}}, /resources\[1\]\.endpoint\.headers\.q .*missing/],
    ['path', {path: 'c/{resources.missing.id}'}, /resources\[1\]\.endpoint\.path .*missing/],
    ['a parent without a field', {path: 'c/{resources.p}'}, /resources\[1\]\.endpoint\.path /],
    ['a static name', {path: 'c/{org}/{repo}'}, /resources\[1\]\.endpoint\.path .*org/],
    ['no incremental', {path: 'c/{incremental.start_value}'}, /resources\[1\]\.endpoint\.path .*incremental/],
    ['no variable', {params: {q: '{vars.x}'}}, /resources\[1\]\.endpoint\.params\.q .*x/],
    ['no secret', {headers: {q: '{secrets.x}'}}, /resources\[1\]\.endpoint\.headers\.q .*x/],
  ])('%s', (_, endpoint, expected) => {
    expect(errorsOf(child(endpoint)).join('\n')).toMatch(expected);
  });

  test('a static param or variable binds {name} in the path and is used up', async () => {
    await using api = await serve(() => json([{id: 1}]));
    const resources = [{name: 'r', endpoint: {path: '{org}/{repo}/x', params: {org: 'o/1', repo: 'r', q: 1}}}];
    expect((await run(api, source(api, resources))).calls).toEqual(['/o%2F1/r/x?q=1']);
    const variables = {org: 'o', repo: 'v'};
    const other = [{name: 'r', endpoint: {path: '{org}/{vars.repo}/x', params: {q: '{org}'}}}];
    expect((await run(api, source(api, other, {variables}))).calls).toEqual(['/o/v/x?q=o']);
  });
});
