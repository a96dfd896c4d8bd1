import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {join} from 'node:path';
import {expect, test} from 'vitest';
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
const complete = [state({v: 1}), status('COMPLETE')];
const values = async (into: string) => (await query(into, 'SELECT v FROM rows ORDER BY v')).map(([v]) => v);

test('append_dedup needs a key', async () => {
  await expect(apply(file(), catalog({mode: 'append_dedup'}), [])).rejects.toThrow(
    'rows: append_dedup needs a primary_key',
  );
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
