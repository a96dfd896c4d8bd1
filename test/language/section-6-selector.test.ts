import {describe, expect, test} from 'vitest';
import {attempt, errorsOf, run, serve, source} from '../dlt/run.js';
import {json} from '../support/api-server.js';

/** Reads one answer. */
async function read(body: unknown, endpoint: object = {}, resource: object = {}) {
  await using api = await serve(() => json(body));
  const config = source(api, [{name: 'things', endpoint: {path: 'v1/things', ...endpoint}, ...resource}]);
  return await attempt(api, config);
}

describe('spellings', () => {
  const nested = {
    data: {list: [{x: {id: 1}}, {x: {id: 2}}], 'a.b': [{id: 3}], by: {k: {id: 4}}},
    '@odata.value': [{id: 5}],
  };

  test.each<[unknown, unknown[]]>([
    ['data.list[*].x', [1, 2]],
    ['$.data.list[*].x', [1, 2]],
    ['data.list.[*].x', [1, 2]],
    ["data['list'][*].x", [1, 2]],
    ['data.list[0].x', [1]],
    ['data.list[-1].x', [2]],
    [['data', 'a.b'], [3]],
    ["data['a.b']", [3]],
    ["data.'a.b'", [3]],
    ['data.by.*', [4]],
    ['@odata.value', [5]],
    ["['@odata.value']", [5]],
    [['@odata.value'], [5]],
    ['data.list[?@.x.id == 2].x', [2]],
    ['data.list[0:1].x', [1]],
    ['data..x', [1, 2]],
  ])('%j', async (data_selector, expected) => {
    const {values, errors} = await read(nested, {data_selector});
    expect(errors).toBe('');
    expect(values('id')).toEqual(expected);
  });

  test.each([[[]], ['[]'], [''], ['$']])('%j is the whole body', async (data_selector) => {
    expect((await read([{id: 1}, {id: 2}], {data_selector})).values('id')).toEqual([1, 2]);
    expect((await read({id: 1, data: [{id: 2}]}, {data_selector})).values('id')).toEqual([1]);
  });

  test.each(['data[', 'data.[?', 'data..', 3, {}])('%j is an error at its place', (data_selector) => {
    const errors = errorsOf({
      client: {base_url: 'https://a.example'},
      resources: [{name: 'a', endpoint: {data_selector}}],
    });
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(/^resources\[0\]\.endpoint\.data_selector/);
  });
});

describe('what is selected', () => {
  test.each<[unknown, unknown[]]>([
    [[{id: 1}], [1]],
    [{id: 1}, [1]],
    [null, []],
    [false, []],
    ['', []],
    [{}, []],
    [[], []],
  ])('a singular path at %j', async (data, expected) => {
    const {values, errors} = await read({data}, {data_selector: 'data'});
    expect(errors).toBe('');
    expect(values('id')).toEqual(expected);
  });

  test.each([0, 1, true, 'text'])('another scalar, %j, is an error', async (data) => {
    const {errors, code} = await read({data}, {data_selector: 'data'});
    expect(code).toBe(1);
    expect(errors).toContain('data_selector data');
  });

  test.each<[unknown[], unknown[]]>([
    [
      [[{id: 1}], [{id: 2}]],
      [[{id: 1}], [{id: 2}]],
    ],
    [[[{id: 1}]], [[{id: 1}]]],
    [[[]], [[]]],
  ])('any other path yields one record per match, however many rows came: %j', async (data, expected) => {
    const {records} = await read({data: data.map((x: unknown) => ({x}))}, {data_selector: 'data[*].x'});
    expect(records()).toEqual(expected.map((value) => ({value})));
  });

  test('null elements are dropped with one counted notice; scalars and lists become {value}', async () => {
    const {records, notices, warnings} = await read(
      {data: [null, 0, '', false, [1], null, {id: 1}]},
      {data_selector: 'data'},
    );
    expect(records()).toEqual([{value: 0}, {value: ''}, {value: false}, {value: [1]}, {id: 1}]);
    expect(notices.match(/null/g)?.length).toBeGreaterThan(0);
    expect(notices).toMatch(/2/);
    expect(warnings).toMatch(/value/);
  });

  test('records without any member are left out, with one counted notice', async () => {
    const {records, notices} = await read({data: [{}, {id: 1}, {}]}, {data_selector: 'data'});
    expect(records()).toEqual([{id: 1}]);
    expect(notices).toMatch(/records without any member were left out.*\b2\b/);
  });

  test('NaN and infinities are null with a warning; a BOM is skipped', async () => {
    const {records, warnings} = await read('\uFEFF{"data": [{"a": NaN, "b": -Infinity, "c": Infinity, "d": "NaN"}]}', {
      data_selector: 'data',
    });
    expect(records()).toEqual([{a: null, b: null, c: null, d: 'NaN'}]);
    expect(warnings).toMatch(/3/);
  });

  test('data_selector_key_as', async () => {
    const body = {data: {a: {n: 1}, b: {n: 2, key: 'own'}, c: null}};
    const {records} = await read(body, {data_selector: 'data', data_selector_key_as: 'key'});
    expect(records()).toEqual([
      {key: 'a', n: 1},
      {key: 'b', n: 2},
    ]);
  });
});

