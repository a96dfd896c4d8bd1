import {expect, test} from 'vitest';
import {startApi} from '../support/api-server.js';
import {get, sending} from './setup.js';

test('where nothing answers base_url is named, and trying again may still help', async () => {
  const api = await startApi({});
  await api.close();
  const {refusal} = sending({base: api.url, retry: {maxRetries: 1}});
  expect(await refusal(get(`${api.url}/items`))).toMatch(
    /^transient_error: items: GET \S+ failed: .*ECONNREFUSED.*\. Check base_url: nothing answers there\. Given up after 2 tries: try again later$/,
  );
  const unknown = sending({base: 'http://nowhere.invalid', retry: {maxRetries: 0}});
  expect(await unknown.refusal(get('http://nowhere.invalid/items'))).toMatch(
    /^transient_error: .*(ENOTFOUND|EAI_AGAIN).* Check base_url: nothing answers there\. /,
  );
});

test('a connection that is cut is no reason to doubt base_url', async () => {
  await using api = await startApi(() => ({reset: true}));
  const {refusal} = sending({base: api.url, retry: {maxRetries: 0}});
  expect(await refusal(get(`${api.url}/items`))).not.toContain('base_url');
});

test.each([
  [
    'text/html',
    '<html><title>Log in</title></html>',
    /answered 200 .*\. An HTML page titled "Log in" came back instead of JSON: check base_url and the path, or auth;/,
  ],
  ['application/json', '{"a": 1 "b"}', /answered 200: .*\. The body is no valid JSON: /],
])('%s that is no JSON says what came and what to check', async (type, body, message) => {
  await using api = await startApi(() => ({headers: {'content-type': type}, body}));
  const {refusal} = sending({base: api.url, retry: {maxRetries: 0}});
  expect(await refusal(get(`${api.url}/items`))).toMatch(message);
});

test('a sentence does not begin with a key of the configuration', async () => {
  await using api = await startApi(() => ({body: '{"rows": [{"id": 1}], "data": 5}'}));
  const {refusal} = sending({base: api.url, selector: 'data'});
  const text = await refusal(get(`${api.url}/items`));
  expect(text).toContain('The data_selector data selects 5');
  expect(text).not.toContain('Data_selector');
});
