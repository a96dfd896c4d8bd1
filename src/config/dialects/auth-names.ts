import type {Json, JsonObject} from '../../json/exact.js';
import {isJsonObject} from '../schema/values.js';
import {replaceMember, withMembers, without} from './edit.js';
import {dialect, type Notes} from './notes.js';
import {mapBlocks, type Path} from './places.js';

/** `basic`, `oauth2`, `bearer` with `api_key`, and auth types that are code or cookies elsewhere. */
export const authNames = dialect('auth-names', (document, notes) =>
  mapBlocks(document, 'auth', (auth, path) => {
    if (!Array.isArray(auth)) return block(auth, path, notes);
    const blocks = auth.map((entry: Json, index) => block(entry, [...path, index], notes));
    return blocks.some((entry, index) => entry !== auth[index]) ? blocks : auth;
  }),
);

function block(auth: Json, path: Path, notes: Notes): Json {
  if (auth === 'basic') {
    notes.translated(path, 'basic', 'http_basic');
    return 'http_basic';
  }
  if (!isJsonObject(auth)) return auth;
  const type = auth['type'] ?? 'bearer';
  const at = [...path, 'type'];
  switch (type) {
    case 'basic':
      notes.translated(at, 'basic', 'http_basic');
      return withMembers(auth, {type: 'http_basic'});
    case 'oauth2':
      return oauth2(auth, at, notes);
    case 'bearer': {
      const key = auth['api_key'];
      if (key === undefined || auth['token'] !== undefined || (auth['type'] === undefined && isApiKey(auth)))
        return auth;
      notes.translated([...path, 'api_key'], 'api_key of a bearer', 'token');
      return replaceMember(auth, 'api_key', {token: key});
    }
    case 'cookie':
      notes.refused(at, 'is no type here: write {type: api_key, location: cookie, name: <cookie>, api_key: <value>}');
      return null;
    case 'custom':
      notes.refused(at, `custom is code, which does not run here: write ${customAdvice(auth)}`);
      return null;
    default:
      return auth;
  }
}

/** Without a type: keys that only an api_key has. */
const isApiKey = (auth: JsonObject): boolean => ['name', 'location', 'prefix'].some((key) => key in auth);

/** Grants that are not in this version stay as they are: validation says so precisely. */
function oauth2(auth: JsonObject, at: Path, notes: Notes): JsonObject {
  const grant = auth['grant_type'];
  const own = grant === 'refresh_token' || grant === 'client_credentials';
  if (grant !== undefined && !own) return auth;
  const refreshes = grant === 'refresh_token' || (grant === undefined && (auth['refresh_token'] ?? '') !== '');
  const type = refreshes ? 'oauth2_refresh_token' : 'oauth2_client_credentials';
  notes.translated(at, 'oauth2', type);
  return withMembers(own ? without(auth, ['grant_type']) : auth, {type});
}

function customAdvice(auth: JsonObject): string {
  return Object.keys(auth).some((key) => /^aws/.test(key))
    ? 'api_key with a gateway before the API (AWS SigV4 is not in this version)'
    : 'an auth type: bearer, api_key, http_basic, oauth2_client_credentials, oauth2_refresh_token, session_token';
}
