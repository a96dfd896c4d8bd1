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
  const clean = stripped(position, names, secrets) as JsonObject;
  const text = printExact(clean);
  return secrets.redact(text) === text ? clean : undefined;
}

function stripped(value: Json, names: readonly string[], secrets: Secrets): Json {
  if (typeof value === 'string') return /[?&#@]/.test(value) ? strippedLink(value, names, secrets) : value;
  if (typeof value !== 'object' || value === null || value instanceof ExactNumber) return value;
  if (Array.isArray(value)) return value.map((item: Json) => stripped(item, names, secrets));
  const copy: Record<string, Json> = Object.create(null);
  for (const [key, item] of Object.entries(value as JsonObject)) copy[key] = stripped(item, names, secrets);
  return copy;
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
