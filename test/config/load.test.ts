import {describe, expect, test} from 'vitest';
import {readConfig} from '../../src/config/load.js';
import {formatProblems, toConnectorError} from '../../src/config/problem.js';
import {ExactNumber} from '../../src/json/exact.js';
import {Secrets} from '../../src/secrets.js';

const api = 'client: {base_url: "https://api.example.com"}\n';

function read(text: string, env?: Readonly<Record<string, string>>) {
  const secrets = new Secrets();
  const result = readConfig({text}, env === undefined ? {secrets} : {secrets, env});
  const of = (level: string) =>
    formatProblems(
      result.problems.filter((problem) => problem.level === level),
      result.document,
    );
  return {...result, secrets, errors: of('error'), warnings: of('warning'), infos: of('info')};
}

describe('canonical', () => {
  test('shorthands and defaults', () => {
    const {config, errors} = read(`${api}resources: [posts, {name: a, endpoint: x/y}, {name: b}]\n`);
    expect(errors).toEqual([]);
    expect(config?.client).toMatchObject({
      base_url: 'https://api.example.com',
      retry: {max_retries: 3, backoff_factor: 2, status_codes: [], max_delay: 300_000},
      rate_limit: {max_wait: 3_600_000},
      concurrency: 4,
      timeout: 60_000,
      allowed_hosts: [],
      max_response_bytes: 268_435_456,
      max_pages: 100_000,
      unportable: 'keep',
      auth: [],
      variables: {},
    });
    expect(config?.client).not.toHaveProperty('paginator');
    expect(config?.discover).toEqual({sample_pages: 2, sample_records: 1000});
    expect(config?.resources.map(({name, endpoint, place}) => [name, endpoint?.path, place])).toEqual([
      ['posts', 'posts', ['resources', 0]],
      ['a', 'x/y', ['resources', 1]],
      ['b', 'b', ['resources', 2]],
    ]);
    expect(config?.resources[0]).toMatchObject({
      primary_key: [],
      selected: true,
      on_missing: 'skip',
      parent_incremental: false,
      endpoint: {method: 'GET', params: {}, headers: {}, response_actions: []},
    });
  });

  test('resource_defaults: the resource wins, one level of params, json and headers, columns deep', () => {
    const {config, errors} = read(`${api}
resource_defaults:
  primary_key: id
  columns: {a: {data_type: text, nullable: false}, b: {data_type: bigint}}
  endpoint:
    path: never
    params: {limit: 100, deep: [1]}
    json: {a: {x: 1}, b: 2}
    headers: {X-A: "1", X-B: "2"}
    paginator: {type: offset, limit: 10}
    incremental: {cursor_path: updated}
resources:
- name: plain
- name: own
  primary_key: null
  columns: [{name: a, data_type: json}]
  endpoint:
    params: {limit: 5}
    json: {a: {y: 2}}
    headers: {X-B: null}
    paginator: null
    incremental: null
- {name: kept, endpoint: {paginator: inherit}}
- {name: auto, endpoint: {paginator: auto}}
`);
    expect(errors).toEqual([]);
    const [plain, own, kept, auto] = config?.resources ?? [];
    expect(plain).toMatchObject({
      primary_key: [['id']],
      key_is_default: true,
      endpoint: {path: 'plain', params: {limit: 100, deep: [1]}},
    });
    expect(plain?.endpoint?.paginator).toMatchObject({type: 'offset', options: {limit: 10}});
    expect(own).toMatchObject({
      primary_key: [],
      key_is_default: false,
      columns: {a: {data_type: 'json', nullable: false}, b: {data_type: 'bigint'}},
      endpoint: {params: {limit: 5, deep: [1]}, json: {a: {y: 2}, b: 2}, headers: {'X-A': '1', 'X-B': null}},
    });
    expect(own?.endpoint).not.toHaveProperty('paginator');
    expect(own?.endpoint).not.toHaveProperty('incremental');
    expect(kept?.endpoint?.paginator?.type).toBe('offset');
    expect(auto?.endpoint?.paginator?.type).toBe('auto');
  });

  test('retry is merged key by key, durations are ms and sizes bytes', () => {
    const {config} = read(`
client: {base_url: "https://a.example", retry: {max_retries: 5, max_delay: PT2M}, timeout: 1.5, max_response_bytes: 10MB}
resources: [{name: a, endpoint: {retry: {backoff_factor: 1, status_codes: [409]}, rate_limit: {requests: 10, per: minute}}}]
`);
    expect(config?.client).toMatchObject({timeout: 1500, max_response_bytes: 10_485_760});
    expect(config?.resources[0]?.endpoint).toMatchObject({
      retry: {max_retries: 5, backoff_factor: 1, status_codes: [409], max_delay: 120_000},
      rate_limit: {requests: 10, per: 'minute', max_wait: 3_600_000},
    });
  });

  test('an incremental param is endpoint.incremental, two are an error', () => {
    const {config} = read(
      `${api}resources: [{name: a, endpoint: {params: {q: 1, since: {type: incremental, cursor_path: u, initial_value: 0}}}}]`,
    );
    expect(config?.resources[0]?.endpoint).toMatchObject({
      params: {q: 1},
      incremental: {
        cursor_path: 'u',
        initial_value: 0,
        start_param: 'since',
        place: ['resources', 0, 'endpoint', 'params', 'since'],
      },
    });
    const {errors} = read(
      `${api}resources: [{name: a, endpoint: {params: {since: {type: incremental, cursor_path: u}}, incremental: {cursor_path: u}}}]`,
    );
    expect(errors).toEqual([expect.stringContaining('is a second incremental declaration beside params.since')]);
  });

  test('keys: literal names, compound, nested, columns', () => {
    const key = (written: string, more = '') =>
      read(`${api}resources: [{name: a, primary_key: ${written}${more}}]`).config?.resources[0]?.primary_key;
    expect(key('a.b')).toEqual([['a.b']]);
    expect(key('[a, b]')).toEqual([['a'], ['b']]);
    expect(key('[[a, b], c]')).toEqual([['a', 'b'], ['c']]);
    expect(key('a', ', columns: {b: {primary_key: true}, a: {primary_key: true}}')).toEqual([['a'], ['b']]);
  });

  test('exact integers reach the request', () => {
    const {config} = read(`${api}resources: [{name: a, endpoint: {params: {since_id: 9007199254740993}}}]`);
    expect(config?.resources[0]?.endpoint?.params['since_id']).toEqual(new ExactNumber('9007199254740993'));
  });

  test('static parents, steps and what dlt alone reads', () => {
    const {config, infos, errors} = read(`${api}
resource_defaults: {write_disposition: merge, primary_key: id}
resources:
- {name: seeds, records: [{id: 1}], selected: false}
- {name: a, write_disposition: {disposition: skip}, merge_key: x, columns: {c: {dedup_sort: desc, data_type: text}}, processing_steps: [{filter: "true", map: {remove: [x]}}]}
`);
    expect(errors).toEqual([]);
    expect(config?.resources[0]).toMatchObject({records: [{id: 1}], selected: false});
    expect(config?.resources[0]).not.toHaveProperty('endpoint');
    expect(config?.resources[1]).toMatchObject({selected: false, columns: {c: {data_type: 'text'}}});
    expect(config?.resources[1]?.processing_steps.map(({name, place}) => [name, place])).toEqual([
      ['filter', ['resources', 1, 'processing_steps', 0, 'filter']],
      ['map', ['resources', 1, 'processing_steps', 0, 'map']],
    ]);
    expect(infos).toEqual([
      'not read here, they mean something to dlt only: write_disposition, merge_key, columns.*.dedup_sort',
    ]);
  });
});

