import {describe, expect, test} from 'vitest';
import {attempt, errorsOf, problemsOf, run, serve, source} from '../dlt/run.js';
import {json, type Recorded} from '../support/api-server.js';

const rows = json({data: [{id: 1}]});
const variables = {s: 'a b/ü&', n: 12, t: true, e: '', z: 0, f: false};

/** The request of a child of one parent row. */
async function sent(endpoint: object, row: unknown = {id: 7, big: '@'}, client: object = {}): Promise<Recorded> {
  await using api = await serve(({path}) =>
    path === '/p' ? json(JSON.stringify([row]).replace('"@"', '12345678901234567890')) : rows,
  );
  const resources = [
    {name: 'p'},
    {name: 'c', endpoint: {path: 'c?p={resources.p.id}', paginator: 'single_page', ...endpoint}},
  ];
  const done = await run(api, source(api, resources, {variables, ...client}, {secrets: {k: 'sec-ret'}}), {
    streams: ['c'],
  });
  const request = done.requests.find(({path}) => path !== '/p');
  if (request === undefined) throw new Error('no request');
  return request;
}

const wrong = (endpoint: object, more: object = {}) =>
  errorsOf({
    client: {base_url: 'https://a.example', variables},
    resources: [
      {name: 'p', endpoint: 'p'},
      {name: 'c', endpoint: {path: 'c', ...endpoint}},
    ],
    secrets: {k: 'sec-ret'},
    ...more,
  });

describe('where', () => {
  test('path, params, json, data, headers, names included', async () => {
    const one = await sent({
      method: 'POST',
      path: 'c/{resources.p.id}/{vars.n}',
      params: {'{vars.n}': '{resources.p.id}', k: '{secrets.k}', l: ['{vars.z}', 'x{vars.t}']},
      headers: {'X-{vars.n}': '{resources.p.id}-{secrets.k}'},
      json: {'{vars.n}': {'{resources.p.id}': ['{vars.f}', 'v{vars.e}']}},
    });
    expect(one.target).toBe('/c/7/12?12=7&k=sec-ret&l=0&l=xtrue');
    expect(one.headers['x-12']).toBe('7-sec-ret');
    expect(one.body).toBe('{"12":{"7":[false,"v"]}}');
    const two = await sent({method: 'POST', data: {'{vars.n}': '{resources.p.id}', s: '{vars.s}'}});
    expect(two.body).toBe('12=7&s=a+b%2F%C3%BC%26');
    const three = await sent({method: 'POST', data: '<id>{resources.p.id}</id>'});
    expect(three.body).toBe('<id>7</id>');
  });

  test('client headers, auth and base_url know vars and secrets', async () => {
    await using api = await serve(() => rows);
    const config = {
      client: {
        base_url: '{vars.base}/v{vars.n}',
        headers: {'X-A': '{secrets.k}/{vars.n}'},
        auth: {token: '{vars.pre}-{secrets.k}'},
        variables: {base: api.url, n: 2, pre: 'pre'},
      },
      resources: ['rows'],
      secrets: {k: 'sec-ret'},
    };
    const {requests} = await run(api, config);
    expect(requests[0]?.path).toBe('/v2/rows');
    expect(requests[0]?.headers['x-a']).toBe('sec-ret/2');
    expect(requests[0]?.headers.authorization).toBe('Bearer pre-sec-ret');
  });

  test.each([
    ['headers', {headers: {'X-A': '{resources.p.id}'}}, /^client\.headers\.X-A/],
    ['auth', {auth: {token: '{resources.p.id}'}}, /^client\.auth\.token/],
    ['base_url', {base_url: 'https://a.example/{incremental.start_value}'}, /^client\.base_url/],
  ])('rows and cursors in client %s are errors', (_, client, expected) => {
    expect(wrong({}, {client: {base_url: 'https://a.example', ...client}}).join()).toMatch(expected);
  });
});

