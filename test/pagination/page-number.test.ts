import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {ids, messageOf, notices, pageServer, paginatorOf, read, rows, type Server, warnings} from './answers.js';

const pages = (options: object = {}) => paginatorOf({type: 'page_number', ...options});

describe('with a written base', () => {
  test('the number is always sent, base 0 and base 1', async () => {
    const zero = await read(pages({base_page: 0}), pageServer(5, {size: 2, first: 0}));
    expect(zero.sent).toEqual(['?page=0', '?page=1', '?page=2', '?page=3']);
    expect(zero.ids).toEqual(ids(5));
    const one = await read(pages({base_page: 1, page_param: 'p'}), (request, params, count) => {
      params.set('page', params.get('p') ?? '');
      return pageServer(5, {size: 2, first: 1})(request, params, count);
    });
    expect(one.sent).toEqual(['?p=1', '?p=2', '?p=3', '?p=4']);
    expect(one.ids).toEqual(ids(5));
  });

  test('page is where to begin, limit is sent where it has a place', async () => {
    const log = await read(
      pages({base_page: 1, page: 2, limit: 2, limit_param: 'per_page'}),
      pageServer(5, {size: 2, first: 1}),
    );
    expect(log.sent).toEqual(['?per_page=2&page=2', '?per_page=2&page=3', '?per_page=2&page=4']);
    expect(log.ids).toEqual([2, 3, 4]);
    expect(log.end).toMatchObject({reason: 'empty page', suspicious: false});
  });

  test('limit without a place is a notice', async () => {
    const log = await read(pages({base_page: 1, limit: 2}), pageServer(1, {size: 2, first: 1}));
    expect(notices(log)[0]).toContain('limit_param');
    expect(log.sent[0]).toBe('?page=1');
  });

  test('total_path counts pages from the base', async () => {
    for (const first of [0, 1]) {
      const log = await read(
        pages({base_page: first, total_path: 'total_pages'}),
        pageServer(5, {size: 2, first, extra: () => ({total_pages: 3})}),
      );
      expect(log.sent).toHaveLength(3);
      expect(log.end?.reason).toBe('total reached 3/3');
    }
  });

  test('after a full last page one more request is made; 404 then is the end, also with a limit', async () => {
    const log = await read(
      pages({base_page: 1, total_path: 'total_pages', limit: 2, limit_param: 'n'}),
      pageServer(4, {size: 2, first: 1, extra: () => ({total_pages: 2}), past: {status: 404}}),
    );
    expect(log.sent).toHaveLength(3);
    expect(log.end?.reason).toBe('404 past the end');
  });

  test('total_items_path counts rows', async () => {
    const log = await read(
      pages({base_page: 1, total_items_path: 'count'}),
      pageServer(5, {size: 2, first: 1, extra: () => ({count: 5})}),
    );
    expect(log.end?.reason).toBe('total reached 5/5');
  });

  test('a total of pages below the page read is ignored', async () => {
    const log = await read(
      pages({base_page: 1, total_path: 'total_pages'}),
      pageServer(5, {size: 2, first: 1, extra: () => ({total_pages: 1})}),
    );
    expect(log.ids).toEqual(ids(5));
    expect(warnings(log)).toContain('the total 1 is ignored: 2 were received already');
  });

  test('T11: maximum_page 3 with base_page 1 reads pages 1 and 2', async () => {
    const server = pageServer(20, {size: 2, first: 1});
    const log = await read(pages({base_page: 1, maximum_page: 3, total_path: null}), server);
    expect(log.sent).toEqual(['?page=1', '?page=2']);
    expect(log.end).toMatchObject({reason: 'maximum_page 3 reached', suspicious: false});
    expect((await read(pages({base_page: 1, maximum_page: 1}), server)).sent).toEqual(['?page=1']);
  });

  test('a lenient server that counts from 1 under base_page 0 is an error naming base_page', async () => {
    const log = await read(pages({base_page: 0}), pageServer(5, {size: 2, first: 1}));
    expect(log.ids).toEqual([0, 1]);
    expect(messageOf(log)).toMatch(/ignores page.*base_page: 1/);
  });

  test('body placement with page_param null', async () => {
    const paginator = paginatorOf(
      {type: 'page_number', base_page: 1, page_param: null, page_body_path: 'options.page'},
      {body: 'json'},
    );
    const template = {
      method: 'POST',
      url: 'https://api.example.com/v1/items',
      query: [],
      headers: {},
      body: {kind: 'json', value: {}},
    } as const;
    const log = await read(paginator, () => ({body: {data: []}}), {base: template});
    expect(log.sent).toEqual([' {"options":{"page":1}}']);
  });

  test('stop_after_empty_page false with a total of items that is never received ends', async () => {
    const log = await read(
      pages({base_page: 0, total_items_path: 'n', stop_after_empty_page: false, limit: 2, limit_param: 'n'}),
      pageServer(3, {size: 2, first: 0, extra: () => ({n: 10})}),
    );
    expect(log.ids).toEqual(ids(3));
    expect(log.end?.reason).toContain('total reached');
    expect(log.end?.suspicious).toBe(true);
  });
});

