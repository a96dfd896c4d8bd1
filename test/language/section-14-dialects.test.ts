import {describe, expect, test} from 'vitest';
import {stringify} from 'yaml';
import {desk} from '../commands/try-support.js';
import {attempt, errorsOf, problemsOf, serve, source} from '../dlt/run.js';
import {json} from '../support/api-server.js';

type Part = {readonly [key: string]: unknown};

const base = (resources: unknown, client: Part = {}, more: Part = {}) => ({
  client: {base_url: 'https://a.example', ...client},
  resources: Array.isArray(resources) ? resources : [resources],
  ...more,
});
const endpoint = (own: unknown) => base({name: 'r', endpoint: own});
const paginator = (own: unknown) => endpoint({paginator: own});
const cursor = (own: Part) => paginator({type: 'cursor', ...own});
const pages = (stop_condition: string) => paginator({type: 'page_number', base_page: 1, stop_condition});
const auth = (own: unknown) => base('r', {auth: own}, {secrets: {p: 'x', r: 'y'}});
const oauth = {type: 'oauth2', token_url: 'https://a.example/t', client_id: 'c', client_secret: '{secrets.p}'};
const router = (partition_router: Part, path: string) => base(['p', {name: 'r', partition_router, endpoint: path}]);
const substream = {parent_stream_configs: [{stream: 'p', parent_key: 'id', partition_field: 'pid'}]};
const inRequest = {inject_into: 'request_parameter', field_name: 'since'};

