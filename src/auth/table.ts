import {apiKey} from './api-key.js';
import {bearer} from './bearer.js';
import {httpBasic} from './http-basic.js';
import type {AuthKind} from './kind.js';
import {oauth2ClientCredentials} from './oauth2-client-credentials.js';
import {oauth2RefreshToken} from './oauth2-refresh-token.js';
import {sessionToken} from './session-token.js';

/** Every auth type; `none` is the empty list of them. A new one is its file and a line here. */
export const authKinds: readonly AuthKind[] = [
  bearer,
  apiKey,
  httpBasic,
  oauth2ClientCredentials,
  oauth2RefreshToken,
  sessionToken,
];
