import {describe, expect, test} from 'vitest';
import {authNames} from '../../../src/config/dialects/auth-names.js';
import {translate, translateEndpoint, translatePaginator} from './translate.js';

describe('auth', () => {
  const oauth2 = {client_id: 'i', client_secret: 's', token_url: 'https://x.com/t'};

  test.each<[object, object, string]>([
    [{type: 'basic', username: 'u'}, {type: 'http_basic', username: 'u'}, 'http_basic'],
    [{type: 'oauth2', ...oauth2}, {type: 'oauth2_client_credentials', ...oauth2}, 'oauth2_client_credentials'],
    [
      {type: 'oauth2', ...oauth2, refresh_token: 'r'},
      {type: 'oauth2_refresh_token', ...oauth2, refresh_token: 'r'},
      'oauth2_refresh_token',
    ],
    [
      {type: 'oauth2', ...oauth2, grant_type: 'refresh_token'},
      {type: 'oauth2_refresh_token', ...oauth2},
      'oauth2_refresh_token',
    ],
    [{type: 'bearer', api_key: 'k'}, {type: 'bearer', token: 'k'}, 'token'],
    [{api_key: 'k'}, {token: 'k'}, 'token'],
  ])('%j', (auth, translated, word) => {
    const client = translate({client: {auth: {...auth}}}, authNames);
    expect(client.document).toEqual({client: {auth: translated}});
    expect(client.problems).toEqual([
      expect.stringMatching(new RegExp(`^warning client\\.auth\\.\\w+ .*write ${word}$`)),
    ]);
    const list = translate({resource_defaults: {endpoint: {auth: [null, {...auth}]}}}, authNames);
    expect(list.document).toEqual({resource_defaults: {endpoint: {auth: [null, translated]}}});
    expect(list.problems[0]).toMatch(/^warning resource_defaults\.endpoint\.auth\[1\]\./);
  });

  test.each([
    {type: 'oauth2', grant_type: 'password', ...oauth2},
    {name: 'X-Key', api_key: 'k'},
    {type: 'api_key', api_key: 'k'},
    {type: 'bearer', token: 't', api_key: 'k'},
  ])('%j stays', (auth) => {
    expect(translate({client: {auth}}, authNames)).toEqual({document: {client: {auth}}, problems: []});
  });

  test.each([
    ['cookie', /location: cookie/],
    ['custom', /is code.*write an auth type/],
  ])('%s is refused', (type, message) => {
    const {document, problems} = translate({client: {auth: {type}}}, authNames);
    expect(document).toEqual({client: {auth: null}});
    expect(problems).toEqual([expect.stringMatching(message)]);
  });
});

describe('page numbers and sizes', () => {
  test.each<[object, object]>([
    [
      {type: 'page_number', start_from_page: 0},
      {type: 'page_number', base_page: 0},
    ],
    [
      {type: 'cursor', page_size: 5, limit_param: 'n'},
      {type: 'cursor', limit: 5, limit_param: 'n'},
    ],
    [
      {type: 'offset', limit: 5, page_param: 'p'},
      {type: 'page_number', limit: 5, page_param: 'p'},
    ],
    [{type: 'page_number', limit_param: 'n'}, {type: 'page_number'}],
    [
      {type: 'page_number', base_page: 1, inject_on_first_request: true},
      {type: 'page_number', base_page: 1},
    ],
    [
      {type: 'json_response', next_url_path: 'n'},
      {type: 'json_link', next_url_path: 'n'},
    ],
  ])('%j', (written, translated) => {
    const {paginator, problems} = translatePaginator({...written});
    expect(paginator).toEqual(translated);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^warning resources\[0\]\.endpoint\.paginator\./);
  });

  test('offset_param: page is a question only', () => {
    const written = {type: 'offset', offset_param: 'page'};
    const {paginator, problems} = translatePaginator(written);
    expect(paginator).toEqual(written);
    expect(problems).toEqual([
      expect.stringContaining('if the API counts pages, write {type: page_number, page_param: page}'),
    ]);
  });

  test('client and resource_defaults too, and the shorthand', () => {
    const {document} = translate({
      client: {paginator: 'json_response'},
      resource_defaults: {endpoint: {paginator: {type: 'page_number', start_from_page: 1}}},
    });
    expect(document).toEqual({
      client: {paginator: 'json_link'},
      resource_defaults: {endpoint: {paginator: {type: 'page_number', base_page: 1}}},
    });
  });

  test.each([{type: 'custom'}, {type: 'cursor', step: 'P1D'}])('%j is refused', (paginator) => {
    expect(translatePaginator(paginator).problems).toEqual([expect.stringMatching(/^error .*write /)]);
  });
});

