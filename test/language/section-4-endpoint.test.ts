import {gzipSync} from 'node:zlib';
import {describe, expect, test} from 'vitest';
import {attempt, errorsOf, run, serve, source} from '../dlt/run.js';
import {json, type Recorded} from '../support/api-server.js';

const rows = json({data: [{id: 1}]});

/** The first request of an endpoint. */
async function sent(
  endpoint: unknown,
  more: {client?: Readonly<Record<string, unknown>>; defaults?: object; base?: string} = {},
): Promise<Recorded> {
  await using api = await serve(() => rows);
  const defaults = more.defaults === undefined ? {} : {resource_defaults: {endpoint: more.defaults}};
  const done = await run(
    api,
    source({url: `${api.url}${more.base ?? ''}`}, [{name: 'rows', endpoint}], more.client, defaults),
  );
  const [first] = done.requests;
  if (first === undefined) throw new Error('no request');
  return first;
}

const wrong = (endpoint: unknown, more: object = {}) =>
  errorsOf({client: {base_url: 'https://a.example'}, resources: [{name: 'rows', endpoint}], ...more});

describe('resources and shorthands', () => {
  test('a name, a path, no endpoint at all, an endpoint without a path', async () => {
    await using api = await serve(() => rows);
    const {calls} = await run(
      api,
      source(api, [
        'posts',
        {name: 'a', endpoint: 'b/c'},
        {name: 'd'},
        {name: 'e', endpoint: {params: {x: 1}}},
        {name: 'f', endpoint: null},
      ]),
    );
    expect([...calls].sort()).toEqual(['/b/c', '/d', '/e?x=1', '/f', '/posts']);
  });

  test.each(['get', 'Get', 'POST', 'put', 'Patch'])('method %s', async (method) => {
    expect((await sent({method})).method).toBe(method.toUpperCase());
  });

  test.each(['DELETE', 'HEAD', '', 'GET ', 1, false])('method %j is an error', (method) => {
    expect(wrong({method})).toEqual([expect.stringMatching(/^resources\[0\]\.endpoint\.method/)]);
  });
});

describe('path', () => {
  test.each([
    ['', 'x', '/x'],
    ['/', 'x', '/x'],
    ['/v1', 'x', '/v1/x'],
    ['/v1/', '/x', '/v1/x'],
    ['/v1', '/x/', '/v1/x/'],
    ['/v1', 'x?a=1&a=2', '/v1/x?a=1&a=2'],
    ['/v1', '?a=1', '/v1?a=1'],
    ['/v1', 'a b/ü', '/v1/a%20b/%C3%BC'],
    ['/v1', 'a%2Fb', '/v1/a%2Fb'],
  ])('base %j and path %j', async (base, path, expected) => {
    expect((await sent({path}, {base})).target).toBe(expected);
  });

  test('an empty path is the base itself', async () => {
    expect((await sent({path: ''}, {base: '/v1'})).target).toBe('/v1');
  });

  test('an absolute URL is taken as it is, params are added', async () => {
    await using api = await serve(() => rows);
    const config = source({url: 'https://elsewhere.example/v9'}, [
      {name: 'a', endpoint: {path: `${api.url}/abs?x=1`, params: {y: 2}, data_selector: 'data'}},
    ]);
    const {calls} = await run(api, config);
    expect(calls).toEqual(['/abs?x=1&y=2']);
  });
});

describe('params', () => {
  test.each<[object, string]>([
    [{a: [1, 'x', true, null]}, '/rows?a=1&a=x&a=true'],
    [{a: null, b: 1}, '/rows?b=1'],
    [{a: true, b: false}, '/rows?a=true&b=false'],
    [{a: '', b: 0}, '/rows?a=&b=0'],
    [{a: []}, '/rows'],
    [{a: [null]}, '/rows'],
    [{a: ['', 0, false]}, '/rows?a=&a=0&a=false'],
    [{'a[]': ['x', 'y']}, '/rows?a[]=x&a[]=y'],
    [{'filter[a.b]': '1,2'}, '/rows?filter[a.b]=1,2'],
    [{a: 1.5, b: -0.25, c: 1e21}, '/rows?a=1.5&b=-0.25&c=1e+21'],
    [{a: 'null'}, '/rows?a=null'],
    [{'': 'x'}, '/rows?=x'],
  ])('%j', async (params, expected) => {
    expect(decodeURIComponent((await sent({params})).target)).toBe(expected);
  });

  test.each<[object, RegExp]>([
    [{a: {b: 1}}, /^resources\[0\]\.endpoint\.params\.a .*a\[b\]/],
    [{a: {}}, /^resources\[0\]\.endpoint\.params\.a/],
    [{a: [{b: 1}]}, /^resources\[0\]\.endpoint\.params\.a/],
    [{a: [[1]]}, /^resources\[0\]\.endpoint\.params\.a/],
  ])('%j is an error', (params, expected) => {
    const errors = wrong({params});
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(expected);
  });

  test('null removes one of resource_defaults', async () => {
    expect((await sent({params: {a: null, c: ''}}, {defaults: {params: {a: 1, b: 2}}})).target).toBe('/rows?b=2&c=');
  });
});

