import type {Json, JsonObject} from '../json/exact.js';
import type {Segment} from '../json/path.js';
import type {Document} from './document.js';
import {documentFields} from './doors.js';
import {isEnvironmentReference} from './environment.js';
import {openPasted} from './pasted-text.js';
import {placeOf} from './problem.js';
import {isJsonObject} from './schema/values.js';

/** The configuration with one value changed, or why it could not be stored. */
export type WriteBack =
  | {
      readonly stored: true;
      /** The whole configuration as received with that one change: CONTROL's `config`. */
      readonly config: JsonObject;
      /** The same as text, comments kept, where a text was received. */
      readonly text: string | undefined;
    }
  | {readonly stored: false; readonly reason: string};

/**
 * Puts a new value (a rotated token) where the value at `path` of the document was read: into `secrets` if it is a
 * {secrets.NAME} or missing, else at its literal place; in a `config` or `secrets` text only that scalar changes. Values of
 * defaults, aliases and the environment are never stored (architecture, *Rotated tokens*).
 */
export function writeBack(received: Document, path: readonly Segment[], value: string): WriteBack {
  const outer = received.value;
  if (!isJsonObject(outer)) return {stored: false, reason: 'the configuration could not be read'};
  const config = outer['config'];
  const inner = typeof config === 'string' && config.trim() !== '' ? openPasted(config) : undefined;
  const document = inner === undefined ? outer : inner.value;
  if (!isJsonObject(document)) return {stored: false, reason: 'the text in config could not be read'};
  const target = targetOf(document, outer, inner !== undefined, path);
  if ('reason' in target) return {stored: false, reason: target.reason};
  const {owner, at} = target;
  return owner === 'inner' && inner !== undefined
    ? inText(received, outer, 'config', inner, at, value)
    : inOuter(received, outer, at, value);
}

type Target = {readonly owner: 'outer' | 'inner'; readonly at: readonly Segment[]} | {readonly reason: string};

/** Where the value that was read at `path` is stored. */
function targetOf(document: JsonObject, outer: JsonObject, isText: boolean, path: readonly Segment[]): Target {
  const own = isText ? 'inner' : 'outer';
  const name = path.at(-1);
  const place = candidates(document, path).find((candidate) => (member(document, candidate) ?? null) !== null);
  if (place === undefined)
    return typeof name === 'string' ? secretTarget(document, outer, isText, name) : nowhere(path);
  const found = member(document, place);
  if (typeof found !== 'string') return nowhere(path);
  if (isEnvironmentReference(found)) return fromEnvironment(path);
  const reference = /^\{(secrets|vars)\.([^{}|]+)\}$/.exec(found);
  if (reference === null) {
    return /\{(?:secrets|vars)\.[^{}]+\}/.test(found) ? nowhere(path) : {owner: own, at: place};
  }
  const [, kind, key = ''] = reference;
  if (kind === 'secrets') return secretTarget(document, outer, isText, key);
  const variable = [
    ['client', 'variables', key],
    ['variables', key],
  ].find((candidate) => typeof member(document, candidate) === 'string');
  return variable === undefined ? nowhere(path) : {owner: own, at: variable};
}

function secretTarget(document: JsonObject, outer: JsonObject, isText: boolean, name: string): Target {
  const owners: readonly (readonly ['outer' | 'inner', JsonObject])[] = isText
    ? [
        ['outer', outer],
        ['inner', document],
      ]
    : [['outer', outer]];
  for (const [owner, holder] of owners) {
    const secrets = holder['secrets'];
    const values = typeof secrets === 'string' ? openPasted(secrets, 'source').value : secrets;
    const value = isJsonObject(values) ? (values[name] ?? null) : null;
    if (value === null) continue;
    return typeof value === 'string' && isEnvironmentReference(value)
      ? fromEnvironment(['secrets', name])
      : {owner, at: ['secrets', name]};
  }
  return fromEnvironment(['secrets', name]);
}

const nowhere = (path: readonly Segment[]): Target => ({
  reason: `${placeOf(path)} is not one written value, so a new one cannot be stored there`,
});
const fromEnvironment = (path: readonly Segment[]): Target => ({
  reason: `${placeOf(path)} comes from the environment, which cannot be written`,
});

/** The places where the value of a document path may be written: itself, the form's field, resource_defaults, dlt's grant data. */
function candidates(document: JsonObject, path: readonly Segment[]): readonly (readonly Segment[])[] {
  const isForm = !documentFields.some((key) => (document[key] ?? null) !== null);
  const places = isForm && path[0] === 'client' ? [path.slice(1)] : [path];
  if (path[0] === 'resources') places.push(['resource_defaults', ...path.slice(2)]);
  const name = path.at(-1);
  return places.flatMap((place) => [place, [...place.slice(0, -1), 'access_token_request_data', name ?? '']]);
}

function inOuter(received: Document, outer: JsonObject, at: readonly Segment[], value: string): WriteBack {
  const [first] = at;
  const text = first === 'secrets' ? outer['secrets'] : undefined;
  if (typeof text === 'string')
    return inText(received, outer, 'secrets', openPasted(text, 'source'), at.slice(1), value);
  return {
    stored: true,
    config: withMember(outer, at, value),
    text: received.text === undefined ? undefined : received.replace(at, value),
  };
}

/** Changes one scalar of the text held in a top-level field. */
function inText(
  received: Document,
  outer: JsonObject,
  field: string,
  inner: Document,
  at: readonly Segment[],
  value: string,
): WriteBack {
  const nested = at[0] === 'secrets' && at.length === 2 ? member(inner.value ?? null, ['secrets']) : undefined;
  const edited =
    typeof nested === 'string'
      ? inner.replace(['secrets'], openPasted(nested, 'source').replace(at.slice(1), value) ?? nested)
      : inner.replace(at, value);
  if (edited === undefined)
    return {
      stored: false,
      reason: `${placeOf([field, ...at])} is not one written value, so a new one cannot be stored there`,
    };
  return {
    stored: true,
    config: withMember(outer, [field], edited),
    text: received.text === undefined ? undefined : received.replace([field], edited),
  };
}

function member(value: Json, path: readonly Segment[]): Json | undefined {
  let at: Json | undefined = value;
  for (const segment of path) {
    if (Array.isArray(at)) at = typeof segment === 'number' ? at[segment] : undefined;
    else at = isJsonObject(at) && Object.hasOwn(at, segment) ? at[segment] : undefined;
  }
  return at;
}

function withMember(object: JsonObject, path: readonly Segment[], value: string): JsonObject {
  const changed = (at: Json, rest: readonly Segment[]): Json => {
    const [segment, ...further] = rest;
    if (segment === undefined) return value;
    if (Array.isArray(at)) return at.map((item: Json, index) => (index === segment ? changed(item, further) : item));
    const copy: Record<string, Json> = Object.assign(Object.create(null), at);
    copy[String(segment)] = changed(copy[String(segment)] ?? null, further);
    return copy;
  };
  const result = changed(object, path);
  return isJsonObject(result) ? result : object;
}
