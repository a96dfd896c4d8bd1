import type {JsonObject} from '../../src/json/exact.js';

const offset = {type: 'offset', limit: 100};

/** Configurations in the words of several dialects, for where the shared corpus is not. All are read completely. */
export const own: Readonly<Record<string, JsonObject>> = {
  "the brief's": {
    client: {
      base_url: 'https://api.example.com',
      auth: {type: 'api_key', name: 'api_key', api_key: 'SECRET_PLACEHOLDER', location: 'query'},
    },
    resource_defaults: {primary_key: 'id', write_disposition: 'merge'},
    resources: [{name: 'resource_name', endpoint: {path: '/v1/resource', data_selector: 'data', paginator: offset}}],
  },
  "the brief's, by page": {
    client: {
      base_url: 'https://api.example.com/v2/',
      auth: {
        type: 'oauth2',
        client_id: 'id',
        client_secret: 'SECRET_PLACEHOLDER',
        token_url: 'https://api.example.com/oauth/token',
      },
    },
    resource_defaults: {primary_key: 'id'},
    resources: [
      {
        name: 'pages',
        endpoint: {
          path: '/pages',
          data_selector: ['response', 'items'],
          paginator: {type: 'page_number', page_param: 'page', limit_param: 'per_page', limit: 50, start_from_page: 1},
          error_handler: {
            retry_on_status_codes: [429, 403],
            max_retries: 3,
            backoff_factor: 2,
            ignore_status_codes: [410],
          },
        },
      },
      {
        name: 'counted',
        endpoint: {path: '/counted', data_selector: 'data', paginator: {type: 'offset', limit: 20, page_param: 'page'}},
      },
    ],
  },
  cursors: {
    client: {
      base_url: 'https://api.example.com',
      auth: {type: 'basic', username: 'me', password: 'SECRET_PLACEHOLDER'},
    },
    resources: [
      {
        name: 'flagged',
        endpoint: {
          path: 'flagged',
          data_selector: 'data',
          paginator: {
            type: 'cursor',
            cursor_param: 'pageToken',
            cursor_path: 'response.pagination.nextPageToken',
            limit: 100,
            stop_condition: 'response.pagination.hasMore is false',
          },
        },
      },
      {
        name: 'wrapped',
        endpoint: {
          path: 'wrapped',
          data_selector: 'response.items',
          paginator: {type: 'cursor', cursor_param: 'after', cursor_path: 'response.after'},
        },
      },
      {
        name: 'linked',
        endpoint: {
          path: 'linked',
          data_selector: 'results',
          paginator: {
            type: 'cursor',
            cursor_value: "{{ response.get('paging', {}).get('next', {}) }}",
            stop_condition: "{{ 'next' not in response['paging'] }}",
          },
        },
      },
      {
        name: 'header',
        endpoint: {
          path: 'header',
          data_selector: [],
          paginator: {
            type: 'cursor',
            cursor_path: 'headers.link.next.url',
            stop_condition: 'headers.link.next is none',
          },
        },
      },
      {
        name: 'last',
        endpoint: {
          path: 'last',
          data_selector: 'data',
          paginator: {
            type: 'cursor',
            cursor_param: 'before',
            cursor_path: 'last_record.number',
            stop_condition: 'last_page_size == 0',
          },
        },
      },
    ],
  },
  manifest: {
    client: {
      base_url: "https://api.example.com/{{ config['tenant'] }}",
      auth: {type: 'bearer', token: 'SECRET_PLACEHOLDER'},
    },
    resources: [
      {
        name: 'changes',
        primary_key: 'id',
        incremental_sync: {
          type: 'DatetimeBasedCursor',
          cursor_field: 'modified',
          start_datetime: 'CONFIG_PLACEHOLDER',
          datetime_format: '%Y-%m-%dT%H:%M:%SZ',
          start_time_option: {inject_into: 'query', field_name: 'modified_since'},
        },
        endpoint: {path: 'changes', data_selector: 'items', http_method: 'GET'},
      },
      {
        name: 'users',
        endpoint: {path: 'users', data_selector: 'users', record_filter: "{{ record['type'] == 'file' }}"},
      },
      {
        name: 'posts',
        endpoint: {
          path: "users/{{ stream_partition['user'] }}/posts",
          http_method: 'POST',
          body: {user: '{{ stream_slice.user }}', page: null},
          data_selector: 'data',
          partition_router: {type: 'substream', parent_stream: 'users', parent_key: 'id', partition_field: 'user'},
        },
      },
      {
        name: 'by_region',
        endpoint: {
          path: 'regions/{region}/rows',
          data_selector: 'data',
          partition_router: {type: 'ListPartitionRouter', values: ['eu', 'us'], cursor_field: 'region'},
        },
      },
    ],
  },
  "PostHog's": {
    client: {base_url: 'https://api.acme.com/v2', auth: {type: 'bearer'}},
    resources: [
      {
        name: 'orders',
        primary_key: 'id',
        endpoint: {
          path: '/orders',
          data_selector: 'data',
          paginator: {type: 'json_response', next_url_path: 'links.next'},
          incremental: {cursor_path: 'updated_at', start_param: 'updated_since', cursor_type: 'datetime'},
        },
      },
    ],
  },
};
