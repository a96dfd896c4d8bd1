import {describe, expect, test} from 'vitest';
import {readConfig} from '../../src/config/load.js';
import {formatProblems} from '../../src/config/problem.js';
import {Secrets} from '../../src/secrets.js';

function read(value: unknown) {
  const secrets = new Secrets();
  const result = readConfig({value}, {secrets});
  const of = (level: string) =>
    formatProblems(
      result.problems.filter((problem) => problem.level === level),
      result.document,
    );
  return {...result, secrets, errors: of('error'), infos: of('info'), warnings: of('warning')};
}

const document = {client: {base_url: 'https://a.example'}, resources: ['a']};
const untouched = {base_url: null, auth: {type: 'none'}, pagination: {type: 'auto'}, request_headers: [], streams: []};

test('messages of a run name the fields of the form, other doors their own places', () => {
  const message =
    'resources[1].endpoint.paginator.cursor_path: x; (resources[0].endpoint.params.q) client.auth.token, client.max_pages';
  const form = read({base_url: 'https://a.example', streams: [{name: 'a'}, {name: 'b'}]});
  expect(form.errors).toEqual([]);
  expect(form.worded(message)).toBe(
    'streams[1].pagination.cursor_path: x; (streams[0].query_parameters.q) auth.token, client.max_pages',
  );
  expect(read(document).worded(message)).toBe(message);
});

describe('text door', () => {
  const config = 'client:\n  base_url: https://a.example\nresources:\n- a\n';

  test('is the whole document; only secrets is read beside it', () => {
    const {config: read1, errors, infos} = read({...untouched, config, secrets: 'token: abcdef'});
    expect(errors).toEqual([]);
    expect(infos).toEqual([]);
    expect(read1?.resources[0]?.name).toBe('a');
    const other = read({config, base_url: 'https://b.example', client: {}});
    expect(other.config?.client.base_url).toBe('https://a.example');
    expect(other.infos).toEqual(['config is the whole document: base_url, client beside it are not read']);
  });

  test('places are those of the text', () => {
    const {errors} = read({config: `${config}- name: b\n  endpoit: x\n`});
    expect(errors).toEqual(['6:3 resources[1].endpoit unknown key; did you mean endpoint?']);
    expect(read({config: 'a: b: c'}).errors).toEqual([expect.stringMatching(/^1:4 config a second colon/)]);
    expect(read({config: 'just text'}).errors).toEqual([expect.stringContaining('config must hold an object')]);
    expect(read({config: {client: {}}}).errors).toEqual([expect.stringContaining('config must be one text')]);
  });

  test('JSON too, and secrets within it; those beside win', () => {
    const {secretValues} = read({
      config: JSON.stringify({...document, secrets: {a: 'inner-a', b: 'inner-b'}}),
      secrets: '{"a": "outer-a"}',
    });
    expect(secretValues).toEqual({a: 'outer-a', b: 'inner-b'});
  });

  test('an empty one is none', () => {
    expect(read({...document, config: ' \n'}).config?.resources).toHaveLength(1);
  });
});

test.each([{}, {secrets: 'a: b', config: ''}, untouched])('%j is empty', (value) => {
  expect(read(value).errors).toEqual([expect.stringContaining('is empty: give client and resources')]);
});

describe('mixtures', () => {
  test('form fields at their defaults do not count', () => {
    expect(read({...document, ...untouched}).errors).toEqual([]);
  });

  test('document and form together are an error that names them', () => {
    expect(read({...document, base_url: 'https://b.example', auth: {type: 'bearer', token: 'x'}}).errors).toEqual([
      'base_url base_url, auth belong to the form and client, resources to the document: use one of the two; in a document base_url is client.base_url, auth is client.auth',
    ]);
  });
});

