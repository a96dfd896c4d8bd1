import {expect, test} from 'vitest';
import {didYouMean} from '../../src/did-you-mean.js';
import {listLog, readOne} from './reading.js';
import {planOf, Server} from './simulated.js';

/** What is said of pages without a readable cursor. */
async function warnings(path: string, pages: readonly (readonly object[])[]): Promise<readonly string[]> {
  const server = new Server((_, {after = '0'}) => {
    const page = Number(after);
    return JSON.stringify({data: pages[page], next: page + 1 < pages.length ? page + 1 : null});
  });
  const log = listLog();
  const plan = planOf({
    name: 'rows',
    server,
    path: 'rows',
    paginator: {type: 'cursor', cursor_path: 'next', cursor_param: 'after'},
    cursor: {path, suggest: (names) => didYouMean(path, names)},
  });
  await readOne(plan, server, {}, log);
  return log.lines.filter((line) => line.startsWith('warn'));
}

const updated = '2026-01-10T00:00:00Z';

test.each([
  [
    'another spelling',
    'updated_at',
    {id: 1, updatedAt: updated},
    'the first has id, updatedAt; did you mean updatedAt?',
  ],
  ['a slip', 'udpated_at', {id: 1, updated_at: updated}, 'did you mean updated_at?'],
  [
    'an object around it',
    'meta.updatedat',
    {id: 1, meta: {updated_at: updated}},
    'the first has id, meta, meta.updated_at; did you mean meta.updated_at?',
  ],
])('a cursor_path that no record has is said once, with what they have: %s', async (_, path, row, text) => {
  const lines = await warnings(path, [[row, row], [row]]);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain(`no record has a ${path}: check cursor_path; `);
  expect(lines[0]).toContain(text);
  expect(lines[0]).toMatch(/\(3 times\)$/);
});

test('where some record has it, cursor_path is right', async () => {
  const lines = await warnings('updated', [
    [{id: 1}],
    [
      {id: 2, updated},
      {id: 3, updated: null},
    ],
  ]);
  expect(lines).toEqual([
    'warn rows: records without a readable updated were emitted in every sync (on_cursor_value_missing) (2 times)',
  ]);
});

test('many names are cut', async () => {
  const row = Object.fromEntries(Array.from({length: 30}, (_, index) => [`name${index}`, index]));
  expect((await warnings('updated', [[row]])).join()).toMatch(/name19, …/);
});