describe('error_handler', () => {
  const written = {retry_on_status_codes: [429, 403], max_retries: 0, backoff_factor: 2, ignore_status_codes: [404]};

  test('is retry and response_actions', () => {
    const {endpoint, problems} = translateEndpoint({path: 'x', error_handler: written});
    expect(endpoint).toEqual({
      path: 'x',
      retry: {max_retries: 0, backoff_factor: 2, status_codes: [429, 403]},
      response_actions: [{status_code: 404, action: 'ignore'}],
    });
    expect(problems).toHaveLength(1);
  });

  test('what is written already wins, codes and actions add up', () => {
    const {endpoint} = translateEndpoint({
      retry: {max_retries: 5, status_codes: [400]},
      response_actions: [{status_code: 410, action: 'ignore'}],
      error_handler: written,
    });
    expect(endpoint).toEqual({
      retry: {max_retries: 5, backoff_factor: 2, status_codes: [400, 429, 403]},
      response_actions: [
        {status_code: 410, action: 'ignore'},
        {status_code: 404, action: 'ignore'},
      ],
    });
  });

  test('of a resource and of the client', () => {
    const {document} = translate({
      client: {error_handler: {max_retries: 1}},
      resources: [{name: 'a', endpoint: 'path', error_handler: {max_retries: 2}}],
    });
    expect(document).toEqual({
      client: {retry: {max_retries: 1}},
      resources: [{name: 'a', endpoint: {path: 'path', retry: {max_retries: 2}}}],
    });
  });

  test('of both: the endpoint wins', () => {
    const {document} = translate({
      resources: [
        {name: 'a', error_handler: {max_retries: 2, backoff_factor: 3}, endpoint: {error_handler: {max_retries: 1}}},
      ],
    });
    expect(document).toEqual({resources: [{name: 'a', endpoint: {retry: {max_retries: 1, backoff_factor: 3}}}]});
  });

  test.each([{type: 'CompositeErrorHandler'}, 'x', null])('%j is refused', (error_handler) => {
    const {endpoint, problems} = translateEndpoint({path: 'x', error_handler});
    expect(endpoint).toEqual({path: 'x'});
    expect(problems).toEqual([expect.stringMatching(/^error .*write retry: /)]);
  });
});

test('http_method and body', () => {
  expect(translateEndpoint({http_method: 'post', body: {a: null}}).endpoint).toEqual({method: 'post', json: {a: null}});
  expect(translateEndpoint({body: 'a=1'}).endpoint).toEqual({data: 'a=1'});
  expect(translateEndpoint({body: [], json: {}}).problems).toEqual([
    expect.stringMatching(/^error .*stands beside json/),
  ]);
});

test('record_filter is the first step', () => {
  const steps = [{map: {remove: ['x']}}];
  const {document} = translate({
    resources: [
      {name: 'a', processing_steps: steps, endpoint: {path: 'a', record_filter: "{{ record['type'] == 'file' }}"}},
      {name: 'b', record_filter: {type: 'RecordFilter', condition: "{{ record.n > 3 and not record['gone'] }}"}},
    ],
  });
  expect(document).toEqual({
    resources: [
      {name: 'a', processing_steps: [{filter: 'record.type == "file"'}, ...steps], endpoint: {path: 'a'}},
      {
        name: 'b',
        processing_steps: [
          {filter: '(record.n > 3) && (!("gone" in record && !(record.gone in [null, false, 0, "", [], {}])))'},
        ],
      },
    ],
  });
  const refused = translate({
    resources: [{name: 'a', record_filter: "{{ record.updated > stream_interval['start'] }}"}],
  });
  expect(refused.document).toEqual({resources: [{name: 'a'}]});
  expect(refused.problems).toEqual([
    expect.stringMatching(/^error resources\[0\]\.record_filter .*write processing_steps/),
  ]);
});
