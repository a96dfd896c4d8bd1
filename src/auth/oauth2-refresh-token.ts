import * as z from 'zod';
import {bearerPlace} from './credential-place.js';
import {given} from './given.js';
import {authKind} from './kind.js';
import {oauth2Keys} from './oauth2-keys.js';
import {requestToken} from './oauth2-token.js';
import {refreshing, type Token} from './refresh.js';

const schema = z.strictObject({
  type: z.literal('oauth2_refresh_token').meta({description: 'A token on behalf of a user who once agreed.'}),
  refresh_token: z.string().nullish().meta({description: 'From secrets when absent.', secret: true}),
  ...oauth2Keys,
});

/**
 * RFC 6749 §6. A rotated refresh token is stored before the new access token is used, also when the command is stopped
 * meanwhile: the old one may be worth nothing any more.
 */
export const oauth2RefreshToken = authKind('oauth2_refresh_token', schema, (options, context) => {
  let refreshToken = given(options.refresh_token, 'refresh_token', context.place);
  const {client_secret: secret, access_token: initial} = options;
  context.secrets.add(refreshToken);
  if (secret) context.secrets.add(secret);
  if (initial) context.secrets.add(initial);
  const renew = async (signal: AbortSignal): Promise<Token> => {
    const grant = {grant_type: 'refresh_token', refresh_token: refreshToken};
    const token = await requestToken(options, grant, context, signal);
    const next = token.response['refresh_token'];
    if (typeof next === 'string' && next !== '' && next !== refreshToken) {
      refreshToken = next;
      await context.rotated(['refresh_token'], next);
    }
    return token;
  };
  return refreshing({
    clock: context.clock,
    place: bearerPlace,
    refreshOn: [401],
    initial: initial || undefined,
    obtain: (signal) => context.keep(renew(signal)),
  });
});
