import type {Segment} from '../json/path.js';

/** Where a placeholder's value comes from. `bare` is dlt's {name} in a path, or a value that is exactly {name}. */
type Context = 'resources' | 'incremental' | 'window' | 'vars' | 'secrets' | 'auth' | 'bare';

export interface Placeholder {
  readonly context: Context;
  /** After the context: "posts.id", "start_value", "account"; for `bare` the name itself. */
  readonly name: string;
  /** After `|`: "raw" or a format of config-language §8. */
  readonly filter: string | undefined;
  /** As written, braces included. */
  readonly text: string;
}

/** Text and placeholders in turn. */
export interface Template {
  readonly parts: readonly (string | Placeholder)[];
  /** As written. */
  readonly source: string;
}

/** Where a string stands decides what `{name}` means in it. */
export type Site = 'path' | 'value' | 'json' | 'client';

const contexts: ReadonlySet<string> = new Set(['resources', 'incremental', 'window', 'vars', 'secrets', 'auth']);
const dotted = /^([A-Za-z_]\w*)\.([^{}|]+)(?:\|([^{}]+))?$/;
const plain = /^([A-Za-z_][\w-]*)(?:\|([^{}]+))?$/;

/**
 * Parses the placeholders of config-language §7. Other braces are text; `{{` and `}}` collapse only in a string without
 * another single brace outside placeholders, so that GraphQL and JSON work as pasted.
 */
export function parseTemplate(source: string, site: Site): Template {
  if (!source.includes('{') && !source.includes('}')) return {parts: source === '' ? [] : [source], source};
  return {parts: merge(collapsing(source, site) ?? pasted(source, site)), source};
}

/** The one placeholder of a template without any text around it. */
export function lone(template: Template): Placeholder | undefined {
  const [first] = template.parts;
  return template.parts.length === 1 && typeof first === 'object' ? first : undefined;
}

export function placeholders(template: Template): Placeholder[] {
  return template.parts.filter((part) => typeof part === 'object');
}

/** Python's reading: `{{` is a brace, `{x}` a placeholder; undefined where any other brace stands. */
function collapsing(source: string, site: Site): (string | Placeholder)[] | undefined {
  const parts: (string | Placeholder)[] = [];
  let at = 0;
  while (at < source.length) {
    const brace = nextBrace(source, at);
    if (brace < 0) {
      parts.push(source.slice(at));
      break;
    }
    if (brace > at) parts.push(source.slice(at, brace));
    if (source[brace + 1] === source[brace]) {
      parts.push(source[brace] ?? '');
      at = brace + 2;
      continue;
    }
    const found = source[brace] === '{' ? placeholderAt(source, brace, site) : undefined;
    if (found === undefined) return undefined;
    parts.push(found);
    at = brace + found.text.length;
  }
  return parts;
}

/** Every brace that opens no placeholder is text. */
function pasted(source: string, site: Site): (string | Placeholder)[] {
  const parts: (string | Placeholder)[] = [];
  let from = 0;
  for (let brace = source.indexOf('{'); brace >= 0; brace = source.indexOf('{', brace + 1)) {
    const found = placeholderAt(source, brace, site);
    if (found === undefined) continue;
    if (brace > from) parts.push(source.slice(from, brace));
    parts.push(found);
    from = brace + found.text.length;
    brace = from - 1;
  }
  if (from < source.length) parts.push(source.slice(from));
  return parts;
}

function nextBrace(source: string, from: number): number {
  for (let at = from; at < source.length; at++) if (source[at] === '{' || source[at] === '}') return at;
  return -1;
}

function placeholderAt(source: string, brace: number, site: Site): Placeholder | undefined {
  const close = source.indexOf('}', brace);
  if (close < 0) return undefined;
  const inner = source.slice(brace + 1, close).trim();
  const text = source.slice(brace, close + 1);
  const known = dotted.exec(inner);
  if (known !== null) {
    const [, context = '', name = '', filter] = known;
    if (!contexts.has(context)) return undefined;
    return {context: context as Context, name: name.trim(), filter: filter?.trim(), text};
  }
  const bare = plain.exec(inner);
  // A bare name is a placeholder in a path, and where it is the whole value; elsewhere it is text (GraphQL, formulas).
  if (bare === null || !(site === 'path' || (site === 'value' && text === source))) return undefined;
  return {context: 'bare', name: bare[1] ?? '', filter: bare[2]?.trim(), text};
}

function merge(parts: readonly (string | Placeholder)[]): (string | Placeholder)[] {
  const merged: (string | Placeholder)[] = [];
  for (const part of parts) {
    const last = merged.at(-1);
    if (typeof part === 'string' && typeof last === 'string') merged[merged.length - 1] = last + part;
    else if (part !== '') merged.push(part);
  }
  return merged;
}

/** "posts.address.geo.id" → ["posts", "address.geo.id"]: the parent's name and the JSONPath within its rows. */
export function splitReference(name: string): readonly [resource: string, path: string] {
  const dot = name.search(/[.[]/);
  if (dot < 0) return [name, ''];
  return [name.slice(0, dot), name[dot] === '.' ? name.slice(dot + 1) : name.slice(dot)];
}

/** Every string within a JSON value with its path, for scanning a body or params for placeholders. */
export function* strings(
  value: unknown,
  path: readonly Segment[] = [],
): Generator<readonly [string, readonly Segment[]]> {
  if (typeof value === 'string') yield [value, path];
  else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* strings(item, [...path, index]);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      yield [key, [...path, key]];
      yield* strings(item, [...path, key]);
    }
  }
}
