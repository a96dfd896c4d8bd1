import {mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {compareNumbers, parseExact} from '../../src/json/exact.js';
import {objectOf} from '../../src/stream/state-values.js';
import {readOne} from '../stream/reading.js';
import {planOf, Server} from '../stream/simulated.js';
import {json, startApi} from '../support/api-server.js';
import {FakeClock} from '../support/fake-clock.js';
import {runSource, type SourceRun} from '../support/run-source.js';
import {throughHost} from './host.js';

/*
 * What a host may hand back as state, through the command itself: each leads to one decision that is logged, or to an error
 * that says what to do; never to a silent full read (contract, State, *From elsewhere*).
 */
const rows = [
  {id: 1, updated_at: '2026-01-01T00:00:01Z'},
  {id: 2, updated_at: '2026-01-01T00:00:02Z'},
  {id: 3, updated_at: '2026-01-01T00:00:03Z'},
];
const now = Date.UTC(2026, 0, 2);

async function read(state: string, more: object = {}, incremental: object = {}): Promise<SourceRun> {
  await using api = await startApi({
    '/rows': (request) => json({data: rows.filter((row) => row.updated_at >= (request.query.get('since') ?? ''))}),
  });
  const config = {
    client: {base_url: api.url},
    ...more,
    resources: [
      {
        name: 'rows',
        primary_key: 'id',
        endpoint: {
          path: 'rows',
          params: {since: '{incremental.start_value}'},
          data_selector: 'data',
          paginator: 'single_page',
          incremental: {cursor_path: 'updated_at', initial_value: '2026-01-01T00:00:00Z', ...incremental},
        },
      },
    ],
  };
  const stream = {
    name: 'rows',
    json_schema: {type: 'object', properties: {id: {type: 'integer'}, updated_at: {type: 'string'}}},
    supported_sync_modes: ['full_refresh', 'incremental'],
  };
  // As text: a host may have written 1 as 1.0.
  const file = join(mkdtempSync(join(tmpdir(), 'source-rest-api-')), 'state.json');
  writeFileSync(file, state);
  const catalog = {streams: [{stream, sync_mode: 'incremental', destination_sync_mode: 'append_dedup'}]};
  const args = ['read', '--config', config, '--catalog', catalog, '--state', file] as const;
  return await runSource(args, {clock: new FakeClock({now})});
}

const given = (state: string, name = 'rows'): string =>
  `[{"type":"STREAM","stream":{"stream_descriptor":{"name":"${name}"},"stream_state":${state}}}]`;

const ids = ({messages}: SourceRun): unknown[] => messages.records('rows').map(({id}) => id);

describe('a state is used', () => {
  test.each([
    ['as it was printed', '{"v":1,"cursor":{"updated_at":"2026-01-01T00:00:02Z"}}', [2, 3]],
    ['with its keys in another order', '{"cursor":{"updated_at":"2026-01-01T00:00:02Z"},"v":1}', [2, 3]],
    ['with its numbers through a double', '{"v":1.0,"cursor":{"updated_at":"2026-01-01T00:00:02Z"}}', [2, 3]],
    [
      'with explicit nulls',
      '{"v":1,"cursor":{"updated_at":"2026-01-01T00:00:02Z"},"resume":null,"boundary":null}',
      [2, 3],
    ],
    ['without what it might hold', '{"v":1}', [1, 2, 3]],
    ['with members of a later release', '{"v":1,"cursor":{"updated_at":"2026-01-01T00:00:03Z"},"hint":{"a":1}}', [3]],
  ])('%s', async (_, state, expected) => {
    const done = await read(given(state));
    expect([done.code, ids(done), done.messages.errors()]).toEqual([0, expected, []]);
  });

  test('with half a position: the walk starts again', async () => {
    const resume = '{"mode":"incremental","at":1767312000000}';
    const done = await read(given(`{"v":1,"cursor":{"updated_at":"2026-01-01T00:00:02Z"},"resume":${resume}}`));
    expect([done.code, ids(done)]).toEqual([0, [2, 3]]);
    expect(done.messages.logs('INFO').join('\n')).toContain('the request was changed in the configuration');
  });

  test('of another connector, where it names the cursor', async () => {
    const done = await read(given('{"updated_at":"2026-01-01T00:00:03Z"}'));
    expect([done.code, ids(done)]).toEqual([0, [3]]);
    expect(done.messages.logs('INFO').join('\n')).toContain('a state without version is taken');
  });

  test('by every part of a split, where it was written without one', async () => {
    const state = given('{"v":1,"cursor":{"updated_at":"2026-01-01T00:00:03Z"}}');
    const parts = [await read(state, {shard: {index: 0, of: 2}}), await read(state, {shard: {index: 1, of: 2}})];
    expect(parts.map(({code}) => code)).toEqual([0, 0]);
    expect(parts.map(ids)).toEqual([[3], []]);
  });
});

describe('numbers that a host spells anew', () => {
  const spelled = {
    'beyond doubles': ['9007199254740993', '9007199254740995'],
    decimal: ['12.30', '12.3050000000000000001'],
    'epoch ms': ['1767225601000', '1767225603000'],
    'epoch seconds with a fraction': ['1767225601.5', '1767225601.75'],
  };
  const hosts = ['same', 'sorted', 'floats'] as const;
  test.each(Object.entries(spelled).flatMap(([name, values]) => hosts.map((host) => [name, host, values] as const)))(
    '%s, host: %s',
    async (_, host, [first = '', last = '']) => {
      const server = new Server((__, {since = first}) => {
        const found = [first, last].filter((value) => compareNumbers(value, since) >= 0);
        return `{"data":[${found.map((value) => `{"id":"${value}","updated":${value}}`).join(',')}]}`;
      });
      const plan = () =>
        planOf({name: 'rows', server, path: 'rows', params: {since: '{start}'}, cursor: {path: 'updated'}});
      const one = await readOne(plan(), server);
      const state = throughHost(objectOf(parseExact(JSON.stringify(one.states.at(-1)))) ?? {}, host);
      const two = await readOne(plan(), server, {state});
      // Nothing comes again, and it is asked for with every digit.
      expect(two.records).toEqual([]);
      const asked = /since=(.*)$/.exec(server.requests.at(-1) ?? '')?.[1] ?? '';
      expect(compareNumbers(asked, last)).toBe(0);
    },
  );
});

describe('a state is set aside, with a word', () => {
  test.each([
    [
      'of another cursor_path',
      '{"v":1,"cursor":{"changed":"2026-01-01T00:00:03Z"}}',
      'WARN',
      'the saved cursor of changed is not used: cursor_path is now updated_at',
      [1, 2, 3],
    ],
    [
      'from the future',
      '{"v":1,"cursor":{"updated_at":"2027-01-01T00:00:00Z"}}',
      'WARN',
      'lies in the future: nothing is read until then; reset the stream if it is wrong',
      [],
    ],
  ] as const)('%s', async (_, state, level, text, expected) => {
    const done = await read(given(state));
    expect([done.code, ids(done)]).toEqual([0, expected]);
    expect(done.messages.logs(level).join('\n')).toContain(text);
    expect(done.messages.states('rows').length).toBeGreaterThan(0);
  });

  test('of a stream that is no more', async () => {
    const done = await read(given('{"v":1,"cursor":{"a":1}}', 'gone'));
    expect([done.code, ids(done)]).toEqual([0, [1, 2, 3]]);
    expect(done.messages.logs('INFO').join('\n')).toContain('the state of gone is ignored');
  });
});

describe('a state is refused, with what to do', () => {
  test.each([
    [
      'of a newer version',
      '{"v":2,"cursor":{"updated_at":"2026-01-01T00:00:03Z"}}',
      'a newer version of this connector (v 2)',
    ],
    ['of no version at all', '{"v":"x"}', 'its version "v" is no number'],
    ['with a cursor that is none', '{"v":1,"cursor":{"updated_at":{"a":[1]}}}', 'its cursor updated_at is'],
    ['with a cursor of another type', '{"v":1,"cursor":{"updated_at":"soon"}}', 'is not a time'],
    ['of another connector with other keys', '{"states":[{"partition":{}}]}', 'it has no version and holds states'],
    ['of a part of a split that is gone', '{"v":1,"shard":{"index":1,"of":4}}', 'of shard 1 of 4'],
  ])('%s', async (_, state, text) => {
    const done = await read(given(state));
    expect([done.code, ids(done)]).toEqual([1, []]);
    const [error] = done.messages.errors();
    expect(error?.failure_type).toBe('config_error');
    expect(error?.message).toContain(text);
    expect(error?.message).toMatch(/reset the stream/i);
    // What was given stands: the next attempt finds it again.
    expect(done.messages.states('rows').at(-1)).toMatchObject(JSON.parse(state));
  });

  test.each([
    ['another number of parts', {index: 1, of: 3}, 'shard 1 of 2 by [], the stream is now shard 1 of 3 by []'],
    ['another part', {index: 0, of: 2}, 'shard 1 of 2 by [], the stream is now shard 0 of 2 by []'],
  ])('%s', async (_, shard, text) => {
    const done = await read(given('{"v":1,"shard":{"index":1,"of":2}}'), {shard});
    expect(done.messages.errors()[0]?.message).toContain(text);
    expect(done.messages.errors()[0]?.message).toContain('keep the split, or reset the stream in all its connections');
  });

  test('another step of the windows that are split', async () => {
    const state = given('{"v":1,"shard":{"index":1,"of":2,"by":["P0MT86400S"]}}');
    const done = await read(state, {shard: {index: 1, of: 2}}, {step: 'PT12H'});
    expect(done.messages.errors()[0]?.message).toContain('P0MT86400S');
    expect((await read(state, {shard: {index: 1, of: 2}}, {step: 'P1D'})).code).toBe(0);
  });
});
