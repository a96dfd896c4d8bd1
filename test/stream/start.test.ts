import {describe, expect, test} from 'vitest';
import type {Json, JsonObject} from '../../src/json/exact.js';
import {at} from './family.js';
import {ids, listLog, readOne} from './reading.js';
import {type CursorOptions, planOf, Server} from './simulated.js';

/* Where a read begins, and what is said where that is not what was meant (config-language §8, *Start and end*). */

const server = (): Server =>
  new Server((_, {since = ''}) =>
    JSON.stringify({data: [3, 6, 9].map((id) => ({id, updated: at(id)})).filter(({updated}) => updated >= since)}),
  );

async function read(
  cursor: Partial<CursorOptions>,
  state?: JsonObject,
  mode: 'incremental' | 'full_refresh' = 'incremental',
) {
  const api = server();
  const log = listLog();
  const plan = planOf({
    name: 'rows',
    server: api,
    path: 'rows',
    params: {since: '{start}'},
    cursor: {path: 'updated', ...cursor},
  });
  const {records, states} = await readOne(plan, api, {state, mode}, log);
  return {got: ids(records), state: states.at(-1), log: log.lines.join('\n'), asked: api.requests};
}

describe('another initial_value than the one the state began with', () => {
  const reset = 'the stream goes on from its state; reset it (clear its data and state) to read from the new start';

  test.each<[string, Json | undefined, Json | undefined, string]>([
    ['an earlier one', at(5), at(1), `initial_value was "${at(5)}" and is now "${at(1)}": ${reset}`],
    ['a later one', at(1), at(9), `initial_value was "${at(1)}" and is now "${at(9)}": ${reset}`],
    ['none any more', at(1), undefined, `initial_value was "${at(1)}" and is now none: ${reset}`],
  ])('%s: the state wins, with a word, once', async (_, before, now, text) => {
    const first = await read(before === undefined ? {} : {initial: before});
    const second = await read(now === undefined ? {} : {initial: now}, first.state);
    expect(second.got).toEqual([]);
    expect(second.asked).toEqual([`rows?since=${at(9)}`]);
    expect(second.log).toContain(`info rows: ${text}`);
    const third = await read(now === undefined ? {} : {initial: now}, second.state);
    expect(third.log).not.toContain('initial_value was');
  });

  test('the same, also one that counts back from now, is not worth a word', async () => {
    for (const initial of ['now-P2Y', at(1)]) {
      const first = await read({initial});
      expect(first.state).toMatchObject({initial});
      expect((await read({initial}, first.state)).log).not.toContain('initial_value was');
    }
  });

  test('a full refresh begins at it, and nothing is said', async () => {
    const first = await read({initial: at(5)}, undefined, 'full_refresh');
    const second = await read({initial: at(1)}, first.state, 'full_refresh');
    expect(second.got).toEqual([3, 6, 9]);
    expect(second.log).not.toContain('initial_value was');
  });
});

test('an initial_value in the future is called so', async () => {
  const {got, log} = await read({initial: '2027-01-01T00:00:00Z'});
  expect(got).toEqual([]);
  expect(log).toContain('initial_value "2027-01-01T00:00:00Z" lies in the future: nothing is read until then');
  expect(log).not.toContain('saved');
  const saved = await read({initial: at(1)}, {v: 1, cursor: {updated: '2027-01-01T00:00:00Z'}});
  expect(saved.log).toContain('the saved updated "2027-01-01T00:00:00Z" lies in the future');
  expect(saved.log).toContain('reset the stream if it is wrong');
});

describe('a start that cannot be used names its key', () => {
  test.each([
    ['an empty one', {initial: ''}, 'endpoint.incremental.initial_value is empty: leave it out'],
    ['an empty end', {initial: at(1), end: ''}, 'endpoint.incremental.end_value is empty: leave it out'],
    ['another type', {initial: at(1), end: 'soon'}, 'endpoint.incremental.end_value "soon" is not a time'],
  ])('%s', async (_, cursor, text) => {
    const error = await read(cursor).catch((thrown: unknown) => thrown);
    expect(String(error)).toContain(text);
    expect(String(error)).not.toMatch(/state|reset/);
  });
});
