import {describe, expect, test} from 'vitest';
import {attempt, errorsOf, type Run, serve, source} from '../dlt/run.js';
import {json} from '../support/api-server.js';

type Steps = readonly object[];

async function read(rows: unknown, processing_steps: Steps, endpoint: object = {}): Promise<Run> {
  await using api = await serve(() => json(rows));
  return await attempt(api, source(api, [{name: 'r', endpoint, processing_steps}]));
}

const rowsOf = async (rows: unknown, steps: Steps) => (await read(rows, steps)).records();
const errors = (resource: object, client = {}, more = {}) =>
  errorsOf(source({url: 'https://a.example'}, [{name: 'r', ...resource}], client, more)).join('\n');

describe('in order and before the incremental filter', () => {
  test('each sees what the one before left; one entry may have several', async () => {
    const rows = [
      {id: 1, t: ['a', 'b']},
      {id: 2, t: ['c']},
    ];
    const steps = [
      {yield_map: {explode: 't'}},
      {filter: 'r.t != "a"', map: {set: {k: 'record.t + string(record.id)'}}},
      {map: {keep: ['k']}},
    ];
    expect(await rowsOf(rows, steps)).toEqual([{k: 'b1'}, {k: 'c2'}]);
  });

  test('a cursor that a step makes is filtered by', async () => {
    const endpoint = {incremental: {cursor_path: 'seen.at', initial_value: 5}};
    const steps = [{map: {set: {seen: '{"at": r.n * 2}'}}}];
    const {values, state} = await read([{n: 1}, {n: 2}, {n: 3}], steps, endpoint);
    expect(values('n')).toEqual([3]);
    expect(JSON.stringify(state)).toContain('"cursor":{"seen.at":6}');
  });

  test.each([[[]], [null]])('processing_steps: %j does nothing', async (steps) => {
    await using api = await serve(() => json([{id: 1}]));
    const {records} = await attempt(api, source(api, [{name: 'r', processing_steps: steps}]));
    expect(records()).toEqual([{id: 1}]);
  });
});

describe('filter', () => {
  test('a missing or null key is not true, with a notice; has() asks; falsy values are values', async () => {
    const rows = [{n: 0}, {n: 1}, {x: 1}, {n: null}];
    const done = await read(rows, [{filter: 'r.n >= 0'}]);
    expect(done.records()).toEqual([{n: 0}, {n: 1}]);
    expect(done.notices).toMatch(
      /records without a key that "r\.n >= 0" reads.*has\(…\) decides otherwise \(2 times\)/,
    );
    expect(await rowsOf(rows, [{filter: '!has(r.n) || r.n == null'}])).toEqual([{x: 1}, {n: null}]);
  });

  test('what is no boolean, or fails, ends the stream at its place', async () => {
    const {errors: number} = await read([{id: 1}], [{map: {remove: ['x']}}, {filter: 'r.id'}]);
    expect(number).toContain('resources[0].processing_steps[1].filter: "r.id" gives a number for a record');
    const {errors: text, code} = await read([{id: 'a'}], [{filter: 'r.id > 1'}]);
    expect([code, text]).toEqual([1, expect.stringContaining('processing_steps[0].filter: "r.id > 1" fails')]);
  });
});

