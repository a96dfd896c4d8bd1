import {readFileSync} from 'node:fs';
import {Ajv} from 'ajv';
import {describe, expect, test} from 'vitest';
import {parse} from 'yaml';
import {examples} from './examples.js';

interface Node {
  readonly [key: string]: unknown;
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);
const payload: Node = JSON.parse(readFileSync('spec.json', 'utf8'));
const spec = isNode(payload['connectionSpecification']) ? payload['connectionSpecification'] : {};

/** Every schema node with its path and, for properties, its name. */
function* nodes(node: Node, path: string, name = ''): Generator<{node: Node; path: string; name: string}> {
  yield {node, path, name};
  if (isNode(node['properties'])) {
    for (const [key, value] of Object.entries(node['properties']))
      if (isNode(value)) yield* nodes(value, `${path}.${key}`, key);
  }
  if (isNode(node['items'])) yield* nodes(node['items'], `${path}[]`);
  if (Array.isArray(node['oneOf']))
    for (const [index, branch] of node['oneOf'].entries())
      if (isNode(branch)) yield* nodes(branch, `${path}<${index}>`);
}
const all = [...nodes(spec, 'spec')];
const broken = (rule: (at: {node: Node; path: string; name: string}) => boolean) =>
  all.filter((at) => !rule(at)).map((at) => at.path);
const properties = (node: Node): [string, Node][] =>
  isNode(node['properties'])
    ? Object.entries(node['properties']).flatMap(([key, value]) =>
        isNode(value) ? [[key, value] as [string, Node]] : [],
      )
    : [];

const validate = new Ajv({strict: false, validateFormats: false}).compile(spec);

