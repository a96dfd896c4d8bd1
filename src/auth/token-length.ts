import {configError} from '../errors.js';

/** Far above what servers take in a header; masking a longer one in every message would cost memory without bound. */
const longest = 32_768;

/** Throws ConnectorError for a text of the answer that is too long to be a token. To be asked before it becomes a secret. */
export function refuseLongToken(token: string, name: string, place: string): void {
  if (token.length <= longest) return;
  throw configError(
    `${place}: ${name} of the answer has ${token.length} characters, more than the ${longest} of any token: check the address`,
  );
}
