import {isAlias, isMap, isNode, isScalar, isSeq, type Node, type Pair, parseDocument, type YAMLMap} from 'yaml';
import {type Json, type JsonObject, printExact} from '../json/exact.js';
import {flowText} from './flow-text.js';
import {openText} from './open-document.js';
import {isJsonObject} from './schema/values.js';
import {keyText} from './yaml-value.js';

/**
 * The YAML or JSON text changed in as few places as possible so that it reads as `wanted`: everything else stays byte for
 * byte, comments too. A key that takes another's place keeps its line. undefined: it cannot be done without writing the text
 * anew (values that come through an alias or a merge key).
 */
export function rewriteText(text: string, wanted: JsonObject): string | undefined {
  const before = openText(text).value;
  if (!isJsonObject(before)) return undefined;
  const document = parseDocument(text, {intAsBigInt: true, uniqueKeys: false, prettyErrors: false, logLevel: 'error'});
  const rewrite = new Rewrite(text);
  rewrite.value(document.contents, before, wanted);
  const result = rewrite.result();
  return canonical(openText(result).value) === canonical(wanted) ? result : undefined;
}

/** Independent of the order of members. */
function canonical(value: Json | undefined): string {
  if (Array.isArray(value)) return `[${value.map((item: Json) => canonical(item)).join()}]`;
  if (!isJsonObject(value)) return value === undefined ? '' : printExact(value);
  const members = Object.keys(value)
    .sort()
    .map((key) => `${printExact(key)}:${canonical(value[key])}`);
  return `{${members.join()}}`;
}

interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

class Rewrite {
  readonly #text: string;
  readonly #splices: Splice[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  result(): string {
    let text = this.#text;
    // From the end, so that offsets stay true; at one offset what goes goes first, then what was added last comes last.
    const ordered = this.#splices
      .map((splice, index) => ({...splice, index}))
      .sort((a, b) => b.start - a.start || Number(b.end > b.start) - Number(a.end > a.start) || b.index - a.index);
    for (const {start, end, text: added} of ordered) text = text.slice(0, start) + added + text.slice(end);
    return text;
  }

  value(node: unknown, before: Json, after: Json): void {
    if (canonical(before) === canonical(after)) return;
    if (isMap(node) && isJsonObject(before) && isJsonObject(after)) this.#map(node, before, after);
    else if (isSeq(node) && Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
      for (const [index, item] of node.items.entries()) this.value(item, before[index] ?? null, after[index] ?? null);
    } else this.#replace(node, after);
  }

  #map(node: YAMLMap, before: JsonObject, after: JsonObject): void {
    if (node.items.length === 0) {
      this.#replace(node, after);
      return;
    }
    const pairs = new Map(node.items.flatMap((pair) => (isNode(pair.key) ? [[keyText(pair.key), pair] as const] : [])));
    const places = new Map<string, Pair | undefined>();
    const heirs = heirsOf(before, after);
    for (const [key, value] of Object.entries(before)) {
      const pair = pairs.get(key);
      const name = Object.hasOwn(after, key) ? key : heirs.get(key);
      if (name !== undefined) places.set(name, pair);
      if (pair === undefined) continue;
      if (name === undefined) continue;
      if (name !== key) this.#splice(pair.key, flowText(name, isJsonKey(this.#text, pair.key)));
      this.value(pair.value, value, after[name] ?? null);
    }
    const kept = new Set(places.values());
    this.#remove(node, kept, pairs);
    let previous: Pair | undefined;
    for (const [key, value] of Object.entries(after)) {
      if (places.has(key)) previous = places.get(key) ?? previous;
      else this.#insert(node, previous ?? [...kept].at(-1), key, value);
    }
  }

  #splice(node: unknown, text: string): void {
    const [start, end] = rangeOf(node);
    this.#splices.push({start, end, text});
  }

  #replace(node: unknown, after: Json): void {
    const [start, end] = rangeOf(node);
    const whole = this.#text.slice(start, end);
    const json = /^\s*[[{]/.test(this.#text) && !/^\s*\{\s*[A-Za-z_]/.test(this.#text);
    const space = start === end && !/\s$/.test(this.#text.slice(0, start)) ? ' ' : '';
    const isBlock = (isMap(node) || isSeq(node)) && node.flow !== true;
    // A block begins on a line of its own: what takes its place stands behind the key.
    const from = isBlock ? this.#afterKey(start) : start;
    const lead = isBlock && from !== start ? ' ' : space;
    this.#splices.push({start: from, end, text: lead + flowText(after, json) + (whole.endsWith('\n') ? '\n' : '')});
  }

  #afterKey(start: number): number {
    const head = this.#text.slice(0, start).trimEnd();
    return head.endsWith(':') ? head.length : start;
  }

  #insert(node: YAMLMap, after: Pair | undefined, key: string, value: Json): void {
    const json = after !== undefined && isJsonKey(this.#text, after.key);
    const member = `${flowText(key, json)}: ${flowText(value, json)}`;
    // Without a place it is missing from the result, which is then refused.
    if (after === undefined) return;
    const end = endOf(after);
    const [keyStart] = rangeOf(after.key);
    const lineStart = this.#text.lastIndexOf('\n', keyStart - 1) + 1;
    const lead = this.#text.slice(lineStart, keyStart);
    const indent = ' '.repeat(lead.length);
    if (node.flow === true) {
      const ownLine = lineStart > 0 && lead.trim() === '';
      this.#splices.push({start: end, end, text: ownLine ? `,\n${lead}${member}` : `, ${member}`});
      return;
    }
    if (this.#text[end - 1] === '\n') this.#splices.push({start: end, end, text: `${indent}${member}\n`});
    else {
      const next = this.#text.indexOf('\n', end);
      const at = next < 0 ? this.#text.length : next;
      this.#splices.push({start: at, end: at, text: `\n${indent}${member}`});
    }
  }

  /** Members that are not kept go: those before the first kept one with what is behind them, others with what is before. */
  #remove(node: YAMLMap, kept: ReadonlySet<Pair | undefined>, known: ReadonlyMap<string | undefined, Pair>): void {
    const gone = new Set([...known.values()].filter((pair) => !kept.has(pair) && !isMerge(pair)));
    if (gone.size > 0 && gone.size === node.items.length) {
      this.#replace(node, {});
      return;
    }
    let before: Pair | undefined;
    for (const [index, pair] of node.items.entries()) {
      const previous = node.items[index - 1];
      const next = node.items[index + 1];
      if (!gone.has(pair)) before = pair;
      else if (before === undefined || previous === undefined) {
        this.#splices.push({start: rangeOf(pair.key)[0], end: rangeOf(next?.key)[0], text: ''});
      } else if (node.flow === true) this.#splices.push({start: endOf(previous), end: endOf(pair), text: ''});
      else this.#removeLines(pair);
    }
  }

  #removeLines(pair: Pair): void {
    const lineStart = this.#text.lastIndexOf('\n', rangeOf(pair.key)[0] - 1) + 1;
    const end = endOf(pair);
    const newline = this.#text[end - 1] === '\n' ? end - 1 : this.#text.indexOf('\n', end);
    this.#splices.push({start: lineStart, end: newline < 0 ? this.#text.length : newline + 1, text: ''});
  }
}