describe('headers', () => {
  test('numbers, booleans and empty text', async () => {
    const {headers} = await sent({headers: {'X-N': 0, 'X-B': false, 'X-E': ''}});
    expect([headers['x-n'], headers['x-b'], headers['x-e']]).toEqual(['0', 'false', '']);
  });

  test.each([
    ['the client', {client: {headers: {'X-A': '1', 'X-B': '2'}}}],
    ['resource_defaults', {defaults: {headers: {'X-A': '1', 'X-B': '2'}}}],
  ])('null removes one of %s, whatever its case; a value replaces it', async (_, more) => {
    const removed = await sent({headers: {'x-a': null}}, more);
    expect([removed.headers['x-a'], removed.headers['x-b']]).toEqual([undefined, '2']);
    const replaced = await sent({headers: {'x-A': '9'}}, more);
    expect([replaced.headers['x-a'], replaced.headers['x-b']]).toEqual(['9', '2']);
  });

  test('resource_defaults may remove a header of the client, and the endpoint give it back', async () => {
    const more = {client: {headers: {'X-A': '1'}}, defaults: {headers: {'X-A': null}}};
    expect((await sent({}, more)).headers['x-a']).toBeUndefined();
    expect((await sent({headers: {'X-A': '3'}}, more)).headers['x-a']).toBe('3');
    expect((await sent({headers: {'x-a': '3'}}, more)).headers['x-a']).toBe('3');
  });

  test.each(['a b', 'a:b', '', 'ä', 'a\nb'])('the name %j is an error', (name) => {
    expect(wrong({headers: {[name]: 'x'}}).join()).toMatch(/headers/);
    expect(
      errorsOf({client: {base_url: 'https://a.example', headers: {[name]: 'x'}}, resources: ['a']}).join(),
    ).toMatch(/headers/);
  });

  test.each([[{a: {}}], [{a: []}]])('the value of %j is an error', (headers) => {
    expect(wrong({headers})).toHaveLength(1);
  });
});

describe('bodies', () => {
  test.each<[unknown, string]>([
    [{a: null, b: [null], c: {d: null}}, '{"a":null,"b":[null],"c":{"d":null}}'],
    [{}, '{}'],
    [[], '[]'],
    [[1, {a: ''}], '[1,{"a":""}]'],
    [0, '0'],
    [false, 'false'],
    ['', '""'],
    ['text', '"text"'],
  ])('json %j is sent as it is, on GET too', async (body, expected) => {
    for (const method of ['GET', 'POST']) {
      const request = await sent({method, json: body});
      expect(request.body).toBe(expected);
      expect(request.headers['content-type']).toMatch(/^application\/json/);
    }
  });

  test.each<[unknown, string, string | undefined]>([
    [
      {a: 'x y', b: ['1', 2], c: null, d: false, e: ''},
      'a=x+y&b=1&b=2&d=false&e=',
      'application/x-www-form-urlencoded',
    ],
    [
      [
        ['a', 1],
        ['b', ''],
        ['a', 2],
      ],
      'a=1&b=&a=2',
      'application/x-www-form-urlencoded',
    ],
    ['<xml/>', '<xml/>', undefined],
    [{}, '', undefined],
    [[], '', undefined],
    ['', '', undefined],
  ])('data %j', async (data, body, type) => {
    const request = await sent({method: 'POST', data});
    expect(request.body).toBe(body);
    expect(request.headers['content-type']).toBe(type);
  });

  test('a content type that is written stays', async () => {
    expect(
      (await sent({method: 'POST', data: '<x/>', headers: {'Content-Type': 'text/xml'}})).headers['content-type'],
    ).toBe('text/xml');
    const patch = await sent({method: 'POST', json: {a: 1}, headers: {'content-type': 'application/vnd.api+json'}});
    expect(patch.headers['content-type']).toBe('application/vnd.api+json');
  });

  test.each<[object, object]>([
    [{json: {a: 1}, data: {b: 1}}, {}],
    [{json: {}, data: ''}, {}],
    [{json: {a: 1}}, {data: {b: 1}}],
  ])('%j over defaults of %j: both is an error', (endpoint, defaults) => {
    expect(wrong(endpoint, {resource_defaults: {endpoint: defaults}}).join()).toMatch(/one body/);
  });

  test('null overrides the body of the defaults', async () => {
    const request = await sent({method: 'POST', json: null, data: {b: 1}}, {defaults: {json: {a: 1}}});
    expect(request.body).toBe('b=1');
  });
});

