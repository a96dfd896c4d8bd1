import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {ids, messageOf, notices, paginatorOf, read, rows, type Server} from './answers.js';

const cursor = (options: object = {}, context: object = {}) => paginatorOf({type: 'cursor', ...options}, context);

/** Cursors are `c<row>`; `beside`: what the answer holds beside its rows. */
const tokens =
  (count: number, size: number, beside: (next: string | null) => object, param = 'cursor'): Server =>
  (_request, params) => {
    const from = Number(params.get(param)?.slice(1) ?? 0);
    const to = Math.min(count, from + size);
    return {body: {data: rows(from, to), ...beside(to < count ? `c${to}` : null)}};
  };

describe('values', () => {
  test('the first request carries no cursor, then the value; equally named params are replaced', async () => {
    const template = {
      method: 'GET',
      url: 'https://api.example.com/v1/items',
      headers: {},
      query: [['q', 'x']],
    } as const;
    const log = await read(
      cursor(),
      tokens(5, 2, (next) => ({cursors: {next}})),
      {base: template},
    );
    expect(log.sent).toEqual(['?q=x', '?q=x&cursor=c2', '?q=x&cursor=c4']);
    expect(log.ids).toEqual(ids(5));
    expect(log.end).toMatchObject({reason: 'no next cursor at cursors.next', suspicious: false});
  });

  test('T17: null, missing, "", false, 0 and empty lists or objects are no next', async () => {
    for (const next of ['null', '""', 'false', '0', '0.0', '-0', '[]', '{}', '[ ]', '{ }']) {
      const log = await read(cursor({cursor_path: 'next'}), () => ({body: `{"data":[{"id":1}],"next":${next}}`}));
      expect(log.sent, next).toHaveLength(1);
      expect(log.error).toBeUndefined();
    }
  });

  test('numbers keep every digit, in the request and in the position', async () => {
    for (const [text, sent] of [
      ['9007199254740993', '9007199254740993'],
      ['1.10', '1.10'],
      ['1e400', '1e400'],
      ['7', '7'],
      ['true', 'true'],
      ['"a b&c"', 'a b&c'],
    ] as const) {
      const paginator = cursor({cursor_path: 'next'});
      const log = await read(paginator, (_request, params) => ({
        body: params.has('cursor') ? {data: []} : `{"data":[{"id":1}],"next":${text}}`,
      }));
      expect(log.sent[1]).toBe(`?cursor=${sent}`);
    }
  });

  test('any JSON goes into a body; $ merges an object, * spreads it over the query', async () => {
    const template = {
      method: 'POST',
      url: 'https://api.example.com/v1/items',
      query: [],
      headers: {},
      body: {kind: 'json', value: {q: 1}},
    } as const;
    const list: Server = (request) => ({
      body: {
        data: rows(0, 1),
        next: request.body?.kind === 'json' && JSON.stringify(request.body.value).includes('after') ? null : [1, 'x'],
      },
    });
    const after = await read(cursor({cursor_path: 'next', cursor_body_path: 'search.after'}, {body: 'json'}), list, {
      base: template,
    });
    expect(after.sent).toEqual([' {"q":1}', ' {"q":1,"search":{"after":[1,"x"]}}']);
    const object: Server = (request, params) => ({
      body: {
        data: rows(0, 1),
        next: params.has('p') || JSON.stringify(request.body ?? {}).includes('p') ? null : {p: 2, s: 'b'},
      },
    });
    const merged = await read(cursor({cursor_path: 'next', cursor_body_path: '$'}, {body: 'json'}), object, {
      base: template,
    });
    expect(merged.sent[1]).toBe(' {"q":1,"p":2,"s":"b"}');
    const spread = await read(cursor({cursor_path: 'next', cursor_param: '*'}), object);
    expect(spread.sent).toEqual(['', '?p=2&s=b']);
    expect(
      messageOf(await read(cursor({cursor_path: 'next', cursor_param: '*'}), () => ({body: {data: [], next: 'x'}}))),
    ).toContain('only an object');
  });

  test('the path may enter the records', async () => {
    const log = await read(cursor({cursor_path: 'data[-1].id', cursor_param: 'after'}), (_request, params) => {
      const from = params.has('after') ? Number(params.get('after')) + 1 : 1;
      return {body: {data: rows(from, Math.min(from + 2, 6))}};
    });
    expect(log.ids).toEqual([1, 2, 3, 4, 5]);
  });
});

