import type {ASTNode} from '@marcbachmann/cel-js';

/** Macros that loop over a list. */
const loops = new Set(['map', 'filter', 'all', 'exists', 'exists_one']);

/** Loops inside loops; cel.bind inside cel.bind, which can double a list each time. */
const maxNestedLoops = 2;
const maxNestedBinds = 3;

/** Names after a root: record.user.id is ['record', 'user', 'id']; an index is a number. */
export type Chain = readonly [string, ...(string | number)[]];

function children(node: ASTNode): readonly ASTNode[] {
  switch (node.op) {
    case 'value':
    case 'id':
      return [];
    case '.':
    case '.?':
      return [node.args[0]];
    case 'call':
      return node.args[1];
    case 'rcall':
      return [node.args[1], ...node.args[2]];
    case 'map':
      return node.args.flat();
    case '!_':
    case '-_':
      return [node.args];
    default:
      return node.args;
  }
}

/** The chain of names and literal indexes that a node is, if it is nothing else. */
export function chainOf(node: ASTNode): Chain | undefined {
  switch (node.op) {
    case 'id':
      return [node.args];
    case '.': {
      const inner = chainOf(node.args[0]);
      return inner === undefined ? undefined : [...inner, node.args[1]];
    }
    case '[]': {
      const inner = chainOf(node.args[0]);
      const key = node.args[1];
      if (inner === undefined || key.op !== 'value') return undefined;
      if (typeof key.args === 'string') return [...inner, key.args];
      return typeof key.args === 'bigint' && key.args >= 0n ? [...inner, Number(key.args)] : undefined;
    }
    default:
      return undefined;
  }
}

/** Every chain that an expression reads, the longest ones only. Variables of loops count as roots too. */
export function chainsOf(node: ASTNode): Chain[] {
  const chain = chainOf(node);
  return chain === undefined ? children(node).flatMap(chainsOf) : [chain];
}

/** A group that repeats and is repeated itself, (a+)+, makes JavaScript's RegExp take exponential time. */
export function hasNestedQuantifier(pattern: string): boolean {
  const text = pattern.replace(/\\./g, 'x').replace(/\[[^\]]*\]/g, 'x');
  const groups: boolean[] = [];
  let repeats = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '(') {
      groups.push(repeats);
      repeats = false;
      if (text[at + 1] === '?') at += 1;
    } else if (character === ')') {
      const inside: boolean = repeats;
      const repeated = /^([*+]|\{\d+,)/.test(text.slice(at + 1));
      if (inside && repeated) return true;
      repeats = (groups.pop() ?? false) || inside || repeated;
    } else if (character === '*' || character === '+') repeats = true;
    else if (character === '{' && /^\{\d+,/.test(text.slice(at))) repeats = true;
  }
  return false;
}

function problemOfMatches(patterns: readonly ASTNode[]): string | undefined {
  const pattern = patterns[0];
  if (pattern?.op !== 'value' || typeof pattern.args !== 'string')
    return 'matches() needs its pattern as a text between quotes';
  try {
    new RegExp(pattern.args);
  } catch (error) {
    return `matches(): ${error instanceof Error ? error.message : String(error)}`;
  }
  return hasNestedQuantifier(pattern.args)
    ? `matches(): "${pattern.args}" repeats a group that repeats itself, which can take for ever; write it without one of them`
    : undefined;
}

/** What an expression may not do, in words; undefined when it is fine. */
export function problemOf(node: ASTNode, nestedLoops = 0, nestedBinds = 0): string | undefined {
  if (node.op === 'rcall') {
    const [name, receiver, args] = node.args;
    const isLoop = loops.has(name) && args.length > 1;
    const isBind = name === 'bind' && receiver.op === 'id' && receiver.args === 'cel';
    if (name === 'matches') {
      const problem = problemOfMatches(args);
      if (problem !== undefined) return problem;
    }
    const inside: number = nestedLoops + (isLoop ? 1 : 0);
    const bound: number = nestedBinds + (isBind ? 1 : 0);
    if (inside > maxNestedLoops)
      return `at most ${maxNestedLoops} of map, filter, all, exists, exists_one inside each other`;
    if (bound > maxNestedBinds) return `at most ${maxNestedBinds} cel.bind inside each other`;
    return problemOf(receiver, nestedLoops, nestedBinds) ?? first(args, inside, bound);
  }
  return first(children(node), nestedLoops, nestedBinds);
}

function first(nodes: readonly ASTNode[], nestedLoops: number, nestedBinds: number): string | undefined {
  for (const node of nodes) {
    const problem = problemOf(node, nestedLoops, nestedBinds);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
