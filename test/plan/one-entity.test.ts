import {expect, test} from 'vitest';
import type {EndpointConfig} from '../../src/config/config.js';
import {isOneEntity} from '../../src/plan/one-entity.js';

const endpoint = (path: string, params: EndpointConfig['params'] = {}): EndpointConfig => ({
  path,
  method: 'GET',
  params,
  headers: {},
  auth: [],
  response_actions: [],
  retry: {max_retries: 3, backoff_factor: 2, status_codes: [], max_delay: 300_000},
});

test.each([
  ['posts/{resources.posts.id}', true],
  ['posts/{resources.posts.id}/', true],
  ['posts/{resources.posts.id}?expand=all', true],
  ['posts/{id}', true],
  ['accounts/{vars.account}', true],
  ["posts/{resources.posts['a/b']}", true],
  ['posts/{resources.posts.id}/comments', false],
  // dlt's rule looks at the text alone and reads one page of these (trap T5).
  ['comments?post_id={resources.posts.id}', false],
  ['since/{incremental.start_value}', false],
  ['posts/{id}.json', false],
  ['posts', false],
  ['', false],
])('%s: %s', (path, expected) => expect(isOneEntity(endpoint(path))).toBe(expected));

test('a path that is one placeholder, holding the URL of an entity', () => {
  expect(isOneEntity(endpoint('{resources.posts.url}'))).toBe(true);
});