describe('cursor_from last_record', () => {
  const keyset =
    (count: number, size: number, beside: (to: number) => object = () => ({})): Server =>
    (_request, params) => {
      const from = params.has('after') ? Number(params.get('after')) + 1 : 0;
      const to = Math.min(count, from + size);
      return {body: {data: rows(from, to), ...beside(to)}};
    };
  const options = {cursor_from: 'last_record', cursor_path: 'id', cursor_param: 'after'};

  test('the last record names the next page; 0 is a position; an empty page is the end', async () => {
    const log = await read(cursor(options), keyset(3, 1));
    expect(log.sent).toEqual(['', '?after=0', '?after=1', '?after=2']);
    expect(log.ids).toEqual(ids(3));
    expect(log.end).toMatchObject({reason: 'no last record', suspicious: false});
  });

  test('Stripe: the flag ends the walk', async () => {
    const log = await read(
      cursor({...options, has_more_path: 'has_more', limit: 2, limit_param: 'limit'}),
      keyset(4, 2, (to) => ({has_more: to < 4})),
    );
    expect(log.sent).toEqual(['?limit=2', '?limit=2&after=1']);
    expect(log.end?.suspicious).toBe(false);
  });

  test('a record without the field on the first page is suspicious, with a true flag an error', async () => {
    const log = await read(cursor({...options, cursor_path: 'uid'}), keyset(3, 2));
    expect(log.end).toMatchObject({reason: 'no uid in the last record', suspicious: true});
    const flag = await read(
      cursor({...options, cursor_path: 'uid', has_more_path: 'm'}),
      keyset(3, 2, () => ({m: 1})),
    );
    expect(messageOf(flag)).toContain('cursor_path uid');
  });

  test('needs a path', () => {
    expect(() => cursor({cursor_from: 'last_record'})).toThrow('cursor_path');
  });
});

describe('without cursor_path', () => {
  test.each([
    [{cursors: {next: 'c2'}}, {}, 'cursors.next', 'cursor'],
    [{marker: 'c2', next_token: 'no'}, {cursor_param: 'marker'}, 'marker', 'marker'],
    [{paging: {nextMarker: 'c2'}}, {cursor_param: 'marker'}, 'paging.nextMarker', 'marker'],
    [{meta: {next_cursor: 'c2'}}, {}, 'meta.next_cursor', 'cursor'],
    [{nextPageToken: 'c2'}, {cursor_param: 'page_token'}, 'nextPageToken', 'page_token'],
  ])('%j: looked for on the first page, logged and kept', async (beside, options, path, param) => {
    const last = JSON.parse(JSON.stringify(beside).replace(/c2/, ''));
    const server: Server = (_request, params) => ({body: {data: rows(0, 1), ...(params.has(param) ? last : beside)}});
    const log = await read(cursor(options), server);
    expect(log.sent).toEqual(['', `?${param}=c2`]);
    expect(notices(log)[0]).toContain(`cursor_path: ${path}`);
    expect(log.after[0]).toMatchObject({path});
  });

  test('nothing there: one page', async () => {
    const log = await read(cursor(), () => ({body: {data: rows(0, 1)}}));
    expect(log.end).toMatchObject({reason: 'no next cursor at cursors.next', suspicious: false});
  });
});

describe('links', () => {
  test.each(['https://api.example.com/v1/items?p=2', '/v1/items?p=2', '?p=2', '/v1/items/2'])(
    'with neither param nor body path %s is followed',
    async (link) => {
      const log = await read(cursor({cursor_path: 'next'}), (_request, _params, count) => ({
        body: {data: rows(0, 1), next: count === 1 ? link : null},
      }));
      expect(log.sent[1]).toBe(link.includes('?') ? '?p=2' : '');
      expect(log.after[0]).toMatchObject({link: new URL(link, 'https://api.example.com/v1/items').href});
    },
  );

  test('tokens that only look like paths are tokens; with a param written so are links', async () => {
    for (const [token, options] of [
      ['/8f+a=', {}],
      ['abc?', {}],
      ['https://x.example.com/', {cursor_param: 'c'}],
    ] as const) {
      const log = await read(cursor({cursor_path: 'next', ...options}), (_request, _params, count) => ({
        body: {data: rows(0, 1), next: count === 1 ? token : null},
      }));
      expect(log.after[0]).toMatchObject({cursor: token});
    }
  });
});

