import type {Json, JsonObject} from '../json/exact.js';
import type {Segment} from '../json/path.js';
import type {Problem} from './problem.js';
import {isJsonObject} from './schema/values.js';

const authTypes: readonly (readonly [RegExp, string])[] = [
  [
    /jwt/i,
    'signed JWT grants are not in this version; get a token elsewhere and use {type: bearer, token: "{secrets.token}"}',
  ],
  [/hmac|signature/i, 'HMAC signatures are not in this version; use an API key or OAuth2 where the API offers one'],
  [/sigv4|aws/i, 'AWS SigV4 is not in this version; put the API behind a gateway with an API key (type: api_key)'],
  [
    /oauth_?1/i,
    'OAuth1 is not in this version; use OAuth2 (oauth2_client_credentials, oauth2_refresh_token) or an API key',
  ],
  [
    /password/i,
    'the password grant is not in this version; use session_token (a login request) or oauth2_refresh_token',
  ],
  [/digest|ntlm|kerberos/i, 'is not in this version; use http_basic or an API key'],
];

/** What is not in this version, as one precise error naming the nearest thing that works (config-language §15). */
export function unsupportedAuth(type: string, block: JsonObject): string | undefined {
  const grant = grantOf(block);
  if (grant === 'password') return message('oauth_password');
  if (grant !== undefined && /jwt-bearer|saml/.test(grant)) return message('jwt');
  if (type === 'session_token') return undefined;
  return message(type);
}

const message = (type: string): string | undefined => authTypes.find(([pattern]) => pattern.test(type))?.[1];

function grantOf(block: JsonObject): string | undefined {
  const data = block['access_token_request_data'];
  const grant =
    typeof data === 'object' && data !== null && 'grant_type' in data ? data['grant_type'] : block['grant_type'];
  return typeof grant === 'string' ? grant : undefined;
}

const lowCode =
  "is a word of Airbyte's low-code manifests, which are another language: write endpoint: {path, params, data_selector, paginator, incremental}";

const keys: Readonly<Record<string, string>> = {
  retriever: lowCode,
  requester: lowCode,
  record_selector: lowCode,
  schema_loader: lowCode,
  $parameters: lowCode,
  definitions: lowCode,
  streams: 'are called resources here, beside client',
  session: 'is a Python object and does not run here: write headers, auth, retry and timeout instead',
  proxies: 'are those of the environment: HTTPS_PROXY, HTTP_PROXY, NO_PROXY',
  verify: 'certificates are always verified: NODE_EXTRA_CA_CERTS in the environment names further ones',
  async_job:
    'asynchronous jobs (create, poll, download) are not in this version; read an endpoint that answers with the rows',
  job: 'asynchronous jobs (create, poll, download) are not in this version; read an endpoint that answers with the rows',
  creation_requester:
    'asynchronous jobs (create, poll, download) are not in this version; read an endpoint that answers with the rows',
  polling_requester:
    'asynchronous jobs (create, poll, download) are not in this version; read an endpoint that answers with the rows',
  download_requester:
    'asynchronous jobs (create, poll, download) are not in this version; read an endpoint that answers with the rows',
  recursive: 'resources of unknown depth are not in this version; write one resource per level',
  delta_link:
    'opaque delta tokens as state are not in this version; use incremental with a time or number of the records',
  delta_token:
    'opaque delta tokens as state are not in this version; use incremental with a time or number of the records',
  sync_token:
    'opaque delta tokens as state are not in this version; use incremental with a time or number of the records',
};

/** What to say of an unknown key that names something not in this version; undefined for any other. */
export const unsupportedKey = (key: string): string | undefined => (Object.hasOwn(keys, key) ? keys[key] : undefined);

/** Formats and cursors that are understood but not in this version, wherever they stand. */
export function findUnsupported(value: Json, report: (problem: Problem) => void, path: readonly Segment[] = []): void {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) findUnsupported(item, report, [...path, index]);
  } else if (isJsonObject(value)) {
    for (const [key, member] of Object.entries(value)) {
      if (key !== 'json' && key !== 'data' && key !== 'records') findUnsupported(member, report, [...path, key]);
    }
  } else if (typeof value === 'string') {
    const message = unsupportedValue(value, path.at(-1), path.at(-2));
    if (message !== undefined) report({level: 'error', path, message});
  }
}

function unsupportedValue(value: string, key: Segment | undefined, owner: Segment | undefined): string | undefined {
  if (key === 'format' && owner === 'response') {
    if (/^xml$/i.test(value))
      return 'XML is not in this version; ask for JSON (often headers: {Accept: application/json}) or CSV';
    if (/^(zip|xlsx?|parquet|avro)$/i.test(value))
      return `${value.toLowerCase()} is not in this version; ask for JSON, JSON Lines or CSV`;
  }
  if (key === 'cursor_path' && owner === 'incremental' && /delta_?link|sync_?token|delta_?token/i.test(value)) {
    return 'opaque delta tokens as state (deltaLink, syncToken) are not in this version; use a time or number of the records as cursor';
  }
  return undefined;
}