describe('map', () => {
  test('verbs in the order written', async () => {
    const row = [{a: '{"b": 9007199254740993}'}];
    const rename = {a_b: 'q'};
    const {messages} = await read(row, [{map: {parse_json: ['a'], flatten: ['a'], rename}}]);
    expect(messages.records()).toEqual([{q: 9007199254740992}]);
    expect(await rowsOf(row, [{map: {rename, flatten: ['a'], parse_json: ['a']}}])).toEqual([
      {a: {b: 9007199254740992}},
    ]);
  });

  test('set: falsy results are values; remove and keep of names that are not there are fine', async () => {
    const set = {n: 'null', z: '0', f: 'false', e: '""', l: '[]', d: '1.5'};
    const steps = [{map: {set, remove: ['no', 'id']}}];
    expect(await rowsOf([{id: 1}], steps)).toEqual([{n: null, z: 0, f: false, e: '', l: [], d: 1.5}]);
    expect(await rowsOf([{id: 1}], [{map: {keep: ['no']}}])).toEqual([]);
  });

  test('flatten: objects only; an empty one is gone', async () => {
    const rows = [{a: {b: 1, c: {d: 2}}}, {a: null}, {a: [1]}, {i: 4, a: {}}];
    expect(await rowsOf(rows, [{map: {flatten: ['a']}}])).toEqual([{a_b: 1, a_c: {d: 2}}, {a: null}, {a: [1]}, {i: 4}]);
  });

  test('parse_json: text that is no JSON stays, with a warning that counts; other values stay without', async () => {
    const done = await read([{a: '{}'}, {a: 'x'}, {a: ''}, {a: 5}, {a: null}], [{map: {parse_json: ['a']}}]);
    expect(done.values('a')).toEqual([{}, 'x', '', 5, null]);
    expect(done.warnings).toBe(
      'r: resources[0].processing_steps[0].map: parse_json a: texts that are no JSON stayed text (2 times)',
    );
  });
});

describe('yield_map', () => {
  const rows = [{id: 1, l: [{x: 1}, 2, null]}, {id: 2, l: []}, {id: 3}, {id: 4, l: null}];

  test('beside the other fields under its own name; empty and missing leave the record with null', async () => {
    const nulls = [2, 3, 4].map((id) => ({id, l: null}));
    const explode = 'l';
    expect(await rowsOf(rows, [{yield_map: {explode}}])).toEqual([
      {id: 1, l: {x: 1}},
      {id: 1, l: 2},
      {id: 1, l: null},
      ...nulls,
    ]);
    expect(await rowsOf(rows.slice(0, 2), [{yield_map: {explode, as: 'e'}}])).toEqual([
      {id: 1, e: {x: 1}},
      {id: 1, e: 2},
      {id: 1, e: null},
      {id: 2, e: null},
    ]);
  });

  test('keep_parent: false gives the elements alone', async () => {
    const done = await read(rows, [{yield_map: {explode: 'l', keep_parent: false}}]);
    expect(done.records()).toEqual([{x: 1}, {value: 2}]);
    expect(done.warnings).toContain('became {"value": …}');
  });
});

describe('a field that no record has', () => {
  const rows = [{id: 1, tags: ['a']}, {id: 2}];

  test.each<[object, string]>([
    [{yield_map: {explode: 'tgas'}}, 'yield_map.explode: no record has tgas; did you mean tags?'],
    [{map: {remove: ['tag']}}, 'map.remove: no record has tag; did you mean tags?'],
    [{map: {keep: ['id', 'tag']}}, 'map.keep: no record has tag; did you mean tags?'],
    [{map: {rename: {Tags: 'x', ID: 'y'}}}, 'map.rename: no record has Tags, ID; did you mean tags?'],
  ])('is a warning where a similar one is there: %j', async (step, expected) => {
    expect((await read(rows, [step])).warnings).toBe(`r: resources[0].processing_steps[0].${expected}`);
  });

  test.each<[string, string]>([
    ['record.idd == 1', 'no record has idd; did you mean id? (so all were left out)'],
    ['r.status == "new"', 'no record has status; the records have id, tags (so all were left out)'],
  ])('is a warning where a filter leaves out all records for it: %s', async (source, expected) => {
    const done = await read(rows, [{filter: source}]);
    expect([done.records(), done.warnings]).toEqual([[], `r: resources[0].processing_steps[0].filter: ${expected}`]);
  });

  test.each([
    'size(r.tags) > 1',
    '!has(r.idd)',
    'r.id == 1 || r.status == "new"',
    'has(r.status) && r.status == "new"',
  ])('is nothing new where a filter decides by something else: %s', async (source) => {
    expect((await read(rows, [{filter: source}])).warnings).toBe('');
  });

  test('is a notice where none is, and nothing without records or once one has it', async () => {
    const step = {map: {flatten: ['address']}};
    const done = await read(rows, [step]);
    expect(done.warnings).toBe('');
    expect(done.notices).toContain('map.flatten: no record has address; the records have id, tags');
    expect((await read([], [step])).notices).not.toContain('no record has');
    expect((await read([{id: 1}, {address: {}}], [step])).notices).not.toContain('no record has');
  });
});

