import {lookUp, nodePath, select} from './query.js';
import {QueryReader} from './query-reader.js';
import {parseQuery} from './query-syntax.js';
import type {QuerySegment} from './query-tree.js';

/** Name or index (negative counts from the end) of a singular path. */
export type Segment = string | number;

/** A compiled JSONPath (RFC 9535 in dlt's spellings, config-language §6). */
export interface Path {
  /** As written (lists joined), for messages. */
  readonly text: string;
  /** The segments of a singular path (names and indexes only), else undefined. `$` is []. */
  readonly segments: readonly Segment[] | undefined;
  /** The part before the first wildcard, filter, slice, union or `..`; equals `segments` for a singular path. */
  readonly stem: readonly Segment[];
  /** Normalised paths of all matches in a JSON.parse'd value, in document order of the query. */
  find(value: unknown): readonly (readonly Segment[])[];
}

/** A path that is not understood; the message says what and where, and how to write it instead where we know. */
export class PathSyntaxError extends Error {
  constructor(source: string, reason: string) {
    super(`path ${JSON.stringify(source)}: ${reason}`);
    this.name = 'PathSyntaxError';
  }
}

/**
 * Compiles a path in dlt's spellings over RFC 9535 (config-language §6): `$` optional, bare dotted names, quotes, wildcards, indexes,
 * slices, unions, filters, descendants; a list has one name per element, its "*" is a wildcard. Throws `PathSyntaxError`.
 */
export function compilePath(source: string | readonly string[]): Path {
  if (typeof source !== 'string') {
    const selectors = source.map((name) =>
      name === '*' ? ({kind: 'wildcard'} as const) : ({kind: 'name', name} as const),
    );
    return compiled(
      source.every((name) => name !== '*') ? formatSegments(source) : source.join('.'),
      selectors.map((selector) => ({descendant: false, selectors: [selector]})),
    );
  }
  const text = source.trim();
  const reader = new QueryReader(text, (reason) => new PathSyntaxError(text, reason));
  return compiled(text === '' ? '$' : text, parseQuery(reader));
}

/** The path of segments that are known already, such as those of a detected selector. */
export function pathOf(segments: readonly Segment[]): Path {
  return singular(formatSegments(segments), segments);
}

function compiled(text: string, query: readonly QuerySegment[]): Path {
  const stem = stemOf(query);
  if (stem.length === query.length) {
    return singular(text, stem);
  }
  return {text, segments: undefined, stem, find: (value) => select(query, value).map(nodePath)};
}

function singular(text: string, segments: readonly Segment[]): Path {
  return {
    text,
    segments,
    stem: segments,
    find: (value) => {
      const found = lookUp(segments, value);
      return found === undefined ? [] : [nodePath(found)];
    },
  };
}

function stemOf(query: readonly QuerySegment[]): Segment[] {
  const stem: Segment[] = [];
  for (const {descendant, selectors} of query) {
    const [only] = selectors;
    if (descendant || selectors.length !== 1 || only === undefined) {
      break;
    }
    if (only.kind === 'name') {
      stem.push(only.name);
    } else if (only.kind === 'index') {
      stem.push(only.index);
    } else {
      break;
    }
  }
  return stem;
}

const BARE = /^[\p{L}_][\p{L}\p{N}_-]*$/u;

/** A path to paste into a configuration; names that are more than letters, digits, `_` and `-` are quoted. The root is `$`. */
export function formatSegments(segments: readonly Segment[]): string {
  let text = '';
  for (const segment of segments) {
    if (typeof segment === 'number') {
      text += `[${segment}]`;
    } else if (BARE.test(segment)) {
      text += text === '' ? segment : `.${segment}`;
    } else {
      text += `[${quoted(segment)}]`;
    }
  }
  return text === '' ? '$' : text;
}

function quoted(name: string): string {
  const escaped = JSON.stringify(name).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${escaped}'`;
}