test('an empty page is short: a total of 0 ends the walk also where no empty page does', async () => {
  const log = await read(
    pages({base_page: 1, total_path: 'pages', stop_after_empty_page: false}),
    pageServer(0, {size: 2, first: 1, extra: () => ({pages: 0})}),
  );
  expect(log.sent).toEqual(['?page=1']);
  expect(log.end?.reason).toBe('total reached 0/0');
});

test('400 is no end before a request with the number has succeeded', async () => {
  const sized = {limit: 5, limit_param: 'n'};
  const server = pageServer(2, {size: 5, first: 1, extra: () => ({page: 1}), refuses: [2]});
  expect(messageOf(await read(pages(sized), server))).toContain('{status_code: 400, action: stop}');
  expect((await read(pages({...sized, base_page: 1}), server)).end?.reason).toBe('400 past the end');
});

describe('T2: the base is found out', () => {
  test('an echoed 0 or 1 decides', async () => {
    const zero = await read(pages(), pageServer(5, {size: 2, first: 0, extra: (page) => ({number: page})}));
    expect(zero.sent).toEqual(['', '?page=1', '?page=2', '?page=3']);
    expect(zero.ids).toEqual(ids(5));
    const one = await read(
      pages(),
      pageServer(5, {size: 2, first: 1, extra: (page) => ({meta: {currentPage: String(page)}})}),
    );
    expect(one.sent).toEqual(['', '?page=2', '?page=3', '?page=4']);
    expect(one.ids).toEqual(ids(5));
  });

  test('echoes that differ, and other numbers, decide nothing', async () => {
    for (const extra of [{page: 1, number: 0}, {page: 20}, {page: true}]) {
      const log = await read(pages(), pageServer(5, {size: 2, first: 1, extra: () => extra}));
      expect(log.sent.slice(0, 3)).toEqual(['', '?page=1', '?page=2']);
      expect(log.ids).toEqual(ids(5));
    }
  });

  test('without an echo page 1 is compared with the first page: the same is dropped', async () => {
    const one = await read(pages(), pageServer(12, {size: 5, first: 1}));
    expect(one.sent).toEqual(['', '?page=1', '?page=2', '?page=3', '?page=4']);
    expect(one.ids).toEqual(ids(12));
    expect(one.drops).toHaveLength(1);
    const zero = await read(pages(), pageServer(12, {size: 5, first: 0}));
    expect(zero.ids).toEqual(ids(12));
    expect(zero.drops).toHaveLength(0);
  });

  test('while the base is unknown a total ends the walk only after the page of that number', async () => {
    const zero = await read(
      pages({total_path: 'pages'}),
      pageServer(5, {size: 2, first: 0, extra: () => ({pages: 3})}),
    );
    expect(zero.sent).toEqual(['', '?page=1', '?page=2', '?page=3']);
    const one = await read(pages({total_path: 'pages'}), pageServer(5, {size: 2, first: 1, extra: () => ({pages: 3})}));
    expect(one.sent).toEqual(['', '?page=1', '?page=2', '?page=3']);
    expect(one.end?.reason).toBe('total reached 3/3');
  });

  test('a first request without a number that is refused: page 0, then 1', async () => {
    for (const [first, refuses] of [
      [0, [undefined]],
      [1, [undefined, 0]],
    ] as const) {
      const log = await read(pages(), pageServer(5, {size: 2, first, refuses}));
      expect(log.ids).toEqual(ids(5));
      expect(log.sent.slice(0, 3)).toEqual(first === 0 ? ['', '?page=0', '?page=1'] : ['', '?page=0', '?page=1']);
    }
    const never = await read(pages(), () => ({status: 422}));
    expect(never.sent).toEqual(['', '?page=0', '?page=1']);
    expect(messageOf(never)).toContain('422');
    expect((await read(pages(), () => ({status: 404}))).sent).toEqual(['']);
  });

  test('a server that ignores the number altogether is an error after two repeats', async () => {
    const log = await read(pages(), () => ({body: {data: rows(0, 3)}}));
    expect(log.ids).toEqual(ids(3));
    expect(log.sent).toEqual(['', '?page=1', '?page=2']);
    expect(messageOf(log)).toContain('ignores page');
  });

  test('what one walk learns the next walks of the resource start with', async () => {
    const server = pageServer(5, {size: 2, first: 1});
    const memory = {};
    await read(pages(), server, {memory});
    const next = await read(pages(), server, {memory});
    expect(next.sent).toEqual(['', '?page=2', '?page=3', '?page=4']);
    expect(next.ids).toEqual(ids(5));
    const refusing = pageServer(5, {size: 2, first: 1, refuses: [undefined, 0]});
    const other = {};
    await read(pages(), refusing, {memory: other});
    expect((await read(pages(), refusing, {memory: other})).sent[0]).toBe('?page=1');
  });

  test('broken off between the first two pages it still tells page 1 from the first one', async () => {
    const server = pageServer(5, {size: 2, first: 1});
    const first = await read(pages(), server, {pages: 1});
    const rest = await read(pages(), server, {from: first.after[0] ?? {}});
    expect([...first.ids, ...rest.ids]).toEqual(ids(5));
  });

  test('page alone says where to begin, not what the first page is called', async () => {
    const log = await read(
      pages({page: 1, total_path: 'pages'}),
      pageServer(5, {size: 2, first: 1, extra: () => ({pages: 3})}),
    );
    expect(log.sent).toEqual(['?page=1', '?page=2', '?page=3']);
    expect(log.end?.reason).toBe('total reached 3/3');
  });
});

