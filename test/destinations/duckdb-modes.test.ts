import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {openDuckDb} from '../../src/destinations/duckdb.js';
import {openDestination} from '../../src/destinations/places.js';
import {FakeClock} from '../support/fake-clock.js';
import {apply, catalog, folder, query, record, state, status} from './support.js';

const file = () => join(folder(), 'x.duckdb');
const merging = {
  mode: 'append_dedup',
  key: [['id']],
  cursor: ['at'],
  properties: {id: {type: 'integer'}, at: {type: 'string', format: 'date-time'}, v: {type: 'string'}},
} as const;
const row = (id: number | string | null, at: string | null, v: string) => record(JSON.stringify({id, at, v}));
const complete = [state({v: 1}), status('COMPLETE')];
const values = async (into: string) => (await query(into, 'SELECT v FROM rows ORDER BY v')).map(([v]) => v);

describe('append', () => {
  test('adds rows of every run', async () => {
    const into = file();
    await apply(into, catalog({}), [record('{"v":"a"}'), ...complete]);
    const {streams} = await apply(into, catalog({}), [record('{"v":"b"}'), record('{"v":"b"}'), ...complete]);
    expect(await values(into)).toEqual(['a', 'b', 'b']);
    expect(streams[0]?.sink.counts).toEqual({rows: 2, new: 2, changed: 0});
  });

  test('rows behind the last state of a failed stream are not kept: they come again', async () => {
    const into = file();
    const {echoed, streams} = await apply(into, catalog({}), [
      status('STARTED'),
      record('{"v":"a"}'),
      state({n: 1}),
      record('{"v":"b"}'),
      status('INCOMPLETE'),
    ]);
    expect(await values(into)).toEqual(['a']);
    expect(echoed).toHaveLength(1);
    expect(streams[0]?.status).toBe('incomplete');
  });
});

describe('append_dedup', () => {
  test('the newest of a key wins, whatever order they come in, also within one batch', async () => {
    const into = file();
    await apply(into, catalog(merging), [
      row(1, '2026-01-02T00:00:00Z', 'new'),
      row(1, '2026-01-01T00:00:00Z', 'old'),
      row(2, '2026-01-01T00:00:00Z', 'first'),
      row(2, '2026-01-01T00:00:00Z', 'later arrival'),
      row(3, null, 'without'),
      row(3, '2020-01-01T00:00:00Z', 'with cursor'),
      ...complete,
    ]);
    expect(await values(into)).toEqual(['later arrival', 'new', 'with cursor']);
  });

  test('a later run replaces what is older and leaves what is newer', async () => {
    const into = file();
    await apply(into, catalog(merging), [
      row(1, '2026-01-02T00:00:00Z', 'a'),
      row(2, '2026-01-02T00:00:00Z', 'b'),
      ...complete,
    ]);
    const {streams} = await apply(into, catalog(merging), [
      row(1, '2026-01-01T00:00:00Z', 'stale'),
      row(2, '2026-01-02T00:00:00Z', 'b2'),
      row(3, '2026-01-02T00:00:00Z', 'c'),
      row(3, '2026-01-03T00:00:00Z', 'c2'),
      ...complete,
    ]);
    expect(await values(into)).toEqual(['a', 'b2', 'c2']);
    expect(streams[0]?.sink.counts).toEqual({rows: 4, new: 1, changed: 1});
  });

  test('several states in one run', async () => {
    const into = file();
    const lines = [0, 1, 2, 3].flatMap((n) => [
      row(1, `2026-01-0${n + 1}T00:00:00Z`, `v${n}`),
      row(n + 10, null, `x${n}`),
      state({n}),
    ]);
    await apply(into, catalog(merging), [...lines, status('COMPLETE')]);
    expect(await values(into)).toEqual(['v3', 'x0', 'x1', 'x2', 'x3']);
  });

  test('a key of nulls names no row; a key that is null in part does', async () => {
    const into = file();
    const of = catalog({mode: 'append_dedup', key: [['a'], ['b']]});
    const lines = [
      '{"v":"1"}',
      '{"v":"2","a":null}',
      '{"a":1,"v":"3"}',
      '{"a":1,"b":null,"v":"4"}',
      '{"a":1,"b":2,"v":"5"}',
    ].map((data) => record(data));
    await apply(into, of, [...lines, ...complete]);
    expect(await values(into)).toEqual(['1', '2', '4', '5']);
    await apply(into, of, [record('{"a":1,"v":"6"}'), ...complete]);
    expect(await values(into)).toEqual(['1', '2', '5', '6']);
  });

  test('keys and cursors inside objects; cursors that are numbers, epoch text, or dates for people', async () => {
    const into = file();
    const of = catalog({mode: 'append_dedup', key: [['k', 'a/b']], cursor: ['c', 'at']});
    const lines = [
      '{"k":{"a/b":12345678901234567890},"c":{"at":9},"v":"old"}',
      '{"k":{"a/b":12345678901234567890},"c":{"at":10},"v":"new"}',
      '{"k":{"a/b":12345678901234567891},"c":{"at":9},"v":"other"}',
      '{"k":{"a/b":3},"c":{"at":"Tue, 03 Jun 2008"},"v":"tue"}',
      '{"k":{"a/b":3},"c":{"at":"Mon, 02 Jun 2008"},"v":"arrived last"}',
      '{"k":{"a/b":4},"c":{"at":"2026-01-01T00:00:00.5Z"},"v":"half past"}',
      '{"k":{"a/b":4},"c":{"at":"2026-01-01T00:00:00Z"},"v":"sharp"}',
    ].map((data) => record(data));
    await apply(into, of, [...lines, ...complete]);
    expect(await values(into)).toEqual(['arrived last', 'half past', 'new', 'other']);
  });

  test('a key whose type widens still meets its older rows', async () => {
    const into = file();
    const of = catalog({...merging, properties: {...merging.properties, id: {type: 'integer'}}});
    await apply(into, of, [row(1, null, 'one'), row(2, null, 'two'), ...complete]);
    await apply(into, of, [row(1, null, 'one again'), row('x', null, 'text'), ...complete]);
    expect(await values(into)).toEqual(['one again', 'text', 'two']);
  });

  test('needs a key', async () => {
    await expect(apply(file(), catalog({mode: 'append_dedup'}), [])).rejects.toThrow(
      'rows: append_dedup needs a primary_key',
    );
  });
});

