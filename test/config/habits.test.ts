import {describe, expect, test} from 'vitest';
import {api, read} from './read.js';

const endpoint = (text: string) => read(`${api}resources: [{name: a, endpoint: ${text}}]`).warnings;

describe('placeholders of other tools are texts here, and a warning says so', () => {
  test.each([
    ['{{token}}', 'token'],
    ['Bearer {{ token }}', 'token'],
    ['$TOKEN', 'TOKEN'],
    ['Bearer $TOKEN', 'TOKEN'],
    [`$\{token}`, 'token'],
    ['%TOKEN%', 'TOKEN'],
    ['{env.TOKEN}', 'TOKEN'],
    ['{secret.token}', 'token'],
    ['{secrets[token]}', 'token'],
    ["{variables['account']}", 'account'],
  ])('header %s', (text, name) => {
    expect(endpoint(JSON.stringify({headers: {'X-A': text}}))).toEqual([
      `2:45 resources[0].endpoint.headers.X-A ${name} is sent as it is written here: a secret is {secrets.${name}}, a variable {vars.${name}}`,
    ]);
  });

  test.each([
    ['users/:id/x', ':id', '{resources.<parent>.<field>} or {vars.id}'],
    ['/<user_id>', '<user_id>', '{resources.<parent>.<field>} or {vars.user_id}'],
    ['users/$resources.users.id', '$resources.users.id', '{resources.users.id}'],
  ])('path %s', (path, shown, written) => {
    const message = `${shown} is sent as it is written here: a value is ${written}`;
    expect(endpoint(JSON.stringify({path}))).toEqual([`2:34 resources[0].endpoint.path ${message}`]);
    expect(endpoint(JSON.stringify(path))).toEqual([`2:23 resources[0].endpoint ${message}`]);
    expect(read(`${api}resources: [${JSON.stringify(path)}]`).warnings).toEqual([`2:13 resources[0] ${message}`]);
  });

  test.each([
    {path: 'v1/users:batchGet'},
    {path: 'a/$metadata', params: {$filter: "name eq 'x'", price: 'US$', share: '100%', q: '{"a": 1}'}},
    {headers: {'X-A': '{secrets.a} {vars.b}'}, json: {query: '{{name}} $id', price: '$TOKEN'}},
  ])('nothing to say of %j', (value) => {
    expect(endpoint(JSON.stringify(value)).filter((line) => !line.includes('$metadata'))).toEqual([]);
  });
});

test("Python's None", () => {
  const text = `${api}resource_defaults: {endpoint: {params: {q: None}}}\nresources: [{name: a, endpoint: {incremental: {cursor_path: u, initial_value: None}}}]`;
  expect(read(text).warnings).toEqual([
    '2:41 resource_defaults.endpoint.params.q is the text "None": what Python calls None is null here',
  ]);
});

test('a path in resource_defaults is not inherited', () => {
  expect(read(`${api}resource_defaults: {endpoint: {path: v1}}\nresources: [a]`).warnings).toEqual([
    '2:32 resource_defaults.endpoint.path is not read: every resource has its own path; what all paths begin with belongs into client.base_url',
  ]);
  expect(read(`${api}resource_defaults: {endpoint: {path: null}}\nresources: [a]`).warnings).toEqual([]);
});

