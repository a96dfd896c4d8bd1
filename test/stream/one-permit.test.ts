import {expect, test} from 'vitest';
import {json, startApi} from '../support/api-server.js';
import {runSource} from '../support/run-source.js';

/* Parents and children share the permits of one host: whoever waits for another must hold none (architecture, *Budgets*). */

const at = '2026-01-01T00:00:00Z';
const cursor = {cursor_path: 'at', initial_value: '2025-01-01T00:00:00Z'};

/** Two a page, and how many there are. */
const pageOf = (total: number, offset: number): object => ({
  total,
  data: Array.from({length: Math.max(0, Math.min(2, total - offset))}, (_, index) => ({id: offset + index + 1, at})),
});

/** Three levels; `changed`: of each level only what has changed is visited. */
const resourcesOf = (changed: boolean): readonly object[] => {
  const incremental = changed && {incremental: cursor};
  const child = (name: string, path: string): object => ({
    name,
    include_from_parent: ['id'],
    ...(changed && {parent_incremental: true}),
    endpoint: {path, ...incremental},
  });
  return [
    {name: 'groups', endpoint: {path: 'groups', ...incremental}},
    child('teams', 'groups/{resources.groups.id}/teams'),
    child('people', 'teams/{resources.teams.id}/people'),
    child('pets', 'teams/{resources.teams.id}/pets'),
  ];
};

test.each([
  [1, 'all', null, ['groups', 'teams', 'people', 'pets']],
  [1, 'all', null, ['pets', 'people', 'teams', 'groups']],
  [1, 'all', null, ['people', 'pets']],
  [1, 'changed', null, ['people', 'teams', 'pets', 'groups']],
  [1, 'all', 'total', ['people', 'groups', 'pets']],
  [2, 'all', null, ['people', 'groups', 'pets']],
  [2, 'changed', 'total', ['groups', 'teams', 'people', 'pets']],
] as const)(
  'concurrency %i, %s parents, total %s, read %j: everything comes',
  // A deadlock shows as one.
  {timeout: 30_000},
  async (concurrency, which, total, names) => {
    let inFlight = 0;
    let most = 0;
    await using api = await startApi(async ({path, query}) => {
      most = Math.max(most, ++inFlight);
      await new Promise((resolve) => setImmediate(resolve));
      inFlight--;
      return json(pageOf(path === '/groups' ? 5 : 3, Number(query.get('offset') ?? 0)));
    });
    const config = {
      client: {base_url: api.url, concurrency},
      resource_defaults: {
        primary_key: 'id',
        endpoint: {data_selector: 'data', paginator: {type: 'offset', limit: 2, total_path: total}},
      },
      resources: resourcesOf(which === 'changed'),
    };
    const streams = names.map((name) => ({
      stream: {
        name,
        json_schema: {type: 'object', properties: {id: {}, _groups_id: {}, _teams_id: {}}},
        supported_sync_modes: ['full_refresh', 'incremental'],
      },
      sync_mode: which === 'changed' ? 'incremental' : 'full_refresh',
      destination_sync_mode: 'append',
    }));
    const {code, messages} = await runSource(['read', '--config', config, '--catalog', {streams}]);
    expect([code, messages.errors()]).toEqual([0, []]);
    // The teams of all groups have the same three ids: their people are asked for once.
    const counts = {groups: 5, teams: 15, people: 9, pets: 9};
    for (const name of names) expect([name, messages.records(name).length]).toEqual([name, counts[name]]);
    expect(most).toBeLessThanOrEqual(concurrency);
  },
);
