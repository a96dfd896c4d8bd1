import {expect, test} from 'vitest';
import {type SampleOptions, sample} from '../../src/stream/sample.js';
import type {StreamPlan} from '../../src/stream/stream-plan.js';
import {ids, recordsOf, silentLog} from './reading.js';
import {planOf, Server} from './simulated.js';

const limits = {pages: 2, records: 100, partitions: 2};

async function take(plan: StreamPlan, server: Server, extra: Partial<SampleOptions> = {}) {
  const options = {...limits, clock: server.clock, log: silentLog, signal: new AbortController().signal, ...extra};
  const records: string[] = [];
  const ended: (string | undefined)[] = [];
  for await (const {batch, suffix, ended: reason} of sample(plan, options)) {
    records.push(...recordsOf({type: 'records', batch, ...(suffix && {suffix})}));
    ended.push(reason);
  }
  return {records, ended};
}

const pages = (total: number) =>
  new Server((path, query) => {
    const offset = Number(query['offset'] ?? 0);
    const rows = Array.from({length: total}, (_, index) => ({id: index + 1, path}));
    return JSON.stringify({data: rows.slice(offset, offset + 2)});
  });

const paginator = {type: 'offset', limit: 2};

test('the first pages, and no request beyond them', async () => {
  const server = pages(9);
  const {records, ended} = await take(planOf({name: 'rows', server, path: 'rows', paginator}), server);
  expect(ids(records)).toEqual([1, 2, 3, 4]);
  expect(ended).toEqual([undefined, undefined]);
  expect(server.requests).toHaveLength(2);
});

test('a short walk says why it ended; a limit of records cuts the page', async () => {
  const server = pages(3);
  const plan = planOf({name: 'rows', server, path: 'rows', paginator});
  expect((await take(plan, server, {pages: 0})).ended.at(-1)).toMatch(/empty page/);
  expect(ids((await take(plan, server, {records: 1})).records)).toEqual([1]);
});

test('children of the first parents, with the parent columns', async () => {
  const server = pages(5);
  const parent = planOf({name: 'parents', server, path: 'parents', paginator});
  const plan = planOf({name: 'rows', server, path: 'rows/{0}', parent, paginator, included: {_parents_id: 'id'}});
  const {records} = await take(plan, server, {pages: 1});
  expect(records.map((record) => [JSON.parse(record).path, JSON.parse(record)._parents_id])).toEqual([
    ['rows/1', 1],
    ['rows/1', 1],
    ['rows/2', 2],
    ['rows/2', 2],
  ]);
  expect(server.requests.filter((url) => url.startsWith('parents'))).toHaveLength(1);
});

test('of windows the newest that has records', async () => {
  const server = new Server((_, query) => {
    const rows = [{id: 1, updated: '2026-01-28T00:00:00Z'}];
    return JSON.stringify({
      data: rows.filter(({updated}) => updated >= (query['since'] ?? '') && updated < (query['until'] ?? '')),
    });
  });
  const cursor = {path: 'updated', initial: '2010-01-01T00:00:00Z', step: 'P1D'};
  const plan = planOf({name: 'rows', server, path: 'rows', params: {since: '{start}', until: '{end}'}, cursor});
  expect(ids((await take(plan, server)).records)).toEqual([1]);
  expect(server.requests.length).toBeLessThan(5);
});
