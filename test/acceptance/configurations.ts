import {type Api, type Handler, json, startApi} from '../support/api-server.js';
import {brief, rowsOf} from './brief.js';
import {numbers} from './numbers.js';

/** A configuration, an API for it, and what Airbyte's acceptance tests are told about it. */
export interface Case {
  readonly name: string;
  readonly start: () => Promise<Api & AsyncDisposable>;
  readonly config: (url: string) => object;
  /** One that `check` must refuse. */
  readonly invalid: (url: string) => object;
  readonly streams: readonly string[];
  readonly incremental: readonly string[];
  /** `future_state`: cursors far beyond the data. */
  readonly future: Readonly<Record<string, object>>;
  readonly withoutKey: readonly string[];
}

const time = (hours: number): string => new Date(Date.UTC(2025, 0, 1) + hours * 3_600_000).toISOString();
const future = '2999-01-01T00:00:00Z';

const events = numbers(1, 120).map((id) => ({id, at: time(id * 5), kind: id % 2 === 0 ? 'a' : null, size: id / 4}));
const membersOf = (team: number) =>
  numbers(1, 9).map((id) => ({id: team * 100 + id, team, changed_at: time(team * 10 + id), tags: ['x', 'y']}));

const within = <Row>(rows: readonly Row[], at: (row: Row) => string, query: URLSearchParams): Row[] =>
  rows.filter((row) => at(row) >= (query.get('since') ?? '') && at(row) < (query.get('until') ?? '9'));

const paged = (rows: readonly object[], query: URLSearchParams): object[] => {
  const offset = Number(query.get('offset'));
  return rows.slice(offset, offset + Number(query.get('limit') ?? 1_000));
};

const family: Handler = ({path, query, headers}) => {
  if (headers.authorization !== 'Bearer right-token') return json({message: 'no such token'}, {status: 401});
  if (path === '/teams')
    return json({
      data: paged(
        numbers(1, 12).map((id) => ({id, name: `team ${id}`})),
        query,
      ),
    });
  const team = Number(/^\/teams\/(\d+)\/members$/.exec(path)?.[1]);
  if (path === '/events')
    return json({
      data: paged(
        within(events, ({at}) => at, query),
        query,
      ),
    });
  if (Number.isNaN(team)) return json({}, {status: 404});
  return json({
    data: paged(
      within(membersOf(team), ({changed_at}) => changed_at, query),
      query,
    ),
  });
};

const familyConfig = (url: string, token = 'right-token'): object => ({
  client: {
    base_url: url,
    auth: {type: 'bearer', token: '{secrets.token}'},
    paginator: {type: 'offset', limit: 5, total_path: null},
  },
  secrets: JSON.stringify({token}),
  resource_defaults: {primary_key: 'id', endpoint: {data_selector: 'data'}},
  resources: [
    'teams',
    {
      name: 'members',
      include_from_parent: ['name'],
      endpoint: {
        path: 'teams/{resources.teams.id}/members',
        incremental: {cursor_path: 'changed_at', initial_value: time(0), start_param: 'since', row_order: 'asc'},
      },
    },
    {
      name: 'events',
      endpoint: {
        incremental: {
          cursor_path: 'at',
          initial_value: time(0),
          end_value: time(700),
          step: 'P2D',
          start_param: 'since',
          end_param: 'until',
        },
      },
    },
  ],
});

const declared: Handler = ({path, query}) => {
  if (query.get('page') !== null && query.get('page') !== '1') return json([]);
  if (path === '/orders') {
    const rows = numbers(1, 9).map(
      (n) => `{"no":${n},"price":1.10,"placed":"${time(n).slice(0, 10)}","lines":[{"sku":"s"}]}`,
    );
    return json(`[${rows.filter((_, index) => time(index + 1).slice(0, 10) >= (query.get('since') ?? '')).join(',')}]`);
  }
  if (path === '/loose') return json([{anything: {goes: [1, 'a', null]}}, {else: true}]);
  return path === '/hints' ? json([{a: 1, b: '2025-01-01T00:00:00Z', c: null}]) : json({}, {status: 404});
};

const nullable = (type: string, more: object = {}): object => ({type: ['null', type], ...more});

const declaredConfig = (url: string): object => ({
  client: {base_url: url, paginator: 'single_page'},
  resources: [
    {
      name: 'orders',
      primary_key: ['no'],
      schema: {
        type: 'object',
        properties: {
          no: nullable('integer'),
          price: nullable('number'),
          placed: nullable('string', {format: 'date'}),
          lines: nullable('array', {items: {type: 'object', properties: {sku: {type: 'string'}}}}),
        },
      },
      endpoint: {
        incremental: {cursor_path: 'placed', initial_value: '2025-01-01', start_param: 'since', row_order: 'asc'},
      },
    },
    {name: 'loose', schema: 'schemaless'},
    {
      name: 'hints',
      primary_key: 'a',
      schema: {type: 'object', properties: {c: nullable('boolean')}},
      columns: {a: {data_type: 'bigint', nullable: false}, b: {data_type: 'timestamp'}},
    },
  ],
});

export const cases: readonly Case[] = [
  {
    name: "the brief's configuration",
    start: () => startApi(rowsOf(250)),
    config: (url) => brief(url),
    invalid: (url) => ({...brief(url), secrets: JSON.stringify({api_key: 'wrong-key'})}),
    streams: ['resource_name'],
    incremental: [],
    future: {},
    withoutKey: [],
  },
  {
    name: 'windows, children and cursors',
    start: () => startApi(family),
    config: familyConfig,
    invalid: (url) => familyConfig(url, 'wrong-token'),
    streams: ['teams', 'members', 'events'],
    incremental: ['members', 'events'],
    future: {
      members: {v: 1, partitions: {by: ['id'], path: 'changed_at', cursors: numbers(1, 12).map((id) => [id, future])}},
      events: {at: future},
    },
    withoutKey: [],
  },
  {
    name: 'declared schemas',
    start: () => startApi(declared),
    config: declaredConfig,
    invalid: () => declaredConfig('ftp://127.0.0.1'),
    streams: ['orders', 'loose', 'hints'],
    incremental: ['orders'],
    future: {orders: {placed: '2999-01-01'}},
    withoutKey: ['loose'],
  },
];
