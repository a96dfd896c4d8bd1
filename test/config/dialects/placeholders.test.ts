import {describe, expect, test} from 'vitest';
import {translate, translateEndpoint} from './translate.js';

describe('partition_router', () => {
  test('a substream is a reference to the parent', () => {
    const {endpoint, problems} = translateEndpoint({
      path: "/users/{{ stream_partition['user_id'] }}/{user_id}/posts",
      params: {q: 'u:{{ stream_slice.user_id }}', keep: '{user_id}'},
      partition_router: {
        type: 'SubstreamPartitionRouter',
        parent_stream_configs: [{stream: {name: 'users'}, parent_key: 'id', partition_field: 'user_id'}],
      },
    });
    expect(endpoint).toEqual({
      path: '/users/{resources.users.id}/{resources.users.id}/posts',
      params: {q: 'u:{resources.users.id}', keep: '{user_id}'},
    });
    expect(problems).toHaveLength(1);
  });

  test('a list is a static parent behind the resources', () => {
    const {document} = translate({
      resources: [
        {
          name: 'rows',
          partition_router: {
            type: 'list',
            values: ['a', 2],
            cursor_field: 'region',
            request_option: {inject_into: 'request_parameter', field_name: 'r'},
          },
          endpoint: 'rows',
        },
        'rows_region',
      ],
    });
    expect(document).toEqual({
      resources: [
        {name: 'rows', endpoint: {path: 'rows', params: {r: '{resources.rows_region_.region}'}}},
        'rows_region',
        {name: 'rows_region_', selected: false, records: [{region: 'a'}, {region: 2}]},
      ],
    });
  });

  test.each([
    {type: 'list', values: "{{ config['x'] }}", cursor_field: 'r'},
    {type: 'substream'},
    {type: 'CustomPartitionRouter'},
    [
      {type: 'list', values: ['a'], cursor_field: 'r'},
      {type: 'list', values: ['b'], cursor_field: 's'},
    ],
    7,
  ])('%j is refused once', (partition_router) => {
    const {endpoint, problems} = translateEndpoint({path: 'x', partition_router});
    expect(endpoint).toEqual({path: 'x'});
    expect(problems).toEqual([expect.stringMatching(/^error .*partition_router.* (?:write|resource)/)]);
  });
});

const dollar = '$';

describe('placeholders', () => {
  test.each([
    ['/a/{{ x }}/b', '/a/{vars.x}/b'],
    ["/a/{{ config['x y'] }}", '/a/{vars.x y}'],
    ["/a/{{config.get('x', 'd')}}", '/a/{vars.x}'],
    ['/a/{{ stream_partition.x }}/{{stream_slice["y"]}}', '/a/{vars.x}/{vars.y}'],
    ['/a/{x}/{resources.p.id}', '/a/{x}/{resources.p.id}'],
  ])('path %s', (path, translated) => {
    const {endpoint, problems} = translateEndpoint({path});
    expect(endpoint).toEqual({path: translated});
    expect(problems).toHaveLength(path === translated ? 0 : 1);
  });

  test.each([
    ['https://x.com/{{ a }}', 'https://x.com/{vars.a}'],
    [`https://{sub}.x.com/${dollar}{domain}`, 'https://{vars.sub}.x.com/{vars.domain}'],
    [`https://${dollar}{HOST}/{vars.a}/{auth.url}`, `https://${dollar}{HOST}/{vars.a}/{auth.url}`],
  ])('base_url %s', (base_url, translated) => {
    expect(translate({client: {base_url}}).document).toEqual({client: {base_url: translated}});
  });

  test('elsewhere only what names a context', () => {
    const query = 'query { issues(first: {{ n }}) {{ nodes {{ id }} }} }';
    const {endpoint, problems} = translateEndpoint({
      json: {query, deep: [{v: "{{ config['a'] }}"}]},
      headers: {'X-A': "{{ config['a'] }}"},
    });
    expect(endpoint).toEqual({json: {query, deep: [{v: '{vars.a}'}]}, headers: {'X-A': '{vars.a}'}});
    expect(problems.map((problem) => problem.split(' ')[1])).toEqual([
      'resources[0].endpoint.json.deep[0].v',
      'resources[0].endpoint.headers.X-A',
    ]);
  });

  test('where a credential stands it is a secret, unless there is a variable of that name', () => {
    const auth = {
      type: 'oauth2_client_credentials',
      client_id: "{{ config['client_id'] }}",
      client_secret: "{{ config['client_secret'] }}",
      access_token_url: "https://{{ config['domain'] }}/token",
    };
    const headers = {Authorization: "Token {{ config['api_key'] }}", 'X-Account': "{{ config['account'] }}"};
    expect(translate({client: {base_url: 'https://a.example', auth, headers}}).document).toEqual({
      client: {
        base_url: 'https://a.example',
        auth: {
          ...auth,
          client_id: '{vars.client_id}',
          client_secret: '{secrets.client_secret}',
          access_token_url: 'https://{vars.domain}/token',
        },
        headers: {Authorization: 'Token {secrets.api_key}', 'X-Account': '{vars.account}'},
      },
    });
    const known = {variables: {t: 'x'}, client: {auth: {token: "{{ config['t'] }}"}}};
    expect(translate(known).document).toEqual({variables: {t: 'x'}, client: {auth: {token: '{vars.t}'}}});
  });

  test('shorthand endpoints are paths', () => {
    expect(translate({resources: [{name: 'a', endpoint: 'a/{{ x }}'}]}).document).toEqual({
      resources: [{name: 'a', endpoint: 'a/{vars.x}'}],
    });
  });

  test.each([
    {path: "/a/{{ config['x'] | lower }}"},
    {params: {since: "{{ stream_interval['start_time'] }}"}},
    {json: {v: '{{ now_utc() }}'}},
    {headers: {h: "{{ stream_interval.get('start_time', {}) or format_datetime(config['d'], '%s') }}"}},
  ])('%j is refused, where it stands', (endpoint) => {
    const {problems} = translateEndpoint(endpoint);
    expect(problems).toEqual([
      expect.stringMatching(/^error resources\[0\]\.endpoint\.\S+ \{\{.*\}\} is an expression/),
    ]);
  });
});
