import {describe, expect, test} from 'vitest';
import {errorsOf} from './run.js';

const client = {base_url: 'https://api.example.com'};
const ofClient = (keys: object) => ({client: {...client, ...keys}, resources: ['r']});
const ofEndpoint = (endpoint: unknown) => ({client, resources: [{name: 'r', endpoint}]});
const ofResource = (resource: unknown) => ({client, resources: [resource]});
const paginator = (value: unknown) => ofEndpoint({path: 'r', paginator: value});
const auth = (value: unknown) => ofClient({auth: value});

type Case = readonly [name: string, config: unknown, expected: RegExp];

function errors(cases: readonly Case[]): void {
  test.each(cases)('%s', (_, config, expected) => {
    const lines = errorsOf(config);
    expect(lines.join('\n')).toMatch(expected);
    for (const line of lines) expect(line).not.toContain('\n');
    expect(lines.every((line) => line.length < 600)).toBe(true);
  });
}

describe('the document', () => {
  errors([
    ['no resources', {client}, /^resources /],
    ['no client', {resources: ['posts']}, /^client /],
    ['resources that are no list', {client, resources: {a: 1}}, /^resources /],
    ['an unknown key', {client, resources: ['r'], resource: []}, /^resource unknown key; did you mean resources/],
    ['no base_url', {client: {}, resources: ['r']}, /^client\.base_url /],
    ['an unknown key of the client', ofClient({invalid_key: 1}), /^client\.invalid_key unknown key/],
    ['a session', ofClient({session: 'x'}), /^client\.session /],
    ['headers that are no map', ofClient({headers: ['a']}), /^client\.headers /],
    ['a header name that is none', ofClient({headers: {'a b': 'x'}}), /^client\.headers\["a b"\] /],
    ['a base_url without http', {client: {base_url: 'ftp://x'}, resources: ['r']}, /^client\.base_url /],
  ]);
});

describe('resources', () => {
  errors([
    ['without a name', ofResource({endpoint: 'x'}), /^resources\[0\]\.name /],
    ['a number', ofResource(5), /^resources\[0\] /],
    [
      'an unknown key',
      ofResource({name: 'r', endpont: 'x'}),
      /^resources\[0\]\.endpont unknown key; did you mean endpoint/,
    ],
    ['twice the same name', {client, resources: ['a', {name: 'a'}]}, /^resources\[1\].*a/],
    ['selected as text', ofResource({name: 'r', selected: 'false'}), /^resources\[0\]\.selected /],
    [
      'a data_type',
      ofResource({name: 'r', columns: {a: {data_type: 'int'}}}),
      /^resources\[0\]\.columns\.a\.data_type /,
    ],
    ['an unknown parent', ofEndpoint('{resources.issuess.id}/c'), /^resources\[0\]\.endpoint\.path .*issuess/],
    [
      'unbound names',
      ofEndpoint('{org}/{repo}/issues'),
      /^resources\[0\]\.endpoint\.path .*org[\s\S]*endpoint\.path .*repo/,
    ],
    [
      'defaults with an unknown key',
      {client, resource_defaults: {endpiont: {}}, resources: ['r']},
      /^resource_defaults\.endpiont unknown key/,
    ],
    ['defaults with a name', {client, resource_defaults: {name: 'x'}, resources: ['r']}, /^resource_defaults\.name /],
  ]);
});

