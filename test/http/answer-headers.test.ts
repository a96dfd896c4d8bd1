import {expect, test} from 'vitest';
import {answerHeaders} from '../../src/http/answer-headers.js';

test('by name in any case, repeated ones joined, nothing of the prototype', () => {
  const headers = answerHeaders({link: '<a>; rel="next", <b>; rel="last"', 'set-cookie': ['a=1', 'b=2'], etag: '"x"'});
  expect(headers.get('Link')).toBe('<a>; rel="next", <b>; rel="last"');
  expect(headers.get('set-cookie')).toBe('a=1, b=2');
  expect(headers.get('constructor')).toBeNull();
  expect(headers.has('ETag')).toBe(true);
  expect(headers.has('toString')).toBe(false);
  expect(Object.fromEntries(headers)).toEqual({
    etag: '"x"',
    link: '<a>; rel="next", <b>; rel="last"',
    'set-cookie': 'a=1, b=2',
  });
});
