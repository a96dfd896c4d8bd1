import {describe, expect, test} from 'vitest';
import {translatePaginator} from './translate.js';

describe('cursor_value', () => {
  test.each<[string, object]>([
    ['{{ response.next }}', {cursor_path: 'next'}],
    ["{{ response.get('links', {}).get('next') }}", {cursor_path: 'links.next'}],
    ['{{ response.get("paging", {}).get("next", {}) }}', {cursor_path: 'paging.next'}],
    ["{{ response['meta']['@odata.nextLink'] }}", {cursor_path: "meta['@odata.nextLink']"}],
    ["{{ response.next or '' }}", {cursor_path: 'next'}],
    ['{{ response.data[-1].id }}', {cursor_path: 'data[-1].id'}],
    ["{{ last_record['id'] }}", {cursor_path: 'id', cursor_from: 'last_record'}],
    ['meta.next_token', {cursor_path: 'meta.next_token'}],
  ])('%s', (cursor_value, members) => {
    const {paginator, problems} = translatePaginator({type: 'cursor', cursor_value, cursor_param: 'c'});
    expect(paginator).toEqual({type: 'cursor', ...members, cursor_param: 'c'});
    expect(problems).toEqual([
      expect.stringMatching(/^warning resources\[0\]\.endpoint\.paginator\.cursor_value .*write cursor_path: /),
    ]);
  });

  test('another header is header_cursor', () => {
    const {paginator} = translatePaginator({
      type: 'cursor',
      cursor_value: "{{ headers['X-Next'] }}",
      cursor_param: 'c',
    });
    expect(paginator).toEqual({type: 'header_cursor', cursor_key: 'X-Next', cursor_param: 'c'});
  });

  test.each(['{{ response.page + 1 }}', "{{ config['start'] }}", '{{ response.next | tojson }}', 7, null])(
    '%s is refused',
    (cursor_value) => {
      const {paginator, problems} = translatePaginator({type: 'cursor', cursor_value, cursor_param: 'c'});
      expect(paginator).toEqual({type: 'cursor', cursor_param: 'c'});
      expect(problems).toEqual([expect.stringMatching(/^error .*cursor_value is no path: write cursor_path/)]);
    },
  );

  test('a cursor_path beside it wins', () => {
    const {paginator} = translatePaginator({type: 'cursor', cursor_value: '{{ response.a }}', cursor_path: 'b'});
    expect(paginator).toEqual({type: 'cursor', cursor_path: 'b'});
  });
});

describe('the Link header', () => {
  test.each([
    {cursor_path: 'headers.link.next.url'},
    {cursor_value: "{{ headers['link']['next']['url'] }}", stop_condition: "{{ 'next' not in headers['link'] }}"},
    {
      cursor_path: 'headers.link.next.cursor',
      cursor_param: 'cursor',
      stop_condition: "headers.link.next.results == 'false'",
    },
    {cursor_param: 'Link', stop_condition: "not headers.get('Link') or 'rel=\"next\"' not in headers.get('Link')"},
  ])('%s', (words) => {
    const {paginator, problems} = translatePaginator({type: 'cursor', limit: 50, ...words});
    expect(paginator).toEqual({type: 'header_link', limit: 50});
    expect(problems).toEqual([expect.stringMatching(/^warning .*write type: header_link$/)]);
  });

  test('another relation', () => {
    expect(translatePaginator({type: 'cursor', cursor_path: 'headers.link.older.url'}).paginator).toEqual({
      type: 'header_link',
      links_next_key: 'older',
    });
  });
});

test('plain paths are left alone, response. too: the body decides', () => {
  for (const cursor_path of ['response.next', 'meta.next', '@odata.nextLink', "data[?@.x == 'get(']", 'headers']) {
    const written = {type: 'cursor', cursor_path, cursor_param: 'c'};
    expect(translatePaginator(written)).toEqual({paginator: written, problems: []});
  }
});
