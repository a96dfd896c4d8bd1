import {expect, test} from 'vitest';
import {errorsOf, type Resource, source} from '../dlt/run.js';

const api = {url: 'https://api.example.com'};
const auth = (own: object) => source(api, ['r'], {auth: own});
const resource = (own: Resource) => source(api, [own]);
const credentials = {client_id: 'c', client_secret: 's', access_token_url: 'https://api.example.com/t'};

test.each<[string, object, string, RegExp]>([
  [
    'deltaLink as state',
    resource({name: 'r', endpoint: {incremental: {cursor_path: '@odata.deltaLink'}}}),
    'resources[0].endpoint.incremental.cursor_path',
    /use a time or number of the records as cursor/,
  ],
  [
    'syncToken as state',
    resource({name: 'r', endpoint: {incremental: {cursor_path: 'nextSyncToken'}}}),
    'resources[0].endpoint.incremental.cursor_path',
    /use a time or number of the records as cursor/,
  ],
  ['oauth2_jwt_bearer', auth({type: 'oauth2_jwt_bearer'}), 'client.auth', /\{type: bearer, token/],
  [
    'jwt-bearer as grant',
    auth({
      type: 'oauth2_client_credentials',
      ...credentials,
      access_token_request_data: {grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer'},
    }),
    'client.auth',
    /\{type: bearer, token/,
  ],
  [
    'password grant',
    auth({type: 'oauth2_client_credentials', ...credentials, grant_type: 'password'}),
    'client.auth',
    /use session_token/,
  ],
  ['HMAC', auth({type: 'hmac'}), 'client.auth', /API key or OAuth2/],
  ['SigV4', auth({type: 'aws_sigv4'}), 'client.auth', /gateway with an API key/],
  ['OAuth1', auth({type: 'oauth1'}), 'client.auth', /use OAuth2/],
  [
    'async jobs',
    resource({name: 'r', endpoint: {async_job: {}}}),
    'resources[0].endpoint.async_job',
    /read an endpoint that answers with the rows/,
  ],
  [
    'async jobs, low-code',
    resource({name: 'r', polling_requester: {}}),
    'resources[0].polling_requester',
    /read an endpoint that answers with the rows/,
  ],
  [
    'XML',
    resource({name: 'r', endpoint: {response: {format: 'xml'}}}),
    'resources[0].endpoint.response.format',
    /ask for JSON/,
  ],
  [
    'zip',
    resource({name: 'r', endpoint: {response: {format: 'zip'}}}),
    'resources[0].endpoint.response.format',
    /ask for JSON, JSON Lines or CSV/,
  ],
  ['recursive resources', resource({name: 'r', recursive: true}), 'resources[0].recursive', /one resource per level/],
  [
    'code',
    resource({name: 'r', endpoint: {path: '<callable path>'}}),
    'resources[0].endpoint.path',
    /write the value itself/,
  ],
])('%s is one error at its place that names what works', (_, config, place, expected) => {
  const errors = errorsOf(config);
  expect(errors).toHaveLength(1);
  expect(errors[0]?.split(' ')[0]?.startsWith(place)).toBe(true);
  expect(errors[0]).toMatch(expected);
  expect(errors[0]).toMatch(/not in this version|does not run here/);
});
