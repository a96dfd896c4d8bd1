import {describe, expect, test} from 'vitest';
import {findLink, headerText, parseLinks} from '../../src/http/link-header.js';
import {json, startApi} from '../support/api-server.js';
import {get, running, sending} from './setup.js';

const next = (link: string): string | undefined => findLink(new Headers({link}), 'next')?.target;

describe('findLink', () => {
  test.each([
    ['<https://a.com/?page=2>; rel="next"', 'https://a.com/?page=2'],
    ['<https://a.com/?p=1>; rel=prev, <https://a.com/?p=3>; rel=next', 'https://a.com/?p=3'],
    ['<https://a.com/?ids=1,2,3>; rel="next"', 'https://a.com/?ids=1,2,3'],
    ['<https://a.com/x;y=1>;rel="last", <?p=2>; title="a, \\"b\\"; rel=x"; rel="first NEXT"', '?p=2'],
    ['</p2>; rel = "next" ; rel="prev"', '/p2'],
    ['</p2> ; REL="next"', '/p2'],
    ['</p1>; rel="prev next-archive"', undefined],
    ['</p1>; anchor="#x"; rel="next"', '/p1'],
    ['<>; rel="next"', ''],
    ['</p1>', undefined],
    ['nonsense', undefined],
    ['</open; rel="next"', undefined],
    ['</a>; rel="next', '/a'],
    ['</a>; title="unclosed, </b>; rel="next"', undefined],
    ['</a>;;;=;rel=next;', '/a'],
    ['', undefined],
  ])('%s', (link, target) => {
    expect(next(link)).toBe(target);
  });

  test('attributes are shown, the first of a name counts', () => {
    const links = parseLinks('<https://sentry.io/x>; rel="next"; results="false"; cursor="0:100:0"; results="true"');
    expect(links).toHaveLength(1);
    expect(links[0]?.attributes.get('results')).toBe('false');
    expect(links[0]?.attributes.get('cursor')).toBe('0:100:0');
  });

  test('several headers are one list', async () => {
    await using api = await startApi(() =>
      json([], {headers: {link: ['<https://a.com/1>; rel="first"', '<https://a.com/2>; rel="next"']}}),
    );
    const {headers} = await sending({base: api.url}).send(get(api.url), {signal: running()});
    expect(findLink(headers, 'next')?.target).toBe('https://a.com/2');
  });

  test.each(['<', '<a>;', '<a>;x="', ',', ' ', '";', '\\', '<a>;rel=next;x="\\'])(
    '100,000 times %s takes no time',
    (part) => {
      const text = part.repeat(100_000);
      const started = performance.now();
      parseLinks(text);
      expect(performance.now() - started).toBeLessThan(2000);
    },
  );
});

test('UTF-8 in a header is read as such, other bytes stay', () => {
  expect(headerText(Buffer.from('/straße?q=日').toString('latin1'))).toBe('/straße?q=日');
  expect(headerText('/caf\xe9')).toBe('/café');
  expect(next(`<${Buffer.from('/ü').toString('latin1')}>; rel=next`)).toBe('/ü');
});
