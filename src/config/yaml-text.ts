import {
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type Document as YamlDocument,
} from 'yaml';
import type {Segment} from '../json/path.js';
import type {Document} from './document.js';
import type {Place} from './place.js';
import type {Problem} from './problem.js';
import {syntaxProblem} from './yaml-errors.js';
import {keyText, type ScalarReading, yamlValue} from './yaml-value.js';

/** Parses one YAML (or JSON) document; every problem carries its position, none quotes the text. */
export function openYaml(text: string, scalars: ScalarReading): Document {
  const lines = new LineCounter();
  const problems: Problem[] = [];
  const placeAt = (offset: number): Place => {
    const {line, col} = lines.linePos(offset);
    return {line: Math.max(line, 1), column: Math.max(col, 1)};
  };
  const root = parse(text, lines, placeAt, problems);
  const nodes = root === undefined ? undefined : nodeFinder(root);
  const value = root === undefined || problems.length > 0 ? undefined : yamlValue(root, scalars, placeAt, problems);
  return {
    value: problems.length > 0 ? undefined : value,
    problems,
    text,
    locate: (path) => (nodes === undefined ? undefined : placeAt(nodes(path).offset)),
    replace(path, replacement) {
      const node = nodes?.(path).node;
      if (!isScalar(node) && !isAlias(node)) return undefined;
      const [start, end] = node.range ?? [0, 0];
      const tail = text.slice(start, end).endsWith('\n') ? '\n' : '';
      return `${text.slice(0, start)}${JSON.stringify(replacement)}${tail}${text.slice(end)}`;
    },
  };
}

function parse(
  text: string,
  lines: LineCounter,
  placeAt: (offset: number) => Place,
  problems: Problem[],
): YamlDocument | undefined {
  const wrong = (message: string, offset: number) =>
    problems.push({level: 'error', path: [], message, position: placeAt(offset)});
  try {
    const document = parseDocument(text, {
      intAsBigInt: true,
      lineCounter: lines,
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'error',
    });
    const [first] = document.errors;
    if (first === undefined) return document;
    const {message, offset} = syntaxProblem(first, text);
    wrong(message, offset);
  } catch {
    wrong('is no YAML or JSON that can be read', 0);
  }
  return undefined;
}

/** Finds the node at a path, and the offset of the key or element nearest to it. Aliases and merge keys are followed. */
function nodeFinder(document: YamlDocument): (path: readonly Segment[]) => {node: Node | undefined; offset: number} {
  const resolve = (node: unknown): unknown => (isAlias(node) ? node.resolve(document) : node);
  return (path) => {
    let node: unknown = document.contents;
    let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
    for (const segment of path) {
      const found = child(resolve(node), segment, resolve, 0);
      if (found === undefined) return {node: undefined, offset};
      offset = found.offset;
      node = found.node;
    }
    return {node: isNode(node) ? node : undefined, offset};
  };
}

function child(
  parent: unknown,
  segment: Segment,
  resolve: (node: unknown) => unknown,
  depth: number,
): {node: unknown; offset: number} | undefined {
  if (isSeq(parent)) {
    const item = typeof segment === 'number' ? parent.items[segment] : undefined;
    return item === undefined ? undefined : {node: item, offset: isNode(item) ? (item.range?.[0] ?? 0) : 0};
  }
  if (!isMap(parent)) return undefined;
  for (const pair of parent.items) {
    if (isPair(pair) && isNode(pair.key) && keyText(pair.key) === segment)
      return {node: pair.value, offset: pair.key.range?.[0] ?? 0};
  }
  if (depth > 10) return undefined;
  for (const pair of parent.items) {
    if (!isNode(pair.key) || keyText(pair.key) !== '<<') continue;
    const source = resolve(pair.value);
    for (const one of isSeq(source) ? source.items : [source]) {
      const found = child(resolve(one), segment, resolve, depth + 1);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