describe('auth', () => {
  const block = (auth: string, secrets = '') =>
    read(`client: {base_url: "https://a.example", auth: ${auth}}\nresources: [a]\n${secrets}`);

  test('a missing secret is taken from secrets under its name', () => {
    const {config, secretValues} = block('bearer', 'secrets: {token: abcdef}');
    expect(config?.client.auth).toEqual([
      {type: 'bearer', options: expect.objectContaining({token: '{secrets.token}'}), place: ['client', 'auth']},
    ]);
    expect(secretValues).toEqual({token: 'abcdef'});
    expect(
      block('{type: http_basic, username: me}', 'secrets: {password: ""}').config?.client.auth[0]?.options,
    ).toMatchObject({
      username: 'me',
      password: '{secrets.password}',
    });
    expect(block('bearer').errors).toEqual([
      '1:41 client.auth.token is missing: put token into secrets, or write token: "{secrets.NAME}" here',
    ]);
  });

  test('bearer is the default type, none and null are none, a list is all of them', () => {
    expect(block('{token: "{secrets.t}"}', 'secrets: {t: x}').config?.client.auth[0]).toMatchObject({type: 'bearer'});
    expect(block('null').config?.client.auth).toEqual([]);
    expect(block('none').config?.client.auth).toEqual([]);
    expect(
      block('[bearer, {type: api_key, name: X-Key}]', 'secrets: {token: abcd, api_key: efgh}').config?.client.auth,
    ).toMatchObject([
      {type: 'bearer', place: ['client', 'auth', 0]},
      {type: 'api_key', place: ['client', 'auth', 1]},
    ]);
  });

  test('endpoints share the block they take it from', () => {
    const {config} = read(`
client: {base_url: "https://a.example", auth: {token: "{secrets.t}"}}
resource_defaults: {endpoint: {}}
resources: [a, {name: b, endpoint: {auth: null}}, {name: c, endpoint: {auth: {type: api_key, api_key: "{secrets.t}"}}}]
secrets: {t: abcdef}
`);
    expect(config?.resources.map(({endpoint}) => endpoint?.auth.map(({place}) => place.join('.')))).toEqual([
      ['client.auth'],
      [],
      ['resources.2.endpoint.auth'],
    ]);
    const defaults = read(
      `${api}resource_defaults: {endpoint: {auth: bearer}}\nresources: [a, b]\nsecrets: {token: abcdef}`,
    );
    expect(defaults.config?.resources.map(({endpoint}) => endpoint?.auth[0]?.place.join('.'))).toEqual([
      'resource_defaults.endpoint.auth',
      'resource_defaults.endpoint.auth',
    ]);
  });

  test("dlt's spelling of the refresh grant", () => {
    const {config, errors} = block(
      '{type: oauth2_client_credentials, access_token_url: "https://t.example/", client_id: i, client_secret: "{secrets.s}", access_token_request_data: {grant_type: refresh_token, refresh_token: "{secrets.r}"}}',
      'secrets: {s: abcd, r: efgh}',
    );
    expect(errors).toEqual([]);
    expect(config?.client.auth[0]).toMatchObject({
      type: 'oauth2_refresh_token',
      options: {refresh_token: '{secrets.r}', client_id: 'i'},
    });
  });

  test.each([
    ['{type: oauth2_jwt_bearer}', 'signed JWT grants are not in this version'],
    ['{type: hmac}', 'HMAC signatures are not in this version'],
    ['{type: aws_sigv4}', 'AWS SigV4 is not in this version'],
    ['{type: oauth1}', 'OAuth1 is not in this version'],
    [
      '{type: oauth2_client_credentials, access_token_request_data: {grant_type: password}}',
      'the password grant is not in this version',
    ],
    ['{type: berer, token: x}', 'did you mean bearer?'],
    ['{username: me, password: "{secrets.p}"}', 'write type: http_basic'],
    ['{type: bearer, tokn: x}', 'client.auth.tokn unknown key; did you mean token?'],
    ['17', 'must be an auth type'],
  ])('%s', (auth, message) => {
    expect(block(auth, 'secrets: {token: abcd, client_secret: abcd}').errors.join('\n')).toContain(message);
  });

  test('a literal secret in client is one warning with the spelling; references are none', () => {
    const {warnings, secrets} = read(`
client: {base_url: "https://a.example", auth: {token: literal-token}, headers: {X-Api-Key: literal-key, Accept: text/plain}}
resources: [a]
`);
    expect(warnings).toEqual([
      '2:48 client.auth.token a secret in clear (also client.headers["X-Api-Key"]): put it into secrets as token and write "{secrets.token}" here'.replace(
        '["X-Api-Key"]',
        '.X-Api-Key',
      ),
    ]);
    expect(secrets.redact('literal-token literal-key text/plain')).toBe('**** **** text/plain');
    expect(block('{token: "{secrets.t}"}', 'secrets: {t: abcdef}').warnings).toEqual([]);
  });

  test('every secret is registered, Basic pairs too', () => {
    const {secrets} = block(
      '{type: http_basic, username: me, password: "{secrets.p}"}',
      'secrets: {p: pass-word, unused: other-secret}',
    );
    expect(secrets.redact(`pass-word other-secret ${Buffer.from('me:pass-word').toString('base64')}`)).toBe(
      '**** **** ****',
    );
  });
});