describe('keys that belong elsewhere, or have another name', () => {
  test.each([
    [
      'client: {base_url: "https://a.example", token: x}\nresources: [a]',
      'client.token unknown key here; it belongs to auth',
    ],
    ['client: {base_url: "https://a.example", params: {}}\nresources: [a]', 'it belongs to the endpoint of a resource'],
    [
      `${api}resources: [a]\nendpoint: {path: x}`,
      'endpoint unknown key here; it belongs to a resource: beside its name and endpoint',
    ],
    [`${api}resources: [a]\nallowed_hosts: []`, 'allowed_hosts unknown key here; it belongs to client'],
    [
      `${api}resources: [{name: a, path: x}]`,
      'resources[0].path unknown key here; it belongs to the endpoint of a resource',
    ],
    [`${api}resources: [{name: a, cursor_path: x}]`, 'it belongs to endpoint.incremental'],
    [`${api}resources: [{name: a, endpoint: {primary_key: x}}]`, 'it belongs to a resource'],
    [`${api}resources: [{name: a, endpoint: {limit: 5}}]`, 'endpoint.limit unknown key here; it belongs to paginator'],
    [
      `${api}resources: [{name: a, endpoint: {format: csv}}]`,
      'endpoint.format unknown key here; it belongs to endpoint.response',
    ],
    [
      `${api}resources: [{name: a, endpoint: {response: {csv: {header: false}}}}]`,
      'csv.header must be true, or the list of the column names where the first row is a record',
    ],
    [`${api}resources: [{name: a, endpoint: {query_params: {}}}]`, 'unknown key; write params'],
    [
      `${api}resources: [{name: a, endpoint: {paginator: {type: offset, per_page: 5}}}]`,
      'unknown key; write limit, with limit_param: per_page',
    ],
    [
      `${api}resources: [{name: a, endpoint: {incremental: {cursor_path: u, start_date: x}}}]`,
      'unknown key; write initial_value',
    ],
    [`${api}resources: [{name: a, retriever: {}}]`, "is a word of Airbyte's low-code manifests"],
    ['config: |\n  client: {base_url: "https://a.example"}\n  streams: [a]\n', 'streams are called resources here'],
    [
      'client: {base_url: "https://a.example", auth: {type: BearerAuthenticator}}\nresources: [a]',
      'did you mean bearer?',
    ],
    [`${api}resources: [{name: a, endpoint: {paginator: {type: CursorPagination}}}]`, 'did you mean cursor?'],
    [
      `${api}resources: [{name: a, processing_steps: [{map: {renam: {a: b}}}]}]`,
      'map.renam unknown key; did you mean rename? (there are set, rename,',
    ],
    [
      'client: https://a.example\nresources: [a]',
      'client must be an object, is a string: write client: {base_url: https://…}',
    ],
    ['client:\nbase_url: https://a.example\nresources: [a]', 'in a document base_url is client.base_url'],
  ])('%s', (text, message) => {
    expect(read(text).errors.join('\n')).toContain(message);
  });
});

test('secrets in clear, wherever they stand', () => {
  const {warnings, secrets} = read(
    `${api}resources:\n- name: a\n  endpoint:\n    path: x?api_key=key-in-a-path&page=1\n    params: {token: "token-in-clear", page_token: "no-secret"}\n    headers: {X-Acme-Key: "key-in-clear", X-A: "{secrets.a}"}\nsecrets: {a: abcdef}\n`,
  );
  expect(warnings).toEqual([
    '7:15 resources[0].endpoint.headers.X-Acme-Key a secret in clear (also resources[0].endpoint.params.token, resources[0].endpoint.path): put it into secrets as x_acme_key and write "{secrets.x_acme_key}" here',
  ]);
  const said = secrets.redact('key-in-a-path token-in-clear no-secret key-in-clear');
  expect(said).toBe('**** **** no-secret ****');
  const form = read(
    'base_url: https://a.example\nauth: {type: bearer, token: abcdef}\nstreams: [{name: a, query_parameters: [{name: api_key, value: key-in-clear}]}]',
  );
  expect(form.warnings).toEqual([expect.stringContaining('streams[0].query_parameters.api_key a secret in clear: ')]);
});

test.each([
  [
    'client: {base_url: "https://bob:p%40ss-word@a.example"}\nresources: [a]',
    'p%40ss-word p@ss-word Ym9iOnBAc3Mtd29yZA==',
  ],
  ['client: {base_url: "https://key-in-clear@a.example"}\nresources: [a]', 'key-in-clear a2V5LWluLWNsZWFyOg=='],
  [`${api}resources: ["a?api_key=key-in-clear"]`, 'key-in-clear'],
  [`${api}resources: [{name: a, endpoint: "a?api_key=key-in-clear"}]`, 'key-in-clear'],
  [
    `${api}resources: [{name: a, endpoint: {path: "https://bob:pass-word@b.example/a"}}]`,
    'pass-word Ym9iOnBhc3Mtd29yZA==',
  ],
  [`${api}resources: [{name: a, endpoint: {method: POST, json: {l: [{api_key: key-in-clear}]}}}]`, 'key-in-clear'],
  [
    'client: {base_url: "https://a.example", auth: {type: oauth2_client_credentials, client_id: i, client_secret: "{secrets.s}", access_token_url: "https://bob:pass-word@a.example/t?api_key=key-in-clear"}}\nresources: [a]\nsecrets: {s: abcdef}',
    'pass-word key-in-clear',
  ],
  [
    'client: {base_url: "https://a.example", auth: [{type: session_token, login: {path: "in?password=pass-word"}, token_path: t}]}\nresources: [a]',
    'pass-word',
  ],
])('a secret in a URL or body is known and told: %s', (text, said) => {
  const {warnings, secrets} = read(text);
  expect(warnings).toEqual([expect.stringContaining('a secret in clear: ')]);
  expect(secrets.redact(said).replaceAll(/\*{4} ?/g, '')).toBe('');
});
