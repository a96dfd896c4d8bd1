import {describe, expect, test} from 'vitest';
import {readConfig} from '../../src/config/load.js';
import {placeOf} from '../../src/config/problem.js';
import {ConnectorError} from '../../src/errors.js';
import type {Json} from '../../src/json/exact.js';
import {printExact} from '../../src/json/exact.js';
import {compile} from '../../src/plan/compile.js';
import {Secrets} from '../../src/secrets.js';
import type {ParentRow, Slice} from '../../src/stream/stream-plan.js';
import {FakeClock} from '../support/fake-clock.js';
import {renderedUrl} from './rendered-url.js';

const silent = {debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined};

function compiled(document: Readonly<Record<string, unknown>>) {
  const secrets = new Secrets();
  const read = readConfig({text: JSON.stringify(document)}, {secrets});
  if (read.config === undefined)
    throw new Error(read.problems.map(({path, message}) => `${placeOf(path)}: ${message}`).join('\n'));
  return compile(read.config, {
    clock: new FakeClock(),
    log: silent,
    secrets,
    secretValues: read.secretValues,
    signal: new AbortController().signal,
    cloud: false,
    rotated: () => Promise.resolve(),
  });
}

/** Errors and warnings as "place: message". */
const problems = (document: Readonly<Record<string, unknown>>) =>
  compiled(document).problems.map(({path, message}) => `${placeOf(path)}: ${message}`);

const source = (resources: readonly unknown[], more: Readonly<Record<string, unknown>> = {}) => ({
  client: {base_url: 'https://api.example.com/v1', ...more},
  resources,
});

const row = (...values: (string | undefined)[]): ParentRow => ({values});

async function request(document: Readonly<Record<string, unknown>>, name: string, slice: Slice = {}) {
  const {plans, problems: found} = compiled(document);
  expect(found.filter(({level}) => level === 'error')).toEqual([]);
  const plan = plans.get(name);
  if (plan === undefined) throw new Error(`no ${name}`);
  return plan.request(slice);
}

test.each([
  {type: 'http_basic', username: '{secrets.kay}', password: ''},
  {type: 'api_key', api_key: '{secrets.kay}'},
  {type: 'bearer', token: '{secrets.kay}'},
  {
    type: 'oauth2_client_credentials',
    access_token_url: 'https://a.example/t',
    client_id: '{secrets.kay}',
    client_secret: 'x',
  },
])('an unknown secret of $type is one error that names it', (auth) => {
  const found = compiled({...source(['rows'], {auth}), secrets: {key: 'abcdef'}}).problems;
  expect(found.filter(({level}) => level === 'error').map(({message}) => message)).toEqual([
    '{secrets.kay}: no secret "kay"; did you mean key?; secrets has key',
  ]);
});

