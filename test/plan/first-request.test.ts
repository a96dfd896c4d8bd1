import {describe, expect, test} from 'vitest';
import {errorsOf, problemsOf, run, serve, source} from '../dlt/run.js';
import {json} from '../support/api-server.js';

/** Placeholders of the start and end before there is a state (config-language §8, Sent). */

const endpoint = (keys: object, incremental: object = {}) => ({
  client: {base_url: 'https://api.example.com'},
  resources: [{name: 'r', endpoint: {incremental: {cursor_path: 'at', ...incremental}, ...keys}}],
});
const body = (text: string) => ({method: 'POST', json: {a: text}});

describe('no value in the first request', () => {
  test.each([
    ['x/{incremental.start_value}/y', 'initial_value'],
    ['x/{window.start}/y', 'initial_value'],
    ['{incremental.last_value}', 'initial_value'],
    ['x/{incremental.end_value}', 'end_value'],
  ])('in the path %s: an error that asks for %s', (path, key) => {
    expect(errorsOf(endpoint({path}))).toEqual([
      expect.stringMatching(new RegExp(`^resources\\[0\\]\\.endpoint\\.path .*give incremental\\.${key}$`)),
    ]);
  });

  test.each([
    ['{incremental.start_value}', {initial_value: 1}],
    ['{incremental.end_value}', {end_value: 1}],
    ['{window.end}', {initial_value: '2024-01-01', step: 'P1D'}],
    ['{incremental.lag}', {lag: 1}],
    ['{incremental.cursor_path}', {}],
    ['x?since={incremental.start_value}', {}],
  ])('in the path %s with %j: none', (path, incremental) => {
    expect(errorsOf(endpoint({path}, incremental))).toEqual([]);
  });

  test('in json alone a warning, in text an error; lag and cursor_path are always known', () => {
    for (const name of ['start_value', 'end_value', 'start_value|iso_date']) {
      expect(problemsOf(endpoint(body(`{incremental.${name}}`)), 'warning').join()).toContain('is null in the first');
      expect(errorsOf(endpoint(body(`>{incremental.${name}}`))).join()).toContain('has text around it');
    }
    expect(errorsOf(endpoint(body('>{incremental.cursor_path}{incremental.lag}'), {lag: 1}))).toEqual([]);
  });
});

test.each([
  ['r?since={incremental.start_value}', '/r', '/r?since=5'],
  ['r?a=1&since={incremental.start_value}', '/r?a=1', '/r?a=1&since=5'],
  ['r?since={incremental.start_value}&a=1', '/r?a=1', '/r?since=5&a=1'],
  ['r?a=1&since=gt{incremental.start_value}x&b=2', '/r?a=1&b=2', '/r?a=1&since=gt5x&b=2'],
  ['r?s={incremental.start_value}-{incremental.start_value}', '/r', '/r?s=5-5'],
  ['r?s={incremental.start_value}&t={incremental.start_value}&u=1', '/r?u=1', '/r?s=5&t=5&u=1'],
])('an entry of the query in %s is left out', async (path, first, second) => {
  await using api = await serve(() => json([{at: 5}]));
  const config = source(api, [{name: 'r', endpoint: {path, incremental: {cursor_path: 'at'}}}]);
  const one = await run(api, config);
  expect([one.calls, (await run(api, config, {after: one})).calls]).toEqual([[first], [second]]);
});