describe('overwrite', () => {
  const of = (generation: number | null, sync = 1) =>
    catalog({mode: 'overwrite', generation, minimum: generation, sync});
  const seeded = async () => {
    const into = file();
    await apply(into, of(1), [record('{"v":"old"}'), ...complete]);
    return into;
  };

  test('replaces the table when the stream is complete, empty ones too', async () => {
    const into = await seeded();
    await apply(into, of(2), [record('{"w":"new"}'), ...complete]);
    expect(await query(into, 'SELECT w FROM rows')).toEqual([['new']]);
    await apply(into, of(3), complete);
    expect(await query(into, 'SELECT count(*) FROM rows')).toEqual([['0']]);
  });

  test.each([
    ['INCOMPLETE', [status('INCOMPLETE')]],
    ['no status', []],
  ])('leaves it as it was after %s', async (_, end) => {
    const into = await seeded();
    const {saved} = await apply(into, of(2), [record('{"v":"half"}'), state({n: 1}), record('{"v":"lost"}'), ...end]);
    expect(await values(into)).toEqual(['old']);
    expect(saved.streams).toMatchObject([{generation: 1, pending: 2, state: {text: '{"n":1}', generation: 2}}]);
  });

  test('a retry under the same generation keeps what the first attempt stored', async () => {
    const into = await seeded();
    await apply(into, of(2), [record('{"v":"first"}'), state({n: 1}), status('INCOMPLETE')]);
    await apply(into, of(2), [record('{"v":"second"}'), ...complete]);
    expect(await values(into)).toEqual(['first', 'second']);
  });

  test('a stream that an earlier attempt completed is not replaced by nothing', async () => {
    const into = await seeded();
    await apply(into, of(2), [record('{"v":"done"}'), ...complete]);
    await apply(into, of(2), complete);
    expect(await values(into)).toEqual(['done']);
  });

  test('another generation, or none, starts anew', async () => {
    const into = await seeded();
    await apply(into, of(2), [record('{"v":"half"}'), state({n: 1})]);
    await apply(into, of(3), [record('{"v":"whole"}'), ...complete]);
    expect(await values(into)).toEqual(['whole']);
    await apply(into, of(null), [record('{"v":"a"}'), state({n: 1})]);
    await apply(into, of(null), [record('{"v":"b"}'), ...complete]);
    expect(await values(into)).toEqual(['b']);
  });

  test('a refresh of a merged stream replaces it too; rows below a minimum go at the end', async () => {
    const into = file();
    const refresh = (generation: number, minimum: number) => catalog({...merging, generation, minimum});
    await apply(into, refresh(1, 0), [row(1, null, 'a'), row(2, null, 'b'), ...complete]);
    await apply(into, refresh(2, 2), [row(1, null, 'a2'), ...complete]);
    expect(await values(into)).toEqual(['a2']);
    await apply(into, refresh(3, 0), [row(3, null, 'c'), ...complete]);
    await apply(into, refresh(4, 3), [row(4, null, 'd'), ...complete]);
    expect(await values(into)).toEqual(['c', 'd']);
  });
});