describe('requests', () => {
  test('path, params, headers', async () => {
    const document = source(
      [
        {
          name: 'users',
          endpoint: {
            path: '/users',
            params: {state: 'all', ids: [1, 2], empty: '', none: null, on: true, big: 5},
            headers: {'X-Number': 5, Accept: null, 'X-Account': '{vars.account}'},
          },
        },
      ],
      {variables: {account: 'acme'}, headers: {Accept: 'text/x', 'X-Client': 'a'}},
    );
    const spec = await request(document, 'users');
    expect(renderedUrl(spec)).toBe('https://api.example.com/v1/users?state=all&ids=1&ids=2&empty=&on=true&big=5');
    expect(spec.headers).toEqual({'x-number': '5', 'x-account': 'acme', 'x-client': 'a'});
  });

  const parents = {name: 'posts', endpoint: 'posts'};

  test.each([
    ['7', '/posts/7/comments'],
    ['"a b/c?d#e"', '/posts/a%20b%2Fc%3Fd%23e/comments'],
    ['12345678901234567890', '/posts/12345678901234567890/comments'],
    ['"../admin"', '/posts/..%2Fadmin/comments'],
    ['"//evil.example"', '/posts/%2F%2Fevil.example/comments'],
  ])('a parent value %s is one segment of the path (trap T26)', async (value, path) => {
    const child = {name: 'comments', endpoint: {path: 'posts/{resources.posts.id}/comments'}};
    const spec = await request(source([parents, child]), 'comments', {parent: row(value)});
    expect(renderedUrl(spec)).toBe(`https://api.example.com/v1${path}`);
  });

  test.each(['""', '".."', '"."'])('a parent value %s in the path is an error that shows the row', async (value) => {
    const child = {name: 'comments', endpoint: {path: 'posts/{resources.posts.id}/comments'}};
    await expect(request(source([parents, child]), 'comments', {parent: row(value)})).rejects.toThrow(/parent row/);
  });

  test('raw values, values in the query of a path, whole URLs', async () => {
    const raw = {name: 'a', endpoint: {path: 'x/{resources.posts.path|raw}?q={resources.posts.path}'}};
    expect(renderedUrl(await request(source([parents, raw]), 'a', {parent: row('"p/q"')}))).toBe(
      'https://api.example.com/v1/x/p/q?q=p%2Fq',
    );
    const url = {name: 'b', endpoint: {path: '{resources.posts.url}'}};
    expect(
      renderedUrl(await request(source([parents, url]), 'b', {parent: row('"https://api.example.com/v2/z?y=1"')})),
    ).toBe('https://api.example.com/v2/z?y=1');
  });

  test("dlt's resolve and static params in the path", async () => {
    const child = {
      name: 'comments',
      endpoint: {
        path: 'repos/{owner}/posts/{post_id}/comments',
        params: {owner: 'acme', post_id: {type: 'resolve', resource: 'posts', field: 'id'}, state: 'all'},
      },
    };
    const spec = await request(source([parents, child]), 'comments', {parent: row('7')});
    expect(renderedUrl(spec)).toBe('https://api.example.com/v1/repos/acme/posts/7/comments?state=all');
  });

  test('a lone placeholder in json keeps its type, text around it makes text', async () => {
    const child = {
      name: 'search',
      endpoint: {
        path: 'search',
        method: 'post',
        json: {
          id: '{resources.posts.id}',
          text: 'post {resources.posts.id}',
          list: ['{resources.posts.tags}'],
          none: null,
        },
      },
    };
    const spec = await request(source([parents, child]), 'search', {parent: row('12345678901234567890', '["a"]')});
    expect(spec.body?.kind === 'json' && printExact(spec.body.value as Json)).toBe(
      '{"id":12345678901234567890,"text":"post 12345678901234567890","list":[["a"]],"none":null}',
    );
  });

  test('without a start its params are left out, with one they are sent', async () => {
    const users = {
      name: 'users',
      endpoint: {
        path: 'users',
        params: {since: '{incremental.start_value}'},
        incremental: {cursor_path: 'updated_at', start_param: 'from'},
      },
    };
    expect(renderedUrl(await request(source([users]), 'users'))).toBe('https://api.example.com/v1/users');
    const since = {json: '2026-01-01T00:00:00Z', time: {ms: Date.UTC(2026, 0, 1), beyond: ''}};
    expect(renderedUrl(await request(source([users]), 'users', {since}))).toBe(
      'https://api.example.com/v1/users?since=2026-01-01T00%3A00%3A00Z&from=2026-01-01T00%3A00%3A00Z',
    );
  });

  test('formats and convert', async () => {
    const users = {
      name: 'users',
      endpoint: {
        path: 'users',
        params: {day: '{incremental.start_value|%Y-%m-%d}'},
        incremental: {
          cursor_path: 'updated_at',
          initial_value: '2025-01-01T00:00:00Z',
          start_param: 'from',
          convert: 'epoch_seconds',
        },
      },
    };
    const since = {json: '2026-01-01T00:00:00Z', time: {ms: Date.UTC(2026, 0, 1), beyond: ''}};
    expect(renderedUrl(await request(source([users]), 'users', {since}))).toBe(
      'https://api.example.com/v1/users?day=2026-01-01&from=1767225600',
    );
  });

  test('form and text bodies', async () => {
    const form = {
      name: 'a',
      endpoint: {
        path: 'a',
        method: 'POST',
        data: [
          ['x', '1'],
          ['x', '2'],
        ],
      },
    };
    expect((await request(source([form]), 'a')).body).toEqual({
      kind: 'form',
      pairs: [
        ['x', '1'],
        ['x', '2'],
      ],
    });
    const text = {name: 'b', endpoint: {path: 'b', method: 'POST', data: 'select {vars.table}'}};
    expect((await request(source([text], {variables: {table: 't'}}), 'b')).body).toEqual({
      kind: 'text',
      text: 'select t',
    });
    const nothing = {name: 'c', endpoint: {path: 'c', method: 'POST', data: {}}};
    expect((await request(source([nothing]), 'c')).body).toBeUndefined();
  });
});