/** What is written, where the warning stands, what it says to write. */
const words: readonly [string, object, ...[string, string][]][] = [
  ['basic', auth({type: 'basic', username: 'u', password: '{secrets.p}'}), ['client.auth.type', 'write http_basic']],
  ['oauth2', auth(oauth), ['client.auth.type', 'write oauth2_client_credentials']],
  [
    'oauth2 with a refresh token',
    auth({...oauth, refresh_token: '{secrets.r}'}),
    ['client.auth.type', 'write oauth2_refresh_token'],
  ],
  ['api_key of a bearer', auth({type: 'bearer', api_key: '{secrets.p}'}), ['client.auth.api_key', 'write token']],
  [
    'start_from_page',
    paginator({type: 'page_number', start_from_page: 0}),
    ['resources[0].endpoint.paginator.start_from_page', 'write base_page'],
  ],
  [
    'page_size',
    paginator({type: 'offset', page_size: 50}),
    ['resources[0].endpoint.paginator.page_size', 'write limit'],
  ],
  [
    'offset with page_param',
    paginator({type: 'offset', page_param: 'p', limit: 10}),
    ['resources[0].endpoint.paginator.type', 'write page_number'],
  ],
  [
    'cursor_value',
    cursor({cursor_value: '{{ response.next }}', cursor_param: 'c'}),
    ['resources[0].endpoint.paginator.cursor_value', 'write cursor_path: next'],
  ],
  [
    'cursor_value with get',
    cursor({cursor_value: "{{ response.get('a', {}).get('b') }}", cursor_param: 'c'}),
    ['resources[0].endpoint.paginator.cursor_value', 'write cursor_path: a.b'],
  ],
  [
    'the Link header',
    cursor({cursor_value: "{{ headers['link']['next']['url'] }}"}),
    ['resources[0].endpoint.paginator.cursor_value', 'write type: header_link'],
  ],
  [
    'the Link header, dotted, in a stop_condition too',
    cursor({cursor_value: '{{ headers.link.next.url }}', stop_condition: '{{ not headers.link.next.url }}'}),
    ['resources[0].endpoint.paginator.cursor_value', 'write type: header_link'],
  ],
  [
    'not x',
    cursor({cursor_path: 'next', cursor_param: 'c', stop_condition: '{{ not response.next }}'}),
    ['resources[0].endpoint.paginator.stop_condition', 'leave it out'],
  ],
  [
    'x is none',
    cursor({cursor_path: 'next', cursor_param: 'c', stop_condition: '{{ response.next is none }}'}),
    ['resources[0].endpoint.paginator.stop_condition', 'leave it out'],
  ],
  [
    'k not in x',
    cursor({cursor_path: 'next', cursor_param: 'c', stop_condition: "{{ 'next' not in response }}"}),
    ['resources[0].endpoint.paginator.stop_condition', 'leave it out'],
  ],
  [
    'not has_more',
    paginator({type: 'offset', limit: 5, stop_condition: '{{ not response.has_more }}'}),
    ['resources[0].endpoint.paginator.stop_condition', 'write has_more_path: has_more'],
  ],
  [
    'x is false',
    pages('{{ response.meta.more is false }}'),
    ['resources[0].endpoint.paginator.stop_condition', 'write has_more_path: meta.more'],
  ],
  [
    'length of the list',
    pages('{{ response.data | length == 0 }}'),
    ['resources[0].endpoint.paginator.stop_condition', 'leave it out'],
  ],
  [
    'last_page_size',
    pages('{{ last_page_size == 0 }}'),
    ['resources[0].endpoint.paginator.stop_condition', 'leave it out'],
  ],
  [
    'a comparison',
    pages('{{ response.page >= response.pages }}'),
    ['resources[0].endpoint.paginator.stop_condition', 'write stop_when: response.page >= response.pages'],
  ],
  ['a bare word', pages('empty'), ['resources[0].endpoint.paginator.stop_condition', 'leave it out']],
  [
    'error_handler',
    endpoint({error_handler: {retry_on_status_codes: [418], max_retries: 0, ignore_status_codes: [404]}}),
    ['resources[0].endpoint.error_handler', 'write retry: {'],
  ],
  [
    'incremental_sync',
    endpoint({
      incremental_sync: {
        cursor_field: 'u',
        datetime_format: '%Y-%m-%d',
        start_datetime: '2024-01-01',
        start_time_option: inRequest,
      },
    }),
    ['resources[0].endpoint.incremental_sync', 'write endpoint.incremental: {'],
  ],
  [
    'cursor_type',
    endpoint({incremental: {cursor_path: 'u', cursor_type: 'timestamp', initial_value: 0}}),
    ['resources[0].endpoint.incremental.cursor_type', 'leave it out'],
  ],
  [
    'transform',
    endpoint({incremental: {cursor_path: 'u', transform: 'epoch_seconds', initial_value: 'now-P1D'}}),
    ['resources[0].endpoint.incremental.transform', 'write convert: epoch_seconds'],
  ],
  [
    'substream',
    router({type: 'SubstreamPartitionRouter', ...substream}, 'x/{{ stream_partition.pid }}/y'),
    ['resources[1].partition_router', 'write {resources.p.id}'],
  ],
  [
    'list',
    router({type: 'ListPartitionRouter', values: ['a', 0], cursor_field: 'k'}, "x/{{ stream_slice['k'] }}/y"),
    ['resources[1].partition_router', 'and a resource r_k with records'],
  ],
  [
    'record_filter',
    base({name: 'r', record_filter: {condition: "{{ record['a'] == 0 }}"}}),
    ['resources[0].record_filter', 'write processing_steps: [{filter: "record.a == 0"}]'],
  ],
  [
    'body, http_method',
    endpoint({http_method: 'post', body: {a: 0}}),
    ['resources[0].endpoint.http_method', 'write method'],
    ['resources[0].endpoint.body', 'write json'],
  ],
  [
    'json_response',
    paginator({type: 'json_response', next_url_path: 'next'}),
    ['resources[0].endpoint.paginator.type', 'write json_link'],
  ],
  [
    'Jinja placeholders',
    base(
      {name: 'r', endpoint: {path: 'x/{{ org }}', params: {a: "{{ config['k'] }}"}}},
      {base_url: 'https://{{ host }}', variables: {org: 'o', host: 'a.example', k: 'z'}},
    ),
    ['client.base_url', 'write {vars.host}'],
    ['resources[0].endpoint.path', 'write {vars.org}'],
    ['resources[0].endpoint.params.a', 'write {vars.k}'],
  ],
];

describe('one warning each with the canonical spelling; validate --fix rewrites them into what means the same', () => {
  test.each(words)('%s', async (_, config, ...expected) => {
    const warnings = problemsOf(config, 'warning').map((line) => [line.split(' ')[0], line]);
    expect(warnings.toSorted()).toEqual(
      expected.map(([place, text]) => [place, expect.stringContaining(text)]).toSorted(),
    );
    expect(errorsOf(config)).toEqual([]);
    const {run} = desk(`# kept\n${stringify(config)}`);
    const means = async () => (await run(['explain', '--json'])).out;
    const before = await means();
    expect(await run(['validate', '--fix', '--quiet'])).toMatchObject({code: 0});
    expect(await run(['validate', '--strict', '--quiet'])).toMatchObject({code: 0});
    expect(await means()).toBe(before);
  });
});