test('properties: every row once and in order for any base, echo, total and flag, from any position', async () => {
  const kinds = fc.record({
    count: fc.nat(40),
    size: fc.integer({min: 1, max: 9}),
    first: fc.constantFrom(0, 1),
    written: fc.constantFrom('base', 'page', 'none'),
    echo: fc.boolean(),
    total: fc.constantFrom('absent', 'right', 'text', 'null', 'large'),
    flag: fc.boolean(),
    limit: fc.boolean(),
    refuses: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(kinds, fc.nat(5), async (kind, stopAt) => {
      const {count, size, first} = kind;
      const all = Math.ceil(count / size);
      const totals: Record<string, unknown> = {right: all, text: String(all), null: null, large: all + 100};
      const server: Server = pageServer(count, {
        size,
        first,
        ...(kind.refuses && {refuses: first === 0 ? [undefined] : [undefined, 0]}),
        extra: (page) => ({
          ...(kind.echo && {page}),
          ...(kind.total !== 'absent' && {total_pages: totals[kind.total]}),
          ...(kind.flag && {has_more: (page - first + 1) * size < count}),
        }),
      });
      const paginator = pages({
        ...(kind.written === 'base' && {base_page: first}),
        ...(kind.written === 'page' && {page: first}),
        ...(kind.total !== 'absent' && {total_path: 'total_pages'}),
        ...(kind.flag && {has_more_path: 'has_more'}),
        ...(kind.limit && {limit: size, limit_param: 'limit'}),
      });
      const whole = await read(paginator, server);
      expect(whole.error).toBeUndefined();
      expect(whole.ids).toEqual(ids(count));
      const begun = await read(paginator, server, {pages: stopAt + 1});
      const position = begun.after.at(-1);
      if (position === null || position === undefined) return;
      const rest = await read(paginator, server, {from: JSON.parse(JSON.stringify(position))});
      expect([...begun.ids, ...rest.ids]).toEqual(ids(count));
      expect(rest.end?.reason).toBe(whole.end?.reason);
    }),
    {numRuns: 150},
  );
});
