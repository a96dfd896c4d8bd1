import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {command} from '../../src/commands/sync.js';
import {query, record, state, status} from '../destinations/support.js';
import {FakeClock} from '../support/fake-clock.js';
import {bench, discovered, incremental, key, whole} from './sync-support.js';

test('modes, ids and states as the platform sends them, run by run', async () => {
  const work = bench();
  const into = join(work.folder, 'acme.duckdb');
  work.discover([
    discovered({name: 'merged', ...incremental, ...key}, {name: 'added', ...incremental}, {name: 'replaced', ...key}),
  ]);
  for (const n of [1, 2, 3]) {
    const lines = ['merged', 'added', 'replaced'].flatMap((name) => whole(name, `{"id":1,"v":"${n}"}`));
    work.read(n, lines);
    expect((await work.run(command, {config: work.config, into})).code).toBe(0);
  }
  const ids = (n: number) =>
    work
      .given(n)
      .catalog.streams.map((entry) => [
        entry['sync_mode'],
        entry['destination_sync_mode'],
        entry['generation_id'],
        entry['minimum_generation_id'],
        entry['sync_id'],
      ]);
  expect(ids(1)).toEqual([
    ['incremental', 'append_dedup', 1, 0, 2],
    ['incremental', 'append', 1, 0, 2],
    ['full_refresh', 'append_dedup', 1, 1, 2],
  ]);
  expect(ids(3)).toEqual([
    ['incremental', 'append_dedup', 1, 0, 4],
    ['incremental', 'append', 1, 0, 4],
    ['full_refresh', 'append_dedup', 3, 3, 4],
  ]);
  expect(work.given(1).states).toEqual([]);
  expect(work.given(2).states).toEqual([
    {type: 'STREAM', stream: {stream_descriptor: {name: 'merged'}, stream_state: {cursor: 1}}},
    {type: 'STREAM', stream: {stream_descriptor: {name: 'added'}, stream_state: {cursor: 1}}},
  ]);
  expect(
    await query(
      into,
      `SELECT (SELECT list(v) FROM merged), (SELECT list(v) FROM added), (SELECT list(v) FROM replaced)`,
    ),
  ).toEqual([[['3'], ['1', '2', '3'], ['3']]]);
});

test('the table, the next step; no progress without a terminal; --quiet, --json', async () => {
  const work = bench();
  const into = join(work.folder, 'acme.duckdb');
  work.discover([discovered({name: 'customers', ...incremental, ...key})]);
  const rows = Array.from({length: 1_234}, (_, id) => `{"id":${id},"v":"a"}`);
  work.read(1, whole('customers', ...rows));
  const first = await work.run(command, {config: work.config, into});
  expect(first.out).toBe(
    [
      ' stream     mode                        rows    new  changed  pages  requests  rows/s  ended',
      ' customers  incremental, merged by id  1 234  1 234        0      2         3       –  empty page (1 retry)',
      `1 234 rows came into ${into}, 0.0 s.   next: duckdb ${into} "select * from customers limit 5"   again: only what changed`,
      '',
    ].join('\n'),
  );
  expect(first.err).toBe('');
  work.read(2, whole('customers', '{"id":1,"v":"b"}', '{"id":5000,"v":"b"}'));
  const quiet = await work.run(command, {config: work.config, into, quiet: true});
  expect(quiet).toEqual({code: 0, out: '', err: ''});
  work.read(3, whole('customers', '{"id":1,"v":"c"}', '{"id":6000,"v":"c"}'));
  const json = await work.run(command, {config: work.config, into, json: true});
  expect(JSON.parse(json.out)).toMatchObject({
    rows: 2,
    streams: [
      {
        stream: 'customers',
        mode: 'append_dedup',
        status: 'complete',
        rows: 2,
        new: 1,
        changed: 1,
        pages: 2,
        requests: 3,
        retries: 1,
        error: null,
      },
    ],
  });
});

test('modes in words; what is empty now is said; one is one', async () => {
  const work = bench();
  const into = join(work.folder, 'acme.duckdb');
  const streams = [
    {name: 'merged', ...incremental, ...key},
    {name: 'added', ...incremental},
    {name: 'replaced', ...key},
    {name: 'whole'},
  ];
  work.discover([discovered(...streams)]);
  work.read(1, [...whole('merged', '{"id":1}'), ...whole('added'), ...whole('replaced'), ...whole('whole')]);
  const first = await work.run(command, {config: work.config, into});
  expect(first.out.split('\n').slice(1, 5)).toEqual([
    expect.stringMatching(/^ merged +incremental, merged by id +1 +1 +0 /),
    expect.stringMatching(/^ added +incremental, appended +0 +0 +0 /),
    expect.stringMatching(/^ replaced +full, merged by id +0 +– +– /),
    expect.stringMatching(/^ whole +full, replaced +0 +– +– /),
  ]);
  expect(first.out).toContain(`1 row came into ${into}`);
  work.read(2, [...whole('merged'), ...whole('added'), ...whole('replaced'), ...whole('whole')]);
  expect((await work.run(command, {config: work.config, into})).out).toContain(
    `\n0 rows came into ${into}; replaced, whole are empty now, `,
  );
});