describe('what cannot be translated is an error', () => {
  test.each<[object, string]>([
    [
      auth('<call:zoom>'),
      'client.auth is code, which does not run here: write an auth type; a grant of its own is oauth2_client_credentials with access_token_request_data: {grant_type: …} and client_auth: basic',
    ],
    [auth({type: 'oauth2', client_id: 'c', client_secret: 's'}), 'client.auth.token_url is missing'],
    [pages("{{ response.page > config['pages'] - 1 }}"), 'resources[0].endpoint.paginator.stop_condition'],
    [cursor({cursor_value: '{{ response.page + 1 }}'}), 'resources[0].endpoint.paginator.cursor_value'],
    [endpoint({error_handler: {type: 'CompositeErrorHandler'}}), 'resources[0].endpoint.error_handler'],
    [base('r', {session: {}}), 'client.session is a Python object'],
  ])('%j', (config, expected) => {
    expect(errorsOf(config)).toEqual([expect.stringContaining(expected)]);
  });

  test('offset_param: page is only asked about', () => {
    const config = paginator({type: 'offset', offset_param: 'page', limit: 10});
    expect([errorsOf(config), problemsOf(config, 'warning')]).toEqual([
      [],
      [expect.stringMatching(/^resources\[0\]\.endpoint\.paginator\.offset_param page gets the number of rows/)],
    ]);
  });
});

describe('at work', () => {
  test('a cursor_value that holds a URL is followed; a leading response. counts where the body has no such key', async () => {
    await using api = await serve(({path, query}) => {
      if (path === '/link') return json({data: [{id: 2}]});
      const next = path === '/a' ? {next: `${api.url}/link`} : query.has('c') ? {} : {next: 'n'};
      return json({data: [{id: 1}], ...(path === '/b' ? {response: next} : next)});
    });
    const read = async (path: string, own: Part) =>
      (await attempt(api, source(api, [{name: 'r', endpoint: {path, paginator: {type: 'cursor', ...own}}}]))).calls;
    expect(await read('a', {cursor_value: '{{ response.next }}'})).toEqual(['/a', '/link']);
    expect(await read('b', {cursor_path: 'response.next', cursor_param: 'c'})).toEqual(['/b', '/b?c=n']);
    expect(await read('c', {cursor_path: 'response.next', cursor_param: 'c'})).toEqual(['/c', '/c?c=n']);
  });
});

describe('accepted with one notice for all', () => {
  const notices = (resources: unknown, more: Part = {}) => {
    const config = base(resources, {}, more);
    expect([errorsOf(config), problemsOf(config, 'warning')]).toEqual([[], []]);
    return problemsOf(config, 'info');
  };

  test('hints that only dlt reads', () => {
    const hints = ['merge_key', 'max_table_nesting', 'table_name', 'parent_table_name', 'nested_hints', 'references'];
    const more = ['table_format', 'file_format', 'schema_contract', 'parallelized'];
    const resource = {
      name: 'r',
      ...Object.fromEntries([...hints, ...more].map((key) => [key, 0])),
      write_disposition: {disposition: 'merge'},
      columns: {a: {data_type: 'text', dedup_sort: 'desc', hard_delete: true, precision: 3, scale: 0, timezone: false}},
      endpoint: {
        incremental: {cursor_path: 'u', initial_value: 0, allow_external_schedulers: true},
        response_actions: [{status_code: 404, action: 'raise', failure_type: 'x'}],
      },
    };
    const [notice, ...others] = notices([resource, {...resource, name: 's'}]);
    expect(others).toEqual([]);
    for (const key of [
      ...hints,
      ...more,
      'write_disposition',
      'columns.*.dedup_sort',
      'allow_external_schedulers',
      'failure_type',
    ])
      expect(notice).toContain(key);
    for (const key of ['precision', 'scale', 'timezone']) expect(notice).not.toContain(key);
  });

  test('write_disposition: skip hides the stream, which is no notice; what the resource says wins', async () => {
    await using api = await serve(() => json([{id: 1}]));
    const streams = async (write_disposition: unknown, defaults?: unknown) => {
      const own = write_disposition === undefined ? {} : {write_disposition};
      const more = {resource_defaults: {write_disposition: defaults ?? null}};
      const done = await attempt(api, source(api, ['a', {name: 'r', ...own}], {}, more), {streams: ['r']});
      return done.code;
    };
    for (const skip of ['skip', {disposition: 'skip'}]) {
      expect(await streams(skip)).toBe(1);
      expect(await streams(undefined, skip)).toBe(1);
      expect(await streams('merge', skip)).toBe(0);
      expect(notices(['a', {name: 'r', write_disposition: skip}])).toEqual([]);
    }
    expect(await streams('merge')).toBe(0);
  });
});
