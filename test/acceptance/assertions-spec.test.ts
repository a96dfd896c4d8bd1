import {readFileSync} from 'node:fs';
import {Ajv} from 'ajv';
import {beforeAll, describe, expect, test} from 'vitest';
import {type Ended, runCli} from '../support/run-cli.js';
import {cases} from './configurations.js';
import {endOf, fine} from './ends.js';

// Assertions 1 to 14 of Airbyte's acceptance tests; see assertions.test.ts.

type Json = Readonly<Record<string, unknown>>;

let run: Ended;
let spec: Json;
/** Every schema within, with the names that lead to it. */
let nodes: readonly {readonly path: string; readonly node: Json}[];

beforeAll(async () => {
  run = await runCli(['spec']);
  const [answer] = run.messages.answers();
  spec = answer?.type === 'SPEC' ? {...answer.spec.connectionSpecification} : {};
  nodes = [...schemasIn(spec, '')];
});

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function* schemasIn(node: unknown, path: string): Generator<{path: string; node: Json}> {
  if (!isObject(node)) return;
  yield {path, node};
  for (const [name, member] of Object.entries(Object(node['properties']))) yield* schemasIn(member, `${path}/${name}`);
  yield* schemasIn(node['items'], `${path}[]`);
  for (const [index, branch] of listOf(node['oneOf']).entries()) yield* schemasIn(branch, `${path}(${index})`);
}

const where = (found: (node: Json, path: string) => boolean): string[] =>
  nodes.filter(({node, path}) => found(node, path)).map(({path}) => path);
const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

test('1 exactly one SPEC, equal to spec.json', () => {
  expect(endOf(run)).toEqual(fine);
  expect(run.messages.all.map(({type}) => type)).toEqual(['SPEC']);
  const file = JSON.parse(readFileSync(new URL('../../spec.json', import.meta.url), 'utf8'));
  expect(run.messages.answers()).toEqual([{type: 'SPEC', spec: file}]);
});

describe('2 configurations are valid as they stand', () => {
  test.each(
    cases.filter(({name}) => name !== 'x').map(({name, config}) => ({name, config: config('http://127.0.0.1:1')})),
  )('$name', ({config}) => {
    const fits = new Ajv({strict: false, validateFormats: false}).compile(spec);
    expect([fits(config), fits.errors]).toEqual([true, null]);
  });
});

test('3, 5, 8 enums are unique, types are one or one with null, arrays have one schema of items', () => {
  expect(nodes.length).toBeGreaterThan(50);
  expect(
    where(({enum: values}) => values !== undefined && new Set(listOf(values)).size !== listOf(values).length),
  ).toEqual([]);
  expect(
    where(({type}) => Array.isArray(type) && !(type.length === 1 || (type.length === 2 && type[1] === 'null'))),
  ).toEqual([]);
  const allowed: readonly unknown[] = ['object', 'string', 'number', 'integer'];
  expect(
    where(({type, items}) => {
      if (type !== 'array') return false;
      return !isObject(items) || !(allowed.includes(items['type']) || items['enum'] !== undefined);
    }),
  ).toEqual([]);
});

test('4 of a choice: an object around it, a title each, exactly one constant in common', () => {
  const choices = nodes.filter(({node}) => node['oneOf'] !== undefined);
  expect(choices.length).toBeGreaterThan(1);
  for (const {path, node} of choices) {
    expect([path, node['type'], node['properties']]).toEqual([path, 'object', undefined]);
    const branches = listOf(node['oneOf']).map((branch) => Object(Object(branch)['properties']));
    const constants = branches.map((properties) => {
      const names = Object.keys(properties).filter((name) => properties[name].const !== undefined);
      for (const name of names) {
        const {const: value, default: fallback, enum: values} = properties[name];
        expect([undefined, value]).toContain(fallback);
        if (values !== undefined) expect(values).toEqual([value]);
      }
      return names;
    });
    for (const names of constants) expect([path, names]).toEqual([path, ['type']]);
    const values = branches.map((properties) => properties.type.const);
    expect(new Set(values).size).toBe(values.length);
    for (const branch of listOf(node['oneOf'])) expect(Object(branch)['title']).toEqual(expect.any(String));
  }
});

const secretive =
  /^(client_token|access_token|api_token|token|secret|client_secret|password|key|service_account_info|service_account|tenant_id|certificate|jwt|credentials|app_id|appid|refresh_token)$/;

test('6 what sounds like a secret is one, and only texts and numbers are', () => {
  const scalar: readonly unknown[] = ['string', 'integer', 'number'];
  expect(
    where(
      (node, path) =>
        secretive.test(nameOf(path)) &&
        scalar.includes(node['type']) &&
        node['const'] === undefined &&
        node['airbyte_secret'] !== true,
    ),
  ).toEqual([]);
  expect(where((node) => node['airbyte_secret'] !== undefined && !scalar.includes(node['type']))).toEqual([]);
  expect(where((node) => node['airbyte_secret'] === true).length).toBeGreaterThan(4);
});

test('7, 9, 12 no empty object, no forbidden keyword, additionalProperties is true or absent', () => {
  const shown = where(
    ({type, oneOf, properties}) => type === 'object' && oneOf === undefined && properties === undefined,
  );
  expect(shown).toEqual([]);
  const forbidden = ['not', 'anyOf', 'patternProperties', 'prefixItems', 'allOf', 'if', 'then', 'else', '$ref'];
  forbidden.push('dependentSchemas', 'dependentRequired');
  expect(where((node) => forbidden.some((keyword) => Object.hasOwn(node, keyword)))).toEqual([]);
  expect(
    where(({additionalProperties}) => additionalProperties !== undefined && additionalProperties !== true),
  ).toEqual([]);
});

test('10 a pattern that looks like a date has a format', () => {
  expect(where(({pattern, format}) => /\\d\{4\}-/.test(String(pattern)) && format === undefined)).toEqual([]);
});

test('11 orders are unique within an object and group; groups stand at the top; no display_type but of choices', () => {
  for (const {path, node} of nodes) {
    const members: Json[] = Object.values(Object(node['properties']));
    const places = members.filter(({order}) => order !== undefined).map(({order, group}) => `${group} ${order}`);
    expect([path, new Set(places).size]).toEqual([path, places.length]);
    if (path !== '') for (const member of members) expect([path, member['group']]).toEqual([path, undefined]);
    if (node['display_type'] !== undefined) {
      expect(['dropdown', 'radio']).toContain(node['display_type']);
      expect(node['oneOf']).toBeDefined();
    }
  }
});

test('13, 14 no OAuth of the platform; nothing is required that older configurations lack', () => {
  const [answer] = run.messages.answers();
  expect(Object(answer)['spec']).not.toHaveProperty('advanced_auth');
  expect(spec['required'] ?? []).toEqual([]);
  expect(spec['additionalProperties']).toBe(true);
});