test('waits are said to who watches, of discover and of read; other information is not', async () => {
  const work = bench();
  const log = (message: string) => JSON.stringify({type: 'LOG', log: {level: 'INFO', message}});
  const waits = (stream: string) =>
    `${stream}: waiting until 12:03:10 (60 s), the server asks to: GET https://api.example/rows answered 429`;
  work.discover([log(waits('found')), log('found: something else'), discovered({name: 'rows'})]);
  work.read(1, [status('STARTED'), log(waits('rows')), ...whole('rows', '{"id":1}').slice(1)]);
  const options = {config: work.config, into: join(work.folder, 'a.duckdb')};
  expect((await work.run(command, options)).err).toBe('');
  work.read(2, [status('STARTED'), log(waits('rows')), ...whole('rows', '{"id":1}').slice(1)]);
  const {err} = await work.run(command, options, {terminal: {stdout: true, stderr: true, columns: 200}});
  expect(err.split('\n').slice(0, 2)).toEqual([waits('found'), waits('rows')]);
  expect(err).not.toContain('something else');
});

test('on a terminal the line is drawn again and wiped', async () => {
  const work = bench();
  const clock = new FakeClock();
  const now = clock.now.bind(clock);
  clock.now = () => {
    clock.time += 150;
    return now();
  };
  work.discover([discovered({name: 'rows'})]);
  work.read(1, whole('rows', ...Array.from({length: 3_000}, (_, id) => `{"id":${id},"v":"${'x'.repeat(50)}"}`)));
  const terminal = {stdout: true, stderr: true, columns: 40};
  const {err} = await work.run(command, {config: work.config, into: join(work.folder, 'a.duckdb')}, {clock, terminal});
  expect(err).toMatch(/\r\u001b\[Krows: [\d ]+ records/);
  expect(err.endsWith('\r\u001b[K')).toBe(true);
  for (const line of err.split('\r\u001b[K')) expect(line.length).toBeLessThan(40);
});

test('--full-refresh reads from the start and replaces once it is complete', async () => {
  const work = bench();
  const into = join(work.folder, 'acme.duckdb');
  work.discover([discovered({name: 'rows', ...incremental, ...key})]);
  work.read(1, whole('rows', '{"id":1}', '{"id":2}'));
  await work.run(command, {config: work.config, into});
  work.read(2, [status('STARTED'), record('{"id":3}'), state({n: 1}), status('INCOMPLETE')], {code: 1});
  await work.run(command, {config: work.config, into, fullRefresh: true});
  expect(await query(into, 'SELECT list(id ORDER BY id) FROM rows')).toEqual([[['1', '2']]]);
  work.read(3, whole('rows', '{"id":4}'));
  await work.run(command, {config: work.config, into});
  expect(work.given(2).states).toEqual([]);
  expect(work.given(3).states).toMatchObject([{stream: {stream_state: {n: 1}}}]);
  expect(await query(into, 'SELECT list(id ORDER BY id) FROM rows')).toEqual([[['3', '4']]]);
});

test('--limit is a sample; the next sync replaces it, and it never replaces what is complete', async () => {
  const work = bench();
  const into = join(work.folder, 'acme.duckdb');
  work.discover([discovered({name: 'a', ...incremental, ...key}, {name: 'b'})]);
  const many = (name: string) => [
    status('STARTED', name),
    ...[1, 2, 3, 4].map((id) => record(`{"id":${id}}`, name)),
    state({}, name),
  ];
  work.read(1, many('a'), {hang: ''});
  work.read(2, many('b'), {hang: ''});
  const sample = await work.run(command, {config: work.config, into, limit: '2'});
  expect(sample.code).toBe(0);
  expect(sample.out).toContain('stopped by --limit 2; more follow');
  expect(await query(into, 'SELECT (SELECT list(id) FROM a), (SELECT list(id) FROM b)')).toEqual([
    [
      ['1', '2'],
      ['1', '2'],
    ],
  ]);
  work.read(3, [...whole('a', '{"id":7}'), ...whole('b', '{"id":8}')]);
  expect((await work.run(command, {config: work.config, into})).code).toBe(0);
  expect(work.given(3).states).toEqual([]);
  expect(await query(into, 'SELECT (SELECT list(id) FROM a), (SELECT list(id) FROM b)')).toEqual([[['7'], ['8']]]);
  await expect(work.run(command, {config: work.config, into, limit: '2'})).rejects.toThrow(
    'name another place, --into sample.duckdb',
  );
});

test('--state is handed on; acme.env is read; a renewed token is stored, comments kept', async () => {
  const work = bench();
  const into = join(work.folder, 'acme.duckdb');
  writeFileSync(join(work.folder, 'acme.env'), 'TOKEN="from file"\n', {mode: 0o644});
  const given = join(work.folder, 'given.json');
  writeFileSync(given, '[]');
  work.discover([discovered({name: 'rows'})]);
  const config = {client: {base_url: 'https://api.example'}, resources: ['rows'], secrets: {refresh_token: 'second'}};
  const control = JSON.stringify({
    type: 'CONTROL',
    control: {type: 'CONNECTOR_CONFIG', emitted_at: 1, connectorConfig: {config}},
  });
  work.read(1, [control, ...whole('rows', '{"id":1}')]);
  const {code, err} = await work.run(command, {config: work.config, into, state: given});
  expect(code).toBe(0);
  expect(work.given(1).args.slice(-2)).toEqual(['--state', given]);
  expect(work.given(1).token).toBe('from file');
  expect(err).toContain(`! ${join(work.folder, 'acme.env')} can be read by others`);
  expect(readFileSync(work.config, 'utf8')).toBe(
    '# kept\nclient: {base_url: "https://api.example"}\nresources: [rows]\nsecrets: {refresh_token: "second"}\n',
  );
});
