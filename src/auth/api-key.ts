import * as z from 'zod';
import {credentialPlace, placeKeys} from './credential-place.js';
import {fixed} from './fixed.js';
import {given} from './given.js';
import {authKind} from './kind.js';

const schema = z.strictObject({
  type: z.literal('api_key').meta({description: 'A key in a header, parameter, cookie or the body.'}),
  api_key: z.string().nullish().meta({description: 'The key; from secrets when absent.', secret: true}),
  ...placeKeys,
});

export const apiKey = authKind('api_key', schema, (options, {place, secrets}) => {
  const value = given(options.api_key, 'api_key', place);
  secrets.add(value);
  return fixed(credentialPlace(options), value);
});
