import {numberIn, type PublicApi, range} from './api.js';

/** APIs that name the next page by a link, most of them read without a paginator. */
export const linkApis: readonly PublicApi[] = [
  {
    name: 'Asana: an object with the uri of the next page; children by a parameter',
    base: '/api/1.0',
    client: {auth: 'bearer'},
    resources: [
      {name: 'projects', endpoint: {path: 'projects', params: {limit: 100}}},
      {
        name: 'tasks',
        include_from_parent: ['gid'],
        endpoint: {path: 'tasks', params: {project: '{resources.projects.gid}', limit: 100}},
      },
    ],
    answer(request, url) {
      const offset = numberIn(request, 'offset');
      const count = request.path.endsWith('projects') ? 3 : 150;
      const query = new URLSearchParams([...request.query].filter(([name]) => name !== 'offset'));
      const path = `${request.path}?${query}&offset=${offset + 100}`;
      const next = {offset: `${offset + 100}`, path, uri: `${url}${path}`};
      const data = range(offset, Math.min(count, offset + 100), (n) => ({gid: `${n}`}));
      return {data, next_page: offset + 100 < count ? next : null};
    },
    rows: {projects: 3, tasks: 450},
  },
  {
    name: 'HubSpot: paging.next with a link; without one it is told',
    client: {auth: 'bearer'},
    resources: [
      {name: 'contacts', endpoint: 'crm/v3/objects/contacts'},
      {name: 'bare', endpoint: 'crm/v3/bare'},
    ],
    answer(request, url) {
      const after = numberIn(request, 'after');
      const link = request.path.endsWith('bare') ? {} : {link: `${url}${request.path}?after=${after + 100}`};
      const next = after + 100 < 250 ? {paging: {next: {after: `${after + 100}`, ...link}}} : {};
      return {results: range(after, Math.min(250, after + 100)), ...next};
    },
    rows: {contacts: 250, bare: 100},
    warning:
      /^bare: .*known on it, although paging\.next\.after is "100"; write the paginator, single_page if that is all$/,
  },
  {
    name: 'NetSuite and PayPal: a list of links, found or written',
    resources: [
      {name: 'found', endpoint: {path: 'customer', params: {limit: 100}}},
      {
        name: 'written',
        endpoint: {
          path: 'customer',
          data_selector: 'items',
          paginator: {type: 'json_link', next_url_path: "links[?(@.rel=='next')].href"},
        },
      },
      {
        name: 'counted',
        endpoint: {
          path: 'customer',
          data_selector: 'items',
          paginator: {type: 'offset', limit: 100, total_path: 'totalResults'},
        },
      },
    ],
    answer(request, url) {
      const offset = numberIn(request, 'offset');
      const hasMore = offset + 100 < 250;
      const next = {rel: 'next', href: `${url}/customer?limit=100&offset=${offset + 100}`};
      return {
        links: [{rel: 'self', href: `${url}/customer`}, ...(hasMore ? [next] : [])],
        hasMore,
        items: range(offset, Math.min(250, offset + 100)),
        offset,
        totalResults: 250,
      };
    },
    rows: {found: 250, written: 250, counted: 250},
  },
  {
    name: 'Pipedrive: next_start and a flag of a name of its own',
    base: '/v1',
    client: {auth: {type: 'api_key', name: 'api_token', location: 'query', api_key: '{secrets.key}'}},
    resources: [
      {
        name: 'deals',
        endpoint: {
          data_selector: 'data',
          paginator: {
            type: 'offset',
            offset_param: 'start',
            limit: 100,
            total_path: null,
            has_more_path: 'additional_data.pagination.more_items_in_collection',
          },
        },
      },
      {name: 'found', endpoint: 'deals'},
    ],
    answer(request) {
      const start = numberIn(request, 'start');
      const more = start + 100 < 250;
      const pagination = {start, limit: 100, more_items_in_collection: more, ...(more && {next_start: start + 100})};
      const data = start >= 250 ? null : range(start, Math.min(250, start + 100));
      return {success: true, data, additional_data: {pagination}};
    },
    rows: {deals: 250, found: 250},
  },
  {
    name: 'Discourse: pages from 0 until one is empty, or a path without .json',
    resources: [
      {
        name: 'counted',
        endpoint: {
          path: 'latest.json',
          data_selector: 'topic_list.topics',
          paginator: {type: 'page_number', base_page: 0, total_path: null},
        },
      },
      {
        name: 'linked',
        endpoint: {
          path: 'latest.json',
          data_selector: 'topic_list.topics',
          paginator: {type: 'json_link', next_url_path: 'topic_list.more_topics_url'},
        },
      },
    ],
    answer(request) {
      const page = numberIn(request, 'page');
      const more = (page + 1) * 30 < 75 ? {more_topics_url: `/latest?page=${page + 1}`} : {};
      const topics = range(page * 30, Math.min(75, page * 30 + 30));
      return {users: range(0, 5), topic_list: {can_create_topic: true, per_page: 30, ...more, topics}};
    },
    rows: {counted: 75, linked: 75},
  },
  {
    name: 'Xero: Microsoft dates as the cursor, pages until one is empty',
    base: '/api.xro/2.0',
    resources: [
      {
        name: 'Invoices',
        primary_key: 'InvoiceID',
        endpoint: {
          headers: {'If-Modified-Since': '{incremental.start_value}'},
          paginator: {type: 'page_number', base_page: 1, total_path: null},
          incremental: {
            cursor_path: 'UpdatedDateUTC',
            cursor_format: '/Date(%ms%z)/',
            initial_value: '2020-01-01T00:00:00',
          },
        },
      },
    ],
    answer(request) {
      const page = numberIn(request, 'page');
      const row = (n: number) => ({InvoiceID: `i${n}`, UpdatedDateUTC: `/Date(${1_700_000_000_000 + n}+0000)/`});
      return {Id: 'x', Status: 'OK', Invoices: range((page - 1) * 100, Math.min(150, page * 100), row)};
    },
    rows: {Invoices: 150},
  },
];
