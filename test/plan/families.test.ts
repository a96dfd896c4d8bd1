import {expect, test} from 'vitest';
import {errorsOf} from '../dlt/run.js';

const client = {base_url: 'https://api.example.com'};
const from = (resource: string) => ({type: 'resolve', resource, field: 'id'});

test('a wrong parent is one error: the names that it would have bound are no further ones', () => {
  const child = (params: object) => ({name: 'c', endpoint: {path: 'c/{x}/{y}', params}});
  expect(errorsOf({client, resources: ['a', 'b', child({x: from('a'), y: from('b')})]})).toEqual([
    expect.stringMatching(/^resources\[2\]\.endpoint\.params\.y has two parents, a and b/),
  ]);
  expect(errorsOf({client, resources: ['a', child({x: from('aa'), y: from('aa')})]})).toEqual([
    expect.stringMatching(/^resources\[1\]\.endpoint\.params\.x .*no resource "aa"/),
  ]);
});

test('an end before the start is an error; moments of the sync are not compared', () => {
  const incremental = (keys: object) => ({
    client,
    resources: [{name: 'r', endpoint: {incremental: {cursor_path: 'at', ...keys}}}],
  });
  const wrong = [expect.stringMatching(/^resources\[0\]\.endpoint\.incremental\.end_value lies before initial_value/)];
  expect(errorsOf(incremental({initial_value: 10, end_value: 9}))).toEqual(wrong);
  expect(errorsOf(incremental({initial_value: 9, end_value: 10, last_value_func: 'min'}))).toEqual(wrong);
  expect(errorsOf(incremental({initial_value: '2024-01-02', end_value: '2024-01-01T23:00:00Z'}))).toEqual(wrong);
  expect(
    errorsOf(incremental({initial_value: '2024-01-01T01:00:00+02:00', end_value: '2024-01-01T00:00:00Z'})),
  ).toEqual([]);
  expect(errorsOf(incremental({initial_value: 9, end_value: 10}))).toEqual([]);
  expect(errorsOf(incremental({initial_value: 'now-P2Y', end_value: 'now'}))).toEqual([]);
  expect(errorsOf(incremental({initial_value: 'b', end_value: 'a'}))).toEqual([]);
});
