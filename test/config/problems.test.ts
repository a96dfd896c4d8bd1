import {describe, expect, test} from 'vitest';
import {toConnectorError} from '../../src/config/problem.js';
import {api, read} from './read.js';

describe('problems', () => {
  test.each([
    [
      'client: {base_url: "https://a.example"}\nresources:\n- name: a\n  endpoint:\n    data_selecter: x\n',
      '5:5 resources[0].endpoint.data_selecter unknown key; did you mean data_selector?',
    ],
    [
      `${api}resources: [{name: a, endpoint: {method: GTE}}]`,
      'must be one of GET, POST, PUT, PATCH; did you mean GET?',
    ],
    [
      `${api}resources: [{name: a, endpoint: {paginator: {type: ofset}}}]`,
      'resources[0].endpoint.paginator.type unknown paginator; did you mean offset?',
    ],
    [
      `${api}resources: [{name: a, endpoint: {paginator: offst}}]`,
      'resources[0].endpoint.paginator unknown paginator; did you mean offset?',
    ],
    [
      `${api}resources: [{name: a, endpoint: {paginator: {type: offset, limit: "5"}}}]`,
      'paginator.limit must be an integer, is a string',
    ],
    [
      `${api}resources: [{name: a, endpoint: {paginator: {type: offset, limt: 5}}}]`,
      'paginator.limt unknown key; did you mean limit?',
    ],
    [
      `${api}resources: [{name: a, endpoint: {paginator: {next_url_path: x}}}]`,
      'paginator.type is missing; these keys fit json_link',
    ],
    [`${api}resources: [{endpoint: a}]`, 'resources[0].name is missing'],
    [`${api}resources: [5]`, 'resources[0] must be an object, is a number'],
    [`${api}resources: [a, a]`, 'resources[1].name is the name of resources[0] already'],
    [
      `${api}resources: [{name: a, endpoint: {params: {filter: {a: 1}}}}]`,
      'params.filter is an object: query parameters are flat, write "filter[a]"',
    ],
    [`${api}resources: [{name: a, endpoint: {json: {}, data: {}}}]`, 'endpoint.data stands beside json'],
    [`${api}resources: [{name: a, endpoint: {headers: {"a b": x}}}]`, 'is no header name'],
    [`${api}resources: [{name: a, endpoint: {response: {format: xml}}}]`, 'XML is not in this version'],
    [`${api}resources: [{name: a, endpoint: {response_actions: [{action: ignore}]}}]`, 'has no condition'],
    [
      `${api}resources: [{name: a, endpoint: {response_actions: [{status_code: 404, action: ignroe}]}}]`,
      'did you mean ignore?',
    ],
    [`${api}resources: [{name: a, endpoint: {incremental: {cursor_path: "@odata.deltaLink"}}}]`, 'opaque delta tokens'],
    [
      `${api}resources: [{name: a, endpoint: {incremental: {cursor_path: u, step: 30D}}}]`,
      'must be a number or an ISO 8601 duration',
    ],
    [`${api}resources: [{name: a, processing_steps: [{filtre: x}]}]`, 'unknown step; did you mean filter?'],
    [
      `${api}resources: [{name: a, processing_steps: [{filter: "<callable:x>"}]}]`,
      'is code, which does not run here: write a CEL expression',
    ],
    [`${api}resources: [{name: a, records: [{}], endpoint: b}]`, 'has records and endpoint'],
    [`${api}resources: [a]\nshard: {index: 2, of: 2}`, 'shard.index index counts from 0'],
    [`${api}resources: [a]\nvariables: {a: {b: 1}}`, 'variables.a must be text, number or boolean, is an object'],
    [`${api}resources: [a]\nresorces: []`, 'resorces unknown key; did you mean resources?'],
    ['client: {base_url: "https://a.example", session: x}\nresources: [a]', 'client.session is a Python object'],
    ['client: {base_url: api.example.com}\nresources: [a]', 'client.base_url must be a URL that begins with https://'],
    ['client: {base_url: "https://a.example", check: {resources: [b]}}\nresources: [a]', 'is no resource; there are a'],
    [
      'client: {base_url: "https://a.example", variables: {x: 1}}\nvariables: {x: 2}\nresources: [a]',
      'variables.x stands in client.variables too',
    ],
    [
      'client: {base_url: "https://a.example", timeout: P1M}\nresources: [a]',
      'must be seconds or an ISO 8601 duration',
    ],
    [
      'client: {base_url: "https://a.example", allowed_hosts: ["https://b.example"]}\nresources: [a]',
      'must be host, host:port or *.example.com',
    ],
    ['client: {base_url: "https://a.example", headers: {__proto__: x}}\nresources: [a]', 'no usable name'],
    [
      `${api}resources: ['{"name": "a", "endpoint": {"auth": {"token": "x"}}}']`,
      '2:13 resources[0] must be an object, is a string that holds JSON: remove the quotes around it',
    ],
    [
      `${api}resources: [{name: a, endpoint: '{"path": "b"}'}]`,
      'resources[0].endpoint must be a path or an object, is a string that holds JSON: remove the quotes around it',
    ],
    ['[]', 'must be an object with client and resources'],
    ['', 'is empty: give client and resources'],
    ['# nothing yet\n', 'is empty: give client and resources'],
  ])('%j', (text, message) => {
    const {errors, config} = read(text);
    expect(errors.join('\n')).toContain(message);
    expect(config).toBeUndefined();
  });

  test('all at once, in the order of the text, as one config_error', () => {
    const {problems, document, errors} = read(
      'client: {base_url: 5, timeout: x}\nresources:\n- {name: a, endpoint: {method: 1}}\n- {name: 3}\n',
    );
    expect(errors).toEqual([
      '1:10 client.base_url must be a string, is a number',
      '1:23 client.timeout must be seconds or an ISO 8601 duration such as PT30S, PT5M or P1D',
      '3:24 resources[0].endpoint.method must be a string, is a number',
      '4:4 resources[1].name must be a string, is a number',
    ]);
    const error = toConnectorError(problems, document);
    expect(error?.failureType).toBe('config_error');
    expect(error?.message.split('\n')).toHaveLength(5);
  });

  test('problems of resource_defaults are told once, there', () => {
    const {errors} = read(`${api}resource_defaults: {endpoint: {method: WAT}}\nresources: [a, b]\n`);
    expect(errors).toEqual(['2:32 resource_defaults.endpoint.method must be one of GET, POST, PUT, PATCH']);
  });
});

test('the words of schemas that parse within another are ours', () => {
  const {errors} = read(
    `${api}resources: [{name: a, processing_steps: [{map: {sett: {a: b}}}, {map: {remove: x}}, {yield_map: {}}]}]`,
  );
  expect(errors).toEqual([
    expect.stringContaining('processing_steps[0].map.sett unknown key'),
    expect.stringContaining('processing_steps[1].map.remove must be a list, is a string'),
    expect.stringContaining('processing_steps[2].yield_map.explode is missing'),
  ]);
});
