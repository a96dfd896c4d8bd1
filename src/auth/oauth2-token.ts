import {type ConnectorError, configError} from '../errors.js';
import type {RequestSpec} from '../http/request.js';
import {type Json, type JsonObject, numberText} from '../json/exact.js';
import {basicPair} from './http-basic.js';
import type {AuthContext} from './kind.js';
import type {OAuth2Options} from './oauth2-keys.js';
import type {Token} from './refresh.js';
import {refuseLongToken} from './token-length.js';

/**
 * One token request (RFC 6749 §4.4, §6): a form whose members `access_token_request_data` may replace. Every token in the
 * answer becomes a secret. Throws ConnectorError when there is none.
 */
export async function requestToken(
  options: OAuth2Options,
  grant: Readonly<Record<string, string>>,
  context: AuthContext,
  signal: AbortSignal,
): Promise<Token> {
  const purpose = grant['refresh_token'] === undefined ? 'token' : 'renewal';
  const {value: response} = await context.fetch(tokenRequest(options, grant, context), purpose, signal);
  for (const name of ['access_token', 'refresh_token', 'id_token']) {
    const secret = response[name];
    if (typeof secret !== 'string') continue;
    refuseLongToken(secret, name, context.place);
    context.secrets.add(secret);
  }
  const token = response['access_token'];
  const value = typeof token === 'string' ? token : token === undefined ? undefined : numberText(token);
  if (value === undefined || value === '') throw noToken(response, context.place);
  return {value, response, life: lifeOf(response['expires_in'], options.default_token_expiration)};
}

function tokenRequest(
  options: OAuth2Options,
  grant: Readonly<Record<string, string>>,
  {place, secrets}: AuthContext,
): RequestSpec {
  const url = options.token_url ?? options.access_token_url ?? '';
  if (url === '') throw configError(`${place}.token_url is missing: where are tokens obtained?`);
  const secret = options.client_secret ?? '';
  const headers: Record<string, string> = {};
  const form = new Map<string, string>();
  if (options.client_auth === 'basic') {
    secrets.addBasic(options.client_id, secret);
    headers['authorization'] = `Basic ${basicPair(options.client_id, secret)}`;
  } else {
    form.set('client_id', options.client_id);
    if (secret !== '') form.set('client_secret', secret);
  }
  for (const [name, value] of Object.entries(grant)) form.set(name, value);
  const {scopes, grant_type: grantType} = options;
  if (scopes !== undefined && scopes !== null)
    form.set('scope', typeof scopes === 'string' ? scopes : scopes.join(' '));
  if (grantType !== undefined && grantType !== null) form.set('grant_type', grantType);
  for (const [name, value] of Object.entries(options.access_token_request_data ?? {})) form.set(name, String(value));
  return {method: 'POST', url, query: [], headers, body: {kind: 'form', pairs: [...form]}};
}

/** ms; `expires_in` counts in seconds and may be numeric text. */
function lifeOf(expiresIn: Json | undefined, fallback: number): number {
  const text = expiresIn === undefined ? undefined : numberText(expiresIn);
  return Math.max(text === undefined ? fallback : Number(text), 0) * 1000;
}

/** Names what the answer holds; values could be secrets, except those of an OAuth error (RFC 6749 §5.2). */
function noToken(response: JsonObject, place: string): ConnectorError {
  const said = ['error', 'error_description']
    .map((name) => response[name])
    .filter((value) => typeof value === 'string')
    .join(': ');
  const found = said === '' ? `keys: ${Object.keys(response).join(', ') || 'none'}` : said;
  return configError(
    `${place}: the token request was answered without access_token (${found.slice(0, 300)}). Check its address, client_id, secret and grant`,
  );
}
