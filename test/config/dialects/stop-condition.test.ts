import {describe, expect, test} from 'vitest';
import {compileExpression} from '../../../src/steps/cel.js';
import {translatePaginator} from './translate.js';

const cursor = {type: 'cursor', cursor_param: 'after', cursor_path: 'paging.after'};
const place = 'resources[0].endpoint.paginator.stop_condition';

describe('a missing cursor ends the walk anyway', () => {
  test.each([
    "{{ not response.get('paging', {}).get('after', {}) }}",
    'not paging.after',
    'paging.after is none',
    'response.paging.after is None',
    'paging.after is not defined',
    'paging.after is undefined',
    "{{ 'after' not in response['paging'] }}",
    'response.paging is not defined or response.paging.after is none',
    "response['paging']['after'] == none",
    'none',
    'no_more_pages',
    '',
  ])('%s', (stop_condition) => {
    const {paginator, problems} = translatePaginator({...cursor, stop_condition});
    expect(paginator).toEqual(cursor);
    expect(problems).toEqual([
      expect.stringMatching(new RegExp(`^warning ${place.replaceAll(/[[\].]/g, '\\$&')} .*leave it out`)),
    ]);
  });
});

describe('the condition names the cursor that is not written', () => {
  const open = {type: 'cursor', cursor_param: 'next'};

  test.each([
    ["response.get('next') is None", {cursor_path: 'next'}],
    ["{{ not response.get('meta', {}).get('next page', {}) }}", {cursor_path: "meta['next page']"}],
    ["not last_record.get('number')", {cursor_path: 'number', cursor_from: 'last_record'}],
    ["'next' not in response or response['next'] == 'inf'", {cursor_path: 'next', stop_when: 'response.next == "inf"'}],
  ])('%s', (stop_condition, added) => {
    expect(translatePaginator({...open, stop_condition}).paginator).toEqual({...open, ...added});
  });
});

describe('other conditions', () => {
  test.each<[string, object]>([
    ['{{ response.has_more is false }}', {has_more_path: 'has_more'}],
    ['pageInfo.hasNextPage is false', {has_more_path: 'pageInfo.hasNextPage'}],
    ["{{ not response.get('has_more', False) }}", {has_more_path: 'has_more'}],
    ['response.more == false', {has_more_path: 'more'}],
    ['{{ response.end_of_stream }}', {last_page_path: 'end_of_stream'}],
    ['response.isLast is true', {last_page_path: 'isLast'}],
    ["response.get('data')|length == 0", {stop_after_empty_page: true}],
    ["not response.get('data')", {stop_after_empty_page: true}],
    ['last_page_size == 0', {stop_after_empty_page: true}],
    ['last_page_size < 100', {stop_when: 'record_count < 100'}],
    ["response.get('count', {}) <= 1", {stop_when: 'response.count <= 1'}],
    ["response['page-no'] >= response.pages - 1", {stop_when: 'response["page-no"] >= response.pages - 1'}],
    ["headers['X-Done'] == 'yes'", {stop_when: 'headers["x-done"] == "yes"'}],
    ["last_record.id == 'z' and response.n > 2", {stop_when: '(last.id == "z") && (response.n > 2)'}],
    ['response.has_more is false or response.n == 3', {has_more_path: 'has_more', stop_when: 'response.n == 3'}],
    ['response.errors|length > 0', {stop_when: 'size(response.errors) > 0'}],
    ['response.status is none', {stop_when: '!("status" in response) || response.status == null'}],
  ])('%s', (stop_condition, added) => {
    const {paginator, problems} = translatePaginator({...cursor, stop_condition});
    expect(paginator).toEqual({...cursor, ...added});
    expect(problems).toEqual([expect.stringContaining(Object.keys(added)[0] ?? '')]);
  });

  test('an empty page ends counted walks anyway', () => {
    const offset = {type: 'offset', limit: 10};
    expect(translatePaginator({...offset, stop_condition: 'last_page_size == 0'}).paginator).toEqual(offset);
  });

  test('a missing link of page_number is an expression', () => {
    const {paginator} = translatePaginator({type: 'page_number', stop_condition: 'not response.links.next'});
    expect(paginator).toEqual({
      type: 'page_number',
      stop_when:
        '!("links" in response && "next" in response.links && !(response.links.next in [null, false, 0, "", [], {}]))',
    });
  });
});

test.each(["response.page > config['pages'] - 1", 'response.x | int > 3', 'range(3)', '{% if x %}', 'a b'])(
  '%s is refused once, and taken out',
  (stop_condition) => {
    const {paginator, problems} = translatePaginator({...cursor, stop_condition});
    expect(paginator).toEqual(cursor);
    expect(problems).toEqual([
      expect.stringMatching(/^error .*stop_condition cannot be translated: write has_more_path/),
    ]);
  },
);

test('anything but text is refused or dropped, never thrown', () => {
  for (const stop_condition of [null, false, 3, {}, [], {a: 1}]) {
    expect(translatePaginator({...cursor, stop_condition}).paginator).toEqual(cursor);
  }
});

describe("an expression keeps Jinja's truth", () => {
  const stops = (condition: string, response: object): unknown => {
    const {paginator} = translatePaginator({type: 'page_number', stop_condition: condition});
    const source =
      typeof paginator === 'object' && paginator !== null ? Reflect.get(paginator, 'stop_when') : undefined;
    return compileExpression(String(source), ['response', 'headers', 'record_count', 'first', 'last'])({
      response,
      headers: {},
      record_count: 1,
      first: null,
      last: null,
    });
  };

  test.each([{}, {a: {}}, {a: {b: null}}, {a: {b: ''}}, {a: {b: 0}}, {a: {b: false}}, {a: {b: []}}, {a: {b: {}}}])(
    '%j is false',
    (response) => {
      expect(stops('not response.a.b', response)).toBe(true);
    },
  );

  test.each([{a: {b: 'x'}}, {a: {b: 1.5}}, {a: {b: [0]}}, {a: {b: {c: null}}}, {a: {b: true}}])(
    '%j is true',
    (response) => {
      expect(stops('not response.a.b', response)).toBe(false);
    },
  );

  test('none is missing or null', () => {
    expect([{}, {a: null}, {a: 0}].map((response) => stops('response.a is none', response))).toEqual([
      true,
      true,
      false,
    ]);
  });
});
