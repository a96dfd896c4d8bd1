import {type ClientRequest, type Agent as HttpAgent, request as httpRequest} from 'node:http';
import {type Agent as HttpsAgent, request as httpsRequest} from 'node:https';
import {isUnanswered, largestHead, type Open, OpenError, type OpenOptions, silence, unanswered} from './open.js';
import type {WireRequest} from './wire.js';

export interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

/**
 * Over node:http alone, where no proxy is named: axios would cost every page a twentieth of its time, and every command a tenth
 * of its start (bench/README.md).
 */
export const openDirect =
  (agents: Agents): Open =>
  (wire, options) =>
    new Promise((resolve, reject) => {
      const {signal, timeout} = options;
      const request = requestOf(wire, options, agents);
      let settled = false;
      const settle = (): void => {
        settled = true;
        signal.removeEventListener('abort', onAbort);
      };
      // What comes after the head is the message's, and shows there. The signal's reason is the caller's to tell.
      const fail = (error: () => OpenError): void => {
        if (settled) return;
        settle();
        request.destroy();
        reject(error());
      };
      const onAbort = (): void => fail(unanswered);
      request.once('response', (message) => {
        settle();
        resolve(message);
      });
      request.on('error', ({message, code}: NodeJS.ErrnoException) => {
        fail(() => new OpenError(message, code, isUnanswered(request)));
      });
      request.once('close', () => fail(unanswered));
      if (timeout > 0) request.once('timeout', () => fail(silence));
      signal.addEventListener('abort', onAbort);
      request.end(wire.body);
    });

function requestOf({method, url, headers, body}: WireRequest, {timeout}: OpenOptions, agents: Agents): ClientRequest {
  const {protocol, hostname, port, pathname, search} = url;
  const secure = protocol === 'https:';
  const options = {
    agent: secure ? agents.https : agents.http,
    protocol,
    method,
    hostname: hostname.startsWith('[') ? hostname.slice(1, -1) : hostname,
    port: port === '' ? undefined : port,
    path: `${pathname}${search}`,
    maxHeaderSize: largestHead,
    // Node leaves the length out where a body is unusual, as in GET.
    headers: body === undefined ? headers : {'content-length': body.length, ...headers},
    ...(timeout > 0 ? {timeout} : {}),
  };
  return secure ? httpsRequest(options) : httpRequest(options);
}
