import {elements} from './members.js';
import type {Segment} from './path.js';
import {compileScan} from './scan.js';
import type {Scanner} from './scan-plan.js';
import {type JsonText, kindOf} from './text.js';

/** A compiled path's segments are one array for its whole life, so its scanner is compiled once too. */
const scanners = new WeakMap<readonly Segment[], Scanner>();

/**
 * The value at a singular path, where negative indexes count from the end; undefined if it is missing. Of duplicate keys the last
 * one counts, and a missing name behind it is missing. Iterative: the text may be nested and the path be long as memory allows.
 */
export function locate(text: JsonText, segments: readonly Segment[]): JsonText | undefined {
  const negative = segments.findIndex(isNegative);
  if (negative < 0) {
    let scanner = scanners.get(segments);
    if (scanner === undefined) {
      scanner = compileScan({records: undefined, fields: [], facts: [segments]});
      scanners.set(segments, scanner);
    }
    return at(text, scanner(text.bytes, text.start, text.end).facts, 0);
  }
  const array = locate(text, segments.slice(0, negative));
  const index = segments[negative];
  if (array === undefined || kindOf(array) !== 'array' || typeof index !== 'number') {
    return undefined;
  }
  const element = elements(array).at(index);
  return element === undefined ? undefined : locate(element, segments.slice(negative + 1));
}

/** The values at many singular paths, in one pass; paths with negative indexes cost a pass each. */
export function locateAll(text: JsonText, paths: readonly (readonly Segment[])[]): readonly (JsonText | undefined)[] {
  const {facts} = compileScan({records: undefined, fields: [], facts: paths})(text.bytes, text.start, text.end);
  return paths.map((path, n) => (path.some(isNegative) ? locate(text, path) : at(text, facts, n)));
}

function isNegative(segment: Segment): boolean {
  return typeof segment === 'number' && segment < 0;
}

function at(text: JsonText, spans: Int32Array, n: number): JsonText | undefined {
  const start = spans[2 * n] ?? -1;
  const end = spans[2 * n + 1] ?? -1;
  return start < 0 ? undefined : {bytes: text.bytes, start, end};
}
