import {describe, expect, test} from 'vitest';
import {attempt, errorsOf, problemsOf, type Resource, type Run, run, serve, source} from '../dlt/run.js';
import {json, type Recorded, type Reply} from '../support/api-server.js';

type Answer = (request: Recorded) => unknown;

const isReply = (value: unknown): value is Reply => value instanceof Object && 'body' in value;

/** Reads these resources from a server of its own; what it answers is JSON unless it is a reply. */
async function read(answer: Answer, resources: readonly Resource[], streams: readonly string[] = ['c']): Promise<Run> {
  await using api = await serve((request) => {
    const value = answer(request);
    return isReply(value) ? value : json(value);
  });
  return await attempt(api, source(api, resources), {streams});
}

const child = {name: 'c', endpoint: 'c/{resources.p.id}/z'};

/** Rows under /p, and of each child its path. */
const parents =
  (...rows: unknown[]): Answer =>
  ({path}) =>
    path === '/p' ? rows : [{at: path}];

const errors = (...resources: Resource[]) => errorsOf(source({url: 'https://api.example.com'}, resources));

describe('levels, static and hidden parents', () => {
  test('a cycle of any length is one error that shows it', () => {
    const cycle = errors(
      {name: 'a', endpoint: '{resources.b.id}/x'},
      {name: 'b', endpoint: '{resources.c.id}/x'},
      {name: 'c', endpoint: '{resources.a.id}/x'},
      'd',
    );
    expect(cycle).toEqual(['resources[0] is its own parent: a → b → c → a']);
  });

  test('five levels, of which four are hidden', async () => {
    const resources = ['a', 'b', 'c', 'd', 'e'].map((name, level) => ({
      name,
      selected: name === 'e',
      endpoint: level === 0 ? 'a' : `${name}/{resources.${'abcd'.charAt(level - 1)}.id}/z`,
    }));
    const {values, code, messages} = await read(({path}) => [{id: path.length}], resources, ['e']);
    expect([code, values('id'), messages.records().length]).toEqual([0, [6], 1]);
  });

  test('an included field that no parent row has is told, with the one that is meant', async () => {
    const rows = parents({id: 1, name: 'x'}, {id: 2});
    const warned = await read(rows, ['p', {...child, include_from_parent: ['nmae', 'name']}]);
    expect(warned.warnings).toBe(
      'c: include_from_parent: no row of p has nmae, so it is null in every record; did you mean name?',
    );
    const optional = await read(rows, ['p', {...child, include_from_parent: ['email', 'name']}]);
    expect([optional.warnings, optional.notices]).toEqual(['', expect.stringContaining('no row of p has email')]);
    const empty = await read(parents({id: 1, name: null}), ['p', {...child, include_from_parent: ['name']}]);
    expect([empty.warnings, empty.notices]).toEqual(['', expect.stringContaining('name is null in every row of p')]);
  });

  test('a reference to several values is a warning: the first is used', () => {
    const warnings = (path: string) =>
      problemsOf(source({url: 'https://api.example.com'}, ['p', {name: 'c', endpoint: path}]), 'warning');
    expect(warnings('p/{resources.p.tags[*].id}/c')).toEqual([
      expect.stringMatching(/^resources\[1\]\.endpoint\.path tags\[\*\]\.id can have several values in one row of p/),
    ]);
    expect(warnings("p/{resources.p['a*b'].id}/c")).toEqual([]);
    expect(warnings('p/{resources.p.tags[0].id}/c')).toEqual([]);
  });

  test('a key that says something only with a parent is a warning without one, but not where it is inherited', () => {
    const config = (resource: object, resource_defaults: object) =>
      problemsOf(
        source({url: 'https://api.example.com'}, [{name: 'p', ...resource}, child], {}, {resource_defaults}),
        'warning',
      );
    expect(config({on_missing: 'fail', parent_incremental: false}, {})).toEqual([
      expect.stringMatching(/^resources\[0\]\.on_missing says nothing without a parent/),
      expect.stringMatching(/^resources\[0\]\.parent_incremental says nothing without a parent/),
    ]);
    expect(config({}, {on_missing: 'fail', parent_incremental: false})).toEqual([]);
  });

  test.each([
    [{name: 'p', records: []}, 'resources[0].records must not be empty'],
    [{name: 'p', records: {id: 1}}, 'resources[0].records must be a list, is an object'],
    [{name: 'p', records: [{id: 1}, 7]}, 'resources[0].records[1] must be an object, is a number'],
    [{name: 'p', records: [{id: 1}], endpoint: 'p'}, 'resources[0] has records and endpoint: a static parent'],
  ])('%j is an error', (parent, expected) => {
    expect(errors(parent, child)).toEqual([expect.stringContaining(expected)]);
  });

  test('children of a static parent see its rows after its steps, which run once', async () => {
    const parent = {
      name: 'p',
      records: [{key: 1}, {key: 2}, {key: 3, more: 'no json'}],
      processing_steps: [{filter: 'r.key != 1'}, {map: {rename: {key: 'id'}, parse_json: ['more']}}],
    };
    const done = await read(
      () => [{x: 1}],
      [parent, child, {...child, name: 'd', endpoint: 'd/{resources.p.id}/z'}],
      ['p', 'c', 'd'],
    );
    expect(done.calls.filter((call) => call.startsWith('/c'))).toHaveLength(2);
    expect(done.calls).toContain('/c/3/z');
    expect(done.records('p')).toHaveLength(2);
    expect(done.warnings).toContain('texts that are no JSON stayed text');
    expect(done.warnings).not.toContain('times)');
  });

  test.each([[null], [true]])(
    'selected: %j is a stream, false is read for its children and is no stream',
    async (selected) => {
      const {code} = await read(parents({id: 1}), [{name: 'p', selected}], ['p']);
      expect(code).toBe(0);
      const hidden = await read(parents({id: 1}), [{name: 'p', selected: false}, child], ['c', 'p']);
      expect(hidden.errors).toMatch(/p\b.*selected/);
      expect(hidden.calls).toEqual(['/p', '/c/1/z']);
    },
  );

  test('the warnings of a hidden parent are logged once, for all its children', async () => {
    const resources = [
      {name: 'p', selected: false, endpoint: {path: 'p', paginator: 'json_link'}},
      child,
      {name: 'd', endpoint: 'd/{resources.p.id}/z'},
    ];
    const answer: Answer = ({path}) => (path === '/p' ? {data: [{id: 1}], total: 50} : [{at: path}]);
    const {warnings, messages} = await read(answer, resources, ['c', 'd']);
    expect(warnings).toMatch(/^p: .*50/m);
    expect(messages.logs('WARN').filter((line) => line.startsWith('p: '))).toHaveLength(1);
  });
});

