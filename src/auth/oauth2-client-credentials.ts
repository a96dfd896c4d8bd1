import * as z from 'zod';
import {bearerPlace} from './credential-place.js';
import {authKind} from './kind.js';
import {oauth2Keys} from './oauth2-keys.js';
import {requestToken} from './oauth2-token.js';
import {refreshing} from './refresh.js';

const schema = z.strictObject({
  type: z.literal('oauth2_client_credentials').meta({description: 'A token for the application itself.'}),
  ...oauth2Keys,
});

/** RFC 6749 §4.4. A given access_token is used until it is refused. */
export const oauth2ClientCredentials = authKind('oauth2_client_credentials', schema, (options, context) => {
  const {client_secret: secret, access_token: initial} = options;
  if (secret) context.secrets.add(secret);
  if (initial) context.secrets.add(initial);
  return refreshing({
    clock: context.clock,
    place: bearerPlace,
    refreshOn: [401],
    initial: initial || undefined,
    obtain: (signal) => requestToken(options, {grant_type: 'client_credentials'}, context, signal),
  });
});