describe('other braces are text', () => {
  const graphql = 'query($a: Int) { posts(first: 10, after: $a) { nodes { id } } }';

  test.each<[string, string]>([
    [graphql, graphql],
    ['{ posts { id } }', '{ posts { id } }'],
    ['{"a": {"b": 1}}', '{"a": {"b": 1}}'],
    ['{"a": "{vars.n}"}', '{"a": "12"}'],
    ['{{a}}', '{a}'],
    ['{{vars.n}} {vars.n}', '{vars.n} 12'],
    ['{{a}} {b', '{{a}} {b'],
    ['{{"x": {vars.n}}}', '{"x": 12}'],
    ['{unknown.x}', '{unknown.x}'],
    ['{}', '{}'],
    ['}', '}'],
  ])('%s in json, form value and text', async (text, expected) => {
    expect((await sent({method: 'POST', json: {q: text}})).body).toBe(JSON.stringify({q: expected}));
    expect(new URLSearchParams((await sent({method: 'POST', data: {q: text, r: 1}})).body).get('q')).toBe(expected);
    expect((await sent({params: {q: ` ${text}`}})).query.get('q')).toBe(` ${expected}`);
  });

  test('{name} as a whole param, header or form value is a variable, elsewhere text', async () => {
    const request = await sent({
      method: 'POST',
      params: {a: '{n}', b: 'x{n}'},
      headers: {'X-A': '{n}', 'X-B': 'x{n}'},
      data: {a: '{n}', b: '{n} '},
    });
    expect([request.query.get('a'), request.query.get('b')]).toEqual(['12', 'x{n}']);
    expect([request.headers['x-a'], request.headers['x-b']]).toEqual(['12', 'x{n}']);
    expect(request.body).toBe('a=12&b=%7Bn%7D+');
    expect((await sent({method: 'POST', json: {a: '{n}'}})).body).toBe('{"a":"{n}"}');
  });

  test("{name} in a path is dlt's static or resolve param, used up, else a variable", async () => {
    const bound = await sent({
      path: 'c/{n}/{id}/{t}',
      params: {n: 'own', id: {type: 'resolve', resource: 'p', field: 'id'}, q: 1},
    });
    expect(bound.target).toBe('/c/own/7/true?q=1');
  });
});

describe('unbound', () => {
  test.each<[object, RegExp]>([
    [{path: 'c/{nope}'}, /endpoint\.path \{nope\} is not bound/],
    [{params: {a: '{nope}'}}, /params\.a \{nope\} is not bound/],
    [{headers: {A: '{nope}'}}, /headers\.A \{nope\} is not bound/],
    [{data: {a: '{nope}'}}, /data\.a \{nope\} is not bound/],
    [{params: {a: '{vars.nope}'}}, /no variable "nope"/],
    [{json: {a: '{secrets.nope}'}}, /json\.a .*no secret "nope"/],
    [{json: {a: '{resources.q.id}'}}, /json\.a .*q/],
    [{json: {a: '{resources.p}'}}, /names no field/],
    [{params: {a: '{incremental.start_value}'}}, /needs endpoint\.incremental/],
    [{params: {a: '{window.start}'}}, /needs endpoint\.incremental/],
    [{params: {a: '{auth.x}'}}, /is not known here/],
    [{params: {a: {type: 'resolve', resource: 'p', field: 'id'}}}, /is not used in the path/],
    [{path: 'c/{vars.s|nonsense}'}, /nonsense/],
  ])('%j', (endpoint, expected) => {
    const errors = wrong(endpoint);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(/^resources\[1\]\.endpoint/);
    expect(errors[0]).toMatch(expected);
  });
});

