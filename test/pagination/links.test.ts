import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {ids, messageOf, paginatorOf, type Reply, read, rows, type Server, warnings} from './answers.js';

/** Numbered pages whose answers name the next one by `name`. */
const linked =
  (
    count: number,
    size: number,
    name: (next: string | undefined, page: number) => Omit<Reply, 'status'> & {extra?: object},
    link = '/v1/items?page=',
  ): Server =>
  (_request, params) => {
    const page = Number(params.get('page') ?? 1);
    const to = Math.min(count, page * size);
    const {extra, ...reply} = name(to < count ? `${link}${page + 1}` : undefined, page);
    return {...reply, body: {data: rows((page - 1) * size, to), ...extra}};
  };

const json = (options: object = {}, context: object = {}) => paginatorOf({type: 'json_link', ...options}, context);

describe('json_link', () => {
  test('follows relative and absolute links; their own query wins', async () => {
    for (const link of [
      '/v1/items?page=',
      '?page=',
      'items?page=',
      'https://api.example.com/v1/items?page=',
      '//api.example.com/v1/items?page=',
    ]) {
      const template = {
        method: 'GET',
        url: 'https://api.example.com/v1/items',
        headers: {},
        query: [['static', '1']],
      } as const;
      const log = await read(
        json(),
        linked(5, 2, (next) => ({extra: {next: next ?? null}}), link),
        {base: template},
      );
      expect(log.sent, link).toEqual(['?static=1', '?page=2', '?page=3']);
      expect(log.ids).toEqual(ids(5));
      expect(log.end).toMatchObject({reason: 'no next link', suspicious: false});
    }
  });

  test('T17: null, missing, "", false, 0 and empty lists or objects are no next', async () => {
    for (const next of [null, undefined, '', false, 0, [], {}]) {
      const log = await read(json(), () => ({body: {data: rows(0, 2), next}}));
      expect(log.sent, JSON.stringify(next)).toHaveLength(1);
      expect(log.end).toMatchObject({reason: 'no next link', suspicious: false});
    }
  });

  test('an object with href is a link, another value an error that names cursor', async () => {
    const log = await read(
      json({next_url_path: '_links.next'}),
      linked(3, 2, (next) => ({extra: {_links: next === undefined ? {} : {next: {href: next}}}})),
    );
    expect(log.ids).toEqual(ids(3));
    expect(messageOf(await read(json(), () => ({body: {data: [], next: 17}})))).toContain(
      '{type: cursor, cursor_path: next}',
    );
    expect(messageOf(await read(json(), () => ({body: {data: [], next: 'ftp://x/'}})))).toContain('next_url_path');
    expect(messageOf(await read(json(), () => ({body: {data: [], next: 'http://['}})))).toContain('next_url_path');
  });

  test('next_url_base: base_url joins below the base', async () => {
    const base = {baseUrl: 'https://api.example.com/v1'};
    for (const link of ['/items?page=', 'items?page=', '/v1/items?page=']) {
      const log = await read(
        json({next_url_base: 'base_url'}, base),
        linked(3, 2, (next) => ({extra: {next}}), link),
      );
      expect(log.sent, link).toEqual(['', '?page=2']);
    }
    const auth = await read(
      json({next_url_base: 'base_url'}, {baseUrl: '{auth.instance_url}/v1'}),
      linked(3, 2, (next) => ({extra: {next}}), '/items?page='),
    );
    expect(auth.sent).toEqual(['', '?page=2']);
  });

  test('relative links resolve against the URL after redirects', async () => {
    const log = await read(json(), (_request, params) => ({
      body: {data: rows(0, 1), next: params.has('p') ? null : 'more?p=2'},
      url: 'https://api.example.com/v2/moved/items',
    }));
    expect(log.sent).toEqual(['', '/v2/moved/more?p=2']);
  });

  test('the body is sent again, limit in the body too', async () => {
    const paginator = paginatorOf(
      {type: 'json_link', limit: 5, limit_body_path: 'n', first_page_only: ['sort']},
      {body: 'json'},
    );
    const template = {
      method: 'POST',
      url: 'https://api.example.com/v1/items',
      query: [],
      headers: {},
      body: {kind: 'json', value: {q: 1, sort: 'a'}},
    } as const;
    const log = await read(
      paginator,
      linked(3, 2, (next) => ({extra: {next}})),
      {base: template},
    );
    expect(log.sent).toEqual([' {"q":1,"sort":"a","n":5}', '?page=2 {"q":1,"n":5}']);
  });

  test('last_page_path ends a walk whose link is never null, without a warning', async () => {
    const log = await read(
      json({next_url_path: 'after_url', last_page_path: 'end_of_stream'}),
      linked(5, 2, (next) => ({extra: {after_url: next ?? '/v1/items?page=9', end_of_stream: next === undefined}})),
    );
    expect(log.ids).toEqual(ids(5));
    expect(log.end).toMatchObject({suspicious: false, reason: 'the flag says that there are no more pages'});
  });

  test('the flag says more and no link is there: an error after the rows, with the keys of the body', async () => {
    const log = await read(json({has_more_path: 'has_more'}), () => ({
      body: {data: rows(0, 2), has_more: true, nextUrl: '/v1/items?page=2'},
    }));
    expect(log.ids).toEqual(ids(2));
    expect(messageOf(log)).toMatch(/next_url_path next .*keys data, has_more, nextUrl/);
  });

  test('an unused link, token, flag or larger total at the end is a warning with the numbers', async () => {
    const log = await read(json(), () => ({body: {data: rows(0, 2), next_link: '/v1/items?p=2', meta: {total: 285}}}));
    expect(log.end?.suspicious).toBe(true);
    expect(log.end?.reason).toContain('next_link is "/v1/items?p=2"');
    expect(log.end?.reason).toContain('the total is 285, the rows received are 2');
  });

  test('empty pages are passed over unless stop_after_empty_page is true', async () => {
    const server: Server = (_request, params) => {
      const page = Number(params.get('page') ?? 1);
      return {body: {data: page === 2 ? [] : rows(page, page + 1), next: page < 3 ? `?page=${page + 1}` : null}};
    };
    expect((await read(json(), server)).ids).toEqual([1, 3]);
    const stopped = await read(json({stop_after_empty_page: true}), server);
    expect(stopped.ids).toEqual([1]);
    expect(stopped.end?.reason).toBe('empty page');
  });

  test('stop_on_short_page that leaves a link unused is a warning', async () => {
    const log = await read(
      json({stop_on_short_page: true, limit: 5, limit_param: 'n'}),
      linked(5, 2, (next) => ({extra: {next}})),
    );
    expect(log.sent).toEqual(['?n=5']);
    expect(log.end).toMatchObject({suspicious: true});
  });

  test('a status is no end', async () => {
    expect(
      messageOf(
        await read(json(), (_r, params) =>
          params.has('page') ? {status: 404} : {body: {data: rows(0, 1), next: '?page=2'}},
        ),
      ),
    ).toContain('404');
  });
});

