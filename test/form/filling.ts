import fc from 'fast-check';
import {isObject, type Node, specification} from './specification.js';

/** Stands in every secret field, so that it is found wherever it is told. */
export const marker = 'sEcReT';

const names = ['users', 'orders', 'items'];

/**
 * What a form may send, from spec.json alone: every branch, with and without optional fields. `odd`: at texts that nobody expects;
 * else at the examples, with streams that fit each other.
 */
export function filledForm(odd: boolean): fc.Arbitrary<Readonly<Record<string, unknown>>> {
  return filled(specification, '', odd).map((value) => {
    if (!isObject(value)) return {};
    const {streams} = value;
    return Array.isArray(streams) && !odd ? {...value, streams: streams.map(fitting)} : value;
  });
}

/** The examples of one field are not made for those of another. */
function fitting(stream: Readonly<Record<string, unknown>>, index: number): unknown {
  const {path, incremental, include_from_parent: included, ...rest} = stream;
  const child = index > 0 && String(path).includes('{resources.users.id}');
  return {
    ...rest,
    name: names[index],
    path: child ? path : '/v1/rows',
    ...(child && included !== undefined ? {include_from_parent: included} : {}),
    ...(isObject(incremental) || 'json_body' in rest
      ? {incremental: {cursor_path: 'updated_at', ...(isObject(incremental) ? incremental : {})}}
      : {}),
  };
}

function filled(node: Node, name: string, odd: boolean): fc.Arbitrary<unknown> {
  if (node.oneOf !== undefined) return fc.oneof(...node.oneOf.map((branch) => filled(branch, name, odd)));
  if (node.const !== undefined) return fc.constant(node.const);
  if (node.enum !== undefined) return fc.constantFrom(...node.enum);
  switch (node.type) {
    case 'object':
      return members(node, odd);
    case 'array':
      return list(node, name, odd);
    case 'integer':
      return fc.oneof(
        fc.constantFrom(node.minimum ?? 0, 1, 100),
        fc.nat(odd ? 2 ** 31 : 1000).map((n) => n + 1),
      );
    case 'string':
      return text(node, name, odd);
    default:
      return fc.constant(null);
  }
}

function list(node: Node, name: string, odd: boolean): fc.Arbitrary<unknown> {
  const items = filled(node.items ?? {}, name, odd);
  const selector = (item: unknown, at = isObject(item) ? item['name'] : item) => String(at).toLowerCase();
  if (name === 'request_headers' && !odd) return fc.uniqueArray(items, {maxLength: 2, selector});
  return fc.array(items, {minLength: name === 'streams' ? 1 : 0, maxLength: 3});
}

function members(node: Node, odd: boolean): fc.Arbitrary<unknown> {
  const shown = Object.entries(node.properties ?? {}).filter(([, member]) => member.airbyte_hidden !== true);
  const always = ['base_url', 'streams', ...(node.required ?? [])];
  const isText = (name: string) => name === 'config';
  const model = Object.fromEntries(
    shown.map(([name, member]) => {
      const value = filled(member, name, odd);
      if (isText(name)) return [name, fc.oneof({weight: 9, arbitrary: fc.constant('')}, value)];
      return [name, value];
    }),
  );
  const required = shown.map(([name]) => name).filter((name) => always.includes(name));
  const blank = shown.filter(
    ([name, {type, enum: some}]) => type === 'string' && some === undefined && !required.includes(name),
  );
  return fc.record(model, {requiredKeys: required}).chain((whole) =>
    mayHaveBlanks(
      whole,
      blank.map(([name]) => name),
      odd,
    ),
  );
}

/** Optional texts that somebody looked at and left: empty, or spaces. */
function mayHaveBlanks(
  whole: Readonly<Record<string, unknown>>,
  optional: readonly string[],
  odd: boolean,
): fc.Arbitrary<unknown> {
  const there = optional.filter((name) => whole[name] !== undefined && name !== 'base_url');
  if (!odd || there.length === 0) return fc.constant(whole);
  return fc
    .tuple(fc.subarray(there, {maxLength: Math.min(2, there.length)}), fc.constantFrom('', '  '))
    .map(([blank, space]) => ({...whole, ...Object.fromEntries(blank.map((name) => [name, space]))}));
}

function text(node: Node, name: string, odd: boolean): fc.Arbitrary<unknown> {
  const examples = (node.examples ?? []).filter((example) => typeof example === 'string');
  const usual = fc.constantFrom(...(examples.length > 0 ? examples : [...usualTexts(name)]));
  if (node.airbyte_secret === true) {
    return name === 'secrets' || name === 'login_body'
      ? usual.map((value) => marked(value))
      : fc.constant(`${marker}-${name}`);
  }
  if (name === 'name') return fc.oneof(fc.constantFrom(...names), usual);
  if (!odd) return usual;
  const any = fc.oneof(
    fc.string({maxLength: 8}),
    fc.string({unit: 'grapheme', maxLength: 8}),
    fc.constantFrom(
      'a b',
      'filter[a]',
      '{incremental.start_value}',
      '{',
      '}}',
      '{resources.users.id}',
      '{vars.x}',
      '{secrets.x}',
      '{{ config["x"] }}',
      'null',
      '0',
      '$..*',
      'a[',
      '%',
    ),
  );
  const spaced = fc
    .tuple(fc.constantFrom('', ' ', '\n'), usual, fc.constantFrom('', '  ', '\t'))
    .map((parts) => parts.join(''));
  const value = fc.oneof({weight: 3, arbitrary: spaced}, {weight: 1, arbitrary: any});
  if (node.pattern === undefined) return value.map((given) => (String(given).trim() === '' ? `x${given}` : given));
  const pattern = new RegExp(node.pattern);
  return value.map((given) => (pattern.test(String(given).trim()) ? String(given).trim() : examples[0]));
}

const marked = (value: unknown): string =>
  String(value).replaceAll(/123456|abcdef|"me"/g, (found) => (found === '"me"' ? `"${marker}-me"` : `${marker}-1`));

/** Fields whose texts have no examples: names and values of pairs, elements of lists. */
function usualTexts(name: string): readonly string[] {
  switch (name) {
    case 'name':
      return ['X-Trace', 'state'];
    case 'value':
      return ['all', '{secrets.api_key}', '1'];
    case 'primary_key':
    case 'include_from_parent':
      return ['id', 'key'];
    default:
      return ['read'];
  }
}
