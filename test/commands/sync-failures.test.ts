import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {command} from '../../src/commands/sync.js';
import {query, record, state, status} from '../destinations/support.js';
import {FakeClock} from '../support/fake-clock.js';
import {bench, discovered, incremental, key, whole} from './sync-support.js';

describe('failures', () => {
  test('one of two streams: 3, the other is there, the next run goes on', async () => {
    const work = bench();
    const into = join(work.folder, 'acme.duckdb');
    work.discover([discovered({name: 'good'}, {name: 'bad'})]);
    const failure =
      '{"type":"TRACE","trace":{"type":"ERROR","emitted_at":1,"error":{"message":"404 /bad","failure_type":"transient_error","stream_descriptor":{"name":"bad"}}}}';
    work.read(
      1,
      [
        ...whole('good', '{"id":1}'),
        status('STARTED', 'bad'),
        record('{"id":1}', 'bad'),
        state({at: 1}, 'bad'),
        record('{"id":9}', 'bad'),
        failure,
        status('INCOMPLETE', 'bad'),
      ],
      {code: 1},
    );
    const first = await work.run(command, {config: work.config, into});
    expect(first.code).toBe(3);
    expect(first.out).toContain(' ✘ bad: 404 /bad\n');
    expect(first.out).toContain('again: goes on where it stopped');
    work.read(2, [...whole('good', '{"id":2}'), ...whole('bad', '{"id":2}')]);
    expect((await work.run(command, {config: work.config, into})).code).toBe(0);
    expect(work.given(2).catalog.streams.map((entry) => [entry['generation_id'], entry['sync_id']])).toEqual([
      [2, 3],
      [1, 2],
    ]);
    expect(work.given(2).states).toEqual([
      {type: 'STREAM', stream: {stream_descriptor: {name: 'bad'}, stream_state: {at: 1}}},
    ]);
    expect(await query(into, 'SELECT (SELECT list(id) FROM good), (SELECT list(id ORDER BY id) FROM bad)')).toEqual([
      [['2'], ['1', '2']],
    ]);
  });

  test.each(['another configuration', 'a day later'])('what was begun is not continued under %s', async (reason) => {
    const work = bench();
    const into = join(work.folder, 'acme.duckdb');
    const clock = new FakeClock();
    work.discover([discovered({name: 'rows'})]);
    work.read(1, [status('STARTED'), record('{"id":1}'), state({at: 1}), status('INCOMPLETE')], {code: 1});
    expect((await work.run(command, {config: work.config, into}, {clock})).code).toBe(1);
    if (reason === 'a day later') clock.time += 24 * 3_600_000;
    else writeFileSync(work.config, `${readFileSync(work.config, 'utf8')}# changed\n`);
    work.read(2, whole('rows', '{"id":2}'));
    expect((await work.run(command, {config: work.config, into}, {clock})).code).toBe(0);
    expect(work.given(2).states).toEqual([]);
    expect(await query(into, 'SELECT id FROM rows')).toEqual([['2']]);
  });

  test('a configuration that is invalid: 2; an outage: 1; a crash says what it said', async () => {
    const work = bench();
    const into = join(work.folder, 'acme.duckdb');
    const error = (type: string) =>
      `{"type":"TRACE","trace":{"type":"ERROR","emitted_at":1,"error":{"message":"because","failure_type":"${type}"}}}`;
    work.discover([error('config_error')], 1);
    await expect(work.run(command, {config: work.config, into})).rejects.toMatchObject({
      failureType: 'config_error',
      message: 'because',
    });
    work.discover([error('transient_error')], 1);
    await expect(work.run(command, {config: work.config, into})).rejects.toMatchObject({
      failureType: 'transient_error',
    });
    work.discover([], 9);
    await expect(work.run(command, {config: work.config, into})).rejects.toThrow(
      'discover ended with code 9 and without a catalog',
    );
    work.discover([discovered({name: 'rows'})]);
    work.read(1, [error('config_error')], {code: 1});
    expect((await work.run(command, {config: work.config, into})).code).toBe(2);
  });

  test.each([
    [{streams: 'rows,nope'}, '--streams nope: no such stream; there are rows'],
    [{streams: 'row'}, '--streams row: no such stream; did you mean rows? there are rows'],
    [{streams: ','}, '--streams: no name is given; there are rows'],
    [{format: 'xlsx'}, '--format xlsx: there are a DuckDB file'],
    [{into: '/proc/none/a.duckdb'}, 'cannot be opened'],
    [{limit: '0'}, '--limit 0: must be a number from 1 up'],
    [{into: 'x.xlsx'}, '--into x.xlsx: there are a DuckDB file'],
  ])('%j, before anything is asked', async (options, message) => {
    const work = bench();
    work.discover(['{"type":"TRACE","trace":{"type":"ERROR","error":{"message":"asked"}}}'], 1);
    await expect(
      work.run(command, {config: work.config, into: join(work.folder, 'a.duckdb'), ...options}),
    ).rejects.toThrow(message);
  });

  test('interrupted while it looks for the streams: nothing is claimed', async () => {
    const work = bench();
    const stop = AbortSignal.abort(new Error('stopped by SIGINT'));
    work.discover([discovered({name: 'rows'})]);
    const {code, err, out} = await work.run(
      command,
      {config: work.config, into: join(work.folder, 'a.duckdb')},
      {signal: stop},
    );
    expect([code, out, err]).toEqual([130, '', 'interrupted: nothing was read yet; run the same again\n']);
  });

  test('interrupted: the source gives its last state, what it covers is kept, 130', async () => {
    const work = bench();
    const into = join(work.folder, 'acme.duckdb');
    const stop = new AbortController();
    const clock = new FakeClock();
    work.discover([discovered({name: 'rows', ...incremental, ...key})]);
    work.read(
      1,
      [
        status('STARTED'),
        record('{"id":1}'),
        state({n: 1}),
        record('{"id":2}'),
        '{"type":"LOG","log":{"level":"WARN","message":"now"}}',
      ],
      {hang: `${record('{"id":3}')}\n${state({n: 3})}\n`},
    );
    const run = work.run(
      command,
      {config: work.config, into},
      {
        clock,
        signal: stop.signal,
        stderr: {
          write: (bytes, done) => {
            if (bytes.toString('utf8').includes('now')) setImmediate(() => stop.abort());
            done();
          },
        },
      },
    );
    const {code, out} = await run;
    expect(code).toBe(130);
    expect(out).toMatch(
      / rows .* interrupted\n3 rows came into .*interrupted: 0 of 1 stream complete, what came is saved/,
    );
    expect(out).not.toMatch(/failed|said above|✘/);
    expect(await query(into, 'SELECT list(id ORDER BY id) FROM rows')).toEqual([[['1', '2', '3']]]);
    expect(await query(into, 'SELECT state FROM _source_rest_api.state')).toEqual([['{"n":3}']]);
  });
});