describe('what is refused', () => {
  test.each<[unknown, string]>([
    [{}, 'processing_steps must be a list, is an object'],
    [[{}], 'processing_steps[0] is empty; steps are filter, map, yield_map'],
    [[{fliter: 'true'}], '[0].fliter unknown step; did you mean filter?'],
    [['filter'], '[0] must be an object such as'],
    [[{filter: ''}], '[0].filter must not be empty'],
    [[{filter: true}], '[0].filter must be a string'],
    [[{filter: 'r.id >'}], '[0].filter "r.id >" is no valid expression (CEL)'],
    [[{filter: 'id > 1'}], 'Unknown variable: id; variables: record, r'],
    [[{map: {}}], '[0].map expected one of set, rename, remove, keep, flatten, parse_json'],
    [[{map: {remov: ['a']}}], '[0].map.remov unknown key; did you mean remove?'],
    [[{map: {set: {a: 'bad('}}}], '[0].map.set.a "bad(" is no valid expression (CEL)'],
    [[{map: {keep: []}}], '[0].map.keep must not be empty'],
    [[{map: {remove: 'a'}}], '[0].map.remove must be a list'],
    [[{yield_map: {}}], '[0].yield_map.explode is missing'],
    [[{yield_map: {explode: 'a', keep_parent: 'no'}}], '[0].yield_map.keep_parent must be true or false'],
  ])('%j', (processing_steps, expected) => {
    expect(errors({processing_steps})).toContain(expected);
  });

  test.each<[object, object, object, string]>([
    [
      {processing_steps: [{filter: '<callable f>'}]},
      {},
      {},
      'processing_steps[0].filter is code, which does not run here: write a CEL',
    ],
    [{processing_steps: [{map: '<callable f>'}]}, {}, {}, '[0].map is code, which does not run here: write map verbs'],
    [
      {processing_steps: [{yield_map: '<call f>'}]},
      {},
      {},
      '[0].yield_map is code, which does not run here: write yield_map: {explode',
    ],
    [{endpoint: {json: {a: ['<callable x>']}}}, {}, {}, 'resources[0].endpoint.json.a[0] is code'],
    [
      {endpoint: {params: {a: '<call:x>'}}},
      {},
      {},
      'resources[0].endpoint.params.a is code, which does not run here: write the value, {vars',
    ],
    [
      {endpoint: {incremental: {cursor_path: 'a', convert: '<callable c>'}}},
      {},
      {},
      'convert is code, which does not run here: write a format',
    ],
    [{primary_key: '<callable c>'}, {}, {}, 'resources[0].primary_key is code'],
    [{columns: {a: {data_type: '<callable x>'}}}, {}, {}, 'resources[0].columns.a.data_type is code'],
    [{}, {auth: '<call:x>'}, {}, 'client.auth is code, which does not run here: write an auth type'],
    [{}, {variables: {a: '<callable x>'}}, {}, 'client.variables.a is code'],
    [{}, {paginator: '<callable x>'}, {}, 'client.paginator is code, which does not run here: write a paginator'],
    [{}, {}, {resource_defaults: {primary_key: '<call:x>'}}, 'resource_defaults.primary_key is code'],
  ])('code in %j, %j, %j', (resource, client, more, expected) => {
    expect(errors(resource, client, more)).toContain(expected);
  });

  test('text that only looks a little like it, and secrets, are text', () => {
    const endpoint = {json: {a: '<callout>', b: 'see <callable x>', c: 'call', '<callable>': 1}};
    expect(errors({endpoint}, {}, {secrets: {a: '<callable x>'}})).toBe('');
  });
});
