import {existsSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {openDestination} from '../../src/destinations/places.js';
import {FakeClock} from '../support/fake-clock.js';
import {apply, catalog, folder, query, record, state, status} from './support.js';

const out = () => join(folder(), 'out/');
const lines = (into: string, name = 'rows.jsonl') => readFileSync(join(into, name), 'utf8').split('\n').slice(0, -1);
const complete = [state({v: 1}), status('COMPLETE')];

describe('a folder of JSON Lines', () => {
  test('holds the records as they came, appended run by run', async () => {
    const into = out();
    await apply(into, catalog({}), [record('{"n":1.10, "n":12345678901234567890}'), ...complete]);
    await apply(into, catalog({}), [record('{"n":"\\ud83d"}'), ...complete]);
    expect(lines(into)).toEqual(['{"n":1.10, "n":12345678901234567890}', '{"n":"\\ud83d"}']);
  });

  test('what was not covered by a state is gone at the next run', async () => {
    const into = out();
    await apply(into, catalog({}), [record('{"n":1}'), state({n: 1}), record('{"n":2}'), status('INCOMPLETE')]);
    const text = readFileSync(join(into, 'rows.jsonl'), 'utf8');
    writeFileSync(join(into, 'rows.jsonl'), `${text}{"n":"of a run that was kil`);
    const {saved} = await apply(into, catalog({}), [record('{"n":3}'), ...complete]);
    expect(lines(into)).toEqual(['{"n":1}', '{"n":3}']);
    expect(saved.streams).toMatchObject([{name: 'rows', generation: 0, state: {text: '{"v":1}', generation: 0}}]);
  });

  test('overwrite replaces the file at the end, a retry goes on, a failure leaves it', async () => {
    const into = out();
    const of = (generation: number) => catalog({mode: 'overwrite', generation, minimum: generation});
    await apply(into, of(1), [record('{"n":1}'), ...complete]);
    await apply(into, of(2), [record('{"n":2}'), state({n: 1}), status('INCOMPLETE')]);
    expect(lines(into)).toEqual(['{"n":1}']);
    await apply(into, of(2), [record('{"n":3}'), ...complete]);
    expect(lines(into)).toEqual(['{"n":2}', '{"n":3}']);
    await apply(into, of(2), complete);
    expect(lines(into)).toEqual(['{"n":2}', '{"n":3}']);
    await apply(into, of(3), complete);
    expect(lines(into)).toEqual([]);
    expect(readdirSync(into).sort()).toEqual(['_state.json', 'rows.jsonl']);
  });

  test('append_dedup keeps the newest of each key', async () => {
    const into = out();
    const of = catalog({mode: 'append_dedup', key: [['id'], ['in', 'b']], cursor: ['at']});
    await apply(
      into,
      of,
      ['{"id":1,"at":9}', '{"id":2,"at":9}', '{"at":1}', '{"at":1}'].map((data) => record(data)).concat(complete),
    );
    const {streams} = await apply(
      into,
      of,
      ['{"id":1,"at":10}', '{"id":2,"at":8}', '{"id":2,"in":{"b":1},"at":8}']
        .map((data) => record(data))
        .concat(complete),
    );
    expect(lines(into)).toEqual([
      '{"id":2,"at":9}',
      '{"at":1}',
      '{"at":1}',
      '{"id":1,"at":10}',
      '{"id":2,"in":{"b":1},"at":8}',
    ]);
    expect(streams[0]?.sink.counts).toEqual({rows: 3, new: 1, changed: 2});
    expect(readdirSync(into).sort()).toEqual(['_state.json', 'rows.jsonl']);
  });

  test('names that no file can have', async () => {
    const into = out();
    const names = ['../up', 'A/b', 'a/B', '.hidden'];
    await apply(into, catalog(...names.map((name) => ({name}))), [
      ...names.map((name) => record(`{"of":${JSON.stringify(name)}}`, name)),
      ...names.flatMap((name) => [state({}, name), status('COMPLETE', name)]),
    ]);
    expect(
      readdirSync(into)
        .filter((name) => name.endsWith('.jsonl'))
        .sort(),
    ).toEqual(['-._up.jsonl', '-hidden.jsonl', 'A_b.jsonl', 'a_B_2.jsonl']);
    expect(lines(into, 'a_B_2.jsonl')).toEqual(['{"of":"a/B"}']);
  });
});

test('a folder of Parquet', async () => {
  const into = out();
  const of = catalog({mode: 'append_dedup', key: [['id']]});
  await apply(into, of, [record('{"id":1,"v":"a"}'), record('{"id":2,"v":"b"}'), ...complete], {format: 'parquet'});
  await apply(into, of, [record('{"id":1,"v":"a2"}'), ...complete], {format: 'parquet'});
  const file = join(into, 'rows.parquet');
  expect(existsSync(file)).toBe(true);
  expect(await query(join(into, '_rows.duckdb'), `SELECT id, v FROM '${file}' ORDER BY id`)).toEqual([
    ['1', 'a2'],
    ['2', 'b'],
  ]);
});

test.each([
  ['mysql://me:secret@host/db', undefined],
  ['postgres://me:secret@host/db', 'jsonl'],
  ['rows.xlsx', undefined],
  ['out/', 'csv'],
])('--into %s --format %s is refused, without a password', async (into, format) => {
  const opened = openDestination(into, format, new FakeClock());
  await expect(opened).rejects.toThrow('there are a DuckDB file (acme.duckdb), a folder (out/)');
  await expect(opened).rejects.not.toThrow('secret');
});
