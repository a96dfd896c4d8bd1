import * as z from 'zod';
import {bearerPlace} from './credential-place.js';
import {fixed} from './fixed.js';
import {given} from './given.js';
import {authKind} from './kind.js';

const schema = z.strictObject({
  type: z.literal('bearer').default('bearer').meta({description: 'Authorization: Bearer <token>.'}),
  token: z.string().nullish().meta({description: 'The token; from secrets when absent.', secret: true}),
});

export const bearer = authKind('bearer', schema, ({token}, {place, secrets}) => {
  const value = given(token, 'token', place);
  secrets.add(value);
  return fixed(bearerPlace, value);
});
