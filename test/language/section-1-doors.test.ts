import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {cli} from '../../src/cli.js';
import {attempt, errorsOf, problemsOf, run, serve, source} from '../dlt/run.js';
import {json} from '../support/api-server.js';
import {runSource, testHost} from '../support/run-source.js';

const rows = json({data: [{id: 1}]});

/** The errors of check, as its status message says them. */
async function checked(config: object, options: {environment?: Record<string, string>; args?: string[]} = {}) {
  const {code, messages} = await runSource(['check', '--config', config, ...(options.args ?? [])], {
    environment: options.environment ?? {},
  });
  const status = messages.all.find(({type}) => type === 'CONNECTION_STATUS');
  return {
    code,
    text:
      status?.type === 'CONNECTION_STATUS'
        ? `${status.connectionStatus.status} ${status.connectionStatus.message ?? ''}`
        : '',
    notices: messages.logs('INFO').join('\n'),
    warnings: messages.logs('WARN').join('\n'),
  };
}

describe('three doors, one document', () => {
  const yaml = (url: string) =>
    `client:\n  base_url: ${url}\nresources:\n- name: rows\n  endpoint: {path: rows, data_selector: data}\n`;

  test('document, YAML text, JSON text and form make the same request', async () => {
    await using api = await serve(() => rows);
    const document = source(api, [{name: 'rows', endpoint: {path: 'rows', data_selector: 'data', params: {a: '1'}}}]);
    const text = {config: JSON.stringify(document)};
    const form = {
      base_url: api.url,
      streams: [{name: 'rows', path: 'rows', data_selector: 'data', query_parameters: [{name: 'a', value: '1'}]}],
    };
    for (const config of [document, text, form]) {
      const {calls, values} = await run(api, config, {streams: ['rows']});
      expect(values('id')).toEqual([1]);
      expect(calls).toEqual(['/rows?a=1']);
    }
    const {calls} = await run(api, {config: yaml(api.url)}, {streams: ['rows']});
    expect(calls).toEqual(['/rows']);
  });

  test('beside config only secrets is read; form fields that were filled in give a notice, untouched ones none', async () => {
    await using api = await serve(() => rows);
    const config = yaml(api.url).replace('resources', '  auth: {token: "{secrets.t}"}\nresources');
    const filled = await run(api, {config, secrets: 't: tok', base_url: 'https://else.example'}, {streams: ['rows']});
    expect(filled.requests[0]?.headers.authorization).toBe('Bearer tok');
    expect(filled.notices).toContain('config is the whole document: base_url beside it is not read');
    const untouched = {base_url: '', auth: {type: 'none'}, pagination: {type: 'auto'}, streams: []};
    const quiet = await run(api, {config, secrets: 't: tok', ...untouched}, {streams: ['rows']});
    expect(quiet.notices).not.toContain('beside it');
  });

  test('a config of white space is none', () => {
    expect(errorsOf({config: '  \n', client: {base_url: 'https://a.example'}, resources: ['a']})).toEqual([]);
  });
});

describe('secrets', () => {
  test.each([
    ['YAML text', 't: "a{vars.x}b"\n'],
    ['JSON text', '{"t": "a{vars.x}b"}'],
    ['object', {t: 'a{vars.x}b'}],
  ])('as %s, and never templated', async (_, secrets) => {
    await using api = await serve(() => rows);
    const config = source(
      api,
      [{name: 'rows', endpoint: {params: {q: '{secrets.t}'}}}],
      {variables: {x: 'X'}},
      {secrets},
    );
    const {requests} = await run(api, config);
    expect(requests[0]?.query.get('q')).toBe('a{vars.x}b');
  });

  test.each([
    ['0', '0'],
    ['007', '007'],
    ['false', 'false'],
    ['12345678901234567890', '12345678901234567890'],
    ['""', ''],
    ['1e3', '1e3'],
  ])('the text value %s is sent as written', async (written, sent) => {
    await using api = await serve(() => rows);
    const config = source(
      api,
      [{name: 'rows', endpoint: {params: {q: '{secrets.t}'}}}],
      {},
      {secrets: `t: ${written}`},
    );
    const {requests} = await run(api, config);
    expect(requests[0]?.query.get('q')).toBe(sent);
  });

  test('a name that is not there is an error at its place, with a near one', () => {
    const config = source(
      {url: 'https://a.example'},
      [{name: 'r', endpoint: {params: {q: '{secrets.tokn}'}}}],
      {},
      {secrets: 'token: abc'},
    );
    expect(errorsOf(config)).toEqual([expect.stringMatching(/^resources\[0\]\.endpoint\.params\.q .*tokn.*token/)]);
  });
});