describe('spec.json (acceptance assertions 3–13)', () => {
  test('is the payload of the SPEC message', () => {
    expect(payload['documentationUrl']).toMatch(/^https:/);
    expect(spec).toMatchObject({
      $schema: 'http://json-schema.org/draft-07/schema#',
      type: 'object',
      additionalProperties: true,
    });
    expect(spec['required']).toBeUndefined();
    expect(all.length).toBeGreaterThan(120);
  });

  test('3: enum values are unique', () => {
    expect(
      broken(({node}) => !Array.isArray(node['enum']) || new Set(node['enum']).size === node['enum'].length),
    ).toEqual([]);
  });

  test('4: a oneOf is an object of titled branches with one const discriminator `type`, first', () => {
    const choices = all.filter(({node}) => Array.isArray(node['oneOf']));
    expect(choices.length).toBe(3);
    for (const {node, path} of choices) {
      expect(node['type'], path).toBe('object');
      expect(node['properties'], path).toBeUndefined();
      const branches = Array.isArray(node['oneOf']) ? node['oneOf'].filter(isNode) : [];
      for (const branch of branches) {
        const consts = properties(branch).filter(([, value]) => 'const' in value);
        expect(
          consts.map(([key]) => key),
          path,
        ).toEqual(['type']);
        expect(properties(branch)[0]?.[0], path).toBe('type');
        expect(branch['required'], path).toContain('type');
        expect(branch['title'], path).toEqual(expect.any(String));
        expect(consts[0]?.[1]['const'], path).toBeTruthy();
        expect(consts[0]?.[1]['default'] ?? consts[0]?.[1]['const'], path).toBe(consts[0]?.[1]['const']);
      }
    }
    const firsts = choices.map(({node}) =>
      Array.isArray(node['oneOf']) ? properties(node['oneOf'][0])[0]?.[1]['const'] : undefined,
    );
    expect(firsts).toEqual(['none', 'auto', 'inherit']);
  });

  test('5: types are single words', () => {
    expect(broken(({node}) => node['type'] === undefined || typeof node['type'] === 'string')).toEqual([]);
  });

  test('6: what sounds secret is secret, and only texts and numbers are', () => {
    const sounding =
      /^(client_token|access_token|api_token|token|secret|client_secret|password|key|service_account_info|service_account|tenant_id|certificate|jwt|credentials|app_id|appid|refresh_token)$/;
    const scalar = ({node}: {node: Node}) => ['string', 'integer', 'number'].includes(String(node['type']));
    expect(
      broken(
        (at) => !(sounding.test(at.name) && scalar(at) && !('const' in at.node)) || at.node['airbyte_secret'] === true,
      ),
    ).toEqual([]);
    expect(broken((at) => at.node['airbyte_secret'] === undefined || scalar(at))).toEqual([]);
    const secret = all.filter(({node}) => node['airbyte_secret'] === true).map(({name}) => name);
    expect([...new Set(secret)].sort()).toEqual([
      'api_key',
      'client_secret',
      'login_body',
      'password',
      'refresh_token',
      'secrets',
      'token',
    ]);
    expect(all.filter(({path, node}) => path.includes('[]') && node['airbyte_secret'] === true)).toEqual([]);
  });

  test('7, 8: no empty object; arrays of plain items', () => {
    expect(
      broken(({node}) => node['type'] !== 'object' || Array.isArray(node['oneOf']) || properties(node).length > 0),
    ).toEqual([]);
    expect(
      broken(
        ({node}) =>
          node['type'] !== 'array' ||
          (isNode(node['items']) &&
            ['object', 'string'].includes(String(node['items']['type'])) &&
            !('oneOf' in node['items'])),
      ),
    ).toEqual([]);
  });

  test('9: no forbidden keyword', () => {
    const forbidden = [
      'not',
      'anyOf',
      'patternProperties',
      'prefixItems',
      'allOf',
      'if',
      'then',
      'else',
      'dependentSchemas',
      'dependentRequired',
      '$ref',
    ];
    expect(broken(({node}) => !forbidden.some((keyword) => keyword in node))).toEqual([]);
    expect(JSON.stringify(payload)).not.toMatch(/"\$ref"|"definitions"/);
  });

  test('11: order is unique per object, groups only at the top, display_type nowhere', () => {
    for (const {node, path} of all) {
      const orders = properties(node).map(([, value]) => value['order']);
      expect(new Set(orders).size, path).toBe(orders.length);
      expect(
        orders.every((order) => Number.isInteger(order)),
        path,
      ).toBe(true);
    }
    const grouped = all.filter(({node}) => node['group'] !== undefined);
    expect(grouped.every(({path}) => /^spec\.\w+$/.test(path))).toBe(true);
    const groups = Array.isArray(spec['groups']) ? spec['groups'].map((group) => group.id) : [];
    expect([...new Set(grouped.map(({node}) => node['group']))].sort()).toEqual([...groups].sort());
  });

  test('12: additional properties are allowed at every level', () => {
    expect(
      broken(
        ({node}) => node['type'] !== 'object' || Array.isArray(node['oneOf']) || node['additionalProperties'] === true,
      ),
    ).toEqual([]);
  });

  test('every field has a title and a description, texts an example', () => {
    const fields = all.filter(({name}) => name !== '' && name !== 'type');
    expect(
      fields
        .filter(({node}) => typeof node['title'] !== 'string' || typeof node['description'] !== 'string')
        .map(({path}) => path),
    ).toEqual([]);
    expect(broken(({node}) => node['pattern'] === undefined || typeof node['pattern_descriptor'] === 'string')).toEqual(
      [],
    );
  });

  test('a branch shows what people fill in; the rest is folded away', () => {
    const shown = all
      .filter(({node}) => Array.isArray(node['oneOf']))
      .flatMap(({node}) => (Array.isArray(node['oneOf']) ? node['oneOf'].filter(isNode) : []))
      .map((branch) => {
        const required = Array.isArray(branch['required']) ? branch['required'] : [];
        const names = properties(branch).filter(
          ([name, field]) => field['always_show'] === true || required.includes(name),
        );
        return names.map(([name]) => name).filter((name) => name !== 'type');
      });
    expect(shown.filter((names) => names.length > 5)).toEqual([]);
    // None, Automatic, As All Streams, One Page and Link Header need nothing.
    expect(shown.filter((names) => names.length === 0)).toHaveLength(1 + 3 + 4);
  });

  test('the titles that the documentation names are those of the form', () => {
    const titles = new Set(all.map(({node}) => node['title']));
    for (const file of ['README.md', 'docs/hosts.md']) {
      const part = readFileSync(file, 'utf8')
        .split(/^## /m)
        .filter((section) => /^(In )?Airbyte\n/.test(section));
      const named = part.flatMap((section) =>
        [...section.matchAll(/\*\*([^*]+?)\.?\*\*/g)].map(([, title = '']) => title),
      );
      expect(
        named.filter((title) => !titles.has(title) && title !== 'Form' && title !== 'Text'),
        file,
      ).toEqual([]);
      expect(named, file).toContain('Configuration as Text');
    }
  });

  test('the document is declared, hidden and without a type', () => {
    const top = Object.fromEntries(properties(spec));
    for (const key of ['client', 'resource_defaults', 'resources', 'variables', 'discover', 'shard']) {
      expect(top[key], key).toMatchObject({airbyte_hidden: true});
      expect(top[key], key).not.toHaveProperty('type');
    }
    expect(Object.keys(top).slice(0, 7)).toEqual([
      'base_url',
      'auth',
      'pagination',
      'request_headers',
      'streams',
      'secrets',
      'config',
    ]);
  });
});

describe('what validates against it', () => {
  test.each(examples.map((example) => [example.title, example.text]))('%s', (_, text) => {
    expect(validate(parse(text)), JSON.stringify(validate.errors)).toBe(true);
    expect(validate({...parse(text), secrets: '{"api_key": "x"}'}), JSON.stringify(validate.errors)).toBe(true);
    expect(validate({config: text})).toBe(true);
  });

  test('a filled-in form, and an empty one', () => {
    const form = {
      base_url: 'https://api.example.com',
      auth: {type: 'api_key', api_key: 'abc', location: 'query', name: 'key'},
      pagination: {type: 'offset', limit: 50},
      streams: [
        {
          name: 'a',
          path: '/a',
          primary_key: ['id'],
          query_parameters: [{name: 'x', value: '1'}],
          pagination: {type: 'inherit'},
        },
      ],
    };
    expect(validate(form), JSON.stringify(validate.errors)).toBe(true);
    expect(validate({})).toBe(true);
  });

  test('not secrets as an object, nor an unknown auth type', () => {
    expect(validate({secrets: {a: 'x'}})).toBe(false);
    expect(validate({auth: {type: 'magic'}})).toBe(false);
  });
});
