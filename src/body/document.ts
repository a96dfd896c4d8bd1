import {locate} from '../json/locate.js';
import type {Path} from '../json/path.js';
import {type JsonText, valueOf as parsedValue} from '../json/text.js';

/** A whole answer as JSON: strict, scanned, without raw line breaks. */
export interface Document {
  /** undefined: the body is empty. */
  readonly text: JsonText | undefined;
  /** Page.value(), parsed when first asked for. */
  value(): unknown;
}

export function openDocument(text: JsonText | undefined): Document {
  let value: unknown;
  let parsed = false;
  return {
    text,
    value() {
      if (!parsed) value = text === undefined ? null : parsedValue(text);
      parsed = true;
      return value;
    },
  };
}

/**
 * Page.fact: what the scan found on its way (`paths`, with their spans), else looked up: paths that count from the end or
 * are no singular ones.
 */
export function factReader(
  document: Document,
  paths: readonly Path[],
  spans: Int32Array,
): (path: Path) => JsonText | undefined {
  const {text} = document;
  if (text === undefined) return () => undefined;
  const known = new Map(paths.map((path, position) => [path, position]));
  return (path) => {
    const position = known.get(path);
    if (position !== undefined) {
      const start = spans[2 * position] ?? -1;
      return start < 0 ? undefined : {bytes: text.bytes, start, end: spans[2 * position + 1] ?? start};
    }
    if (path.segments !== undefined) return locate(text, path.segments);
    const match = path.find(document.value())[0];
    return match === undefined ? undefined : locate(text, match);
  };
}
