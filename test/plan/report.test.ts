import {expect, test} from 'vitest';
import * as z from 'zod';
import {placeOf} from '../../src/config/problem.js';
import {configError} from '../../src/errors.js';
import {Report} from '../../src/plan/report.js';

const path = ['resources', 0, 'endpoint', 'paginator'];

test.each([
  ['resources[0].endpoint.paginator: nothing ends', 'resources[0].endpoint.paginator', 'nothing ends'],
  ['resources[0].endpoint.paginator.cursor_path: no path', 'resources[0].endpoint.paginator.cursor_path', 'no path'],
  ['resources[0].endpoint.paginator.a[1].b: x\ny', 'resources[0].endpoint.paginator.a[1].b', 'x\ny'],
  ['something else', 'resources[0].endpoint.paginator', 'something else'],
])('%j stands at %s', (text, place, message) => {
  const report = new Report();
  report.attempt(path, () => {
    throw configError(text);
  });
  expect(report.problems.map((problem) => [placeOf(problem.path), problem.message])).toEqual([[place, message]]);
});

test('what a schema refuses is told in words at its place', () => {
  const report = new Report();
  report.attempt(path, () => z.object({username: z.string()}).parse({username: null}));
  expect(report.problems.map((problem) => [placeOf(problem.path), problem.message])).toEqual([
    ['resources[0].endpoint.paginator.username', 'must be a string, is null'],
  ]);
});

test('what is no mistake of the user is thrown', () => {
  const work = () => {
    throw new TypeError('a bug');
  };
  expect(() => new Report().attempt(path, work)).toThrow(TypeError);
});