describe('no selector', () => {
  test.each<[string, unknown, object, unknown[]]>([
    ['(a) a list', [{id: 1}, {id: 2}], {}, [1, 2]],
    ['(b) the primary key at the root', {id: 7, items: [{x: 1}]}, {primary_key: 'id'}, [7]],
    ['(b) not with a next link beside it', {id: 7, next: '/v1/things?page=2', items: []}, {primary_key: 'id'}, []],
    ['(b) not where a list has the key too', {id: 7, data: [{id: 1}]}, {primary_key: 'id'}, [1]],
    ['(b) a null key is a key too', {id: null, x: [{y: 1}]}, {primary_key: 'id'}, [null]],
    ['(c) before (d)', {data: [{id: 1}], things: [{id: 2}]}, {}, [2]],
    ['(c) a name without its s, deeper', {response: {thing: [{id: 3}]}}, {}, [3]],
    ['(d)', {meta: {items: [{id: 9}]}, results: [{id: 1}]}, {}, [1]],
    ['(d) three keys deep', {a: {b: {data: [{id: 1}]}}}, {}, [1]],
    ['(e) the only list of objects', {tags: ['a'], xyz: [{id: 1}]}, {}, [1]],
    ['(f) the first', {abc: [{id: 1}], xyz: [{id: 2}]}, {}, [1]],
    ['not in meta', {errors: [], warnings: [{id: 9}], id: 5}, {}, [5]],
    ['an empty list under (d)', {data: [], other: [{id: 1}]}, {}, []],
    ['null under (c)', {things: null, other: [{id: 1}]}, {}, []],
    ['no list: one record', {id: 3, name: 'x'}, {}, [3]],
  ])('%s', async (_, body, resource, expected) => {
    const {values, errors} = await read(body, {retry: {max_retries: 0}, paginator: 'single_page'}, resource);
    expect(errors).toBe('');
    expect(values('id')).toEqual(expected);
  });

  test('(f) is a warning, the others a notice in pasteable form', async () => {
    expect((await read({abc: [{id: 1}], xyz: [{id: 2}]})).warnings).toContain('abc');
    const {notices, warnings} = await read({data: [{id: 1}]});
    expect(notices).toContain('data_selector: "data"');
    expect(warnings).toBe('');
  });

  test('an empty first page settles nothing; what is settled is kept for the resource', async () => {
    const bodies = [{data: []}, {items: [{id: 1}], data: []}, {items: [{id: 2}], data: [{id: 9}]}];
    await using api = await serve((_, index) => json(bodies[index] ?? {}));
    const child = {name: 'c', endpoint: {path: 'c?p={resources.p.id}', paginator: 'single_page'}};
    const {values} = await run(
      api,
      source(api, [{name: 'p', records: [{id: 1}, {id: 2}, {id: 3}]}, child], {concurrency: 1}),
      {streams: ['c']},
    );
    expect(values('id')).toEqual([1, 2]);
  });
});

describe('one entity', () => {
  const child = async (path: string, body: unknown, endpoint: object = {}) => {
    await using api = await serve(() => json(body));
    const resources = [
      {name: 'p', records: [{id: 5}]},
      {name: 'c', endpoint: {path, ...endpoint}},
    ];
    return await attempt(api, source(api, resources, {variables: {v: 'x'}, paginator: 'offset'}), {streams: ['c']});
  };

  test.each([
    ['p/{resources.p.id}', {}],
    ['p/{resources.p.id}/', {}],
    ['p/{resources.p.id}?full=1', {}],
    ['p/{id}', {params: {id: {type: 'resolve', resource: 'p', field: 'id'}}}],
    ['p/{id}', {params: {id: 7}}],
    ['p/{vars.v}', {}],
    ['p/{v}', {}],
  ])('%s with %j: one record, one page', async (path, endpoint) => {
    const {records, calls, errors} = await child(path, {id: 1, data: [{id: 2}]}, endpoint);
    expect(errors).toBe('');
    expect(records()).toEqual([{id: 1, data: [{id: 2}]}]);
    expect(calls).toHaveLength(1);
    expect(calls[0]).not.toContain('offset');
  });

  test.each(['p/{resources.p.id}x', 'p/x{resources.p.id}', 'p/{resources.p.id}{vars.v}', 'p/{resources.p.id}/c'])(
    '%s is a list',
    async (path) => {
      const {calls} = await child(path, {data: []});
      expect(calls[0]).toContain('offset=0');
    },
  );

  test.each([{next: '/p/5?page=2'}, {next_cursor: 'abc'}, {has_more: true}])(
    'a list of objects beside %j is an error asking for both keys',
    async (beside) => {
      const {errors} = await child('p/{resources.p.id}', {data: [{id: 2}], ...beside});
      expect(errors).toContain('data_selector');
      expect(errors).toContain('paginator');
    },
  );

  test('what is written holds', async () => {
    const {values, calls} = await child(
      'p/{resources.p.id}',
      {data: [{id: 2}]},
      {data_selector: 'data', paginator: 'single_page'},
    );
    expect([values('id'), calls.length]).toEqual([[2], 1]);
  });
});
