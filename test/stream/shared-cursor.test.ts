import {expect, test} from 'vitest';
import {planOf, readOne, requestOfStream, collect, open, Server} from './simulated.js';

const count = 10_050;
const at = (second: number): string => new Date(Date.UTC(2026, 0, 10) + second * 1000).toISOString().replace('.000Z', 'Z');

function setup(untimed = false) {
  const parents = Array.from({length: count}, (_, index) => `{"id": ${index}}`);
  const changed = new Map<string, string>();
  const server = new Server((path, query) => {
    const id = path.split('/')[1] ?? '';
    const updated = changed.get(id) ?? at(Number(id) % 100);
    const since = query['since'] ?? '';
    if (untimed) return JSON.stringify({data: [{id: Number(id), updated: Number(id) % 7}]});
    return JSON.stringify({data: updated >= since ? [{id: Number(id), updated}] : []});
  });
  const plans = () => {
    const parent = planOf({name: 'parents', server, path: '', staticRecords: parents});
    const cursor = untimed ? {path: 'updated'} : {path: 'updated', initial: at(0)};
    return [parent, planOf({name: 'items', server, path: 'items/{0}', params: {since: '{start}'}, parent, cursor, width: 4})];
  };
  const read = (state?: object, events?: number) =>
    collect(open(plans(), [requestOfStream('items', state === undefined ? {} : {state: state as never})], server).read('items'), events);
  return {server, parents, changed, read};
}

test('beyond 10,000 parents one cursor stands for all that are known; new ones start at initial_value', async () => {
  const {server, parents, changed, read} = setup();
  const first = await readWithout(read);
  expect(first.records).toHaveLength(count);
  const state = first.states.at(-1) ?? {};
  expect(state).toMatchObject({shared: true, cursor: {updated: at(99)}});
  expect(state).not.toHaveProperty('partitions');
  expect(String(state['known'])).toHaveLength((count * 6 * 4) / 3);
  parents.push(`{"id": ${count}}`);
  changed.set('5', at(200));
  const asked = server.requests.length;
  const second = await readWithout(read, state);
  // Known ones from the shared cursor: 5, and those at it that were not remembered.
  expect(second.records.filter((record) => record.includes(`"id":${count},`))).toHaveLength(1);
  expect(second.records.filter((record) => record.includes('"id":5,'))).toHaveLength(1);
  expect(server.requests[asked]).toBe(`items/0?since=${at(99)}`);
  expect(server.requests.at(-1)).toBe(`items/${count}?since=${at(0)}`);
  expect(second.states.at(-1)).toMatchObject({shared: true, cursor: {updated: at(200)}});
});

test('until every parent was finished the shared cursor does not move', async () => {
  const {changed, read} = setup();
  const first = await readWithout(read);
  changed.set('3', at(300));
  changed.set('10000', at(150));
  const killed = await read(first.states.at(-1), 300);
  expect(killed.states.at(-1)).toMatchObject({shared: true, cursor: {updated: at(99)}, resume: {seen: at(300)}});
  const rest = await readWithout(read, killed.states.at(-1));
  const got = [...killed.records.slice(0, killed.covered), ...rest.records];
  expect(got.some((record) => record.includes('"id":10000,'))).toBe(true);
  expect(rest.states.at(-1)).toMatchObject({cursor: {updated: at(300)}});
});

test('cursors that are no times stay one each', async () => {
  const {read} = setup(true);
  const {states} = await readWithout(read);
  expect(states.at(-1)).not.toHaveProperty('shared');
  expect((states.at(-1)?.['partitions'] as {cursors: unknown[]}).cursors).toHaveLength(count);
});

/** Only the first and the last state are printed: 10,000 of them would be compared for nothing. */
async function readWithout(read: ReturnType<typeof setup>['read'], state?: object) {
  const result = await read(state);
  if (result.error !== undefined) throw result.error;
  return result;
}

void readOne;
