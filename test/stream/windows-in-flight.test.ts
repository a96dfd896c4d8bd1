import {expect, test} from 'vitest';
import type {Send} from '../../src/http/answer.js';
import type {StreamPlan} from '../../src/stream/stream-plan.js';
import {at} from './family.js';
import {collect, ids, listLog, open, requestOfStream} from './reading.js';
import {planOf, type Reply, Server} from './simulated.js';

/* Several windows at once: their rows and states come in order of time, and one that fails holds up only what follows it. */

const rows = Array.from({length: 12}, (_, hour) => ({id: hour, updated: at(hour)}));

/** Windows of two hours over twelve. `fails`: what the window of this start answers. */
function setup(fails: (since: string) => Reply | undefined = () => undefined): {
  server: Server;
  plan: () => StreamPlan;
} {
  const server = new Server((_, {since = '', until = ''}) => {
    const data = rows.filter(({updated}) => updated >= since && updated < until);
    return fails(since) ?? JSON.stringify({data});
  });
  const cursor = {path: 'updated', initial: at(0), end: at(12), step: 'PT2H'};
  const params = {since: '{start}', until: '{end}'};
  return {server, plan: () => planOf({name: 'rows', server, path: 'rows', params, cursor, width: 3})};
}

const read = (plans: readonly StreamPlan[], server: Server, state?: object) => {
  const request = requestOfStream('rows', state === undefined ? {} : {state: state as never});
  return collect(open(plans, [request], server, {log: listLog()}).read('rows'));
};

test('three at once, the first answer last: everything in order', async () => {
  const {server, plan} = setup();
  const whole = plan();
  let inFlight = 0;
  let most = 0;
  const send: Send = async (request, options) => {
    most = Math.max(most, ++inFlight);
    const since = Object.fromEntries(request.query)['since'] ?? '';
    // The later the window, the sooner its answer.
    for (let turn = 50 - 2 * Number(since.slice(11, 13)); turn > 0; turn--)
      await new Promise((resolve) => setImmediate(resolve));
    inFlight--;
    return whole.send(request, options);
  };
  const done = await read([{...whole, send}], server);
  expect(most).toBe(3);
  expect(server.requests[0]).not.toContain(at(0));
  expect(ids(done.records)).toEqual(rows.map(({id}) => id));
  const cursors = done.states.flatMap(({cursor}) => (cursor === undefined ? [] : [JSON.stringify(cursor)]));
  expect([...new Set(cursors)]).toEqual([2, 4, 6, 8, 10, 12].map((hour) => JSON.stringify({updated: at(hour)})));
});

test('one that fails: the windows before it are finished, those after it are not given', async () => {
  let broken = true;
  const {server, plan} = setup((since) => (broken && since === at(4) ? {body: '{}', status: 500} : undefined));
  const first = await read([plan()], server);
  expect(String(first.error)).toContain('500');
  expect(ids(first.records)).toEqual([0, 1, 2, 3]);
  expect(first.states.at(-1)).toMatchObject({cursor: {updated: at(4)}});
  broken = false;
  const second = await read([plan()], server, first.states.at(-1));
  expect(ids(second.records)).toEqual([4, 5, 6, 7, 8, 9, 10, 11]);
});

test('one that ends unfinished: those after it are given, but the state stays before it', async () => {
  let broken = true;
  const {server, plan} = setup((since) =>
    broken && since === at(4) ? {body: '{}', status: 500, ignored: 'retryable'} : undefined,
  );
  const first = await read([plan()], server);
  expect(first.error).toBeUndefined();
  expect(ids(first.records)).toEqual([0, 1, 2, 3, 6, 7, 8, 9, 10, 11]);
  expect(first.states.at(-1)).toMatchObject({cursor: {updated: at(4)}});
  expect(first.states.at(-1)).not.toHaveProperty('resume');
  broken = false;
  const second = await read([plan()], server, first.states.at(-1));
  expect(ids(second.records).slice(0, 2)).toEqual([4, 5]);
});