describe('endpoints', () => {
  errors([
    [
      'an unknown key',
      ofEndpoint({data_selecter: 'x'}),
      /^resources\[0\]\.endpoint\.data_selecter unknown key; did you mean data_selector/,
    ],
    ['a method', ofEndpoint({method: 'DELETE'}), /^resources\[0\]\.endpoint\.method /],
    [
      'json and data',
      ofEndpoint({method: 'POST', json: {a: 1}, data: {b: 1}}),
      /^resources\[0\]\.endpoint\.data .*json/,
    ],
    ['data as a number', ofEndpoint({method: 'POST', data: 5}), /^resources\[0\]\.endpoint\.data /],
    ['params as a list', ofEndpoint({params: ['a']}), /^resources\[0\]\.endpoint\.params /],
    [
      'a param of an unknown type',
      ofEndpoint({params: {a: {type: 'resolv', resource: 'x', field: 'y'}}}),
      /^resources\[0\]\.endpoint\.params\.a/,
    ],
    [
      'resolve without a field',
      ofEndpoint({path: '{a}', params: {a: {type: 'resolve', resource: 'x'}}}),
      /^resources\[0\]\.endpoint\.params\.a\.field is missing/,
    ],
    ['a selector that is no path', ofEndpoint({data_selector: 'a[?('}), /^resources\[0\]\.endpoint\.data_selector /],
    [
      'a selector with arithmetic',
      ofEndpoint({data_selector: '$.a + $.b'}),
      /^resources\[0\]\.endpoint\.data_selector /,
    ],
    ['a selector with a function', ofEndpoint({data_selector: 'a.`len`'}), /^resources\[0\]\.endpoint\.data_selector /],
    ['a header that is an object', ofEndpoint({headers: {a: {b: 1}}}), /^resources\[0\]\.endpoint\.headers\.a /],
    ['incremental that is text', ofEndpoint({incremental: 'updated_at'}), /^resources\[0\]\.endpoint\.incremental /],
  ]);
});

describe('paginators', () => {
  errors([
    [
      'an unknown name',
      paginator('non_existing'),
      /^resources\[0\]\.endpoint\.paginator unknown paginator .*json_link/,
    ],
    ['an unknown type', paginator({type: 'ofset'}), /^resources\[0\]\.endpoint\.paginator\.type .*did you mean offset/],
    ['no type', paginator({next_url_path: 'x'}), /^resources\[0\]\.endpoint\.paginator/],
    ['a number', paginator(5), /^resources\[0\]\.endpoint\.paginator /],
    [
      'an unknown key',
      paginator({type: 'header_link', links_next: 'x'}),
      /^resources\[0\]\.endpoint\.paginator\.links_next unknown key; did you mean links_next_key/,
    ],
    ['a limit as text', paginator({type: 'offset', limit: '5'}), /^resources\[0\]\.endpoint\.paginator\.limit /],
    ['a limit of true', paginator({type: 'offset', limit: true}), /^resources\[0\]\.endpoint\.paginator\.limit /],
    ['a limit of 0', paginator({type: 'offset', limit: 0}), /^resources\[0\]\.endpoint\.paginator\.limit /],
    [
      'an empty name',
      paginator({type: 'offset', offset_param: ''}),
      /^resources\[0\]\.endpoint\.paginator\.offset_param /,
    ],
    [
      'an empty body path',
      paginator({type: 'page_number', page_body_path: ''}),
      /^resources\[0\]\.endpoint\.paginator\.page_body_path /,
    ],
    [
      'offset in two places',
      paginator({type: 'offset', offset_param: 'a', offset_body_path: 'b'}),
      /paginator.*offset_param.*offset_body_path/,
    ],
    [
      'limit in two places',
      paginator({type: 'offset', limit_param: 'a', limit_body_path: 'b'}),
      /paginator.*limit_param.*limit_body_path/,
    ],
    [
      'page in two places',
      paginator({type: 'page_number', page_param: 'a', page_body_path: 'b'}),
      /paginator.*page_param.*page_body_path/,
    ],
    [
      'cursor in two places',
      paginator({type: 'cursor', cursor_param: 'a', cursor_body_path: 'b'}),
      /paginator.*cursor_param.*cursor_body_path/,
    ],
    [
      'offset that never ends',
      paginator({type: 'offset', stop_after_empty_page: false, total_path: null}),
      /paginator.*nothing ends/,
    ],
    [
      'pages that never end',
      paginator({type: 'page_number', stop_after_empty_page: false, total_path: null}),
      /paginator.*nothing ends/,
    ],
    [
      'a path that is none',
      paginator({type: 'cursor', cursor_path: 'a['}),
      /^resources\[0\]\.endpoint\.paginator\.cursor_path /,
    ],
    ['of the client', ofClient({paginator: {type: 'header_lnk'}}), /^client\.paginator\.type .*header_link/],
    ['code', paginator('<class CustomPaginator>'), /^resources\[0\]\.endpoint\.paginator is code/],
    [
      'stop_when that is no CEL',
      paginator({type: 'json_link', stop_when: 'a =='}),
      /^resources\[0\]\.endpoint\.paginator\.stop_when /,
    ],
  ]);

  test.each([
    'auto',
    'single_page',
    'json_link',
    'header_link',
    'cursor',
    'header_cursor',
    'page_number',
    'offset',
    'inherit',
    'json_response',
  ])('the name alone: %s', (name) => {
    expect(errorsOf(paginator(name))).toEqual([]);
  });

  test.each([
    {type: 'json_link', next_url_path: 'response.next'},
    {type: 'header_link', links_next_key: 'next_page'},
    {type: 'page_number', page: 10, base_page: 1, total_path: 'response.pages', maximum_page: 5, page_param: 'p'},
    {
      type: 'offset',
      limit: 10,
      offset: 42,
      limit_param: 'max_page_size',
      offset_param: 'o',
      maximum_offset: 1000,
      total_path: null,
    },
    {type: 'cursor', cursor_path: 'cursors.next', cursor_param: 'cursor'},
    {type: 'header_cursor', cursor_key: 'next', cursor_param: 'cursor'},
  ])('%j', (value) => {
    expect(errorsOf(paginator(value))).toEqual([]);
  });
});

