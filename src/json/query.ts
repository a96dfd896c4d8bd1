import type {FilterQuery, Operand, QuerySegment, Selector, Test} from './query-tree.js';

/** A value in a document and where it stands. */
interface QueryNode {
  readonly value: unknown;
  readonly parent: QueryNode | undefined;
  readonly key: string | number;
}

/** All matches of a query in a JSON.parse'd value (RFC 9535), in the order of the document for each selector. */
export function select(query: readonly QuerySegment[], root: unknown): readonly QueryNode[] {
  return selectFrom(query, {value: root, parent: undefined, key: ''}, root);
}

/** The value at a singular path; negative indexes count from the end. */
export function lookUp(segments: readonly (string | number)[], root: unknown): QueryNode | undefined {
  let node: QueryNode | undefined = {value: root, parent: undefined, key: ''};
  for (const segment of segments) {
    node =
      node === undefined ? undefined : typeof segment === 'number' ? element(node, segment) : memberOf(node, segment);
  }
  return node;
}

/** The normalised path: names and indexes from the root, none negative. */
export function nodePath(node: QueryNode): (string | number)[] {
  const path: (string | number)[] = [];
  for (let at = node; at.parent !== undefined; at = at.parent) {
    path.push(at.key);
  }
  return path.reverse();
}

function selectFrom(query: readonly QuerySegment[], start: QueryNode, root: unknown): QueryNode[] {
  let nodes = [start];
  for (const {descendant, selectors} of query) {
    const next: QueryNode[] = [];
    for (const node of nodes) {
      for (const from of descendant ? withDescendants(node) : [node]) {
        for (const selector of selectors) {
          apply(selector, from, root, next);
        }
      }
    }
    nodes = next;
  }
  return nodes;
}

/** A node and all below it, each before what is inside it. */
function withDescendants(node: QueryNode): QueryNode[] {
  const found: QueryNode[] = [];
  const left = [node];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    found.push(next);
    left.push(...children(next).reverse());
  }
  return found;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function children(node: QueryNode): QueryNode[] {
  const {value} = node;
  if (Array.isArray(value)) {
    return value.map((inner: unknown, key) => ({value: inner, parent: node, key}));
  }
  return isObject(value) ? Object.entries(value).map(([key, inner]) => ({value: inner, parent: node, key})) : [];
}

function memberOf(node: QueryNode, key: string): QueryNode | undefined {
  const {value} = node;
  return isObject(value) && Object.hasOwn(value, key) ? {value: value[key], parent: node, key} : undefined;
}

function element(node: QueryNode, index: number): QueryNode | undefined {
  const {value} = node;
  if (!Array.isArray(value)) {
    return undefined;
  }
  const key = index < 0 ? value.length + index : index;
  return key >= 0 && key < value.length ? {value: value[key], parent: node, key} : undefined;
}

function apply(selector: Selector, node: QueryNode, root: unknown, into: QueryNode[]): void {
  switch (selector.kind) {
    case 'name':
    case 'index': {
      const found = selector.kind === 'name' ? memberOf(node, selector.name) : element(node, selector.index);
      if (found !== undefined) {
        into.push(found);
      }
      return;
    }
    case 'wildcard':
    case 'filter':
      for (const child of children(node)) {
        if (selector.kind === 'wildcard' || passes(selector.test, child.value, root)) {
          into.push(child);
        }
      }
      return;
    case 'slice':
      for (const key of slice(selector, Array.isArray(node.value) ? node.value.length : 0)) {
        const found = element(node, key);
        if (found !== undefined) {
          into.push(found);
        }
      }
      return;
  }
}

/** The indexes of a slice of an array (RFC 9535, 2.3.4.2). */
function slice(selector: Selector & {kind: 'slice'}, length: number): number[] {
  const {step} = selector;
  const bound = (at: number, least: number, most: number) => Math.min(Math.max(at < 0 ? length + at : at, least), most);
  const indexes: number[] = [];
  if (step > 0) {
    const end = bound(selector.end ?? length, 0, length);
    for (let i = bound(selector.start ?? 0, 0, length); i < end; i += step) {
      indexes.push(i);
    }
  } else if (step < 0) {
    const end = selector.end === undefined ? -1 : bound(selector.end, -1, length - 1);
    for (let i = bound(selector.start ?? length - 1, -1, length - 1); i > end; i += step) {
      indexes.push(i);
    }
  }
  return indexes;
}

function passes(test: Test, current: unknown, root: unknown): boolean {
  switch (test.kind) {
    case 'or':
      return passes(test.left, current, root) || passes(test.right, current, root);
    case 'and':
      return passes(test.left, current, root) && passes(test.right, current, root);
    case 'not':
      return !passes(test.test, current, root);
    case 'exists':
      return matches(test.query, current, root).length > 0;
    case 'pattern': {
      const text = operandValue(test.of, current, root);
      return typeof text === 'string' && test.pattern.test(text);
    }
    case 'compare': {
      const left = operandValue(test.left, current, root);
      const right = operandValue(test.right, current, root);
      switch (test.sign) {
        case '==':
          return isEqual(left, right);
        case '!=':
          return !isEqual(left, right);
        case '<':
          return isLess(left, right);
        case '>':
          return isLess(right, left);
        case '<=':
          return isLess(left, right) || isEqual(left, right);
        case '>=':
          return isLess(right, left) || isEqual(left, right);
      }
    }
  }
}

function matches(query: FilterQuery, current: unknown, root: unknown): QueryNode[] {
  return selectFrom(query.segments, {value: query.fromRoot ? root : current, parent: undefined, key: ''}, root);
}

/** undefined is RFC 9535's Nothing. */
function operandValue(operand: Operand, current: unknown, root: unknown): unknown {
  switch (operand.kind) {
    case 'literal':
      return operand.value;
    case 'query':
    case 'value': {
      const found = matches(operand.kind === 'query' ? operand : operand.query, current, root);
      return found.length === 1 ? found[0]?.value : undefined;
    }
    case 'count':
      return matches(operand.query, current, root).length;
    case 'length': {
      const value = operandValue(operand.of, current, root);
      if (typeof value === 'string') {
        return [...value].length;
      }
      return Array.isArray(value) ? value.length : isObject(value) ? Object.keys(value).length : undefined;
    }
  }
}

function isEqual(a: unknown, b: unknown): boolean {
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((inner, n) => isEqual(inner, b[n]));
  }
  if (isObject(a)) {
    return (
      isObject(b) &&
      Object.keys(a).length === Object.keys(b).length &&
      Object.keys(a).every((key) => Object.hasOwn(b, key) && isEqual(a[key], b[key]))
    );
  }
  return a === b;
}

function isLess(a: unknown, b: unknown): boolean {
  return (
    (typeof a === 'number' && typeof b === 'number' && a < b) ||
    (typeof a === 'string' && typeof b === 'string' && a < b)
  );
}
