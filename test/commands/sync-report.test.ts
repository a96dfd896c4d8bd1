import {expect, test} from 'vitest';
import {nextStep, reportText, type StreamResult} from '../../src/commands/sync-report.js';

const result: StreamResult = {
  stream: 'orders',
  mode: 'overwrite',
  full: true,
  key: [],
  status: 'complete',
  rows: 2,
  new: 2,
  changed: 0,
  pages: 1,
  requests: 1,
  retries: 0,
  seconds: 0,
  ended: 'empty page',
  error: null,
};
const to = {into: 'a.duckdb', format: undefined, interrupted: false};
const text = (results: readonly StreamResult[]) =>
  reportText(results, {into: 'a.duckdb', ms: 0, width: Number.POSITIVE_INFINITY, next: nextStep(results, to)});

test('a name with line breaks and controls keeps its row and commands nothing', () => {
  const shown = text([{...result, stream: 'or\nders\u001b[2J', ended: 'no\r\nnext', error: 'a\u0007b'}, result]);
  expect(shown.split('\n')).toHaveLength(6);
  expect(shown).toContain(' or ders\\u001b[2J  full, replaced');
  expect(shown).toContain('no next');
  expect(shown).toContain(' ✘ or ders\\u001b[2J: a\\u0007b\n');
  expect([...shown].filter((character) => character < ' ' && character !== '\n')).toEqual([]);
});

test('a table that was emptied is named', () => {
  const none = {...result, rows: 0, new: 0};
  expect(text([none])).toContain('\n0 rows came into a.duckdb; orders is empty now, ');
  expect(text([none, {...none, stream: 'b'}, result])).toContain(
    '2 rows came into a.duckdb; orders, b are empty now, ',
  );
  expect(text([{...none, full: false}])).toContain('\nnothing new in a.duckdb, ');
});

test('what the same command does next', () => {
  const changing = {...result, mode: 'append_dedup', full: false, key: ['id']} as const;
  expect(nextStep([result], to)).toMatch(/ {3}again: everything anew$/);
  expect(nextStep([result, changing], to)).toMatch(/ {3}again: only what changed$/);
  expect(nextStep([result, {...changing, status: 'incomplete'}], to)).toMatch(/again: goes on where it stopped$/);
});
