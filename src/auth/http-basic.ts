import * as z from 'zod';
import {configError} from '../errors.js';
import {credentialPlace} from './credential-place.js';
import {fixed} from './fixed.js';
import {authKind} from './kind.js';

const schema = z.strictObject({
  type: z.literal('http_basic').meta({description: 'User and password (RFC 7617).'}),
  username: z.string().meta({description: 'May be "".', secret: true}),
  password: z.string().nullish().meta({description: 'May be ""; from secrets when absent.', secret: true}),
});

/** The pair as it is sent: base64 of its UTF-8. */
export const basicPair = (username: string, password: string): string =>
  Buffer.from(`${username}:${password}`, 'utf8').toString('base64');

const place = credentialPlace({name: 'authorization', location: 'header', prefix: 'Basic'});

export const httpBasic = authKind('http_basic', schema, ({username, password}, context) => {
  if (password === undefined || password === null) {
    throw configError(
      `${context.place}.password is missing: put password into secrets, or write password: "" if there is none`,
    );
  }
  context.secrets.addBasic(username, password);
  return fixed(place, basicPair(username, password));
});
