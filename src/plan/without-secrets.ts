import {withoutUser} from '../http/url.js';
import {ExactNumber, type Json, type JsonObject, printExact} from '../json/exact.js';
import type {Position} from '../pagination/paginator.js';
import type {Secrets} from '../secrets.js';

/**
 * A position without credentials, for state: query parameters of links that carry one, by the names of the authenticator or
 * because a known secret is in them in any spelling, are removed, and so are a user, password or fragment with one
 * (contract, Secrets). The resumed request gets the authenticator's again. undefined where a secret stands in what cannot be
 * taken away, the path of a link or a cursor itself: such a position is followed but not kept.
 */
export function withoutSecrets(position: Position, names: readonly string[], secrets: Secrets): Position | undefined {
  const clean = strippedObject(position, names, secrets);
  const text = isFlat(clean) ? JSON.stringify(clean) : printExact(clean);
  return secrets.redact(text) === text ? clean : undefined;
}

/** Most positions are a few numbers and a token, which JSON.stringify prints as exactly and in a fifth of the time. */
const isFlat = (object: JsonObject): boolean =>
  Object.values(object).every((value) => typeof value !== 'object' || value === null);

function stripped(value: Json, names: readonly string[], secrets: Secrets): Json {
  if (typeof value === 'string') return /[?&#@]/.test(value) ? strippedLink(value, names, secrets) : value;
  if (typeof value !== 'object' || value === null || value instanceof ExactNumber) return value;
  if (Array.isArray(value)) return value.map((item: Json) => stripped(item, names, secrets));
  return strippedObject(value as JsonObject, names, secrets);
}

/** The object itself where nothing has to go. */
function strippedObject(object: JsonObject, names: readonly string[], secrets: Secrets): JsonObject {
  let copy: Record<string, Json> | undefined;
  for (const [key, item] of Object.entries(object)) {
    const left = stripped(item, names, secrets);
    if (left === item) continue;
    copy ??= Object.assign(Object.create(null), object) as Record<string, Json>;
    copy[key] = left;
  }
  return copy ?? object;
}

function strippedLink(link: string, names: readonly string[], secrets: Secrets): string {
  const isSecret = (text: string): boolean => secrets.redact(text) !== text;
  const isCredential = (part: string): boolean => {
    const [name = '', value = ''] = part.split(/=(.*)/s).map(decoded);
    return names.includes(name) || [part, name, value].some(isSecret);
  };
  const hash = link.indexOf('#');
  const fragment = hash < 0 ? '' : link.slice(hash);
  const whole = hash < 0 ? link : link.slice(0, hash);
  const mark = whole.indexOf('?');
  const path = mark < 0 ? whole : whole.slice(0, mark);
  const query = mark < 0 ? [] : whole.slice(mark + 1).split(/(?<=[&;])/);
  const kept = query.filter((part) => !isCredential(part.replace(/[&;]$/, '')));
  // What is no link comes by here too: only what lost something is written anew.
  const left = kept.length === query.length ? whole.slice(path.length) : queryOf(kept);
  const user = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*@/i.exec(path)?.[0];
  const host = user !== undefined && isSecret(user) ? withoutUser(path) : path;
  return `${host}${left}${isSecret(fragment) ? '' : fragment}`;
}

const queryOf = (parts: readonly string[]): string =>
  parts.length === 0 ? '' : `?${parts.join('').replace(/[&;]$/, '')}`;

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
