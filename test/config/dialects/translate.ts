import type {Dialect} from '../../../src/config/dialects/dialect.js';
import {dialects} from '../../../src/config/dialects/table.js';
import {placeOf} from '../../../src/config/problem.js';
import {isJsonObject} from '../../../src/config/schema/values.js';
import type {Json, JsonObject} from '../../../src/json/exact.js';

/** A translation as plain values: the document, and each problem as "level place message". */
export interface Translated {
  readonly document: unknown;
  readonly problems: readonly string[];
}

/** By one dialect, or by all in their order. */
export function translate(document: JsonObject, ...some: readonly Dialect[]): Translated {
  let result = document;
  const problems: string[] = [];
  for (const dialect of some.length === 0 ? dialects : some) {
    const translation = dialect.translate(result);
    problems.push(...translation.problems.map(({level, path, message}) => `${level} ${placeOf(path)} ${message}`));
    result = translation.document;
  }
  return {document: plain(result), problems};
}

/** An endpoint in a document with one resource, and what became of it. */
export function translateEndpoint(
  endpoint: JsonObject,
  ...some: readonly Dialect[]
): {endpoint: unknown; problems: readonly string[]} {
  const {document, problems} = translate({resources: [{name: 'rows', endpoint}]}, ...some);
  return {endpoint: at(document, 'resources', 0, 'endpoint'), problems};
}

/** A paginator, and what became of it. */
export function translatePaginator(
  paginator: JsonObject,
  selector = 'data',
): {paginator: unknown; problems: readonly string[]} {
  const {endpoint, problems} = translateEndpoint({path: 'rows', data_selector: selector, paginator});
  return {paginator: at(endpoint, 'paginator'), problems};
}

function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (part, key) => (typeof part === 'object' && part !== null ? Reflect.get(part, key) : undefined),
    value,
  );
}

/** With ordinary prototypes, as tests write them. */
function plain(value: Json): unknown {
  if (Array.isArray(value)) return value.map((item: Json) => plain(item));
  return isJsonObject(value)
    ? Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)]))
    : value;
}