describe(`\${NAME}`, () => {
  const named = (url: string) => source({url}, [{name: 'rows', endpoint: {params: {q: `x\${A_1}y`}}}]);

  test('is text in read without --env, with a warning, and filled in with it', async () => {
    await using api = await serve(() => rows);
    const config = named(api.url);
    const {requests, warnings} = await run(api, config);
    expect(requests[0]?.query.get('q')).toBe(`x\${A_1}y`);
    expect(warnings).toContain(`\${A_1} is not filled in here`);
    const check = await checked(config, {environment: {A_1: '"}: {'}, args: ['--env']});
    expect(check.text).toContain('SUCCEEDED');
    expect(api.requests.at(-1)?.query.get('q')).toBe('x"}: {y');
  });

  test('unset is an error that names it and its place', async () => {
    const {text} = await checked(named('https://a.example'), {args: ['--env']});
    expect(text).toContain('FAILED');
    expect(text).toContain(`resources[0].endpoint.params.q: \${A_1} is not set in the environment`);
  });

  test('an empty variable is a value; a name in other letters and a key are text', async () => {
    await using api = await serve(() => rows);
    const params = {q: `[\${EMPTY}]`, low: `\${a}`, [`\${KEY}`]: 'v'};
    const {text} = await checked(source(api, [{name: 'rows', endpoint: {params}}]), {
      environment: {EMPTY: '', KEY: 'x'},
      args: ['--env'],
    });
    expect(text).toContain('SUCCEEDED');
    const {query} = api.requests[0] ?? {};
    expect([query?.get('q'), query?.get('low'), query?.get(`\${KEY}`)]).toEqual(['[]', `\${a}`, 'v']);
  });

  test('is replaced by the commands for people', async () => {
    await using api = await serve(() => rows);
    const folder = mkdtempSync(join(tmpdir(), 'language-'));
    const file = join(folder, 'a.json');
    writeFileSync(file, JSON.stringify(named(api.url)));
    const validate = async (environment: Record<string, string>) => {
      const {host, stdout} = testHost({environment});
      return {code: await cli(['validate', file], host), text: stdout()};
    };
    const set = await validate({A_1: '1'});
    const unset = await validate({});
    rmSync(folder, {recursive: true});
    expect([set.code, unset.code]).toEqual([0, 2]);
    expect(unset.text).toContain(`\${A_1} is not set in the environment`);
  });
});

describe('strictness', () => {
  const base = {client: {base_url: 'https://a.example'}};

  test('unknown keys name their place and the near word', () => {
    const resources = ['a', 'b', {name: 'c', endpoint: {data_selecter: 'x'}}];
    expect(errorsOf({...base, resources})).toEqual([
      expect.stringMatching(/^resources\[2\]\.endpoint\.data_selecter .*did you mean data_selector\?/),
    ]);
  });

  test.each([
    ['YAML', 'client: {base_url: "https://a.example"}\nresources: [a]\nresources: [b]\n'],
    ['JSON', '{"client": {"base_url": "https://a.example", "base_url": "https://b.example"}, "resources": ["a"]}'],
  ])('duplicate keys of %s are errors', (_, config) => {
    expect(errorsOf({config}).join()).toMatch(/twice|duplicate|already/i);
  });

  test.each([
    [{concurrency: '4'}, /client\.concurrency/],
    [{concurrency: 1.5}, /client\.concurrency/],
    [{concurrency: 0}, /client\.concurrency/],
    [{max_pages: true}, /client\.max_pages/],
    [{timeout: '60'}, /client\.timeout must be seconds or an ISO 8601 duration/],
    [{timeout: -1}, /client\.timeout must be seconds/],
    [{timeout: 0}, /client\.timeout must be above 0/],
    [{total_timeout: 0}, /client\.total_timeout must be above 0/],
    [{timeout: 'PT0S'}, /client\.timeout must be above 0/],
    [{timeout: 'P'}, /client\.timeout must be seconds/],
    [{timeout: 'PT'}, /client\.timeout must be seconds/],
    [{max_response_bytes: 0}, /client\.max_response_bytes/],
    [{max_response_bytes: '0MB'}, /client\.max_response_bytes must be bytes or a size/],
    [{max_response_bytes: '256 XB'}, /client\.max_response_bytes must be bytes or a size/],
    [{unportable: false}, /client\.unportable/],
    [{allowed_hosts: 'a.example'}, /client\.allowed_hosts/],
    [{allowed_hosts: ['https://a.example']}, /client\.allowed_hosts\[0\]/],
    [{retry: {max_retries: null}}, undefined],
    [{retry: {max_retries: -1}}, /client\.retry\.max_retries/],
    [{variables: {a: [1]}}, /client\.variables\.a/],
    [{variables: {a: null}}, /client\.variables\.a/],
  ])('types are strict: %j', (client, expected) => {
    const errors = errorsOf({client: {...base.client, ...client}, resources: ['a']});
    expect(errors).toHaveLength(expected === undefined ? 0 : 1);
    if (expected !== undefined) expect(errors[0]).toMatch(expected);
  });

  test.each([
    {timeout: 0.5},
    {timeout: 'PT1M30S'},
    {timeout: 'P1DT1H'},
    {total_timeout: 'P2W'},
    {max_response_bytes: 1048576},
    {max_response_bytes: '256MB'},
    {max_response_bytes: '1.5 GB'},
    {variables: {a: 0, b: false, c: ''}},
  ])('durations and sizes: %j', (client) => {
    expect(errorsOf({client: {...base.client, ...client}, resources: ['a']})).toEqual([]);
  });

  test('integers are exact, from JSON and YAML to the request', async () => {
    await using api = await serve(() => rows);
    for (const text of ['{"q": 12345678901234567890, "r": 0}', '{q: 12345678901234567890, r: 0}']) {
      const config = `client: {base_url: "${api.url}"}\nresources: [{name: rows, endpoint: {params: ${text}}}]`;
      const {requests} = await run(api, {config}, {streams: ['rows']});
      expect(requests[0]?.target).toBe('/rows?q=12345678901234567890&r=0');
    }
  });

  test('all problems at once, one line each, without a secret', () => {
    const secret = 'sk_live_PLANTED_0123456789';
    const errors = errorsOf({
      client: {base_url: 'a.example', auth: {type: 'bearer', token: secret, tokn: secret}, timeout: secret},
      resources: [{name: 'a', endpoint: {method: secret, params: {x: {y: secret}}}}, 'a'],
      wrong: secret,
    });
    expect(errors.length).toBeGreaterThanOrEqual(6);
    for (const line of errors) {
      expect(line).not.toContain('\n');
      expect(line).not.toContain('PLANTED');
    }
  });

  test('a name in variables and client.variables is an error, different ones add up', () => {
    const resources = [{name: 'a', endpoint: {params: {x: '{vars.a}{vars.b}'}}}];
    const client = {...base.client, variables: {a: '1'}};
    expect(errorsOf({client, variables: {b: '2'}, resources})).toEqual([]);
    expect(errorsOf({client, variables: {a: '1', b: 0}, resources})).toEqual([
      expect.stringMatching(/^variables\.a stands in client\.variables too/),
    ]);
  });

  test.each([
    [{index: 0, of: 1}, 0],
    [{index: 3, of: 4}, 0],
    [{index: 4, of: 4}, 1],
    [{index: -1, of: 4}, 1],
    [{index: 0, of: 0}, 2],
    [{index: '0', of: 4}, 1],
    [{index: 0.5, of: 4}, 1],
    [{of: 4}, 1],
    [null, 0],
  ])('shard %j', (shard, count) => {
    const errors = errorsOf({...base, resources: ['a'], shard});
    expect(errors).toHaveLength(count);
    if (count > 0) expect(errors[0]).toMatch(/^shard/);
  });
});

