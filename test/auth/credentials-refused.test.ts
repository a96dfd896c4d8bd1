import {describe, expect, test} from 'vitest';
import {get} from '../http/setup.js';
import {startApi} from '../support/api-server.js';
import {signed} from './signed.js';

const client = (base: string) => ({
  type: 'oauth2_client_credentials',
  token_url: `${base}/token`,
  client_id: 'app',
  client_secret: 'c1ient-s3cret',
});

const login = {
  type: 'session_token',
  login: {path: '/auth/login', json: {user: 'me', password: 'pa55word'}},
  token_path: 'token',
};

describe('token requests that fail', () => {
  test.each([
    [
      {status: 401, body: '{"error":"invalid_client"}'},
      /^config_error: items: client.auth: POST .*\/token answered 401: .*invalid_client.* Check client_id, client_secret, scopes and client_auth of client.auth, and token_url$/,
    ],
    [
      {status: 200, body: '<html>login</html>'},
      /^config_error: .*\/token answered 200 with an HTML page, no JSON object: check client.auth.token_url$/,
    ],
    [{status: 200, body: 'plain-t0ken'}, /^config_error: .*no JSON object/],
    [{status: 200, body: '["plain-t0ken"]'}, /^config_error: .*no JSON object/],
    [
      {status: 200, body: '{"error":"bad_code","error_description":"The code is old"}'},
      /^config_error: .*without access_token \(bad_code: The code is old\)/,
    ],
    [
      {status: 200, body: '{"accessToken":"plain-t0ken"}'},
      /^config_error: .*without access_token \(keys: accessToken\)/,
    ],
    [
      {status: 404, body: 'no such page'},
      /answered 404: no such page\. Check client\.auth\.token_url: it is not answered there$/,
    ],
    [
      {status: 302, headers: {location: '/login'}},
      /answered 302, a redirect and a POST is not repeated after 302: .*Check client\.auth\.token_url: it is not answered there$/,
    ],
    [
      {status: 200},
      /^config_error: .*\/token answered 200 with an empty body, no JSON object: check client\.auth\.token_url$/,
    ],
    [
      {status: 200, headers: {'content-type': 'application/x-www-form-urlencoded'}, body: 'access_token=plain-t0ken'},
      /answered 200 with 24 characters of application\/x-www-form-urlencoded, no JSON object/,
    ],
    [
      {status: 400, body: '{"error": "invalid_grant"}'},
      /^config_error: .* What client\.auth offers is no longer valid, .*: obtain a new refresh token/,
    ],
    [
      {status: 429, headers: {'retry-after': '99999'}},
      /^transient_error: .*answered 429 .*The server asks to wait until .*, longer than rate_limit\.max_wait: run again then/,
    ],
    [{status: 503, body: 'down'}, /^transient_error: items: client.auth: POST .* answered 503: down/],
    [{reset: true}, /^transient_error: items: client.auth: POST .* failed/],
  ])('%j', async (reply, message) => {
    await using api = await startApi({'/token': reply});
    const text = await signed(api.url, [client(api.url)]).refusal(get(`${api.url}/items`));
    expect(text).toMatch(message);
    expect(text).not.toMatch(/t0ken|c1ient-s3cret/);
  });

  test('nobody at token_url is told by its name', async () => {
    const gone = await startApi({});
    await gone.close();
    await using api = await startApi({});
    expect(await signed(api.url, [client(gone.url)]).refusal(get(`${api.url}/items`))).toMatch(
      /^transient_error: items: client\.auth: POST \S+\/token failed: .*ECONNREFUSED.* Check client\.auth\.token_url: nothing answers there$/,
    );
  });
});

test.each([
  [
    {status: 404},
    /answered 404 without a body\. Check client\.base_url and client\.auth\.login\.path: it is not answered there$/,
  ],
  [
    {status: 401},
    /answered 401 without a body\. Check the credentials in client\.auth\.login, and client\.base_url and/,
  ],
  [
    {body: '<!DOCTYPE html>'},
    /answered 200 with an HTML page, no JSON object: check client\.base_url and client\.auth\.login\.path$/,
  ],
])('a login that is answered with %j says what to check', async (reply, message) => {
  await using api = await startApi({'/auth/login': reply});
  expect(await signed(api.url, [login]).refusal(get(`${api.url}/items`))).toMatch(message);
});
