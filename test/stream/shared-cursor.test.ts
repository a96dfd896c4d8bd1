import {expect, test, vi} from 'vitest';
import type {StreamState} from '../../src/stream/stream-plan.js';
import {collect, open, recordsOf, requestOfStream, roundTrip} from './reading.js';
import {planOf, Server} from './simulated.js';

// The real limits are 10,000 and 25,000.
vi.mock('../../src/stream/partitions.js', async (original) => ({
  ...(await original<typeof import('../../src/stream/partitions.js')>()),
  mostPartitions: 100,
  mostUntimed: 250,
  mostKnown: 400,
}));

const count = 150;
const at = (second: number): string =>
  new Date(Date.UTC(2026, 0, 10) + second * 1000).toISOString().replace('.000Z', 'Z');

function setup(untimed = false, size = count) {
  const parents = Array.from({length: size}, (_, index) => `{"id": ${index}}`);
  const changed = new Map<string, string>();
  const server = new Server((path, query) => {
    const id = path.split('/')[1] ?? '';
    const updated = changed.get(id) ?? at(Number(id) % 50);
    const since = query['since'] ?? '';
    if (untimed) return JSON.stringify({data: [{id: Number(id), updated: Number(id) % 7}]});
    return JSON.stringify({data: updated >= since ? [{id: Number(id), updated}] : []});
  });
  const plans = () => {
    const parent = planOf({name: 'parents', server, path: '', staticRecords: parents});
    const cursor = untimed ? {path: 'updated'} : {path: 'updated', initial: at(0)};
    return [
      parent,
      planOf({name: 'items', server, path: 'items/{0}', params: {since: '{start}'}, parent, cursor, width: 4}),
    ];
  };
  const read = async (state?: object, checkpoints = Number.POSITIVE_INFINITY) => {
    const request = requestOfStream('items', state === undefined ? {} : {state: state as never});
    const kept: string[] = [];
    let covered = 0;
    let left = checkpoints;
    let print = (): StreamState => ({});
    // Only the last state is printed: 10,000 cursors at 10,000 checkpoints are the command's to throttle.
    for await (const event of open(plans(), [request], server).read('items')) {
      kept.push(...recordsOf(event));
      if (event.type !== 'checkpoint') continue;
      covered = kept.length;
      print = () => event.state;
      if (--left === 0) break;
    }
    return {records: kept.slice(0, covered), state: roundTrip(print())};
  };
  return {server, parents, changed, read};
}

test('beyond the limit one cursor stands for all that are known; new ones start at initial_value', async () => {
  const {server, parents, changed, read} = setup();
  const first = await read();
  expect(first.records).toHaveLength(count);
  const {state} = first;
  expect(state).toMatchObject({shared: true, cursor: {updated: at(49)}});
  expect(state).not.toHaveProperty('partitions');
  expect(String(state['known'])).toHaveLength(1200);
  parents.push(`{"id": ${count}}`);
  changed.set('5', at(200));
  const asked = server.requests.length;
  const second = await read(state);
  // Known ones from the shared cursor: 5, and those at it that were not remembered.
  expect(second.records.filter((record) => record.includes(`"id":${count},`))).toHaveLength(1);
  expect(second.records.filter((record) => record.includes('"id":5,'))).toHaveLength(1);
  expect(server.requests[asked]).toBe(`items/0?since=${at(49)}`);
  expect(server.requests.at(-1)).toBe(`items/${count}?since=${at(0)}`);
  expect(second.state).toMatchObject({shared: true, cursor: {updated: at(200)}});
});

test('a sync without any row keeps a shared cursor of epoch numbers', async () => {
  const parents = Array.from({length: count}, (_, index) => `{"id": ${index}}`);
  const epoch = (second: number): number => Date.parse(at(second)) / 1000;
  let rows = [{id: 1, updated: epoch(7)}];
  const server = new Server(() => JSON.stringify({data: rows}));
  const read = (state?: StreamState) => {
    const parent = planOf({name: 'parents', server, path: '', staticRecords: parents});
    const cursor = {path: 'updated', initial: epoch(0)};
    const plans = [
      parent,
      planOf({name: 'items', server, path: 'items/{0}', params: {since: '{start}'}, parent, cursor}),
    ];
    return collect(open(plans, [requestOfStream('items', {state})], server).read('items'));
  };
  const first = await read();
  expect(first.states.at(-1)).toMatchObject({shared: true, cursor: {updated: epoch(7)}});
  rows = [];
  const second = await read(first.states.at(-1));
  expect(second.states.at(-1)).toMatchObject({shared: true, cursor: {updated: epoch(7)}});
});

test('until every parent was finished the shared cursor does not move', async () => {
  const {changed, read} = setup();
  const first = await read();
  changed.set('3', at(300));
  changed.set('140', at(150));
  const killed = await read(first.state, 60);
  expect(killed.state).toMatchObject({shared: true, cursor: {updated: at(49)}, resume: {seen: at(300)}});
  const rest = await read(killed.state);
  const got = [...killed.records, ...rest.records];
  expect(got.some((record) => record.includes('"id":140,'))).toBe(true);
  expect(rest.state).toMatchObject({cursor: {updated: at(300)}});
});

test.each([
  ['times', false, 410],
  ['no times', true, 260],
])('more parents than a state holds are read in full: %s', async (_, untimed, size) => {
  const {read} = setup(untimed, size);
  const {state} = await read();
  expect(state).toEqual({v: 1});
  expect((await read(state)).records).toHaveLength(size);
});

test('cursors that are no times stay one each', async () => {
  const {read} = setup(true);
  const {state} = await read();
  expect(state).not.toHaveProperty('shared');
  expect((state['partitions'] as {cursors: unknown[]}).cursors).toHaveLength(count);
});
