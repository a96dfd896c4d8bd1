import {dialects} from '../../src/config/dialects/table.js';
import {isJsonObject} from '../../src/config/schema/values.js';
import type {Json, JsonObject} from '../../src/json/exact.js';

/** 2026-01-01, the time of the tests' clock, less a week: where placeholders for a start date point to. */
const start = '2025-12-25T00:00:00Z';

/**
 * The configuration with what it leaves open: variables, secrets, and `origin` for its servers. Everything else stays.
 * `CONFIG_PLACEHOLDER` and `SECRET_PLACEHOLDER` stood for values that the collectors cut out.
 */
export function withOpenValues(config: JsonObject, origin: string): JsonObject {
  const moved = mapTexts(config, [], (text, path) => given(text, path, origin));
  const client = isJsonObject(moved) && isJsonObject(moved['client']) ? moved['client'] : undefined;
  if (!isJsonObject(moved) || client === undefined) return config;
  const open = openNames(moved);
  const variables: Record<string, Json> = {};
  for (const name of open) variables[name] = `given-${name}`;
  const written = isJsonObject(client['variables']) ? client['variables'] : {};
  return {
    ...moved,
    ...(open.size === 0 ? {} : {client: {...client, variables: {...variables, ...written}}}),
    secrets: {
      token: 'given-token',
      api_key: 'given-key',
      password: 'given-password',
      client_secret: 'given-client',
      refresh_token: 'given-refresh',
    },
  };
}

function given(text: string, path: readonly string[], origin: string): string {
  const key = path.at(-1) ?? '';
  if (key === 'base_url' && !/^https?:/i.test(text)) return `${origin}/`;
  if (/^(?:access_)?token_url$/.test(key) || key === 'base_url' || key === 'path' || key === 'endpoint') {
    if (!/^https?:/i.test(text)) return /token_url$/.test(key) ? `${origin}/oauth/token` : text;
    return text.replace(/^https?:\/\/[^/?#]+/i, origin);
  }
  const isStart = key === 'start_datetime' || key === 'initial_value';
  return isStart && /PLACEHOLDER/.test(text) ? start : text;
}

/** Names that a placeholder uses and nothing gives: {vars.x}, {x} in a path, a lone {x} in a param or header. */
function openNames(config: JsonObject): Set<string> {
  let document = config;
  for (const dialect of dialects) document = dialect.translate(document).document;
  const names = new Set<string>();
  mapTexts(document, [], (text, path) => {
    for (const match of text.matchAll(/\{vars\.([^{}|]+)/g)) if (match[1] !== undefined) names.add(match[1]);
    const isPath = path.at(-1) === 'path' || path.at(-1) === 'endpoint';
    const isWhole = ['params', 'headers', 'data'].includes(path.at(-2) ?? '') && /^\{\w+\}$/.test(text);
    if (isPath || isWhole)
      for (const match of text.matchAll(/\{([\w-]+)\}/g)) if (match[1] !== undefined) names.add(match[1]);
    return text;
  });
  return names;
}

function mapTexts(value: Json, path: readonly string[], map: (text: string, path: readonly string[]) => string): Json {
  if (typeof value === 'string') return map(value, path);
  if (Array.isArray(value)) return value.map((item: Json) => mapTexts(item, path, map));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, mapTexts(member, [...path, key], map)]));
}
