import type {Authenticator} from './authenticator.js';

/** No credentials: `auth: none`, and requests that themselves obtain credentials. */
export const anonymous: Authenticator = {
  apply: (request) => Promise.resolve(request),
  refreshOn: [],
  queryNames: [],
  headerNames: [],
};