describe('what children see', () => {
  test('parent rows after the steps of the parent', async () => {
    const parent = {
      name: 'p',
      processing_steps: [{filter: 'r.kind != "x"'}, {map: {set: {id: 'r.kind + "-" + string(r.id)'}}}],
    };
    const {calls} = await read(parents({id: 1, kind: 'a'}, {id: 2, kind: 'x'}, {id: 3, kind: 'b'}), [parent, child]);
    expect(calls).toEqual(['/p', '/c/a-1/z', '/c/b-3/z']);
  });

  test('falsy values are values: 0, false; an empty text in a path is an error, in the query it is sent', async () => {
    const rows = [{id: 0}, {id: false}, {id: ''}, {id: null}];
    const path = await read(parents(...rows), ['p', child]);
    expect(path.calls).toEqual(['/p', '/c/0/z', '/c/false/z']);
    expect(path.errors).toContain('{resources.p.id} in the path is empty for the parent row');
    const query = await read(parents(...rows), [
      'p',
      {name: 'c', endpoint: {path: 'c', params: {q: '{resources.p.id}'}}},
    ]);
    expect(query.calls).toEqual(['/p', '/c?q=0', '/c?q=false', '/c?q=']);
    expect(query.warnings).toContain('rows of the parent p without id were skipped (on_missing)');
  });

  test('include_from_parent: objects as they are, dots in a name, null where missing, falsy values kept', async () => {
    const names = ['o', 'a.b', 'gone', 'zero', 'no', 'nil', 'text'];
    const row = {id: 1, o: {a: [1]}, 'a.b': 3, a: {b: 9}, zero: 0, no: false, nil: null, text: ''};
    const {records} = await read(parents(row), ['p', {...child, include_from_parent: names}]);
    const columns = {_p_o: {a: [1]}, '_p_a.b': 3, _p_gone: null, _p_zero: 0, _p_no: false, _p_nil: null, _p_text: ''};
    expect(records('c')).toEqual([{at: '/c/1/z', ...columns}]);
  });

  test.each([[[]], [null]])('include_from_parent: %j adds nothing', async (include_from_parent) => {
    const {records} = await read(parents({id: 1}), ['p', {...child, include_from_parent}]);
    expect(records('c')).toEqual([{at: '/c/1/z'}]);
  });

  test('parents are one where all bound and included fields are equal: 7 and "7" are two, null and missing are one', async () => {
    const rows = [
      {id: 7, n: 'a'},
      {id: 7, n: 'a', z: 1},
      {id: 7, n: 'b'},
      {id: '7', n: 'a'},
      {id: 8, n: null},
      {id: 8},
    ];
    const {records} = await read(parents(...rows), ['p', {...child, include_from_parent: ['id', 'n']}]);
    expect(records('c').map(({_p_id, _p_n}) => [_p_id, _p_n])).toEqual([
      [7, 'a'],
      [7, 'b'],
      ['7', 'a'],
      [8, null],
    ]);
  });
});