describe('problems', () => {
  test.each([
    [
      'client: {base_url: "https://a.example"}\nresources:\n- name: a\n  endpoint:\n    data_selecter: x\n',
      '5:5 resources[0].endpoint.data_selecter unknown key; did you mean data_selector?',
    ],
    [
      `${api}resources: [{name: a, endpoint: {method: GTE}}]`,
      'must be one of GET, POST, PUT, PATCH; did you mean GET?',
    ],
    [
      `${api}resources: [{name: a, endpoint: {paginator: {type: ofset}}}]`,
      'resources[0].endpoint.paginator.type unknown paginator; did you mean offset?',
    ],
    [
      `${api}resources: [{name: a, endpoint: {paginator: offst}}]`,
      'resources[0].endpoint.paginator unknown paginator; did you mean offset?',
    ],
    [
      `${api}resources: [{name: a, endpoint: {paginator: {type: offset, limit: "5"}}}]`,
      'paginator.limit must be an integer, is a string',
    ],
    [
      `${api}resources: [{name: a, endpoint: {paginator: {type: offset, limt: 5}}}]`,
      'paginator.limt unknown key; did you mean limit?',
    ],
    [
      `${api}resources: [{name: a, endpoint: {paginator: {next_url_path: x}}}]`,
      'paginator.type is missing; these keys fit json_link',
    ],
    [`${api}resources: [{endpoint: a}]`, 'resources[0].name is missing'],
    [`${api}resources: [5]`, 'resources[0] must be an object, is a number'],
    [`${api}resources: [a, a]`, 'resources[1].name is the name of resources[0] already'],
    [
      `${api}resources: [{name: a, endpoint: {params: {filter: {a: 1}}}}]`,
      'params.filter is an object: query parameters are flat, write "filter[a]"'.replace('"filter', '"name'),
    ],
    [`${api}resources: [{name: a, endpoint: {json: {}, data: {}}}]`, 'endpoint.data stands beside json'],
    [`${api}resources: [{name: a, endpoint: {headers: {"a b": x}}}]`, 'is no header name'],
    [`${api}resources: [{name: a, endpoint: {response: {format: xml}}}]`, 'XML is not in this version'],
    [`${api}resources: [{name: a, endpoint: {response_actions: [{action: ignore}]}}]`, 'has no condition'],
    [
      `${api}resources: [{name: a, endpoint: {response_actions: [{status_code: 404, action: ignroe}]}}]`,
      'did you mean ignore?',
    ],
    [`${api}resources: [{name: a, endpoint: {incremental: {cursor_path: "@odata.deltaLink"}}}]`, 'opaque delta tokens'],
    [
      `${api}resources: [{name: a, endpoint: {incremental: {cursor_path: u, step: 30D}}}]`,
      'must be a number or an ISO 8601 duration',
    ],
    [`${api}resources: [{name: a, processing_steps: [{filtre: x}]}]`, 'unknown step; did you mean filter?'],
    [
      `${api}resources: [{name: a, processing_steps: [{filter: "<callable:x>"}]}]`,
      'is code, which does not run here: write a CEL expression',
    ],
    [`${api}resources: [{name: a, records: [{}], endpoint: b}]`, 'has records and endpoint'],
    [`${api}resources: [a]\nshard: {index: 2, of: 2}`, 'shard.index index counts from 0'],
    [`${api}resources: [a]\nvariables: {a: {b: 1}}`, 'variables.a must be text, number or boolean, is an object'],
    [`${api}resources: [a]\nresorces: []`, 'resorces unknown key; did you mean resources?'],
    ['client: {base_url: "https://a.example", session: x}\nresources: [a]', 'client.session is a Python object'],
    ['client: {base_url: api.example.com}\nresources: [a]', 'client.base_url must be a URL that begins with https://'],
    [
      'client: {base_url: "https://a.example", check: {resources: [b]}}\nresources: [a]',
      'is no resource; did you mean a?; there are a',
    ],
    [
      'client: {base_url: "https://a.example", variables: {x: 1}}\nvariables: {x: 2}\nresources: [a]',
      'variables.x stands in client.variables too',
    ],
    [
      'client: {base_url: "https://a.example", timeout: P1M}\nresources: [a]',
      'must be seconds or an ISO 8601 duration',
    ],
    [
      'client: {base_url: "https://a.example", allowed_hosts: ["https://b.example"]}\nresources: [a]',
      'must be host, host:port or *.example.com',
    ],
    ['client: {base_url: "https://a.example", headers: {__proto__: x}}\nresources: [a]', 'no usable name'],
    ['[]', 'must be an object with client and resources'],
    ['', 'must be an object with client and resources'],
  ])('%j', (text, message) => {
    const {errors, config} = read(text);
    expect(errors.join('\n')).toContain(message);
    expect(config).toBeUndefined();
  });

  test('all at once, in the order of the text, as one config_error', () => {
    const {problems, document, errors} = read(
      'client: {base_url: 5, timeout: x}\nresources:\n- {name: a, endpoint: {method: 1}}\n- {name: 3}\n',
    );
    expect(errors).toEqual([
      '1:10 client.base_url must be a string, is a number',
      '1:23 client.timeout must be seconds or an ISO 8601 duration such as PT30S, PT5M or P1D',
      '3:24 resources[0].endpoint.method must be a string, is a number',
      '4:4 resources[1].name must be a string, is a number',
    ]);
    const error = toConnectorError(problems, document);
    expect(error?.failureType).toBe('config_error');
    expect(error?.message.split('\n')).toHaveLength(5);
  });

  test('problems of resource_defaults are told once, there', () => {
    const {errors} = read(`${api}resource_defaults: {endpoint: {method: WAT}}\nresources: [a, b]\n`);
    expect(errors).toEqual(['2:32 resource_defaults.endpoint.method must be one of GET, POST, PUT, PATCH']);
  });
});

