import fc from 'fast-check';
import {stringify} from 'yaml';

type Parent = Record<string, unknown> | unknown[];

/** A member, by who holds it and under which name. */
export type Spot = readonly [parent: Parent, key: string | number];

/** Changes the member at a place; `other` is another one of the same value. */
export type Change = (parent: Parent, key: string | number, other: Spot) => void;

/** All members of a value, in order. */
export function places(value: unknown): readonly Spot[] {
  if (!isParent(value)) return [];
  const keys: readonly (string | number)[] = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return keys.flatMap((key) => [[value, key] as const, ...places(get(value, key))]);
}

const isParent = (value: unknown): value is Parent => typeof value === 'object' && value !== null;
const get = (parent: Parent, key: string | number): unknown => Reflect.get(parent, key);
const set = (parent: Parent, key: string | number, value: unknown): boolean => Reflect.set(parent, key, value);

const odd: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e300,
  '',
  'x',
  '{x}',
  '{resources.x.id}',
  '{{ response.next }}',
  '((((a+)+)+)+)$',
  [],
  {},
  [[]],
  {type: 'x'},
  '<callable:f>',
  'x'.repeat(5000),
  {__proto__: null, constructor: 1},
  JSON.parse('{"__proto__": {"name": "a", "endpoint": "b"}}'),
  JSON.parse(`${'['.repeat(300)}${']'.repeat(300)}`),
  JSON.parse(`${'{"a":'.repeat(70)}1${'}'.repeat(70)}`),
  '9'.repeat(400),
  2 ** 53,
  'p\u0430ginator',
  '\u202eabc\ud800',
  '\u0000',
  '{secrets.__proto__}',
  '{vars.constructor}{auth.x}',
  '{resources.__proto__.id|raw}',
  '{window.start|%Q}{incremental.start_value|nonsense}',
  '$'.concat('{UNSET_NAME}'),
  "{{ config['x'] }}{{ stream_slice.y }}",
  'https://a.example/{x}',
  '$..[?@.a == "'.concat('a'.repeat(2000)),
  'r.'.repeat(400).concat('a'),
];

/** Names that mean something to JavaScript, to YAML or to the eye. */
const names = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '<<',
  '$ref',
  'n\u0430me',
  '',
  ' name',
  'name\n',
];

function drop(parent: Parent, key: string | number): void {
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete parent[key];
}

/** A misspelling: a letter lost, doubled or swapped, another case, a dash. */
const misspelt = fc.constantFrom<(name: string) => string>(
  (name) => name.slice(1),
  (name) => `${name}s`,
  (name) => name.replace(/(.)(.)/, '$2$1'),
  (name) => name.toUpperCase(),
  (name) => name.replaceAll('_', '-'),
);

/** What people and scripts do to a configuration: drop, retype, rename, double, swap. */
export const change: fc.Arbitrary<Change> = fc.oneof(
  fc.constant<Change>(drop),
  fc.constantFrom(...odd).map(
    (value): Change =>
      (parent, key) =>
        void set(parent, key, structuredClone(value)),
  ),
  misspelt.map(
    (spell): Change =>
      (parent, key) => {
        if (Array.isArray(parent)) parent.push(structuredClone(parent[Number(key)]));
        else {
          const value = get(parent, key);
          drop(parent, key);
          parent[spell(String(key))] = value;
        }
      },
  ),
  fc.string({maxLength: 12}).map(
    (name): Change =>
      (parent, key) => {
        if (!Array.isArray(parent)) set(parent, name, structuredClone(get(parent, key)));
      },
  ),
  fc.constantFrom(...names).map(
    (name): Change =>
      (parent, key) => {
        const value = structuredClone(get(parent, key));
        const to = Array.isArray(parent) ? {} : parent;
        Object.defineProperty(to, name, {value, enumerable: true, configurable: true, writable: true});
        if (to !== parent) set(parent, key, to);
      },
  ),
  fc
    .constantFrom<(value: unknown) => unknown>(
      (value) => [value],
      (value) => [value, value],
      (value) => ({endpoint: value}),
      (value) => ({type: value, paginator: value, auth: value}),
      (value) => [[value], {name: value}],
    )
    .map(
      (wrap): Change =>
        (parent, key) =>
          void set(parent, key, wrap(structuredClone(get(parent, key)))),
    ),
  fc.constant<Change>((parent, key, [otherParent, otherKey]) => {
    const [value, other] = [structuredClone(get(parent, key)), structuredClone(get(otherParent, otherKey))];
    set(otherParent, otherKey, value);
    set(parent, key, other);
  }),
  fc.constant<Change>((parent, key) => {
    const value = get(parent, key);
    set(parent, key, typeof value === 'string' ? [value] : JSON.stringify(value));
  }),
);

/** The same configuration as other programs and editors write it: a byte order mark, other line ends, tabs, YAML. */
export const writing: fc.Arbitrary<(value: unknown) => string> = fc.constantFrom<(value: unknown) => string>(
  (value) => JSON.stringify(value),
  (value) => `\ufeff${JSON.stringify(value, null, 2)}`,
  (value) => JSON.stringify(value, null, '\t').replaceAll('\n', '\r\n'),
  (value) => stringify(value, {aliasDuplicateObjects: true}),
  (value) => `\ufeff---\n${stringify(value).replaceAll('\n', '\r\n')}...\n`,
);