describe('problems are located, all at once', () => {
  const posts = {name: 'posts', endpoint: 'posts'};

  test('unknown parent', () => {
    expect(problems(source([posts, {name: 'c', endpoint: {path: 'p/{resources.post.id}'}}]))).toEqual([
      'resources[1].endpoint.path: {resources.post.…}: no resource "post"; did you mean posts?; there are posts, c',
    ]);
  });

  test('two parents', () => {
    const found = problems(
      source([
        posts,
        {name: 'u', endpoint: 'u'},
        {name: 'c', endpoint: {path: 'p/{resources.posts.id}/{resources.u.id}'}},
      ]),
    );
    expect(found).toHaveLength(1);
    expect(found[0]).toContain('resources[2].endpoint.path: has two parents, posts and u');
  });

  test('a cycle', () => {
    const found = problems(
      source([
        {name: 'a', endpoint: 'x/{resources.b.id}/y'},
        {name: 'b', endpoint: 'x/{resources.a.id}/y'},
      ]),
    );
    expect(found).toEqual(['resources[0]: is its own parent: a → b → a']);
  });

  test('unbound names, unknown variables and secrets, and a bad path in one go', () => {
    const found = problems(
      source(
        [
          {name: 'a', endpoint: {path: '{org}/repos', headers: {'X-A': '{vars.acount}'}, params: {k: '{secrets.kay}'}}},
          {name: 'b', endpoint: {path: 'b', data_selector: 'items[?'}},
        ],
        {variables: {account: 'x'}},
      ),
    );
    expect(found.map((text) => text.split(':')[0])).toEqual([
      'resources[0].endpoint.path',
      'resources[0].endpoint.params.k',
      'resources[0].endpoint.headers.X-A',
      'resources[1].endpoint.data_selector',
    ]);
    expect(found[2]).toContain('did you mean account?');
  });

  test('include_from_parent without a parent', () => {
    expect(problems(source([{name: 'a', endpoint: 'a', include_from_parent: ['id']}]))[0]).toMatch(
      /^resources\[0\]\.include_from_parent: needs a parent/,
    );
  });

  test('an unused resolve param', () => {
    const child = {name: 'c', endpoint: {path: 'c', params: {id: {type: 'resolve', resource: 'posts', field: 'id'}}}};
    expect(problems(source([posts, child]))[0]).toContain('resources[1].endpoint.params.id');
  });

  test('{incremental} without incremental', () => {
    expect(
      problems(source([{name: 'a', endpoint: {path: 'a', params: {since: '{incremental.start_value}'}}}]))[0],
    ).toContain('needs endpoint.incremental');
  });
});

test('a user error never is an exception', () => {
  expect(() => compiled(source([{name: 'a', endpoint: {path: 'a', incremental: {cursor_path: '$..['}}}]))).not.toThrow(
    ConnectorError,
  );
});
