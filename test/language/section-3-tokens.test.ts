import {describe, expect, test} from 'vitest';
import {attempt, errorsOf, run, serve, source} from '../dlt/run.js';
import {type Handler, json, type Recorded} from '../support/api-server.js';
import {FakeClock} from '../support/fake-clock.js';

const rows = json({data: [{id: 1}]});
const resource = {name: 'rows', endpoint: {data_selector: 'data'}};
const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;

interface TokenServer {
  readonly answers?: readonly object[];
  readonly data?: Handler;
}

/** An API whose tokens are t1, t2, …; of other tokens it answers 401. */
async function oauth({answers, data}: TokenServer = {}) {
  let issued = 0;
  let valid = '';
  const api = await serve((request, index) => {
    if (request.path === '/token') {
      issued += 1;
      valid = `t${issued}-access`;
      return json({access_token: valid, expires_in: 3600, ...answers?.[Math.min(issued, answers.length) - 1]});
    }
    if (data !== undefined) return data(request, index);
    return request.headers.authorization === `Bearer ${valid}` ? rows : {status: 401};
  });
  return Object.assign(api, {
    revoke: () => {
      valid = 'revoked';
    },
  });
}

const form = (request: Recorded | undefined) => Object.fromEntries(new URLSearchParams(request?.body));

describe('OAuth', () => {
  const client = {client_id: 'id', client_secret: 'the-secret'};

  test.each([
    ['token_url', 'oauth2_client_credentials'],
    ['access_token_url', 'oauth2_client_credentials'],
    ['token_url', 'oauth2_refresh_token'],
    ['access_token_url', 'oauth2_refresh_token'],
  ])('%s, grant_type and scopes work in %s', async (key, type) => {
    await using api = await oauth();
    const refresh = type === 'oauth2_refresh_token' ? {refresh_token: 'r-token'} : {};
    const auth = {type, [key]: `${api.url}/token`, ...client, ...refresh, scopes: ['a', 'b']};
    const {calls} = await run(api, source(api, [resource], {auth}));
    expect(calls).toEqual(['POST /token', '/rows']);
    expect(form(api.requests[0])).toEqual({
      client_id: 'id',
      client_secret: 'the-secret',
      scope: 'a b',
      grant_type: type === 'oauth2_refresh_token' ? 'refresh_token' : 'client_credentials',
      ...refresh,
    });
    await run(api, source(api, [resource], {auth: {...auth, grant_type: 'custom', scopes: 'x y'}}));
    expect(form(api.requests[2])).toMatchObject({grant_type: 'custom', scope: 'x y'});
  });

  test('client_auth basic sends the pair in the header alone', async () => {
    await using api = await oauth();
    const auth = {type: 'oauth2_client_credentials', token_url: `${api.url}/token`, ...client, client_auth: 'basic'};
    await run(api, source(api, [resource], {auth}));
    expect(api.requests[0]?.headers.authorization).toBe(basic('id:the-secret'));
    expect(form(api.requests[0])).toEqual({grant_type: 'client_credentials'});
  });

  test('access_token_request_data with grant_type refresh_token is oauth2_refresh_token', async () => {
    await using api = await oauth({answers: [{refresh_token: 'rotated-1'}]});
    const auth = {
      type: 'oauth2_client_credentials',
      access_token_url: `${api.url}/token`,
      ...client,
      access_token_request_data: {grant_type: 'refresh_token', refresh_token: 'r0-token', extra: 'e'},
    };
    const {messages} = await run(api, source(api, [resource], {auth}));
    expect(form(api.requests[0])).toEqual({
      ...client,
      grant_type: 'refresh_token',
      refresh_token: 'r0-token',
      extra: 'e',
    });
    const [control] = messages.answers();
    expect(JSON.stringify(control)).toContain(
      '"access_token_request_data":{"grant_type":"refresh_token","refresh_token":"rotated-1"',
    );
  });

  test('a given access_token is used until it fails', async () => {
    await using api = await oauth();
    const auth = {
      type: 'oauth2_client_credentials',
      token_url: `${api.url}/token`,
      ...client,
      access_token: 'given-token',
    };
    const {calls, requests} = await run(api, source(api, [resource], {auth}));
    expect(calls).toEqual(['/rows', 'POST /token', '/rows']);
    expect(requests[0]?.headers.authorization).toBe('Bearer given-token');
  });

  test('one token for all resources; renewed once on 401, then the 401 is an error', async () => {
    await using api = await oauth({data: () => ({status: 401})});
    const auth = {type: 'oauth2_client_credentials', token_url: `${api.url}/token`, ...client};
    const {calls, errors, code} = await attempt(api, source(api, [resource], {auth}));
    expect(calls).toEqual(['POST /token', '/rows', 'POST /token', '/rows']);
    expect([code, errors.includes('401')]).toEqual([1, true]);
    await using good = await oauth();
    const many = await run(good, source(good, ['a', 'b', 'c'], {auth: {...auth, token_url: `${good.url}/token`}}));
    expect(many.calls.filter((call) => call.includes('token'))).toHaveLength(1);
  });

  test.each([
    [{expires_in: 3600}, 3500, 1],
    [{expires_in: 3600}, 3545, 2],
    [{expires_in: '3600'}, 3545, 2],
    [{expires_in: 100}, 45, 1],
    [{expires_in: 100}, 55, 2],
    [{expires_in: null}, 3545, 2],
  ])('an answer of %j: after %i s %i tokens were asked for', async (answer, later, tokens) => {
    const clock = new FakeClock();
    await using api = await oauth({
      answers: [answer],
      data: ({query}) => {
        if (query.get('page') === '2') return json({data: []});
        clock.time += later * 1000;
        return json({data: [{id: 1}], next: '/rows?page=2'});
      },
    });
    const auth = {type: 'oauth2_client_credentials', token_url: `${api.url}/token`, ...client};
    const {calls} = await run(api, source(api, [resource], {auth}), {clock});
    expect(calls.filter((call) => call === 'POST /token')).toHaveLength(tokens);
  });

  test('values of the token response in base_url and headers, host included', async () => {
    await using data = await serve(() => rows);
    await using api = await oauth({answers: [{instance_url: data.url, org: {id: 7}}]});
    const config = {
      client: {
        base_url: '{auth.instance_url}/v1',
        headers: {'X-Org': '{auth.org.id}'},
        auth: {type: 'oauth2_client_credentials', token_url: `${api.url}/token`, ...client},
      },
      resources: [resource],
    };
    const {values} = await run(api, config);
    expect(values('id')).toEqual([1]);
    expect(data.requests[0]?.path).toBe('/v1/rows');
    expect(data.requests[0]?.headers['x-org']).toBe('7');
  });

  test('values elsewhere are an error, and so are those that the answer lacks', async () => {
    await using api = await oauth();
    const auth = {type: 'oauth2_client_credentials', token_url: `${api.url}/token`, ...client};
    const params = source(api, [{name: 'rows', endpoint: {params: {x: '{auth.org}'}}}], {auth});
    expect(errorsOf(params).join()).toMatch(/^resources\[0\]\.endpoint\.params\.x/);
    const {errors} = await attempt(api, source(api, [resource], {auth, headers: {'X-Org': '{auth.org}'}}));
    expect(errors).toMatch(/auth\.org/);
    expect(errorsOf(source(api, [resource], {auth: {token: 'x'}, headers: {'X-Org': '{auth.org}'}})).join()).toMatch(
      /client\.headers/,
    );
  });
});