describe('types and formats', () => {
  test('a lone placeholder in json keeps its type, exactly', async () => {
    const row = {id: 7, big: '@', o: {a: [1, null]}, b: false, f: 1.5, s: '', z: 0};
    const list = ['id', 'big', 'o', 'b', 'f', 's', 'z'].map((name) => `{resources.p.${name}}`);
    const {body} = await sent(
      {method: 'POST', json: {list, n: '{vars.n}', t: '{vars.f}', text: 'x{resources.p.big}'}},
      row,
    );
    expect(body).toBe(
      '{"list":[7,12345678901234567890,{"a":[1,null]},false,1.5,"",0],"n":12,"t":false,"text":"x12345678901234567890"}',
    );
  });

  test.each([
    ['{resources.p.at|epoch_ms}', '1769851800000'],
    ['{resources.p.at|epoch_seconds}', '1769851800'],
    ['{resources.p.at|iso_date}', '2026-01-31'],
    ['{resources.p.at|%d.%m.%Y}', '31.01.2026'],
    ['{resources.p.at|%Y-%m-%dT%H:%M:%SZ}', '2026-01-31T09:30:00Z'],
  ])('%s', async (text, expected) => {
    const row = {id: 7, at: '2026-01-31T10:30:00+01:00'};
    expect((await sent({params: {a: text}}, row)).query.get('a')).toBe(expected);
    expect((await sent({method: 'POST', json: {a: text}}, row)).body).toBe(JSON.stringify({a: expected}));
  });
});

describe('formats of what the configuration itself says', () => {
  test('variables, everywhere', async () => {
    const request = await sent(
      {path: 'c/{day|epoch_seconds}', params: {a: '{vars.day|%d.%m.%Y}', b: '{day|epoch_ms}'}},
      {id: 7},
      {variables: {day: '2026-01-31'}, headers: {'X-Day': '{vars.day|%Y%m%d}'}},
    );
    expect(request.target).toBe('/c/1769817600?a=31.01.2026&b=1769817600000');
    expect(request.headers['x-day']).toBe('20260131');
  });

  test.each<[object, RegExp]>([
    [{params: {a: '{vars.s|epoch_ms}'}}, /^resources\[1\]\.endpoint\.params\.a the value "a b\/ü&" is no time/],
    [{params: {a: '{vars.s|nonsense}'}}, /^resources\[1\]\.endpoint\.params\.a no format "nonsense"/],
    [{params: {a: '{resources.p.id|nonsense}'}}, /^resources\[1\]\.endpoint\.params\.a no format "nonsense"/],
  ])('%j is an error before the first request', (endpoint, expected) => {
    expect(wrong(endpoint)).toEqual([expect.stringMatching(expected)]);
  });
});

