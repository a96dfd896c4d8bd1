import {expect, test} from 'vitest';
import {errorsOf} from '../dlt/run.js';

const client = {base_url: 'https://a.example'};
const errors = (more: object, resource: object = {}, beside: object = {}): string =>
  errorsOf({client: {...client, ...more}, resources: [{name: 'a', ...resource}], ...beside}).join('\n');

test.each<[object, string]>([
  [{paginator: {type: 'JSONResponsePaginator'}}, 'client.paginator.type unknown paginator; did you mean json_link?'],
  [{paginator: 'PageNumberPaginator'}, 'client.paginator unknown paginator; did you mean page_number?'],
  [{paginator: 'none'}, 'did you mean single_page?'],
  [{paginator: {type: 'page_number', initial_page: 1}}, 'client.paginator.initial_page unknown key; write base_page'],
  [
    {paginator: {type: 'offset', page_size_param: 'n'}},
    'client.paginator.page_size_param unknown key; write limit_param',
  ],
  [{auth: {type: 'APIKeyAuth'}}, 'client.auth.type unknown auth type; did you mean api_key?'],
  [{max_retries: 3}, 'client.max_retries unknown key; write retry: {max_retries}'],
  [{proxies: {}}, 'client.proxies are those of the environment: HTTPS_PROXY'],
  [{verify: false}, 'client.verify certificates are always verified: NODE_EXTRA_CA_CERTS'],
  [
    {base_url: ' https://a.example'},
    'must be a URL that begins with https:// or http://, without blanks or other quotes around it',
  ],
])('words of dlt and of people lead to ours: %j', (more, expected) => {
  expect(errors(more)).toContain(expected);
});

test.each(['my-secret-token-123', 'Bearer abcdef', 'ghp_0123456789abcdef'])(
  'a token in the place of an auth type: %s',
  (auth) => {
    const text = errors({auth});
    expect(text).toContain('is no type; a token stands in an object: {token: "{secrets.token}"}');
    expect(text).not.toContain(auth);
  },
);

test('a document below a key of its own', () => {
  expect(errorsOf({rest_api: {client, resources: ['a']}})).toEqual([
    'rest_api holds the document: write client and resources at the top level',
  ]);
});

test.each(['lambda x: x["id"] > 1', "record['a'] > 1 and record['b'] != None", 'not r.deleted'])(
  'Python in an expression: %s',
  (filter) => {
    expect(errors({}, {processing_steps: [{filter}]})).toContain('; CEL writes &&, ||, !, ==, null');
  },
);

test('a word of Python within a text is no Python', () => {
  expect(errors({}, {processing_steps: [{filter: 'r.a == "this and that" &&'}]})).not.toContain('CEL writes');
});