describe('environment', () => {
  test('is replaced after parsing, only where it is given; unset is an error', () => {
    const text = 'client: {base_url: "https://${HOST}", auth: {token: "${TOKEN}"}}\nresources: ["${NAME}"]\n';
    const {config, secrets, warnings} = read(text, {HOST: 'h.example', TOKEN: 'a: "b"', NAME: 'posts'});
    expect(config?.client.base_url).toBe('https://h.example');
    expect(config?.client.auth[0]?.options['token']).toBe('a: "b"');
    expect(config?.resources[0]?.name).toBe('posts');
    expect(secrets.has('a: "b"')).toBe(true);
    expect(warnings).toEqual([]);
    expect(read(text, {}).errors.join('\n')).toContain('resources[0] ${NAME} is not set in the environment');
    expect(read(`${api}resources: ["\${NAME}"]`).config?.resources[0]?.name).toBe('${NAME}');
  });

  test('gives secrets that the configuration lacks', () => {
    const text =
      'client: {base_url: "https://a.example", auth: bearer, headers: {X-Org: "{secrets.org}"}}\nresources: [a]\n';
    const {secretValues, errors} = read(text, {TOKEN: 'from-env', org: 'acme-org'});
    expect(errors).toEqual([]);
    expect(secretValues).toEqual({token: 'from-env', org: 'acme-org'});
  });
});
