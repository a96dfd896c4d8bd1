import type {Page} from '../body/page.js';
import type {Segment} from '../json/path.js';

/** Parsed JSON within JSON.parse's reach; undefined where it cannot be parsed or is no object. */
function parseObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The page without its records, as parsed JSON for names and expressions; undefined where nothing lies outside them. The
 * records of a list are cut out of the bytes first: parsing them would double the cost of every page.
 */
export function envelope(page: Page): unknown {
  const {batch, selector} = page;
  if (selector.stem.length === 0) return undefined;
  if (batch.count > 0 && selector.segments !== undefined) {
    const first = batch.spans[0] ?? 0;
    const last = batch.spans[2 * batch.count - 1] ?? 0;
    const cut = parseObject(batch.bytes.toString('utf8', 0, first) + batch.bytes.toString('utf8', last));
    if (cut !== undefined) return cut;
  }
  return pageValue(page);
}

/** The whole page, parsed; undefined where it is nested too deeply to be parsed. */
export function pageValue(page: Page): unknown {
  try {
    return page.value();
  } catch {
    return undefined;
  }
}

/** A copy of a parsed page without the value at `path`. */
export function without(value: unknown, path: readonly Segment[]): unknown {
  const [head, ...rest] = path;
  if (head === undefined) return null;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const index = typeof head === 'number' && head < 0 ? value.length + head : head;
    return value.map((inner, position) => (position === index ? without(inner, rest) : inner));
  }
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => {
      if (key !== head) return [[key, inner]];
      return rest.length === 0 ? [] : [[key, without(inner, rest)]];
    }),
  );
}
