import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {transientError} from '../../src/errors.js';
import type {Answer, Send} from '../../src/http/answer.js';
import {walk} from '../../src/pagination/walk.js';
import type {WalkEvent} from '../../src/pagination/walk-event.js';
import {
  answerOf,
  base,
  ids,
  messageOf,
  offsetServer,
  pageServer,
  paginatorOf,
  read,
  rows,
  type Server,
} from './answers.js';

const offset = (options: object = {}) => paginatorOf({type: 'offset', limit: 2, ...options});
const signal = () => new AbortController().signal;

/** A send whose answers come when they are told to. */
function slow(count = 10) {
  const calls: {
    offset: number;
    signal: AbortSignal;
    onWait: (until: number) => void;
    land: () => void;
    fail: (error: Error) => void;
  }[] = [];
  const send: Send = (request, options) =>
    new Promise<Answer>((resolve, reject) => {
      const at = Number(request.query.find(([name]) => name === 'offset')?.[1]);
      options.signal.addEventListener('abort', () => reject(options.signal.reason));
      calls.push({
        offset: at,
        signal: options.signal,
        onWait: (until) => options.onWait?.(until),
        land: () =>
          resolve(
            answerOf({body: {data: rows(at, Math.min(count, at + 2)), total: count}}, {request, selector: 'data'}),
          ),
        fail: reject,
      });
    });
  return {send, calls};
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('one page ahead', () => {
  test('the next request leaves before a page is yielded, the one after only when the next event is pulled', async () => {
    const {send, calls} = slow();
    const events = walk(offset(), base, send, {offset: 0}, {signal: signal()});
    const first = events.next();
    expect(calls).toHaveLength(1);
    calls[0]?.land();
    expect((await first).value).toMatchObject({type: 'page', after: {offset: 2}});
    expect(calls.map((call) => call.offset)).toEqual([0, 2]);
    calls[1]?.land();
    await settled();
    expect(calls).toHaveLength(2);
    expect((await events.next()).value).toMatchObject({type: 'page', after: {offset: 4}});
    expect(calls.map((call) => call.offset)).toEqual([0, 2, 4]);
    await events.return();
    expect(calls[2]?.signal.aborted).toBe(true);
  });

  test('returning early leaves no unhandled rejection', async () => {
    const unhandled: unknown[] = [];
    const listen = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', listen);
    const {send, calls} = slow();
    const events = walk(offset(), base, send, {offset: 0}, {signal: signal()});
    const first = events.next();
    calls[0]?.land();
    await first;
    await events.return();
    await settled();
    await settled();
    process.off('unhandledRejection', listen);
    expect(unhandled).toEqual([]);
    expect(calls[1]?.signal.aborted).toBe(true);
  });

  test('an error of the request ahead comes after the page in hand', async () => {
    const {send, calls} = slow();
    const events = walk(offset(), base, send, {offset: 0}, {signal: signal()});
    const first = events.next();
    calls[0]?.land();
    expect((await first).value).toMatchObject({type: 'page'});
    calls[1]?.fail(transientError('gone'));
    await settled();
    await expect(events.next()).rejects.toThrow('gone');
    expect((await events.next()).done).toBe(true);
  });

  test('the signal of the caller aborts what is on its way', async () => {
    const {send, calls} = slow();
    const controller = new AbortController();
    const events = walk(offset(), base, send, {offset: 0}, {signal: controller.signal});
    const first = events.next();
    controller.abort(new Error('stop'));
    await expect(first).rejects.toThrow('stop');
    expect(calls[0]?.signal.aborted).toBe(true);
  });

  test('a wait is yielded only after the page in hand, each once', async () => {
    const {send, calls} = slow();
    const events = walk(offset(), base, send, {offset: 0}, {signal: signal()});
    const first = events.next();
    calls[0]?.onWait(100);
    expect((await first).value).toEqual({type: 'waiting', until: 100});
    const page = events.next();
    calls[0]?.land();
    expect((await page).value).toMatchObject({type: 'page'});
    calls[1]?.onWait(200);
    calls[1]?.onWait(300);
    expect((await events.next()).value).toEqual({type: 'waiting', until: 300});
    const second = events.next();
    calls[1]?.land();
    expect((await second).value).toMatchObject({type: 'page'});
    calls[2]?.onWait(400);
    calls[2]?.land();
    await settled();
    expect((await events.next()).value).toMatchObject({type: 'page'});
    await events.return();
  });
});

describe('verdicts', () => {
  const second =
    (reply: object): Server =>
    (request, params, count) =>
      count === 1 ? offsetServer(2)(request, params, count) : {body: {}, ...reply};

  test('ignore on a first page, and a 4xx later of offset, are done; a retried status or another type is unfinished', async () => {
    const first = await read(offset(), () => ({verdict: 'ignore', status: 404}));
    expect(first.end).toMatchObject({outcome: 'done', suspicious: false});
    expect(first.notes).toHaveLength(1);
    expect((await read(offset(), () => ({verdict: 'ignore', status: 500, retryable: true}))).end).toMatchObject({
      outcome: 'unfinished',
      suspicious: true,
    });
    expect((await read(offset(), second({verdict: 'ignore', status: 404}))).end?.outcome).toBe('done');
    expect((await read(offset(), second({verdict: 'ignore', status: 200}))).end?.outcome).toBe('unfinished');
    expect((await read(offset(), second({verdict: 'ignore', status: 429, retryable: true}))).end?.outcome).toBe(
      'unfinished',
    );
    const cursor = paginatorOf({type: 'cursor', cursor_path: 'next'});
    const log = await read(cursor, (_request, _params, count) =>
      count === 1 ? {body: {data: rows(0, 1), next: 'a'}} : {verdict: 'ignore', status: 404},
    );
    expect(log.ids).toEqual([0]);
    expect(log.end?.outcome).toBe('unfinished');
  });

  test('stop ends, on the first page it is an error', async () => {
    expect((await read(offset(), second({verdict: 'stop', status: 400}))).end).toMatchObject({
      outcome: 'done',
      suspicious: false,
    });
    expect(messageOf(await read(offset(), () => ({verdict: 'stop', status: 400})))).toContain('400');
  });

  test('a refused position of a resumed walk restarts; 401 and later pages do not', async () => {
    for (const status of [400, 404, 410, 416, 422, 409]) {
      expect(
        (await read(offset(), () => ({status}), {from: {offset: 4, pages: 2, rows: 4, last: 2, longest: 2}})).end
          ?.outcome,
      ).toBe('restart');
    }
    expect(messageOf(await read(offset(), () => ({status: 401}), {from: {offset: 4, pages: 2}}))).toContain('401');
    const later = await read(
      offset(),
      (_request, params) => (params.get('offset') === '4' ? {body: {data: rows(4, 5)}} : {status: 404}),
      {
        from: {offset: 4, pages: 2, rows: 4, last: 2, longest: 2},
      },
    );
    expect(later.end?.reason).toBe('404 past the end');
  });

  test('a child is skipped by 404 and 410 on its first page only', async () => {
    for (const status of [404, 410]) {
      expect((await read(offset(), () => ({status}), {child: true})).end).toMatchObject({
        outcome: 'skipped',
        notes: [{level: 'warn', text: expect.stringMatching(`a parent is skipped: GET .* answered ${status}`)}],
      });
    }
    expect(messageOf(await read(offset(), () => ({status: 403}), {child: true}))).toContain('403');
    expect(messageOf(await read(offset(), second({status: 410}), {child: true}))).toContain('410');
    expect(messageOf(await read(offset(), () => ({status: 404})))).toContain('404');
  });
});

test('pages are counted', async () => {
  const stats = {requests: 0, retries: 0, waitedMs: 0, bytes: 0, pages: 0};
  await read(offset(), offsetServer(5), {stats});
  expect(stats.pages).toBe(4);
});

describe('several pages ahead', () => {
  const total = (count: number) => offsetServer(count, {extra: () => ({total: count})});

  test('requests leave together once page 1 was full and a written total is known', async () => {
    const {send, calls} = slow(10);
    const events = walk(offset({total_path: 'total'}), base, send, {offset: 0}, {signal: signal(), ahead: 3});
    const first = events.next();
    expect(calls).toHaveLength(1);
    calls[0]?.land();
    await first;
    expect(calls.map((call) => call.offset)).toEqual([0, 2, 4, 6]);
    for (const call of [...calls].reverse()) call.land();
    expect((await events.next()).value).toMatchObject({after: {offset: 4}});
    expect(calls.map((call) => call.offset)).toEqual([0, 2, 4, 6, 8]);
    await events.return();
    expect(calls[4]?.signal.aborted).toBe(true);
  });

  test('nothing is requested ahead beyond the total or the maximum', async () => {
    const one = ['?offset=0&limit=2', '?offset=2&limit=2', '?offset=4&limit=2', '?offset=6&limit=2'];
    expect((await read(offset({total_path: 'total'}), total(6), {ahead: 8})).sent).toEqual(one);
    expect((await read(offset({total_path: 'total', maximum_offset: 3}), total(6), {ahead: 8})).sent).toEqual(
      one.slice(0, 2),
    );
  });

  test('an unwritten total, a short first page or an unknown base go one by one', async () => {
    const most = async (options: object, type: 'offset' | 'page_number', server: Server) => {
      let open = 0;
      let highest = 0;
      await read(
        paginatorOf({type, ...options}),
        async (request, params, count) => {
          open += 1;
          highest = Math.max(highest, open);
          await settled();
          open -= 1;
          return server(request, params, count);
        },
        {ahead: 4},
      );
      return highest;
    };
    expect(await most({limit: 2, total_path: 'total'}, 'offset', total(20))).toBe(4);
    expect(await most({limit: 2}, 'offset', total(20))).toBe(1);
    expect(
      await most({limit: 3, total_path: 'total'}, 'offset', offsetServer(20, {cap: 2, extra: () => ({total: 20})})),
    ).toBe(1);
    const pages = pageServer(20, {size: 2, first: 1, extra: () => ({total_pages: 10})});
    const sized = {limit: 2, limit_param: 'limit', total_path: 'total_pages'};
    expect(await most({...sized, base_page: 1}, 'page_number', pages)).toBe(4);
    expect(await most({...sized, page: 1}, 'page_number', pages)).toBe(1);
  });

  test('a page of another size cancels those in flight, and the walk goes on one by one', async () => {
    const short: Server = (_request, params) => {
      const from = Number(params.get('offset'));
      return {body: {total: 12, data: rows(from, from === 4 ? 5 : Math.min(12, from + 2))}};
    };
    const log = await read(offset({total_path: 'total'}), short, {ahead: 3});
    expect(log.ids).toEqual(ids(12));
    const one = await read(offset({total_path: 'total'}), short);
    expect(log.after).toEqual(one.after);
  });

  test('property: the same pages in the same order with the same checkpoints as one by one', async () => {
    const kinds = fc.record({
      type: fc.constantFrom('offset', 'page_number'),
      count: fc.nat(40),
      limit: fc.integer({min: 1, max: 6}),
      cap: fc.option(fc.integer({min: 1, max: 6}), {nil: undefined}),
      gap: fc.option(fc.nat(8), {nil: undefined}),
      off: fc.integer({min: -9, max: 9}),
      maximum: fc.option(fc.nat(20), {nil: undefined}),
    });
    await fc.assert(
      fc.asyncProperty(
        kinds,
        fc.integer({min: 2, max: 6}),
        fc.array(fc.nat(3), {minLength: 4, maxLength: 12}),
        async (kind, ahead, delays) => {
          const {type, count, limit, cap, gap, off, maximum} = kind;
          const isOffset = type === 'offset';
          const claimed = Math.max(0, (isOffset ? count : Math.ceil(count / limit)) + off);
          const server: Server = async (_request, params, sent) => {
            for (let turn = 0; turn < (delays[sent % delays.length] ?? 0); turn += 1) await settled();
            const from = isOffset ? Number(params.get('offset')) : (Number(params.get('page')) - 1) * limit;
            const size = from / limit === gap ? 1 : Math.min(limit, cap ?? limit);
            return {body: {total: claimed, data: rows(from, Math.min(count, from + size))}};
          };
          const paginator = paginatorOf({
            type,
            limit,
            limit_param: 'limit',
            total_path: 'total',
            ...(isOffset
              ? {...(maximum !== undefined && {maximum_offset: maximum})}
              : {base_page: 1, ...(maximum !== undefined && {maximum_page: maximum})}),
          });
          const one = await read(paginator, server);
          const many = await read(paginator, server, {ahead});
          expect(many.ids).toEqual(one.ids);
          expect(many.after).toEqual(one.after);
          expect(many.end).toEqual(one.end);
          expect(many.notes).toEqual(one.notes);
          expect(many.error === undefined).toBe(one.error === undefined);
        },
      ),
      {numRuns: 100},
    );
  });
});

test('events end with one end', async () => {
  const log: WalkEvent['type'][] = [];
  const send: Send = async (request) => answerOf({body: {data: []}}, {request, selector: 'data'});
  for await (const event of walk(offset(), base, send, {offset: 0}, {signal: signal()})) log.push(event.type);
  expect(log).toEqual(['page', 'end']);
});
