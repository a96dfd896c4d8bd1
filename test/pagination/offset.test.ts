import {describe, expect, test} from 'vitest';
import {ids, messageOf, offsetServer, paginatorOf, read, rows, warnings} from './answers.js';

const offset = (options: object = {}, unordered = false) =>
  paginatorOf({type: 'offset', limit: 10, ...options}, {unordered});

describe('requests', () => {
  test('limit and offset are sent on every request; a full last page needs one more', async () => {
    const log = await read(offset(), offsetServer(20));
    expect(log.sent).toEqual(['?offset=0&limit=10', '?offset=10&limit=10', '?offset=20&limit=10']);
    expect(log.ids).toEqual(ids(20));
    expect(log.end).toMatchObject({reason: 'empty page', suspicious: false, outcome: 'done'});
  });

  test('the default limit is 100', async () => {
    const log = await read(paginatorOf({type: 'offset'}), offsetServer(3));
    expect(log.sent).toEqual(['?offset=0&limit=100', '?offset=3&limit=100']);
  });

  test('limit_param null sends no limit, other names are used, equally named params replaced', async () => {
    const template = {
      method: 'GET',
      url: 'https://api.example.com/v1/items',
      headers: {},
      query: [
        ['skip', '99'],
        ['q', 'x'],
      ],
    } as const;
    const log = await read(
      offset({limit_param: null, offset_param: 'skip'}),
      (_, params) => ({
        body: {data: rows(Number(params.get('skip')), 3)},
      }),
      {base: template},
    );
    expect(log.sent).toEqual(['?skip=0&q=x', '?skip=3&q=x']);
  });

  test('places in a JSON body', async () => {
    const paginator = paginatorOf(
      {type: 'offset', limit: 2, offset_body_path: 'page.offset', limit_body_path: 'page.limit'},
      {body: 'json'},
    );
    const template = {
      method: 'POST',
      url: 'https://api.example.com/v1/items',
      query: [],
      headers: {},
      body: {kind: 'json', value: {q: 1}},
    } as const;
    const log = await read(paginator, () => ({body: {data: []}}), {base: template});
    expect(log.sent).toEqual([' {"q":1,"page":{"offset":0,"limit":2}}']);
  });

  test('first_page_only leaves the later requests', async () => {
    const template = {
      method: 'GET',
      url: 'https://api.example.com/v1/items?sort=id&x=1',
      headers: {},
      query: [['filter', 'a']],
    } as const;
    const log = await read(offset({first_page_only: ['filter', 'sort']}), offsetServer(10), {base: template});
    expect(log.sent).toEqual(['?sort=id&x=1&filter=a&offset=0&limit=10', '?x=1&offset=10&limit=10']);
  });
});

describe('a server that ignores the parameter', () => {
  const ignoring =
    (count: number, extra: object = {}) =>
    () => ({body: {data: rows(0, count), ...extra}});

  test('is an error on page 2, which is dropped', async () => {
    const log = await read(offset(), ignoring(10));
    expect(log.ids).toEqual(ids(10));
    expect(log.drops).toHaveLength(1);
    expect(messageOf(log)).toMatch(/ignores offset.*single_page/);
    expect(log.sent).toHaveLength(2);
  });

  test('more rows than limit are a warning: everything came at once', async () => {
    const log = await read(offset(), ignoring(25));
    expect(log.ids).toEqual(ids(25));
    expect(log.end?.suspicious).toBe(true);
    expect(warnings(log)[0]).toContain('limit is 10');
  });

  test('after a reached total the repeated page is the end', async () => {
    const log = await read(offset(), ignoring(10, {total: 10}));
    expect(log.ids).toEqual(ids(10));
    expect(log.end).toMatchObject({suspicious: false, outcome: 'done'});
  });

  test('on_repeat end and follow', async () => {
    const end = await read(offset({on_repeat: 'end'}), ignoring(10));
    expect(end.ids).toEqual(ids(10));
    expect(end.end).toMatchObject({suspicious: false});
    const follow = offset({on_repeat: 'follow'});
    expect(follow.resumable).toBe(false);
    const log = await read(follow, (_, __, count) => ({body: {data: count < 4 ? rows(0, 10) : []}}));
    expect(log.ids).toEqual([...ids(10), ...ids(10), ...ids(10)]);
    expect(log.end?.reason).toBe('empty page');
  });

  test('repeating the last page past the end is noticed', async () => {
    const log = await read(offset({on_repeat: 'end'}), (_, params) => {
      const at = Math.min(Number(params.get('offset')), 20);
      return {body: {data: rows(at, at + 10)}};
    });
    expect(log.ids).toEqual(ids(30));
  });
});

describe('sizes', () => {
  test('T6: a server cap below limit loses no row and is one warning', async () => {
    const log = await read(offset({limit: 5}), offsetServer(7, {cap: 2}));
    expect(log.ids).toEqual(ids(7));
    expect(log.sent.map((sent) => sent.replace(/.*offset=(\d+).*/, '$1'))).toEqual(['0', '2', '4', '6', '7']);
    expect(warnings(log)).toEqual(['the server gives at most 2 rows per page, not the 5 asked for; set limit']);
  });

  test('T6: with a cap the total ends the walk only after a page below the longest', async () => {
    const log = await read(offset({limit: 5}), offsetServer(7, {cap: 2, extra: () => ({total: 7})}));
    expect(log.end?.reason).toBe('total reached 7/7');
    expect(log.sent).toHaveLength(4);
  });
});

describe('configuration', () => {
  test('cross-key mistakes name the place', () => {
    const place = 'resources[0].endpoint.paginator';
    expect(() => offset({offset_param: 'o', offset_body_path: 'o'})).toThrow(
      `${place}: offset_param and offset_body_path`,
    );
    expect(() => offset({limit_param: 'o', limit_body_path: 'o'})).toThrow(`${place}: limit_param and limit_body_path`);
    expect(() => offset({stop_after_empty_page: false, total_path: null})).toThrow(`${place}: nothing ends the walk`);
    expect(() => offset({stop_after_empty_page: false, total_path: null, maximum_offset: 5})).not.toThrow();
    expect(() => offset({stop_after_empty_page: false, total_path: null, has_more_path: 'x'})).not.toThrow();
    expect(() => offset({total_path: 'a['})).toThrow(`${place}.total_path`);
    expect(() => paginatorOf({type: 'offset', offset_body_path: 'o'}, {body: 'text'})).toThrow(
      `${place}.offset_body_path`,
    );
  });

  test('types are strict and names not empty', () => {
    for (const wrong of [
      {limit: '10'},
      {limit: 0},
      {offset: -1},
      {offset: 1.5},
      {offset_param: ''},
      {unknown: 1},
      {on_repeat: 'stop'},
    ]) {
      expect(() => offset(wrong), JSON.stringify(wrong)).toThrow();
    }
  });
});