describe('response', () => {
  const answered = (body: string | Buffer, type: string, endpoint: object = {}) =>
    (async () => {
      await using api = await serve(() => ({headers: type === '' ? {} : {'content-type': type}, body}));
      return await attempt(api, source(api, [{name: 'rows', endpoint: {retry: {max_retries: 0}, ...endpoint}}]));
    })();

  test.each<[string, string, object, object[]]>([
    ['[{"id":1}]', 'application/json', {}, [{id: 1}]],
    ['[{"id":1}]', 'text/html', {}, [{id: 1}]],
    ['[{"id":1}]', '', {}, [{id: 1}]],
    ['{"id":1}\n\n{"id":2}\r\n', 'application/x-ndjson', {}, [{id: 1}, {id: 2}]],
    ['{"id":1}\n{"id":2}', 'application/json', {response: {format: 'jsonl'}}, [{id: 1}, {id: 2}]],
    [
      'id,n\n1,\n02,"a,b"\n',
      'text/csv; charset=utf-8',
      {},
      [
        {id: '1', n: ''},
        {id: '02', n: 'a,b'},
      ],
    ],
    [
      '1;x\n',
      'text/plain',
      {response: {format: 'csv', csv: {delimiter: ';', header: ['id', 'n']}}},
      [{id: '1', n: 'x'}],
    ],
    ['id;;n\n1;;2\n', 'text/csv', {response: {csv: {delimiter: ';;'}}}, [{id: '1', n: '2'}]],
    ['1\t2\n', 'text/csv', {response: {csv: {delimiter: '\t', header: ['id', 'n']}}}, [{id: '1', n: '2'}]],
    ['[{"id":1}]', 'application/json', {response: {csv: {delimiter: ';'}}}, [{id: 1}]],
    ['{"data":[{"id":1}]}', 'text/csv', {response: {format: 'json'}, data_selector: 'data'}, [{id: 1}]],
  ])('%j as %j with %j', async (body, type, endpoint, expected) => {
    const {errors, records} = await answered(body, type, endpoint);
    expect(errors).toBe('');
    expect(records()).toEqual(expected);
  });

  test('gzip by its first bytes, whatever is said', async () => {
    const {records} = await answered(gzipSync('{"id":1}\n{"id":2}'), 'application/x-ndjson');
    expect(records()).toEqual([{id: 1}, {id: 2}]);
    const file = await answered(gzipSync('id\n7\n'), 'application/gzip', {response: {format: 'csv'}});
    expect(file.records()).toEqual([{id: '7'}]);
  });

  test('encoding', async () => {
    const latin = Buffer.from('{"data":[{"n":"é"}]}', 'latin1');
    expect((await answered(latin, 'application/json; charset=iso-8859-1')).records()).toEqual([{n: 'é'}]);
    expect((await answered(latin, 'application/json', {response: {encoding: 'latin1'}})).records()).toEqual([{n: 'é'}]);
    expect(wrong({response: {encoding: 'klingon'}}).join()).toMatch(/response\.encoding/);
  });

  test.each(['jsonl', 'csv'])('a selector beside %s is an error before the first request', (format) => {
    expect(wrong({response: {format}, data_selector: 'data'}).join()).toMatch(/data_selector/);
    expect(wrong({response: {format}, data_selector: '$'})).toEqual([]);
  });

  test('a selector of a body that turns out to be lines is an error', async () => {
    const {errors, code} = await answered('{"id":1}\n', 'application/x-ndjson', {data_selector: 'data'});
    expect([code, errors.includes('data_selector')]).toEqual([1, true]);
  });

  test.each([
    [{format: 'xml'}, /response\.format/],
    [{csv: {delimiter: ''}}, /delimiter/],
    [{csv: {header: []}}, /header/],
    [{csv: {header: false}}, /header/],
  ])('%j is an error', (response, expected) => {
    expect(wrong({response}).join()).toMatch(expected);
  });
});

describe('keys', () => {
  test.each([
    [{rate_limit: {requests: 1}}, /belong together/],
    [{retry: {max_retrys: 1}}, /max_retrys unknown key; did you mean max_retries/],
    [{data_selector_required: 'yes'}, /data_selector_required/],
    [{data_selector_key_as: ''}, /data_selector_key_as/],
    [{on_missing: 'skip'}, /on_missing/],
  ])('%j', (endpoint, expected) => {
    expect(wrong(endpoint).join()).toMatch(expected);
  });

  test.each([
    [{on_missing: 'ignore'}, /on_missing/],
    [{parent_incremental: 'no'}, /parent_incremental/],
    [{selected: 0}, /selected/],
    [{name: ''}, /name/],
  ])('of a resource: %j', (keys, expected) => {
    expect(errorsOf({client: {base_url: 'https://a.example'}, resources: [{name: 'a', ...keys}]}).join()).toMatch(
      expected,
    );
  });
});