describe('form', () => {
  test('becomes a document', () => {
    const {config, errors, warnings, secrets} = read({
      base_url: 'https://api.example.com/v1',
      auth: {type: 'api_key', api_key: 'key-value', name: 'api_key', location: 'query'},
      pagination: {type: 'cursor', cursor_path: 'meta.next', cursor_param: 'after', cursor_from: 'body'},
      request_headers: [{name: 'X-Org', value: 'acme'}],
      streams: [
        {
          name: 'orders',
          path: 'orders',
          method: 'POST',
          data_selector: 'data',
          primary_key: ['id'],
          query_parameters: [
            {name: 'tag', value: 'a'},
            {name: 'tag', value: 'b'},
            {name: 'empty', value: ''},
          ],
          json_body: '{"big": 9007199254740993}',
          pagination: {type: 'inherit'},
          incremental: {cursor_path: 'updated', initial_value: '2024-01-01', start_param: 'since'},
        },
        {
          name: 'users',
          method: 'GET',
          pagination: {type: 'single_page'},
          incremental: {},
          include_from_parent: [],
          data_selector: '',
        },
      ],
      secrets: '',
      config: '',
    });
    expect(errors).toEqual([]);
    expect(warnings).toEqual([]);
    expect(config?.client).toMatchObject({
      base_url: 'https://api.example.com/v1',
      headers: {'X-Org': 'acme'},
      auth: [{type: 'api_key', options: {api_key: 'key-value', name: 'api_key', location: 'query'}}],
      paginator: {type: 'cursor', options: {cursor_path: 'meta.next', cursor_param: 'after'}},
    });
    expect(config?.resources[0]).toMatchObject({
      name: 'orders',
      primary_key: [['id']],
      endpoint: {
        path: 'orders',
        method: 'POST',
        params: {tag: ['a', 'b'], empty: ''},
        data_selector: 'data',
        incremental: {cursor_path: 'updated', initial_value: '2024-01-01', start_param: 'since'},
      },
    });
    expect(JSON.stringify(config?.resources[0]?.endpoint?.json)).toContain('9007199254740993');
    expect(config?.resources[0]?.endpoint).not.toHaveProperty('paginator');
    expect(config?.resources[1]?.endpoint).toMatchObject({path: 'users', paginator: {type: 'single_page'}});
    expect(config?.resources[1]?.endpoint).not.toHaveProperty('incremental');
    expect(secrets.has('key-value')).toBe(true);
  });

  test('problems stand at the fields of the form', () => {
    const {errors} = read({
      base_url: 'api.example.com',
      streams: [
        {name: 'a', request_headers: [{name: 'bad name', value: 'x'}]},
        {name: 'b', query_parameters: [{name: 'a', value: 'x'}]},
      ],
    });
    expect(errors).toEqual([
      'base_url must be a URL that begins with https:// or http://',
      'streams[0].request_headers["bad name"] is no header name: letters, digits and - only',
    ]);
    expect(read({base_url: 'https://a.example', streams: [{nam: 'a'}]}).errors).toEqual([
      'streams[0].name is missing',
      'streams[0].nam unknown key; did you mean name?',
    ]);
    expect(read({base_url: 'https://a.example', streams: [{name: 'a', json_body: '{a}'}]}).errors).toEqual([
      expect.stringContaining('streams[0].json_body is no valid JSON'),
    ]);
    expect(
      read({base_url: 'https://a.example', streams: [{name: 'a', incremental: {start_param: 'x'}}]}).errors,
    ).toEqual([expect.stringContaining('streams[0].incremental.cursor_path is missing')]);
    expect(read({base_url: 'https://a.example', auth: {type: 'berer'}, streams: [{name: 'a'}]}).errors).toEqual([
      expect.stringMatching(/^auth\.type must be one of none, bearer.*did you mean bearer\?$/),
    ]);
    expect(read({base_url: 'https://a.example', auth: {type: 'bearer'}, streams: [{name: 'a'}]}).errors).toEqual([
      expect.stringContaining('auth.token is missing: put token into secrets'),
    ]);
    expect(read({base_url: 'https://a.example'}).errors).toEqual(['streams must not be empty']);
  });

  test('Basic without a password, and a login', () => {
    const basic = read({
      base_url: 'https://a.example',
      auth: {type: 'http_basic', username: 'key-as-user'},
      streams: [{name: 'a'}],
    });
    expect(basic.errors).toEqual([]);
    expect(basic.config?.client.auth[0]?.options).toMatchObject({username: 'key-as-user', password: ''});
    expect(basic.secrets.has('key-as-user')).toBe(true);
    const login = read({
      base_url: 'https://a.example',
      auth: {
        type: 'session_token',
        login_path: '/login',
        login_method: 'POST',
        login_body: '{"pass": "{secrets.p}"}',
        token_path: 'id',
        location: 'header',
      },
      streams: [{name: 'a'}],
      secrets: 'p: pass-word',
    });
    expect(login.errors).toEqual([]);
    expect(login.config?.client.auth[0]).toMatchObject({
      type: 'session_token',
      options: {login: {path: '/login', method: 'POST', json: {pass: '{secrets.p}'}}, token_path: 'id'},
    });
  });
});

describe('secrets', () => {
  test.each([
    ['YAML text', 'a: 007\nb: "x: y"\nc: 1e5\nd: yes\ne:\n', {a: '007', b: 'x: y', c: '1e5', d: 'yes'}],
    ['JSON text', '{"a": "x", "b": 12345678901234567890}', {a: 'x', b: '12345678901234567890'}],
    ['object', {a: 'x', b: 5, c: null, d: true}, {a: 'x', b: '5', d: 'true'}],
    ['nothing', null, {}],
    ['empty text', '  ', {}],
  ])('%s', (_, secrets, values) => {
    const result = read({...document, secrets});
    expect(result.errors).toEqual([]);
    expect(result.secretValues).toEqual(values);
  });

  test.each([
    ['sk_live_123456', 'is one value without a name'],
    ['[a, b]', 'must be a YAML or JSON object'],
    ['a: "sk_live_123456', 'its second quote is missing'],
    [{a: ['sk_live_123456']}, 'secrets.a must be a text'],
    [5, 'must be a YAML or JSON object'],
  ])('%j is refused without being quoted', (secrets, message) => {
    const {errors} = read({...document, secrets});
    expect(errors.join()).toContain(message);
    expect(errors.join()).not.toContain('sk_live');
  });
});