describe('paths', () => {
  test.each([
    ['a/b', 'a%2Fb'],
    ['a b', 'a%20b'],
    ['ü?#', '%C3%BC%3F%23'],
    ['100%', '100%25'],
    [0, '0'],
    [false, 'false'],
    ['...', '...'],
    ['a..b', 'a..b'],
    ['%2e%2e', '%252e%252e'],
    ['https://evil.example/x', 'https%3A%2F%2Fevil.example%2Fx'],
  ])('%j is one segment', async (id, expected) => {
    expect((await sent({path: 'c/{resources.p.id}/x'}, {id})).target).toBe(`/c/${expected}/x`);
  });

  test.each(['', '.', '..'])('%j is an error that names the row', async (id) => {
    for (const path of ['c/{resources.p.id}/x', 'c/{resources.p.id}', '{resources.p.id}/c']) {
      await using api = await serve(({path: at}) => (at === '/p' ? json([{id}]) : rows));
      const {errors, calls} = await attempt(api, source(api, [{name: 'p'}, {name: 'c', endpoint: path}]), {
        streams: ['c'],
      });
      expect(errors).toMatch(/^resources\[1\]\.endpoint\.path: \{resources\.p\.id\} in the path is .*parent row/);
      expect(calls).toEqual(['/p']);
    }
  });

  test.each(['', '.', '..'])('%j of a variable is an error before the first request', (v) => {
    const client = {base_url: 'https://a.example', variables: {v}};
    expect(wrong({path: 'c/{vars.v}/x'}, {client}).join()).toMatch(
      /endpoint\.path \{vars\.v\} in the path is (empty|"\.\.?"): give it another value/,
    );
    expect(wrong({path: 'c?x={vars.v}'}, {client})).toEqual([]);
  });

  test('|raw is not encoded, and still stays on the host and below base_url', async () => {
    expect((await sent({path: 'c/{resources.p.id|raw}'}, {id: 'a/b?x=1'})).target).toBe('/c/a/b?x=1');
    for (const id of ['../../x', '//evil.example/x', '@evil.example/']) {
      await using api = await serve(({path: at}) => (at === '/p' ? json([{id}]) : rows));
      const {requests} = await attempt(
        api,
        source(api, [{name: 'p'}, {name: 'c', endpoint: 'c/{resources.p.id|raw}'}]),
        {streams: ['c']},
      );
      for (const {headers, path} of requests) {
        expect(headers.host).toBe(`127.0.0.1:${api.port}`);
        expect(path).not.toContain('evil.example/x/');
      }
    }
  });

  test.each(['../x', 'a/./b', 'a/..', '%2e%2E/x', 'a\\..\\b'])(
    '|raw with a dot segment, %j, is an error too',
    async (id) => {
      await using api = await serve(({path: at}) => (at === '/p' ? json([{id}]) : rows));
      const {errors, calls} = await attempt(
        api,
        source(api, [{name: 'p'}, {name: 'c', endpoint: 'c/{resources.p.id|raw}'}]),
        {streams: ['c']},
      );
      expect(errors).toMatch(/^resources\[1\]\.endpoint\.path: \{resources\.p\.id\|raw\} in the path is/);
      expect(calls).toEqual(['/p']);
    },
  );

  test('in the query of a path and in a form a value is encoded as a value', async () => {
    expect((await sent({path: 'c?q={resources.p.id}&e={vars.e}'}, {id: 'a/b&c=1'})).target).toBe(
      '/c?q=a%2Fb%26c%3D1&e=',
    );
  });

  test('a path of one placeholder holding a URL is used as it is, on an allowed host only', async () => {
    await using api = await serve(({path}) =>
      path === '/p' ? json([{id: `http://127.0.0.1:${port}/full/x?y=1`}]) : rows,
    );
    const port = api.port;
    const resources = [{name: 'p'}, {name: 'c', endpoint: {path: '{resources.p.id}', paginator: 'single_page'}}];
    const {calls} = await run(api, source(api, resources), {streams: ['c']});
    expect(calls).toEqual(['/p', '/full/x?y=1']);
    await using evil = await serve(({path}) => (path === '/p' ? json([{id: 'http://evil.example/x'}]) : rows));
    const {errors} = await attempt(evil, source(evil, resources), {streams: ['c']});
    expect(errors).toContain('evil.example');
  });

  test('a value with a slash may be bound before the rest of a host', () => {
    expect(wrong({path: 'https://{vars.s}/x'}).join()).toMatch(/host/);
    expect(wrong({path: 'https://a.example.{vars.s}/x'}).join()).toMatch(/host/);
  });
});

test('secrets in a placeholder are masked wherever the request is shown', async () => {
  await using api = await serve(() => ({status: 400, body: 'bad sec-PLANTED'}));
  const config = source(
    api,
    [{name: 'r', endpoint: {path: 'x/{secrets.k}', params: {a: '{secrets.k}'}}}],
    {},
    {secrets: {k: 'sec-PLANTED'}},
  );
  const {messages} = await attempt(api, config);
  expect(api.requests[0]?.target).toBe('/x/sec-PLANTED?a=sec-PLANTED');
  expect(messages.text).not.toContain('PLANTED');
});

test('a literal secret in a param is a warning, its value is not shown', () => {
  const config = {
    client: {base_url: 'https://a.example'},
    resources: [{name: 'a', endpoint: {params: {x: '{vars.k}'}}}],
    variables: {k: 1},
  };
  expect(problemsOf(config, 'warning')).toEqual([]);
});
