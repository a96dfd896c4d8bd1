import {describe, expect, test} from 'vitest';
import {type Api, json, startApi} from '../support/api-server.js';
import {type Ended, runCli} from '../support/run-cli.js';

/* The built program, one process per part of a split, as docs/shards.md runs them. */

const accounts = Array.from({length: 20}, (_, index) => ({id: index + 1}));
const hour = (index: number): string => new Date(Date.UTC(2026, 0, 1, index)).toISOString().replace('.000Z', 'Z');
const events = Array.from({length: 60}, (_, index) => ({id: index, at: hour(index)}));

const serve = (): Promise<Api & AsyncDisposable> =>
  startApi((request) => {
    const since = request.query.get('since') ?? '';
    const until = request.query.get('until') ?? '~';
    if (request.path === '/accounts') return json({data: accounts});
    if (request.path === '/events') return json({data: events.filter(({at}) => at >= since && at < until)});
    const account = Number(request.path.split('/')[2]);
    return json({data: [0, 1, 2].map((index) => ({id: account * 10 + index}))});
  });

const configuration = (base: string, more: object = {}): object => ({
  client: {base_url: base},
  ...more,
  resource_defaults: {primary_key: 'id', endpoint: {data_selector: 'data', paginator: 'single_page'}},
  resources: [
    {name: 'accounts', endpoint: 'accounts'},
    {name: 'orders', include_from_parent: ['id'], endpoint: 'accounts/{resources.accounts.id}/orders'},
    {
      name: 'events',
      endpoint: {
        path: 'events',
        params: {since: '{window.start}', until: '{window.end}'},
        incremental: {
          cursor_path: 'at',
          initial_value: '2026-01-01T00:00:00Z',
          end_value: '2026-01-05T00:00:00Z',
          step: 'PT5H',
        },
      },
    },
  ],
});

const names = ['accounts', 'orders', 'events'] as const;
const catalog = (destination: string): object => ({
  streams: names.map((name) => ({
    stream: {
      name,
      json_schema: {type: 'object', properties: {id: {}, at: {}, _accounts_id: {}}},
      supported_sync_modes: ['full_refresh', 'incremental'],
    },
    sync_mode: name === 'events' ? 'incremental' : 'full_refresh',
    destination_sync_mode: destination,
  })),
});

const ids = (runs: readonly Ended[], name: string): number[] =>
  runs.flatMap(({messages}) => messages.records(name).map(({id}) => Number(id))).sort((a, b) => a - b);

describe('several processes', () => {
  test.each([
    ['by the environment of a Kubernetes Indexed Job', true],
    ['by the key shard', false],
  ])('split %s, together they read everything, and nothing twice', async (_, byEnvironment) => {
    await using api = await serve();
    const runs = await Promise.all(
      [0, 1, 2].map((index) => {
        const config = configuration(api.url, byEnvironment ? {} : {shard: {index, of: 3}});
        const environment = byEnvironment ? {JOB_COMPLETION_INDEX: String(index), SHARD_COUNT: '3'} : {};
        const env = byEnvironment ? ['--env'] : [];
        return runCli(['read', '--config', config, '--catalog', catalog('append'), ...env], {environment});
      }),
    );
    expect(runs.map(({code}) => code)).toEqual([0, 0, 0]);
    expect(ids(runs, 'accounts')).toEqual(accounts.map(({id}) => id));
    expect(ids(runs, 'orders')).toEqual(accounts.flatMap(({id}) => [10 * id, 10 * id + 1, 10 * id + 2]));
    expect(ids(runs, 'events')).toEqual(events.map(({id}) => id));
    // Each has a part of it.
    for (const name of ['orders', 'events']) {
      for (const run of runs) expect(ids([run], name).length).toBeGreaterThan(0);
    }
    expect(runs.map((run) => ids([run], 'accounts').length)).toEqual([20, 0, 0]);
    for (const [index, {messages}] of runs.entries()) {
      expect(messages.states('orders').at(-1)).toMatchObject({shard: {index, of: 3, by: ['id']}});
    }
  });

  test('a part goes on only in its own split', async () => {
    await using api = await serve();
    const read = (shard: object, state: string): Promise<Ended> =>
      runCli([
        'read',
        '--config',
        configuration(api.url, {shard}),
        '--catalog',
        catalog('append'),
        '--state',
        Buffer.from(state),
      ]);
    const first = await read({index: 1, of: 2}, '');
    const state = first.messages.stateFile();
    const [again, wider] = await Promise.all([read({index: 1, of: 2}, state), read({index: 1, of: 3}, state)]);
    expect([again.code, ids([again], 'events')]).toEqual([0, []]);
    expect([wider.code, ids([wider], 'events'), ids([wider], 'orders')]).toEqual([1, [], []]);
    const errors = wider.messages.errors();
    expect(errors.map(({failure_type: type}) => type)).toEqual(errors.map(() => 'config_error'));
    expect(errors.map(({message}) => message).join('\n')).toContain(
      'orders: its saved state is of shard 1 of 2 by ["id"], the stream is now shard 1 of 3 by ["id"]: keep the split, or reset the stream in all its connections',
    );
  });

  test('overwrite into one table is warned of', async () => {
    await using api = await serve();
    const config = configuration(api.url, {shard: {index: 0, of: 2}});
    const {code, messages} = await runCli(['read', '--config', config, '--catalog', catalog('overwrite')]);
    expect(code).toBe(0);
    const warnings = messages.logs('WARN').filter((text) => text.includes('is written with overwrite'));
    expect(warnings).toHaveLength(names.length);
  });
});
