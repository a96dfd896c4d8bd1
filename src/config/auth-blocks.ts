import {authKinds} from '../auth/table.js';
import type {Json, JsonObject} from '../json/exact.js';
import type {Segment} from '../json/path.js';
import type {AuthBlock} from './config.js';
import type {Problem} from './problem.js';
import {optionsOf} from './schema/kinds.js';
import {isJsonObject} from './schema/values.js';

/** Keys whose value is taken from `secrets` under the same name when it is missing (config-language §3). */
export const secretKeys: readonly string[] = ['token', 'api_key', 'password', 'client_secret', 'refresh_token'];

/** What a type cannot do without, whatever its schema says. */
const needed: Readonly<Record<string, readonly string[]>> = {
  bearer: ['token'],
  api_key: ['api_key'],
  http_basic: ['password'],
  oauth2_client_credentials: ['client_secret'],
  oauth2_refresh_token: ['refresh_token'],
};

interface Filling {
  readonly secrets: Readonly<Record<string, string>>;
  /** A form cannot send an empty password: a missing one is empty. */
  readonly emptyPassword: boolean;
  readonly problems: Problem[];
}

/** `auth` as written, with every missing secret filled in as {secrets.NAME}, and aliases of the refresh grant resolved. */
export function fillAuth(auth: Json, path: readonly Segment[], filling: Filling): Json {
  if (Array.isArray(auth)) return auth.map((entry: Json, index) => fillAuth(entry, [...path, index], filling));
  if (typeof auth === 'string') return auth === 'none' ? null : fillBlock({type: auth}, path, filling);
  return isJsonObject(auth) ? fillBlock(refreshGrant(auth), path, filling) : auth;
}

function fillBlock(
  block: JsonObject,
  path: readonly Segment[],
  {secrets, emptyPassword, problems}: Filling,
): JsonObject {
  const type = block['type'] ?? 'bearer';
  const kind = authKinds.find((candidate) => candidate.type === type);
  if (kind === undefined || typeof type !== 'string') return block;
  if (block['type'] === undefined && Object.keys(block).some((key) => !(key in kind.schema.shape))) return block;
  const filled: Record<string, Json> = Object.assign(Object.create(null), block);
  for (const key of secretKeys) {
    if ((block[key] ?? undefined) !== undefined) continue;
    if (!(key in kind.schema.shape) && !needed[type]?.includes(key)) continue;
    if (key === 'client_secret' && (block['access_token'] ?? undefined) !== undefined && secrets[key] === undefined)
      continue;
    if (secrets[key] !== undefined) filled[key] = `{secrets.${key}}`;
    else if (key === 'password' && emptyPassword) filled[key] = '';
    else if (needed[type]?.includes(key)) {
      problems.push({
        level: 'error',
        path: [...path, key],
        message: `is missing: put ${key} into secrets, or write ${key}: "{secrets.NAME}" here`,
      });
      filled[key] = '';
    }
  }
  return filled;
}

/** `access_token_request_data: {grant_type: refresh_token, …}` is `oauth2_refresh_token` (config-language §3). */
function refreshGrant(block: JsonObject): JsonObject {
  const data = block['access_token_request_data'];
  const ofData = isJsonObject(data) && data['grant_type'] === 'refresh_token';
  if (block['type'] !== 'oauth2_client_credentials' || !(ofData || block['grant_type'] === 'refresh_token'))
    return block;
  const result: Record<string, Json> = Object.create(null);
  for (const [key, value] of Object.entries(block)) if (key !== 'access_token_request_data') result[key] = value;
  result['type'] = 'oauth2_refresh_token';
  if (!isJsonObject(data)) return result;
  const rest: Record<string, Json> = Object.create(null);
  for (const [key, value] of Object.entries(data)) {
    if (key === 'refresh_token') result[key] ??= value;
    else if (key !== 'grant_type') rest[key] = value;
  }
  if (Object.keys(rest).length > 0) result['access_token_request_data'] = rest;
  return result;
}

/** Filled-in, valid `auth` as blocks. Empty: no authentication. */
export function authBlocks(auth: Json | undefined, path: readonly Segment[]): readonly AuthBlock[] {
  if (Array.isArray(auth)) return auth.flatMap((entry: Json, index) => authBlocks(entry, [...path, index]));
  const block = typeof auth === 'string' ? {type: auth} : auth;
  if (!isJsonObject(block)) return [];
  const type = block['type'] ?? 'bearer';
  if (typeof type !== 'string' || type === 'none') return [];
  const kind = authKinds.find((candidate) => candidate.type === type);
  return kind === undefined ? [] : [{type, options: optionsOf(kind, block), place: path}];
}
