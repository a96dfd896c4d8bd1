import {describe, expect, test} from 'vitest';
import {ids, messageOf, notices, offsetServer, paginatorOf, read, rows, warnings} from './answers.js';

const offset = (options: object = {}, unordered = false) =>
  paginatorOf({type: 'offset', limit: 10, ...options}, {unordered});

describe('ends', () => {
  test('1: an empty page, unless the flag says more and the key is not written', async () => {
    const gaps = (from: number) => ({has_more: from < 30});
    const server = offsetServer(10, {extra: gaps});
    const open = await read(offset({has_more_path: 'has_more'}), server);
    expect(open.sent.map((sent) => sent.replace(/.*offset=(\d+).*/, '$1'))).toEqual(['0', '10', '20', '30']);
    expect(open.end?.reason).toBe('empty page');
    const written = await read(offset({has_more_path: 'has_more', stop_after_empty_page: true}), server);
    expect(written.sent).toHaveLength(2);
    expect(written.end).toMatchObject({
      suspicious: true,
      reason: expect.stringContaining('although the flag says more'),
    });
  });

  test('1: stop_after_empty_page false goes on until the total is passed', async () => {
    const log = await read(offset({stop_after_empty_page: false, total_path: 'total'}), (_, params) => {
      const at = Number(params.get('offset'));
      return {body: {total: 35, data: at === 10 ? [] : rows(at, Math.min(at + 10, 35))}};
    });
    expect(log.ids).toEqual([...ids(10), ...rows(20, 35).map(({id}) => id)]);
    expect(log.end?.reason).toContain('total reached 35/35');
  });

  test('1: stop_after_empty_page false with a missing total ends at an empty page', async () => {
    const log = await read(offset({stop_after_empty_page: false}), offsetServer(15));
    expect(log.end?.reason).toBe('empty page');
    expect(log.ids).toEqual(ids(15));
  });

  test('2: the flag says no more, in dlt spellings and as 1 or 0', async () => {
    for (const no of [false, 'false', 'No', 'f', 'N', '0', 0]) {
      const log = await read(
        offset({has_more_path: 'meta.more'}),
        offsetServer(10, {extra: () => ({meta: {more: no}})}),
      );
      expect(log.sent, String(no)).toHaveLength(1);
      expect(log.end?.reason).toBe('the flag says that there are no more pages');
    }
    for (const last of [true, 'true', 'YES', 't', 'y', '1', 1]) {
      const log = await read(offset({last_page_path: 'isLast'}), offsetServer(10, {extra: () => ({isLast: last})}));
      expect(log.sent, String(last)).toHaveLength(1);
    }
  });

  test('2: a missing or null flag says nothing, with a warning on a first page with rows', async () => {
    for (const extra of [{}, {has_more: null}]) {
      const log = await read(offset({has_more_path: 'has_more'}), offsetServer(10, {extra: () => extra}));
      expect(log.ids).toEqual(ids(10));
      expect(warnings(log)).toEqual(['has_more_path has_more is missing or null on the first page']);
    }
    const none = await read(offset({has_more_path: 'has_more'}), offsetServer(0));
    expect(warnings(none)).toEqual([]);
  });

  test('2: a flag that is none is ignored and shown', async () => {
    const log = await read(
      offset({has_more_path: 'has_more'}),
      offsetServer(10, {extra: () => ({has_more: 'perhaps'})}),
    );
    expect(log.ids).toEqual(ids(10));
    expect(warnings(log)[0]).toContain('"perhaps"');
  });

  test('3: the total is reached and the page is short', async () => {
    const log = await read(offset(), offsetServer(25, {extra: () => ({total: 25})}));
    expect(log.sent).toHaveLength(3);
    expect(log.end?.reason).toBe('total reached 25/25');
  });

  test('3: numeric text, floats and a header are totals', async () => {
    for (const total of ['25', ' 25 ', 25.0]) {
      const log = await read(offset({total_path: 'n'}), offsetServer(25, {extra: () => ({n: total})}));
      expect(log.sent).toHaveLength(3);
    }
    const header = await read(offset({total_header: 'X-Total'}), async (request, params, count) => ({
      ...(await offsetServer(25)(request, params, count)),
      headers: {'x-total': '25'},
    }));
    expect(header.end?.reason).toBe('total reached 25/25');
    const range = await read(offset({total_header: 'content-range'}), async (request, params, count) => ({
      ...(await offsetServer(25)(request, params, count)),
      headers: {'content-range': 'items 0-9/25'},
    }));
    expect(range.end?.reason).toBe('total reached 25/25');
  });

  test('3: a total that is none, or below what was received, is ignored; a warning only if its path was written (T17)', async () => {
    for (const total of [null, -1, 'many', '', true, [25], {n: 25}, 3]) {
      const server = offsetServer(25, {extra: () => ({total})});
      const silent = await read(offset(), server);
      expect(silent.ids, JSON.stringify(total)).toEqual(ids(25));
      expect(warnings(silent)).toEqual([]);
      const loud = await read(offset({total_path: 'total'}), server);
      expect(loud.ids).toEqual(ids(25));
      expect(warnings(loud)[0], JSON.stringify(total)).toContain('ignored');
    }
    const missing = await read(offset({total_path: 'meta.total'}), offsetServer(25));
    expect(warnings(missing)).toEqual(['total_path meta.total is ignored, it is no total: missing']);
  });

  test('3: a total on the first page only is enough, without a warning (T17)', async () => {
    const log = await read(
      offset({total_path: 'total'}),
      offsetServer(25, {extra: (from) => (from === 0 ? {total: 25} : {})}),
    );
    expect(log.end?.reason).toBe('total reached 25/25');
    expect(warnings(log)).toEqual([]);
  });

  test('4: T11 maximum_offset is exclusive, a flag does not pass it, the first page is always read', async () => {
    const server = offsetServer(100, {extra: () => ({has_more: true, total: 100})});
    const log = await read(offset({maximum_offset: 20, has_more_path: 'has_more'}), server);
    expect(log.sent).toHaveLength(2);
    expect(log.end).toMatchObject({reason: 'maximum_offset 20 reached', suspicious: false});
    expect((await read(offset({maximum_offset: 0}), server)).sent).toHaveLength(1);
    const unordered = await read(offset({maximum_offset: 20}, true), server);
    expect(warnings(unordered)[0]).toContain('row_order: asc');
  });

  test('5: 416 is an end', async () => {
    const log = await read(offset(), offsetServer(20, {past: {status: 416}}));
    expect(log.end).toMatchObject({reason: '416 past the end', outcome: 'done', suspicious: false});
    expect(log.ids).toEqual(ids(20));
  });

  test('5: 404, 400 and 422 are ends after a short page or a reached total', async () => {
    for (const status of [404, 400, 422]) {
      const short = await read(offset(), offsetServer(15, {past: {status}}));
      expect(short.end?.reason, String(status)).toBe(`${status} past the end`);
      const total = await read(offset(), offsetServer(20, {past: {status}, extra: () => ({total: 20})}));
      expect(total.end?.reason).toBe(`${status} past the end`);
      expect(notices(total).length).toBe(status === 404 ? 0 : 1);
      const full = await read(offset(), offsetServer(20, {past: {status}}));
      expect(full.ids).toEqual(ids(20));
      expect(messageOf(full)).toContain(`{status_code: ${status}, action: stop}`);
    }
  });

  test('5: 404 is an end where no limit is sent, 400 is not after the longest page', async () => {
    expect((await read(offset({limit_param: null}), offsetServer(100, {past: {status: 404}}))).end?.reason).toBe(
      '404 past the end',
    );
    expect(messageOf(await read(offset({limit_param: null}), offsetServer(100, {past: {status: 400}})))).toContain(
      '400',
    );
  });

  test('5: 401 and a refused first page are no ends', async () => {
    expect(messageOf(await read(offset(), offsetServer(15, {past: {status: 401}})))).not.toContain('action: stop');
    for (const status of [416, 404, 400]) {
      expect(messageOf(await read(offset(), () => ({status})))).toContain(String(status));
    }
  });

  test('a refused end shows what contradicts it', async () => {
    const log = await read(
      offset({total_path: 'total'}),
      offsetServer(15, {past: {status: 404}, extra: () => ({total: 50})}),
    );
    expect(log.end).toMatchObject({
      suspicious: true,
      reason: expect.stringContaining('the total is 50, the rows received are 15'),
    });
  });

  test('stop_on_short_page', async () => {
    const log = await read(offset({stop_on_short_page: true}), offsetServer(15));
    expect(log.sent).toHaveLength(2);
    expect(log.end?.reason).toBe('short page of 5 rows');
  });

  test('an unused next link, a true flag or a larger total at the end are warnings', async () => {
    for (const extra of [
      {next: 'https://x/?p=9'},
      {hasMore: true},
      {meta: {total_count: 99}},
      {links: {next: {href: '/v1/items?p=9'}}},
    ]) {
      const log = await read(offset({total_path: null}), offsetServer(10, {extra: () => extra}));
      expect(log.end?.suspicious, JSON.stringify(extra)).toBe(true);
    }
    const fine = await read(
      offset(),
      offsetServer(10, {
        extra: () => ({next: null, has_more: false, total_count: 10, next_billing_date: '2026-01-01'}),
      }),
    );
    expect(fine.end).toMatchObject({reason: 'empty page', suspicious: false});
  });

  test('100 empty pages in a row are a warning, max_pages an error', async () => {
    const server = offsetServer(10, {extra: () => ({more: 1})});
    const log = await read(offset({has_more_path: 'more', max_pages: 150}), server);
    expect(warnings(log)).toEqual(['100 empty pages in a row']);
    expect(messageOf(log)).toContain('max_pages 150');
    expect(log.ids).toEqual(ids(10));
  });
});
