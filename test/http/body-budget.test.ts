import fc from 'fast-check';
import {expect, test} from 'vitest';
import {bodyBudgetBytes, createBodyBudget} from '../../src/http/body-budget.js';
import {running} from './setup.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('a quarter of the memory limit, if there is one', () => {
  expect(bodyBudgetBytes(256, undefined)).toBe(256);
  expect(bodyBudgetBytes(256, 0)).toBe(256);
  expect(bodyBudgetBytes(256, 2 ** 63)).toBe(256);
  expect(bodyBudgetBytes(256, 400)).toBe(100);
  expect(bodyBudgetBytes(256, 4000)).toBe(256);
});

test('the first may use it all, the second waits until it is done', async () => {
  const budget = createBodyBudget(100);
  const [first, second] = [budget.open(), budget.open()];
  await first.grow(60, running());
  await second.grow(40, running());
  let grown = false;
  const waiting = second.grow(10, running()).then(() => {
    grown = true;
  });
  await first.grow(90, running());
  await turn();
  expect(grown).toBe(false);
  first.close();
  await waiting;
  second.close();
});

test('a waiting one can be aborted', async () => {
  const budget = createBodyBudget(10);
  const first = budget.open();
  await first.grow(10, running());
  const second = budget.open();
  const controller = new AbortController();
  const waiting = second.grow(1, controller.signal);
  controller.abort(new Error('stopped'));
  await expect(waiting).rejects.toThrow('stopped');
  second.close();
  first.close();
  await budget.open().grow(10, running());
});

test('whatever the bodies, all get through and nothing is left over', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.integer({min: 1, max: 60}), {maxLength: 6}), {maxLength: 8}),
      async (bodies) => {
        const budget = createBodyBudget(100);
        const receive = async (chunks: readonly number[]): Promise<void> => {
          const share = budget.open();
          for (const bytes of chunks) {
            await share.grow(bytes, running());
            await turn();
          }
          share.close();
        };
        await Promise.all(bodies.map(receive));
        const [last, other] = [budget.open(), budget.open()];
        await last.grow(50, running());
        await other.grow(50, running());
      },
    ),
    {numRuns: 30},
  );
});

test('beyond the budget a body waits for the pages that are being written, even if it began first', async () => {
  const budget = createBodyBudget(100);
  const first = budget.open();
  await first.grow(60, running());
  const [one, two] = [budget.hold(30), budget.hold(30)];
  let grown = false;
  const waiting = first.grow(10, running()).then(() => {
    grown = true;
  });
  one();
  await turn();
  expect(grown).toBe(true);
  await waiting;
  const other = first.grow(50, running());
  expect(first.take(50)).toBe(false);
  two();
  await other;
  // Nothing is being written: it may use it all again.
  expect(first.take(1_000)).toBe(true);
  first.close();
  expect(budget.open().take(100)).toBe(true);
});
