import {numberIn, type PublicApi, range} from './api.js';

const bodyOf = ({body}: {readonly body: string}) => JSON.parse(body);

/** APIs that name the next page by a token, or by the last row. */
export const tokenApis: readonly PublicApi[] = [
  {
    name: 'Intercom search: the cursor in a body that already has its object',
    client: {auth: 'bearer', headers: {'Intercom-Version': '2.11'}},
    resources: [
      {
        name: 'contacts',
        primary_key: 'id',
        endpoint: {
          path: 'contacts/search',
          method: 'POST',
          json: {
            query: {field: 'updated_at', operator: '>', value: '{incremental.start_value}'},
            pagination: {per_page: 50},
          },
          data_selector: 'data',
          paginator: {
            type: 'cursor',
            cursor_path: 'pages.next.starting_after',
            cursor_body_path: 'pagination.starting_after',
          },
          incremental: {cursor_path: 'updated_at', initial_value: 1_700_000_000},
        },
      },
    ],
    answer(request) {
      const start = Number(bodyOf(request).pagination.starting_after ?? 0);
      const next = start + 50 < 130 ? {next: {page: 2, starting_after: String(start + 50)}} : {};
      return {
        type: 'list',
        data: range(start, Math.min(130, start + 50), (n) => ({id: `${n}`, updated_at: 1_700_000_000 + n})),
        total_count: 130,
        pages: {type: 'pages', page: 1, per_page: 50, total_pages: 3, ...next},
      };
    },
    rows: {contacts: 130},
  },
  {
    name: 'Chargebee: records within envelopes, a cursor that is JSON text',
    resources: [
      {
        name: 'customers',
        endpoint: {
          path: 'customers',
          params: {limit: 100, 'sort_by[asc]': 'updated_at', 'updated_at[after]': '{incremental.start_value}'},
          data_selector: 'list[*].customer',
          paginator: {type: 'cursor', cursor_path: 'next_offset', cursor_param: 'offset'},
          incremental: {cursor_path: 'updated_at', initial_value: 1_600_000_000, row_order: 'asc'},
        },
      },
    ],
    answer({query}) {
      const start = Number(JSON.parse(query.get('offset') ?? '["0"]')[0]);
      const row = (n: number) => ({customer: {id: `c${n}`, updated_at: 1_600_000_000 + n}, card: {last4: '1'}});
      const next = start + 100 < 250 ? {next_offset: JSON.stringify([`${start + 100}`])} : {};
      return {list: range(start, Math.min(250, start + 100), row), ...next};
    },
    rows: {customers: 250},
  },
  {
    name: 'Trello: two keys in the query, before the last row',
    client: {
      auth: [
        {type: 'api_key', name: 'key', location: 'query', api_key: '{secrets.key}'},
        {type: 'api_key', name: 'token', location: 'query', api_key: '{secrets.token}'},
      ],
    },
    resources: [
      {
        name: 'actions',
        primary_key: 'id',
        endpoint: {
          path: 'boards/b1/actions',
          params: {limit: 100},
          paginator: {type: 'cursor', cursor_from: 'last_record', cursor_path: 'id', cursor_param: 'before'},
        },
      },
    ],
    answer(request) {
      if (request.query.get('key') !== 'sec-key') return {body: 'invalid key', status: 401};
      const before = numberIn(request, 'before', 250);
      return range(0, Math.min(100, before), (n) => ({id: `${before - 1 - n}`}));
    },
    rows: {actions: 250},
  },
  {
    name: 'monday: GraphQL with a list on the way to the records',
    client: {auth: {type: 'api_key', name: 'Authorization', api_key: '{secrets.key}'}},
    resources: [
      {
        name: 'items',
        endpoint: {
          path: 'v2',
          method: 'POST',
          json: {
            query:
              'query ($cursor: String) { boards(ids: [1]) { items_page(limit: 100, cursor: $cursor) { cursor items { id } } } }',
            variables: {cursor: null},
          },
          data_selector: 'data.boards[0].items_page.items',
          paginator: {
            type: 'cursor',
            cursor_path: 'data.boards[0].items_page.cursor',
            cursor_body_path: 'variables.cursor',
          },
        },
      },
    ],
    answer(request) {
      const start = Number(bodyOf(request).variables.cursor ?? 0);
      const end = Math.min(250, start + 100);
      const page = {cursor: end < 250 ? `${end}` : null, items: range(start, end)};
      return {data: {boards: [{items_page: page}]}, account_id: 5};
    },
    rows: {items: 250},
  },
  {
    name: 'Square: what is empty is left out, the cursor too',
    resources: [
      {
        name: 'orders',
        endpoint: {
          path: 'orders/search',
          method: 'POST',
          json: {location_ids: ['L'], limit: 100},
          data_selector: 'orders',
          paginator: {type: 'cursor', cursor_path: 'cursor', cursor_body_path: 'cursor'},
        },
      },
    ],
    answer(request) {
      const start = Number(bodyOf(request).cursor ?? 0);
      return start >= 200 ? {} : {orders: range(start, start + 100), cursor: `${start + 100}`};
    },
    rows: {orders: 200},
  },
  {
    name: 'Crossref: the first cursor is an asterisk, and there is always a next one',
    resources: [
      {
        name: 'works',
        endpoint: {
          params: {cursor: '*', rows: 100},
          data_selector: 'message.items',
          paginator: {type: 'cursor', cursor_path: 'message.next-cursor', cursor_param: 'cursor'},
        },
      },
    ],
    answer({query}) {
      const cursor = query.get('cursor') ?? '';
      const start = cursor === '*' ? 0 : Number(cursor.slice(1));
      const end = Math.min(250, start + 100);
      return {status: 'ok', message: {'total-results': 250, items: range(start, end), 'next-cursor': `c${end}`}};
    },
    rows: {works: 250},
  },
  {
    name: 'Marketo activities: pages without result, a token in each, a flag that ends',
    resources: [
      {
        name: 'activities',
        endpoint: {
          path: 'rest/v1/activities.json',
          data_selector: 'result',
          paginator: {
            type: 'cursor',
            cursor_path: 'nextPageToken',
            cursor_param: 'nextPageToken',
            has_more_path: 'moreResult',
          },
        },
      },
    ],
    answer(request) {
      const start = numberIn(request, 'nextPageToken');
      const result = start === 300 ? {} : {result: range(start, Math.min(700, start + 300))};
      return {requestId: 'a', success: true, moreResult: start < 600, nextPageToken: `${start + 300}`, ...result};
    },
    rows: {activities: 400},
  },
  {
    name: 'Azure DevOps: a token in a header',
    client: {auth: {type: 'http_basic', username: '', password: '{secrets.key}'}},
    resources: [
      {
        name: 'builds',
        endpoint: {
          path: 'p/_apis/build/builds',
          params: {'api-version': '7.1', $top: 100},
          data_selector: 'value',
          paginator: {
            type: 'header_cursor',
            cursor_key: 'x-ms-continuationtoken',
            cursor_param: 'continuationToken',
          },
        },
      },
    ],
    answer(request) {
      const start = numberIn(request, 'continuationToken');
      const value = range(start, Math.min(250, start + 100));
      const headers = start + 100 < 250 ? {'x-ms-continuationtoken': `${start + 100}`} : {};
      return {headers, body: JSON.stringify({count: value.length, value})};
    },
    rows: {builds: 250},
  },
];