describe('braces in YAML', () => {
  test('an unquoted placeholder is the placeholder, wherever a value stands', async () => {
    await using api = await serve(() => rows);
    const config = `client: {base_url: "${api.url}", auth: {token: {secrets.t}}, headers: {X-A: {vars.a}}, variables: {a: 1}}
resources:
- name: rows
  endpoint:
    params: {a: {vars.a}, list: [{vars.a}, x]}
`;
    const {requests} = await run(api, {config, secrets: {t: 'tok'}}, {streams: ['rows']});
    expect(requests[0]?.headers.authorization).toBe('Bearer tok');
    expect(requests[0]?.headers['x-a']).toBe('1');
    expect(requests[0]?.target).toBe('/rows?a=1&list=1&list=x');
  });

  test.each(['path: {vars.a}/x', 'path: {resources.a.id}/x', 'params: {q: {vars.a} b}'])(
    'a syntax error at a brace says to quote: %s',
    (endpoint) => {
      const config = `client: {base_url: "https://a.example", variables: {a: 1}}\nresources:\n- name: r\n  endpoint:\n    ${endpoint}\n`;
      expect(errorsOf({config}).join('\n')).toMatch(/quote/);
    },
  );
});

test('warnings are said once per stream and count; nothing is asked where the document alone is wrong', async () => {
  await using api = await serve(({query}) =>
    json({data: [null, null, {id: query.get('page')}], next: query.get('page') === '2' ? null : '/rows?page=2'}),
  );
  const {notices, values} = await run(api, source(api, [{name: 'rows', endpoint: {data_selector: 'data'}}]));
  expect(values('id')).toEqual([null, '2']);
  expect(notices.match(/null/g)?.length).toBe(1);
  expect(notices).toMatch(/4/);
  const wrong = await attempt(api, source(api, [{name: 'rows', endpoint: {datas_selector: 'x'}}]));
  expect(wrong.code).toBe(1);
  expect(wrong.calls).toEqual([]);
  expect(wrong.messages.errors().map(({failure_type}) => failure_type)).toEqual(['config_error']);
});

test('top-level keys of other doors are not mixed in silently', () => {
  const config = {client: {base_url: 'https://a.example'}, resources: ['a'], streams: [{name: 'b'}]};
  expect(errorsOf(config)).toEqual([expect.stringContaining('use one of the two')]);
  expect(problemsOf({...config, streams: []}, 'error')).toEqual([]);
});
