import {expect, test} from 'vitest';
import type {Send} from '../../src/http/answer.js';
import {childOf, family, parentOf} from './family.js';
import {collect, ids, open, requestOfStream} from './reading.js';

test('as many walks as a stream may have raise no warning of Node', async () => {
  const warnings: string[] = [];
  const listen = ({message}: Error): void => void warnings.push(message);
  process.on('warning', listen);
  const parents = Array.from({length: 40}, (_, index) => ({id: index + 1}));
  const server = family(
    () => parents,
    (parent) => [{id: Number(parent)}],
  );
  const parent = parentOf(server);
  const sync = open([parent, childOf(server, parent, {width: 32})], [requestOfStream('items')], server);
  expect((await collect(sync.read('items'))).records).toHaveLength(40);
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', listen);
  expect(warnings).toEqual([]);
});

test('the children of as many parents as the width allows are read at once, and emitted in order', async () => {
  const parents = Array.from({length: 12}, (_, index) => ({id: index + 1}));
  const server = family(
    () => parents,
    (parent) => [{id: Number(parent)}],
  );
  const parent = parentOf(server);
  const child = childOf(server, parent, {width: 4});
  let inFlight = 0;
  let most = 0;
  const send: Send = async (request, options) => {
    inFlight += 1;
    most = Math.max(most, inFlight);
    for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    inFlight -= 1;
    return child.send(request, options);
  };
  const sync = open([parent, {...child, send}], [requestOfStream('items')], server);
  expect(ids((await collect(sync.read('items'))).records)).toEqual(parents.map(({id}) => id));
  expect(most).toBe(4);
});