test('a table that somebody else made is left alone; one that was dropped is made again', async () => {
  const into = file();
  const destination = await openDuckDb(into, new FakeClock());
  await destination.close();
  const {DuckDBInstance} = await import('@duckdb/node-api');
  const change = async (sql: string) => {
    const instance = await DuckDBInstance.create(into);
    await (await instance.connect()).run(sql);
    instance.closeSync();
  };
  await change('CREATE TABLE "Rows" (a INTEGER)');
  await expect(apply(into, catalog({}), [])).rejects.toThrow(/has a table 'rows' that was not made by this command/);
  await change('DROP TABLE "Rows"');
  await apply(into, catalog({}), [record('{"v":"a"}'), ...complete]);
  await change('DROP TABLE rows');
  const {saved} = await apply(into, catalog({}), [record('{"w":1,"v":"b"}'), ...complete]);
  expect(await values(into)).toEqual(['b']);
  expect(saved.streams).toMatchObject([{generation: 0}]);
});

test('a second process is told who has the file', async () => {
  const into = file();
  const script = `const {DuckDBInstance} = await import('@duckdb/node-api'); await DuckDBInstance.create(process.argv[1]); console.log('open'); setInterval(() => {}, 1000);`;
  const holder = spawn(process.execPath, ['--input-type=module', '-e', script, into], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    await once(holder.stdout, 'data');
    await expect(openDestination(into, undefined, new FakeClock())).rejects.toThrow(
      `${into} is in use by another process (PID ${holder.pid}): wait for it to end or close it, then run this again`,
    );
  } finally {
    holder.kill('SIGKILL');
  }
});

test('what is no database is said to be none', async () => {
  await expect(openDestination(join(folder(), 'missing', 'x.duckdb'), undefined, new FakeClock())).rejects.toThrow(
    'cannot be opened',
  );
});

test('killed at any moment: rows and the state that covers them are there together', async () => {
  for (const after of [3, 20]) {
    const into = file();
    const script = `
      import {openDuckDb} from './src/destinations/duckdb.ts';
      import {parseTargets} from './src/destinations/catalog.ts';
      import {Application} from './src/destinations/apply.ts';
      const destination = await openDuckDb(process.argv[1], {now: () => n * 5000, sleep: async () => {}});
      const sinks = await destination.begin(parseTargets('c', ${JSON.stringify(catalog({}))}), {sample: false});
      let n = 0;
      async function* input() {
        for (;; n++) yield Buffer.from(${JSON.stringify(`${record('{"v":"@"}')}\n`)}.replace('@', n) + ${JSON.stringify(`${state({n: 0})}\n`)}.replace('"n":0', '"n":' + n));
      }
      await new Application({input: input(), sinks, clock: {now: () => n * 5000, sleep: async () => {}}, committed: () => { console.log(n); }}).run();
    `;
    const writer = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script, into], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let echoed = 0;
    for await (const chunk of writer.stdout) {
      echoed += String(chunk).trim().split('\n').length;
      if (echoed > after) writer.kill('SIGKILL');
    }
    const [[count, text]] = (await query(
      into,
      'SELECT (SELECT count(*) FROM rows), (SELECT state FROM _source_rest_api.state)',
    )) as [[string, string]];
    expect(JSON.parse(text)).toEqual({n: Number(count) - 1});
    expect(Number(count)).toBeGreaterThanOrEqual(echoed);
  }
}, 60_000);

test('100,000 rows are taken in bulk', async () => {
  const into = file();
  const lines = Array.from({length: 100_000}, (_, k) =>
    record(
      `{"id":${k % 99_000},"at":"2026-01-01T00:00:00Z","v":"${'x'.repeat(200)}","nested":{"a":[${k},2,3]},"price":${k}.25}`,
    ),
  );
  const {streams} = await apply(into, catalog(merging), [...lines, ...complete]);
  expect(streams[0]?.sink.counts).toEqual({rows: 100_000, new: 99_000, changed: 0});
  expect(
    await query(into, `SELECT count(*), count(DISTINCT id), max(nested ->> '$.a[0]') FILTER (id = 5) FROM rows`),
  ).toEqual([['99000', '99000', '99005']]);
}, 60_000);