describe('parents that are not there', () => {
  const gone = json({message: 'no'}, {status: 404});

  test('on_missing: fail names the fields; another value is an error', async () => {
    const fail = {...child, on_missing: 'fail'};
    const {errors: said, calls} = await read(parents({id: 1}, {ID: 2}), ['p', fail]);
    expect(said).toMatch(/a row of its parent p lacks a field .*\(id: missing\).*on_missing: skip \(resources\[1\]\)/);
    expect(calls).toEqual(['/p', '/c/1/z']);
    expect(errors('p', {...child, on_missing: 'skp'})).toEqual([
      'resources[1].on_missing must be one of skip, fail; did you mean skip?',
    ]);
  });

  test.each([404, 410])(
    '%i on the first page skips the parent: the warning counts, shows the request and the key',
    async (status) => {
      const refused = json({message: 'no'}, {status});
      const answer: Answer = ({path}) =>
        path === '/p' ? [{id: 1}, {id: 2}, {id: 3}] : path === '/c/3/z' ? [{x: 1}] : refused;
      const {warnings, code, records} = await read(answer, ['p', child]);
      expect([code, records('c')]).toEqual([0, [{x: 1}]]);
      expect(warnings).toMatch(
        new RegExp(
          `^c: a parent is skipped: GET http://\\S+/c/1/z answered ${status} on its first page \\(response_actions: .*ignore.*\\) \\(2 times\\)$`,
        ),
      );
    },
  );

  test('403 skips nobody, and neither do 404 on a later page, raise and stop', async () => {
    const pages: Answer = ({path, query}) => {
      if (path === '/p') return [{id: 1}];
      return query.has('page') ? gone : {data: [{x: 1}], next: '?page=2'};
    };
    const endpoint = {path: child.endpoint, paginator: 'json_link'};
    const later = await read(pages, ['p', {name: 'c', endpoint}]);
    expect([later.code, later.records('c').length]).toEqual([1, 1]);
    expect(later.errors).toMatch(/\/c\/1\/z\?page=2 answered 404/);
    for (const [status, action] of [[403], [404, 'raise'], [404, 'stop']] as const) {
      const response_actions = action === undefined ? [] : [{status_code: status, action}];
      const {code, warnings} = await read(
        ({path}) => (path === '/p' ? [{id: 1}, {id: 2}] : path === '/c/2/z' ? [] : json({}, {status})),
        ['p', {name: 'c', endpoint: {path: child.endpoint, response_actions}}],
      );
      expect([status, action, code]).toEqual([status, action, 1]);
      expect(warnings).not.toContain('skipped');
    }
  });

  test('all end so: an error with the first URL, or with the keys that the parent has', async () => {
    const all = await read(({path}) => (path === '/p' ? [{id: 1}, {id: 2}] : gone), ['p', child]);
    expect(all.errors).toMatch(
      /^c: none of its 2 parents could be read: GET http:\S+\/c\/1\/z answered 404 \(parent \[1\]\); check endpoint\.path/,
    );
    const mixed = await read(({path}) => (path === '/p' ? [{id: 1}, {other: 2}] : gone), ['p', child]);
    expect(mixed.errors).toContain('none of its 2 parents could be read: GET');
    const keys = await read(parents({ID: 1, q: {r: 1}}), ['p', child]);
    expect(keys.errors).toContain('its only parent could not be read: its rows lack id; they have ID, q; check');
    const step = await read(() => [], [{name: 'p', records: [{ID: 1}]}, child]);
    expect(step.errors).toContain('its rows lack id; they have ID;');
  });

  test('no parents at all are no error, and with an entry that ignores 404 all may be gone', async () => {
    expect(await read(parents(), ['p', child])).toMatchObject({code: 0, warnings: ''});
    const response_actions = [{status_code: 404, action: 'ignore'}];
    const answer: Answer = ({path}) => (path === '/p' ? [{id: 1}] : gone);
    const {code, warnings} = await read(answer, ['p', {name: 'c', endpoint: {path: child.endpoint, response_actions}}]);
    expect([code, warnings]).toEqual([0, '']);
  });

  test('a parent that has nothing to ask for is not one that is gone', async () => {
    const incremental = {cursor_path: 'u', initial_value: 0, end_value: 10, start_param: 'since'};
    const config = (api: {url: string}, ...ids: number[]) =>
      source(api, [
        {name: 'p', records: ids.map((id) => ({id}))},
        {name: 'c', endpoint: {path: child.endpoint, incremental}},
      ]);
    await using api = await serve(({path}) => (path === '/c/1/z' ? gone : json([{id: 5, u: 9}])));
    const first = await run(api, config(api, 2), {streams: ['c']});
    const state: unknown = JSON.parse(
      JSON.stringify(first.state).replace('[[2],9]', '[[2],10]').replace('[2,9]', '[2,10]'),
    );
    const second = await attempt(api, config(api, 1, 2), {streams: ['c'], after: {...first, state}});
    expect([second.errors, second.code, second.calls]).toEqual(['', 0, ['/c/1/z?since=0']]);
  });
});