describe('T16: links in a circle', () => {
  const circle: Server = (_request, params) => {
    const page = Number(params.get('page') ?? 1);
    return {body: {data: rows(page, page + 1), next: `?page=${page === 3 ? 1 : page + 1}`}};
  };

  test('a link to the request itself is an error after its rows', async () => {
    const log = await read(json(), () => ({body: {data: rows(0, 2), next: 'https://api.example.com/v1/items'}}));
    expect(log.ids).toEqual(ids(2));
    expect(log.sent).toEqual(['']);
    expect(messageOf(log)).toContain('on_repeat: end');
  });

  test('an error with rows, the end where on_repeat says so, a warning after an empty page', async () => {
    const log = await read(json(), circle);
    expect(messageOf(log)).toContain('requested before');
    const end = await read(json({on_repeat: 'end'}), circle);
    expect(end.end).toMatchObject({outcome: 'done', suspicious: false});
    const empty = await read(json(), (_request, params) => ({
      body: params.has('page') ? {data: [], next: '?page=2'} : {data: rows(0, 2), next: '?page=2'},
    }));
    expect(empty.ids).toEqual(ids(2));
    expect(empty.end).toMatchObject({suspicious: true, outcome: 'done'});
  });
});

describe('header_link', () => {
  const header = (options: object = {}) => paginatorOf({type: 'header_link', ...options});

  test('follows rel next, of other names if so configured', async () => {
    const log = await read(
      header(),
      linked(5, 2, (next) => ({headers: next === undefined ? {} : {link: `<${next}>; rel="next", </>; rel=first`}})),
    );
    expect(log.sent).toEqual(['', '?page=2', '?page=3']);
    expect(log.ids).toEqual(ids(5));
    const other = await read(
      header({links_next_key: 'more'}),
      linked(3, 2, (next) => ({headers: next === undefined ? {} : {link: `<${next}>; rel="more"`}})),
    );
    expect(other.ids).toEqual(ids(3));
  });

  test('a link with results="false" is none', async () => {
    const log = await read(
      header(),
      linked(3, 2, (next) => ({
        headers: {link: `<${next ?? '/v1/items?page=9'}>; rel="next"; results="${next !== undefined}"`},
      })),
    );
    expect(log.sent).toEqual(['', '?page=2']);
    expect(log.end).toMatchObject({reason: 'no next link', suspicious: false});
  });

  test('a flag that says more without a link is an error', async () => {
    const log = await read(header({has_more_path: 'more'}), () => ({body: {data: rows(0, 1), more: true}}));
    expect(messageOf(log)).toContain('links_next_key next');
  });
});

describe('header_cursor', () => {
  const cursor = (options: object = {}) => paginatorOf({type: 'header_cursor', ...options});

  test('sends the header back; empty and null are none (T16)', async () => {
    for (const last of [undefined, '', 'null', '  ']) {
      const log = await read(cursor({cursor_key: 'X-Next', cursor_param: 'after'}), (_request, params) => ({
        body: {data: rows(0, 1)},
        headers: params.has('after') ? (last === undefined ? {} : {'x-next': last}) : {'x-next': '0'},
      }));
      expect(log.sent, String(last)).toEqual(['', '?after=0']);
      expect(log.end?.reason).toBe('no header X-Next');
    }
  });

  test('the same cursor again is an error', async () => {
    const log = await read(cursor(), () => ({body: {data: rows(0, 1)}, headers: {next: 'a'}}));
    expect(messageOf(log)).toContain('cursor_key next');
    expect(log.sent).toEqual(['', '?cursor=a']);
  });
});

test('single_page: one request, whatever the answer says', async () => {
  const log = await read(paginatorOf({type: 'single_page'}), () => ({
    body: {data: rows(0, 1), next: '/p?x=2', has_more: true, total: 99},
  }));
  expect(log.sent).toEqual(['']);
  expect(log.end).toMatchObject({reason: 'single page', suspicious: false, outcome: 'done'});
  expect(warnings(log)).toEqual([]);
});

test('properties: every row once and in order, from any position, for links in body and header', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(40),
      fc.integer({min: 1, max: 9}),
      fc.boolean(),
      fc.nat(5),
      async (count, size, inHeader, stopAt) => {
        const server = linked(count, size, (next) =>
          inHeader ? {headers: next === undefined ? {} : {link: `<${next}>; rel="next"`}} : {extra: {next}},
        );
        const paginator = paginatorOf({type: inHeader ? 'header_link' : 'json_link'});
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