const isMerge = ({key}: Pair): boolean => isNode(key) && keyText(key) === '<<';

/** For each key that goes the new one that takes its line: the one behind the same kept neighbour, else any that is left. */
function heirsOf(before: JsonObject, after: JsonObject): ReadonlyMap<string, string> {
  const gone = Object.keys(before).filter((key) => !Object.hasOwn(after, key));
  const added = new Set(Object.keys(after).filter((key) => !Object.hasOwn(before, key)));
  const heirs = new Map<string, string>();
  const isNeighbour = (name: string, key: string) => keptBefore(name, after, before) === keptBefore(key, before, after);
  for (const fits of [isNeighbour, () => true]) {
    for (const key of gone) {
      const heir = heirs.has(key) ? undefined : [...added].find((name) => fits(name, key));
      if (heir === undefined) continue;
      heirs.set(key, heir);
      added.delete(heir);
    }
  }
  return heirs;
}

/** The key before this one that both objects have. */
function keptBefore(key: string, object: JsonObject, other: JsonObject): string | undefined {
  const keys = Object.keys(object);
  return keys.slice(0, keys.indexOf(key)).findLast((one) => Object.hasOwn(other, one));
}

function rangeOf(node: unknown): readonly [number, number] {
  const range = isNode(node) ? node.range : undefined;
  return [range?.[0] ?? 0, range?.[1] ?? 0];
}

/** Where a member's value ends, or its key where it has none. */
function endOf({key, value}: Pair): number {
  const end = isNode(value) ? lastEnd(value) : 0;
  return Math.max(end, rangeOf(key)[1]);
}

/** A block's own range may reach over the comments below it. */
function lastEnd(node: Node): number {
  if ((isMap(node) || isSeq(node)) && node.flow !== true) {
    const last: unknown = node.items.at(-1);
    if (isMap(node)) {
      const pair = node.items.at(-1);
      if (pair !== undefined) return endOf(pair);
    } else if (isNode(last)) return lastEnd(last);
  }
  return isScalar(node) || isAlias(node) || isMap(node) || isSeq(node) ? rangeOf(node)[1] : 0;
}

/** The key is written in double quotes, as in JSON. */
const isJsonKey = (text: string, key: unknown): boolean => text[rangeOf(key)[0]] === '"';
