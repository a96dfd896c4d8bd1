import {expect, test} from 'vitest';
import {Unfinished} from '../src/unfinished.js';
import {gate} from './support/api-server.js';

test('what is kept is awaited, also what begins meanwhile and what fails', async () => {
  const unfinished = new Unfinished();
  const [first, second] = [gate(), gate()];
  const ended: string[] = [];
  const failing = unfinished.keep(
    first.opened.then(() => {
      unfinished.keep(second.opened.then(() => ended.push('second'))).catch(() => undefined);
      throw new Error('first');
    }),
  );
  const settled = unfinished.settled().then(() => ended.push('all'));
  first.open();
  await expect(failing).rejects.toThrow('first');
  expect([unfinished.isEmpty, ended]).toEqual([false, []]);
  second.open();
  await settled;
  expect([unfinished.isEmpty, ended]).toEqual([true, ['second', 'all']]);
});
