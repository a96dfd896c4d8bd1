import {describe, expect, test} from 'vitest';
import {api, read} from './read.js';

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

test('scopes are no secrets, as text or as a list', () => {
  const auth = {type: 'oauth2_client_credentials', access_token_url: 'https://a.example/token', client_id: 'i'};
  const document = {
    client: {base_url: 'https://a.example', auth: {...auth, scopes: ['read', 'write:all']}},
    resources: ['users'],
    secrets: 'client_secret: s3cret-value',
  };
  const result = read(JSON.stringify(document));
  expect(result.errors).toEqual([]);
  expect(result.warnings).toEqual([]);
  expect(result.secrets.has('write:all')).toBe(false);
  expect(result.secrets.has('s3cret-value')).toBe(true);
});