describe('auth', () => {
  errors([
    ['an unknown type', auth({type: 'non_existing'}), /^client\.auth\.type unknown auth type .*bearer/],
    ['an unknown name', auth('non_existing'), /^client\.auth\.type unknown auth type .*bearer/],
    [
      'an unknown key',
      auth({type: 'bearer', token: 't0k3n', tokn: 1}),
      /^client\.auth\.tokn unknown key; did you mean token/,
    ],
    ['api_key without a key', auth('api_key'), /^client\.auth\.api_key is missing/],
    ['api_key as an object without a key', auth({type: 'api_key', name: 'x'}), /^client\.auth\.api_key is missing/],
    ['basic without a password', auth({type: 'http_basic', username: 'u'}), /^client\.auth\.password is missing/],
    ['bearer without a token', auth({type: 'bearer'}), /^client\.auth\.token is missing/],
    [
      'a place that is none',
      auth({type: 'api_key', api_key: 'k3y-k3y', location: 'footer'}),
      /^client\.auth\.location /,
    ],
    [
      'oauth without a URL',
      auth({type: 'oauth2_client_credentials', client_id: 'i', client_secret: 's3cr3t'}),
      /^client\.auth\.token_url is missing/,
    ],
    [
      'of an endpoint',
      ofEndpoint({auth: {type: 'berer', token: 'x'}}),
      /^resources\[0\]\.endpoint\.auth\.type .*bearer/,
    ],
    ['code', auth('<class CustomAuth>'), /^client\.auth is code/],
    ['a kind of a later version', auth({type: 'oauth2_jwt_bearer'}), /^client\.auth\.type /],
  ]);

  test('the error does not print the credential', () => {
    const secret = 'sup3r-secret-value';
    for (const value of [
      {type: 'bearer', token: secret, extra: secret},
      {type: 'api_key', api_key: secret, location: secret},
      {type: secret, token: secret},
      {type: 'http_basic', username: 'u', password: secret, x: {y: secret}},
    ]) {
      const lines = errorsOf(auth(value)).join('\n');
      expect(lines).not.toBe('');
      expect(lines).not.toContain(secret);
    }
  });
});

test('all errors at once, each with its place', () => {
  const config = {
    client: {...client, invalid_key: 1},
    resources: [
      {name: 'a', endpoint: {data_selecter: 'x'}},
      {name: 'b', endpoint: {path: '{resources.c.id}'}},
    ],
  };
  expect(errorsOf(config).map((line) => line.split(' ')[0])).toEqual(
    expect.arrayContaining(['client.invalid_key', 'resources[0].endpoint.data_selecter']),
  );
});
