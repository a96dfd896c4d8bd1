import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  Scalar,
  type YAMLMap,
  type Document as YamlDocument,
} from 'yaml';
import {compareNumbers, ExactNumber, type Json} from '../json/exact.js';
import type {Segment} from '../json/path.js';
import {lonePlaceholder} from './lone-placeholder.js';
import type {Place} from './place.js';
import {exactInteger, maxDepth} from './plain-value.js';
import type {Problem} from './problem.js';

/** typed: numbers and booleans are such; source: they are the text that was written (secrets: 007 stays 007). */
export type ScalarReading = 'typed' | 'source';

/** Values that aliases may produce in all: a few hundred bytes of anchors can stand for gigabytes. */
const aliasBudget = 100_000;

const knownTag = /^tag:yaml\.org,2002:(?:str|int|float|bool|null|map|seq)$|^!$/;
const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** The key of a map as text: `1`, `true` and `null` are names too. */
export function keyText(key: Node): string | undefined {
  if (!isScalar(key)) return undefined;
  return typeof key.value === 'string' ? key.value : (key.source ?? String(key.value));
}

/** The document as JSON with null prototypes and exact numbers; duplicate keys and what is no JSON are reported. */
export function yamlValue(
  document: YamlDocument,
  scalars: ScalarReading,
  placeAt: (offset: number) => Place,
  problems: Problem[],
): Json {
  let aliased = 0;
  const inside: unknown[] = [];

  const wrong = (node: unknown, path: readonly Segment[], message: string): null => {
    const offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
    if (problems.length < 100) problems.push({level: 'error', path, message, position: placeAt(offset)});
    return null;
  };

  const read = (node: unknown, path: readonly Segment[], alias: boolean): Json => {
    if (alias) aliased += 1;
    if (aliased > aliasBudget) {
      return problems.length > 0 ? null : wrong(node, path, `aliases stand for more than ${aliasBudget} values`);
    }
    if (path.length > maxDepth) return wrong(node, path.slice(0, 8), `is nested more than ${maxDepth} levels deep`);
    if (isAlias(node)) return followed(node, path, (target) => read(target, path, true));
    if (isNode(node) && node.tag !== undefined && !knownTag.test(node.tag)) {
      return wrong(node, path, 'has a YAML tag that is not known here: remove it');
    }
    if (isScalar(node)) return scalar(node, path);
    if (isSeq(node)) return node.items.map((item, index) => read(item, [...path, index], alias));
    return isMap(node) ? map(node, path, alias) : null;
  };

  const followed = <T>(
    node: {resolve(document: YamlDocument): unknown},
    path: readonly Segment[],
    use: (target: unknown) => T,
  ) => {
    const target = node.resolve(document);
    if (target === undefined) return wrong(node, path, 'an alias (*name) has no anchor (&name) before it');
    if (inside.includes(target)) return wrong(node, path, 'an alias stands within the value that it names');
    inside.push(target);
    const value = use(target);
    inside.pop();
    return value;
  };

  const scalar = (node: Scalar, path: readonly Segment[]): Json => {
    const {value, source} = node;
    if (value === null || value === undefined) return null;
    if (typeof value === 'string') return value;
    if (scalars === 'source' && source !== undefined) return source;
    if (typeof value === 'boolean') return value;
    if (typeof value === 'bigint') return exactInteger(value);
    if (typeof value === 'number') {
      const exact = source === undefined || !jsonNumber.test(source) || same(source, value);
      if (!exact) return new ExactNumber(source);
      if (Number.isFinite(value)) return value;
    }
    return wrong(node, path, 'is no JSON value: quote it to make it a text');
  };

  const map = (node: YAMLMap, path: readonly Segment[], alias: boolean): Json => {
    const [only, more] = node.items;
    if (node.flow === true && more === undefined && isScalar(only?.key) && only.key.type === Scalar.PLAIN) {
      const empty =
        only.value === null || (isScalar(only.value) && only.value.value === null && (only.value.source ?? '') === '');
      const placeholder = empty ? lonePlaceholder(String(only.key.value)) : undefined;
      if (placeholder !== undefined) return placeholder;
    }
    const object: Record<string, Json> = Object.create(null);
    const firstAt = new Map<string, Node>();
    const merged: unknown[] = [];
    for (const {key, value} of node.items) {
      const name = isNode(key) ? keyText(key) : undefined;
      if (name === undefined || !isNode(key)) {
        wrong(isNode(key) ? key : node, path, 'has a key that is no text; quote a key that begins with {');
        continue;
      }
      if (name === '<<' && isScalar(key) && key.type === Scalar.PLAIN) {
        merged.push(value);
        continue;
      }
      const first = firstAt.get(name);
      if (first !== undefined) {
        const {line, column} = placeAt(first.range?.[0] ?? 0);
        wrong(key, [...path, name], `duplicate key; it stands at ${line}:${column} already`);
        continue;
      }
      firstAt.set(name, key);
      object[name] = read(value, [...path, name], alias);
    }
    for (const source of merged) merge(object, source, path);
    return object;
  };

  /** `<<`: members of the named maps that are not written here; the first of several wins. */
  const merge = (object: Record<string, Json>, source: unknown, path: readonly Segment[]): void => {
    for (const one of isSeq(source) ? source.items : [source]) {
      const value = read(one, [...path, '<<'], true);
      if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof ExactNumber) {
        wrong(one, path, '<< takes a map or a list of maps');
        continue;
      }
      for (const [key, member] of Object.entries(value)) if (!Object.hasOwn(object, key)) object[key] = member;
    }
  };

  return read(document.contents, [], false);
}

/** The double holds the number that was written. */
function same(source: string, value: number): boolean {
  return Number.isFinite(value) && compareNumbers(source, String(value)) === 0;
}
