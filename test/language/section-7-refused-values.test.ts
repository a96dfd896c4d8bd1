import {expect, test} from 'vitest';
import {attempt, serve, source} from '../dlt/run.js';
import {json} from '../support/api-server.js';
import {runSource} from '../support/run-source.js';

const answer = {data: [{id: 1}], next: {a: {b: 1}}, text: 'x'};

/** The error of reading `c`, whose parent has one row. */
async function errorOf(endpoint: object, row: unknown = {id: 7}): Promise<string> {
  await using api = await serve(() => json(answer));
  const resources = [
    {name: 'p', records: [row]},
    {name: 'c', endpoint: {path: 'c?p={resources.p.id}', ...endpoint}},
  ];
  return (await attempt(api, source(api, resources), {streams: ['c']})).errors;
}

const cursor = {type: 'cursor', cursor_path: 'next'};

test.each<[string, object, RegExp]>([
  [
    'a cursor that is an object, in the query',
    {paginator: {...cursor, cursor_param: 'after'}},
    /^resources\[1\]\.endpoint\.paginator\.cursor_param: the value for after is an object: \{"a":\{"b":1\}\}/,
  ],
  [
    'in the body, where a text is',
    {method: 'POST', json: {a: 'x'}, paginator: {...cursor, cursor_body_path: 'a.b'}},
    /^resources\[1\]\.endpoint\.paginator\.cursor_body_path: "a\.b" does not fit the JSON body/,
  ],
  [
    'an offset behind the end of a list',
    {method: 'POST', json: {a: [1]}, paginator: {type: 'offset', offset_body_path: 'a.3'}},
    /^resources\[1\]\.endpoint\.paginator\.offset_body_path: "a\.3" does not fit the JSON body: "3" is no index of a list of 1/,
  ],
  [
    'a page size',
    {method: 'POST', json: {a: [1]}, paginator: {...cursor, limit: 5, limit_body_path: 'a.x'}},
    /^resources\[1\]\.endpoint\.paginator\.limit_body_path: "a\.x" does not fit/,
  ],
  [
    'an object merged into a list',
    {method: 'POST', json: [1], paginator: {...cursor, cursor_body_path: '$'}},
    /^resources\[1\]\.endpoint\.paginator\.cursor_body_path: a value cannot be merged into a JSON body that is no object/,
  ],
  [
    'a header with a line break of the parent row',
    {headers: {'X-A': '{resources.p.text}'}},
    /^resources\[1\]\.endpoint\.headers\.X-A: the value of the header x-a holds the character U\+000A/,
  ],
])('what cannot be placed names its key: %s', async (_, endpoint, expected) => {
  expect(await errorOf(endpoint, {id: 7, text: 'a\nb'})).toMatch(expected);
});

test('users of the form read the name of its field', async () => {
  await using api = await serve(() => json(answer));
  const form = {base_url: api.url, streams: [{name: 'c', pagination: {...cursor, cursor_param: 'after'}}]};
  const catalog = {
    streams: [{stream: {name: 'c', json_schema: {}}, sync_mode: 'full_refresh', destination_sync_mode: 'append'}],
  };
  const {messages} = await runSource(['read', '--config', form, '--catalog', catalog]);
  expect(messages.errors().map(({message}) => message)).toEqual([
    expect.stringMatching(/^streams\[0\]\.pagination\.cursor_param: the value for after is an object/),
  ]);
  expect(messages.text).not.toContain('resources[0]');
});
