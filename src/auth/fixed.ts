import type {Authenticator} from '../http/authenticator.js';
import type {CredentialPlace} from './credential-place.js';

/** An authenticator whose credential never changes. */
export const fixed = (place: CredentialPlace, value: string): Authenticator => ({
  apply: (request) => Promise.resolve(place.put(request, value)),
  refreshOn: [],
  queryNames: place.queryNames,
  headerNames: place.headerNames,
});