describe('T16: ends and loops', () => {
  test('has_more true without a cursor is an error after the rows, naming cursor_path and the keys', async () => {
    const log = await read(cursor({cursor_path: 'next', has_more_path: 'has_more'}), () => ({
      body: {data: rows(0, 2), has_more: true, nextt: 'x'},
    }));
    expect(log.ids).toEqual(ids(2));
    expect(messageOf(log)).toMatch(/cursor_path next .*data, has_more, nextt/);
    expect(log.sent).toHaveLength(1);
  });

  test('the same cursor again: error, end or followed until an empty page', async () => {
    const scroll: Server = (_request, _params, count) => ({
      body: {data: count < 4 ? rows(count, count + 1) : [], next: 'same'},
    });
    const error = await read(cursor({cursor_path: 'next'}), scroll);
    expect(error.ids).toEqual([1, 2]);
    expect(messageOf(error)).toContain('on_repeat: follow');
    const end = await read(cursor({cursor_path: 'next', on_repeat: 'end'}), scroll);
    expect(end.ids).toEqual([1, 2]);
    expect(end.end?.outcome).toBe('done');
    const follow = cursor({cursor_path: 'next', on_repeat: 'follow'});
    const log = await read(follow, scroll);
    expect(log.ids).toEqual([1, 2, 3]);
    expect(log.end?.reason).toBe('empty page');
    expect(follow.resumable).toBe(false);
  });

  test.each<[object, object, RegExp]>([
    [{}, {nextPageToken: 'same'}, /it was sent as "cursor".* write cursor_param, .*perhaps pageToken;/],
    [{cursor_path: 'meta.next_page_token'}, {meta: {next_page_token: 'same'}}, /perhaps page_token;/],
    [{cursor_path: 'pageInfo.endCursor'}, {pageInfo: {endCursor: 'same'}}, /perhaps after;/],
    [{cursor_path: 'paging.after'}, {paging: {after: 'same'}}, /perhaps after;/],
    [{cursor_path: 'next_cursor'}, {next_cursor: 'same'}, /the name that the API gives it;/],
    [{cursor_path: 'id', cursor_from: 'last_record'}, {}, /perhaps starting_after;/],
  ])('of %j without cursor_param the error proposes a name', async (options, beside, expected) => {
    const log = await read(cursor(options), () => ({body: {data: rows(0, 1), ...beside}}));
    expect(messageOf(log)).toMatch(expected);
    const written = await read(cursor({...options, cursor_param: 'c'}), () => ({body: {data: rows(0, 1), ...beside}}));
    expect(messageOf(written)).toContain('requested before');
    expect(messageOf(written)).not.toContain('cursor_param');
  });

  test('a circle of several cursors', async () => {
    const log = await read(cursor({cursor_path: 'next'}), (_request, params) => {
      const at = params.get('cursor') ?? 'start';
      return {body: {data: rows(0, 1), next: {start: 'a', a: 'b', b: 'c', c: 'a'}[at]}};
    });
    expect(log.sent).toEqual(['', '?cursor=a', '?cursor=b', '?cursor=c']);
    expect(messageOf(log)).toContain('requested before');
  });

  test('totals never end a cursor; a larger one at the end is a warning', async () => {
    const log = await read(
      cursor({total_items_path: 'total'}),
      tokens(5, 2, (next) => ({total: 2, cursors: {next}})),
    );
    expect(log.ids).toEqual(ids(5));
    const short = await read(
      cursor({total_items_path: 'n'}),
      tokens(5, 2, (next) => ({n: 9, cursors: {next}})),
    );
    expect(short.end).toMatchObject({suspicious: true, reason: expect.stringContaining('the total is 9')});
  });

  test('max_pages is an error after its rows', async () => {
    const endless: Server = (_request, _params, count) => ({body: {data: rows(count, count + 1), next: count}});
    const log = await read(cursor({cursor_path: 'next', max_pages: 3}), endless);
    expect(log.ids).toEqual([1, 2, 3]);
    expect(messageOf(log)).toContain('max_pages 3 reached');
    expect((await read(cursor({cursor_path: 'next'}, {maxPages: 2}), endless)).ids).toEqual([1, 2]);
  });
});

describe('stop_when', () => {
  const server = tokens(9, 2, (next) => ({cursors: {next}, meta: {stop: next === 'c4' ? 'yes' : 'no'}}));

  test.each([
    ['response.meta.stop == "yes"', 2],
    ['last.id >= 5', 3],
    ['record_count < 2', 5],
    ['headers["x-a"] == "1"', 5],
    ['response.missing.key == 1', 5],
    ['first.id == 2', 2],
  ])('%s', async (source, pages) => {
    const log = await read(cursor({stop_when: source}), server);
    expect(log.after).toHaveLength(pages);
    expect(log.error).toBeUndefined();
  });

  test('reading inside the record path is an error naming record_count', async () => {
    const log = await read(cursor({stop_when: 'size(response.data) == 0'}), server);
    expect(messageOf(log)).toMatch(/stop_when.*record_count/);
  });

  test('a wrong expression names its place at compile time', () => {
    expect(() => cursor({stop_when: 'size('})).toThrow('resources[0].endpoint.paginator.stop_when');
  });
});

test('configuration: two places and a text body are errors', () => {
  expect(() => cursor({cursor_param: 'a', cursor_body_path: 'b'})).toThrow('cursor_param and cursor_body_path');
  expect(() => cursor({cursor_body_path: 'b'}, {body: 'text'})).toThrow('cursor_body_path');
  expect(() => cursor({limit_param: 'n'})).toThrow('need limit');
  expect(() => cursor({cursor_path: ''})).toThrow();
});

test('properties: every row once and in order, from any position', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(40),
      fc.integer({min: 1, max: 9}),
      fc.boolean(),
      fc.nat(5),
      async (count, size, flag, stopAt) => {
        const server = tokens(count, size, (next) => ({cursors: {next}, ...(flag && {more: next !== null})}));
        const paginator = cursor(flag ? {has_more_path: 'more'} : {});
        expect((await read(paginator, server)).ids).toEqual(ids(count));
        const begun = await read(paginator, server, {pages: stopAt + 1});
        const position = begun.after.at(-1);
        if (position === null || position === undefined) return;
        const rest = await read(paginator, server, {from: JSON.parse(JSON.stringify(position))});
        expect([...begun.ids, ...rest.ids]).toEqual(ids(count));
      },
    ),
    {numRuns: 100},
  );
});
