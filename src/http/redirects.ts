import type {AnswerHeaders} from './answer-headers.js';
import {headerText} from './link-header.js';
import type {RequestSpec} from './request.js';
import {withoutUser, withQuery} from './url.js';

/** At most so many are followed for one request (config-language §2, Hosts). */
export const maxRedirects = 5;

/** Where an answer sends us: the next request, or why it is not followed. */
export type Redirect = {readonly follow: RequestSpec} | {readonly refuse: string};

/**
 * What a redirecting answer asks for; undefined when it is none. 307 and 308 keep method and body, 301, 302 and 303 are
 * followed for GET only. The location replaces the whole url; a user and password in it are not taken over.
 */
export function redirectOf(request: RequestSpec, status: number, headers: AnswerHeaders): Redirect | undefined {
  if (![301, 302, 303, 307, 308].includes(status)) return undefined;
  const url = withQuery(request.url, request.query);
  const location = headers.get('location');
  if (location === null || location.trim() === '') return {refuse: 'without saying where to'};
  if (status < 307 && request.method !== 'GET') {
    return {
      refuse: `and a ${request.method} is not repeated after ${status}: request the address it names, or use GET`,
    };
  }
  const target = headerText(location.trim());
  if (!URL.canParse(target, url)) return {refuse: 'to something that is no URL'};
  const next = new URL(target, url);
  next.hash = '';
  return {follow: {...request, url: withoutUser(next.href), query: []}};
}
