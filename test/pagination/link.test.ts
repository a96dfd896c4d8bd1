import {expect, test} from 'vitest';
import {isLink, resolveLink} from '../../src/pagination/link.js';

const at = (path: string) => new URL(path, 'https://api.example.com');

test("links are URLs, paths with a query, and paths that begin with the request's own", () => {
  for (const link of [
    'http://x.example.com',
    'HTTPS://x.example.com/a',
    '/a?b=c',
    '?b=c',
    'a/b?c=',
    '/v1/items/2',
    '/v1/items',
  ]) {
    expect(isLink(link, at('/v1/items')), link).toBe(true);
  }
  for (const token of ['', 'abc', '/8f+a==', 'abc?', '?', 'ftp://x', '/v2/items', 'x y?a=b', 'a=b?c=d', 'eyJ/Yz?']) {
    expect(isLink(token, at('/v1/items')), token).toBe(false);
  }
  expect(isLink('/8f+a==', at('/'))).toBe(false);
});

test('what is no http(s) URL is an error naming the place', () => {
  for (const link of ['javascript:alert(1)', 'file:///etc/passwd', 'http://[', 'mailto:a@b.c']) {
    expect(() => resolveLink(link, at('/v1'), 'p.next_url_path', undefined), link).toThrow('p.next_url_path');
  }
  expect(resolveLink('/a?b=ü c', at('/v1'), 'p', undefined)).toBe('https://api.example.com/a?b=%C3%BC%20c');
  expect(resolveLink('?b=1', at('/v1/x'), 'p', 'https://other.example.com/v1')).toBe(
    'https://api.example.com/v1/x?b=1',
  );
  expect(resolveLink('https://o.example.com/a', at('/v1'), 'p', 'https://api.example.com/v1')).toBe(
    'https://o.example.com/a',
  );
});
