import {describe, expect, test} from 'vitest';
import {collect, ids, open, readOne, requestOfStream} from './reading.js';
import {planOf, Server} from './simulated.js';

const total = 7;

function offsetServer(): Server {
  return new Server((_, query) => {
    const offset = Number(query['offset'] ?? 0);
    const limit = Number(query['limit']);
    const rows = Array.from({length: total}, (_, index) => ({id: index + 1})).slice(offset, offset + limit);
    return JSON.stringify({data: rows});
  });
}

const planAt = (server: Server) => planOf({name: 'rows', server, path: 'rows', paginator: {type: 'offset', limit: 2}});
const request = {mode: 'full_refresh', syncId: 41} as const;

describe('full refresh', () => {
  test('gives every row and ends with done', async () => {
    const server = offsetServer();
    const {records, states} = await readOne(planAt(server), server, request);
    expect(ids(records)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(states.at(-1)).toEqual({v: 1, done: {sync_id: 41, at: server.clock.now()}});
  });

  test('T22: a state after every page; an interrupted read goes on where it was', async () => {
    const server = offsetServer();
    const plan = planAt(server);
    const sync = open([plan], [requestOfStream('rows', request)], server);
    const first = await collect(sync.read('rows'), 5);
    expect(ids(first.records.slice(0, first.covered))).toEqual([1, 2, 3, 4]);
    expect(first.states.at(-1)).toMatchObject({
      resume: {mode: 'full_refresh', sync_id: 41, request: 'f-rows', position: {offset: 4}},
    });
    const second = await readOne(planAt(server), server, {...request, state: first.states.at(-1)});
    expect(ids(second.records)).toEqual([5, 6, 7]);
  });

  test.each([
    ['another sync', {syncId: 42}],
    ['no sync id, overwrite', {syncId: undefined, overwrite: true}],
    ['incremental', {mode: 'incremental' as const, syncId: undefined, overwrite: true}],
  ])('the position is not used: %s', async (_, extra) => {
    const server = offsetServer();
    const first = await collect(open([planAt(server)], [requestOfStream('rows', request)], server).read('rows'), 5);
    const second = await readOne(planAt(server), server, {...request, ...extra, state: first.states.at(-1)});
    expect(ids(second.records)).toHaveLength(total);
  });

  test('a position older than a day, or of another request, is not used', async () => {
    const server = offsetServer();
    const first = await collect(open([planAt(server)], [requestOfStream('rows', request)], server).read('rows'), 5);
    const changed = planOf({
      name: 'rows',
      server,
      path: 'rows',
      paginator: {type: 'offset', limit: 2},
      fingerprint: 'other',
    });
    expect(ids((await readOne(changed, server, {...request, state: first.states.at(-1)})).records)).toHaveLength(total);
    server.clock.time += 86_400_001;
    expect(ids((await readOne(planAt(server), server, {...request, state: first.states.at(-1)})).records)).toHaveLength(
      total,
    );
  });

  test('a finished stream is not read again by the same job, but by the next', async () => {
    const server = offsetServer();
    const {states} = await readOne(planAt(server), server, request);
    const again = await readOne(planAt(server), server, {...request, state: states.at(-1)});
    expect(again.records).toEqual([]);
    expect(again.states.at(-1)).toMatchObject({done: {sync_id: 41}});
    expect(
      (await readOne(planAt(server), server, {...request, syncId: 42, state: states.at(-1)})).records,
    ).toHaveLength(total);
  });

  test('a failure comes after the last checkpoint and is never done', async () => {
    const server = offsetServer();
    const handle = server.handle;
    server.handle = (path, query) => (query['offset'] === '4' ? 500 : handle(path, query));
    const {records, states, error} = await collect(
      open([planAt(server)], [requestOfStream('rows', request)], server).read('rows'),
    );
    expect(String(error)).toContain('500');
    expect(ids(records)).toEqual([1, 2, 3, 4]);
    expect(states.at(-1)).not.toHaveProperty('done');
  });

  test('a refused position starts again from the beginning, with a warning', async () => {
    const server = offsetServer();
    const first = await collect(open([planAt(server)], [requestOfStream('rows', request)], server).read('rows'), 5);
    const handle = server.handle;
    let refuse = true;
    server.handle = (path, query) => {
      const stale = refuse && query['offset'] === '4';
      refuse = false;
      return stale ? 410 : handle(path, query);
    };
    const second = await readOne(planAt(server), server, {...request, state: first.states.at(-1)});
    expect(ids(second.records)).toHaveLength(total);
  });

  test('an abort ends the read with its reason', async () => {
    const server = offsetServer();
    const stop = new AbortController();
    const sync = open([planAt(server)], [requestOfStream('rows', request)], server, {signal: stop.signal});
    const read = sync.read('rows');
    await read.next();
    await read.next();
    stop.abort(new Error('SIGTERM'));
    const rest = await collect(read);
    expect(rest.error).toMatchObject({message: 'SIGTERM'});
    expect(rest.states.every((state) => !('done' in state))).toBe(true);
  });
});
