import {ExactNumber, type Json, type JsonObject} from '../json/exact.js';
import type {Position} from '../pagination/paginator.js';
import type {Secrets} from '../secrets.js';

/**
 * A position without credentials, for state: query parameters of links that carry one, by the names of the authenticator or
 * because their value is a known secret, are removed (contract, Secrets). The resumed request gets them again.
 */
export function withoutSecrets(position: Position, names: readonly string[], secrets: Secrets): Position {
  return stripped(position, names, secrets) as JsonObject;
}

function stripped(value: Json, names: readonly string[], secrets: Secrets): Json {
  if (typeof value === 'string') return /[?&]/.test(value) ? strippedLink(value, names, secrets) : value;
  if (typeof value !== 'object' || value === null || value instanceof ExactNumber) return value;
  if (Array.isArray(value)) return value.map((item: Json) => stripped(item, names, secrets));
  const copy: Record<string, Json> = Object.create(null);
  for (const [key, item] of Object.entries(value as JsonObject)) copy[key] = stripped(item, names, secrets);
  return copy;
}

function strippedLink(link: string, names: readonly string[], secrets: Secrets): string {
  const mark = link.indexOf('?');
  if (mark < 0) return link;
  const hash = link.indexOf('#', mark);
  const query = link.slice(mark + 1, hash < 0 ? undefined : hash);
  const kept = query.split('&').filter((part) => {
    const [name = '', value = ''] = part.split(/=(.*)/s);
    return !names.includes(decoded(name)) && !secrets.has(decoded(value));
  });
  return `${link.slice(0, mark)}${kept.length > 0 ? `?${kept.join('&')}` : ''}${hash < 0 ? '' : link.slice(hash)}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