describe('a rotated refresh token', () => {
  const keys = (url: string) => ({
    type: 'oauth2_refresh_token',
    token_url: `${url}/token`,
    client_id: 'id',
    client_secret: 'the-secret',
  });
  const control = (messages: {answers(): readonly object[]}) => JSON.stringify(messages.answers()[0] ?? null);

  test('is emitted as CONTROL with the whole configuration before the first data request is made', async () => {
    await using api = await oauth({answers: [{refresh_token: 'rotated-1'}]});
    const config = source(api, [resource], {auth: {...keys(api.url), refresh_token: 'r0-token'}});
    const {messages} = await run(api, config);
    const [message] = messages.answers();
    expect(message?.type === 'CONTROL' && message.control.connectorConfig?.config).toEqual({
      ...config,
      client: {base_url: api.url, auth: {...keys(api.url), refresh_token: 'rotated-1'}},
    });
    const types = messages.all.map(({type}) => type);
    expect(types.indexOf('CONTROL')).toBeLessThan(types.indexOf('RECORD'));
  });

  test.each([
    [
      'YAML',
      '# mine\nrefresh_token: r0-token # old\nother: 007\n',
      '# mine\\nrefresh_token: \\"rotated-1\\" # old\\nother: 007\\n',
    ],
    [
      'JSON',
      '{"refresh_token": "r0-token", "n": 12345678901234567890}',
      '{\\"refresh_token\\": \\"rotated-1\\", \\"n\\": 12345678901234567890}',
    ],
  ])('in secrets as %s text', async (_, secrets, stored) => {
    await using api = await oauth({answers: [{refresh_token: 'rotated-1'}]});
    const {messages} = await run(api, source(api, [resource], {auth: keys(api.url)}, {secrets}));
    expect(control(messages)).toContain(stored);
  });

  test('in config text only that scalar changes', async () => {
    await using api = await oauth({answers: [{refresh_token: 'rotated-1'}]});
    const text = (token: string) => `# Acme
client:
  base_url: "${api.url}"   # the base
  auth: {type: oauth2_refresh_token, token_url: "${api.url}/token", client_id: id, client_secret: 's3', refresh_token: ${token}}
resources: [{name: rows, endpoint: {data_selector: data}}]
`;
    const {messages} = await run(api, {config: text('r0-token')}, {streams: ['rows']});
    const [message] = messages.answers();
    expect(message?.type === 'CONTROL' && message.control.connectorConfig?.config).toEqual({
      config: text('"rotated-1"'),
    });
  });

  test('the same token again is not emitted', async () => {
    await using api = await oauth({answers: [{refresh_token: 'r0-token'}]});
    const {messages} = await run(api, source(api, [resource], {auth: {...keys(api.url), refresh_token: 'r0-token'}}));
    expect(messages.answers()).toEqual([]);
  });
});
