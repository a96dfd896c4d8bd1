import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {command} from '../../src/commands/local-destination.js';
import {catalog, chunks, folder, query, record, state, status} from '../destinations/support.js';
import {bench} from './sync-support.js';

function place(streams: string, into: object | string) {
  const here = folder();
  const write = (name: string, content: string) => {
    writeFileSync(join(here, name), content);
    return join(here, name);
  };
  return {
    database: join(here, 'acme.duckdb'),
    options: {
      config: write(
        'into.json',
        typeof into === 'string' ? into : JSON.stringify({into: join(here, 'acme.duckdb'), ...into}),
      ),
      catalog: write('catalog.json', streams),
    },
  };
}

test('stores what comes on stdin and prints the states it has stored, nothing else', async () => {
  const {database, options} = place(catalog({name: 'a'}, {name: 'b', mode: 'overwrite'}), {});
  const stdin = chunks([
    status('STARTED', 'a'),
    record('{"id":1}', 'a'),
    state({n: 1}, 'a'),
    '{"type":"LOG","log":{"level":"INFO","message":"hello"}}',
    status('COMPLETE', 'a'),
    status('STARTED', 'b'),
    record('{"id":2}', 'b'),
    state({n: 2}, 'b'),
    status('INCOMPLETE', 'b'),
  ]);
  const {code, out, err} = await bench().run(command, options, {stdin});
  expect(code).toBe(3);
  expect(out).toBe(`${state({n: 1}, 'a')}\n${state({n: 2}, 'b')}\n`);
  expect(err).toBe('b is not complete: 1 row stored; a table that was to be replaced stays as it was\n');
  expect(await query(database, 'SELECT id FROM a')).toEqual([['1']]);
});

test('--json gives the result on stderr, --quiet nothing', async () => {
  const stdin = () => chunks([status('STARTED', 'a'), record('{"id":1}', 'a'), state({n: 1}, 'a')]);
  const one = place(catalog({name: 'a'}), {});
  const told = await bench().run(command, {...one.options, json: true}, {stdin: stdin()});
  expect([told.code, told.out]).toEqual([1, `${state({n: 1}, 'a')}\n`]);
  expect(JSON.parse(told.err)).toEqual({
    into: one.database,
    rows: 1,
    streams: [{stream: 'a', status: 'incomplete', rows: 1}],
  });
  const quiet = await bench().run(command, {...place(catalog({name: 'a'}), {}).options, quiet: true}, {stdin: stdin()});
  expect([quiet.code, quiet.err]).toEqual([1, '']);
});

test.each([
  ['{}', 'no "into"'],
  ['{"into":"x.duckdb","format":1}', '"format" must be a text'],
  ['into: 5', 'no "into"'],
])('the configuration %s is refused', async (config, message) => {
  const {options} = place(catalog({}), config);
  await expect(bench().run(command, options)).rejects.toThrow(message);
});

test.each([
  ['no json', 'not JSON'],
  ['{"streams":[{"stream":{}}]}', 'streams.0.stream.name'],
  [
    catalog({mode: 'soft_delete'}),
    'destination_sync_mode "soft_delete" is not supported; there are append, overwrite and append_dedup',
  ],
])('the catalog %s is refused', async (text, message) => {
  const {options} = place(text, {});
  await expect(bench().run(command, options)).rejects.toThrow(message);
});
