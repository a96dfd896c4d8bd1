import {describe, expect, test} from 'vitest';
import {openSpool} from '../../src/spool.js';
import {ParentFeed, type Tap} from '../../src/stream/parent-feed.js';
import {RowStore} from '../../src/stream/row-store.js';
import type {StreamEvent} from '../../src/stream/stream-plan.js';
import {planOf, Server} from './simulated.js';

const server = new Server(() => '{}');
const plan = planOf({name: 'parents', server, path: 'parents'});
const signal = new AbortController().signal;

/** Rows in pages of two, as the read of a parent gives them. */
function reading(count: number, reads: {n: number}) {
  return async function* open(tap: Tap): AsyncGenerator<StreamEvent> {
    reads.n++;
    for (let from = 0; from < count; from += 2) {
      const bytes = Buffer.from(`{"id":${from}}{"id":${from + 1}}`);
      const half = bytes.indexOf('}{') + 1;
      const spans = Int32Array.of(0, half, half, bytes.length);
      await tap.rows({bytes, count: 2, spans, fields: []}, new Map());
      yield {type: 'waiting', until: 0};
    }
  };
}

function feedOf(count: number, reads: {n: number}, extra: {memory?: number; spool?: boolean} = {}) {
  const child = planOf({name: 'items', server, path: 'items/{0}', parent: plan});
  if (child.parent === undefined) throw new Error('no parent');
  const feed = new ParentFeed({
    plan,
    paths: child.parent.fields,
    readers: new Set(['a', 'b']),
    openSpool: extra.spool === true ? openSpool : undefined,
    driven: false,
    open: reading(count, reads),
    ...(extra.memory !== undefined && {memory: extra.memory}),
  });
  const relation = child.parent;
  return {feed, source: (name: string) => feed.source(name, relation)};
}

async function rowsOf(source: ReturnType<ReturnType<typeof feedOf>['source']>): Promise<(string | undefined)[]> {
  const rows = [];
  for await (const item of source.items(signal)) if (item.type === 'row') rows.push(item.row.values[0]);
  return rows;
}

const numbers = (count: number) => Array.from({length: count}, (_, index) => String(index));

describe('parent feed', () => {
  test('two readers share one read, each from the first row on', async () => {
    const reads = {n: 0};
    const {source} = feedOf(10, reads);
    const [a, b] = await Promise.all([rowsOf(source('a')), rowsOf(source('b'))]);
    expect(a).toEqual(numbers(10));
    expect(b).toEqual(numbers(10));
    expect(await rowsOf(source('a'))).toEqual(numbers(10));
    expect(reads.n).toBe(1);
  });

  test('beyond the memory rows go to a file', async () => {
    const reads = {n: 0};
    const {feed, source} = feedOf(5000, reads, {memory: 100, spool: true});
    const [a, b] = await Promise.all([rowsOf(source('a')), rowsOf(source('b'))]);
    expect(a).toEqual(numbers(5000));
    expect(b).toEqual(a);
    expect(reads.n).toBe(1);
    await feed.release('a');
    await feed.release('b');
  });

  test('where no file can be written every reader reads the rest on its own', async () => {
    const reads = {n: 0};
    const {source} = feedOf(20, reads, {memory: 10});
    expect([...new Set(await rowsOf(source('a')))]).toEqual(numbers(20));
    expect([...new Set(await rowsOf(source('b')))]).toEqual(numbers(20));
    expect(reads.n).toBe(3);
  });

  test('an abort wakes a reader that waits', async () => {
    const stop = new AbortController();
    const {feed} = feedOf(0, {n: 0});
    const relation = planOf({name: 'items', server, path: '', parent: plan}).parent;
    if (relation === undefined) throw new Error('no parent');
    const driven = new ParentFeed({
      plan,
      paths: relation.fields,
      readers: new Set(['a']),
      openSpool: undefined,
      driven: true,
      open: reading(0, {n: 0}),
    });
    const next = driven.source('a', relation).items(stop.signal).next();
    stop.abort(new Error('stopped'));
    await expect(next).rejects.toThrow('stopped');
    await feed.release('a');
  });
});

test('spooled rows keep every character, wherever a chunk ends', async () => {
  const rows = Array.from({length: 9000}, (_, index) => `"ü€𝄞${'x'.repeat(index % 7)}"\n${index}`);
  const store = new RowStore(openSpool, 0);
  await store.add(rows.slice(0, 4000));
  const next = store.reader(2);
  const got: (string | undefined)[] = [];
  for (let row = await next(); row !== undefined; row = await next()) got.push(row);
  await store.add(rows.slice(4000));
  for (let row = await next(); row !== undefined; row = await next()) got.push(row);
  expect(got).toEqual(rows);
  await store.close();
});
